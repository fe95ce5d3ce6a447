"""Exercises on masks: who may attend to whom, and what is left of the weights."""

import math

import numpy as np

from attnlib import byhand, dot_product, heads, masks, probability, variants
from attnlib.exercise import Case, Exercise, Misconception, Property

PAGE = "chapters/07-masks"

# --- a causal mask by hand ----------------------------------------------------------------------


def causal_rows():
    return [[True, True, True, True, False], [True, True, True, True, True]]


def causal_by_comparison():
    return np.arange(5) <= np.arange(2)[:, None] + 3


def causal_in_ones():
    return ((1, 1, 1, 1, 0), (1, 1, 1, 1, 1))


def causal_from_the_first_key():
    return [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0]]


def causal_without_itself():
    return [[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]]


def causal_inverted():
    return [[0, 0, 0, 0, 1], [0, 0, 0, 0, 0]]


def causal_only_itself():
    return [[0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]


def causal_everything():
    return [[1, 1, 1, 1, 1], [1, 1, 1, 1, 1]]


def causal_future_only():
    return [[0, 0, 0, 1, 1], [0, 0, 0, 0, 1]]


CAUSAL_BY_HAND = Exercise(
    name="causal_by_hand",
    section=f"{PAGE}#masks-causal",
    reference=lambda: masks.causal_mask(2, 5),
    visible=lambda: [Case()],
    by_value=True,
    correct=(causal_rows, causal_by_comparison, causal_in_ones),
    misconceptions=(
        Misconception(
            "lined up at the first key",
            "The first query is lined up with the first key; the queries are the newest tokens, so the "
            "last query belongs to the last key.",
            f"{PAGE}#masks-causal",
            causal_from_the_first_key,
        ),
        Misconception(
            "not even itself",
            "A token may not attend to itself here; it may, and to all tokens before it.",
            f"{PAGE}#masks-causal",
            causal_without_itself,
        ),
        Misconception(
            "polarity inverted",
            "True stands where attending is forbidden; in this course True means may attend.",
            f"{PAGE}#masks-true",
            causal_inverted,
        ),
        Misconception(
            "only itself",
            "A token may attend to itself alone here; it may also attend to all tokens before it.",
            f"{PAGE}#masks-causal",
            causal_only_itself,
        ),
        Misconception(
            "everything allowed",
            "Nothing is masked here; a token may not attend to those after it.",
            f"{PAGE}#masks-causal",
            causal_everything,
        ),
        Misconception(
            "future instead of past",
            "A token sees itself and what comes after it; it must see itself and what came before.",
            f"{PAGE}#masks-causal",
            causal_future_only,
        ),
    ),
    properties=(
        Property(
            "Each entry is True or False (or 1 or 0).",
            lambda case, got: bool(np.isin(got, (0, 1)).all()),
        ),
    ),
)

# --- masked weights by hand ---------------------------------------------------------------------

MASKED_EXAMPLE = 33  # drawn quickly, since each mistake draws it again


def _masked_by_hand():
    scaled = byhand.steps(byhand.example(MASKED_EXAMPLE))["scaled_scores"].astype(float)
    mask = masks.causal_mask(4)
    mask[:, 0] = False
    weights = probability.softmax(np.where(mask[1:], scaled[1:], -np.inf), base=3)
    return np.vstack([np.zeros(4), weights])


def masked_powers_over_sum():
    from attnlib import byhand

    powers = 3.0 ** byhand.steps(byhand.example(33))["scaled_scores"]
    powers *= np.tri(4) * [0, 1, 1, 1]
    return powers / np.maximum(powers.sum(axis=1, keepdims=True), 1)


def masked_row_by_row():
    from attnlib import byhand

    scaled = byhand.steps(byhand.example(33))["scaled_scores"].tolist()
    weights = [[0.0] * 4 for _ in scaled]
    for i in range(1, 4):
        total = sum(3 ** scaled[i][j] for j in range(1, i + 1))
        for j in range(1, i + 1):
            weights[i][j] = 3 ** scaled[i][j] / total
    return weights


def masked_and_renormalised():
    from attnlib import byhand

    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights[:, 0] = 0
    weights[1:] /= weights[1:].sum(axis=1, keepdims=True)
    return weights


def masked_not_renormalised():
    from attnlib import byhand

    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights[:, 0] = 0
    return weights


def masked_with_zero_scores():
    from attnlib import byhand

    scaled = byhand.steps(byhand.example(33))["scaled_scores"] * np.tri(4)
    scaled[:, 0] = 0
    return 3.0**scaled / (3.0**scaled).sum(axis=1, keepdims=True)


def masked_empty_row_uniform():
    from attnlib import byhand

    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights[:, 0] = 0
    weights[0] = 1
    return weights / weights.sum(axis=1, keepdims=True)


def masked_empty_row_on_itself():
    from attnlib import byhand

    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights[1:, 0] = 0
    return weights / weights.sum(axis=1, keepdims=True)


def masked_empty_row_nan():
    from attnlib import byhand

    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights[:, 0] = 0
    with np.errstate(invalid="ignore"):
        return weights / weights.sum(axis=1, keepdims=True)


def masked_causally_only():
    from attnlib import byhand

    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    return weights / weights.sum(axis=1, keepdims=True)


def masked_padding_only():
    from attnlib import byhand

    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * [0, 1, 1, 1]
    return weights / weights.sum(axis=1, keepdims=True)


def masked_row_instead_of_column():
    from attnlib import byhand

    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights /= weights.sum(axis=1, keepdims=True)
    weights[0] = 0
    return weights


def masked_without_itself():
    from attnlib import byhand

    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4, k=-1)
    weights[:, 0] = 0
    return weights / np.where(weights.any(axis=1, keepdims=True), weights.sum(axis=1, keepdims=True), 1)


