"""Where the listener stands, and states in which its numbers are compared with attnlib's."""

from itertools import product

import numpy as np

from attnlib.data.spectrogram import spectrogram
from attnlib.layers import watching
from attnlib.live import Speech
from attnlib.models.greedy import END, START
from attnlib.models.speech import STRIDE, listen, spell
from attnlib.trained import load, speech

CHAPTER = "15-summaries-and-speech"
TEXTS = ("sinel", "romeo", "lear", "emilia", "orsino", "moon", "s", "ramiri", "usu", "oelian")


def states():
    """Yield figures, each with the numbers that its script should give."""
    exact = {name: array.astype(np.float64) for name, array in load("speech").params.items()}
    for place, (text, noise) in enumerate(product(TEXTS, (0.0, 0.02, 0.3))):
        shown = Speech(text, seed=7 * place, noise=noise)
        yield shown, numbers(exact, shown.said())


def numbers(params, said):
    """Return what a script should give, from the shipped weights in float64 and without padding."""
    sound = spectrogram(said.wave.astype(np.float64))
    n = -(-len(sound) // STRIDE)
    filled = np.zeros((1, n * STRIDE, sound.shape[1]))
    filled[0, : len(sound)] = sound
    present = np.ones((1, n), bool)
    memory = listen(params, filled, present, n_heads=speech.N_HEADS)
    ids = [START]
    while ids[-1] != END and len(ids) <= speech.N_LETTERS:
        with watching() as seen:
            logits = spell(params, [ids], memory, present, n_heads=speech.N_HEADS)[0]
        ids.append(int(logits[-1].argmax()))
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return {
        "sound": sound,
        "spans": said.spans,
        "ids": ids[1:],
        "likely": powers / powers.sum(axis=-1, keepdims=True),
        "weights": seen[-1][0].mean(axis=0),
    }
