"""Scaled scores, with the usual scale or another."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.scaling import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def raw_scores(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (1.0 if scale is None else scale)


def divided_by_d_k(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (1 / q.shape[-1] if scale is None else scale)


def times_the_root(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (np.sqrt(q.shape[-1]) if scale is None else scale)


def root_of_the_number_of_keys(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (1 / np.sqrt(k.shape[-2]) if scale is None else scale)


def root_of_the_number_of_queries(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (1 / np.sqrt(q.shape[-2]) if scale is None else scale)


def root_of_the_first_axis(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (1 / np.sqrt(q.shape[0]) if scale is None else scale)


def scaled_keys_times_queries(q, k, *, scale=None):
    return k @ q.swapaxes(-1, -2) * (1 / np.sqrt(q.shape[-1]) if scale is None else scale)


def scaled_transposed_batch(q, k, *, scale=None):
    return q @ k.T * (1 / np.sqrt(q.shape[-1]) if scale is None else scale)


def scale_unused(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])


def divided_by_scale(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) / (np.sqrt(q.shape[-1]) if scale is None else scale)


def scale_and_root(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]) * (1.0 if scale is None else scale)


def zero_taken_for_none(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (scale or 1 / np.sqrt(q.shape[-1]))


def scales_the_callers_queries(q, k, *, scale=None):
    q *= 1 / np.sqrt(q.shape[-1]) if scale is None else scale
    return q @ k.swapaxes(-1, -2)


def softmax_already(q, k, *, scale=None):
    scores = q @ k.swapaxes(-1, -2) * (1 / np.sqrt(q.shape[-1]) if scale is None else scale)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def divided_by_their_deviation(q, k, *, scale=None):
    scores = q @ k.swapaxes(-1, -2)
    return scores / scores.std() if scale is None else scores * scale


def scores_of_one_sequence(q, k, *, scale=None):
    _, d_k = q.shape
    return q @ k.swapaxes(-1, -2) * (1 / np.sqrt(d_k) if scale is None else scale)


def power_of_d_k_halved(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (q.shape[-1] ** -1 / 2 if scale is None else scale)


def scaled_on_both_sides(q, k, *, scale=None):
    factor = 1 / np.sqrt(q.shape[-1]) if scale is None else scale
    return (q * factor) @ (k * factor).swapaxes(-1, -2)


def scores_of_reshaped_keys(q, k, *, scale=None):
    *lead, t_k, d_k = k.shape
    return q @ k.reshape(*lead, d_k, t_k) * (1 / np.sqrt(d_k) if scale is None else scale)


def _scores_visible():
    q = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]])
    k = np.array([[2.0, 0.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 4.0, 0.0], [0.0, 2.0, 2.0]])
    square = np.array([[1.0, 2.0], [3.0, -1.0]])
    batch_q = np.array([[[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]], [[1.0, 1.0], [0.0, -1.0], [2.0, 0.0]]])
    return [
        Case((q, k)),
        Case((q, k), {"scale": 1.0}),
        Case((q, k), {"scale": 0.25}),
        Case((q, k), {"scale": -2.0}),
        Case((square, square[::-1] + 1.0)),
        Case((batch_q, batch_q[::-1, 1:].copy())),
        Case((q, k), {"scale": 0.0}),
        Case((np.stack([batch_q, 2.0 - batch_q]), np.stack([batch_q[::-1] + 1.0, batch_q])[..., :2, :])),
    ]


def _scores_hidden(rng):
    def pair(*lead, t_q, t_k, d_k, **options):
        q, k = rng.standard_normal((*lead, t_q, d_k)), rng.standard_normal((*lead, t_k, d_k))
        return Case((q, k), options)

    return [
        pair(t_q=5, t_k=7, d_k=3),
        pair(t_q=7, t_k=5, d_k=64, scale=2.0),
        pair(t_q=3, t_k=3, d_k=3),
        pair(2, 3, t_q=5, t_k=7, d_k=11),
        pair(3, t_q=3, t_k=3, d_k=3),
        pair(2, t_q=1, t_k=3, d_k=5, scale=-0.5),
        pair(t_q=2, t_k=1, d_k=1),
        pair(t_q=2, t_k=3, d_k=2, scale=0.0),
    ]


def _dot_products(q, k):
    return dot_product.attention_scores(q, k, scale=1.0)


EXERCISE = Exercise(
    name="attention_scores",
    section=f"{PAGE}#scaling-derive",
    reference=dot_product.attention_scores,
    visible=_scores_visible,
    hidden=_scores_hidden,
    axes=("query", "key"),
    seals=(dot_product.attention_scores, dot_product._scores, dot_product.scale_factor),
    misconceptions=(
        Misconception(
            "no scale",
            "Without `scale` the raw dot products are returned; divide them by the root of d_k.",
            raw_scores,
        ),
        Misconception(
            "divided by d_k",
            "The scores are divided by d_k and not by its root, which leaves long vectors almost without "
            "preference.",
            divided_by_d_k,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "multiplied by the root",
            "The scores are multiplied by the root of d_k, which makes great scores greater; divide.",
            times_the_root,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "root of the number of keys",
            "The scores are divided by the root of the number of keys; a score is a sum over the features, "
            "and their number is d_k.",
            root_of_the_number_of_keys,
        ),
        Misconception(
            "root of the number of queries",
            "The scores are divided by the root of the number of queries; d_k is the number of features, "
            "the last axis.",
            root_of_the_number_of_queries,
        ),
        Misconception(
            "root of the first axis",
            "The scores are divided by the root of the size of the first axis, as len(q) gives it, which "
            "may be that of a batch; d_k is the size of the last axis.",
            root_of_the_first_axis,
        ),
        Misconception(
            "divided by the measured deviation",
            "The scores are divided by their own standard deviation, so that one changes with all the "
            "others; the root of d_k is the same for every input.",
            divided_by_their_deviation,
        ),
        Misconception(
            "keys times queries",
            "The scores are K Qᵀ, with the keys in the rows; put the queries in the rows: Q Kᵀ.",
            scaled_keys_times_queries,
            section=f"{PAGE}#scaling-measure",
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            scaled_transposed_batch,
            section="chapters/03-queries-keys-values#qkv-shapes",
        ),
        Misconception(
            "scale ignored",
            "The scores are always divided by the root of d_k; the argument `scale` makes no difference.",
            scale_unused,
        ),
        Misconception(
            "divided by scale",
            "The scores are divided by `scale`; it is a factor, to multiply with.",
            divided_by_scale,
        ),
        Misconception(
            "scale and root",
            "The scores are multiplied by `scale` and divided by the root as well; `scale` takes the place "
            "of the root.",
            scale_and_root,
        ),
        Misconception(
            "0 taken for None",
            "Right but for scale=0.0, which counts as false in Python, so that `scale or ...` and "
            "`if scale` skip it; ask `scale is None`.",
            zero_taken_for_none,
        ),
        Misconception(
            "changes its input",
            "The caller's queries are overwritten by scaled ones; write `q = q * factor`, which "
            "makes a new array, and not `q *= factor`.",
            scales_the_callers_queries,
        ),
        Misconception(
            "softmax already",
            "These are weights and not scores: the softmax comes afterwards.",
            softmax_already,
            section=f"{PAGE}#scaling-saturation",
        ),
        Misconception(
            "one sequence only",
            "Right for one sequence, but a batch has more axes in front; leave them where they are, and "
            "take d_k from the end: `q.shape[-1]`.",
            scores_of_one_sequence,
            section="chapters/03-queries-keys-values#qkv-shapes",
        ),
        Misconception(
            "** -1/2",
            "The scores are divided by twice d_k: Python reads `d_k ** -1/2` as `(d_k ** -1) / 2`, so "
            "write `d_k ** -0.5`.",
            power_of_d_k_halved,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "scaled twice",
            "The factor is applied twice, as it is where both queries and keys are multiplied by it; "
            "once is enough.",
            scaled_on_both_sides,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "reshape for transpose",
            "The keys are cut anew in reading order with reshape, which mixes up tokens and features; "
            "swap the last two axes instead.",
            scores_of_reshaped_keys,
            section="chapters/03-queries-keys-values#qkv-shapes",
        ),
    ),
    properties=(
        Property(
            "With `scale` given, the scores must be the dot products times that number, and nothing else.",
            lambda case, got: (
                "scale" not in case.options
                or np.allclose(got, case.options["scale"] * _dot_products(*case.args), rtol=1e-4, atol=1e-5)
            ),
        ),
        Property(
            "A negative dot product must stay negative, and a positive one positive, unless `scale` is "
            "negative.",
            lambda case, got: bool(
                (got * _dot_products(*case.args) * (case.options.get("scale") or 1) >= -1e-6).all()
            ),
        ),
        Property(
            "Every score must be the dot product times one and the same factor.",
            lambda case, got: bool(
                np.linalg.matrix_rank(
                    np.stack([got.ravel(), _dot_products(*case.args).ravel()]),
                    tol=1e-4 * (1.0 + np.abs(got).max()),
                )
                <= 1
            ),
        ),
        Property(
            "Without `scale`, the scores are the dot products times one factor, but it isn't the one that "
            "belongs to d_k, the size of the last axis.",
            lambda case, got: np.allclose(
                got, dot_product.attention_scores(*case.args, **case.options), rtol=1e-4, atol=1e-5
            ),
        ),
    ),
)
