"""A small GPT that learns the sentences of `attnlib.data.park`."""

import functools

import numpy as np

from attnlib.data import park
from attnlib.models.generating import generate
from attnlib.models.ngram import NGram
from attnlib.models.parameters import transformer_params
from attnlib.models.transformer import gpt, next_word_loss
from attnlib.trained.experiment import Experiment

VOCABULARY = park.vocabulary()
N_HEADS = 4
N_TRAINING, N_DRAWN = 8000, 9000


@functools.cache
def data():
    """Return the sentences to train on, and those held out: none of them is among the others."""
    rng = np.random.default_rng(20)
    drawn = [f"{park.START} {park.sentence(rng)}" for _ in range(N_DRAWN)]
    training = drawn[:N_TRAINING]
    known = set(training)
    return training, [text for text in drawn[N_TRAINING:] if text not in known]


def begin(rng):
    """Return the first parameters: two layers of 48 features, 63 thousand numbers in all."""
    longest = max(len(VOCABULARY.split(text)) for text in data()[0])
    sizes = {"n_words": len(VOCABULARY), "d_model": 48, "n_layers": 2, "n_heads": N_HEADS}
    return transformer_params(rng, **sizes, length=longest - 1)


def batches(rng):
    """Yield 64 sentences at a time, as numbers, and where they have words."""
    ids, keep = VOCABULARY.pad(data()[0], park.PADDING)
    while True:
        drawn = rng.integers(len(ids), size=64)
        yield ids[drawn], keep[drawn]


def loss(params, ids, keep):
    """Return the mean surprise at a word, in nats."""
    return next_word_loss(params, ids, keep, n_heads=N_HEADS)


def evaluate(params):
    """Return what the model reaches on sentences that it has not seen.

    Returns
    -------
    dict of str to float
        ``nats`` a word; ``last_word``, how often the likeliest last word is the right one;
        ``consistent``, how many of the sentences that it makes up do end as their beginning asks for.
    """
    ids, keep = VOCABULARY.pad(data()[1], park.PADDING)
    rows, last = np.arange(len(ids)), keep.sum(axis=1) - 2  # the last but the full stop
    guess = gpt(params, ids[:, :-1], n_heads=N_HEADS)[rows, last - 1].argmax(axis=-1)
    return {
        "nats": float(loss(params, ids, keep)),
        "last_word": float((guess == ids[rows, last]).mean()),
        "consistent": float(np.mean([park.consistent(text) for text in made_up(params, 500)])),
    }


def made_up(params, n, *, temperature=1.0, top_k=None, seed=4):
    """Return sentences that the model makes up.

    Parameters
    ----------
    params : dict of str to ndarray of float
        The weights.
    n : int
        How many sentences.
    temperature, top_k
        As in `choose`.
    seed : int, default 4
        Of the draws.

    Returns
    -------
    list of str
        Up to the first full stop.
    """
    start = np.full((n, 1), VOCABULARY.encode(park.START)[0])
    options = {"temperature": temperature, "top_k": top_k, "rng": np.random.default_rng(seed)}
    length = params["positions"].shape[0]
    texts = generate(params, start, length - 1, n_heads=N_HEADS, **options)[:, 1:]
    return [VOCABULARY.decode(ids).partition(" .")[0] + " ." for ids in texts]


def baselines():
    """Return the surprise of counting five words at a time, and of who knows how sentences are drawn."""
    training, held_out = ([VOCABULARY.encode(text) for text in texts] for texts in data())
    n_words = sum(len(text) - 1 for text in held_out)
    counted = NGram(training, 5, len(VOCABULARY))
    return {
        "nats of a 5-gram": counted.surprise(held_out, start=1),
        "nats of the generator": park.ENTROPY * len(held_out) / n_words,
        "last word by chance": 1 / len(park.PLACES),
    }


EXPERIMENT = Experiment(begin, batches, loss, evaluate, baselines, steps=3000, rate=4e-3)
