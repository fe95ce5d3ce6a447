"""Right answers to weights_by_hand."""

from fractions import Fraction

from attnlib import byhand
from attnlib.byhand import MACBETH


def weights_by_whole_matrices():
    scores = MACBETH.x @ MACBETH.w_q @ (MACBETH.x @ MACBETH.w_k).T
    powers = 3 ** (scores // 2)
    return powers / powers.sum(axis=1, keepdims=True)


def weights_as_fractions():
    rows = (MACBETH.x @ MACBETH.w_q @ (MACBETH.x @ MACBETH.w_k).T).tolist()
    powers = [[3 ** (score // 2) for score in row] for row in rows]
    return [[Fraction(power, sum(row)) for power in row] for row in powers]


def weights_from_columns_transposed():
    return byhand.steps(convention="column")["weights"].T.astype(float)


ANSWERS = (weights_by_whole_matrices, weights_as_fractions, weights_from_columns_transposed)
