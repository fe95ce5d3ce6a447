"""Exercises on queries, keys and values: projections, shapes, one sequence and two, both conventions."""

import math

import numpy as np

from attnlib import dot_product
from attnlib.exercise import Case, Exercise, Misconception, Property

PAGE = "chapters/03-queries-keys-values"


def _product(x, w):
    return dot_product.attention_scores(x, np.swapaxes(w, -1, -2), scale=1.0)


def _first_score_of(reference):
    return Property(
        "The first score, of the first query with the first key, is wrong already: work it out with a "
        "pencil and compare.",
        lambda case, got: np.allclose(
            got[..., 0, 0], reference(*case.args)[..., 0, 0], rtol=1e-4, atol=1e-5
        ),
    )


# --- two rows by hand -----------------------------------------------------------------------------

HAND_X = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
HAND_W = np.array([[1.0, 0.0, 2.0], [3.0, 1.0, 0.0], [0.0, 2.0, 1.0]])


def _hand_queries():
    return _product(HAND_X, HAND_W)


def matrix_product():
    return np.array([[1, 0, 2], [0, 1, 1]]) @ np.array([[1, 0, 2], [3, 1, 0], [0, 2, 1]])


def rows_mixed():
    first, second, third = np.array([[1, 0, 2], [3, 1, 0], [0, 2, 1]])
    return [first + 2 * third, second + third]


def six_whole_numbers():
    return [[1, 4, 4], [3, 3, 1]]


def products_with_the_rows_of_w():
    return np.array([[1, 0, 2], [0, 1, 1]]) @ np.array([[1, 0, 2], [3, 1, 0], [0, 2, 1]]).T


def queries_in_columns():
    return [[1, 3], [4, 3], [4, 1]]


def two_counted_once():
    return [[1, 2, 3], [3, 3, 1]]


def first_token_only():
    return [1, 4, 4]


def rows_added_up():
    return [9, 7]


def features_doubled_afterwards():
    return [[2, 4, 6], [3, 3, 1]]


PROJECTION_BY_HAND = Exercise(
    name="projection_by_hand",
    section=f"{PAGE}#qkv-projections",
    reference=_hand_queries,
    visible=lambda: [Case()],
    by_value=True,
    correct=(matrix_product, rows_mixed, six_whole_numbers),
    misconceptions=(
        Misconception(
            "rows of W_Q",
            "Each token is multiplied with the rows of W_Q; go down its columns, one for each entry of "
            "the query.",
            f"{PAGE}#qkv-rows-columns",
            products_with_the_rows_of_w,
        ),
        Misconception(
            "queries in columns",
            "The numbers are right but the queries stand in the columns; in this course each token keeps "
            "its row.",
            f"{PAGE}#qkv-rows-columns",
            queries_in_columns,
        ),
        Misconception(
            "2 counted once",
            "A feature of 2 is treated as a 1; it takes its row of W_Q twice.",
            f"{PAGE}#qkv-projections",
            two_counted_once,
        ),
        Misconception(
            "first token only",
            "This is the query of the first token; the second token has one too, from the same W_Q.",
            f"{PAGE}#qkv-projections",
            first_token_only,
        ),
        Misconception(
            "one number for each token",
            "Each query is added up to one number; it has as many entries as W_Q has columns.",
            f"{PAGE}#qkv-projections",
            rows_added_up,
        ),
        Misconception(
            "everything doubled",
            "The 2 doubles both rows of W_Q that the first token takes; it belongs to the third row only.",
            f"{PAGE}#qkv-projections",
            features_doubled_afterwards,
        ),
    ),
)

# --- shapes by hand -------------------------------------------------------------------------------

T_Q, T_K, D_MODEL, D_K, D_V = 5, 7, 8, 3, 2


def _shapes():
    x, context = np.zeros((T_Q, D_MODEL)), np.zeros((T_K, D_MODEL))
    w_q, w_k, w_v = np.zeros((D_MODEL, D_K)), np.zeros((D_MODEL, D_K)), np.zeros((D_MODEL, D_V))
    q, k, v = _product(x, w_q), _product(context, w_k), _product(context, w_v)
    scores = dot_product.attention_scores(q, k, scale=1.0)
    return np.array([a.shape for a in (w_q, w_v, q, k, v, scores, dot_product.attention(q, k, v))])


