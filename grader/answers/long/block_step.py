"""Right answers to block_step."""

import numpy as np

from attnlib.probability import softmax


def step_by_the_formula(peak, total, context, scores, v):
    larger = np.maximum(scores.max(axis=-1, keepdims=True), peak)
    powers = np.exp(scores - larger)
    r = np.exp(peak - larger)
    return larger, r * total + powers.sum(axis=-1, keepdims=True), r * context + powers @ v


def step_with_one_more_key(peak, total, context, scores, v):
    everything = np.concatenate([peak, scores], axis=-1)
    larger = everything.max(axis=-1, keepdims=True)
    old, block = np.split(np.exp(everything - larger), [1], axis=-1)
    return (
        larger,
        old * total + np.add.reduce(block, axis=-1, keepdims=True),
        old * context + np.matmul(block, v),
    )


def step_from_a_whole_row(peak, total, context, scores, v):
    larger = np.fmax(peak, np.amax(scores, axis=-1)[..., None])
    shares = softmax(np.concatenate([scores, larger], axis=-1))
    unit = shares[..., -1:]  # the share of a score that equals the largest
    powers = shares[..., :-1] / unit
    kept = np.exp(peak - larger)
    return (
        larger,
        kept * total + powers.sum(-1)[..., None],
        np.einsum("...in,...nd->...id", powers, v) + kept * context,
    )


def step_key_by_key(peak, total, context, scores, v):
    for j in range(scores.shape[-1]):
        score = scores[..., j : j + 1]
        before, peak = peak, np.where(score > peak, score, peak)
        new, old = np.exp(score - peak), np.exp(before - peak)
        total, context = total * old + new, context * old + new * v[..., None, j, :]
    return peak, total, context


def step_query_by_query(peak, total, context, scores, v):
    out = np.zeros(peak.shape), np.zeros(total.shape), np.zeros(context.shape)
    values = np.broadcast_to(v, (*scores.shape[:-2], *v.shape[-2:]))
    for place in np.ndindex(scores.shape[:-1]):
        row = scores[place]
        m = max(peak[place][0], *row)
        r = np.exp(peak[place][0] - m)
        out[0][place] = m
        out[1][place] = r * total[place] + sum(np.exp(row - m))
        out[2][place] = r * context[place] + np.exp(row - m) @ values[place[:-1]]
    return out


def step_in_two_stages(peak, total, context, scores, v):
    top = np.max(scores, axis=-1, keepdims=True)
    own = np.exp(scores - top)  # measured from the block's own largest
    rise = np.maximum(peak, top)
    ours, theirs = np.exp(top - rise), np.exp(peak - rise)
    with_ones = np.concatenate([v, np.ones((*v.shape[:-1], 1))], axis=-1)
    both = ours * (own @ with_ones) + theirs * np.concatenate([context, total], axis=-1)
    return rise, both[..., -1:], both[..., :-1]


ANSWERS = (
    step_by_the_formula,
    step_with_one_more_key,
    step_from_a_whole_row,
    step_key_by_key,
    step_query_by_query,
    step_in_two_stages,
)
