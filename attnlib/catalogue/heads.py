"""Exercises on many heads: split, merge, count, and attend with all of them."""

import math

import numpy as np

from attnlib import heads
from attnlib.exercise import Case, Exercise, Misconception, Property

PAGE = "chapters/08-many-heads"

# --- splitting by hand --------------------------------------------------------------------------

TWO_TOKENS = ((0, 1, 2, 3, 4, 5), (10, 11, 12, 13, 14, 15))


def split_written_out():
    return [[[0, 1], [10, 11]], [[2, 3], [12, 13]], [[4, 5], [14, 15]]]


def split_by_slices():
    x = np.array([range(6), range(10, 16)])
    return np.stack([x[:, 0:2], x[:, 2:4], x[:, 4:6]])


def split_counted():
    return tuple(tuple((10 * t + 2 * h, 10 * t + 2 * h + 1) for t in range(2)) for h in range(3))


def split_in_reading_order():
    return np.array([range(6), range(10, 16)]).reshape(3, 2, 2)


def split_dealt_out():
    return np.array([range(6), range(10, 16)]).reshape(2, 2, 3).transpose(2, 0, 1)


def split_transposed_inside():
    return np.array([range(6), range(10, 16)]).reshape(2, 3, 2).transpose(1, 2, 0)


def split_first_two_features_everywhere():
    return np.array([[[0, 1], [10, 11]]] * 3)


def split_tokens_exchanged():
    return np.array([range(10, 16), range(6)]).reshape(2, 3, 2).swapaxes(0, 1)


SPLIT_BY_HAND = Exercise(
    name="split_by_hand",
    section=f"{PAGE}#heads-split",
    reference=lambda: heads.split_heads(TWO_TOKENS, 3),
    visible=lambda: [Case()],
    by_value=True,
    correct=(split_written_out, split_by_slices, split_counted),
    misconceptions=(
        Misconception(
            "reading order",
            "The numbers are filled in from left to right, so the heads get different tokens; every "
            "head must see both tokens.",
            f"{PAGE}#heads-split",
            split_in_reading_order,
        ),
        Misconception(
            "dealt out in turn",
            "The features are dealt out to the heads in turn; the features of a head stand next to "
            "each other.",
            f"{PAGE}#heads-split",
            split_dealt_out,
        ),
        Misconception(
            "tokens in the columns",
            "The features of each head are right, but a token is a column here; it must be a row.",
            f"{PAGE}#heads-split",
            split_transposed_inside,
        ),
        Misconception(
            "same features for all",
            "Every head gets the first features; each head has features of its own.",
            f"{PAGE}#heads-split",
            split_first_two_features_everywhere,
        ),
        Misconception(
            "tokens exchanged",
            "The two tokens have changed places; they keep their order in every head.",
            f"{PAGE}#heads-split",
            split_tokens_exchanged,
        ),
    ),
    properties=(
        Property(
            "Each number of the two tokens must be used once.",
            lambda case, got: np.array_equal(np.sort(got, axis=None), np.ravel(TWO_TOKENS)),
        ),
        Property(
            "In each head, the first row comes from the first token and the second from the second.",
            lambda case, got: bool((got[:, 0] < 10).all() and (got[:, 1] >= 10).all()),
        ),
    ),
)

# --- splitting ----------------------------------------------------------------------------------