def pairs_of_sizes():
    return [(8, 3), (8, 2), (5, 3), (7, 3), (7, 2), (5, 7), (5, 2)]


def shapes_of_arrays():
    x, context = np.zeros((5, 8)), np.zeros((7, 8))
    w_q, w_k, w_v = np.zeros((8, 3)), np.zeros((8, 3)), np.zeros((8, 2))
    q, k, v = x @ w_q, context @ w_k, context @ w_v
    return np.array([a.shape for a in (w_q, w_v, q, k, v, q @ k.T, q @ k.T @ v)])


def rows_and_columns_apart():
    return np.stack([[8, 8, 5, 7, 7, 5, 5], [3, 2, 3, 3, 2, 7, 2]], axis=-1)


def every_shape_reversed():
    return [(3, 8), (2, 8), (3, 5), (3, 7), (2, 7), (7, 5), (2, 5)]


def scores_turned():
    return [(8, 3), (8, 2), (5, 3), (7, 3), (7, 2), (7, 5), (5, 2)]


def a_result_for_each_key():
    return [(8, 3), (8, 2), (5, 3), (7, 3), (7, 2), (5, 7), (7, 2)]


def results_as_wide_as_keys():
    return [(8, 3), (8, 2), (5, 3), (7, 3), (7, 2), (5, 7), (5, 3)]


def values_of_those_who_ask():
    return [(8, 3), (8, 2), (5, 3), (7, 3), (5, 2), (5, 7), (5, 2)]


def all_from_those_who_ask():
    return [(8, 3), (8, 2), (5, 3), (5, 3), (5, 2), (5, 5), (5, 2)]


def roles_exchanged():
    return [(8, 3), (8, 2), (7, 3), (5, 3), (5, 2), (7, 5), (7, 2)]


def nothing_projected():
    return [(8, 3), (8, 2), (5, 8), (7, 8), (7, 8), (5, 7), (5, 8)]


def values_as_wide_as_keys():
    return [(8, 3), (8, 3), (5, 3), (7, 3), (7, 3), (5, 7), (5, 3)]


SHAPES_BY_HAND = Exercise(
    name="shapes_by_hand",
    section=f"{PAGE}#qkv-shapes",
    reference=_shapes,
    visible=lambda: [Case()],
    by_value=True,
    correct=(pairs_of_sizes, shapes_of_arrays, rows_and_columns_apart),
    misconceptions=(
        Misconception(
            "every shape reversed",
            "Every shape is the wrong way round: here tokens are rows and features are columns.",
            f"{PAGE}#qkv-rows-columns",
            every_shape_reversed,
        ),
        Misconception(
            "scores turned",
            "All is right but the scores: they have a row for each query and a column for each key.",
            f"{PAGE}#qkv-shapes",
            scores_turned,
        ),
        Misconception(
            "a result for each key",
            "All is right but the result: who asks gets an answer, so it has a row for each query.",
            f"{PAGE}#qkv-shapes",
            a_result_for_each_key,
        ),
        Misconception(
            "results as wide as keys",
            "All is right but the result: values are mixed, so it has as many columns as they have.",
            f"{PAGE}#qkv-shapes",
            results_as_wide_as_keys,
        ),
        Misconception(
            "values of those who ask",
            "All is right but the values: they come from the sequence that answers, one for each key.",
            f"{PAGE}#qkv-self-cross",
            values_of_those_who_ask,
        ),
        Misconception(
            "self for cross",
            "All comes from the sequence that asks: that is self-attention; here another sequence answers.",
            f"{PAGE}#qkv-self-cross",
            all_from_those_who_ask,
        ),
        Misconception(
            "roles exchanged",
            "The queries come from the sequence that answers, and keys and values from the one that asks; "
            "it is the other way round.",
            f"{PAGE}#qkv-self-cross",
            roles_exchanged,
        ),
        Misconception(
            "nothing projected",
            "Queries, keys and values are as wide as the tokens; a projection makes them as wide as its "
            "matrix has columns.",
            f"{PAGE}#qkv-projections",
            nothing_projected,
        ),
        Misconception(
            "d_k for d_v",
            "The values have d_k columns; only queries and keys need the same width, and the values have "
            "a width of their own.",
            f"{PAGE}#qkv-shapes",
            values_as_wide_as_keys,
        ),
    ),
    properties=(
        Property(
            "W_Q must have a row for each feature of a token, and a column for each entry of a query.",
            lambda case, got: got[0].tolist() == [D_MODEL, D_K],
        ),
        Property(
            "In a product, the columns of the first matrix must be as many as the rows of the second: "
            "check x W_Q, and the scores times the values.",
            lambda case, got: got[0][1] == got[2][1] and got[5][1] == got[4][0],
        ),
        Property(
            "Queries and keys must be equally wide, or they have no dot product.",
            lambda case, got: got[2][1] == got[3][1],
        ),
    ),
)

