"""The scores of the cast of Macbeth, by hand."""

import numpy as np

from attnlib import byhand
from attnlib.catalogue.byhand import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def scores_transposed():
    return byhand.steps()["scores"].T


def scores_of_queries_only():
    q = byhand.steps()["q"]
    return q @ q.T


def scores_of_keys_only():
    k = byhand.steps()["k"]
    return k @ k.T


def scores_of_bare_tokens():
    return byhand.MACBETH.x @ byhand.MACBETH.x.T


def scores_already_halved():
    return byhand.steps()["scaled_scores"]


def scores_of_values():
    return byhand.steps()["q"] @ byhand.steps()["v"].T


EXERCISE = Exercise(
    name="scores_by_hand",
    section=f"{PAGE}#byhand-scores",
    reference=lambda: byhand.steps()["scores"],
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "keys ask queries",
            "These are the scores K Qᵀ: keys in the rows and queries in the columns; a row belongs to "
            "the token that asks.",
            scores_transposed,
        ),
        Misconception(
            "queries with queries",
            "Each query is multiplied by the queries; it is compared with the keys.",
            scores_of_queries_only,
        ),
        Misconception(
            "keys with keys",
            "Each key is multiplied by the keys; a row starts from the query of the token that asks.",
            scores_of_keys_only,
        ),
        Misconception(
            "tokens with tokens",
            "The bare tokens are multiplied with each other; W_Q and W_K have not been used.",
            scores_of_bare_tokens,
            section=f"{PAGE}#byhand-qkv",
        ),
        Misconception(
            "halved already",
            "These are the scores after the scale; here the question asks for the dot products alone.",
            scores_already_halved,
            section=f"{PAGE}#byhand-scale",
        ),
        Misconception(
            "queries with values",
            "Each query is multiplied by the values; it is compared with the keys.",
            scores_of_values,
        ),
    ),
    properties=(
        Property(
            "Scores here are whole numbers, 0 or more: each is a sum of products of those.",
            lambda case, got: bool((got >= 0).all() and (got == np.round(got)).all()),
        ),
        Property(
            "Row 3 must be half of row 1: Banquo's query is half of Macbeth's.",
            lambda case, got: np.allclose(2 * got[2], got[0]),
        ),
    ),
)
