"""The scores of one sequence with a token in each column."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.projections import PAGE
from attnlib.catalogue.projections._shared import first_score_of, self_scores
from attnlib.exercise import Case, Exercise, Misconception


def _column_scores(x, w_q, w_k):
    rows = np.swapaxes(x, -1, -2)
    return np.swapaxes(self_scores(rows, w_q.T, w_k.T), -1, -2)


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


def columns_of_one_sequence(x, w_q, w_k):
    _d_model, _t = x.shape
    return (w_k @ x).swapaxes(-1, -2) @ (w_q @ x)


def columns_scaled(x, w_q, w_k):
    return (w_k @ x).swapaxes(-1, -2) @ (w_q @ x) / np.sqrt(w_q.shape[0])


def columns_not_projected(x, w_q, w_k):
    return x.swapaxes(-1, -2) @ x


def columns_keys_not_projected(x, w_q, w_k):
    return x.swapaxes(-1, -2) @ (w_q @ x)


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
        Case((np.stack([batch, 1.0 - batch]).swapaxes(0, 1), small_q, small_k)),
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


EXERCISE = Exercise(
    name="column_scores",
    section=f"{PAGE}#qkv-rows-columns",
    reference=_column_scores,
    visible=_columns_visible,
    hidden=_columns_hidden,
    axes=("key", "query"),
    seals=(dot_product.attention_scores, dot_product._scores),
    misconceptions=(
        Misconception(
            "queries in the rows",
            "The scores have the queries in the rows, as in the rest of the course, or `w_q` and `w_k` are "
            "exchanged; in the column convention each query has a column.",
            queries_down_the_side,
        ),
        Misconception(
            "code for rows",
            "This multiplies as if each token were a row; here each is a column, and the matrices stand "
            "on its left.",
            code_for_rows,
        ),
        Misconception(
            "code for rows, matrices turned",
            "The matrices are turned, but they still stand on the right of the tokens; a column is "
            "multiplied from the left.",
            rows_with_matrices_turned,
        ),
        Misconception(
            "features for tokens",
            "The product Q Kᵀ sums over the tokens when they are columns; turn the first factor, so that "
            "it sums over the features.",
            features_by_features,
        ),
        Misconception(
            "matrices turned",
            "Each token is multiplied by the transposed matrices: they are turned once too often, or the "
            "tokens are turned and they are not. They have a column for each feature of a token.",
            matrices_turned,
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            columns_transposed_batch,
            section=f"{PAGE}#qkv-shapes",
        ),
        Misconception(
            "W_Q for both",
            "Queries and keys both come from `w_q`; the keys have a matrix of their own.",
            columns_w_q_for_both,
            section=f"{PAGE}#qkv-why-three",
        ),
        Misconception(
            "W_K for both",
            "Queries and keys both come from `w_k`; the queries have a matrix of their own.",
            columns_w_k_for_both,
            section=f"{PAGE}#qkv-why-three",
        ),
        Misconception(
            "one sequence only",
            "Right for one sequence, but a batch has more axes in front, so that its shape can't be "
            "taken apart into two numbers; count the axes from the end.",
            columns_of_one_sequence,
            section=f"{PAGE}#qkv-shapes",
        ),
        Misconception(
            "scaled already",
            "The scores are divided by the root of d_k; that is the next chapter, and the question asks "
            "for plain dot products.",
            columns_scaled,
        ),
        Misconception(
            "no projection",
            "The tokens themselves are compared; multiply them by `w_q` and `w_k` first.",
            columns_not_projected,
            section=f"{PAGE}#qkv-projections",
        ),
        Misconception(
            "keys not projected",
            "The queries are compared with the tokens and not with their keys; multiply by `w_k` too.",
            columns_keys_not_projected,
            section=f"{PAGE}#qkv-projections",
        ),
    ),
    properties=(first_score_of(_column_scores),),
)
