"""Where the online softmax stands, and states in which its numbers are compared with attnlib's."""

import math

import numpy as np

from attnlib import softmax
from attnlib.live import Online
from attnlib.live.online import BASES, BLOCK_SIZES, EXAMPLES
from attnlib.long import online_steps

CHAPTER = "20-long-texts"


def states():
    """Yield figures, each with the numbers that its script should give."""
    rng = np.random.default_rng(20)
    drawn = (rng.uniform(-9, 9, size=6), rng.uniform(-99, 99, size=6))
    for scores, values in (*EXAMPLES.values(), drawn):
        for block_size in BLOCK_SIZES:
            for step in {0, 1, 6 // block_size}:
                for base in BASES:
                    state = {"scores": scores, "values": values, "block_size": block_size, "base": base}
                    yield Online(**state, step=step), numbers(**state, step=step)


def numbers(scores, values, block_size, base, step):
    """Return what a script should give."""
    base = {"2": 2.0, "e": math.e}[base]
    steps = online_steps(scores, np.reshape(values, (6, 1)), block_size=block_size, base=base)
    taken = np.asarray(scores)[: step * block_size]
    return {
        "peak": [float(one.peak[0]) for one in steps],
        "shrink": [float(one.shrink[0]) for one in steps],
        "total": [float(one.total[0]) for one in steps],
        "context": [float(one.context[0]) for one in steps],
        "mean": [float(one.context[0] / one.total[0]) for one in steps],
        "powers": base ** (taken - taken.max()) if step else taken,
        "whole": softmax(scores, base=base) @ values,
    }
