"""Right answers to additive_by_hand."""

import numpy as np


def scores_written_out():
    return [[3, -2, 1.5], [5.5, 1.5, 4]]


def scores_from_the_sums():
    sums = np.array([[[1, 0], [0, 2], [1, 1]], [[2, -1], [1, 1], [2, 0]]])
    bent = np.sign(sums) * np.where(abs(sums) == 2, 1, 0.75)
    return bent @ [4, -2]


def scores_pair_by_pair():
    bent = {-2: -1, -1: -0.75, 0: 0, 1: 0.75, 2: 1}
    queries, keys = ((0, 1), (1, 0)), ((1, -1), (0, 1), (1, 0))
    return [[4 * bent[q[0] + k[0]] - 2 * bent[q[1] + k[1]] for k in keys] for q in queries]


ANSWERS = (scores_written_out, scores_from_the_sums, scores_pair_by_pair)
