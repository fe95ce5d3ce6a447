"""Right answers to context_by_hand."""

from attnlib import byhand
from attnlib.byhand import MACBETH


def context_as_a_product():
    powers = 3 ** (MACBETH.x @ MACBETH.w_q @ (MACBETH.x @ MACBETH.w_k).T // 2)
    return powers @ (MACBETH.x @ MACBETH.w_v) / powers.sum(axis=1, keepdims=True)


def context_value_by_value():
    steps = byhand.steps()
    rows = [
        sum(w * value for w, value in zip(row, steps["v"], strict=True))
        for row in steps["weights"].tolist()
    ]
    return [[float(entry) for entry in row] for row in rows]


def context_as_fractions():
    return tuple(map(tuple, byhand.steps()["context"]))


ANSWERS = (context_as_a_product, context_value_by_value, context_as_fractions)
