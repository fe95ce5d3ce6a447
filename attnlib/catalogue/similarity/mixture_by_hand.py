"""A weighted mixture of three values, by hand."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.similarity import STAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

HAND_WEIGHTS = np.array([3.0, 2.0, 1.0]) / 6.0
HAND_VALUES = np.array([[6.0, 0.0], [12.0, 3.0], [0.0, 18.0]])


def _mixture():
    log_weights = np.log(HAND_WEIGHTS)[:, None]
    return dot_product.attention([[1.0]], log_weights, HAND_VALUES, scale=1.0)[0]


def values_added():
    return [6 + 12 + 0, 0 + 3 + 18]


def values_averaged():
    return [(6 + 12 + 0) / 3, (0 + 3 + 18) / 3]


def heaviest_value():
    return [6, 0]


def last_value():
    return [0, 18]


def divided_by_the_count():
    return [7 / 3, 4 / 3]


def only_the_first_number():
    return 7


def hope_before_fear():
    return [4, 7]


EXERCISE = Exercise(
    name="mixture_by_hand",
    section=f"{STAGE}#spotlight-stage",
    reference=_mixture,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "values added",
            "The values are added up without their weights; each counts only as much as the light on it.",
            values_added,
        ),
        Misconception(
            "plain mean",
            "Every value counts equally: that is what you get without attention.",
            values_averaged,
            section=f"{STAGE}#spotlight-why",
        ),
        Misconception(
            "winner takes all",
            "Only the value with the greatest weight is used: that is hard attention; here every value "
            "adds its share.",
            heaviest_value,
            section=f"{STAGE}#spotlight-kinds",
        ),
        Misconception(
            "least weight takes all",
            "Only the value with the smallest weight is used; here every value adds its share, and the "
            "greatest weight the most.",
            last_value,
        ),
        Misconception(
            "divided once more",
            "The weighted sum is divided by the number of values; the weights already sum to 1.",
            divided_by_the_count,
        ),
        Misconception(
            "one feature only",
            "This is one number, but a value here has two; mix the second numbers in the same way.",
            only_the_first_number,
        ),
        Misconception(
            "numbers exchanged",
            "These are the right numbers in the wrong order: fear comes first, then hope.",
            hope_before_fear,
        ),
    ),
    properties=(
        Property(
            "A mixture can't be greater than the greatest value, or smaller than the smallest.",
            lambda case, got: bool(
                ((got >= HAND_VALUES.min(axis=0)) & (got <= HAND_VALUES.max(axis=0))).all()
            ),
        ),
    ),
)
