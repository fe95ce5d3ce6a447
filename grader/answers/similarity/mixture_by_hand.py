"""Right answers to mixture_by_hand."""

import numpy as np


def weighted_sum():
    return [6 / 2 + 12 / 3 + 0 / 6, 0 / 2 + 3 / 3 + 18 / 6]


def weights_times_values():
    return np.array([1 / 2, 1 / 3, 1 / 6]) @ np.array([[6, 0], [12, 3], [0, 18]])


def two_whole_numbers():
    return (7, 4)


ANSWERS = (weighted_sum, weights_times_values, two_whole_numbers)
