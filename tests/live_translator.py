"""Where the translator stands, and states in which its numbers are compared with attnlib's."""

import numpy as np

from attnlib.live import Translator
from attnlib.live.translator import ATTENTION, EXAMPLES, MOST
from attnlib.trained import load, translation

CHAPTER = "12-translation"
TEXTS = (
    *EXAMPLES,
    "",
    "king",
    "the the the",
    "a witch",
    "the raven kills the green night",
    "the good king does not see a white crown",
    "not does king see a",
)


def states():
    """Yield figures, each with the numbers that its script should give."""
    drawn = [pairs[place].english for pairs in translation.data()[1].values() for place in (0, 1)]
    for attention in ATTENTION:
        params = {
            name: array.astype(np.float64)
            for name, array in load(f"translation-{attention}").params.items()
        }
        for text in (*TEXTS, *drawn):
            if len(text.split()) <= 36:
                yield Translator(text, attention=attention), numbers(params, text, attention)


def numbers(params, text, attention):
    """Return what a script should give, from the shipped weights in float64."""
    if not text:
        return {"said": [], "weights": []}
    texts, weights = translation.translate(params, [text], attention=attention, n=MOST)
    return {
        "said": translation.FRENCH.encode(texts[0]) if texts[0] else [],
        "weights": [] if weights is None else weights[0],
    }
