"""The cheapest matching, by trying all."""

import itertools

import numpy as np

from attnlib.catalogue.detection import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import matching


def _best_matching(costs):
    return matching.brute_force(costs)


def matches_greedily(costs):
    out = np.zeros((*costs.shape[:-2], costs.shape[-1]), dtype=int)
    for scene in np.ndindex(costs.shape[:-2]):
        left = costs[scene].astype(float)
        for _ in range(costs.shape[-1]):
            i, j = np.unravel_index(left.argmin(), left.shape)
            out[(*scene, j)] = i
            left[i], left[:, j] = np.inf, np.inf
    return out


def matches_object_after_object(costs):
    out = np.zeros((*costs.shape[:-2], costs.shape[-1]), dtype=int)
    for scene in np.ndindex(costs.shape[:-2]):
        left = costs[scene].astype(float)
        for j in range(costs.shape[-1]):
            out[(*scene, j)] = i = left[:, j].argmin()
            left[i] = np.inf
    return out


def matches_twice(costs):
    return costs.argmin(axis=-2)


def matches_dearest(costs):
    n_queries, n_objects = costs.shape[-2:]
    ways = np.array(list(itertools.permutations(range(n_queries), n_objects)))
    return ways[costs[..., ways, np.arange(n_objects)].sum(axis=-1).argmax(axis=-1)]


def matches_the_first_only(costs):
    n_objects = costs.shape[-1]
    ways = np.array(list(itertools.permutations(range(n_objects))))
    return ways[costs[..., ways, np.arange(n_objects)].sum(axis=-1).argmin(axis=-1)]


def matches_in_rising_order(costs):
    n_queries, n_objects = costs.shape[-2:]
    ways = np.array(list(itertools.combinations(range(n_queries), n_objects)))
    return ways[costs[..., ways, np.arange(n_objects)].sum(axis=-1).argmin(axis=-1)]


def matches_all_scenes_alike(costs):
    n_queries, n_objects = costs.shape[-2:]
    ways = np.array(list(itertools.permutations(range(n_queries), n_objects)))
    totals = costs[..., ways, np.arange(n_objects)].sum(axis=-1).reshape(-1, len(ways)).sum(axis=0)
    return np.broadcast_to(ways[totals.argmin()], (*costs.shape[:-2], n_objects)).copy()


def matches_by_the_worst_pair(costs):
    n_queries, n_objects = costs.shape[-2:]
    ways = np.array(list(itertools.permutations(range(n_queries), n_objects)))
    return ways[costs[..., ways, np.arange(n_objects)].max(axis=-1).argmin(axis=-1)]


def matches_as_total(costs):
    n_queries, n_objects = costs.shape[-2:]
    ways = np.array(list(itertools.permutations(range(n_queries), n_objects)))
    return costs[..., ways, np.arange(n_objects)].sum(axis=-1).min(axis=-1)


def matches_in_order(costs):
    return np.broadcast_to(np.arange(costs.shape[-1]), (*costs.shape[:-2], costs.shape[-1])).copy()


def matches_objects_of_answers(costs):
    n_queries, n_objects = costs.shape[-2:]
    ways = np.array(list(itertools.permutations(range(n_queries), n_objects)))
    best = ways[costs[..., ways, np.arange(n_objects)].sum(axis=-1).argmin(axis=-1)]
    return np.argsort(best, axis=-1)


def _visible():
    costs = np.array([[1.0, 2.0, 4.0], [2.0, 5.0, 7.0], [3.0, 4.0, 3.0]])
    more = np.array(
        [[0.5, 3.0, 2.0], [2.5, 1.0, -1.0], [6.0, 0.0, 2.5], [-2.0, 1.5, 3.5], [4.0, 4.5, 0.25]]
    )
    return [
        Case((costs,)),
        Case((costs[:, [1, 2, 0]],)),
        Case((more,)),
        Case((np.stack([more[::-1], 3.0 - more]),)),
        Case((more[:, :2],)),
        Case((costs[:2, :2],)),
        Case((np.array([[0.0, 3.0], [3.0, 5.0]]),)),
    ]


def _hidden(rng):
    return [
        Case((rng.normal(size=shape),))
        for shape in ((9, 5, 3), (2, 7, 4, 4), (11, 6, 2), (5, 1), (30, 3, 3))
    ]


EXERCISE = Exercise(
    name="best_matching",
    section=f"{PAGE}#detr-matching",
    reference=_best_matching,
    visible=_visible,
    hidden=_hidden,
    axes=("object",),
    seals=(matching.brute_force, matching.hungarian),
    misconceptions=(
        Misconception(
            "greedy",
            "The cheapest pair is taken first, then the cheapest of what is left; what comes last pays "
            "for it.",
            matches_greedily,
        ),
        Misconception(
            "object after object",
            "Each object in turn takes the cheapest answer that is free, and the last gets what is left "
            "over.",
            matches_object_after_object,
        ),
        Misconception(
            "one answer twice",
            "Each object takes its cheapest answer, so that one answer may serve two objects.",
            matches_twice,
        ),
        Misconception(
            "dearest",
            "Of all ways the one is taken that costs most.",
            matches_dearest,
        ),
        Misconception(
            "only the first answers",
            "Only as many answers are tried as there are objects; the others are never chosen.",
            matches_the_first_only,
        ),
        Misconception(
            "answers in rising order",
            "Ways are left out: a later object may have an earlier answer. These are combinations, and it "
            "should be permutations.",
            matches_in_rising_order,
        ),
        Misconception(
            "one way for all scenes",
            "The costs of all scenes are added up; each scene has a best way of its own.",
            matches_all_scenes_alike,
        ),
        Misconception(
            "worst pair made good",
            "The way is taken whose dearest pair is cheapest; it is the sum that counts.",
            matches_by_the_worst_pair,
        ),
        Misconception(
            "cost for matching",
            "This is what the best way costs; return the answer of each object.",
            matches_as_total,
        ),
        Misconception(
            "in order",
            "The costs make no difference: the first object has the first answer, and so on.",
            matches_in_order,
            section=f"{PAGE}#detr-order",
        ),
        Misconception(
            "turned round",
            "The best way is turned round: number j of the result is the answer that object j was given "
            "to.",
            matches_objects_of_answers,
        ),
    ),
    properties=(
        Property(
            "No answer may serve two objects.",
            lambda case, got: bool((np.diff(np.sort(got, axis=-1), axis=-1) > 0).all()),
        ),
    ),
)