# --- one projection -------------------------------------------------------------------------------


def times_the_matrix(x, w):
    return x @ w


def entry_by_entry(x, w):
    out = np.zeros((*x.shape[:-1], w.shape[-1]), dtype=x.dtype)
    for index in np.ndindex(out.shape):
        for i in range(w.shape[0]):
            out[index] += x[(*index[:-1], i)] * w[i, index[-1]]
    return out


def projection_by_einsum(x, w):
    return np.einsum("...tm,mk->...tk", x, w)


def with_dot(x, w):
    return np.dot(x, w)


def all_tokens_in_one_matrix(x, w):
    return (x.reshape(-1, x.shape[-1]) @ w).reshape(*x.shape[:-1], w.shape[-1])


def as_columns_and_back(x, w):
    return (w.T @ x.swapaxes(-1, -2)).swapaxes(-1, -2)


def by_broadcasting(x, w):
    return (x[..., :, :, None] * w).sum(axis=-2)


def times_the_transpose(x, w):
    return x @ w.T


def tokens_in_columns(x, w):
    return (x @ w).swapaxes(-1, -2)


def from_the_left(x, w):
    return w @ x


def one_row_for_all(x, w):
    return x.sum(axis=-2) @ w


def mean_of_the_products(x, w):
    return x @ w / x.shape[-1]


def one_matrix_only(x, w):
    return np.einsum("tm,mk->tk", x, w)


def columns_added_up(x, w):
    return x @ w.sum(axis=-1)


def always_double(x, w):
    return x.astype(np.float64) @ w.astype(np.float64)


def tokens_untouched(x, w):
    return x


def _project_visible():
    x = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
    w = np.array([[1.0, 2.0], [0.0, 1.0], [3.0, -1.0]])
    square = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 4.0], [3.0, 0.0, 1.0]])
    batch = np.array([[[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]], [[1.0, 1.0], [0.0, -1.0], [2.0, 0.0]]])
    return [
        Case((x, w)),
        Case((x, square)),
        Case((square, square + np.eye(3))),
        Case((batch, np.array([[1.0, 2.0], [0.5, -1.0]]))),
        Case((x.astype(np.float32), w.astype(np.float32))),
    ]


def _project_hidden(rng):
    def pair(shape, d_out, dtype=np.float64):
        x, w = rng.standard_normal(shape), rng.standard_normal((shape[-1], d_out))
        return Case((x.astype(dtype), w.astype(dtype)))

    return [
        pair((7, 5), 3),
        pair((5, 5), 5),
        pair((2, 3, 7, 5), 11),
        pair((1, 2), 1),
        pair((3, 1, 1), 2),
        pair((2, 7, 3), 5, np.float32),
    ]


def _is_linear_in_the_token(case, got):
    x = case.args[0]
    zero = ~x.any(axis=-1)
    return bool(np.allclose(got[zero], 0.0, atol=1e-5))


