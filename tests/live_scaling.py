"""Where the spread of scores stands, and states in which its numbers are compared with attnlib's."""

import numpy as np

import attnlib
from attnlib.live import Scaling
from attnlib.live.scaling import DIVISORS, LARGEST, N_TOKENS

CHAPTER = "04-scaling"


def states():
    """Yield figures, each with the numbers that its script should give."""
    for seed in (230, 5):
        drawn = np.random.default_rng(seed).integers(2, size=(2, N_TOKENS, LARGEST))
        q, k = 2.0 * drawn - 1
        for d_k, divisor in [(d_k, by) for d_k in (1, 2, 7, 64, 301, 1024) for by in DIVISORS]:
            scale = {"root": d_k**-0.5, "d_k": 1 / d_k}[divisor]
            scores = np.stack(
                [attnlib.attention_scores(q[:, :d_k], k[:, :d_k], scale=by) for by in (1.0, scale)]
            )
            weights = attnlib.softmax(scores)  # (2, 10, 10)
            jacobian = attnlib.softmax_jacobian(weights)  # (2, 10, 10, 10)
            yield (
                Scaling(seed, d_k=d_k, divisor=divisor),
                {
                    "scores": scores,
                    "weights": weights,
                    "spreads": scores.std(axis=(-2, -1)),
                    "largest_weights": weights.max(axis=-1).mean(axis=-1),
                    "keys": np.exp(attnlib.entropy(weights)).mean(axis=-1),
                    "derivatives": jacobian.max(axis=(-2, -1)).mean(axis=-1),
                },
            )
