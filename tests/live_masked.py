"""Where the covered words stand, and states in which the guesses are compared with attnlib's."""

import numpy as np

from attnlib.data.animals import MASK
from attnlib.layers import watching
from attnlib.live import Masked
from attnlib.live.masked import SENTENCES, SIDES
from attnlib.models.bert import bert
from attnlib.trained import load
from attnlib.trained.bert import N_HEADS, vocabulary

CHAPTER = "13-bert"
COVERED = ([2], [0], [3, 7], [1, 2, 5, 9], [])


def states():
    """Yield figures, each with the numbers that its script should give."""
    exact = {}
    for side in SIDES:
        params = load(f"bert-{side}").params
        assert all((array == array.astype(np.float16)).all() for array in params.values())
        exact[side] = {name: array.astype(np.float64) for name, array in params.items()}
    for text in (*SENTENCES.values(), "owl"):
        for covered in COVERED if " " in text else ([0],):
            for side in SIDES:
                yield Masked(text, covered=covered, side=side), numbers(exact, text, covered, side)


def numbers(exact, text, covered, side):
    """Return what a script should give, from the shipped weights in float64."""
    spoken = text.split()
    for place in covered:
        spoken[place] = MASK
    ids = vocabulary().encode(" ".join(spoken))
    found = {}
    for name, params in exact.items():
        with watching() as weights:
            logits = bert(params, ids, n_heads=N_HEADS, causal=name == "left")
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        found[name] = powers / powers.sum(axis=-1, keepdims=True)
        if name == side:
            found["weights"] = np.stack(weights)
    return found
