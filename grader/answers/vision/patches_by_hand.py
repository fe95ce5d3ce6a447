"""Right answers to patches_by_hand."""

import numpy as np


def patches_written_out():
    return [96, 36, 97, 9409, 148225]


def patches_side_by_side():
    down, across = 48 // 6, 72 // 6
    tokens = 1 + down * across
    return np.array([down * across, 6 * 6, tokens, tokens**2, (1 + 2 * down * 2 * across) ** 2])


def patches_by_area():
    def weights(side):
        return (48 * 72 / side**2 + 1) ** 2

    return (48 * 72 / 36, 36.0, 48 * 72 / 36 + 1, weights(6), weights(3))


ANSWERS = (patches_written_out, patches_side_by_side, patches_by_area)
