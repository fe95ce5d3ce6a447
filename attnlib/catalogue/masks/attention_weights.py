"""Attention weights under a mask."""

import numpy as np

from attnlib import dot_product, heads, probability, tiled, variants
from attnlib.catalogue.masks import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def weights_mask_ignored(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_masked_after_the_softmax(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    return weights if mask is None else np.where(mask, weights, 0)


def weights_filled_with_zero(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = scores if mask is None else np.where(mask, scores, 0)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_small_negative(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = scores if mask is None else np.where(mask, scores, -1.0)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_filled_then_struck_out(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -1e4)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.where(allowed, powers / powers.sum(axis=-1, keepdims=True), 0)


def weights_wrong_sign(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = scores if mask is None else np.where(mask, scores, 1e9)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_polarity_inverted(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else ~mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_mask_added(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = scores if mask is None else scores + mask
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_nan_in_an_empty_row(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = scores if mask is None else np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_uniform_in_an_empty_row(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = scores if mask is None else np.where(mask, scores, -1e9)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_unscaled(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2)
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_mask_required(q, k, *, mask=None):
    scores = np.where(mask, q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]), -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_over_the_queries(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-2, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-2, keepdims=True), 1e-300)


def weights_without_shift(q, k, *, mask=None):
    powers = np.exp(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    powers = powers if mask is None else np.where(mask, powers, 0)
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1, total)


def weights_t_on_a_batch(q, k, *, mask=None):
    scores = q @ k.T / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_that_change_the_mask(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        np.logical_not(mask, out=mask)
        scores = np.where(mask, -np.inf, scores)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_filled_with_minus_ten_thousand(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = scores if mask is None else np.where(mask, scores, -1e4)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_filled_low_then_struck_out(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -1e9)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.where(allowed, powers / powers.sum(axis=-1, keepdims=True), 0)


def weights_divided_again(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = np.where(allowed, powers / powers.sum(axis=-1, keepdims=True), 0)
    total = weights.sum(axis=-1, keepdims=True)
    return weights / np.where(total == 0, 1, total)


def weights_divided_by_zero(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = np.where(allowed, powers / powers.sum(axis=-1, keepdims=True), 0)
    return weights / weights.sum(axis=-1, keepdims=True)


def weights_truth_of_the_mask(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = np.where(mask, scores, -np.inf) if mask else scores
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_keepdims_forgotten(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1), 1e-300)


def weights_of_one_sequence(q, k, *, mask=None):
    _t_q, _d_k = q.shape
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_divided_by_d_k(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / q.shape[-1]
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_root_of_the_first_axis(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[0])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_power_halved(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) * q.shape[-1] ** -1 / 2
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_shifted_by_the_mean(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    powers = np.where(allowed, np.exp(scores - scores.mean(axis=-1, keepdims=True)), 0)
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_one_maximum(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max()
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_scores_multiplied_by_the_mask(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = scores if mask is None else scores * np.where(mask, 1.0, -1e9)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_that_scale_the_queries(q, k, *, mask=None):
    q /= np.sqrt(q.shape[-1])
    scores = q @ np.swapaxes(k, -1, -2)
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_maximum_before_the_scale(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2)
    scores = np.where(np.broadcast_to(True if mask is None else mask, scores.shape), scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores / np.sqrt(q.shape[-1]) - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_along_the_first_axis(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = np.where(np.broadcast_to(True if mask is None else mask, scores.shape), scores, -np.inf)
    top = scores.max(axis=0, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=0, keepdims=True), 1e-300)


def weights_large_negative_added(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    scores = scores if mask is None else scores + np.where(mask, 0.0, -1e9)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


Q = np.array([[2.0, 0.0], [1.0, 1.0]])
K = np.array([[1.0, 0.0], [0.0, 2.0], [2.0, 1.0]])


def _far_below_a_finite_fill():
    # visible keys score as low as -1e31 and are equal, so that float32 answers too
    return [
        Case(
            (
                np.array([[-1.0, 0.0, 0.0, 0.0]]),
                size * np.array([[2.0, 0, 0, 0], [2.0, 1, 0, 0], [0, 1, 0, 0]]),
            ),
            {"mask": np.array([True, True, False])},
        )
        for size in (50.0, 200.0, 20_000.0, 1e31)
    ]


def _far_apart():
    # more than 1000 beside less than -1000; and a row far below another
    return [
        Case(
            (np.array([[80.0, 0.0]]), np.array([[80.0, 1.0], [-80.0, 2.0], [0.0, 3.0], [-160.0, 0.0]])),
            {"mask": np.array([True, True, True, False])},
        ),
        Case((np.array([[80.0, 0.0], [-80.0, 0.0]]), np.array([[80.0, 1.0], [80.0, 2.0]]))),
    ]


def _weights_visible():
    rng = np.random.default_rng(7)

    def normal(*shape):
        return rng.standard_normal(shape)

    padding = np.arange(3) < np.array([3, 1])[:, None, None]
    return [
        Case((Q, K)),
        Case((Q, K), {"mask": np.array([[True, True, False], [False, True, True]])}),
        Case((Q, K), {"mask": np.array([[True, False, True], [False, False, False]])}),
        Case((Q, K), {"mask": np.array([True, True, False])}),
        Case((normal(3, 5), normal(3, 5)), {"mask": np.tri(3, dtype=bool)}),
        Case((normal(2, 5, 7), normal(2, 3, 7)), {"mask": padding}),
        Case((normal(2, 3, 3), normal(2, 3, 3)), {"mask": padding & np.tri(3, dtype=bool)}),
        Case((normal(3, 3, 3), normal(3, 3, 3).swapaxes(0, 1))),
        Case((normal(2, 3, 2, 5), normal(2, 3, 4, 5)), {"mask": np.tri(2, 4, 2, dtype=bool)}),
        *_far_apart(),
        Case((40 * Q, 40 * K), {"mask": np.array([[True, True, False], [True, False, False]])}),
        *_far_below_a_finite_fill(),
    ]


def _weights_hidden(rng):
    def normal(*shape):
        return rng.standard_normal(shape)

    some = rng.random((5, 7)) < 0.6
    some[2] = False
    lengths = rng.permutation([0, 3, 5])
    return [
        Case((normal(5, 3), normal(7, 3)), {"mask": some}),
        Case((normal(5, 3), normal(7, 3))),
        Case((normal(3, 2, 11), normal(3, 5, 11)), {"mask": np.arange(5) < lengths[:, None, None]}),
        Case((normal(2, 3, 4, 2), normal(2, 3, 4, 2)), {"mask": np.tri(4, dtype=bool)}),
        Case((normal(2, 13), normal(5, 13)), {"mask": np.tri(2, 5, 3, dtype=bool)}),
        Case((normal(1, 3), normal(1, 3)), {"mask": np.array([[False]])}),
        Case((60 * np.eye(5), 60 * rng.permutation(np.eye(5))), {"mask": np.tri(5, dtype=bool)}),
        *_far_apart(),
        *_far_below_a_finite_fill(),
    ]


def _mask_of(case, got):
    mask = case.options.get("mask")
    return np.broadcast_to(True if mask is None else mask, got.shape)


def _rows_sum_to_one(case, got):
    seen = _mask_of(case, got).any(axis=-1)
    return np.allclose(got.sum(axis=-1)[seen], 1, atol=1e-5)


EXERCISE = Exercise(
    name="attention_weights",
    section=f"{PAGE}#masks-before",
    reference=dot_product.attention_weights,
    visible=_weights_visible,
    hidden=_weights_hidden,
    axes=("query", "key"),
    seals=(
        dot_product.attention_weights,
        dot_product.attention,
        dot_product.attention_scores,
        dot_product._scores,
        dot_product._weights,
        dot_product.write_by_rows,
        tiled.write_context,
        probability.softmax,
        probability.softmax_in_place,
        variants.online_attention,
        heads.MultiHeadAttention.__call__,
    ),
    misconceptions=(
        Misconception(
            "mask ignored",
            "The argument `mask` makes no difference.",
            weights_mask_ignored,
        ),
        Misconception(
            "masked after the softmax",
            "The weights are masked after the softmax and no longer sum to 1; mask the scores before it.",
            weights_masked_after_the_softmax,
        ),
        Misconception(
            "masked scores set to 0",
            "A masked score becomes 0, and exp(0) is 1: that key still gets a weight. Its score must be "
            "minus infinity.",
            weights_filled_with_zero,
        ),
        Misconception(
            "masked scores only a little negative",
            "A masked score becomes -1, and other scores may be lower still; only minus infinity gives the "
            "weight 0.",
            weights_small_negative,
        ),
        Misconception(
            "finite fill struck out",
            "Masked scores are filled with a finite number and their weights struck out afterwards; where "
            "the visible scores lie below that number, nothing is left. Fill with minus infinity.",
            weights_filled_then_struck_out,
        ),
        Misconception(
            "wrong sign",
            "A masked score becomes very large instead of very small, so the masked keys get all the "
            "weight.",
            weights_wrong_sign,
        ),
        Misconception(
            "polarity inverted",
            "The keys where the mask is True are left out; in this course True means may attend.",
            weights_polarity_inverted,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "mask added",
            "The mask is added to the scores, which adds 1 where it is True; where it is False the score "
            "must become minus infinity.",
            weights_mask_added,
        ),
        Misconception(
            "NaN in an empty row",
            "Right where there is something to attend to; a row of minus infinities gives NaN, and its "
            "weights must be 0.",
            weights_nan_in_an_empty_row,
            section=f"{PAGE}#masks-empty",
        ),
        Misconception(
            "a finite fill",
            "Masked scores are filled with a finite number: where every key is masked, all of them get the "
            "same weight, and it must be 0; where visible scores lie below it, the masked keys get all.",
            weights_uniform_in_an_empty_row,
            section=f"{PAGE}#masks-empty",
        ),
        Misconception(
            "no scale",
            "The mask is right; the dot products are not divided by the root of d_k.",
            weights_unscaled,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "no mask, no weights",
            "Right with a mask; without one everything counts as masked. Every query may then attend to "
            "every key.",
            weights_mask_required,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs down the columns and shares each key out among the queries; the weights "
            "of each query must sum to 1.",
            weights_over_the_queries,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest "
            "score of each row first.",
            weights_without_shift,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            ".T on a batch",
            "Right for matrices, but .T turns every axis of a batch round; swap the last two only.",
            weights_t_on_a_batch,
            section=f"{PAGE}#masks-shapes",
        ),
        Misconception(
            "changes the mask",
            "The caller's mask is overwritten; work on a copy.",
            weights_that_change_the_mask,
        ),
        Misconception(
            "a fill that isn't low enough",
            "Masked scores are filled with a finite number, and visible ones may lie below it; fill "
            "with minus infinity, and give a row without a visible key the weights 0.",
            weights_filled_with_minus_ten_thousand,
        ),
        Misconception(
            "finite fill, even a low one, struck out",
            "Right for most scores, but visible ones may lie below any finite fill, and nothing is left "
            "when the masked weights are struck out. Fill with minus infinity.",
            weights_filled_low_then_struck_out,
        ),
        Misconception(
            "largest score of masked keys too",
            "The largest score is taken before the mask, or a softmax over all keys is divided again "
            "after it; where a masked key scores far higher, the visible ones underflow to 0 and "
            "nothing is left. Mask first.",
            weights_divided_again,
        ),
        Misconception(
            "largest score of masked keys too, 0/0",
            "The largest score is taken before the mask, or a softmax over all keys is divided again "
            "after it; where nothing visible is left, or it has underflowed, that is 0/0. Mask first.",
            weights_divided_by_zero,
        ),
        Misconception(
            "if mask:",
            "Right without a mask; an array with more than one number is neither true nor false. Ask "
            "`mask is not None`.",
            weights_truth_of_the_mask,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "keepdims forgotten",
            "The sum of the powers has lost its axis, so NumPy divides along the wrong one or not at "
            "all; pass keepdims=True.",
            weights_keepdims_forgotten,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "one sequence only",
            "Right for one sequence, but a batch has more axes in front, so that its shape can't be "
            "taken apart into two numbers; count the axes from the end.",
            weights_of_one_sequence,
            section=f"{PAGE}#masks-shapes",
        ),
        Misconception(
            "divided by d_k",
            "The dot products are divided by d_k, which is its root twice over; divide them once by its "
            "root.",
            weights_divided_by_d_k,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of the first axis",
            "The scale is the root of the size of the first axis, as len(q) gives it, which may be that "
            "of a batch; d_k is the size of the last axis.",
            weights_root_of_the_first_axis,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "** -1/2",
            "The dot products are divided by twice d_k: Python reads `d_k ** -1/2` as `(d_k ** -1) / "
            "2`, so write `d_k ** -0.5`.",
            weights_power_halved,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "shift by the mean",
            "The mean is subtracted instead of the largest score; where scores lie far apart, the "
            "largest is still far above it and its exponential overflows.",
            weights_shifted_by_the_mean,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "one maximum for all rows",
            "The largest score of the whole array is subtracted from every row; a row far below it "
            "underflows to 0. Each row needs its own maximum.",
            weights_one_maximum,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "masked scores multiplied",
            "A masked score is multiplied by a large negative number, so that a negative one becomes "
            "very large; its score must become minus infinity, whatever it was.",
            weights_scores_multiplied_by_the_mask,
        ),
        Misconception(
            "changes its input",
            "The caller's queries are overwritten; work on a copy.",
            weights_that_scale_the_queries,
        ),
        Misconception(
            "maximum before the scale",
            "The largest score is taken before the scores are divided by the root and subtracted after; "
            "take the maximum of what goes into the exponential.",
            weights_maximum_before_the_scale,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "softmax along the first axis",
            "The softmax runs along the first axis, over the queries or a batch; it must run along the "
            "last, over the keys.",
            weights_along_the_first_axis,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "a large negative number added",
            "A large negative number is added to masked scores: a row without a visible key then gets "
            "weights, and where visible scores lie below it, the masked keys get all. The score must "
            "become minus infinity.",
            weights_large_negative_added,
        ),
    ),
    properties=(
        Property("No weight may be negative.", lambda case, got: bool((got >= -1e-9).all())),
        Property(
            "A masked key must have the weight 0.",
            lambda case, got: np.allclose(got[~_mask_of(case, got)], 0, atol=1e-9),
        ),
        Property("Each row with a key to attend to must sum to 1.", _rows_sum_to_one),
    ),
)
