"""A small GPT that learns Macbeth by characters, and loses to counting."""

import functools

import numpy as np

from attnlib.data.play import play, split_play
from attnlib.data.vocabulary import Vocabulary
from attnlib.layers import cross_entropy
from attnlib.models.generating import generate
from attnlib.models.ngram import NGram
from attnlib.models.parameters import transformer_params
from attnlib.models.transformer import gpt, next_word_loss
from attnlib.trained.experiment import Experiment

N_HEADS = 4
LENGTH = 64


@functools.cache
def vocabulary():
    """Return the characters of the play."""
    return Vocabulary.of_characters(play())


@functools.cache
def data():
    """Return the text to train on and the text held out, as numbers."""
    return tuple(vocabulary().encode(text) for text in split_play())


def begin(rng):
    """Return the first parameters: two layers of 48 features."""
    sizes = {"n_words": len(vocabulary()), "d_model": 48, "n_layers": 2, "n_heads": N_HEADS}
    return transformer_params(rng, **sizes, length=LENGTH)


def batches(rng):
    """Yield 32 pieces of the text at a time, from anywhere in it."""
    text = data()[0]
    while True:
        starts = rng.integers(len(text) - LENGTH, size=32)
        yield (text[starts[:, None] + np.arange(LENGTH + 1)],)


def loss(params, ids):
    """Return the mean surprise at a character, in nats."""
    return next_word_loss(params, ids, n_heads=N_HEADS)


def evaluate(params):
    """Return ``nats`` a character of speeches that the model has not seen, and of those it learnt from.

    Notes
    -----
    The text is read in pieces that overlap by half, of which the second half is judged: every character
    has at least half a piece before it.
    """
    held_out, learnt = data()[1], data()[0][: 4 * LENGTH * LENGTH]
    return {"nats": _surprise(params, held_out), "nats on what it learnt": _surprise(params, learnt)}


def _surprise(params, text):
    starts = np.arange(0, len(text) - LENGTH, LENGTH // 2)
    ids = text[starts[:, None] + np.arange(LENGTH + 1)]
    judged = np.broadcast_to(np.arange(LENGTH) >= LENGTH // 2, ids[:, 1:].shape)
    return float(cross_entropy(gpt(params, ids[:, :-1], n_heads=N_HEADS), ids[:, 1:], keep=judged))


def spoken(params, prompt, n, *, temperature=0.8, top_k=None, seed=5):
    """Return a prompt and the characters with which the model goes on.

    Parameters
    ----------
    params : dict of str to ndarray of float
        The weights.
    prompt : str
        What to go on with.
    n : int
        How many characters to add.
    temperature, top_k
        As in `choose`.
    seed : int, default 5
        Of the draws.

    Returns
    -------
    str
        The text.
    """
    options = {"temperature": temperature, "top_k": top_k, "rng": np.random.default_rng(seed)}
    return vocabulary().decode(generate(params, vocabulary().encode(prompt), n, n_heads=N_HEADS, **options))


def baselines():
    """Return the surprise of counting one to five characters at a time."""
    training, held_out = data()
    counted = {n: NGram([training], n, len(vocabulary())) for n in (1, 2, 3, 4, 5)}
    return {f"nats of a {n}-gram": model.surprise([held_out]) for n, model in counted.items()}


EXPERIMENT = Experiment(begin, batches, loss, evaluate, baselines, steps=600, rate=3e-3)
