"""How much two boxes have in common: the area of both over the area of either."""

import numpy as np

from attnlib.catalogue.detection import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import boxes


def _box_overlap(a, b):
    return boxes.overlap(a, b)


def overlap_not_clipped(a, b):
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    common = (high - low).prod(axis=-1)
    return common / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - common)


def overlap_clipped_late(a, b):
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    common = np.maximum((high - low).prod(axis=-1), 0)
    return common / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - common)


def overlap_counted_twice(a, b):
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    common = np.maximum(high - low, 0).prod(axis=-1)
    return common / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1))


def overlap_of_the_smaller(a, b):
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    common = np.maximum(high - low, 0).prod(axis=-1)
    return common / np.minimum(a[..., 2:].prod(axis=-1), b[..., 2:].prod(axis=-1))


def overlap_of_the_first(a, b):
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    return np.maximum(high - low, 0).prod(axis=-1) / a[..., 2:].prod(axis=-1)


def overlap_area_alone(a, b):
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    return np.maximum(high - low, 0).prod(axis=-1)


def overlap_from_corners(a, b):
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    common = np.maximum(high - low, 0).prod(axis=-1)
    return common / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - common)


def overlap_not_halved(a, b):
    low = np.maximum(a[..., :2] - a[..., 2:], b[..., :2] - b[..., 2:])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    common = np.maximum(high - low, 0).prod(axis=-1)
    return common / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - common)


def overlap_over_the_hull(a, b):
    low, high = a[..., :2] - a[..., 2:] / 2, a[..., :2] + a[..., 2:] / 2
    low_b, high_b = b[..., :2] - b[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2
    common = np.maximum(np.minimum(high, high_b) - np.maximum(low, low_b), 0).prod(axis=-1)
    return common / (np.maximum(high, high_b) - np.minimum(low, low_b)).prod(axis=-1)


def overlap_widths_alone(a, b):
    low = np.maximum(a[..., 0] - a[..., 2] / 2, b[..., 0] - b[..., 2] / 2)
    high = np.minimum(a[..., 0] + a[..., 2] / 2, b[..., 0] + b[..., 2] / 2)
    common = np.maximum(high - low, 0)
    return common / (a[..., 2] + b[..., 2] - common)


def overlap_yes_or_no(a, b):
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    common = np.maximum(high - low, 0).prod(axis=-1)
    return 1.0 * (common / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - common) >= 0.5)


def _visible():
    a = np.array([2.0, 2.0, 4.0, 2.0])
    b = np.array([[2.0, 2.0, 4.0, 2.0], [4.0, 2.0, 4.0, 2.0], [2.5, 2.5, 1.0, 1.0], [3.0, 3.5, 6.0, 2.0]])
    far = np.array([[9.0, 2.0, 2.0, 2.0], [9.0, 9.0, 2.0, 2.0], [2.0, 9.0, 4.0, 1.0]])
    return [
        Case((a, b[1])),
        Case((np.stack([a] * 4), b)),
        Case((np.stack([a] * 3), far)),
        Case((b[None], b[None, ::-1])),
    ]


def _hidden(rng):
    def drawn(*shape):
        pairs = [
            np.concatenate([rng.uniform(0, 2, (*shape, 2)), rng.uniform(0.5, 2, (*shape, 2))], axis=-1)
            for _ in range(2)
        ]
        return tuple(pairs)

    return [Case(drawn(40)), Case(drawn(3, 5, 7)), Case(drawn()), Case(drawn(11, 2))]


EXERCISE = Exercise(
    name="box_overlap",
    section=f"{PAGE}#detr-judged",
    reference=_box_overlap,
    visible=_visible,
    hidden=_hidden,
    seals=(boxes.overlap,),
    misconceptions=(
        Misconception(
            "negative sides",
            "Boxes that don't meet get a common area of negative sides; where there is none, it is 0.",
            overlap_not_clipped,
        ),
        Misconception(
            "clipped too late",
            "Where boxes are apart in both directions, two negative sides make a positive area; cut each "
            "side off at 0 before multiplying.",
            overlap_clipped_late,
        ),
        Misconception(
            "common area counted twice",
            "It is divided by the sum of both areas, in which the common one is counted twice.",
            overlap_counted_twice,
        ),
        Misconception(
            "share of the smaller box",
            "This is the share of the smaller box; divide by the area that belongs to either.",
            overlap_of_the_smaller,
        ),
        Misconception(
            "share of the first box",
            "This is the share of the first box, and changes when the boxes are exchanged; divide by the "
            "area that belongs to either.",
            overlap_of_the_first,
        ),
        Misconception(
            "area alone",
            "This is the common area; divide it by the area that belongs to either box.",
            overlap_area_alone,
        ),
        Misconception(
            "centres read as corners",
            "The first two numbers are read as a corner of the box; they are its centre.",
            overlap_from_corners,
            section=f"{PAGE}#detr-set",
        ),
        Misconception(
            "sides not halved",
            "A box reaches half its width to each side of the centre; here it reaches the whole.",
            overlap_not_halved,
            section=f"{PAGE}#detr-set",
        ),
        Misconception(
            "over the frame of both",
            "It is divided by the smallest box that holds both, in which there is ground that belongs to "
            "neither.",
            overlap_over_the_hull,
        ),
        Misconception(
            "widths alone",
            "Only widths are compared; an area has a height as well.",
            overlap_widths_alone,
        ),
        Misconception(
            "right or wrong",
            "This says whether the box would count as right; the overlap itself is asked for.",
            overlap_yes_or_no,
        ),
    ),
    properties=(
        Property(
            "An overlap lies between 0 and 1.", lambda case, got: bool(((got >= 0) & (got <= 1)).all())
        ),
    ),
)
