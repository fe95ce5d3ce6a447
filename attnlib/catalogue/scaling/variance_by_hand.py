"""The variance of four scores, by hand."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.scaling import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

HAND_SCORES = np.array([-4.0, 0.0, 4.0, 4.0])


def _hand_variance():
    return dot_product.attention_scores(HAND_SCORES[:, None], [[1.0]], scale=1.0).var()


def divided_by_one_less():
    return (25 + 1 + 9 + 9) / 3


def root_taken():
    return np.std([-4, 0, 4, 4])


def mean_not_subtracted():
    return (16 + 0 + 16 + 16) / 4


def absolute_deviations():
    return (5 + 1 + 3 + 3) / 4


def sum_of_squares():
    return 25 + 1 + 9 + 9


def deviations_not_squared():
    return (-5 - 1 + 3 + 3) / 4


def one_of_each_score():
    return np.var([-4, 0, 4])


def range_of_the_scores():
    return 4 - -4


EXERCISE = Exercise(
    name="variance_by_hand",
    section=f"{PAGE}#scaling-by-hand",
    reference=_hand_variance,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "n - 1",
            "The squares are divided by one less than their number; the question asks for their mean.",
            divided_by_one_less,
        ),
        Misconception(
            "standard deviation",
            "This is the standard deviation, the root of the variance.",
            root_taken,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "mean not subtracted",
            "The scores themselves are squared; subtract their mean first, which is not 0 here.",
            mean_not_subtracted,
        ),
        Misconception(
            "absolute deviations",
            "The deviations from the mean are averaged without their signs; square them instead.",
            absolute_deviations,
        ),
        Misconception(
            "sum for mean",
            "The squared deviations are summed; divide by their number.",
            sum_of_squares,
        ),
        Misconception(
            "deviations not squared",
            "The deviations are averaged as they are, and that mean is always 0; square them first.",
            deviations_not_squared,
        ),
        Misconception(
            "equal scores counted once",
            "Two scores are equal and only one of them is counted; each counts.",
            one_of_each_score,
        ),
        Misconception(
            "range",
            "This is the distance from the smallest score to the greatest, their range; the variance is "
            "a mean of squares.",
            range_of_the_scores,
        ),
    ),
    properties=(
        Property("A variance is never negative.", lambda case, got: bool(got >= 0)),
        Property(
            "A variance can't be greater than the square of the greatest deviation from the mean.",
            lambda case, got: bool(got <= np.square(HAND_SCORES - HAND_SCORES.mean()).max()),
        ),
    ),
)
