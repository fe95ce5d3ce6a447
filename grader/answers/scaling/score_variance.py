"""Right answers to score_variance."""

import math

import numpy as np


def variance_of_the_product(q, k):
    return np.var(q @ k.swapaxes(-1, -2))


def variance_by_loops(q, k):
    scores = []
    for query in q.tolist():
        for key in k.tolist():
            scores.append(sum(x * y for x, y in zip(query, key, strict=True)))
    mean = math.fsum(scores) / len(scores)
    return math.fsum((score - mean) ** 2 for score in scores) / len(scores)


def deviations_squared(q, k):
    scores = np.einsum("id,jd->ij", q, k)
    return np.mean((scores - scores.mean()) ** 2)


def square_of_the_deviation(q, k):
    return np.std(np.dot(q, k.T)) ** 2


def variance_in_single_precision(q, k):
    return (q.astype(np.float32) @ k.astype(np.float32).T).var()


def from_covariance(q, k):
    scores = np.inner(q, k).ravel()
    return np.cov(scores, bias=True)


def _unbiased_corrected(q, k):
    scores = q @ k.T
    return np.var(scores, ddof=1) * (scores.size - 1) / scores.size if scores.size > 1 else np.var(scores)


ANSWERS = (
    variance_of_the_product,
    variance_by_loops,
    deviations_squared,
    square_of_the_deviation,
    variance_in_single_precision,
    from_covariance,
    _unbiased_corrected,
    lambda q, k: np.var([q @ key for key in k]),
)
