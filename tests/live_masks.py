"""Where the masks stand, and states in which their numbers are compared with attnlib's."""

import numpy as np

import attnlib
from attnlib import byhand
from attnlib.live import Masks
from attnlib.live.masks import KINDS

CHAPTER = "07-masks"


def states():
    """Yield figures, each with the numbers that its script should give."""
    rng = np.random.default_rng(7)
    for kind in KINDS:
        own = Masks(kind)
        scores = np.array(own.kinds[kind]["scores"])
        if kind in ("none", "causal"):
            np.testing.assert_array_equal(scores, byhand.steps()["scaled_scores"])
        drawn = [rng.random(scores.shape) < share for share in (0.2, 0.5, 0.8)]
        for mask in (own.mask, np.zeros(scores.shape, dtype=bool), *drawn):
            after = attnlib.softmax(np.where(mask, scores, -np.inf), base=3)
            numbers = {
                "before": attnlib.softmax(scores, base=3),
                "after": after,
                "sums": np.any(mask, axis=-1),
            }
            yield Masks(kind, mask), numbers
