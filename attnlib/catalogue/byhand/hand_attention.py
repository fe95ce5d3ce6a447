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


def head_keepdims_forgotten(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers / powers.sum(axis=-1) @ v


def head_of_one_sequence(q, k, v):
    _t_q, _d_k = q.shape
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_with_the_root(q, k, v):
    powers = 3.0 ** np.floor(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_of_the_standard(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_on_keys(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers @ k / powers.sum(axis=-1, keepdims=True)


def head_of_weights(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers / powers.sum(axis=-1, keepdims=True)


def head_powers_of_zero_left_out(q, k, v):
    scaled = q @ np.swapaxes(k, -1, -2) // 2
    powers = np.where(scaled == 0, 0, 3.0**scaled)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_base_and_exponent_swapped(q, k, v):
    cubes = (q @ np.swapaxes(k, -1, -2) // 2) ** 3
    return cubes @ v / cubes.sum(axis=-1, keepdims=True)


def head_with_powers_of_integers(q, k, v):
    powers = 3 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_that_keeps_integers(q, k, v):
    scaled = q @ np.swapaxes(k, -1, -2) // 2
    powers = np.empty_like(scaled)
    powers[...] = 3.0**scaled
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_rounded_up(q, k, v):
    powers = 3.0 ** np.ceil(q @ np.swapaxes(k, -1, -2) / 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_with_the_root_not_rounded(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
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
        Misconception(
            "keepdims forgotten",
            "The sum of the powers has lost its axis, so NumPy divides along the wrong one or not at "
            "all; pass keepdims=True.",
            head_keepdims_forgotten,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "one sequence only",
            "Right for one sequence, but a batch has more axes in front, so that its shape can't be "
            "taken apart into two numbers; count the axes from the end.",
            head_of_one_sequence,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            "the root for the half",
            "The scores are divided by the root of d_k; by hand they are halved.",
            head_with_the_root,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "the root and e",
            "This is attention with the root of d_k and powers of e, which a later question asks for; "
            "by hand the scores are halved and rounded down, and the powers are those of 3.",
            head_of_the_standard,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            head_on_keys,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            "weights returned",
            "These are the weights; one step is missing: mix the values with them.",
            head_of_weights,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            "3 to the power of 0",
            "A score of 0 is treated as if it had no power; any number to the power of 0 is 1.",
            head_powers_of_zero_left_out,
        ),
        Misconception(
            "base and exponent swapped",
            "Each score is raised to the power of 3; raise 3 to the power of each score.",
            head_base_and_exponent_swapped,
        ),
        Misconception(
            "negative power of an integer",
            "Right for floats; with whole numbers `3 ** -1` is an error in NumPy. Write `3.0 **`.",
            head_with_powers_of_integers,
        ),
        Misconception(
            "integers kept",
            "Right for floats, but an array made like one of integers cuts what is written into it to "
            "whole numbers; make an array of floats.",
            head_that_keeps_integers,
        ),
        Misconception(
            "rounded up",
            "The halves are rounded up; round them down.",
            head_rounded_up,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "the root, not rounded",
            "The scores are divided by the root of d_k and not rounded; by hand they are halved and "
            "rounded down.",
            head_with_the_root_not_rounded,
            section=f"{PAGE}#byhand-scale",
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