PROJECT = Exercise(
    name="project",
    section=f"{PAGE}#qkv-projections",
    reference=_product,
    visible=_project_visible,
    hidden=_project_hidden,
    seals=(dot_product.attention_scores, dot_product._scores),
    same_dtype=True,
    correct=(
        times_the_matrix,
        entry_by_entry,
        projection_by_einsum,
        with_dot,
        all_tokens_in_one_matrix,
        as_columns_and_back,
        by_broadcasting,
        lambda x, w: np.matmul(x, w),
    ),
    misconceptions=(
        Misconception(
            "W transposed",
            "The product is taken with `w.T`; `w` has a row for each feature of a token, so `x` meets it "
            "as it is.",
            f"{PAGE}#qkv-rows-columns",
            times_the_transpose,
        ),
        Misconception(
            "tokens in columns",
            "The numbers are right, but each token stands in a column; it must keep its row.",
            f"{PAGE}#qkv-rows-columns",
            tokens_in_columns,
        ),
        Misconception(
            "W from the left",
            "The product is `w @ x`, which is for tokens in columns; here tokens are rows.",
            f"{PAGE}#qkv-rows-columns",
            from_the_left,
        ),
        Misconception(
            "tokens added up",
            "All tokens are added into one; a projection treats each token by itself.",
            f"{PAGE}#qkv-projections",
            one_row_for_all,
        ),
        Misconception(
            "mean for sum",
            "The products are averaged; they must be summed.",
            f"{PAGE}#qkv-projections",
            mean_of_the_products,
        ),
        Misconception(
            "only one sequence",
            "Right for one sequence, but not for a batch; whatever axes stand before the last two must be "
            "kept.",
            f"{PAGE}#qkv-shapes",
            one_matrix_only,
        ),
        Misconception(
            "one number for each token",
            "The columns of `w` are added up, so that each token has one number; it should have one for "
            "each column.",
            f"{PAGE}#qkv-projections",
            columns_added_up,
        ),
        Misconception(
            "float32 turned into float64",
            "The numbers are right, but float32 comes back as float64, which takes twice the memory; the "
            "question asks to keep the dtype.",
            f"{PAGE}#qkv-shapes",
            always_double,
        ),
        Misconception(
            "tokens untouched",
            "The tokens come back as they were, and `w` makes no difference.",
            f"{PAGE}#qkv-projections",
            tokens_untouched,
        ),
    ),
    properties=(Property("A token of zeros must become a row of zeros.", _is_linear_in_the_token),),
)

# --- scores within one sequence -------------------------------------------------------------------


def _self_scores(x, w_q, w_k):
    return _cross_scores(x, x, w_q, w_k)


def queries_times_keys(x, w_q, w_k):
    q, k = x @ w_q, x @ w_k
    return q @ k.swapaxes(-1, -2)


def score_by_score(x, w_q, w_k):
    q, k = np.dot(x, w_q), np.dot(x, w_k)
    out = np.zeros((*x.shape[:-1], x.shape[-2]))
    for index in np.ndindex(out.shape):
        *lead, i, j = index
        out[index] = math.fsum(a * b for a, b in zip(q[(*lead, i)], k[(*lead, j)], strict=True))
    return out


def self_by_einsum(x, w_q, w_k):
    return np.einsum("...im,mk,nk,...jn->...ij", x, w_q, w_k, x)


def one_matrix_for_both_sides(x, w_q, w_k):
    return x @ (w_q @ w_k.T) @ np.moveaxis(x, -1, -2)


def self_in_single_precision(x, w_q, w_k):
    x, w_q, w_k = (a.astype(np.float32) for a in (x, w_q, w_k))
    return np.matmul(x @ w_q, (x @ w_k).swapaxes(-2, -1))


def turned_at_the_end(x, w_q, w_k):
    q, k = x @ w_q, x @ w_k
    return (k @ q.swapaxes(-1, -2)).swapaxes(-1, -2)


def by_broadcast_pairs(x, w_q, w_k):
    q, k = x @ w_q, x @ w_k
    return (q[..., :, None, :] * k[..., None, :, :]).sum(-1)


def no_projection(x, w_q, w_k):
    return x @ x.swapaxes(-1, -2)


def w_q_for_both(x, w_q, w_k):
    q = x @ w_q
    return q @ q.swapaxes(-1, -2)


def w_k_for_both(x, w_q, w_k):
    k = x @ w_k
    return k @ k.swapaxes(-1, -2)


def keys_not_projected(x, w_q, w_k):
    return x @ w_q @ x.swapaxes(-1, -2)


def self_keys_times_queries(x, w_q, w_k):
    return x @ w_k @ (x @ w_q).swapaxes(-1, -2)


def self_transposed_batch(x, w_q, w_k):
    return x @ w_q @ (x @ w_k).T


def self_scaled(x, w_q, w_k):
    return x @ w_q @ (x @ w_k).swapaxes(-1, -2) / np.sqrt(w_q.shape[-1])


def features_times_features(x, w_q, w_k):
    return (x @ w_q).swapaxes(-1, -2) @ (x @ w_k)


def only_its_own_key(x, w_q, w_k):
    return ((x @ w_q) * (x @ w_k)).sum(axis=-1)


