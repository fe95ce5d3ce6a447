"""Where the sentence stands, and states in which its numbers are compared with attnlib's."""

from itertools import product

import numpy as np

import attnlib
from attnlib.live import Heads
from attnlib.live.heads import KINDS, SENTENCE, two_questions

CHAPTER = "08-many-heads"


def states():
    """Yield figures, each with the numbers that its script should give."""
    for query, n_heads in product(range(len(SENTENCE)), (1, 2)):
        layer, x = two_questions(KINDS)
        yield Heads(n_heads=n_heads, query=query), {"weights": weights(layer, x, n_heads)}
    rng = np.random.default_rng(8)
    for place in range(10):
        n_heads = 1 + place % 2
        layer = attnlib.MultiHeadAttention.random(rng, d_model=10, n_heads=n_heads)
        x = 3 * rng.normal(size=(len(SENTENCE), 10))
        yield Heads(layer, x), {"weights": weights(layer, x, n_heads)}


def weights(layer, x, n_heads):
    """Return the weights of the same matrices with another number of heads."""
    regrouped = attnlib.MultiHeadAttention(layer.w_q, layer.w_k, layer.w_v, layer.w_o, n_heads)
    return regrouped(x, return_weights=True)[1]
