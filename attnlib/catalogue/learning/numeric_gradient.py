"""The gradient of the cross-entropy, measured by differences."""

import numpy as np

from attnlib.catalogue.learning import PAGE
from attnlib.exercise import Case, Exercise, Misconception
from attnlib.layers import cross_entropy


def _numeric_gradient(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] += h
        down[place] -= h
        gradient[place] = (cross_entropy(up, targets) - cross_entropy(down, targets)) / (2 * h)
    return gradient


def one_side(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        up = logits.copy()
        up[place] += h
        gradient[place] = (cross_entropy(up, targets) - cross_entropy(logits, targets)) / h
    return gradient


def one_side_below(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        down = logits.copy()
        down[place] -= h
        gradient[place] = (cross_entropy(logits, targets) - cross_entropy(down, targets)) / h
    return gradient


def divided_by_h(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] += h
        down[place] -= h
        gradient[place] = (cross_entropy(up, targets) - cross_entropy(down, targets)) / h
    return gradient


def not_divided(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] += h
        down[place] -= h
        gradient[place] = cross_entropy(up, targets) - cross_entropy(down, targets)
    return gradient


def multiplied_by_h(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] += h
        down[place] -= h
        gradient[place] = (cross_entropy(up, targets) - cross_entropy(down, targets)) / 2 * h
    return gradient


def not_put_back(logits, targets, h):
    z, gradient = logits.copy(), np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        z[place] += h
        up = cross_entropy(z, targets)
        z[place] -= 2 * h
        gradient[place] = (up - cross_entropy(z, targets)) / (2 * h)
    return gradient


def up_and_back(logits, targets, h):
    z, gradient = logits.copy(), np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        z[place] += h
        up = cross_entropy(z, targets)
        z[place] -= h
        gradient[place] = (up - cross_entropy(z, targets)) / (2 * h)
    return gradient


def what_was_given_is_changed(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        up, down = logits, logits.copy()
        down[place] -= h
        up[place] += h
        gradient[place] = (cross_entropy(up, targets) - cross_entropy(down, targets)) / (2 * h)
    return gradient


def all_at_once(logits, targets, h):
    slope = (cross_entropy(logits + h, targets) - cross_entropy(logits - h, targets)) / (2 * h)
    return np.full(logits.shape, slope)


def row_by_row(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in range(len(logits)):
        up, down = logits.copy(), logits.copy()
        up[place] += h
        down[place] -= h
        gradient[place] = (cross_entropy(up, targets) - cross_entropy(down, targets)) / (2 * h)
    return gradient


def sign_turned(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] += h
        down[place] -= h
        gradient[place] = (cross_entropy(down, targets) - cross_entropy(up, targets)) / (2 * h)
    return gradient


def h_not_used(logits, targets, h):
    gradient, step = np.empty(logits.shape), 1e-5
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] += step
        down[place] -= step
        gradient[place] = (cross_entropy(up, targets) - cross_entropy(down, targets)) / (2 * step)
    return gradient


def h_as_a_share(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] *= 1 + h
        down[place] *= 1 - h
        gradient[place] = (cross_entropy(up, targets) - cross_entropy(down, targets)) / (2 * h)
    return gradient


def half_a_step(logits, targets, h):
    gradient = np.empty(logits.shape)
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] += h / 2
        down[place] -= h / 2
        gradient[place] = (cross_entropy(up, targets) - cross_entropy(down, targets)) / h
    return gradient


def _numeric_visible():
    return [
        Case((np.array([1.0, 2.0, 0.5]), 0, 0.5)),
        Case((np.array([[1.0, -1.0, 2.0], [0.0, 3.0, 1.0]]), np.array([2, 0]), 1.0)),
        Case((np.array([[1.0, -1.0, 2.0], [0.0, 3.0, 1.0]]), np.array([2, 0]), 0.01)),
        Case((np.array([[[2.0, 0.5]], [[1.0, 1.5]], [[-1.0, 1.0]]]), np.array([[0], [1], [1]]), 0.25)),
    ]


def _numeric_hidden(rng):
    return [
        Case((2 * rng.standard_normal(shape), rng.integers(shape[-1], size=shape[:-1]), h))
        for shape, h in (((5,), 0.5), ((3, 4), 0.75), ((2, 3, 5), 1.0), ((4, 3), 1e-4), ((1, 2), 2.0))
    ]


EXERCISE = Exercise(
    name="numeric_gradient",
    section=f"{PAGE}#learning-numeric",
    reference=_numeric_gradient,
    visible=_numeric_visible,
    hidden=_numeric_hidden,
    misconceptions=(
        Misconception(
            "one side only",
            "The step is taken to one side only, x + h; go to both sides, so that the curvature cancels.",
            one_side,
        ),
        Misconception(
            "one side only, downwards",
            "The step is taken to one side only, x - h; go to both sides, so that the curvature cancels.",
            one_side_below,
        ),
        Misconception(
            "divided by h",
            "The difference is divided by h; from x - h to x + h it is twice as far.",
            divided_by_h,
        ),
        Misconception(
            "not divided",
            "This is the difference itself; a slope is the difference divided by the distance.",
            not_divided,
        ),
        Misconception(
            "brackets forgotten",
            "The difference is divided by 2 and multiplied by h; put brackets around 2 * h.",
            multiplied_by_h,
        ),
        Misconception(
            "not put back",
            "Each entry is left at x - h when the next one is nudged; put it back, or nudge a fresh copy.",
            not_put_back,
        ),
        Misconception(
            "up and back",
            "The second value is taken at x and not at x - h, but the difference is divided by 2 h.",
            up_and_back,
        ),
        Misconception(
            "logits changed",
            "The array that you were given is nudged itself, and stays nudged; nudge a copy.",
            what_was_given_is_changed,
        ),
        Misconception(
            "all entries at once",
            "All entries are nudged together, which gives one slope; nudge them one by one.",
            all_at_once,
        ),
        Misconception(
            "whole rows nudged",
            "A whole row is nudged at once; an entry is found by as many indices as there are axes.",
            row_by_row,
        ),
        Misconception(
            "sign turned",
            "The upper value is subtracted from the lower one; it is the other way round.",
            sign_turned,
        ),
        Misconception(
            "h not used",
            "This is the gradient for a tiny step, or the exact one; use the h that is given.",
            h_not_used,
        ),
        Misconception(
            "h as a share",
            "Each entry is changed by a share of itself; add h and subtract h.",
            h_as_a_share,
        ),
        Misconception(
            "half a step",
            "The two values are h apart and not 2 h: go a whole h to each side.",
            half_a_step,
        ),
    ),
)
