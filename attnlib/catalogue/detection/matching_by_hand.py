"""Three answers and three objects: the cheapest matching, its cost, and what the greedy one costs."""

import numpy as np

from attnlib.catalogue.detection import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import matching

#: A row for each answer, a column for each object.
COSTS = ((2, 3, 6), (7, 1, 3), (4, 6, 9))


def _matching():
    costs = np.array(COSTS)
    queries = matching.brute_force(costs)
    best = costs[queries, np.arange(3)].sum()
    greedy, left = 0, costs.astype(float)
    for _ in range(3):
        i, j = np.unravel_index(left.argmin(), left.shape)
        greedy += costs[i, j]
        left[i], left[:, j] = np.inf, np.inf
    return [*queries.tolist(), int(best), int(greedy)]


def matched_greedily():
    return [0, 1, 2, 12, 12]


def matched_twice():
    return [0, 1, 1, 6, 12]


def matched_object_of_each_answer():
    return [1, 2, 0, 10, 12]


def matched_from_one():
    return [3, 1, 2, 10, 12]


def matched_dearest():
    return [1, 0, 2, 19, 12]


def matched_costs_exchanged():
    return [2, 0, 1, 12, 10]


def matched_greedy_is_best():
    return [2, 0, 1, 10, 10]


def matched_after_reduction():
    return [2, 0, 1, 0, 12]


EXERCISE = Exercise(
    name="matching_by_hand",
    section=f"{PAGE}#detr-matching",
    reference=_matching,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "greedy",
            "The cheapest pair is taken first, then the cheapest of what is left; the last object pays for "
            "it. Write down all six ways.",
            matched_greedily,
        ),
        Misconception(
            "one answer twice",
            "Each object has the answer that is cheapest for it, and one answer serves two objects.",
            matched_twice,
        ),
        Misconception(
            "objects for answers",
            "This is the object of each answer; the first three numbers are the answer of each object.",
            matched_object_of_each_answer,
        ),
        Misconception(
            "counted from one",
            "The answers are counted from 1; they are called 0, 1 and 2.",
            matched_from_one,
        ),
        Misconception(
            "dearest",
            "No way costs more than this one; the cheapest is asked for.",
            matched_dearest,
        ),
        Misconception(
            "the two sums exchanged",
            "The two sums are exchanged: first that of the best way, then that of the greedy one.",
            matched_costs_exchanged,
        ),
        Misconception(
            "greedy taken for the best",
            "The last number is the cost of the best way again. Take the smallest number of the whole "
            "table first, and go on with what is left.",
            matched_greedy_is_best,
        ),
        Misconception(
            "what is left after subtracting",
            "After the subtractions the best way costs 0; what was subtracted is the price.",
            matched_after_reduction,
            section=f"{PAGE}#detr-hungarian",
        ),
    ),
    properties=(
        Property(
            "Each object needs an answer of its own: the first three numbers are all different.",
            lambda case, got: len(set(got[:3].tolist())) == 3,
        ),
        Property(
            "No way is cheaper than the best, so the last number isn't smaller than the one before.",
            lambda case, got: bool(got[4] >= got[3]),
        ),
    ),
)
