"""What either scale does to the variance of scores at three sizes, by hand."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.scaling import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

HAND_SIZES = (4, 16, 64)


def _table():
    factors = [
        [1.0, 1.0, dot_product.scale_factor(np.zeros((1, d_k)), None), 1 / d_k] for d_k in HAND_SIZES
    ]
    variances = np.array(HAND_SIZES)[:, None] * np.square(factors)
    return np.concatenate([variances[:, :1], np.sqrt(variances[:, :1]), variances[:, 2:]], axis=1)


def factors_not_squared():
    return [[4, 2, 2, 1], [16, 4, 4, 1], [64, 8, 8, 1]]


def variance_and_deviation_exchanged():
    return [[2, 4, 1, 1 / 4], [4, 16, 1, 1 / 16], [8, 64, 1, 1 / 64]]


def scales_exchanged():
    return [[4, 2, 1 / 4, 1], [16, 4, 1 / 16, 1], [64, 8, 1 / 64, 1]]


def both_bring_it_to_1():
    return [[4, 2, 1, 1], [16, 4, 1, 1], [64, 8, 1, 1]]


def size_makes_no_difference():
    return [[1, 1, 1 / 4, 1 / 16], [1, 1, 1 / 16, 1 / 256], [1, 1, 1 / 64, 1 / 4096]]


def deviations_throughout():
    return [[4, 2, 1, 1 / 2], [16, 4, 1, 1 / 4], [64, 8, 1, 1 / 8]]


def variances_squared():
    return [[16, 4, 4, 1], [256, 16, 16, 1], [4096, 64, 64, 1]]


EXERCISE = Exercise(
    name="scale_table_by_hand",
    section=f"{PAGE}#scaling-derive",
    reference=_table,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "factor not squared",
            "The variance is divided by the same number as the scores; dividing scores by c divides their "
            "variance by c squared.",
            factors_not_squared,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "first two columns exchanged",
            "The first two columns have changed places: a standard deviation is the root of a variance.",
            variance_and_deviation_exchanged,
        ),
        Misconception(
            "last two columns exchanged",
            "The last two columns have changed places; dividing by d_k does more than by its root.",
            scales_exchanged,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "both scales alike",
            "Both scales seem to give the same variance; dividing by d_k goes too far.",
            both_bring_it_to_1,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "size makes no difference",
            "The variance of the raw scores stays at 1; each of the d_k products adds its own variance.",
            size_makes_no_difference,
        ),
        Misconception(
            "standard deviation in the last column",
            "The last column holds standard deviations; the question asks for the variance there.",
            deviations_throughout,
            section=f"{PAGE}#scaling-root",
        ),
        Misconception(
            "variance grows as the square",
            "The variance of the raw scores is the square of d_k here; independent variances add up, so it "
            "grows as d_k.",
            variances_squared,
        ),
    ),
    properties=(
        Property(
            "In every row, the standard deviation must be the root of the variance before it.",
            lambda case, got: np.allclose(got[:, 1] ** 2, got[:, 0]),
        ),
        Property(
            "Dividing scores by c divides their variance by c squared: check the last two columns.",
            lambda case, got: np.allclose(
                got[:, 2:], got[:, :1] / [[d_k, d_k**2] for d_k in HAND_SIZES], rtol=1e-3
            ),
        ),
    ),
)
