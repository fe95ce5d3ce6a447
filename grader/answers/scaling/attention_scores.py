"""Right answers to attention_scores."""

import math

import numpy as np


def scores_times_scale(q, k, *, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(q.shape[-1])
    return scale * (q @ k.swapaxes(-1, -2))


def scores_by_loops(q, k, *, scale=None):
    factor = q.shape[-1] ** -0.5 if scale is None else scale
    out = np.zeros((*q.shape[:-1], k.shape[-2]))
    for index in np.ndindex(out.shape):
        *lead, i, j = index
        query, key = q[(*lead, i)], k[(*lead, j)]
        out[index] = factor * sum(x * y for x, y in zip(query, key, strict=True))
    return out


def scores_by_einsum(q, k, *, scale=None):
    scores = np.einsum("...id,...jd->...ij", q, k)
    return scores / np.sqrt(q.shape[-1]) if scale is None else scores * scale


def queries_scaled_first(q, k, *, scale=None):
    factor = 1 / np.sqrt(k.shape[-1]) if scale is None else scale
    return (q * factor) @ np.moveaxis(k, -1, -2)


def scores_in_single_precision(q, k, *, scale=None):
    q, k = np.asarray(q, dtype=np.float32), np.asarray(k, dtype=np.float32)
    factor = np.float32(1 / math.sqrt(q.shape[-1]) if scale is None else scale)
    return q @ k.swapaxes(-1, -2) * factor


def scaled_in_place_on_a_copy(q, k, *, scale=None):
    q = np.array(q, dtype=float)
    q *= 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    return np.matmul(q, k.swapaxes(-2, -1))


def half_on_each_side(q, k, *, scale=None):
    if scale is not None:
        return q @ k.swapaxes(-1, -2) * scale
    root = q.shape[-1] ** 0.25
    return (q / root) @ (k / root).swapaxes(-1, -2)


class _Scores:
    """A class with __call__ is a function too."""

    def __call__(self, q, k, *, scale=None):
        scores = (k @ q.swapaxes(-1, -2)).swapaxes(-1, -2)
        return scores * self._factor(q.shape[-1], scale)

    def _factor(self, d_k, scale):
        return d_k**-0.5 if scale is None else scale


ANSWERS = (
    scores_times_scale,
    scores_by_loops,
    scores_by_einsum,
    queries_scaled_first,
    scores_in_single_precision,
    scaled_in_place_on_a_copy,
    half_on_each_side,
    _Scores(),
    lambda q, k, scale=None: q @ k.swapaxes(-1, -2) * (q.shape[-1] ** -0.5 if scale is None else scale),
)
