"""The gradient of Macbeth's scores, by hand."""

import math

import numpy as np

from attnlib import byhand
from attnlib.catalogue.learning import PAGE
from attnlib.catalogue.learning._shared import IN_THE_CHAPTER, WANTED, gradient
from attnlib.exercise import Case, Exercise, Misconception, Property


def scores_not_halved():
    return gradient("dscaled_scores")[0]


def scores_doubled():
    return gradient("dscaled_scores")[0] * 2


def scores_divided_by_d_k():
    return gradient("dscaled_scores")[0] / 3


def scores_divided_by_the_root():
    return gradient("dscaled_scores")[0] / math.sqrt(3)


def scores_with_the_sign_turned():
    return -gradient("dscores")[0]


def scores_of_the_witches():
    return gradient("dscores", wanted=IN_THE_CHAPTER)[0]


def scores_of_everybody():
    return byhand.steps()["weights"][0].astype(float) / 2


def scores_of_the_wanted_alone():
    return gradient("dscores")[0] * (np.arange(4) == WANTED)


def scores_to_the_base_e():
    return gradient("dscores")[0] * math.log(3)


def scores_of_the_weight():
    weights = byhand.steps()["weights"][0].astype(float)
    return -gradient("dscores")[0] * math.log(3) * weights[WANTED]


def scores_of_the_distance():
    return (byhand.steps()["scaled_scores"][0] - (np.arange(4) == WANTED)) / 2


EXERCISE = Exercise(
    name="dscores_by_hand",
    section=f"{PAGE}#learning-scores",
    reference=lambda: gradient("dscores")[0],
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "not halved",
            "This is the gradient of the scaled scores; a scaled score is half a score, so go one step "
            "further back.",
            scores_not_halved,
        ),
        Misconception(
            "doubled",
            "The scale is undone; on the way back it is multiplied by once more.",
            scores_doubled,
        ),
        Misconception(
            "divided by d_k",
            "The gradient of the scaled scores is divided by 3, which is d_k; by hand the scale is a half.",
            scores_divided_by_d_k,
        ),
        Misconception(
            "divided by the root",
            "The gradient of the scaled scores is divided by the root of 3; by hand the scale is a half.",
            scores_divided_by_the_root,
        ),
        Misconception(
            "sign turned",
            "Every sign is the wrong way round: it is what was given minus what was wanted.",
            scores_with_the_sign_turned,
        ),
        Misconception(
            "the chapter's wish",
            "This is the gradient if Macbeth should look at the Witches; here he should look at his wife.",
            scores_of_the_witches,
        ),
        Misconception(
            "nothing wanted",
            "The weights are halved, but what was wanted is not subtracted.",
            scores_of_everybody,
        ),
        Misconception(
            "the wanted one alone",
            "Only the score of the wanted one gets a gradient; the others share in the sum of the powers.",
            scores_of_the_wanted_alone,
            section=f"{PAGE}#learning-softmax",
        ),
        Misconception(
            "logarithm to the base e",
            "There is a factor of ln 3 too many: the logarithm has the base of the powers, 3.",
            scores_to_the_base_e,
            section=f"{PAGE}#learning-surprise",
        ),
        Misconception(
            "gradient of the weight",
            "This is how the weight itself changes; the question asks for its surprise.",
            scores_of_the_weight,
            section=f"{PAGE}#learning-softmax",
        ),
        Misconception(
            "scores for weights",
            "What was wanted is subtracted from the scaled scores; subtract it from the weights.",
            scores_of_the_distance,
        ),
    ),
    properties=(
        Property(
            "The four numbers must sum to 0: lifting all scores together changes no weight.",
            lambda case, got: bool(abs(got.sum()) < 1e-6),
        ),
    ),
)