def _self_visible():
    x = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0], [1.0, 1.0, 0.0], [2.0, 0.0, 1.0]])
    w_q = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]])
    w_k = np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 0.0]])
    square = np.array([[1.0, 2.0], [-1.0, 0.5]])
    batch = np.array([[[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]], [[1.0, 1.0], [0.0, -1.0], [2.0, 0.0]]])
    return [
        Case((x, w_q, w_k)),
        Case((square, np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [3.0, 1.0]]))),
        Case((batch, np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [3.0, 1.0]]))),
    ]


def _self_hidden(rng):
    def drawn(shape, d_k):
        w_q, w_k = rng.standard_normal((2, shape[-1], d_k))
        return Case((rng.standard_normal(shape), w_q, w_k))

    return [
        drawn((7, 5), 3),
        drawn((3, 3), 3),
        drawn((2, 3, 5, 7), 2),
        drawn((3, 3, 3), 3),
        drawn((2, 5), 1),
        drawn((1, 3), 2),
    ]


SELF_SCORES = Exercise(
    name="self_scores",
    section=f"{PAGE}#qkv-self-cross",
    reference=_self_scores,
    visible=_self_visible,
    hidden=_self_hidden,
    seals=(dot_product.attention_scores, dot_product._scores),
    correct=(
        queries_times_keys,
        score_by_score,
        self_by_einsum,
        one_matrix_for_both_sides,
        self_in_single_precision,
        turned_at_the_end,
        by_broadcast_pairs,
        lambda x, w_q, w_k: (x @ w_q) @ (x @ w_k).swapaxes(-2, -1),
    ),
    misconceptions=(
        Misconception(
            "no projection",
            "The tokens themselves are compared; multiply them by `w_q` and `w_k` first.",
            f"{PAGE}#qkv-projections",
            no_projection,
        ),
        Misconception(
            "W_Q for both",
            "Queries and keys both come from `w_q`, so i likes j as much as j likes i; the keys have a "
            "matrix of their own.",
            f"{PAGE}#qkv-why-three",
            w_q_for_both,
        ),
        Misconception(
            "W_K for both",
            "Queries and keys both come from `w_k`, so i likes j as much as j likes i; the queries have a "
            "matrix of their own.",
            f"{PAGE}#qkv-why-three",
            w_k_for_both,
        ),
        Misconception(
            "keys not projected",
            "The queries are compared with the tokens and not with their keys; multiply by `w_k` too.",
            f"{PAGE}#qkv-projections",
            keys_not_projected,
        ),
        Misconception(
            "keys times queries",
            "The scores are K Qᵀ, with the keys in the rows; put the queries in the rows: Q Kᵀ.",
            f"{PAGE}#qkv-rows-columns",
            self_keys_times_queries,
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            f"{PAGE}#qkv-shapes",
            self_transposed_batch,
        ),
        Misconception(
            "scaled already",
            "The scores are divided by the root of d_k; that is the next chapter, and the question asks "
            "for plain dot products.",
            f"{PAGE}#qkv-self-cross",
            self_scaled,
        ),
        Misconception(
            "features for tokens",
            "The product is Qᵀ K, which sums over the tokens; turn the keys and not the queries, so that "
            "it sums over the features.",
            f"{PAGE}#qkv-shapes",
            features_times_features,
        ),
        Misconception(
            "own key only",
            "Each query is compared with the key of its own token only; it should meet every key.",
            f"{PAGE}#qkv-self-cross",
            only_its_own_key,
        ),
    ),
    properties=(_first_score_of(_self_scores),),
)

# --- scores between two sequences -----------------------------------------------------------------


def _cross_scores(x, context, w_q, w_k):
    return dot_product.attention_scores(_product(x, w_q), _product(context, w_k), scale=1.0)


def who_asks_times_who_answers(x, context, w_q, w_k):
    q, k = x @ w_q, context @ w_k
    return q @ k.swapaxes(-1, -2)


def two_loops(x, context, w_q, w_k):
    out = np.zeros((*x.shape[:-1], context.shape[-2]))
    for i in range(x.shape[-2]):
        for j in range(context.shape[-2]):
            q, k = x[..., i, :] @ w_q, context[..., j, :] @ w_k
            out[..., i, j] = (q * k).sum(axis=-1)
    return out


