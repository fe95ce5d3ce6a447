"""Right answers to projection_by_hand."""

import numpy as np


def matrix_product():
    return np.array([[1, 0, 2], [0, 1, 1]]) @ np.array([[1, 0, 2], [3, 1, 0], [0, 2, 1]])


def rows_mixed():
    first, second, third = np.array([[1, 0, 2], [3, 1, 0], [0, 2, 1]])
    return [first + 2 * third, second + third]


def six_whole_numbers():
    return [[1, 4, 4], [3, 3, 1]]


ANSWERS = (matrix_product, rows_mixed, six_whole_numbers)
