"""Right answers to induction_by_hand."""

import numpy as np


def numbers_written_out():
    return [0.5, 0.7, 0.3125]


def numbers_query_by_query():
    back = (5 + 8 + 4 + 3) / 40
    behind = (8 + (3 + 3)) / 20  # from the second a; from the third, behind both others
    return np.array([back, behind, (1 / 4 + 4 / 4) / 4])


def numbers_as_fractions():
    return 1 / 2, 7 / 10, 5 / 16


ANSWERS = (numbers_written_out, numbers_query_by_query, numbers_as_fractions)
