"""The head of the worked example in code, a token in each row."""

import numpy as np

from attnlib.catalogue.byhand import PAGE
from attnlib.catalogue.byhand._shared import SEALS, by_hand, head_hidden, head_visible, within
from attnlib.exercise import Exercise, Misconception, Property


def head_without_scale(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2))
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_not_rounded(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) / 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_rounded_to_the_nearest(q, k, v):
    powers = 3.0 ** np.round(q @ np.swapaxes(k, -1, -2) / 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_rounded_towards_zero(q, k, v):
    powers = 3.0 ** np.trunc(q @ np.swapaxes(k, -1, -2) / 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_divided_by_d_k(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // q.shape[-1])
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_of_e(q, k, v):
    powers = np.exp(q @ np.swapaxes(k, -1, -2) // 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_softmax_over_queries(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers / powers.sum(axis=-2, keepdims=True) @ v


def head_not_normalised(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers @ v


def head_one_sum_for_all(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers / powers.sum() @ v


def head_keys_ask(q, k, v):
    powers = 3.0 ** (k @ np.swapaxes(q, -1, -2) // 2)
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def head_t_on_a_batch(q, k, v):
    powers = 3.0 ** (q @ k.T // 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_scores_over_sum(q, k, v):
    scaled = q @ np.swapaxes(k, -1, -2) // 2
    return scaled / scaled.sum(axis=-1, keepdims=True) @ v


def head_floor_after_softmax(q, k, v):
    powers = np.floor(3.0 ** (q @ np.swapaxes(k, -1, -2) / 2))
    return powers @ v / powers.sum(axis=-1, keepdims=True)


EXERCISE = Exercise(
    name="hand_attention",
    section=f"{PAGE}#byhand-softmax",
    reference=lambda q, k, v: by_hand(q, k, v),
    visible=head_visible,
    hidden=head_hidden,
    axes=("query", "feature"),
    seals=SEALS,
    misconceptions=(
        Misconception(
            "not halved",
            "The scores go into the powers of 3 as they are; halve each one first and round it down.",
            head_without_scale,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "not rounded",
            "The scores are halved but not rounded down.",
            head_not_rounded,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "rounded to the nearest",
            "The halves are rounded to the nearest whole number; round them down.",
            head_rounded_to_the_nearest,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "rounded towards 0",
            "Negative halves are cut off towards 0; rounded down, half of -1 is -1.",
            head_rounded_towards_zero,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "rounded after the power",
            "The powers are rounded down; round the halved scores down, before 3 is raised to them.",
            head_floor_after_softmax,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "divided by d_k",
            "The scores are divided by the number of features; by hand they are halved.",
            head_divided_by_d_k,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "base e",
            "The powers are those of e; by hand we take powers of 3.",
            head_of_e,
        ),
        Misconception(
            "softmax over the queries",
            "The powers are divided by the sums of their columns, so each key is shared out among the "
            "queries; the weights of each query must sum to 1.",
            head_softmax_over_queries,
        ),
        Misconception(
            "not normalised",
            "The powers of 3 mix the values as they are; divide them by the sum of their row.",
            head_not_normalised,
        ),
        Misconception(
            "one sum for everything",
            "All weights of the array together sum to 1; each row must do so by itself.",
            head_one_sum_for_all,
        ),
        Misconception(
            "keys ask queries",
            "The scores are K Qᵀ, so the keys ask and the queries answer; it is Q Kᵀ.",
            head_keys_ask,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            ".T on a batch",
            "Right for matrices, but .T turns every axis of a batch round; swap the last two only.",
            head_t_on_a_batch,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            "no powers",
            "The halved scores are divided by their sum; raise 3 to each of them first.",
            head_scores_over_sum,
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