def cross_by_einsum(x, context, w_q, w_k):
    q = np.einsum("...im,mk->...ik", x, w_q)
    k = np.einsum("...jn,nk->...jk", context, w_k)
    return np.einsum("...ik,...jk->...ij", q, k)


def one_matrix_between(x, context, w_q, w_k):
    return x @ (w_q @ w_k.T) @ np.moveaxis(context, -1, -2)


def cross_in_single_precision(x, context, w_q, w_k):
    x, context, w_q, w_k = (np.float32(a) for a in (x, context, w_q, w_k))
    return x @ w_q @ (context @ w_k).swapaxes(-1, -2)


def cross_turned_at_the_end(x, context, w_q, w_k):
    return np.swapaxes(context @ w_k @ np.swapaxes(x @ w_q, -1, -2), -1, -2)


class _CrossScores:
    """A class with __call__ is a function too."""

    def __call__(self, x, context, w_q, w_k):
        return np.inner(x @ w_q, context @ w_k) if x.ndim == 2 else self._batch(x, context, w_q, w_k)

    def _batch(self, x, context, w_q, w_k):
        return np.stack([self(one, other, w_q, w_k) for one, other in zip(x, context, strict=True)])


def asks_itself(x, context, w_q, w_k):
    return x @ w_q @ (x @ w_k).swapaxes(-1, -2)


def answers_ask(x, context, w_q, w_k):
    return context @ w_q @ (x @ w_k).swapaxes(-1, -2)


def matrices_exchanged(x, context, w_q, w_k):
    return x @ w_k @ (context @ w_q).swapaxes(-1, -2)


def cross_keys_times_queries(x, context, w_q, w_k):
    return context @ w_k @ (x @ w_q).swapaxes(-1, -2)


def cross_transposed_batch(x, context, w_q, w_k):
    return x @ w_q @ (context @ w_k).T


def cross_w_q_for_both(x, context, w_q, w_k):
    return x @ w_q @ (context @ w_q).swapaxes(-1, -2)


def cross_no_projection(x, context, w_q, w_k):
    return x @ context.swapaxes(-1, -2)


def context_asks_itself(x, context, w_q, w_k):
    return context @ w_q @ (context @ w_k).swapaxes(-1, -2)


def cross_scaled(x, context, w_q, w_k):
    return x @ w_q @ (context @ w_k).swapaxes(-1, -2) / np.sqrt(w_q.shape[-1])


def _cross_visible():
    x = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
    context = np.array([[1.0, 1.0, 0.0], [2.0, 0.0, 1.0], [0.0, 3.0, 1.0], [1.0, 0.0, -2.0]])
    w_q = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]])
    w_k = np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 0.0]])
    wide = np.array([[1.0, 0.0, 2.0, 1.0], [0.0, -1.0, 1.0, 1.0], [2.0, 1.0, 0.0, 3.0]])
    tall = np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 0.0], [-1.0, 2.0]])
    small_q, small_k = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [3.0, 1.0]])
    batch = np.array([[[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]], [[1.0, 1.0], [0.0, -1.0], [2.0, 0.0]]])
    return [
        Case((x, context, w_q, w_k)),
        Case((x, wide, w_q, tall)),
        Case((small_q, small_k, small_k + 1.0, small_q - 1.0)),
        Case((batch, batch[::-1, 1:].copy(), small_q, small_k)),
    ]


def _cross_hidden(rng):
    def drawn(*lead, t_q, t_k, d_model, d_context, d_k):
        shapes = ((*lead, t_q, d_model), (*lead, t_k, d_context), (d_model, d_k), (d_context, d_k))
        return Case(tuple(rng.standard_normal(shape) for shape in shapes))

    return [
        drawn(t_q=3, t_k=7, d_model=5, d_context=5, d_k=2),
        drawn(t_q=7, t_k=3, d_model=5, d_context=11, d_k=2),
        drawn(t_q=3, t_k=3, d_model=3, d_context=3, d_k=3),
        drawn(2, t_q=5, t_k=3, d_model=7, d_context=7, d_k=11),
        drawn(3, t_q=3, t_k=3, d_model=3, d_context=3, d_k=3),
        drawn(t_q=1, t_k=2, d_model=2, d_context=3, d_k=1),
    ]


