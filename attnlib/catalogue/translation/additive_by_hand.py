"""Additive scores of two queries and three keys, by hand."""

import numpy as np

from attnlib.catalogue.translation import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

Q = np.array([[1, 0], [0, 1]])
K = np.array([[1, 0], [0, 1], [1, 1]])
W_Q = np.array([[0, 1], [1, 0]])
W_K = np.array([[1, -1], [0, 1]])
W_SCORE = np.array([4, -2])
#: What stands for tanh at -2 to 2.
STAND_IN = np.array([-1, -3 / 4, 0, 3 / 4, 1])


def _scores():
    sums = (Q @ W_Q)[:, None, :] + (K @ W_K)[None, :, :]
    return STAND_IN[sums + 2] @ W_SCORE


def scores_without_tanh():
    q, k = np.array([[0, 1], [1, 0]]), np.array([[1, -1], [0, 1], [1, 0]])
    return (q[:, None] + k) @ np.array([4.0, -2.0])


def scores_bent_at_the_end():
    q, k = np.array([[0, 1], [1, 0]]), np.array([[1, -1], [0, 1], [1, 0]])
    return np.clip((q[:, None] + k) @ np.array([4.0, -2.0]), -1, 1)


def scores_projections_exchanged():
    q = np.array([[1, 0], [0, 1]]) @ np.array([[1, -1], [0, 1]])
    k = np.array([[1, 0], [0, 1], [1, 1]]) @ np.array([[0, 1], [1, 0]])
    return np.array([-1, -0.75, 0, 0.75, 1])[q[:, None] + k + 2] @ np.array([4, -2])


def scores_not_projected():
    q, k = np.array([[1, 0], [0, 1]]), np.array([[1, 0], [0, 1], [1, 1]])
    return np.array([-1, -0.75, 0, 0.75, 1])[q[:, None] + k + 2] @ np.array([4, -2])


def scores_of_a_product():
    q, k = np.array([[0, 1], [1, 0]]), np.array([[1, -1], [0, 1], [1, 0]])
    return np.array([-1, -0.75, 0, 0.75, 1])[q[:, None] * k + 2] @ np.array([4, -2])


def scores_bent_before_the_sum():
    q, k = np.array([[0, 1], [1, 0]]), np.array([[1, -1], [0, 1], [1, 0]])
    bent = np.array([-1, -0.75, 0, 0.75, 1])
    return (bent[q + 2][:, None] + bent[k + 2]) @ np.array([4, -2])


def scores_not_weighed():
    q, k = np.array([[0, 1], [1, 0]]), np.array([[1, -1], [0, 1], [1, 0]])
    return np.array([-1, -0.75, 0, 0.75, 1])[q[:, None] + k + 2].sum(axis=-1)


def scores_scaled():
    q, k = np.array([[0, 1], [1, 0]]), np.array([[1, -1], [0, 1], [1, 0]])
    return np.array([-1, -0.75, 0, 0.75, 1])[q[:, None] + k + 2] @ np.array([4, -2]) / np.sqrt(2)


def scores_with_the_real_tanh():
    q, k = np.array([[0, 1], [1, 0]]), np.array([[1, -1], [0, 1], [1, 0]])
    return np.tanh(q[:, None] + k) @ np.array([4.0, -2.0])


def scores_of_dot_products():
    q, k = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[1, -1], [0, 1], [1, 0]])
    return q @ k.T


EXERCISE = Exercise(
    name="additive_by_hand",
    section=f"{PAGE}#trans-by-hand",
    reference=_scores,
    visible=lambda: [Case()],
    by_value=True,
    axes=("query", "key"),
    misconceptions=(
        Misconception(
            "tanh forgotten",
            "The sums are weighed as they are; each number of a sum goes through tanh first.",
            scores_without_tanh,
            section=f"{PAGE}#trans-tanh",
        ),
        Misconception(
            "tanh at the end",
            "The finished score goes through tanh; the numbers of the sum do, before they are weighed.",
            scores_bent_at_the_end,
        ),
        Misconception(
            "projections exchanged",
            "Queries are multiplied by the matrix of the keys, and keys by that of the queries.",
            scores_projections_exchanged,
        ),
        Misconception(
            "projections forgotten",
            "Queries and keys are added as they come; multiply each by its matrix first.",
            scores_not_projected,
        ),
        Misconception(
            "product for sum",
            "Query and key are multiplied feature by feature; this score adds them.",
            scores_of_a_product,
        ),
        Misconception(
            "tanh before the sum",
            "Query and key go through tanh one by one; their sum does, or the bend binds nothing together.",
            scores_bent_before_the_sum,
            section=f"{PAGE}#trans-tanh",
        ),
        Misconception(
            "not weighed",
            "The features are added up alike; each has its weight in w.",
            scores_not_weighed,
        ),
        Misconception(
            "scaled",
            "The scores are divided by the root of 2; that belongs to dot products.",
            scores_scaled,
        ),
        Misconception(
            "the real tanh",
            "These are the scores with the real tanh; the question gives numbers that stand for it.",
            scores_with_the_real_tanh,
        ),
        Misconception(
            "dot products",
            "These are dot products of queries and keys; the additive score adds and bends.",
            scores_of_dot_products,
        ),
    ),
    properties=(
        Property(
            "No score can be larger than 6 or smaller than -6: tanh lies between -1 and 1.",
            lambda case, got: bool((np.abs(got) <= 6).all()),
        ),
    ),
)
