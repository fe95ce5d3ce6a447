"""The factor that brings the variance of scores to 1."""

import math

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.scaling import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _score_scale(d_k, q_variance=1.0, k_variance=1.0):
    return dot_product.scale_factor(np.zeros((1, d_k)), None) / math.sqrt(q_variance * k_variance)


def one_over_the_variance(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / (d_k * q_variance * k_variance)


def the_root_itself(d_k, q_variance=1.0, k_variance=1.0):
    return np.sqrt(d_k * q_variance * k_variance)


def variances_ignored(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(d_k)


def root_of_the_size_only(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / (np.sqrt(d_k) * q_variance * k_variance)


def variances_summed(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(d_k * (q_variance + k_variance))


def size_ignored(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(q_variance * k_variance)


def size_not_rooted(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / (d_k * np.sqrt(q_variance * k_variance))


def keys_ignored(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(d_k * q_variance)


def factor_divided_by_variances(d_k, q_variance=1.0, k_variance=1.0):
    return np.sqrt(q_variance * k_variance / d_k)


def power_of_minus_one_halved(d_k, q_variance=1.0, k_variance=1.0):
    return (d_k * q_variance * k_variance) ** -1 / 2


def queries_ignored(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(d_k * k_variance)


def _scale_visible():
    return [
        Case((64,)),
        Case((3,)),
        Case((4,), {"q_variance": 9.0}),
        Case((16,), {"q_variance": 4.0, "k_variance": 0.25}),
        Case((5,), {"q_variance": 0.5, "k_variance": 3.0}),
        Case((7,), {"q_variance": 4.0, "k_variance": 4.0}),
        Case((3,), {"q_variance": 0.25, "k_variance": 0.5}),
    ]


def _scale_hidden(rng):
    sizes = rng.choice(np.arange(2, 512), size=5, replace=False).tolist()
    variances = rng.uniform(0.1, 9.0, size=(2, 3)).tolist()
    return [
        Case((1,)),
        Case((sizes[0],)),
        Case((sizes[1],)),
        Case((sizes[0],), {"q_variance": variances[0][0], "k_variance": variances[0][0]}),
        Case((sizes[1],), {"q_variance": 0.1 * variances[0][0], "k_variance": 0.1}),
        *(
            Case((d_k,), {"q_variance": one, "k_variance": other})
            for d_k, one, other in zip(sizes[2:], *variances, strict=True)
        ),
    ]


def _brings_the_variance_to_1(case, got):
    spread = case.options.get("q_variance", 1.0) * case.options.get("k_variance", 1.0)
    return bool(np.allclose(got**2 * case.args[0] * spread, 1.0, rtol=1e-3))


EXERCISE = Exercise(
    name="score_scale",
    section=f"{PAGE}#scaling-derive",
    reference=_score_scale,
    visible=_scale_visible,
    hidden=_scale_hidden,
    seals=(dot_product.scale_factor,),
    misconceptions=(
        Misconception(
            "root forgotten",
            "The factor is one over the variance of the scores; multiplying scores by c multiplies their "
            "variance by c squared, so a root is missing.",
            one_over_the_variance,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "multiplied by the root",
            "The factor is the standard deviation of the scores, which makes great scores greater; it must "
            "be one over it.",
            the_root_itself,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "variances ignored",
            "Right where queries and keys have variance 1, but `q_variance` and `k_variance` make no "
            "difference.",
            variances_ignored,
        ),
        Misconception(
            "root of d_k only",
            "Only d_k stands under the root; the variances of queries and keys belong there too.",
            root_of_the_size_only,
        ),
        Misconception(
            "variances only",
            "Only the variances stand under the root, and d_k outside it; it belongs there too.",
            size_not_rooted,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "variances added",
            "The two variances are added; the variance of a product of independent numbers with mean 0 is "
            "the product of their variances.",
            variances_summed,
        ),
        Misconception(
            "d_k ignored",
            "The factor doesn't depend on `d_k`, but a score is a sum of d_k products, and each adds its "
            "variance.",
            size_ignored,
        ),
        Misconception(
            "keys ignored",
            "The variance of the keys makes no difference; keys with a greater spread give greater scores.",
            keys_ignored,
        ),
        Misconception(
            "variances in the numerator",
            "The factor grows with the variances of queries and keys; the wider they spread, the smaller "
            "it must be.",
            factor_divided_by_variances,
        ),
        Misconception(
            "** -1/2",
            "The factor is one over twice the variance of the scores: Python reads `x ** -1/2` as "
            "`(x ** -1) / 2`, so write `x ** -0.5`.",
            power_of_minus_one_halved,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "queries ignored",
            "The variance of the queries makes no difference; queries with a greater spread give "
            "greater scores.",
            queries_ignored,
        ),
    ),
    properties=(
        Property("The factor must be positive.", lambda case, got: bool((got > 0).all())),
        Property(
            "The scaled scores would not have the variance 1: multiply the variance of the raw scores by "
            "your factor squared.",
            _brings_the_variance_to_1,
        ),
    ),
)
