"""One projection: tokens times a matrix."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.projections import PAGE
from attnlib.catalogue.projections._shared import product
from attnlib.exercise import Case, Exercise, Misconception, Property


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
    _t, _d_model = x.shape
    return x @ w


def columns_added_up(x, w):
    return x @ w.sum(axis=-1)


def always_double(x, w):
    return x.astype(np.float64) @ w.astype(np.float64)


def tokens_untouched(x, w):
    return x


def entry_by_entry(x, w):
    return x * w


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
        Case((np.stack([batch, 1.0 - batch]).swapaxes(-1, -2), np.stack([x[0], x[1], x[0] - x[1]]))),
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


EXERCISE = Exercise(
    name="project",
    section=f"{PAGE}#qkv-projections",
    reference=product,
    visible=_project_visible,
    hidden=_project_hidden,
    axes=("token", "feature"),
    seals=(dot_product.attention_scores, dot_product._scores),
    same_dtype=True,
    misconceptions=(
        Misconception(
            "W transposed",
            "The product is taken with `w.T`; `w` has a row for each feature of a token, so `x` meets it "
            "as it is.",
            times_the_transpose,
            section=f"{PAGE}#qkv-rows-columns",
        ),
        Misconception(
            "tokens in columns",
            "The numbers are right, but each token stands in a column; it must keep its row.",
            tokens_in_columns,
            section=f"{PAGE}#qkv-rows-columns",
        ),
        Misconception(
            "W from the left",
            "The product is `w @ x`, which is for tokens in columns; here tokens are rows.",
            from_the_left,
            section=f"{PAGE}#qkv-rows-columns",
        ),
        Misconception(
            "tokens added up",
            "All tokens are added into one; a projection treats each token by itself.",
            one_row_for_all,
        ),
        Misconception(
            "mean for sum",
            "The products are averaged; they must be summed.",
            mean_of_the_products,
        ),
        Misconception(
            "only one sequence",
            "Right for one sequence, but not for a batch; whatever axes stand before the last two must be "
            "kept.",
            one_matrix_only,
            section=f"{PAGE}#qkv-shapes",
        ),
        Misconception(
            "one number for each token",
            "The columns of `w` are added up, so that each token has one number; it should have one for "
            "each column.",
            columns_added_up,
        ),
        Misconception(
            "float32 turned into float64",
            "The numbers are right, but float32 comes back as float64, which takes twice the memory; the "
            "question asks to keep the dtype.",
            always_double,
            section=f"{PAGE}#qkv-shapes",
        ),
        Misconception(
            "tokens untouched",
            "The tokens come back as they were, and `w` makes no difference.",
            tokens_untouched,
        ),
        Misconception(
            "* for @",
            "The product is taken entry by entry; a matrix product is written `@`.",
            entry_by_entry,
        ),
    ),
    properties=(Property("A token of zeros must become a row of zeros.", _is_linear_in_the_token),),
)
