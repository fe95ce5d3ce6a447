"""Attention with the root of d_k and powers of e."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.byhand import PAGE
from attnlib.catalogue.byhand._shared import SEALS, SMALL_K, SMALL_Q, SMALL_V, integers, macbeth_qkv, within
from attnlib.exercise import Case, Exercise, Misconception, Property


def attention_without_scale(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_divided_by_d_k(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / q.shape[-1]
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_times_root(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) * np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_root_of_keys(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(k.shape[-2])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_root_of_values(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(v.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_still_by_hand(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_root_of_three(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(3)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_scaled_after_softmax(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) / np.sqrt(q.shape[-1]) @ v


def attention_softmax_over_queries(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-2, keepdims=True))
    return powers / powers.sum(axis=-2, keepdims=True) @ v


def attention_keys_ask(q, k, v):
    scores = k @ np.swapaxes(q, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_t_on_a_batch(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_on_keys(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ k


def attention_weights_only(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def attention_values_untouched(q, k, v):
    return v.copy()


def attention_without_shift(q, k, v):
    powers = np.exp(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_without_softmax(q, k, v):
    return q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]) @ v


def attention_changes_its_input(q, k, v):
    q /= np.sqrt(q.shape[-1])
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_shifted_by_the_mean(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.mean(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_keepdims_forgotten(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1) @ v


def attention_of_one_sequence(q, k, v):
    n_queries, d_k = q.shape
    out = np.zeros((n_queries, v.shape[-1]))
    for i in range(n_queries):
        scores = k @ q[i] / np.sqrt(d_k)
        powers = np.exp(scores - scores.max())
        out[i] = powers / powers.sum() @ v
    return out


def attention_powers_of_three_left(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = 3.0 ** (scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_half_left(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / 2
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_halved_and_rounded(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) // 2
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_rounded_down(q, k, v):
    scores = np.floor(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_rounded_down_with_three(q, k, v):
    scores = np.floor(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    powers = 3.0 ** (scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_root_of_the_first_axis(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[0])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_power_halved(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) * q.shape[-1] ** -1 / 2
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_one_maximum(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_one_sum(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum() @ v


def attention_not_normalised(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    return np.exp(scores - scores.max(axis=-1, keepdims=True)) @ v


def attention_that_keeps_integers(q, k, v):
    scores = np.zeros_like(q @ np.swapaxes(k, -1, -2))
    scores[...] = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_maximum_before_the_scale(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.exp(scores / np.sqrt(q.shape[-1]) - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_softmax_along_the_first_axis(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=0, keepdims=True) @ v


def attention_by_cosine(q, k, v):
    lengths = np.linalg.norm(q, axis=-1)[..., :, None] * np.linalg.norm(k, axis=-1)[..., None, :]
    powers = np.exp(q @ np.swapaxes(k, -1, -2) / lengths)
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_hard(q, k, v):
    best = (q @ np.swapaxes(k, -1, -2)).argmax(axis=-1)
    return np.take_along_axis(v, best[..., None], axis=-2)


def attention_plain_mean(q, k, v):
    return np.repeat(v.mean(axis=-2, keepdims=True), q.shape[-2], axis=-2)


def attention_softmax_twice(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    for _ in range(2):
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores = powers / powers.sum(axis=-1, keepdims=True)
    return scores @ v


def attention_powers_of_three_unshifted(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_keys_reshaped(q, k, v):
    *lead, t_k, d_k = k.shape
    scores = q @ k.reshape(*lead, d_k, t_k) / np.sqrt(d_k)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def _normal(rng, *shapes):
    return tuple(rng.standard_normal(shape) for shape in shapes)


def _far_apart():
    # more than 1000 beside less than -1000; and a row far below another: one key wins, in float32 too
    return [
        Case((np.array([[80.0, 0.0]]), np.array([[80.0, 1.0], [-80.0, 2.0], [0.0, 3.0]]), np.eye(3))),
        Case((np.array([[80.0, 0.0], [-80.0, 0.0]]), np.array([[80.0, 1.0], [78.0, 2.0]]), np.eye(2))),
    ]


def _attention_visible():
    rng = np.random.default_rng(6)
    return [
        Case((SMALL_Q, SMALL_K, SMALL_V)),
        Case(macbeth_qkv()),
        Case(_normal(rng, (5, 2), (3, 2), (3, 7))),
        Case(_normal(rng, (2, 5, 7), (2, 3, 7), (2, 3, 4))),
        Case(_normal(rng, (3, 3, 3), (3, 3, 3), (3, 3, 3))),
        Case((np.array([[40.0, 0.0], [0.0, 40.0]]), np.array([[40.0, 0.0], [39.5, 1.0]]), np.eye(2))),
        integers(rng, (3, 2), (4, 2), (4, 3)),
        Case(_normal(rng, (2, 3, 5, 2), (2, 3, 4, 2), (2, 3, 4, 3))),
        Case(tuple(matrix.swapaxes(-1, -2) for matrix in _normal(rng, (2, 3, 5), (2, 3, 4), (2, 2, 4)))),
        *_far_apart(),
    ]


def _attention_hidden(rng):
    q, k, v = _normal(rng, (5, 13), (3, 13), (3, 2))
    return [
        Case(_normal(rng, (1, 3), (5, 3), (5, 2))),
        Case((q, k, v)),
        Case(tuple(array.astype(np.float32) for array in (q, k, v))),
        Case(_normal(rng, (3, 3), (3, 3), (3, 3))),
        Case(_normal(rng, (2, 3, 5, 2), (2, 3, 7, 2), (2, 3, 7, 4))),
        Case((60 * np.eye(5), 60 * rng.permutation(np.eye(5)), *_normal(rng, (5, 2)))),
        integers(rng, (5, 3), (2, 3), (2, 4)),
        *_far_apart(),
    ]


EXERCISE = Exercise(
    name="attention",
    section=f"{PAGE}#byhand-standard",
    reference=dot_product.attention,
    visible=_attention_visible,
    hidden=_attention_hidden,
    axes=("query", "feature"),
    seals=SEALS,
    misconceptions=(
        Misconception(
            "no scale",
            "The dot products go into the softmax as they are; divide them by the root of d_k.",
            attention_without_scale,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "divided by d_k",
            "The dot products are divided by d_k, which is its root twice over; divide them once by its "
            "root.",
            attention_divided_by_d_k,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "multiplied by the root",
            "The dot products are multiplied by the root of d_k; divide, so that they stay moderate.",
            attention_times_root,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of the number of keys",
            "The scale is the root of the number of keys; it is the number of features, d_k, that "
            "makes dot products large.",
            attention_root_of_keys,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of d_v",
            "The scale is the root of the values' feature size; dot products sum over the features of "
            "queries and keys, d_k.",
            attention_root_of_values,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of 3 for every d_k",
            "The scale is always the root of 3; read d_k from the shape of the queries.",
            attention_root_of_three,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "scaled after the softmax",
            "The weights are divided by the root of d_k, and no longer sum to 1; divide the dot "
            "products, before the softmax.",
            attention_scaled_after_softmax,
        ),
        Misconception(
            "still by hand",
            "This halves, rounds down and takes powers of 3; here take the root of d_k and e.",
            attention_still_by_hand,
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs down the columns and shares each key out among the queries; the weights "
            "of each query must sum to 1.",
            attention_softmax_over_queries,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "keys ask queries",
            "The scores are K Qᵀ, so the keys ask and the queries answer; it is Q Kᵀ.",
            attention_keys_ask,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            ".T on a batch",
            "Right for matrices, but .T turns every axis of a batch round; swap the last two only.",
            attention_t_on_a_batch,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            attention_on_keys,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            "weights returned",
            "These are the weights; one step is missing: mix the values with them.",
            attention_weights_only,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            "values untouched",
            "The values come back as they were; mix them with the weights.",
            attention_values_untouched,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            "no softmax",
            "The scores mix the values as they are; turn each row of them into weights first.",
            attention_without_softmax,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest "
            "score of each row first.",
            attention_without_shift,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "changes its input",
            "The caller's queries are overwritten; work on a copy.",
            attention_changes_its_input,
        ),
        Misconception(
            "shift by the mean",
            "The mean is subtracted instead of the largest score; where scores lie far apart, the "
            "largest is still far above it and its exponential overflows.",
            attention_shifted_by_the_mean,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "one maximum for all rows",
            "The largest score of the whole array is subtracted from every row; a row far below it "
            "underflows to 0/0. Each row needs its own maximum.",
            attention_one_maximum,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "keepdims forgotten",
            "The sum of the powers has lost its axis, so NumPy divides along the wrong one or not at "
            "all; pass keepdims=True.",
            attention_keepdims_forgotten,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "one sum for everything",
            "All weights of the array together sum to 1; each row must do so by itself.",
            attention_one_sum,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "not normalised",
            "The powers mix the values as they are; divide them by the sum of their row.",
            attention_not_normalised,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "one sequence only",
            "Right for one sequence, but a batch has more axes in front, so that its shape can't be "
            "taken apart into two numbers; count the axes from the end.",
            attention_of_one_sequence,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            "3 left over from paper",
            "The powers are still those of 3; take those of e.",
            attention_powers_of_three_left,
        ),
        Misconception(
            "the half left over from paper",
            "The scores are still halved; divide them by the root of d_k.",
            attention_half_left,
        ),
        Misconception(
            "the rounded half left over from paper",
            "The scores are still halved and rounded down; divide them by the root of d_k, and don't "
            "round.",
            attention_halved_and_rounded,
        ),
        Misconception(
            "the floor left over from paper",
            "The scores are still rounded down; nothing is rounded here.",
            attention_rounded_down,
        ),
        Misconception(
            "only the root is new",
            "The scores are divided by the root of d_k, but still rounded down, and the powers are "
            "still those of 3; nothing is rounded here, and the powers are those of e.",
            attention_rounded_down_with_three,
        ),
        Misconception(
            "root of the first axis",
            "The scale is the root of the size of the first axis, as len(q) gives it, which may be that "
            "of a batch; d_k is the size of the last axis.",
            attention_root_of_the_first_axis,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "** -1/2",
            "The dot products are divided by twice d_k: Python reads `d_k ** -1/2` as `(d_k ** -1) / "
            "2`, so write `d_k ** -0.5`.",
            attention_power_halved,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "integers kept",
            "Right for floats, but an array made like one of integers cuts what is written into it to "
            "whole numbers; make an array of floats.",
            attention_that_keeps_integers,
        ),
        Misconception(
            "maximum before the scale",
            "The largest score is taken before the scores are divided by the root and subtracted after; "
            "take the maximum of what goes into the exponential.",
            attention_maximum_before_the_scale,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "softmax along the first axis",
            "The softmax runs along the first axis, over the queries or a batch; it must run along the "
            "last, over the keys.",
            attention_softmax_along_the_first_axis,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "cosine for dot product",
            "The weights come from cosines; take the dot products, divided by the root of d_k.",
            attention_by_cosine,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "winner takes all",
            "Each query gets the value of its best key alone; the other keys have a weight too.",
            attention_hard,
            section="chapters/05-softmax#softmax-hard",
        ),
        Misconception(
            "plain mean",
            "Every value has the same weight, so the scores make no difference.",
            attention_plain_mean,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            "softmax twice",
            "The softmax is taken of the weights once more, which flattens them; once is enough.",
            attention_softmax_twice,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "3 left over from paper, not shifted",
            "The powers are still those of 3, and overflow where scores are large; take those of e, and "
            "subtract the largest score of each row first.",
            attention_powers_of_three_unshifted,
        ),
        Misconception(
            "reshape for transpose",
            "The keys are cut anew in reading order with reshape, which mixes up tokens and features; "
            "swap the last two axes instead.",
            attention_keys_reshaped,
            section=f"{PAGE}#byhand-scores",
        ),
    ),
    properties=(
        Property(
            "Each number must lie between the smallest and the largest value of its feature: the "
            "context is a mixture of the values.",
            lambda case, got: within(got, case.args[2]),
        ),
    ),
)
