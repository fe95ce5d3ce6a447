"""Right answers to estimates_by_hand."""

import numpy as np


def estimates_written_out():
    return [3.0, -4.0, 0.5, 8.25, 2.0]


def estimates_draw_by_draw():
    shares = np.array([0.25, 0.5, 0.25])
    plain = np.array([8 * (0 - 0.5), 6 * (1 - 0.5), 0])
    centred = np.array([(8 - 5) * (0 - 0.5), (6 - 5) * (1 - 0.5), (0 - 5) * (0 - 0.5)])
    spreads = [np.average((x - 0.5) ** 2, weights=shares) for x in (plain, centred)]
    return np.array([plain[1], plain[0], np.average(plain, weights=shares), *spreads])


def estimates_from_squares():
    mean = (3 + 3 - 4 + 0) / 4  # four draws, of which two are the second cell
    squares = (9 + 9 + 16 + 0) / 4, (1 + 1 + 9 + 25) / 16
    return 6 / 2, -8 / 2, mean, squares[0] - mean**2, squares[1] - mean**2


ANSWERS = (estimates_written_out, estimates_draw_by_draw, estimates_from_squares)
