"""Right answers to floor_by_hand."""

import numpy as np


def halves_rounded_down():
    return [3, 4, 2, 0, -2]


def whole_division():
    return np.array([7, 9, 4, 1, -3]) // 2


def floors_of_halves():
    return tuple(int(np.floor(score / 2)) for score in (7, 9, 4, 1, -3))


ANSWERS = (halves_rounded_down, whole_division, floors_of_halves)
