"""Right answers to gpt_size."""

import numpy as np


def sizes_written_out():
    return [432, 1596, 144]


def sizes_by_the_formula():
    block = 12 * 6**2
    return np.array([block, 3 * block + 2 * 20 * 6 + 10 * 6, 2 * 3 * 6 * 4])


def sizes_matrix_by_matrix():
    attention, fed = 6 * 6 + 6 * 6 + 6 * 6 + 6 * 6, 6 * 24 + 24 * 6
    tables = 20 * 6 + 10 * 6
    return (attention + fed, tables + 3 * (attention + fed) + 6 * 20, 3 * (4 * 6 + 4 * 6))


ANSWERS = (sizes_written_out, sizes_by_the_formula, sizes_matrix_by_matrix)