def masked_the_future_kept():
    from attnlib import byhand

    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4).T
    weights[:, 0] = 0
    return weights / weights.sum(axis=1, keepdims=True)


MASKED_BY_HAND = Exercise(
    name="masked_by_hand",
    section=f"{PAGE}#masks-before",
    reference=_masked_by_hand,
    visible=lambda: [Case()],
    by_value=True,
    correct=(masked_powers_over_sum, masked_row_by_row, masked_and_renormalised),
    misconceptions=(
        Misconception(
            "not normalised again",
            "Each sum runs over all four keys, and the masked weights are then struck out; what is left "
            "no longer sums to 1. Sum over the allowed keys only.",
            f"{PAGE}#masks-before",
            masked_not_renormalised,
        ),
        Misconception(
            "masked scores set to 0",
            "A masked score counts as 0, and 3 to the power of 0 is 1: that key still gets a weight. "
            "Its power must be 0.",
            f"{PAGE}#masks-before",
            masked_with_zero_scores,
        ),
        Misconception(
            "empty row uniform",
            "The row with nothing to attend to shares its weight out equally; it gives no weight at all.",
            f"{PAGE}#masks-empty",
            masked_empty_row_uniform,
        ),
        Misconception(
            "empty row on itself",
            "Macbeth attends to himself; nobody may attend to him, so there is nothing left in his row.",
            f"{PAGE}#masks-empty",
            masked_empty_row_on_itself,
        ),
        Misconception(
            "empty row NaN",
            "The row with nothing to attend to is 0/0; it gives no weight at all.",
            f"{PAGE}#masks-empty",
            masked_empty_row_nan,
        ),
        Misconception(
            "causal only",
            "The future is masked, but the key of Macbeth still gets weights.",
            f"{PAGE}#masks-padding",
            masked_causally_only,
        ),
        Misconception(
            "left out only",
            "The key of Macbeth is masked, but tokens still attend to those after them.",
            f"{PAGE}#masks-causal",
            masked_padding_only,
        ),
        Misconception(
            "row instead of column",
            "The row of Macbeth is struck out and his column is not: he no longer asks, but the others "
            "still attend to him. A key is a column.",
            f"{PAGE}#masks-padding",
            masked_row_instead_of_column,
        ),
        Misconception(
            "not even itself",
            "A token may not attend to itself here; it may, and to those before it.",
            f"{PAGE}#masks-causal",
            masked_without_itself,
        ),
        Misconception(
            "future instead of past",
            "A token attends to itself and to those after it; it must attend to those before.",
            f"{PAGE}#masks-causal",
            masked_the_future_kept,
        ),
    ),
    properties=(
        Property("A weight lies between 0 and 1.", lambda case, got: bool(((got >= 0) & (got <= 1)).all())),
        Property(
            "A key that a token may not attend to has the weight 0.",
            lambda case, got: not np.triu(got, k=1).any() and not got[:, 0].any(),
        ),
        Property(
            "Each row with something to attend to must sum to 1.",
            lambda case, got: np.allclose(got[1:].sum(axis=1), 1, atol=1e-6),
        ),
    ),
)

