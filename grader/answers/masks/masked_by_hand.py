"""Right answers to masked_by_hand."""

import numpy as np

from attnlib import byhand


def masked_powers_over_sum():
    powers = 3.0 ** byhand.steps(byhand.example(33))["scaled_scores"]
    powers *= np.tri(4) * [0, 1, 1, 1]
    return powers / np.maximum(powers.sum(axis=1, keepdims=True), 1)


def masked_row_by_row():
    scaled = byhand.steps(byhand.example(33))["scaled_scores"].tolist()
    weights = [[0.0] * 4 for _ in scaled]
    for i in range(1, 4):
        total = sum(3 ** scaled[i][j] for j in range(1, i + 1))
        for j in range(1, i + 1):
            weights[i][j] = 3 ** scaled[i][j] / total
    return weights


def masked_and_renormalised():
    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights[:, 0] = 0
    weights[1:] /= weights[1:].sum(axis=1, keepdims=True)
    return weights


ANSWERS = (masked_powers_over_sum, masked_row_by_row, masked_and_renormalised)