CROSS_SCORES = Exercise(
    name="cross_scores",
    section=f"{PAGE}#qkv-self-cross",
    reference=_cross_scores,
    visible=_cross_visible,
    hidden=_cross_hidden,
    seals=(dot_product.attention_scores, dot_product._scores),
    correct=(
        who_asks_times_who_answers,
        two_loops,
        cross_by_einsum,
        one_matrix_between,
        cross_in_single_precision,
        cross_turned_at_the_end,
        _CrossScores(),
    ),
    misconceptions=(
        Misconception(
            "context ignored",
            "Queries and keys both come from `x`: that is self-attention; the keys come from `context`.",
            f"{PAGE}#qkv-self-cross",
            asks_itself,
        ),
        Misconception(
            "context asks itself",
            "Queries and keys both come from `context`; the queries come from `x`, the sequence that asks.",
            f"{PAGE}#qkv-self-cross",
            context_asks_itself,
        ),
        Misconception(
            "roles exchanged",
            "The queries come from `context` and the keys from `x`; `x` asks and `context` answers.",
            f"{PAGE}#qkv-self-cross",
            answers_ask,
        ),
        Misconception(
            "matrices exchanged",
            "The sequence that asks is multiplied by `w_k` and the one that answers by `w_q`; it is the "
            "other way round.",
            f"{PAGE}#qkv-projections",
            matrices_exchanged,
        ),
        Misconception(
            "keys times queries",
            "The scores are K Qᵀ, with the keys in the rows; put the queries in the rows: Q Kᵀ.",
            f"{PAGE}#qkv-rows-columns",
            cross_keys_times_queries,
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            f"{PAGE}#qkv-shapes",
            cross_transposed_batch,
        ),
        Misconception(
            "W_Q for both",
            "Queries and keys both come from `w_q`; the keys have a matrix of their own.",
            f"{PAGE}#qkv-why-three",
            cross_w_q_for_both,
        ),
        Misconception(
            "no projection",
            "The tokens themselves are compared, which fails where the two sequences have different "
            "widths; multiply them by `w_q` and `w_k` first.",
            f"{PAGE}#qkv-projections",
            cross_no_projection,
        ),
        Misconception(
            "scaled already",
            "The scores are divided by the root of d_k; that is the next chapter, and the question asks "
            "for plain dot products.",
            f"{PAGE}#qkv-self-cross",
            cross_scaled,
        ),
    ),
    properties=(_first_score_of(_cross_scores),),
)

# --- tokens in columns ----------------------------------------------------------------------------


def _column_scores(x, w_q, w_k):
    rows = np.swapaxes(x, -1, -2)
    return np.swapaxes(_self_scores(rows, w_q.T, w_k.T), -1, -2)


def keys_turned_times_queries(x, w_q, w_k):
    q, k = w_q @ x, w_k @ x
    return k.swapaxes(-1, -2) @ q


def through_the_rows(x, w_q, w_k):
    rows = np.swapaxes(x, -1, -2)
    q, k = rows @ w_q.T, rows @ w_k.T
    return np.swapaxes(q @ np.swapaxes(k, -1, -2), -1, -2)


def columns_by_loops(x, w_q, w_k):
    n = x.shape[-1]
    out = np.zeros((*x.shape[:-2], n, n))
    for j in range(n):
        for i in range(n):
            k, q = x[..., j] @ w_k.T, x[..., i] @ w_q.T
            out[..., j, i] = (k * q).sum(axis=-1)
    return out


def columns_by_einsum(x, w_q, w_k):
    return np.einsum("...mj,km,kn,...ni->...ji", x, w_k, w_q, x)


def columns_in_single_precision(x, w_q, w_k):
    x, w_q, w_k = (a.astype(np.float32) for a in (x, w_q, w_k))
    return np.matmul(np.moveaxis(w_k @ x, -1, -2), w_q @ x)


def matrices_first(x, w_q, w_k):
    return x.swapaxes(-2, -1) @ (w_k.T @ w_q) @ x


def queries_down_the_side(x, w_q, w_k):
    return (w_q @ x).swapaxes(-1, -2) @ (w_k @ x)


def code_for_rows(x, w_q, w_k):
    return x @ w_q @ (x @ w_k).swapaxes(-1, -2)


def features_by_features(x, w_q, w_k):
    return w_q @ x @ (w_k @ x).swapaxes(-1, -2)


