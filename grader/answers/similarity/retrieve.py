"""Right answers to retrieve."""

import math

import numpy as np


def sorted_downwards(query, keys, n):
    cosine = keys @ query / (np.linalg.norm(keys, axis=-1) * np.linalg.norm(query))
    return np.argsort(-cosine)[:n]


def sorted_with_a_key(query, keys, n):
    def closeness(j):
        dot = sum(x * y for x, y in zip(query, keys[j], strict=True))
        return dot / math.sqrt(sum(y * y for y in keys[j]))

    return np.array(sorted(range(len(keys)), key=closeness, reverse=True)[:n])


def reversed_at_the_end(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return closeness.argsort()[::-1][:n]


def best_taken_out(query, keys, n):
    left = np.einsum("jd,d->j", keys, query) / np.sqrt(np.einsum("jd,jd->j", keys, keys))
    found = np.zeros(n, dtype=int)
    for place in range(n):
        found[place] = left.argmax()
        left[found[place]] = -np.inf
    return found


def partition_then_sort(query, keys, n):
    closeness = keys @ query / np.sqrt((keys**2).sum(axis=1))
    some = np.argpartition(-closeness, n - 1)[:n]
    return some[np.argsort(-closeness[some])]


def by_angle(query, keys, n):
    keys = np.float32(keys) / np.linalg.norm(keys, axis=-1, keepdims=True)
    cosine = keys @ (query / np.linalg.norm(query))
    return np.argsort(np.arccos(np.clip(cosine, -1, 1)))[:n]


ANSWERS = (
    sorted_downwards,
    sorted_with_a_key,
    reversed_at_the_end,
    best_taken_out,
    partition_then_sort,
    by_angle,
    lambda query, keys, n: (-(keys @ query) / (keys * keys).sum(-1) ** 0.5).argsort(kind="stable")[:n],
)
