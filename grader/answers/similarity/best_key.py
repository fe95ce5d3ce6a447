"""Right answers to best_key."""

import math

import numpy as np


def keys_shortened(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return np.argmax(q @ np.swapaxes(k, -1, -2), axis=-1)


def best_by_loops(q, k, *, cosine=False):
    best = np.zeros(q.shape[:-1], dtype=int)
    for index in np.ndindex(best.shape):
        keys = k[index[:-1]] if k.ndim > 2 else k
        scores = []
        for key in keys:
            score = sum(x * y for x, y in zip(q[index], key, strict=True))
            scores.append(score / math.sqrt(sum(y * y for y in key)) if cosine else score)
        best[index] = scores.index(max(scores))
    return best


def best_by_einsum(q, k, *, cosine=False):
    scores = np.einsum("...id,...jd->...ij", q, k)
    if cosine:
        scores = scores / np.sqrt(np.einsum("...jd,...jd->...j", k, k))[..., None, :]
    return scores.argmax(-1)


def both_shortened(q, k, *, cosine=False):
    q, k = np.array(q), np.array(k)
    if cosine:
        q /= np.linalg.norm(q, axis=-1, keepdims=True)
        k /= np.linalg.norm(k, axis=-1, keepdims=True)
    return (q[..., :, None, :] * k[..., None, :, :]).sum(-1).argmax(-1)


def last_of_the_sorted(q, k, *, cosine=False):
    scores = np.matmul(k, q.swapaxes(-1, -2))
    if cosine:
        scores = scores / np.sqrt((k * k).sum(-1, keepdims=True))
    return np.argsort(scores, axis=-2)[..., -1, :]


def positions_as_floats(q, k, *, cosine=False):
    q, k = q.astype(np.float32), k.astype(np.float32)
    lengths = np.linalg.norm(k, axis=-1)[..., None, :] if cosine else 1
    return np.argmax(q @ k.swapaxes(-1, -2) / lengths, axis=-1).astype(float)


class _Nearest:
    """A class with __call__ is a function too."""

    def __call__(self, q, k, *, cosine=False):
        lengths = np.linalg.norm(k, axis=-1)[..., None, :] ** float(cosine)
        return (q @ k.swapaxes(-1, -2) / lengths).argmax(axis=-1)


ANSWERS = (
    keys_shortened,
    best_by_loops,
    best_by_einsum,
    both_shortened,
    last_of_the_sorted,
    positions_as_floats,
    _Nearest(),
    lambda q, k, cosine=False: np.argmax(
        q @ np.moveaxis(k / (np.linalg.norm(k, axis=-1, keepdims=True) if cosine else 1), -1, -2), -1
    ),
)