def matrices_turned(x, w_q, w_k):
    return (w_k.T @ x).swapaxes(-1, -2) @ (w_q.T @ x)


def columns_transposed_batch(x, w_q, w_k):
    return (w_k @ x).T @ (w_q @ x)


def columns_w_q_for_both(x, w_q, w_k):
    return (w_q @ x).swapaxes(-1, -2) @ (w_q @ x)


def columns_w_k_for_both(x, w_q, w_k):
    return (w_k @ x).swapaxes(-1, -2) @ (w_k @ x)


def rows_with_matrices_turned(x, w_q, w_k):
    return x @ w_q.T @ (x @ w_k.T).swapaxes(-1, -2)


def _columns_visible():
    x = np.array([[1.0, 0.0, 1.0, 2.0], [0.0, 1.0, 1.0, 0.0], [2.0, -1.0, 0.0, 1.0]])
    w_q = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, -1.0]])
    w_k = np.array([[0.0, 1.0, 3.0], [1.0, 1.0, 0.0]])
    square = np.array([[1.0, 2.0], [-1.0, 0.5]])
    batch = np.array([[[1.0, 0.0, 3.0], [2.0, 1.0, 0.0]], [[1.0, 1.0, -2.0], [0.0, -1.0, 2.0]]])
    small_q, small_k = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [3.0, 1.0]])
    return [
        Case((x, w_q, w_k)),
        Case((square, small_q, small_k)),
        Case((batch, small_q, small_k)),
    ]


def _columns_hidden(rng):
    def drawn(shape, d_k):
        w_q, w_k = rng.standard_normal((2, d_k, shape[-2]))
        return Case((rng.standard_normal(shape), w_q, w_k))

    return [
        drawn((5, 7), 3),
        drawn((3, 3), 3),
        drawn((2, 3, 5, 7), 2),
        drawn((3, 3, 3), 3),
        drawn((5, 2), 1),
        drawn((3, 1), 2),
    ]


COLUMN_SCORES = Exercise(
    name="column_scores",
    section=f"{PAGE}#qkv-rows-columns",
    reference=_column_scores,
    visible=_columns_visible,
    hidden=_columns_hidden,
    seals=(dot_product.attention_scores, dot_product._scores),
    correct=(
        keys_turned_times_queries,
        through_the_rows,
        columns_by_loops,
        columns_by_einsum,
        columns_in_single_precision,
        matrices_first,
    ),
    misconceptions=(
        Misconception(
            "queries in the rows",
            "The scores have the queries in the rows, as in the rest of the course; in the column "
            "convention each query has a column.",
            f"{PAGE}#qkv-rows-columns",
            queries_down_the_side,
        ),
        Misconception(
            "code for rows",
            "This multiplies as if each token were a row; here each is a column, and the matrices stand "
            "on its left.",
            f"{PAGE}#qkv-rows-columns",
            code_for_rows,
        ),
        Misconception(
            "code for rows, matrices turned",
            "The matrices are turned, but they still stand on the right of the tokens; a column is "
            "multiplied from the left.",
            f"{PAGE}#qkv-rows-columns",
            rows_with_matrices_turned,
        ),
        Misconception(
            "features for tokens",
            "The product Q Kᵀ sums over the tokens when they are columns; turn the first factor, so that "
            "it sums over the features.",
            f"{PAGE}#qkv-rows-columns",
            features_by_features,
        ),
        Misconception(
            "matrices turned",
            "The matrices are transposed once too often; here they already have a column for each feature "
            "of a token.",
            f"{PAGE}#qkv-rows-columns",
            matrices_turned,
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            f"{PAGE}#qkv-shapes",
            columns_transposed_batch,
        ),
        Misconception(
            "W_Q for both",
            "Queries and keys both come from `w_q`; the keys have a matrix of their own.",
            f"{PAGE}#qkv-why-three",
            columns_w_q_for_both,
        ),
        Misconception(
            "W_K for both",
            "Queries and keys both come from `w_k`; the queries have a matrix of their own.",
            f"{PAGE}#qkv-why-three",
            columns_w_k_for_both,
        ),
    ),
    properties=(_first_score_of(_column_scores),),
)

EXERCISES = (PROJECTION_BY_HAND, SHAPES_BY_HAND, PROJECT, SELF_SCORES, CROSS_SCORES, COLUMN_SCORES)
