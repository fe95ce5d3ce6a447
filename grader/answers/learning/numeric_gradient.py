"""Right answers to numeric_gradient."""

import numpy as np

from attnlib.layers import cross_entropy


def two_rows_of_losses(logits, targets, h):
    def losses(step):
        places = (np.arange(logits.size) == place for place in range(logits.size))
        return np.array(
            [cross_entropy(logits + step * place.reshape(logits.shape), targets) for place in places]
        )

    return ((losses(h) - losses(-h)) / (2 * h)).reshape(logits.shape)


def put_back(logits, targets, h):
    z, gradient = logits.copy(), np.zeros(logits.shape)
    for place in np.ndindex(logits.shape):
        z[place] = logits[place] + h
        up = cross_entropy(z, targets)
        z[place] = logits[place] - h
        gradient[place] = (up - cross_entropy(z, targets)) / (2 * h)
        z[place] = logits[place]
    return gradient


def by_unit_vectors(logits, targets, h):
    units = np.eye(logits.size).reshape(logits.size, *logits.shape)
    slopes = [
        (cross_entropy(logits + h * unit, targets) - cross_entropy(logits - h * unit, targets)) / (2 * h)
        for unit in units
    ]
    return np.array(slopes).reshape(logits.shape)


def mean_of_both_sides(logits, targets, h):
    here = cross_entropy(logits, targets)
    gradient = np.zeros(logits.shape)
    for place in np.ndindex(logits.shape):
        nudge = np.zeros(logits.shape)
        nudge[place] = h
        right = (cross_entropy(logits + nudge, targets) - here) / h
        left = (here - cross_entropy(logits - nudge, targets)) / h
        gradient[place] = (right + left) / 2
    return gradient


def on_a_flat_copy(logits, targets, h):
    flat = logits.ravel().copy()
    gradient = np.zeros(flat.size)
    for place, number in enumerate(flat.tolist()):
        values = []
        for nudged in (number + h, number - h):
            flat[place] = nudged
            values.append(float(cross_entropy(flat.reshape(logits.shape), targets)))
        flat[place] = number
        gradient[place] = (values[0] - values[1]) / h / 2
    return gradient.reshape(logits.shape)


def with_an_inner_function(logits, targets, h):
    def slope(place):
        up, down = np.array(logits), np.array(logits)
        up[place], down[place] = up[place] + h, down[place] - h
        return (cross_entropy(up, targets) - cross_entropy(down, targets)) / (h + h)

    return np.array([slope(place) for place in np.ndindex(logits.shape)]).reshape(logits.shape)


ANSWERS = (
    two_rows_of_losses,
    put_back,
    by_unit_vectors,
    mean_of_both_sides,
    on_a_flat_copy,
    with_an_inner_function,
)
