"""What the exercises on the head by hand share: its inputs, its steps, and what they seal."""

import numpy as np

from attnlib import byhand, dot_product, probability, tiled, variants
from attnlib.exercise import Case

SEALS = (
    byhand.steps,
    byhand.mistakes,
    dot_product.attention,
    dot_product.attention_weights,
    dot_product.attention_scores,
    dot_product._scores,
    dot_product._weights,
    dot_product.write_by_rows,
    tiled.write_context,
    probability.softmax,
    probability.softmax_in_place,
    variants.online_attention,
)


def within(context, v):
    """Return whether each number lies between the smallest and the largest value of its feature."""
    low, high = v.min(axis=-2, keepdims=True), v.max(axis=-2, keepdims=True)
    return bool(((context >= low - 1e-5) & (context <= high + 1e-5)).all())


def whole(rng, *shapes, low=-2, high=4):
    """Draw a matrix of small whole numbers for each shape."""
    return tuple(rng.integers(low, high, size=shape).astype(float) for shape in shapes)


def integers(rng, *shapes):
    """Draw a case whose matrices hold integers, which an array made like them would cut results to."""
    return Case(tuple(matrix.astype(int) for matrix in whole(rng, *shapes)))


def macbeth_qkv():
    """Return the queries, keys and values of the worked example."""
    m = byhand.MACBETH
    return tuple((m.x @ w).astype(float) for w in (m.w_q, m.w_k, m.w_v))


SMALL_Q = np.array([[1.0, 2.0], [0.0, 1.0]])
SMALL_K = np.array([[1.0, 0.0], [2.0, 1.0], [1.0, -2.0]])
SMALL_V = np.array([[6.0], [0.0], [12.0]])


def head_visible():
    """Return the visible cases of the head by hand, a token in each row."""
    rng = np.random.default_rng(6)
    return [
        Case((SMALL_Q, SMALL_K, SMALL_V)),
        Case(macbeth_qkv()),
        Case(whole(rng, (5, 2), (3, 2), (3, 4))),
        Case(whole(rng, (2, 5, 7), (2, 3, 7), (2, 3, 4))),
        Case(whole(rng, (3, 3, 3), (3, 3, 3), (3, 3, 3))),
        integers(rng, (3, 2), (4, 2), (4, 3)),
        Case(whole(rng, (2, 3, 5, 2), (2, 3, 4, 2), (2, 3, 4, 3))),
        Case(tuple(matrix.swapaxes(-1, -2) for matrix in whole(rng, (2, 3, 5), (2, 3, 4), (2, 2, 4)))),
    ]


def head_hidden(rng):
    """Draw its hidden cases."""
    return [
        Case(whole(rng, (1, 3), (5, 3), (5, 2))),
        Case(whole(rng, (7, 5), (2, 5), (2, 3))),
        Case(whole(rng, (3, 3), (3, 3), (3, 3))),
        Case(whole(rng, (2, 3, 5, 2), (2, 3, 7, 2), (2, 3, 7, 4))),
        Case(whole(rng, (3, 1, 2), (3, 4, 2), (3, 4, 1))),
        integers(rng, (5, 3), (2, 3), (2, 4)),
    ]


def by_hand(q, k, v):
    """Return the context with powers of 3 of halved scores, as a pencil works it out."""
    scores = dot_product.attention_scores(q, k, scale=1.0)
    return probability.softmax(np.floor(scores / 2), base=3) @ v
