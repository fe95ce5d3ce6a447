"""Right answers to causal_by_hand."""

import numpy as np


def causal_rows():
    return [[True, True, True, True, False], [True, True, True, True, True]]


def causal_by_comparison():
    return np.arange(5) <= np.arange(2)[:, None] + 3


def causal_in_ones():
    return ((1, 1, 1, 1, 0), (1, 1, 1, 1, 1))


ANSWERS = (causal_rows, causal_by_comparison, causal_in_ones)
