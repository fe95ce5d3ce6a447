"""One row of a head that the book doesn't work through, by hand."""

import numpy as np

from attnlib import byhand
from attnlib.catalogue.byhand import PAGE
from attnlib.catalogue.byhand._shared import within
from attnlib.exercise import Case, Exercise, Misconception, Property

#: What the Witches find in another head. Every mistake below gives them another row.
ANOTHER_HEAD, WITCHES = 2, 3


def row_without_scale():
    return byhand.mistakes(byhand.example(2))["no_scale"][3].astype(float)


def row_divided_by_d_k():
    return byhand.mistakes(byhand.example(2))["divide_by_d_k"][3].astype(float)


def row_not_rounded():
    steps = byhand.steps(byhand.example(2))
    powers = 3.0 ** (steps["scores"][3] / 2)
    return powers @ steps["v"] / powers.sum()


def row_rounded_up():
    steps = byhand.steps(byhand.example(2))
    powers = 3.0 ** np.ceil(steps["scores"][3] / 2)
    return powers @ steps["v"] / powers.sum()


def row_of_keys_that_ask():
    return byhand.mistakes(byhand.example(2))["keys_times_queries"][3].astype(float)


def row_without_powers():
    return byhand.mistakes(byhand.example(2))["sum_normalised"][3].astype(float)


def row_of_powers():
    steps = byhand.steps(byhand.example(2))
    return (steps["powers"][3] @ steps["v"]).astype(float)


def row_of_keys():
    return byhand.mistakes(byhand.example(2))["weights_on_keys"][3].astype(float)


def row_of_plain_means():
    return byhand.mistakes(byhand.example(2))["uniform_weights"][3].astype(float)


def row_of_the_best_value():
    return byhand.mistakes(byhand.example(2))["hard_maximum"][3].astype(float)


def row_of_the_own_value():
    return byhand.steps(byhand.example(2))["v"][3]


def row_without_powers_of_zero():
    steps = byhand.steps(byhand.example(2))
    scaled = steps["scaled_scores"][3]
    powers = np.where(scaled == 0, 0, 3.0**scaled)
    return powers @ steps["v"] / powers.sum()


def row_of_e():
    steps = byhand.steps(byhand.example(2))
    powers = np.exp(steps["scaled_scores"][3])
    return powers @ steps["v"] / powers.sum()


def row_of_the_chapter():
    return byhand.steps()["context"][3].astype(float)


def row_of_macbeth():
    return byhand.steps(byhand.example(2))["context"][0].astype(float)


EXERCISE = Exercise(
    name="witches_by_hand",
    section=f"{PAGE}#byhand-context",
    reference=lambda: byhand.steps(byhand.example(ANOTHER_HEAD))["context"][WITCHES],
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "not halved",
            "The scores went into the powers of 3 as they are; halve each one first and round it down.",
            row_without_scale,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "divided by d_k",
            "The scores were divided by 3, which is d_k; the stand-in for its root is 2.",
            row_divided_by_d_k,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "not rounded",
            "The scores were halved but not rounded, so the powers of 3 are no whole numbers.",
            row_not_rounded,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "rounded up",
            "The halves were rounded up; half of 3 counts as 1 here.",
            row_rounded_up,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "keys ask queries",
            "The key of the Witches was compared with the queries; they ask, so it is their query that is "
            "compared with the keys.",
            row_of_keys_that_ask,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            "no powers",
            "The halved scores were divided by their sum; raise 3 to each of them first.",
            row_without_powers,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "powers not divided",
            "The values are added up powers of 3 times; divide by the sum of the powers.",
            row_of_powers,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            row_of_keys,
        ),
        Misconception(
            "plain mean",
            "Every value has the same weight, so the scores make no difference.",
            row_of_plain_means,
        ),
        Misconception(
            "winner takes all",
            "This is the value of the best key alone; the other keys have a weight too.",
            row_of_the_best_value,
        ),
        Misconception(
            "own value",
            "This is the value of the Witches themselves; mix the values of all four with the weights.",
            row_of_the_own_value,
        ),
        Misconception(
            "3 to the power of 0",
            "A score of 0 is treated as if it had no power; any number to the power of 0 is 1.",
            row_without_powers_of_zero,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "base e",
            "The powers are those of e; by hand we take powers of 3.",
            row_of_e,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "copied from the chapter",
            "This is what the Witches gather in the chapter; here the matrices are others.",
            row_of_the_chapter,
        ),
        Misconception(
            "Macbeth's row",
            "This is what Macbeth gathers; the question asks for the Witches, who come last.",
            row_of_macbeth,
        ),
    ),
    properties=(
        Property(
            "Each number must lie between the smallest and the largest value of its column: the context "
            "is a mixture of the values.",
            lambda case, got: within(got, byhand.steps(byhand.example(ANOTHER_HEAD))["v"]),
        ),
    ),
)
