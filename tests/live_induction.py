"""Letters of all kinds, with either head on or off, in which the script is compared with attnlib."""

import itertools

import numpy as np

from attnlib.data.patterns import LETTERS
from attnlib.layers import watching
from attnlib.live import Induction
from attnlib.live.induction import SAMPLES
from attnlib.models.ablation import without_heads
from attnlib.models.transformer import gpt
from attnlib.trained import load

CHAPTER = "21-weights"
TEXTS = (*SAMPLES, "a", "zzzz", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv", "outoutbriefcandle")
OFF = ([], [0], [1], [0, 1])


def states():
    """Yield figures, each with the numbers that its script should give."""
    params = load("induction-two").params
    assert all((array == array.astype(np.float16)).all() for array in params.values())
    exact = {name: array.astype(np.float64) for name, array in params.items()}
    for (number, text), off in itertools.product(enumerate(TEXTS), OFF):
        query = None if number % 2 else len(text) // 2
        yield Induction(text, off=off, block=number % 2, query=query), numbers(exact, text, off)


def numbers(params, text, off):
    """Return what a script should give, from the shipped weights in float64."""
    found = {}
    for name, blocks in (("likely_with_all", []), ("likely", off)):
        left = without_heads(params, [(block, 0) for block in blocks], n_heads=1)
        with watching() as weights:
            logits = gpt(left, LETTERS.encode(text), n_heads=1)
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        found[name] = powers / powers.sum(axis=-1, keepdims=True)
        found["weights"] = np.concatenate(weights)
    return found
