"""Right answers to furthest_weights."""

import numpy as np


def furthest_by_the_smallest_ratio(weights, direction):
    falling = direction < 0
    step = (weights[falling] / -direction[falling]).min()
    return np.maximum(weights + step * direction, 0)


def furthest_by_infinite_steps(weights, direction):
    steps = np.full(len(weights), np.inf)
    for key, slope in enumerate(direction):
        if slope < 0:
            steps[key] = -weights[key] / slope
    return (weights + min(steps) * direction).clip(0)


def furthest_by_a_loop(weights, direction):
    step = None
    for weight, slope in zip(weights.tolist(), direction.tolist(), strict=True):
        if slope < 0 and (step is None or weight + step * slope < 0):
            step = weight / -slope
    return np.array([max(0.0, w + step * s) for w, s in zip(weights, direction, strict=True)])


def furthest_by_naming_the_first(weights, direction):
    keys = np.flatnonzero(direction < 0)
    first = keys[np.argmin(weights[keys] / np.abs(direction[keys]))]
    moved = weights - direction * (weights[first] / direction[first])
    moved[first] = 0
    return moved.clip(min=0)


def furthest_by_sorting(weights, direction):
    pairs = sorted((w / -d, k) for k, (w, d) in enumerate(zip(weights, direction, strict=True)) if d < 0)
    return np.abs(weights + pairs[0][0] * direction)


def furthest_by_the_fastest_share(weights, direction):
    safe = np.where(weights > 0, weights, 1e-300)
    rate = (-direction / safe).max()  # the share of a weight that goes in one step
    return np.where(weights > 0, weights, 0) + (direction / rate if np.isfinite(rate) else 0 * direction)


ANSWERS = (
    furthest_by_the_smallest_ratio,
    furthest_by_infinite_steps,
    furthest_by_a_loop,
    furthest_by_naming_the_first,
    furthest_by_sorting,
    furthest_by_the_fastest_share,
)
