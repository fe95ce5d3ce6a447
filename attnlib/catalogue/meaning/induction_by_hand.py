"""Two scores of a head on five letters, and other weights of the same context."""

import numpy as np

from attnlib.catalogue.meaning import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import induction

#: The text a b a c a, and a head's weights on it: a row for each query.
TEXT = (0, 1, 0, 2, 0)
TENTHS = ((10, 0, 0, 0, 0), (5, 5, 0, 0, 0), (1, 8, 1, 0, 0), (2, 2, 4, 2, 0), (0, 3, 1, 3, 3))
#: Three values, of one feature each, and weights on them.
VALUES, WEIGHTS = np.array([0.0, 1.0, 4.0]), np.array([0.5, 0.25, 0.25])


def _numbers():
    head = np.array(TENTHS) / 10
    context = WEIGHTS @ VALUES
    return [
        float(induction.previous_score(head)),
        float(induction.induction_score(head, TEXT)),
        float((context - VALUES[0]) / (VALUES[2] - VALUES[0])),
    ]


def scores_over_all_queries():
    return [2.0 / 5, 1.4 / 5, 0.3125]


def scores_of_the_copies():
    return [0.5, 0.1, 0.3125]


def scores_of_the_last_copy():
    return [0.5, 0.55, 0.3125]


def scores_in_sum():
    return [2.0, 1.4, 0.3125]


def weight_that_is_handed_on():
    return [0.5, 0.7, 0.5]


def weight_in_proportion():
    return [0.5, 0.7, 1 / 3]


def context_for_weight():
    return [0.5, 0.7, 1.25]


def looking_at_itself():
    return [0.42, 0.7, 0.3125]


EXERCISE = Exercise(
    name="induction_by_hand",
    section=f"{PAGE}#meaning-induction",
    reference=_numbers,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "over all queries",
            "The sums are divided by the number of all letters; divide by the number of queries that "
            "count.",
            scores_over_all_queries,
        ),
        Misconception(
            "the copies themselves",
            "The induction score counts the weight on earlier copies of the letter; count what stands "
            "directly behind them.",
            scores_of_the_copies,
        ),
        Misconception(
            "the last copy alone",
            "Only what stands behind the last copy is counted; every earlier copy counts.",
            scores_of_the_last_copy,
        ),
        Misconception(
            "sums for means",
            "These are sums over the queries; the scores are means.",
            scores_in_sum,
        ),
        Misconception(
            "the weight handed on",
            "The third token gets all that the second loses, and the context moves; divide it so that the "
            "context stays.",
            weight_that_is_handed_on,
            section=f"{PAGE}#meaning-weight",
        ),
        Misconception(
            "shared in proportion",
            "The two are made larger in proportion, as if the second were masked; then the context is "
            "another one.",
            weight_in_proportion,
            section=f"{PAGE}#meaning-weight",
        ),
        Misconception(
            "the context",
            "The third number is the context; the weight that gives it is asked for.",
            context_for_weight,
            section=f"{PAGE}#meaning-weight",
        ),
        Misconception(
            "itself for the one before",
            "The first number is the weight of each letter on itself; take that on the letter before.",
            looking_at_itself,
        ),
    ),
    properties=(
        Property("All three lie between 0 and 1.", lambda case, got: bool(((got >= 0) & (got <= 1)).all())),
        Property(
            "With the third number as a weight, and the rest on the first token, the context is as before.",
            lambda case, got: bool(np.isclose(got[2] * VALUES[2], WEIGHTS @ VALUES, atol=1e-3)),
        ),
        Property(
            "Two queries count for the second number, so it is half of a number of tenths.",
            lambda case, got: bool(np.isclose(20 * got[1], np.round(20 * got[1]))),
        ),
    ),
)
