"""The context of the cast of Macbeth, by hand."""

import numpy as np

from attnlib import byhand
from attnlib.catalogue.byhand import PAGE
from attnlib.catalogue.byhand._shared import within
from attnlib.exercise import Case, Exercise, Misconception, Property


def context_without_scale():
    return byhand.mistakes()["no_scale"].astype(float)


def context_scaled_by_d_k():
    return byhand.mistakes()["divide_by_d_k"].astype(float)


def context_scaled_up():
    return byhand.mistakes()["multiply_by_root"].astype(float)


def context_softmax_over_queries():
    return byhand.mistakes()["softmax_over_queries"].astype(float)


def context_mean_of_values():
    return byhand.mistakes()["uniform_weights"].astype(float)


def context_best_value():
    return byhand.mistakes()["hard_maximum"].astype(float)


def context_keys_ask():
    return byhand.mistakes()["keys_times_queries"].astype(float)


def context_of_keys():
    return byhand.mistakes()["weights_on_keys"].astype(float)


def context_from_cosines():
    return byhand.mistakes()["cosine_scores"].astype(float)


def context_without_powers():
    return byhand.mistakes()["sum_normalised"].astype(float)


def context_of_powers():
    return (byhand.steps()["powers"] @ byhand.steps()["v"]).astype(float)


def context_with_weights_transposed():
    return (byhand.steps()["weights"].T @ byhand.steps()["v"]).astype(float)


def context_values_untouched():
    return byhand.steps()["v"]


def context_without_powers_of_zero():
    steps = byhand.steps()
    powers = np.where(steps["scaled_scores"] == 0, 0, 3.0 ** steps["scaled_scores"])
    return powers @ steps["v"] / powers.sum(axis=1, keepdims=True)


def context_not_rounded():
    steps = byhand.steps()
    powers = 3.0 ** (steps["scores"] / 2)
    return powers @ steps["v"] / powers.sum(axis=1, keepdims=True)


def context_rounded_up():
    steps = byhand.steps()
    powers = 3.0 ** np.ceil(steps["scores"] / 2)
    return powers @ steps["v"] / powers.sum(axis=1, keepdims=True)


def context_of_e():
    steps = byhand.steps()
    powers = np.exp(steps["scaled_scores"])
    return powers @ steps["v"] / powers.sum(axis=1, keepdims=True)


EXERCISE = Exercise(
    name="context_by_hand",
    section=f"{PAGE}#byhand-context",
    reference=lambda: byhand.steps()["context"],
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "not halved",
            "The scores went into the powers of 3 as they are; halve each one first and round it down.",
            context_without_scale,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "divided by d_k",
            "The scores were divided by 3, which is d_k; the stand-in for its root is 2.",
            context_scaled_by_d_k,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "doubled",
            "The scores were multiplied by 2; the scale makes them smaller: halve them.",
            context_scaled_up,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "columns instead of rows",
            "The powers were divided by the sums of their columns; each row of weights sums to 1.",
            context_softmax_over_queries,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "plain mean",
            "Every value has the same weight, so the scores make no difference.",
            context_mean_of_values,
        ),
        Misconception(
            "winner takes all",
            "Each row is the value of the best key alone; the other keys have a weight too.",
            context_best_value,
        ),
        Misconception(
            "keys ask queries",
            "The weights come from K Qᵀ: the tokens that ask and those that answer have changed places.",
            context_keys_ask,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            context_of_keys,
        ),
        Misconception(
            "cosine",
            "The weights come from cosines, each dot product divided by both lengths; take the dot "
            "products themselves, halved.",
            context_from_cosines,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            "no powers",
            "The halved scores were divided by their sum; raise 3 to each of them first.",
            context_without_powers,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "powers not divided",
            "The values are added up powers of 3 times; divide by the sum of the powers in each row.",
            context_of_powers,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "weights read down the columns",
            "The weights are right but read down each column; the weights of one token stand in one row.",
            context_with_weights_transposed,
        ),
        Misconception(
            "values untouched",
            "These are the values themselves; mix them with the weights.",
            context_values_untouched,
        ),
        Misconception(
            "3 to the power of 0",
            "A score of 0 is treated as if it had no power; any number to the power of 0 is 1.",
            context_without_powers_of_zero,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "not rounded",
            "The scores were halved but not rounded, so the powers of 3 are no whole numbers.",
            context_not_rounded,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "rounded up",
            "The halves were rounded up; half of 3 counts as 1 here.",
            context_rounded_up,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "base e",
            "The powers are those of e; by hand we take powers of 3.",
            context_of_e,
            section=f"{PAGE}#byhand-softmax",
        ),
    ),
    properties=(
        Property(
            "Each entry must lie between the smallest and the largest value of its column: the context "
            "is a mixture of the values.",
            lambda case, got: within(got, byhand.steps()["v"]),
        ),
    ),
)
