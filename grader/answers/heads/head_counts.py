"""Right answers to head_counts."""

import numpy as np


def counts_written_out():
    return [4, 576, 108]


def counts_computed():
    return np.array([12 / 3, 4 * 12 * 12, 3 * 6 * 6])


def counts_head_by_head():
    return (12 // 3, 3 * (12 * 4 + 12 * 4 + 12 * 4 + 4 * 12), 6 * 6 * 3)


ANSWERS = (counts_written_out, counts_computed, counts_head_by_head)
