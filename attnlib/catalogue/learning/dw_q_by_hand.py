"""The gradient of the matrix of the queries, by hand."""

import numpy as np

from attnlib import byhand, byhand_learning
from attnlib.catalogue.learning import PAGE
from attnlib.catalogue.learning._shared import IN_THE_CHAPTER, WANTED, gradient
from attnlib.exercise import Case, Exercise, Misconception, Property


def matrix_with_every_row():
    return np.tile(gradient("dq")[0], (6, 1))


def matrix_of_the_wanted():
    return np.outer(byhand.MACBETH.x[WANTED], gradient("dq")[0])


def matrix_of_everybody():
    return np.outer(byhand.MACBETH.x.sum(axis=0), gradient("dq")[0])


def matrix_not_halved():
    return gradient("dw_q") * 2


def matrix_with_the_sign_turned():
    return -gradient("dw_q")


def matrix_of_the_witches():
    return gradient("dw_q", wanted=IN_THE_CHAPTER)


def matrix_from_queries():
    return np.outer(byhand.MACBETH.x[0], gradient("dscores")[0] @ byhand.steps()["q"])


def matrix_from_values():
    return np.outer(byhand.MACBETH.x[0], gradient("dscores")[0] @ byhand.steps()["v"])


def matrix_of_the_keys():
    return gradient("dw_k")


def matrix_after_the_step():
    return byhand_learning.descend(key=WANTED)[0].astype(float)


def matrix_shared_out():
    return gradient("dw_q") / 4


def matrix_where_it_is_not_zero():
    return gradient("dw_q") * (byhand.MACBETH.w_q != 0)


def matrix_of_the_wanted_score_alone():
    wanted = gradient("dscores")[0, WANTED] * byhand.steps()["k"][WANTED]
    return np.outer(byhand.MACBETH.x[0], wanted)


EXERCISE = Exercise(
    name="dw_q_by_hand",
    section=f"{PAGE}#learning-matrices",
    reference=lambda: gradient("dw_q"),
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "every feature",
            "Every row gets the gradient of the query; a feature that Macbeth lacks is multiplied by 0.",
            matrix_with_every_row,
        ),
        Misconception(
            "features of the wanted one",
            "The rows are those of Lady Macbeth's features; the query was made of Macbeth's.",
            matrix_of_the_wanted,
        ),
        Misconception(
            "everybody's features",
            "The features of all four are added up; only Macbeth asked here, so only his count.",
            matrix_of_everybody,
        ),
        Misconception(
            "not halved",
            "The gradient of the scaled scores goes into the product; halve it first.",
            matrix_not_halved,
            section=f"{PAGE}#learning-scores",
        ),
        Misconception(
            "sign turned",
            "Every sign is the wrong way round; the minus belongs into the step, not into the gradient.",
            matrix_with_the_sign_turned,
            section=f"{PAGE}#learning-step",
        ),
        Misconception(
            "the chapter's wish",
            "This is the gradient if Macbeth should look at the Witches; here he should look at his wife.",
            matrix_of_the_witches,
        ),
        Misconception(
            "queries for keys",
            "The scores' gradient is multiplied by the queries; the other factor of a score is the key.",
            matrix_from_queries,
        ),
        Misconception(
            "values for keys",
            "The scores' gradient is multiplied by the values; the other factor of a score is the key.",
            matrix_from_values,
        ),
        Misconception(
            "matrix of the keys",
            "This is the gradient of W_K; the question asks for that of W_Q.",
            matrix_of_the_keys,
        ),
        Misconception(
            "step taken",
            "This is W_Q after a step; the question asks for the gradient alone.",
            matrix_after_the_step,
            section=f"{PAGE}#learning-step",
        ),
        Misconception(
            "shared out among the features",
            "The gradient of the query is divided among Macbeth's four features; each gets all of it.",
            matrix_shared_out,
        ),
        Misconception(
            "only where W_Q isn't 0",
            "Entries of W_Q that are 0 get no gradient here; a 0 can be moved like any other number.",
            matrix_where_it_is_not_zero,
        ),
        Misconception(
            "one score only",
            "Only the score of the wanted one reaches the query, which is in all four scores; add them up.",
            matrix_of_the_wanted_score_alone,
        ),
    ),
    properties=(
        Property(
            "Features that Macbeth doesn't have are multiplied by 0: their rows must be 0.",
            lambda case, got: not got[byhand.MACBETH.x[0] == 0].any(),
        ),
        Property(
            "Macbeth has each of his features once: their rows must be the same.",
            lambda case, got: bool(np.ptp(got[byhand.MACBETH.x[0] == 1], axis=0).max() < 1e-6),
        ),
    ),
)
