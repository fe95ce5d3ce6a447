"""The variance of all scores of some queries and keys."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.scaling import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _score_variance(q, k):
    return dot_product.attention_scores(q, k, scale=1.0).var()


def deviation_for_variance(q, k):
    return np.std(q @ k.T)


def one_less(q, k):
    return np.var(q @ k.T, ddof=1)


def variance_of_scaled_scores(q, k):
    return np.var(q @ k.T / np.sqrt(q.shape[-1]))


def variance_for_each_query(q, k):
    return np.var(q @ k.T, axis=-1)


def mean_square(q, k):
    return np.mean((q @ k.T) ** 2)


def partners_only(q, k):
    return np.var((q * k).sum(axis=-1))


def product_of_variances(q, k):
    return np.var(q) * np.var(k)


def size_times_variances(q, k):
    return q.shape[-1] * np.var(q) * np.var(k)


def variance_of_the_terms(q, k):
    return np.var(q[:, None, :] * k[None, :, :])


def mean_over_the_queries(q, k):
    return np.var(q @ k.T, axis=-1).mean()


def size_for_variance(q, k):
    return float(q.shape[-1])


def _variance_visible():
    q = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]])
    k = np.array([[2.0, 0.0], [1.0, 1.0], [-1.0, 4.0], [0.0, 2.0]])
    rng = np.random.default_rng(7)
    return [
        Case((q, k)),
        Case((q, q[::-1] + 1.0)),
        Case((k[:2], q)),
        Case((rng.standard_normal((30, 64)), rng.standard_normal((40, 64)))),
    ]


def _variance_hidden(rng):
    def pair(t_q, t_k, d_k, spread=1.0, shift=0.0):
        return Case(
            (spread * rng.standard_normal((t_q, d_k)) + shift, rng.standard_normal((t_k, d_k)) + shift)
        )

    return [
        pair(7, 11, 3),
        pair(5, 5, 5),
        pair(11, 7, 13, spread=3.0),
        pair(3, 2, 2, shift=1.0),
        pair(2, 3, 1),
        pair(40, 50, 128),
    ]


EXERCISE = Exercise(
    name="score_variance",
    section=f"{PAGE}#scaling-measure",
    reference=_score_variance,
    visible=_variance_visible,
    hidden=_variance_hidden,
    misconceptions=(
        Misconception(
            "standard deviation",
            "This is the standard deviation, the root of the variance.",
            deviation_for_variance,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "n - 1",
            "The squares are divided by one less than their number; the question asks for their mean.",
            one_less,
        ),
        Misconception(
            "scaled scores",
            "The scores are divided by the root of d_k before they are measured; measure the raw ones.",
            variance_of_scaled_scores,
        ),
        Misconception(
            "one variance for each query",
            "Each query has a variance of its own here; measure all scores together, for one number.",
            variance_for_each_query,
        ),
        Misconception(
            "mean of the queries' variances",
            "Each query's scores are measured by themselves, around their own mean, and then averaged; "
            "measure all scores together, around one mean.",
            mean_over_the_queries,
        ),
        Misconception(
            "mean not subtracted",
            "This is the mean of the squared scores; subtract the mean of the scores first.",
            mean_square,
        ),
        Misconception(
            "partners only",
            "Each query meets only the key in the same row, which fails where there are more of one; score "
            "every query with every key.",
            partners_only,
        ),
        Misconception(
            "product of variances",
            "The variance of all entries of `q` is multiplied by that of `k`: that is the variance of one "
            "product, and a score is a sum of d_k of them.",
            product_of_variances,
            section=f"{PAGE}#scaling-derive",
        ),
        Misconception(
            "theory for measurement",
            "This is d_k times the two variances, what theory expects on average; the question asks to "
            "measure these very scores.",
            size_times_variances,
            section=f"{PAGE}#scaling-derive",
        ),
        Misconception(
            "products not summed",
            "The products are measured one by one; a score is the sum of a query's and a key's products.",
            variance_of_the_terms,
            section=f"{PAGE}#scaling-derive",
        ),
        Misconception(
            "d_k for the variance",
            "This is d_k, what theory expects of entries with variance 1; the question asks to measure "
            "these very scores.",
            size_for_variance,
            section=f"{PAGE}#scaling-derive",
        ),
    ),
    properties=(
        Property("A variance is never negative.", lambda case, got: bool(got >= 0)),
        Property(
            "A variance can't be greater than the mean of the squared scores.",
            lambda case, got: bool(got <= np.square(case.args[0] @ case.args[1].T).mean() * (1 + 1e-4)),
        ),
    ),
)
