"""Right answers to mean_top_weight."""

import math

import numpy as np


def greatest_weights_averaged(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def one_over_the_sum(q, k, *, scale=1.0):
    scores = (scale * q) @ k.T
    return np.mean(1 / np.exp(scores - scores.max(axis=-1, keepdims=True)).sum(axis=-1))


def top_weight_by_loops(q, k, *, scale=1.0):
    total = 0.0
    for query in q:
        scores = [scale * sum(x * y for x, y in zip(query, key, strict=True)) for key in k]
        powers = [math.exp(score - max(scores)) for score in scores]
        total += max(powers) / sum(powers)
    return total / len(q)


def by_log_sum_exp(q, k, *, scale=1.0):
    scores = scale * np.einsum("id,jd->ij", q, k)
    return np.exp(scores.max(-1) - np.logaddexp.reduce(scores, axis=-1)).mean()


def sorted_weights(q, k, *, scale=1.0):
    scores = np.inner(q, k) * scale
    scores -= scores.max(axis=1)[:, None]
    weights = np.exp(scores)
    weights /= weights.sum(axis=1)[:, None]
    return np.sort(weights, axis=1)[:, -1].sum() / len(q)


def top_weight_in_single_precision(q, k, *, scale=1.0):
    scores = np.float32(scale) * (q.astype(np.float32) @ k.astype(np.float32).T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.max(powers / powers.sum(axis=-1, keepdims=True), axis=-1).mean()


ANSWERS = (
    greatest_weights_averaged,
    one_over_the_sum,
    top_weight_by_loops,
    by_log_sum_exp,
    sorted_weights,
    top_weight_in_single_precision,
)
