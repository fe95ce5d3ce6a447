"""The cosines of a query and four keys, by hand."""

import numpy as np

from attnlib import similarity
from attnlib.catalogue.similarity import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

HAND_QUERY = np.array([3.0, 4.0])
HAND_KEYS = np.array([[4.0, 3.0], [6.0, 8.0], [-4.0, 3.0], [-3.0, -4.0]])


def _cosines():
    return similarity.cosine_similarity(HAND_QUERY, HAND_KEYS)


def dot_products():
    return [24, 50, 0, -25]


def one_length():
    return [24 / 5, 50 / 5, 0 / 5, -25 / 5]


def length_of_the_query_twice():
    return [24 / 25, 50 / 25, 0 / 25, -25 / 25]


def squared_lengths():
    return [24 / (25 * 25), 50 / (25 * 100), 0, -25 / (25 * 25)]


def sums_as_lengths():
    return [24 / (7 * 7), 50 / (7 * 14), 0, -25 / (7 * 7)]


def signs_dropped():
    return [24 / 25, 1, 0, 1]


def angles_in_degrees():
    query, keys = np.array([3, 4]), np.array([[4, 3], [6, 8], [-4, 3], [-3, -4]])
    cosines = keys @ query / (5 * np.linalg.norm(keys, axis=1))
    return np.degrees(np.arccos(cosines))


EXERCISE = Exercise(
    name="cosine_by_hand",
    section=f"{PAGE}#similarity-cosine",
    reference=_cosines,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "dot products",
            "These are the dot products; divide each by the lengths of both vectors.",
            dot_products,
            section=f"{PAGE}#similarity-dot",
        ),
        Misconception(
            "one length only",
            "Each dot product is divided by one length; divide by the length of the other vector too.",
            one_length,
        ),
        Misconception(
            "the query's length twice",
            "Each dot product is divided by the query's length twice; the second length is the key's.",
            length_of_the_query_twice,
        ),
        Misconception(
            "root forgotten",
            "Each dot product is divided by sums of squares; a length is the root of such a sum.",
            squared_lengths,
        ),
        Misconception(
            "sums taken for lengths",
            "The length of a vector is taken as the sum of its entries without their signs; square them, "
            "add, and take the root.",
            sums_as_lengths,
        ),
        Misconception(
            "sign dropped",
            "Every cosine is positive here; vectors that point opposite ways have a negative one.",
            signs_dropped,
            section=f"{PAGE}#similarity-angles",
        ),
        Misconception(
            "angles",
            "These are the angles, in degrees; the question asks for their cosines.",
            angles_in_degrees,
            section=f"{PAGE}#similarity-angles",
        ),
    ),
    properties=(
        Property(
            "A cosine is never above 1 or below -1.",
            lambda case, got: bool((np.abs(got) <= 1 + 1e-9).all()),
        ),
        Property(
            "A cosine has the sign of the dot product, and vectors at right angles have the cosine 0.",
            lambda case, got: np.array_equal(np.sign(got), np.sign(HAND_KEYS @ HAND_QUERY)),
        ),
    ),
)
