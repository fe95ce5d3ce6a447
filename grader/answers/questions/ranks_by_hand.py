"""Right answers to ranks_by_hand."""

import numpy as np


def measures_written_out():
    return [2 / 5, 3 / 5, (1 + 1 / 3 + 1 / 2 + 1 / 5 + 1) / 5]


def measures_from_the_places():
    places = np.array([1, 3, 2, 5, 1])
    return np.array([(places <= 1).mean(), (places <= 2).mean(), (1 / places).mean()])


def measures_as_decimals():
    return (0.4, 0.6, 0.606667)


ANSWERS = (measures_written_out, measures_from_the_places, measures_as_decimals)
