"""The shape of each matrix where one sequence asks another, by hand."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.projections import PAGE
from attnlib.catalogue.projections._shared import product
from attnlib.exercise import Case, Exercise, Misconception, Property

T_Q, T_K, D_MODEL, D_K, D_V = 5, 7, 8, 3, 2


def _shapes():
    x, other = np.zeros((T_Q, D_MODEL)), np.zeros((T_K, D_MODEL))
    w_q, w_k, w_v = np.zeros((D_MODEL, D_K)), np.zeros((D_MODEL, D_K)), np.zeros((D_MODEL, D_V))
    q, k, v = product(x, w_q), product(other, w_k), product(other, w_v)
    scores = dot_product.attention_scores(q, k, scale=1.0)
    return np.array([a.shape for a in (w_q, w_v, q, k, v, scores, dot_product.attention(q, k, v))])


def every_shape_reversed():
    return [(3, 8), (2, 8), (3, 5), (3, 7), (2, 7), (7, 5), (2, 5)]


def scores_turned():
    return [(8, 3), (8, 2), (5, 3), (7, 3), (7, 2), (7, 5), (5, 2)]


def a_result_for_each_key():
    return [(8, 3), (8, 2), (5, 3), (7, 3), (7, 2), (5, 7), (7, 2)]


def results_as_wide_as_keys():
    return [(8, 3), (8, 2), (5, 3), (7, 3), (7, 2), (5, 7), (5, 3)]


def values_of_those_who_ask():
    return [(8, 3), (8, 2), (5, 3), (7, 3), (5, 2), (5, 7), (5, 2)]


def all_from_those_who_ask():
    return [(8, 3), (8, 2), (5, 3), (5, 3), (5, 2), (5, 5), (5, 2)]


def roles_exchanged():
    return [(8, 3), (8, 2), (7, 3), (5, 3), (5, 2), (7, 5), (7, 2)]


def nothing_projected():
    return [(8, 3), (8, 2), (5, 8), (7, 8), (7, 8), (5, 7), (5, 8)]


def values_as_wide_as_keys():
    return [(8, 3), (8, 3), (5, 3), (7, 3), (7, 3), (5, 7), (5, 3)]


EXERCISE = Exercise(
    name="shapes_by_hand",
    section=f"{PAGE}#qkv-shapes",
    reference=_shapes,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "every shape reversed",
            "Every shape is the wrong way round: here tokens are rows and features are columns.",
            every_shape_reversed,
            section=f"{PAGE}#qkv-rows-columns",
        ),
        Misconception(
            "scores turned",
            "All is right but the scores: they have a row for each query and a column for each key.",
            scores_turned,
        ),
        Misconception(
            "a result for each key",
            "All is right but the result: who asks gets an answer, so it has a row for each query.",
            a_result_for_each_key,
        ),
        Misconception(
            "results as wide as keys",
            "All is right but the result: values are mixed, so it has as many columns as they have.",
            results_as_wide_as_keys,
        ),
        Misconception(
            "values of those who ask",
            "All is right but the values: they come from the sequence that answers, one for each key.",
            values_of_those_who_ask,
            section=f"{PAGE}#qkv-self-cross",
        ),
        Misconception(
            "self for cross",
            "All comes from the sequence that asks: that is self-attention; here another sequence answers.",
            all_from_those_who_ask,
            section=f"{PAGE}#qkv-self-cross",
        ),
        Misconception(
            "roles exchanged",
            "The queries come from the sequence that answers, and keys and values from the one that asks; "
            "it is the other way round.",
            roles_exchanged,
            section=f"{PAGE}#qkv-self-cross",
        ),
        Misconception(
            "nothing projected",
            "Queries, keys and values are as wide as the tokens; a projection makes them as wide as its "
            "matrix has columns.",
            nothing_projected,
            section=f"{PAGE}#qkv-projections",
        ),
        Misconception(
            "d_k for d_v",
            "The values have d_k columns; only queries and keys need the same width, and the values have "
            "a width of their own.",
            values_as_wide_as_keys,
        ),
    ),
    properties=(
        Property(
            "W_Q must have a row for each feature of a token, and a column for each entry of a query.",
            lambda case, got: got[0].tolist() == [D_MODEL, D_K],
        ),
        Property(
            "In a product, the columns of the first matrix must be as many as the rows of the second: "
            "check x W_Q, and the scores times the values.",
            lambda case, got: got[0][1] == got[2][1] and got[5][1] == got[4][0],
        ),
        Property(
            "Queries and keys must be equally wide, or they have no dot product.",
            lambda case, got: got[2][1] == got[3][1],
        ),
    ),
)
