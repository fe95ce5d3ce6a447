"""Right answers to whole_answers_by_hand."""

import numpy as np


def shares_written_out():
    return [1 / 2, 7 / 8, 0.531441]


def shares_counted():
    return (2 / 4, 14 / 16, 0.9**6)


def shares_from_mistakes():
    return np.array([1 - 2 / 4, 1 - 2 / 16, np.prod(np.full(6, 0.9))])


def shares_from_rows():
    right, long = np.array([4, 1, 5, 4]), np.array([4, 2, 6, 4])
    return [np.mean(right == long), right.sum() / long.sum(), np.exp(6 * np.log(0.9))]


ANSWERS = (shares_written_out, shares_counted, shares_from_mistakes, shares_from_rows)
