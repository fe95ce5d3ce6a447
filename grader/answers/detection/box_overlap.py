"""Right answers to box_overlap."""

import numpy as np


def overlap_axis_by_axis(a, b):
    common = 1.0
    for axis in range(2):
        left = np.maximum(a[..., axis] - a[..., axis + 2] / 2, b[..., axis] - b[..., axis + 2] / 2)
        right = np.minimum(a[..., axis] + a[..., axis + 2] / 2, b[..., axis] + b[..., axis + 2] / 2)
        common = common * np.clip(right - left, 0, None)
    return common / (a[..., 2] * a[..., 3] + b[..., 2] * b[..., 3] - common)


def overlap_from_distances(a, b):
    distance = np.abs(a[..., :2] - b[..., :2])
    reach = (a[..., 2:] + b[..., 2:]) / 2 - distance
    sides = np.clip(np.minimum(reach, np.minimum(a[..., 2:], b[..., 2:])), 0, None)
    both = np.prod(sides, axis=-1)
    areas = np.prod(a[..., 2:], axis=-1) + np.prod(b[..., 2:], axis=-1)
    return both / (areas - both)


def overlap_pair_by_pair(a, b):
    out = np.zeros(a.shape[:-1])
    for place in np.ndindex(out.shape):
        (x, y, w, h), (x2, y2, w2, h2) = a[place].tolist(), b[place].tolist()
        wide = min(x + w / 2, x2 + w2 / 2) - max(x - w / 2, x2 - w2 / 2)
        high = min(y + h / 2, y2 + h2 / 2) - max(y - h / 2, y2 - h2 / 2)
        if wide > 0 and high > 0:
            out[place] = wide * high / (w * h + w2 * h2 - wide * high)
    return out


def overlap_with_where(a, b):
    half_a, half_b = a[..., 2:] * 0.5, b[..., 2:] * 0.5
    sides = np.minimum(a[..., :2] + half_a, b[..., :2] + half_b)
    sides = sides - np.maximum(a[..., :2] - half_a, b[..., :2] - half_b)
    shared = np.where((sides > 0).all(axis=-1), sides[..., 0] * sides[..., 1], 0.0)
    either = 4 * half_a.prod(axis=-1) + 4 * half_b.prod(axis=-1) - shared
    return shared / either


def overlap_by_sorting(a, b):
    ends = np.stack([a[..., :2] - a[..., 2:] / 2, a[..., :2] + a[..., 2:] / 2])
    other = np.stack([b[..., :2] - b[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2])
    middle = np.sort(np.concatenate([ends, other]), axis=0)  # the two in the middle bound what is common
    meets = (np.maximum(ends[0], other[0]) < np.minimum(ends[1], other[1])).all(axis=-1)
    shared = (middle[2] - middle[1]).prod(axis=-1) * meets
    return shared / ((ends[1] - ends[0]).prod(axis=-1) + (other[1] - other[0]).prod(axis=-1) - shared)


def overlap_by_tails(a, b):
    def upto(x, centre, size):
        return np.clip(x - centre + size / 2, 0, size)  # how much of a box lies before x

    start, stop = b[..., :2] - b[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2
    inside = upto(stop, a[..., :2], a[..., 2:]) - upto(start, a[..., :2], a[..., 2:])
    met = inside[..., 0] * inside[..., 1]
    return met / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - met)


ANSWERS = (
    overlap_axis_by_axis,
    overlap_from_distances,
    overlap_pair_by_pair,
    overlap_with_where,
    overlap_by_sorting,
    overlap_by_tails,
)
