"""A softmax with powers of 3, by hand."""

import numpy as np

from attnlib import probability
from attnlib.catalogue.softmax import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

HAND_SCORES = (1, 0, 2, 1)
HAND_BASE = 3


def _by_hand():
    return probability.softmax(HAND_SCORES, base=HAND_BASE)


def powers_not_divided():
    return [3, 1, 9, 3]


def scores_over_sum():
    return [1 / 4, 0 / 4, 2 / 4, 1 / 4]


def base_e():
    powers = np.exp([1, 0, 2, 1])
    return powers / powers.sum()


def equal_shares():
    return [1 / 4, 1 / 4, 1 / 4, 1 / 4]


def winner_takes_all():
    return [0, 0, 1, 0]


def zero_power_is_zero():
    return [3 / 15, 0, 9 / 15, 3 / 15]


def scores_cubed():
    return [1 / 10, 0, 8 / 10, 1 / 10]


def weights_of_the_chapter():
    return np.array([1, 3, 3, 9]) / 16


EXERCISE = Exercise(
    name="softmax_by_hand",
    section=f"{PAGE}#softmax-normalise",
    reference=_by_hand,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "powers not divided",
            "The powers of 3 are right, but they are not yet divided by their sum.",
            powers_not_divided,
        ),
        Misconception(
            "scores divided by their sum",
            "The scores themselves are divided by their sum; raise 3 to each score first.",
            scores_over_sum,
        ),
        Misconception(
            "base e",
            "This is the softmax with base e; the question asks for powers of 3.",
            base_e,
        ),
        Misconception(
            "equal shares",
            "Every key gets the same weight, so the scores make no difference.",
            equal_shares,
        ),
        Misconception(
            "winner takes all",
            "The highest score gets everything: that is the arg max, which the softmax softens.",
            winner_takes_all,
            section=f"{PAGE}#softmax-hard",
        ),
        Misconception(
            "3 to the power of 0",
            "A score of 0 is treated as if it had no power; any number to the power of 0 is 1.",
            zero_power_is_zero,
        ),
        Misconception(
            "base and exponent swapped",
            "Each score is raised to the power of 3; raise 3 to the power of each score.",
            scores_cubed,
        ),
        Misconception(
            "copied from the chapter",
            "These are the weights of the chapter's example; at the banquet the scores are others.",
            weights_of_the_chapter,
            section=f"{PAGE}#softmax-by-hand",
        ),
    ),
    properties=(
        Property("The four weights must sum to 1.", lambda case, got: abs(got.sum() - 1) < 1e-6),
        Property(
            "Equal scores must have equal weights, and a higher score a higher weight.",
            lambda case, got: got[1] < got[0] == got[3] < got[2],
        ),
    ),
)
