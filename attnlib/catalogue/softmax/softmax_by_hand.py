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
    ),
    properties=(
        Property("The four weights must sum to 1.", lambda case, got: abs(got.sum() - 1) < 1e-6),
        Property(
            "Equal scores must have equal weights, and a higher score a higher weight.",
            lambda case, got: got[1] < got[0] == got[3] < got[2],
        ),
    ),
)
