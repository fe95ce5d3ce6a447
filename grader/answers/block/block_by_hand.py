"""Right answers to block_by_hand."""

from fractions import Fraction

import numpy as np


def block_in_fractions():
    verb = [Fraction(-3, 4), Fraction(19, 4), Fraction(3, 4), Fraction(-3, 4)]
    dog = [Fraction(8, 5), Fraction(2, 5), Fraction(2, 5), Fraction(13, 5)]
    return [[-1, 3, 4, -1], verb, dog]


def block_in_decimals():
    return [[-1, 3, 4, -1], [-0.75, 4.75, 0.75, -0.75], [1.6, 0.4, 0.4, 2.6]]


def block_worked_in_numpy():
    x = np.array([[0, 2, 2, 0], [2, 2, 0, 0], [2, 0, 0, 2]], dtype=float)
    n = x - 1
    weights = np.array([[1, 0, 0], [3 / 4, 1 / 4, 0], [3 / 5, 1 / 5, 1 / 5]])
    v = np.column_stack([n[:, 0] - n[:, 1], n[:, 2] - n[:, 3]]) / 2
    context = weights @ v
    y = x + np.column_stack([context[:, 0], -context[:, 0], context[:, 1], -context[:, 1]])
    z = (y - y.mean(axis=1, keepdims=True)) / y.std(axis=1, keepdims=True)
    fires = np.maximum(z * [5, 5, 1, 1] - [5, 5, 0, 0], 0)
    bite = fires[:, 0] - fires[:, 1]
    return y + np.column_stack([bite, -bite, fires[:, 2], fires[:, 3]])


ANSWERS = (block_in_fractions, block_in_decimals, block_worked_in_numpy)
