"""Right answers to ceilings_by_hand."""

import numpy as np


def ceilings_written_out():
    return [0.4, 0.5, 0.7, 0.8]


def ceilings_context_by_context():
    left = 2 + 3  # old, young
    right = 2 + 2 + 1 + 1 + 1  # mews, eats, sleeps, hoots, howls
    both = 3 + 1 + 4  # after old, young … eats, the other four
    return np.array([4, left, right, both]) / 10


def ceilings_from_the_misses():
    return tuple(1 - missed / 10 for missed in (6, 1 + 4, 2 + 1, 2))


ANSWERS = (ceilings_written_out, ceilings_context_by_context, ceilings_from_the_misses)