# --- the causal mask ----------------------------------------------------------------------------


def causal_with_tri(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_k - t_q).astype(bool)


def causal_by_two_loops(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    mask = np.zeros((t_q, t_k), dtype=bool)
    for i in range(t_q):
        for j in range(t_k):
            mask[i, j] = j <= i + t_k - t_q
    return mask


def causal_by_positions(t_q, t_k=None):
    t_k = t_k if t_k is not None else t_q
    newest = np.arange(t_k - t_q, t_k)
    return np.arange(t_k)[None, :] <= newest[:, None]


def causal_not_the_future(t_q, t_k=None):
    if t_k is None:
        t_k = t_q
    future = np.triu(np.ones((t_q, t_k), dtype=bool), k=t_k - t_q + 1)
    return ~future


def causal_cut_from_a_square(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    size = max(t_q, t_k)
    square = np.tril(np.ones((size, size))) == 1
    return square[size - t_q :, size - t_k :]


def causal_from_a_function(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.fromfunction(lambda i, j: t_q - i <= t_k - j, (t_q, t_k))


def causal_always_square(t_q, t_k=None):
    return np.tri(t_q, dtype=bool)


def causal_top_left(t_q, t_k=None):
    return np.tri(t_q, t_k, dtype=bool)


def causal_strict(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_k - t_q - 1, dtype=bool)


def causal_one_too_many(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_k - t_q + 1, dtype=bool)


def causal_true_is_masked(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return ~np.tri(t_q, t_k, t_k - t_q, dtype=bool)


def causal_upper_triangle(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.triu(np.ones((t_q, t_k), dtype=bool), t_k - t_q)


def causal_axes_swapped(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_k, t_q, t_q - t_k, dtype=bool)


def causal_numbers(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_k - t_q)


def causal_minus_infinity(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.where(np.tri(t_q, t_k, t_k - t_q, dtype=bool), 0.0, -np.inf)


def causal_wrong_offset(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_q - t_k, dtype=bool)


def causal_offset_never_negative(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, abs(t_k - t_q), dtype=bool)


def _causal_hidden(rng):
    few, many = rng.integers(3, 7), rng.integers(7, 12)
    return [
        Case((int(many),)),
        Case((int(few), int(many))),
        Case((int(many), int(few))),
        Case((1, int(many))),
        Case((1,)),
        Case((5,), {"t_k": 7}),
        Case((3, 3)),
    ]


CAUSAL_MASK = Exercise(
    name="causal_mask",
    section=f"{PAGE}#masks-causal",
    reference=masks.causal_mask,
    visible=lambda: [Case((3,)), Case((2,)), Case((2, 5)), Case((4, 4)), Case((5, 3)), Case((3, 7))],
    hidden=_causal_hidden,
    seals=(masks.causal_mask, variants._causal_block),
    same_dtype=True,
    correct=(
        causal_with_tri,
        causal_by_two_loops,
        causal_by_positions,
        causal_not_the_future,
        causal_cut_from_a_square,
        causal_from_a_function,
        lambda t_q, t_k=None: np.tri(t_q, t_k, (t_k or t_q) - t_q, dtype=bool),
    ),
    misconceptions=(
        Misconception(
            "always square",
            "The argument `t_k` makes no difference; the mask has a row for each query and a column "
            "for each key.",
            f"{PAGE}#masks-shapes",
            causal_always_square,
        ),
        Misconception(
            "lined up at the first key",
            "The first query is lined up with the first key; the queries are the newest tokens, so the "
            "last query belongs to the last key.",
            f"{PAGE}#masks-causal",
            causal_top_left,
        ),
        Misconception(
            "not even itself",
            "A token may not attend to itself here: the mask is one diagonal too small.",
            f"{PAGE}#masks-causal",
            causal_strict,
        ),
        Misconception(
            "one token of the future",
            "Each token sees the one after it: the mask is one diagonal too large.",
            f"{PAGE}#masks-causal",
            causal_one_too_many,
        ),
        Misconception(
            "polarity inverted",
            "True stands where attending is forbidden; in this course True means may attend.",
            f"{PAGE}#masks-true",
            causal_true_is_masked,
        ),
        Misconception(
            "upper triangle",
            "A token sees itself and what comes after it; it must see itself and what came before.",
            f"{PAGE}#masks-causal",
            causal_upper_triangle,
        ),
        Misconception(
            "keys in the rows",
            "The mask has a row for each key; it must have a row for each query.",
            f"{PAGE}#masks-shapes",
            causal_axes_swapped,
        ),
        Misconception(
            "numbers instead of booleans",
            "The mask holds numbers, 1 and 0; it must hold True and False (dtype bool).",
            f"{PAGE}#masks-true",
            causal_numbers,
        ),
        Misconception(
            "0 and minus infinity",
            "This mask is made to be added to the scores; here a mask holds True and False.",
            f"{PAGE}#masks-true",
            causal_minus_infinity,
        ),
        Misconception(
            "offset turned round",
            "The diagonal moves the wrong way when there are more keys than queries: the newest query "
            "must see every key.",
            f"{PAGE}#masks-causal",
            causal_wrong_offset,
        ),
        Misconception(
            "more queries than keys",
            "Right as long as there are at least as many keys as queries; with fewer keys the first "
            "queries stand before every key and see nothing.",
            f"{PAGE}#masks-causal",
            causal_offset_never_negative,
        ),
    ),
    properties=(
        Property(
            "The last query must see every key.",
            lambda case, got: bool(got[-1].all()),
        ),
        Property(
            "A later query must see all that an earlier one sees.",
            lambda case, got: bool((np.diff(got, axis=0) >= 0).all()),
        ),
    ),
)

# --- the padding mask ---------------------------------------------------------------------------


def padding_by_comparison(lengths, t_k):
    return np.arange(t_k) < np.asarray(lengths)[:, None, None]


def padding_by_loop(lengths, t_k):
    mask = np.zeros((len(lengths), 1, t_k), dtype=bool)
    for b, length in enumerate(lengths):
        mask[b, 0, :length] = True
    return mask


def padding_in_two_steps(lengths, t_k):
    rows = np.less.outer(np.arange(t_k), np.array(lengths)).T
    return np.expand_dims(rows, axis=1)


def padding_of_lists(lengths, t_k):
    return np.array([[[j < length for j in range(t_k)]] for length in lengths])


def padding_by_repetition(lengths, t_k):
    positions = np.tile(np.arange(t_k), (len(lengths), 1, 1))
    return positions < np.reshape(lengths, (-1, 1, 1))


def padding_rows_of_a_triangle(lengths, t_k):
    return np.tri(t_k + 1, t_k, -1, dtype=bool)[np.asarray(lengths)][:, np.newaxis]


def padding_true_is_padding(lengths, t_k):
    return np.arange(t_k) >= np.asarray(lengths)[:, None, None]


def padding_one_too_many(lengths, t_k):
    return np.arange(t_k) <= np.asarray(lengths)[:, None, None]


def padding_one_too_few(lengths, t_k):
    return np.arange(1, t_k + 1) < np.asarray(lengths)[:, None, None]


def padding_on_the_left(lengths, t_k):
    return np.arange(t_k) >= t_k - np.asarray(lengths)[:, None, None]


def padding_without_query_axis(lengths, t_k):
    return np.arange(t_k) < np.asarray(lengths)[:, None]


def padding_of_queries(lengths, t_k):
    return (np.arange(t_k) < np.asarray(lengths)[:, None])[:, :, None]


def padding_square(lengths, t_k):
    real = np.arange(t_k) < np.asarray(lengths)[:, None]
    return real[:, :, None] & real[:, None, :]


def padding_numbers(lengths, t_k):
    return (np.arange(t_k) < np.asarray(lengths)[:, None, None]).astype(float)


def padding_first_length_for_all(lengths, t_k):
    return np.broadcast_to(np.arange(t_k) < lengths[0], (len(lengths), 1, t_k)).copy()


def _padding_hidden(rng):
    return [
        Case((rng.integers(0, 6, size=3), 5)),
        Case((rng.integers(1, 8, size=7), 7)),
        Case((rng.integers(0, 4, size=2), 11)),
        Case((np.array([0, 3]), 3)),
        Case((rng.integers(0, 3, size=1), 2)),
    ]


PADDING_MASK = Exercise(
    name="padding_mask",
    section=f"{PAGE}#masks-padding",
    reference=masks.padding_mask,
    visible=lambda: [
        Case((np.array([3, 1]), 3)),
        Case((np.array([2, 5, 1]), 5)),
        Case((np.array([2, 0]), 7)),
        Case((np.array([1, 2, 3]), 3)),
    ],
    hidden=_padding_hidden,
    seals=(masks.padding_mask,),
    same_dtype=True,
    correct=(
        padding_by_comparison,
        padding_by_loop,
        padding_in_two_steps,
        padding_of_lists,
        padding_by_repetition,
        padding_rows_of_a_triangle,
        lambda lengths, t_k: np.arange(t_k)[None, None, :] < np.asarray(lengths)[..., None, None],
    ),
    misconceptions=(
        Misconception(
            "polarity inverted",
            "True stands at the padding; in this course True means may attend, so it stands at the "
            "real tokens.",
            f"{PAGE}#masks-true",
            padding_true_is_padding,
        ),
        Misconception(
            "one token of padding",
            "The first token of padding may be attended to as well; count from 0, and stop before the "
            "length.",
            f"{PAGE}#masks-padding",
            padding_one_too_many,
        ),
        Misconception(
            "last token missing",
            "The last real token of each sequence is masked as well.",
            f"{PAGE}#masks-padding",
            padding_one_too_few,
        ),
        Misconception(
            "padding on the left",
            "The real tokens are taken to stand at the end; here the padding comes after them.",
            f"{PAGE}#masks-padding",
            padding_on_the_left,
        ),
        Misconception(
            "no axis for the queries",
            "The mask has the axes (batch, T_k); NumPy would take the batch for the queries. Put an "
            "axis of size 1 between them.",
            f"{PAGE}#masks-shapes",
            padding_without_query_axis,
        ),
        Misconception(
            "queries masked",
            "The mask runs along the queries; padding must be masked as keys, along the last axis.",
            f"{PAGE}#masks-padding",
            padding_of_queries,
        ),
        Misconception(
            "queries masked as well",
            "The mask has a row for each query and closes the rows of the padding too; one row for all "
            "queries is asked for.",
            f"{PAGE}#masks-shapes",
            padding_square,
        ),
        Misconception(
            "numbers instead of booleans",
            "The mask holds numbers, 1 and 0; it must hold True and False (dtype bool).",
            f"{PAGE}#masks-true",
            padding_numbers,
        ),
        Misconception(
            "one length for all",
            "Every sequence gets the mask of the first; each has a length of its own.",
            f"{PAGE}#masks-padding",
            padding_first_length_for_all,
        ),
    ),
    properties=(
        Property(
            "Each sequence must have as many True as its length says.",
            lambda case, got: np.array_equal(got.sum(axis=-1)[:, 0], case.args[0]),
        ),
        Property(
            "The real tokens come first, the padding after them.",
            lambda case, got: bool((np.diff(got, axis=-1) <= 0).all()),
        ),
    ),
)

# --- masked attention weights -------------------------------------------------------------------


def weights_where_minus_infinity(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is None:
        mask = np.ones(scores.shape, dtype=bool)
    scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_masked_and_renormalised(q, k, *, mask=None):
    scores = (q / math.sqrt(q.shape[-1])) @ np.moveaxis(k, -1, -2)
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    low = scores.min(axis=-1, keepdims=True)
    top = np.where(allowed, scores, low).max(axis=-1, keepdims=True)
    powers = np.exp(np.minimum(scores - top, 0)) * allowed
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1, total)


def weights_row_by_row(q, k, *, mask=None):
    scores = np.einsum("...id,...jd->...ij", q, k) / math.sqrt(k.shape[-1])
    mask = np.broadcast_to(np.array(True) if mask is None else mask, scores.shape)
    weights = np.zeros(scores.shape)
    for row in np.ndindex(scores.shape[:-1]):
        seen = [j for j in range(scores.shape[-1]) if mask[row][j]]
        if seen:
            powers = np.exp(scores[row][seen] - scores[row][seen].max())
            weights[row][seen] = powers / powers.sum()
    return weights


def weights_additive(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = scores + np.where(mask, 0.0, -np.inf)
    powers = np.exp(scores - np.nan_to_num(scores.max(axis=-1, keepdims=True), neginf=0.0))
    return np.nan_to_num(powers / powers.sum(axis=-1, keepdims=True), nan=0.0)


def weights_large_negative_then_cleared(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(np.bool_(True) if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, np.finfo(scores.dtype).min)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.where(allowed, powers / powers.sum(axis=-1, keepdims=True), 0)


def weights_in_place_on_a_copy(q, k, *, mask=None):
    weights = np.array(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]), dtype=float)
    if mask is not None:
        np.copyto(weights, -np.inf, where=~mask)
    weights -= np.maximum(weights.max(axis=-1, keepdims=True), -1e300)
    np.exp(weights, out=weights)
    total = weights.sum(axis=-1, keepdims=True)
    return np.divide(weights, total, out=weights, where=total > 0)


def weights_in_single_precision(q, k, *, mask=None):
    q, k = q.astype(np.float32), k.astype(np.float32)
    scores = q @ np.swapaxes(k, -1, -2) / np.float32(math.sqrt(q.shape[-1]))
    scores = scores if mask is None else np.where(mask, scores, np.float32(-np.inf))
    powers = np.exp(scores - np.maximum(scores.max(axis=-1, keepdims=True), np.float32(-1e30)))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), np.float32(1e-30))


class MaskedWeights:
    """Attention weights as an object that remembers how it fills masked scores."""

    def __init__(self, fill):
        self.fill = fill

    def __call__(self, q, k, *, mask=None):
        """Return the weights."""
        scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
        allowed = True if mask is None else mask
        scores = np.where(allowed, scores, self.fill)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True)) * allowed
        return powers / (powers.sum(axis=-1, keepdims=True) + (powers.max(axis=-1, keepdims=True) == 0))


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


Q = np.array([[2.0, 0.0], [1.0, 1.0]])
K = np.array([[1.0, 0.0], [0.0, 2.0], [2.0, 1.0]])


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
        Case((40 * Q, 40 * K), {"mask": np.array([[True, True, False], [True, False, False]])}),
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
    ]


def _mask_of(case, got):
    mask = case.options.get("mask")
    return np.broadcast_to(True if mask is None else mask, got.shape)


def _rows_sum_to_one(case, got):
    seen = _mask_of(case, got).any(axis=-1)
    return np.allclose(got.sum(axis=-1)[seen], 1, atol=1e-5)


ATTENTION_WEIGHTS = Exercise(
    name="attention_weights",
    section=f"{PAGE}#masks-before",
    reference=dot_product.attention_weights,
    visible=_weights_visible,
    hidden=_weights_hidden,
    seals=(
        dot_product.attention_weights,
        dot_product.attention,
        dot_product.attention_scores,
        dot_product._scores,
        dot_product._weights,
        dot_product._write_context,
        probability.softmax,
        probability.softmax_in_place,
        variants.online_attention,
        heads.MultiHeadAttention.__call__,
    ),
    correct=(
        weights_where_minus_infinity,
        weights_masked_and_renormalised,
        weights_row_by_row,
        weights_additive,
        weights_large_negative_then_cleared,
        weights_in_place_on_a_copy,
        weights_in_single_precision,
        MaskedWeights(fill=-1e9),
    ),
    misconceptions=(
        Misconception(
            "mask ignored",
            "The argument `mask` makes no difference.",
            f"{PAGE}#masks-before",
            weights_mask_ignored,
        ),
        Misconception(
            "masked after the softmax",
            "The weights are masked after the softmax and no longer sum to 1; mask the scores before it.",
            f"{PAGE}#masks-before",
            weights_masked_after_the_softmax,
        ),
        Misconception(
            "masked scores set to 0",
            "A masked score becomes 0, and exp(0) is 1: that key still gets a weight. Its score must be "
            "minus infinity.",
            f"{PAGE}#masks-before",
            weights_filled_with_zero,
        ),
        Misconception(
            "masked scores only a little negative",
            "A masked score becomes -1, and other scores may be lower still; only minus infinity (or "
            "something near it) gives the weight 0.",
            f"{PAGE}#masks-before",
            weights_small_negative,
        ),
        Misconception(
            "wrong sign",
            "A masked score becomes very large instead of very small, so the masked keys get all the "
            "weight.",
            f"{PAGE}#masks-before",
            weights_wrong_sign,
        ),
        Misconception(
            "polarity inverted",
            "The keys where the mask is True are left out; in this course True means may attend.",
            f"{PAGE}#masks-true",
            weights_polarity_inverted,
        ),
        Misconception(
            "mask added",
            "The mask is added to the scores, which adds 1 where it is True; where it is False the score "
            "must become minus infinity.",
            f"{PAGE}#masks-before",
            weights_mask_added,
        ),
        Misconception(
            "NaN in an empty row",
            "Right where there is something to attend to; a row of minus infinities gives NaN, and its "
            "weights must be 0.",
            f"{PAGE}#masks-empty",
            weights_nan_in_an_empty_row,
        ),
        Misconception(
            "uniform weights in an empty row",
            "Right where there is something to attend to; where every key is masked, all of them get "
            "the same weight, and it must be 0.",
            f"{PAGE}#masks-empty",
            weights_uniform_in_an_empty_row,
        ),
        Misconception(
            "no scale",
            "The mask is right; the dot products are not divided by the root of d_k.",
            "chapters/04-scaling#scaling-root",
            weights_unscaled,
        ),
        Misconception(
            "no mask, no weights",
            "Right with a mask; without one everything counts as masked. Every query may then attend to "
            "every key.",
            f"{PAGE}#masks-true",
            weights_mask_required,
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs down the columns and shares each key out among the queries; the weights "
            "of each query must sum to 1.",
            "chapters/05-softmax#softmax-axis",
            weights_over_the_queries,
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest "
            "score of each row first.",
            "chapters/05-softmax#softmax-shift",
            weights_without_shift,
        ),
        Misconception(
            ".T on a batch",
            "Right for matrices, but .T turns every axis of a batch round; swap the last two only.",
            f"{PAGE}#masks-shapes",
            weights_t_on_a_batch,
        ),
        Misconception(
            "changes the mask",
            "The caller's mask is overwritten; work on a copy.",
            f"{PAGE}#masks-before",
            weights_that_change_the_mask,
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

EXERCISES = (CAUSAL_BY_HAND, MASKED_BY_HAND, CAUSAL_MASK, PADDING_MASK, ATTENTION_WEIGHTS)
