"""Two queries from two tokens and W_Q, by hand."""

import numpy as np

from attnlib.catalogue.projections import PAGE
from attnlib.catalogue.projections._shared import product
from attnlib.exercise import Case, Exercise, Misconception

HAND_X = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
HAND_W = np.array([[1.0, 0.0, 2.0], [3.0, 1.0, 0.0], [0.0, 2.0, 1.0]])


def _hand_queries():
    return product(HAND_X, HAND_W)


def products_with_the_rows_of_w():
    return np.array([[1, 0, 2], [0, 1, 1]]) @ np.array([[1, 0, 2], [3, 1, 0], [0, 2, 1]]).T


def queries_in_columns():
    return [[1, 3], [4, 3], [4, 1]]


def two_counted_once():
    return [[1, 2, 3], [3, 3, 1]]


def first_token_only():
    return [1, 4, 4]


def rows_added_up():
    return [9, 7]


def features_doubled_afterwards():
    return [[2, 4, 6], [3, 3, 1]]


EXERCISE = Exercise(
    name="projection_by_hand",
    section=f"{PAGE}#qkv-projections",
    reference=_hand_queries,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "rows of W_Q",
            "Each token is multiplied with the rows of W_Q; go down its columns, one for each entry of "
            "the query.",
            products_with_the_rows_of_w,
            section=f"{PAGE}#qkv-rows-columns",
        ),
        Misconception(
            "queries in columns",
            "The numbers are right but the queries stand in the columns; in this course each token keeps "
            "its row.",
            queries_in_columns,
            section=f"{PAGE}#qkv-rows-columns",
        ),
        Misconception(
            "2 counted once",
            "A feature of 2 is treated as a 1; it takes its row of W_Q twice.",
            two_counted_once,
        ),
        Misconception(
            "first token only",
            "This is the query of the first token; the second token has one too, from the same W_Q.",
            first_token_only,
        ),
        Misconception(
            "one number for each token",
            "Each query is added up to one number; it has as many entries as W_Q has columns.",
            rows_added_up,
        ),
        Misconception(
            "everything doubled",
            "The 2 doubles both rows of W_Q that the first token takes; it belongs to the third row only.",
            features_doubled_afterwards,
        ),
    ),
)
