"""The weights of the cast of Macbeth, by hand."""

import numpy as np

from attnlib import byhand
from attnlib.catalogue.byhand import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def weights_not_divided():
    return byhand.steps()["powers"].astype(float)


def weights_without_scale():
    powers = 3.0 ** byhand.steps()["scores"]
    return powers / powers.sum(axis=1, keepdims=True)


def weights_not_rounded():
    powers = 3.0 ** (byhand.steps()["scores"] / 2)
    return powers / powers.sum(axis=1, keepdims=True)


def weights_rounded_up():
    powers = 3.0 ** np.ceil(byhand.steps()["scores"] / 2)
    return powers / powers.sum(axis=1, keepdims=True)


def weights_divided_by_three():
    powers = 3.0 ** (byhand.steps()["scores"] // 3)
    return powers / powers.sum(axis=1, keepdims=True)


def weights_down_the_columns():
    powers = byhand.steps()["powers"].astype(float)
    return powers / powers.sum(axis=0, keepdims=True)


def weights_transposed():
    return byhand.steps()["weights"].T.astype(float)


def weights_of_e():
    powers = np.exp(byhand.steps()["scaled_scores"])
    return powers / powers.sum(axis=1, keepdims=True)


def weights_without_powers():
    scaled = byhand.steps()["scaled_scores"]
    return scaled / scaled.sum(axis=1, keepdims=True)


def weights_of_raw_scores():
    scores = byhand.steps()["scores"]
    return scores / scores.sum(axis=1, keepdims=True)


def weights_cubed():
    cubes = byhand.steps()["scaled_scores"] ** 3
    return cubes / cubes.sum(axis=1, keepdims=True)


def weights_without_powers_of_zero():
    scaled = byhand.steps()["scaled_scores"]
    powers = np.where(scaled == 0, 0, 3.0**scaled)
    return powers / powers.sum(axis=1, keepdims=True)


def weights_all_equal():
    return np.full((4, 4), 1 / 4)


EXERCISE = Exercise(
    name="weights_by_hand",
    section=f"{PAGE}#byhand-softmax",
    reference=lambda: byhand.steps()["weights"],
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "powers not divided",
            "The powers of 3 are right, but they are not yet divided by the sum of their row.",
            weights_not_divided,
        ),
        Misconception(
            "not halved",
            "The scores go into the powers of 3 as they are; halve each one first and round it down.",
            weights_without_scale,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "not rounded",
            "The scores are halved but not rounded, so the powers of 3 are no whole numbers.",
            weights_not_rounded,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "rounded up",
            "The halves are rounded up; half of 3 counts as 1 here.",
            weights_rounded_up,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "divided by d_k",
            "The scores are divided by 3, which is d_k; the stand-in for its root is 2.",
            weights_divided_by_three,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "columns instead of rows",
            "The columns sum to 1; a row belongs to the token that asks, and its weights sum to 1.",
            weights_down_the_columns,
        ),
        Misconception(
            "transposed",
            "These are the right weights in the column convention; here a row belongs to the token "
            "that asks.",
            weights_transposed,
            section=f"{PAGE}#byhand-columns",
        ),
        Misconception(
            "base e",
            "The powers are those of e; by hand we take powers of 3.",
            weights_of_e,
        ),
        Misconception(
            "no powers",
            "The halved scores are divided by their sum; raise 3 to each of them first.",
            weights_without_powers,
        ),
        Misconception(
            "scores divided by their sum",
            "The scores themselves are divided by their sum; halve each, round it down and raise 3 to it "
            "first.",
            weights_of_raw_scores,
        ),
        Misconception(
            "base and exponent swapped",
            "Each score is raised to the power of 3; raise 3 to the power of each score.",
            weights_cubed,
        ),
        Misconception(
            "3 to the power of 0",
            "A score of 0 is treated as if it had no power; any number to the power of 0 is 1.",
            weights_without_powers_of_zero,
        ),
        Misconception(
            "equal shares",
            "Every key gets the same weight, so the scores make no difference.",
            weights_all_equal,
        ),
    ),
    properties=(
        Property("A weight lies between 0 and 1.", lambda case, got: bool(((got >= 0) & (got <= 1)).all())),
        Property("Each row must sum to 1.", lambda case, got: np.allclose(got.sum(axis=1), 1, atol=1e-6)),
    ),
)
