"""The head of the worked example in code, a token in each column."""

import numpy as np

from attnlib.catalogue.byhand import PAGE
from attnlib.catalogue.byhand._shared import SEALS, by_hand, head_hidden, head_visible, within
from attnlib.exercise import Case, Exercise, Misconception, Property


def columns_taken_for_rows(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def columns_softmax_along_rows(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)
    return v @ (powers / powers.sum(axis=-1, keepdims=True))


def columns_not_transposed_back(q, k, v):
    q, k, v = (np.swapaxes(matrix, -1, -2) for matrix in (q, k, v))
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def columns_queries_first(q, k, v):
    powers = 3.0 ** (np.swapaxes(q, -1, -2) @ k // 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_weights_transposed(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)
    return v @ np.swapaxes(powers / powers.sum(axis=-2, keepdims=True), -1, -2)


def columns_without_scale(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_not_normalised(q, k, v):
    return v @ 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)


def columns_of_keys(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)
    return k @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_t_on_a_batch(q, k, v):
    powers = 3.0 ** (k.T @ q // 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_keepdims_forgotten(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)
    return v @ (powers / powers.sum(axis=-2))


def columns_of_one_sequence(q, k, v):
    _d_k, _t_q = q.shape
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_not_rounded(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q / 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_rounded_towards_zero(q, k, v):
    powers = 3.0 ** np.trunc(np.swapaxes(k, -1, -2) @ q / 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_of_e(q, k, v):
    powers = np.exp(np.swapaxes(k, -1, -2) @ q // 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_of_weights(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)
    return powers / powers.sum(axis=-2, keepdims=True)


def columns_with_powers_of_integers(q, k, v):
    powers = 3 ** (np.swapaxes(k, -1, -2) @ q // 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_rounded_up(q, k, v):
    powers = 3.0 ** np.ceil(np.swapaxes(k, -1, -2) @ q / 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def _in_columns(cases):
    return [Case(tuple(arg.swapaxes(-1, -2).copy() for arg in case.args)) for case in cases]


EXERCISE = Exercise(
    name="hand_attention_columns",
    section=f"{PAGE}#byhand-columns",
    reference=lambda q, k, v: by_hand(*(a.swapaxes(-1, -2) for a in (q, k, v))).swapaxes(-1, -2),
    visible=lambda: _in_columns(head_visible()),
    hidden=lambda rng: _in_columns(head_hidden(rng)),
    axes=("feature", "query"),
    seals=SEALS,
    misconceptions=(
        Misconception(
            "columns taken for rows",
            "This is the head for tokens in rows; here a token is a column of q, k and v.",
            columns_taken_for_rows,
        ),
        Misconception(
            "softmax along the rows",
            "The rows of the weights sum to 1; here a column belongs to the token that asks, and its "
            "weights sum to 1.",
            columns_softmax_along_rows,
        ),
        Misconception(
            "not turned back",
            "The context has a token in each row; it must have one in each column, as q has.",
            columns_not_transposed_back,
        ),
        Misconception(
            "queries first",
            "The scores are Qᵀ K, as if the queries were the rows, and yet the weights are taken down the "
            "columns; with tokens in columns the scores are Kᵀ Q, a column for each query.",
            columns_queries_first,
        ),
        Misconception(
            "weights transposed",
            "The weights have a row for each query where they meet the values: they are transposed, or "
            "come from Qᵀ K. With tokens in columns they need a column for each query.",
            columns_weights_transposed,
        ),
        Misconception(
            "not halved",
            "The scores go into the powers of 3 as they are; halve each one first and round it down.",
            columns_without_scale,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "not normalised",
            "The powers of 3 mix the values as they are; divide them by the sum of their column.",
            columns_not_normalised,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            columns_of_keys,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            ".T on a batch",
            "Right for matrices, but .T turns every axis of a batch round; swap the last two only.",
            columns_t_on_a_batch,
        ),
        Misconception(
            "keepdims forgotten",
            "Right for matrices, but in a batch the sum has lost its axis, so that NumPy divides along "
            "the wrong one or not at all; pass keepdims=True.",
            columns_keepdims_forgotten,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "one sequence only",
            "Right for one sequence, but a batch has more axes in front, so that its shape can't be "
            "taken apart into two numbers; count the axes from the end.",
            columns_of_one_sequence,
        ),
        Misconception(
            "not rounded",
            "The scores are halved but not rounded down.",
            columns_not_rounded,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "rounded towards 0",
            "Negative halves are cut off towards 0; rounded down, half of -1 is -1.",
            columns_rounded_towards_zero,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "base e",
            "The powers are those of e; by hand we take powers of 3.",
            columns_of_e,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "weights returned",
            "These are the weights; one step is missing: mix the values with them.",
            columns_of_weights,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            "negative power of an integer",
            "Right for floats; with whole numbers `3 ** -1` is an error in NumPy. Write `3.0 **`.",
            columns_with_powers_of_integers,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "rounded up",
            "The halves are rounded up; round them down.",
            columns_rounded_up,
            section=f"{PAGE}#byhand-scale",
        ),
    ),
    properties=(
        Property(
            "Each number must lie between the smallest and the largest value of its feature: the "
            "context is a mixture of the values.",
            lambda case, got: within(got.swapaxes(-1, -2), case.args[2].swapaxes(-1, -2)),
        ),
    ),
)
