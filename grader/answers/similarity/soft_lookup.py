"""Right answers to soft_lookup."""

import math

import numpy as np


def scores_weights_mixture(q, k, v):
    scores = q @ k.swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def one_query_at_a_time(q, k, v):
    out = np.zeros((*q.shape[:-1], v.shape[-1]))
    for index in np.ndindex(q.shape[:-1]):
        keys, values = k[index[:-1]], v[index[:-1]]
        scores = [sum(x * y for x, y in zip(q[index], key, strict=True)) for key in keys]
        powers = [math.exp(score - max(scores)) for score in scores]
        for power, value in zip(powers, values, strict=True):
            out[index] += power / sum(powers) * value
    return out


def lookup_by_einsum(q, k, v):
    scores = np.einsum("...id,...jd->...ij", q, k)
    powers = np.exp(scores - np.max(scores, axis=-1)[..., None])
    return np.einsum("...ij,...jv->...iv", powers, v) / np.einsum("...ij->...i", powers)[..., None]


def divided_at_the_end(q, k, v):
    scores = q @ np.moveaxis(k, -1, -2)
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return (powers @ v) / powers.sum(-1, keepdims=True)


def keys_down_the_rows(q, k, v):
    scores = k @ q.swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(axis=-2, keepdims=True))
    weights = powers / powers.sum(axis=-2, keepdims=True)
    return weights.swapaxes(-1, -2) @ v


def lookup_in_single_precision(q, k, v):
    q, k, v = (np.asarray(x, dtype=np.float32) for x in (q, k, v))
    scores = q @ k.swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True) @ v


def mean_of_pairs(q, k, v):
    scores = (q[..., :, None, :] * k[..., None, :, :]).sum(-1)
    weights = np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))
    return (weights[..., None] * v[..., None, :, :]).sum(-2)


ANSWERS = (
    scores_weights_mixture,
    one_query_at_a_time,
    lookup_by_einsum,
    divided_at_the_end,
    keys_down_the_rows,
    lookup_in_single_precision,
    mean_of_pairs,
)
