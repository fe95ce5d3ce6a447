"""The greatest weight of each query, averaged: saturation measured."""

import numpy as np

from attnlib import dot_product, tiled, variants
from attnlib.catalogue.scaling import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _mean_top_weight(q, k, *, scale=1.0):
    return dot_product.attention_weights(q, k, scale=scale).max(axis=-1).mean()


def mean_of_all_weights(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).mean()


def greatest_of_all_weights(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max()


def greatest_for_each_key(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=0).mean()


def softmax_over_the_queries(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=0, keepdims=True))
    return (powers / powers.sum(axis=0, keepdims=True)).max(axis=-1).mean()


def everything_over_the_queries(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=0, keepdims=True))
    return (powers / powers.sum(axis=0, keepdims=True)).max(axis=0).mean()


def greatest_scores_averaged(q, k, *, scale=1.0):
    return (scale * (q @ k.T)).max(axis=-1).mean()


def not_averaged(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1)


def top_scale_unused(q, k, *, scale=1.0):
    scores = q @ k.T
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def top_always_rooted(q, k, *, scale=1.0):
    scores = q @ k.T / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def weights_scaled(q, k, *, scale=1.0):
    scores = q @ k.T
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (scale * powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def top_divided_by_scale(q, k, *, scale=1.0):
    scores = q @ k.T / scale
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def top_without_the_shift(q, k, *, scale=1.0):
    powers = np.exp(scale * (q @ k.T))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def top_shifted_by_the_mean(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.mean(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def top_scaled_twice(q, k, *, scale=1.0):
    scores = (scale * q) @ (scale * k).T
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def top_keepdims_forgotten(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1)).max(axis=-1).mean()


def greatest_weights_added(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).sum()


def top_zero_taken_for_one(q, k, *, scale=1.0):
    scores = (scale or 1.0) * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def top_rooted_too(q, k, *, scale=1.0):
    scores = scale * (q @ k.T) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def _saturation_visible():
    q = np.array([[1.0, 2.0], [0.0, -1.0], [0.5, 1.0]])
    k = np.array([[1.0, 0.0], [0.5, 1.0], [-1.0, 0.5], [0.0, 1.5]])
    rng = np.random.default_rng(11)
    wide_q, wide_k = rng.standard_normal((2, 20, 64))
    return [
        Case((q, k)),
        Case((q, k), {"scale": 0.5}),
        Case((wide_q, wide_k[:17])),
        Case((wide_q, wide_k), {"scale": 0.125}),
        Case((q, k), {"scale": 0.0}),
        Case((np.array([[1000.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.5], [-1.0, 0.0], [0.0, 1.0]]))),
    ]


def _saturation_hidden(rng):
    def pair(t_q, t_k, d_k, **options):
        return Case((rng.standard_normal((t_q, d_k)), rng.standard_normal((t_k, d_k))), options)

    return [
        pair(5, 7, 3),
        pair(7, 5, 3, scale=0.5),
        pair(3, 3, 3, scale=2.0),
        pair(11, 13, 64, scale=0.125),
        pair(1, 5, 2),
        pair(5, 1, 2, scale=3.0),
        pair(2, 3, 512, scale=4.0),
        pair(3, 5, 2, scale=0.0),
        Case((np.array([[900.0], [0.5]]), np.array([[-1.0], [1.0], [0.25]])[rng.permutation(3)])),
        Case((np.array([[0.0, 0.0], [50.0, 50.0]]), np.array([[1.0, 2.0], [3.0, 20.0]]))),
    ]


EXERCISE = Exercise(
    name="mean_top_weight",
    section=f"{PAGE}#scaling-saturation",
    reference=_mean_top_weight,
    visible=_saturation_visible,
    hidden=_saturation_hidden,
    seals=(
        dot_product.attention_weights,
        dot_product.attention,
        dot_product._weights,
        tiled.write_context,
        variants.online_attention,
    ),
    misconceptions=(
        Misconception(
            "mean of all weights",
            "All weights are averaged; each row sums to 1, so that only tells how many keys there are.",
            mean_of_all_weights,
        ),
        Misconception(
            "greatest of all weights",
            "This is the greatest weight of the whole matrix; take the greatest of each query, then the "
            "mean of these.",
            greatest_of_all_weights,
        ),
        Misconception(
            "greatest for each key",
            "The greatest weight is taken down each column; a query's weights stand in its row.",
            greatest_for_each_key,
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs over the queries, down the columns; each query's row must sum to 1.",
            softmax_over_the_queries,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "queries and keys exchanged",
            "Softmax and maximum both run over the queries; both belong along the keys.",
            everything_over_the_queries,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "scores for weights",
            "The greatest scores are averaged; put them through the softmax first.",
            greatest_scores_averaged,
        ),
        Misconception(
            "not averaged",
            "Each query has its number; the question asks for their mean.",
            not_averaged,
        ),
        Misconception(
            "scale ignored",
            "The raw scores are used; the argument `scale` makes no difference.",
            top_scale_unused,
        ),
        Misconception(
            "always the root",
            "The scores are always divided by the root of d_k; multiply them by `scale` and nothing else.",
            top_always_rooted,
        ),
        Misconception(
            "weights scaled",
            "The weights are multiplied by `scale`, after the softmax; the scores must be, before it.",
            weights_scaled,
        ),
        Misconception(
            "divided by scale",
            "The scores are divided by `scale`; it is a factor, to multiply with.",
            top_divided_by_scale,
            section=f"{PAGE}#scaling-derive",
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest "
            "score of each row first, or use `softmax`.",
            top_without_the_shift,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "shift by the mean",
            "The mean is subtracted instead of the largest score; where scores lie far apart, the "
            "largest is still far above it and its exponential overflows.",
            top_shifted_by_the_mean,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "scaled twice",
            "The scores are multiplied by `scale` twice, as they are where both queries and keys are; "
            "once is enough.",
            top_scaled_twice,
            section=f"{PAGE}#scaling-derive",
        ),
        Misconception(
            "keepdims forgotten",
            "The sum of the powers has lost its axis, so NumPy divides along the wrong one or not at "
            "all; pass keepdims=True.",
            top_keepdims_forgotten,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "sum for mean",
            "The greatest weights are added up; divide by the number of queries.",
            greatest_weights_added,
        ),
        Misconception(
            "0 taken for nothing",
            "Right but for scale=0.0, which counts as false in Python, so that `scale or ...` and `if "
            "scale` skip it; multiply by it whatever it is.",
            top_zero_taken_for_one,
        ),
        Misconception(
            "scale and root",
            "The scores are multiplied by `scale` and divided by the root of d_k as well; `scale` is "
            "all there is.",
            top_rooted_too,
        ),
    ),
    properties=(
        Property(
            "The greatest of T_k weights that sum to 1 is never below 1/T_k and never above 1, and neither "
            "is the mean of such.",
            lambda case, got: bool(1 / len(case.args[1]) - 1e-6 <= got <= 1 + 1e-6),
        ),
    ),
)
