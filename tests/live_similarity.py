"""Where the two vectors stand, and states in which their numbers are compared with attnlib's."""

import numpy as np

import attnlib
from attnlib.live import Similarity

CHAPTER = "02-similarity"


def states():
    """Yield figures, each with the numbers that its script should give."""
    drawn = np.random.default_rng(2).uniform(-5, 5, size=(20, 2, 2))
    chosen = [[[4, 1], [4, 1]], [[3, 0], [0, 2]], [[1, 2], [-2, -4]], [[0.1, 0], [5, 5]]]
    for a, b in [*drawn, *np.array(chosen)]:
        cosine = attnlib.cosine_similarity(a, b)
        yield (
            Similarity(a=a, b=b),
            {
                "products": a * b,
                "dot": a @ b,
                "lengths": [np.linalg.norm(a), np.linalg.norm(b)],
                "cosine": cosine,
                "angle": np.degrees(np.arccos(cosine)),
            },
        )
