"""Right answers to cached_step."""

import math

import numpy as np

from attnlib.dot_product import attention
from attnlib.masks import causal_mask


def step_by_the_formula(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    before, here = k_cache.shape[-2], x.shape[-2]
    total = before + here
    tokens = x + positions[before:total]
    keys, values = np.concatenate([k_cache, tokens @ w_k], -2), np.concatenate([v_cache, tokens @ w_v], -2)
    logits = np.einsum("...id,...jd->...ij", tokens @ w_q, keys) * w_k.shape[-1] ** -0.5
    later = np.arange(total) > np.arange(before, total)[:, None]
    logits[..., later] = -np.inf
    raised = np.exp(logits - np.max(logits, -1, keepdims=True))
    return (raised @ values) / np.sum(raised, -1, keepdims=True), keys, values


def step_by_the_library(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    first, n = k_cache.shape[-2], x.shape[-2]
    placed = x + positions[np.arange(first, first + n)]
    k = np.append(k_cache, placed @ w_k, axis=-2)
    v = np.append(v_cache, placed @ w_v, axis=-2)
    return attention(placed @ w_q, k, v, mask=causal_mask(n, first + n)), k, v


def step_one_at_a_time(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    contexts = []
    for i in range(x.shape[-2]):
        token = x[..., i : i + 1, :] + positions[k_cache.shape[-2]]
        k_cache = np.concatenate([k_cache, token @ w_k], axis=-2)
        v_cache = np.concatenate([v_cache, token @ w_v], axis=-2)
        contexts.append(attention(token @ w_q, k_cache, v_cache))
    return np.concatenate(contexts, axis=-2), k_cache, v_cache


def step_query_by_query(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    old, new = k_cache.shape[-2], x.shape[-2]
    keys = np.empty((*k_cache.shape[:-2], old + new, k_cache.shape[-1]))
    values = np.empty((*v_cache.shape[:-2], old + new, v_cache.shape[-1]))
    keys[..., :old, :], values[..., :old, :] = k_cache, v_cache
    out = np.empty((*x.shape[:-1], v_cache.shape[-1]))
    for place in np.ndindex(x.shape[:-1]):
        *front, i = place
        token = x[place] + positions[old + i]
        keys[(*front, old + i)], values[(*front, old + i)] = token @ w_k, token @ w_v
        seen = keys[tuple(front)][: old + i + 1]
        scores = seen @ (token @ w_q) / math.sqrt(w_k.shape[1])
        powers = np.exp(scores - max(scores))
        out[place] = powers @ values[tuple(front)][: old + i + 1] / sum(powers)
    return out, keys, values


def step_with_einsum(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t:][:n]
    q, k, v = (np.einsum("...ti,ij->...tj", x, w) for w in (w_q, w_k, w_v))
    k, v = np.concatenate((k_cache, k), -2), np.concatenate((v_cache, v), -2)
    scores = np.einsum("...qd,...kd->...qk", q, k) * w_q.shape[1] ** -0.5
    later = np.arange(t + n) > np.arange(t, t + n)[:, None]
    scores[..., later] = -np.inf
    log_sum = np.logaddexp.reduce(scores, axis=-1, keepdims=True)
    return np.einsum("...qk,...kd->...qd", np.exp(scores - log_sum), v), k, v


def step_with_old_and_new_apart(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    q, k, v = x @ w_q / np.sqrt(w_q.shape[-1]), x @ w_k, x @ w_v
    to_new = np.where(np.tri(n, dtype=bool), q @ k.swapaxes(-1, -2), -np.inf)
    to_old = q @ k_cache.swapaxes(-1, -2)
    top = np.maximum(to_new.max(axis=-1), to_old.max(axis=-1, initial=-np.inf))[..., None]
    new, old = np.exp(to_new - top), np.exp(to_old - top)
    context = (new @ v + old @ v_cache) / (new.sum(axis=-1) + old.sum(axis=-1))[..., None]
    return context, np.concatenate([k_cache, k], axis=-2), np.concatenate([v_cache, v], axis=-2)


ANSWERS = (
    step_by_the_formula,
    step_by_the_library,
    step_one_at_a_time,
    step_query_by_query,
    step_with_einsum,
    step_with_old_and_new_apart,
)
