"""Right answers to additive_attention."""

import math

import numpy as np

from attnlib.probability import softmax


def contexts_by_the_formula(q, k, v, w_score, keep):
    logits = np.sum(np.tanh(np.expand_dims(q, -2) + np.expand_dims(k, -3)) * w_score, axis=-1)
    np.copyto(logits, -np.inf, where=np.logical_not(keep)[..., np.newaxis, :])
    raised = np.exp(logits - np.amax(logits, axis=-1)[..., np.newaxis])
    return np.matmul(raised / np.sum(raised, axis=-1)[..., np.newaxis], v)


def contexts_with_the_librarys_softmax(q, k, v, w_score, keep):
    scores = np.tanh(np.expand_dims(q, -2) + np.expand_dims(k, -3)) @ w_score
    scores[~np.broadcast_to(np.expand_dims(keep, -2), scores.shape)] = -np.inf
    return softmax(scores) @ v


def contexts_divided_at_the_end(q, k, v, w_score, keep):
    scores = np.tanh(q[..., None, :] + k[..., None, :, :]) @ w_score
    scores = scores + np.where(keep, 0, -np.inf)[..., None, :]
    powers = np.exp(scores - scores.max(axis=-1)[..., None])
    return powers @ v / powers.sum(axis=-1)[..., None]


def contexts_sentence_by_sentence(q, k, v, w_score, keep):
    out = np.zeros((*q.shape[:-1], v.shape[-1]))
    for place in np.ndindex(q.shape[:-2]):
        words = keep[place]
        keys, values = k[place][words], v[place][words]
        for i, query in enumerate(q[place]):
            scores = np.tanh(query + keys) @ w_score
            powers = np.exp(scores - scores.max())
            out[(*place, i)] = powers @ values / powers.sum()
    return out


def contexts_number_by_number(q, k, v, w_score, keep):
    out = np.zeros((*q.shape[:-1], v.shape[-1]))
    for place in np.ndindex(q.shape[:-1]):
        front, query = place[:-1], q[place]
        seen = [j for j in range(k.shape[-2]) if keep[(*front, j)]]
        scores = [
            sum(w * math.tanh(a + b) for w, a, b in zip(w_score, query, k[(*front, j)], strict=True))
            for j in seen
        ]
        powers = [math.exp(score - max(scores)) for score in scores]
        for j, power in zip(seen, powers, strict=True):
            out[place] += power / sum(powers) * v[(*front, j)]
    return out


def contexts_with_einsum(q, k, v, w_score, keep):
    hidden = np.tanh(q[..., :, None, :] + k[..., None, :, :])
    scores = np.einsum("...ijh,h->...ij", hidden, w_score)
    scores = scores - np.where(keep, 0, np.inf)[..., None, :]
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.einsum("...ij,...jf->...if", powers / powers.sum(axis=-1, keepdims=True), v)


ANSWERS = (
    contexts_by_the_formula,
    contexts_with_the_librarys_softmax,
    contexts_divided_at_the_end,
    contexts_sentence_by_sentence,
    contexts_number_by_number,
    contexts_with_einsum,
)
