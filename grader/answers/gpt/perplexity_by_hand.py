"""Right answers to perplexity_by_hand."""

import math

import numpy as np


def perplexities_written_out():
    return [2, 16, 4]


def perplexities_from_logarithms():
    long, short = [1 / 2, 1 / 8, 1, 1], [1 / 16, 1 / 16]
    return [math.exp(-sum(map(math.log, p)) / len(p)) for p in (long, short, long + short)]


def perplexities_as_geometric_means():
    long, short = np.array([1 / 2, 1 / 8, 1, 1]), np.array([1 / 16, 1 / 16])
    return np.array(
        [long.prod() ** (-1 / 4), short.prod() ** (-1 / 2), (long.prod() * short.prod()) ** (-1 / 6)]
    )


def perplexities_in_bits():
    return (2 ** ((1 + 3 + 0 + 0) / 4), 2 ** ((4 + 4) / 2), 2 ** ((1 + 3 + 0 + 0 + 4 + 4) / 6))


ANSWERS = (
    perplexities_written_out,
    perplexities_from_logarithms,
    perplexities_as_geometric_means,
    perplexities_in_bits,
)
