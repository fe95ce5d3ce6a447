"""Weights moved along a direction that changes no context, until one of them is 0."""

import numpy as np

from attnlib.catalogue.meaning import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _furthest_weights(weights, direction):
    falling = direction < 0
    steps = weights[falling] / -direction[falling]
    return np.maximum(weights + steps.min() * direction, 0)


def furthest_of_all(weights, direction):
    falling = direction < 0
    steps = weights[falling] / -direction[falling]
    return weights + steps.max() * direction


def furthest_cut_off(weights, direction):
    falling = direction < 0
    steps = weights[falling] / -direction[falling]
    return np.maximum(weights + steps.max() * direction, 0)


def furthest_made_to_sum_to_one(weights, direction):
    falling = direction < 0
    steps = weights[falling] / -direction[falling]
    moved = np.maximum(weights + steps.max() * direction, 0)
    return moved / moved.sum()


def furthest_by_the_steepest(weights, direction):
    first = direction.argmin()
    return weights - weights[first] / direction[first] * direction


def furthest_by_the_smallest(weights, direction):
    falling = np.flatnonzero(direction < 0)
    first = falling[weights[falling].argmin()]
    return weights - weights[first] / direction[first] * direction


def furthest_by_all_sizes(weights, direction):
    moving = direction != 0
    steps = weights[moving] / np.abs(direction[moving])
    return weights + steps.min() * direction


def furthest_the_other_way(weights, direction):
    rising = direction > 0
    steps = weights[rising] / direction[rising]
    return np.maximum(weights - steps.min() * direction, 0)


def furthest_by_one(weights, direction):
    return weights + direction


def furthest_not_moved(weights, direction):
    return weights.copy()


def furthest_step_alone(weights, direction):
    falling = direction < 0
    steps = weights[falling] / -direction[falling]
    return steps.min() * direction


def _direction(rng, values):
    conditions = np.column_stack([values, np.ones(len(values))]).T
    rank = np.linalg.matrix_rank(conditions)
    basis = np.linalg.svd(conditions)[2][rank:]
    return rng.normal(size=len(basis)) @ basis


def _drawn(rng, t, d):
    raw = rng.random(t) + 0.05
    direction = (3 * _direction(rng, rng.normal(size=(t, d)))).round(3)  # more is each machine's own
    direction[-1] = (direction[-1] - direction.sum()).round(3)
    return Case((raw / raw.sum(), direction))


def _visible():
    rng = np.random.default_rng(8)
    return [
        Case((np.array([0.25, 0.5, 0.25]), np.array([1.0, -2.0, 1.0]))),
        Case((np.array([0.75, 0.25]), np.array([0.5, -0.5]))),
        Case((np.array([0.5, 0.125, 0.25, 0.125]), np.array([-1.0, 2.0, -1.0, 0.0]))),
        _drawn(rng, 7, 2),
    ]


def _hidden(rng):
    zero_first = Case((np.array([0.0, 0.25, 0.75]), np.array([-1.0, 0.5, 0.5])))
    return [_drawn(rng, 11, 3), _drawn(rng, 5, 1), _drawn(rng, 13, 7), zero_first]


EXERCISE = Exercise(
    name="furthest_weights",
    section=f"{PAGE}#meaning-other",
    reference=_furthest_weights,
    visible=_visible,
    hidden=_hidden,
    axes=("key",),
    misconceptions=(
        Misconception(
            "too far",
            "The longest step is taken, so that other weights are below 0; stop at the first that is 0.",
            furthest_of_all,
        ),
        Misconception(
            "cut off at 0",
            "What has fallen below 0 is set to 0, and the sum is no longer 1; stop at the first that is 0.",
            furthest_cut_off,
        ),
        Misconception(
            "cut off and divided",
            "Negative weights are set to 0 and the rest divided by its sum; that sums to 1, but the "
            "context is another one.",
            furthest_made_to_sum_to_one,
        ),
        Misconception(
            "the one that falls fastest",
            "The weight that falls fastest is taken to 0; another may be smaller and be there first. "
            "Compare the steps.",
            furthest_by_the_steepest,
        ),
        Misconception(
            "the smallest one",
            "The smallest of the falling weights is taken to 0; another may fall faster and be there "
            "first. Compare the steps.",
            furthest_by_the_smallest,
        ),
        Misconception(
            "rising weights count",
            "Weights that grow are counted as if they fell; only those that fall can reach 0.",
            furthest_by_all_sizes,
        ),
        Misconception(
            "the other way",
            "The weights move against the direction.",
            furthest_the_other_way,
        ),
        Misconception(
            "one whole step",
            "The direction is added once, whatever becomes of the weights; how far it may be followed is "
            "the question.",
            furthest_by_one,
        ),
        Misconception(
            "not moved",
            "The weights are as they were.",
            furthest_not_moved,
        ),
        Misconception(
            "the step alone",
            "This is how the weights change; add it to them.",
            furthest_step_alone,
        ),
    ),
    properties=(
        Property("No weight is below 0.", lambda case, got: bool((got > -1e-9).all())),
        Property("The weights sum to 1.", lambda case, got: bool(np.isclose(got.sum(), 1))),
        Property(
            "One of the weights that fall is 0 at the end.",
            lambda case, got: bool(np.isclose(got[case.args[1] < 0].min(), 0)),
        ),
    ),
)
