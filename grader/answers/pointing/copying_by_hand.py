"""Right answers to copying_by_hand."""

import numpy as np


def shares_written_out():
    return [6 / 16, 5 / 16, 2 / 16, 3 / 16]


def shares_by_the_formula():
    return 0.75 * np.array([1 / 2, 1 / 3, 1 / 6, 0]) + 0.25 * np.array([0, 1 / 4, 0, 1 / 8 + 5 / 8])


def shares_place_by_place():
    p = {"beats": 3 / 4 / 2, "forres": 3 / 4 / 3, "rode": 3 / 4 / 6, "banquo": 0.0}
    looked = zip(("banquo", "rode", "forres", "banquo"), (1 / 8, 0, 1 / 4, 5 / 8), strict=True)
    for word, weight in looked:
        p[word] += weight / 4
    return tuple(p.values())


ANSWERS = (shares_written_out, shares_by_the_formula, shares_place_by_place)