def split_reshape_and_swap(x, n_heads):
    *lead, t, d_model = x.shape
    return np.swapaxes(x.reshape(*lead, t, n_heads, d_model // n_heads), -3, -2)


def split_stacked_slices(x, n_heads):
    d_head = x.shape[-1] // n_heads
    return np.stack([x[..., h * d_head : (h + 1) * d_head] for h in range(n_heads)], axis=-3)


def split_by_loops(x, n_heads):
    d_head = x.shape[-1] // n_heads
    out = np.empty((*x.shape[:-2], n_heads, x.shape[-2], d_head), dtype=x.dtype)
    for h in range(n_heads):
        for i in range(d_head):
            out[..., h, :, i] = x[..., h * d_head + i]
    return out


def split_with_numpy_split(x, n_heads):
    return np.moveaxis(np.array(np.split(x, n_heads, axis=-1)), 0, -3)


def split_by_einsum(x, n_heads):
    return np.einsum("...thi->...hti", x.reshape(*x.shape[:-1], n_heads, -1))


def split_by_index(x, n_heads):
    return np.moveaxis(x[..., np.arange(x.shape[-1]).reshape(n_heads, -1)], -2, -3)


class Splitter:
    """Splits as an object with a method for one head."""

    def one(self, x, head, n_heads):
        """Return the features of one head."""
        d_head = x.shape[-1] // n_heads
        return x[..., head * d_head :][..., :d_head]

    def __call__(self, x, n_heads):
        """Return all heads."""
        return np.concatenate([self.one(x, h, n_heads)[..., None, :, :] for h in range(n_heads)], axis=-3)


def split_reshape_only(x, n_heads):
    *lead, t, d_model = x.shape
    return x.reshape(*lead, n_heads, t, d_model // n_heads)


def split_without_swap(x, n_heads):
    *lead, t, d_model = x.shape
    return x.reshape(*lead, t, n_heads, d_model // n_heads)


def split_in_turn(x, n_heads):
    *lead, t, d_model = x.shape
    return np.moveaxis(x.reshape(*lead, t, d_model // n_heads, n_heads), -1, -3)


def split_size_for_number(x, n_heads):
    *lead, t, d_model = x.shape
    return np.swapaxes(x.reshape(*lead, t, d_model // n_heads, n_heads), -3, -2)


def split_one_sequence_only(x, n_heads):
    t, d_model = x.shape
    return x.reshape(t, n_heads, d_model // n_heads).transpose(1, 0, 2)


def split_heads_before_batch(x, n_heads):
    return np.array(np.split(x, n_heads, axis=-1))


def split_first_axes_swapped(x, n_heads):
    *lead, t, d_model = x.shape
    return np.swapaxes(x.reshape(*lead, t, n_heads, d_model // n_heads), 0, 1)


def split_transposed(x, n_heads):
    *lead, t, d_model = x.shape
    return np.moveaxis(x.reshape(*lead, t, n_heads, d_model // n_heads), -3, -1)


def split_into_float64(x, n_heads):
    d_head = x.shape[-1] // n_heads
    out = np.zeros((*x.shape[:-2], n_heads, x.shape[-2], d_head))
    for h in range(n_heads):
        out[..., h, :, :] = x[..., h * d_head : (h + 1) * d_head]
    return out


def split_batch_forgotten(x, n_heads):
    t, d_model = x.shape[-2:]
    return x.reshape(-1, t, n_heads, d_model // n_heads)[0].swapaxes(0, 1)


def _tokens(*shape, dtype=float):
    return np.arange(math.prod(shape), dtype=dtype).reshape(shape)


def _split_visible():
    return [
        Case((_tokens(2, 4), 2)),
        Case((_tokens(3, 6), 3)),
        Case((_tokens(5, 6), 2)),
        Case((_tokens(2, 3, 10), 5)),
        Case((_tokens(1, 7, 6, dtype=np.float32), 3)),
        Case((_tokens(2, 3, 5, 6), 3)),
    ]


def _split_hidden(rng):
    return [
        Case((rng.standard_normal((7, 15)), 3)),
        Case((rng.standard_normal((4, 4)), 2)),
        Case((rng.standard_normal((3, 5, 14)), 7)),
        Case((rng.standard_normal((2, 3, 4, 6)), 2)),
        Case((rng.standard_normal((2, 5, 6)).astype(np.float32), 1)),
        Case((rng.standard_normal((2, 1, 6)), 6)),
    ]


SPLIT_HEADS = Exercise(
    name="split_heads",
    section=f"{PAGE}#heads-split",
    reference=heads.split_heads,
    visible=_split_visible,
    hidden=_split_hidden,
    seals=(heads.split_heads, heads._project),
    same_dtype=True,
    correct=(
        split_reshape_and_swap,
        split_stacked_slices,
        split_by_loops,
        split_with_numpy_split,
        split_by_einsum,
        split_by_index,
        Splitter(),
        lambda x, n_heads: x.reshape(*x.shape[:-1], n_heads, -1).swapaxes(-2, -3).copy(),
    ),
    misconceptions=(
        Misconception(
            "reshape without transpose",
            "The shape is right, but the array is only cut anew in reading order, which mixes up tokens "
            "and heads; cut the feature axis in two, then swap the axes.",
            f"{PAGE}#heads-split",
            split_reshape_only,
        ),
        Misconception(
            "axes not swapped",
            "The features are cut into heads, but the heads still come after the tokens; bring them "
            "before.",
            f"{PAGE}#heads-split",
            split_without_swap,
        ),
        Misconception(
            "dealt out in turn",
            "The features are dealt out to the heads in turn; head 0 gets the first d_head features, "
            "head 1 the next, and so on.",
            f"{PAGE}#heads-split",
            split_in_turn,
        ),
        Misconception(
            "n_heads and d_head exchanged",
            "There are d_head heads of n_heads features; it is the other way round.",
            f"{PAGE}#heads-split",
            split_size_for_number,
        ),
        Misconception(
            "only one sequence",
            "Right for one sequence, but a batch has more axes in front; leave them where they are.",
            f"{PAGE}#heads-split",
            split_one_sequence_only,
        ),
        Misconception(
            "heads before the batch",
            "Right for one sequence; in a batch the heads come first of all, and they must come after "
            "the batch and just before the tokens.",
            f"{PAGE}#heads-split",
            split_heads_before_batch,
        ),
        Misconception(
            "first two axes swapped",
            "Right for one sequence; in a batch the first two axes are others. Count the axes from the "
            "end: -3 and -2.",
            f"{PAGE}#heads-split",
            split_first_axes_swapped,
        ),
        Misconception(
            "tokens moved to the end",
            "The tokens are the last axis; the features of a head must be last.",
            f"{PAGE}#heads-split",
            split_transposed,
        ),
        Misconception(
            "float64 from float32",
            "The numbers are right, but float32 has become float64, which takes twice the memory; keep "
            "the dtype of x.",
            f"{PAGE}#heads-split",
            split_into_float64,
        ),
        Misconception(
            "only a batch of one",
            "Only the first sequence of the batch comes back.",
            f"{PAGE}#heads-split",
            split_batch_forgotten,
        ),
    ),
    properties=(
        Property(
            "Each number of x must be used once.",
            lambda case, got: np.array_equal(np.sort(got, axis=None), np.sort(case.args[0], axis=None)),
        ),
        Property(
            "Head 0 must have the first d_head features of every token.",
            lambda case, got: np.array_equal(got[..., 0, :, :], case.args[0][..., : got.shape[-1]]),
        ),
    ),
)

# --- merging ------------------------------------------------------------------------------------


def merge_swap_and_reshape(x):
    *lead, n_heads, t, d_head = x.shape
    return np.swapaxes(x, -3, -2).reshape(*lead, t, n_heads * d_head)


def merge_side_by_side(x):
    return np.concatenate([x[..., h, :, :] for h in range(x.shape[-3])], axis=-1)


def merge_by_loops(x):
    n_heads, t, d_head = x.shape[-3:]
    out = np.empty((*x.shape[:-3], t, n_heads * d_head), dtype=x.dtype)
    for h in range(n_heads):
        for i in range(d_head):
            out[..., h * d_head + i] = x[..., h, :, i]
    return out


def merge_by_einsum(x):
    swapped = np.einsum("...hti->...thi", x)
    return swapped.reshape(*swapped.shape[:-2], -1)


def merge_by_moved_heads(x):
    return np.concatenate(list(np.moveaxis(x, -3, 0)), axis=-1)


def merge_by_transpose(x):
    lead = range(x.ndim - 3)
    n = x.ndim
    swapped = x.transpose(*lead, n - 2, n - 3, n - 1)
    return np.ascontiguousarray(swapped).reshape((*swapped.shape[:-2], x.shape[-3] * x.shape[-1]))


class Merger:
    """Merges as an object."""

    def __call__(self, x):
        """Return the tokens."""
        return np.reshape(np.moveaxis(x, -3, -2), (*x.shape[:-3], x.shape[-2], -1))


def merge_reshape_only(x):
    *lead, n_heads, t, d_head = x.shape
    return x.reshape(*lead, t, n_heads * d_head)


def merge_interleaved(x):
    *lead, n_heads, t, d_head = x.shape
    return np.moveaxis(x, -3, -1).reshape(*lead, t, n_heads * d_head)


def merge_averaged(x):
    return x.mean(axis=-3)


def merge_added(x):
    return x.sum(axis=-3)


def merge_one_below_the_other(x):
    *lead, n_heads, t, d_head = x.shape
    return x.reshape(*lead, n_heads * t, d_head)


def merge_first_head_only(x):
    return x[..., 0, :, :].copy()


def merge_swapped_only(x):
    return np.swapaxes(x, -3, -2).copy()


def merge_reversed(x):
    *lead, n_heads, t, d_head = x.shape
    return np.swapaxes(x[..., ::-1, :, :], -3, -2).reshape(*lead, t, n_heads * d_head)


def merge_one_sequence_only(x):
    n_heads, t, d_head = x.shape
    return x.transpose(1, 0, 2).reshape(t, n_heads * d_head)


def merge_first_axis_as_heads(x):
    return np.concatenate(list(x), axis=-1)


def merge_into_float64(x):
    n_heads, t, d_head = x.shape[-3:]
    out = np.zeros((*x.shape[:-3], t, n_heads * d_head))
    for h in range(n_heads):
        out[..., h * d_head : (h + 1) * d_head] = x[..., h, :, :]
    return out


def _merge_visible():
    return [
        Case((_tokens(2, 2, 2),)),
        Case((_tokens(2, 5, 3),)),
        Case((_tokens(2, 3, 5, 2),)),
        Case((_tokens(1, 3, 7, 2, dtype=np.float32),)),
        Case((_tokens(2, 3, 2, 5, 4),)),
    ]


def _merge_hidden(rng):
    return [
        Case((rng.standard_normal((3, 7, 5)),)),
        Case((rng.standard_normal((3, 3, 3)),)),
        Case((rng.standard_normal((5, 2, 3, 7)),)),
        Case((rng.standard_normal((2, 3, 4, 5, 2)),)),
        Case((rng.standard_normal((2, 1, 5, 3)).astype(np.float32),)),
    ]


MERGE_HEADS = Exercise(
    name="merge_heads",
    section=f"{PAGE}#heads-merge",
    reference=heads.merge_heads,
    visible=_merge_visible,
    hidden=_merge_hidden,
    seals=(heads.merge_heads,),
    same_dtype=True,
    correct=(
        merge_swap_and_reshape,
        merge_side_by_side,
        merge_by_loops,
        merge_by_einsum,
        merge_by_moved_heads,
        merge_by_transpose,
        Merger(),
        lambda x: np.swapaxes(x, -2, -3).reshape(*x.shape[:-3], x.shape[-2], x.shape[-3] * x.shape[-1]),
    ),
    misconceptions=(
        Misconception(
            "reshape without transpose",
            "The shape is right, but the array is only cut anew in reading order, which mixes up tokens "
            "and heads; swap heads and tokens first.",
            f"{PAGE}#heads-merge",
            merge_reshape_only,
        ),
        Misconception(
            "features interleaved",
            "The heads' features alternate; all features of head 0 come first, then all of head 1.",
            f"{PAGE}#heads-merge",
            merge_interleaved,
        ),
        Misconception(
            "heads averaged",
            "The heads are averaged, so what one of them found is lost; put them side by side.",
            f"{PAGE}#heads-merge",
            merge_averaged,
        ),
        Misconception(
            "heads added",
            "The heads are added up, so what one of them found is lost; put them side by side.",
            f"{PAGE}#heads-merge",
            merge_added,
        ),
        Misconception(
            "heads below each other",
            "The heads follow each other along the tokens; they belong side by side along the features.",
            f"{PAGE}#heads-merge",
            merge_one_below_the_other,
        ),
        Misconception(
            "first head only",
            "Only the first head comes back; put all of them side by side.",
            f"{PAGE}#heads-merge",
            merge_first_head_only,
        ),
        Misconception(
            "swapped but not joined",
            "Heads and tokens are swapped, but the heads are still an axis of their own; join the last "
            "two axes.",
            f"{PAGE}#heads-merge",
            merge_swapped_only,
        ),
        Misconception(
            "heads in reverse",
            "The last head comes first; head 0 has the first features.",
            f"{PAGE}#heads-merge",
            merge_reversed,
        ),
        Misconception(
            "only one sequence",
            "Right for one sequence, but a batch has more axes in front; leave them where they are.",
            f"{PAGE}#heads-merge",
            merge_one_sequence_only,
        ),
        Misconception(
            "batch taken for heads",
            "Right for one sequence; in a batch the first axis is not that of the heads. Count the axes "
            "from the end: -3.",
            f"{PAGE}#heads-merge",
            merge_first_axis_as_heads,
        ),
        Misconception(
            "float64 from float32",
            "The numbers are right, but float32 has become float64, which takes twice the memory; keep "
            "the dtype of x.",
            f"{PAGE}#heads-merge",
            merge_into_float64,
        ),
    ),
    properties=(
        Property(
            "Each number of x must be used once.",
            lambda case, got: np.array_equal(np.sort(got, axis=None), np.sort(case.args[0], axis=None)),
        ),
        Property(
            "The first d_head features of every token must come from head 0.",
            lambda case, got: np.array_equal(
                got[..., : case.args[0].shape[-1]], case.args[0][..., 0, :, :]
            ),
        ),
    ),
)

# --- counting by hand ---------------------------------------------------------------------------

D_MODEL, N_HEADS, N_TOKENS = 12, 3, 5


def _counts():
    layer = heads.MultiHeadAttention.random(np.random.default_rng(0), D_MODEL, N_HEADS)
    weights = layer(np.zeros((N_TOKENS, D_MODEL)), return_weights=True)[1]
    matrices = (layer.w_q, layer.w_k, layer.w_v, layer.w_o)
    return np.array([D_MODEL // N_HEADS, sum(matrix.size for matrix in matrices), weights.size])


def counts_written_out():
    return [4, 576, 75]


def counts_computed():
    return np.array([12 / 3, 4 * 12 * 12, 3 * 5 * 5])


def counts_head_by_head():
    return (12 // 3, 3 * (12 * 4 + 12 * 4 + 12 * 4 + 4 * 12), 5 * 5 * 3)


def counts_without_w_o():
    return [12 // 3, 3 * 12 * 12, 3 * 5 * 5]


def counts_full_width_heads():
    return [12, 3 * 4 * 12 * 12, 3 * 5 * 5]


def counts_times_heads():
    return [12 // 3, 3 * 4 * 12 * 12, 3 * 5 * 5]


def counts_one_matrix_of_weights():
    return [12 // 3, 4 * 12 * 12, 5 * 5]


def counts_one_head_only():
    return [12 // 3, 4 * 12 * (12 // 3), 3 * 5 * 5]


def counts_exchanged():
    return [3, 4 * 12 * 12, 3 * 5 * 5]


def counts_with_biases():
    return [12 // 3, 4 * (12 * 12 + 12), 3 * 5 * 5]


def counts_weights_of_features():
    return [12 // 3, 4 * 12 * 12, 3 * 5 * 4]


HEAD_COUNTS = Exercise(
    name="head_counts",
    section=f"{PAGE}#heads-parameters",
    reference=_counts,
    visible=lambda: [Case()],
    by_value=True,
    correct=(counts_written_out, counts_computed, counts_head_by_head),
    misconceptions=(
        Misconception(
            "W_O forgotten",
            "The matrices of queries, keys and values are counted; the one that mixes the heads at the "
            "end, W_O, is missing.",
            f"{PAGE}#heads-parameters",
            counts_without_w_o,
        ),
        Misconception(
            "heads of full width",
            "Every head has all the features here; the heads share them out.",
            f"{PAGE}#heads-parameters",
            counts_full_width_heads,
        ),
        Misconception(
            "multiplied by the heads",
            "The parameters are counted once for each head; the matrices of all heads together are four "
            "square ones.",
            f"{PAGE}#heads-parameters",
            counts_times_heads,
        ),
        Misconception(
            "weights of one head",
            "The weights of one head are counted; every head has its own for each query and key.",
            f"{PAGE}#heads-parameters",
            counts_one_matrix_of_weights,
        ),
        Misconception(
            "parameters of one head",
            "The parameters of one head are counted; the question asks for those of all heads together.",
            f"{PAGE}#heads-parameters",
            counts_one_head_only,
        ),
        Misconception(
            "number for size",
            "The first answer is the number of heads; the question asks how many features each has.",
            f"{PAGE}#heads-parameters",
            counts_exchanged,
        ),
        Misconception(
            "biases counted",
            "A bias is counted with each matrix; there are none here.",
            f"{PAGE}#heads-parameters",
            counts_with_biases,
        ),
        Misconception(
            "features for keys",
            "The weights are counted as tokens times features; there is one for each query and each key.",
            f"{PAGE}#heads-parameters",
            counts_weights_of_features,
        ),
    ),
    properties=(
        Property(
            "The queries of all heads together must have the 12 features of the token.",
            lambda case, got: got[0] * N_HEADS == D_MODEL,
        ),
        Property(
            "The number of parameters must be a multiple of 12: every matrix has 12 rows.",
            lambda case, got: got[1] % D_MODEL == 0,
        ),
        Property(
            "The number of weights must be a multiple of 25: each of the 5 tokens asks each of the 5.",
            lambda case, got: got[2] % N_TOKENS**2 == 0,
        ),
    ),
)

# --- multi-head attention -----------------------------------------------------------------------


def heads_step_by_step(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_one_after_the_other(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    results = []
    for h in range(n_heads):
        d_head, d_v = w_q.shape[1] // n_heads, w_v.shape[1] // n_heads
        columns = slice(h * d_head, (h + 1) * d_head)
        q, k = x @ w_q[:, columns], context @ w_k[:, columns]
        v = context @ w_v[:, h * d_v : (h + 1) * d_v]
        powers = np.exp(q @ np.swapaxes(k, -1, -2) / math.sqrt(d_head))
        results.append(powers / powers.sum(axis=-1, keepdims=True) @ v)
    return np.concatenate(results, axis=-1) @ w_o


def heads_added_through_w_o(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    other = x if context is None else context
    total = 0
    for part_q, part_k, part_v, part_o in zip(
        np.split(w_q, n_heads, axis=1),
        np.split(w_k, n_heads, axis=1),
        np.split(w_v, n_heads, axis=1),
        np.split(w_o, n_heads, axis=0),
        strict=True,
    ):
        scores = (x @ part_q / part_q.shape[1] ** 0.5) @ np.swapaxes(other @ part_k, -1, -2)
        weights = np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))
        total = total + weights @ (other @ part_v) @ part_o
    return total


def heads_by_einsum(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    c = x if context is None else context
    w_q, w_k, w_v = (w.reshape(w.shape[0], n_heads, -1) for w in (w_q, w_k, w_v))
    q = np.einsum("...tm,mhd->...thd", x, w_q) / np.sqrt(w_q.shape[-1])
    k, v = np.einsum("...tm,mhd->...thd", c, w_k), np.einsum("...tm,mhd->...thd", c, w_v)
    powers = np.exp(np.einsum("...qhd,...khd->...hqk", q, k))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    mixed = np.einsum("...hqk,...khd->...qhd", weights, v)
    return np.einsum("...qhd,hdo->...qo", mixed, w_o.reshape(n_heads, w_v.shape[-1], -1))


def heads_by_concatenated_slices(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    other = context if context is not None else x
    queries, keys, values = (np.split(y, n_heads, axis=-1) for y in (x @ w_q, other @ w_k, other @ w_v))
    merged = []
    for q, k, v in zip(queries, keys, values, strict=True):
        scores = np.einsum("...id,...jd->...ij", q, k) / math.sqrt(q.shape[-1])
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        merged.append(scores @ v)
    return np.matmul(np.concatenate(merged, axis=-1), w_o)


def heads_in_single_precision(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    x, context, w_q, w_k, w_v, w_o = (
        np.asarray(a, dtype=np.float32) for a in (x, context, w_q, w_k, w_v, w_o)
    )
    q, k, v = (
        np.moveaxis(y.reshape(*y.shape[:-1], n_heads, -1), -2, -3)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.float32(math.sqrt(q.shape[-1]))
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.moveaxis(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


class Layer:
    """Multi-head attention as an object with one step in each method."""

    def split(self, y, n_heads):
        """Bring the heads before the tokens."""
        return np.moveaxis(y.reshape(*y.shape[:-1], n_heads, -1), -2, -3)

    def weigh(self, q, k):
        """Return the weights."""
        powers = np.exp(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
        return powers / powers.sum(axis=-1, keepdims=True)

    def __call__(self, x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
        """Return what each token gathers."""
        context = x if context is None else context
        q, k, v = (self.split(y, n_heads) for y in (x @ w_q, context @ w_k, context @ w_v))
        return np.concatenate(list(np.moveaxis(self.weigh(q, k) @ v, -3, 0)), axis=-1) @ w_o


def heads_split_by_reshape_only(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        y.reshape(*y.shape[:-2], n_heads, y.shape[-2], -1) for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_merged_by_reshape_only(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = powers / powers.sum(axis=-1, keepdims=True) @ v
    return mixed.reshape(*mixed.shape[:-3], mixed.shape[-2], -1) @ w_o


def heads_dealt_out_in_turn(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.moveaxis(y.reshape(*y.shape[:-1], -1, n_heads), -1, -3)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_features_interleaved(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.moveaxis(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -1)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_without_w_o(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1)


def heads_averaged(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.mean(axis=-2) @ w_o.reshape(n_heads, -1, w_o.shape[-1]).sum(axis=0)


def heads_mean_of_outputs(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o / n_heads


def heads_sharing_the_first_weights(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    mixed = np.swapaxes(weights[..., :1, :, :] @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_sharing_the_mean_weights(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    mixed = np.swapaxes(weights.mean(axis=-3, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_ignored(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (y[..., None, :, :] for y in (x @ w_q, context @ w_k, context @ w_v))
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_root_of_d_model(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(x.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_root_of_all_columns(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(w_q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_without_scale(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_softmax_over_queries(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-2, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-2, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_context_ignored(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2) for y in (x @ w_q, x @ w_k, x @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_roles_exchanged(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (context @ w_q, x @ w_k, x @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_values_from_x(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, x @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_values_are_keys(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_k)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_of_one_sequence(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        y.reshape(len(y), n_heads, y.shape[1] // n_heads).swapaxes(0, 1)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def _layer(rng, *lead, t, t_k=None, d=4, d_context=None, n_heads=2, d_head=None, d_v=None, d_out=None):
    """Return a case: tokens of size d, and of size d_context where there is a t_k."""
    d_head = d // n_heads if d_head is None else d_head
    d_v = d_head if d_v is None else d_v
    d_from = d if d_context is None else d_context
    x, w_q, w_k, w_v, w_o = (
        rng.standard_normal(shape)
        for shape in (
            (*lead, t, d),
            (d, n_heads * d_head),
            (d_from, n_heads * d_head),
            (d_from, n_heads * d_v),
            (n_heads * d_v, d if d_out is None else d_out),
        )
    )
    options = {} if t_k is None else {"context": rng.standard_normal((*lead, t_k, d_from))}
    return Case((x, w_q, w_k, w_v, w_o, n_heads), options)


def _layer_visible():
    rng = np.random.default_rng(8)
    return [
        _layer(rng, t=2, d=4),
        _layer(rng, t=5, d=6, n_heads=3),
        _layer(rng, 2, t=3, d=6, n_heads=2),
        _layer(rng, 2, t=4, t_k=4, d=4),
        _layer(rng, t=3, t_k=5, d=6, n_heads=3),
        _layer(rng, 2, 3, t=5, d=7, n_heads=3, d_head=2, d_v=5, d_out=11),
        _layer(rng, 2, t=3, t_k=7, d=6, d_context=5, n_heads=3, d_v=4),
    ]


def _layer_hidden(rng):
    return [
        _layer(rng, t=7, d=10, n_heads=5),
        _layer(rng, t=4, d=4, n_heads=2),
        _layer(rng, 3, t=5, d=6, n_heads=2, d_head=7, d_v=3, d_out=2),
        _layer(rng, 2, 3, t=2, t_k=5, d=4),
        _layer(rng, 2, t=1, t_k=3, d=6, d_context=11, n_heads=3),
        _layer(rng, t=3, d=5, n_heads=1),
    ]


def _within_reach(case, got):
    x, _, _, w_v, w_o, n_heads = case.args
    values = heads.split_heads(case.options.get("context", x) @ w_v, n_heads)
    found = values @ w_o.reshape(n_heads, values.shape[-1], -1)  # (..., n_heads, T_k, d_out)
    low, high = found.min(axis=-2).sum(axis=-2), found.max(axis=-2).sum(axis=-2)  # (..., d_out)
    return bool(((got >= low[..., None, :] - 1e-4) & (got <= high[..., None, :] + 1e-4)).all())


def _attend(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    return heads.MultiHeadAttention(w_q, w_k, w_v, w_o, n_heads)(x, context)


MULTI_HEAD_ATTENTION = Exercise(
    name="multi_head_attention",
    section=f"{PAGE}#heads-output",
    reference=_attend,
    visible=_layer_visible,
    hidden=_layer_hidden,
    seals=(
        heads.MultiHeadAttention.__call__,
        heads.multi_head_vjp,
        heads._project,
        heads.split_heads,
        heads.merge_heads,
    ),
    correct=(
        heads_step_by_step,
        heads_one_after_the_other,
        heads_added_through_w_o,
        heads_by_einsum,
        heads_by_concatenated_slices,
        heads_in_single_precision,
        Layer(),
    ),
    misconceptions=(
        Misconception(
            "split by reshape",
            "Queries, keys and values are cut into heads in reading order, which mixes up tokens "
            "and heads; cut the features in two axes, then swap.",
            f"{PAGE}#heads-split",
            heads_split_by_reshape_only,
        ),
        Misconception(
            "merged without transpose",
            "The heads are joined in reading order, which mixes up tokens and heads; swap heads "
            "and tokens first.",
            f"{PAGE}#heads-merge",
            heads_merged_by_reshape_only,
        ),
        Misconception(
            "features dealt out in turn",
            "The features are dealt out to the heads in turn; head 0 has the first d_head columns "
            "of each matrix, head 1 the next.",
            f"{PAGE}#heads-split",
            heads_dealt_out_in_turn,
        ),
        Misconception(
            "merged in turn",
            "When the heads are merged their features alternate; all features of head 0 come "
            "first, then all of head 1.",
            f"{PAGE}#heads-merge",
            heads_features_interleaved,
        ),
        Misconception(
            "W_O forgotten",
            "The merged heads are returned as they are; multiply by W_O, which lets the heads mix.",
            f"{PAGE}#heads-output",
            heads_without_w_o,
        ),
        Misconception(
            "heads averaged",
            "The heads are averaged instead of put side by side, so W_O has nothing left to choose from.",
            f"{PAGE}#heads-merge",
            heads_averaged,
        ),
        Misconception(
            "results averaged",
            "What the heads give through W_O is divided by their number; put side by side, they add up.",
            f"{PAGE}#heads-output",
            heads_mean_of_outputs,
        ),
        Misconception(
            "one head's weights for all",
            "All heads use the weights of the first; each has its own.",
            f"{PAGE}#heads-different",
            heads_sharing_the_first_weights,
        ),
        Misconception(
            "mean weights for all",
            "The weights are averaged over the heads before they mix the values; each head uses its own.",
            f"{PAGE}#heads-different",
            heads_sharing_the_mean_weights,
        ),
        Misconception(
            "a single head",
            "This is one head over all features; the argument `n_heads` makes no difference.",
            f"{PAGE}#heads-why",
            heads_ignored,
        ),
        Misconception(
            "root of d_model",
            "The scores are divided by the root of d_model; a head's dot products run over d_head "
            "features only.",
            f"{PAGE}#heads-split",
            heads_root_of_d_model,
        ),
        Misconception(
            "root of all heads' features",
            "The scores are divided by the root of the number of columns of W_Q, all heads "
            "together; a head's dot products run over d_head features only.",
            f"{PAGE}#heads-split",
            heads_root_of_all_columns,
        ),
        Misconception(
            "no scale",
            "The scores are not divided by the root of d_head.",
            "chapters/04-scaling#scaling-root",
            heads_without_scale,
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs down the columns and shares each key out among the queries; the "
            "weights of each query must sum to 1.",
            "chapters/05-softmax#softmax-axis",
            heads_softmax_over_queries,
        ),
        Misconception(
            "context ignored",
            "The argument `context` makes no difference; keys and values must come from it.",
            "chapters/03-queries-keys-values#qkv-self-cross",
            heads_context_ignored,
        ),
        Misconception(
            "x and context exchanged",
            "The context asks and x answers; queries come from x, keys and values from the context.",
            "chapters/03-queries-keys-values#qkv-self-cross",
            heads_roles_exchanged,
        ),
        Misconception(
            "values from x",
            "Keys come from the context but values from x; the values must come from the tokens "
            "attended to.",
            "chapters/03-queries-keys-values#qkv-self-cross",
            heads_values_from_x,
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            "chapters/06-by-hand#byhand-context",
            heads_values_are_keys,
        ),
        Misconception(
            "only one sequence",
            "Right for one sequence, but a batch has more axes in front; leave them where they are.",
            f"{PAGE}#heads-split",
            heads_of_one_sequence,
        ),
    ),
    properties=(
        Property(
            "The result is out of reach: each head must give a mixture of its own values, and W_O adds "
            "up what the heads give.",
            _within_reach,
        ),
    ),
)

EXERCISES = (SPLIT_BY_HAND, SPLIT_HEADS, MERGE_HEADS, HEAD_COUNTS, MULTI_HEAD_ATTENTION)
