"""Races, and states in which they are compared with attnlib's."""

import numpy as np

from attnlib.live import Race

CHAPTER = "19-captions"


def states():
    """Yield figures, each with the numbers that its script should give."""
    rng = np.random.default_rng(19)
    for seed in range(1, 33):
        rate, less = int(rng.integers(-6, 2)), int(rng.integers(11))
        shown = Race(seed=seed, rate=rate, less=less, steps=int(rng.integers(301)))
        yield shown, shown.weights()
