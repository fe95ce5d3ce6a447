"""Where the softmax stands, and states in which its numbers are compared with attnlib's."""

import numpy as np

import attnlib
from attnlib.live import Softmax

CHAPTER = "05-softmax"


def states():
    """Yield figures, each with the numbers that its script should give."""
    drawn = np.random.default_rng(5).uniform(-5, 5, size=(4, 4))
    for scores in [[0, 1, 1, 2], [5, 5, -5, 0], [3, 3, 3, 3], *drawn]:
        for temperature in (0, 1 / 8, 1, 16):
            _, winner = attnlib.hard_attention(
                np.ones((1, 1)), np.reshape(scores, (4, 1)), np.zeros((4, 1)), return_weights=True
            )
            ties = np.equal(scores, np.max(scores))
            limit = ties / ties.sum()
            if ties.sum() == 1:
                np.testing.assert_array_equal(limit, winner[0])
            weights = attnlib.softmax(scores, temperature=temperature) if temperature else limit
            entropy = attnlib.entropy(weights)
            numbers = {"weights": weights, "limit": limit, "entropy": entropy, "keys": np.exp(entropy)}
            yield Softmax(scores=scores, temperature=temperature), numbers
