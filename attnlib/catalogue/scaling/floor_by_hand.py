"""Scores halved and rounded down: the scale of the worked example, by hand."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.scaling import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

HAND_RAW = np.array([7, 9, 4, 1, -3])


def _floors():
    return np.floor(dot_product.attention_scores(HAND_RAW[:, None], [[1.0]], scale=0.5))[:, 0]


def cut_towards_zero():
    return [3, 4, 2, 0, -1]


def rounded_up():
    return [4, 5, 2, 1, -1]


def not_rounded():
    return [7 / 2, 9 / 2, 2, 1 / 2, -3 / 2]


def divided_by_the_root_of_three():
    return np.array([7, 9, 4, 1, -3]) / np.sqrt(3)


def divided_by_three():
    return np.array([7, 9, 4, 1, -3]) // 3


def rounded_to_even():
    return np.round(np.array([7, 9, 4, 1, -3]) / 2)


def halves_away_from_zero():
    return [4, 5, 2, 1, -2]


def exact_scale_rounded_down():
    return np.floor(np.array([7, 9, 4, 1, -3]) / np.sqrt(3))


EXERCISE = Exercise(
    name="floor_by_hand",
    section=f"{PAGE}#scaling-floor",
    reference=_floors,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "cut towards 0",
            "The fraction is cut off, which moves a negative number up; rounding down always moves left on "
            "the number line.",
            cut_towards_zero,
        ),
        Misconception(
            "rounded up",
            "Every half is rounded up; round down, to the next whole number on the left.",
            rounded_up,
        ),
        Misconception(
            "not rounded",
            "The scores are halved but not rounded down.",
            not_rounded,
        ),
        Misconception(
            "the exact scale",
            "The scores are divided by the root of 3, as a computer does; by hand they are halved and "
            "rounded down.",
            divided_by_the_root_of_three,
        ),
        Misconception(
            "divided by d_k",
            "The scores are divided by 3, which is d_k, and rounded down; 2 stands for the root of 3.",
            divided_by_three,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "rounded to the nearest",
            "The halves are rounded to an even number, as np.round does; round down each time.",
            rounded_to_even,
        ),
        Misconception(
            "rounded away from 0",
            "Every half is rounded away from 0, up for positive numbers and down for negative ones; "
            "round down each time.",
            halves_away_from_zero,
        ),
        Misconception(
            "the exact scale, rounded down",
            "The scores are divided by the root of 3 and then rounded down; by hand they are halved first.",
            exact_scale_rounded_down,
        ),
    ),
    properties=(
        Property(
            "The results must be whole numbers.",
            lambda case, got: np.array_equal(got, np.round(got)),
        ),
        Property(
            "No result may be greater than half its score.",
            lambda case, got: bool((got <= HAND_RAW / 2).all()),
        ),
    ),
)
