"""One block for each kind of position, trained to copy the word three back, tested on longer texts."""

import functools

import numpy as np

from attnlib.data.copying import copy_batch
from attnlib.layers import cross_entropy
from attnlib.models.parameters import POSITIONS, transformer_params
from attnlib.models.transformer import gpt
from attnlib.trained.experiment import Experiment

N_WORDS = 16
#: One head, but for ALiBi, whose heads are there to have different rates.
N_HEADS = dict.fromkeys(POSITIONS, 1) | {"alibi": 4}
LENGTH, LENGTHS = 16, (16, 32, 64)


def begin(rng, *, positions):
    """Return the first parameters: one layer of 32 features, 7 to 9 thousand numbers in all."""
    length = {"learned": max(LENGTHS), "relative": LENGTH}.get(positions)
    sizes = {
        "n_words": N_WORDS,
        "d_model": 32,
        "d_hidden": 64,
        "n_layers": 1,
        "n_heads": N_HEADS[positions],
    }
    return transformer_params(rng, **sizes, positions=positions, length=length)


def batches(rng):
    """Yield 32 texts of 16 words, the answers, and where there is something to answer."""
    while True:
        yield copy_batch(rng, 32, LENGTH, n_words=N_WORDS)


def loss(params, ids, targets, keep, *, positions):
    """Return the mean surprise at the words three back, in nats."""
    return cross_entropy(
        gpt(params, ids, n_heads=N_HEADS[positions], positions=positions), targets, keep=keep
    )


def evaluate(params, *, positions):
    """Return how often the likeliest word is right, on texts as long as in training and longer."""
    results = {}
    for t in LENGTHS:
        ids, targets, keep = copy_batch(np.random.default_rng(9), 200, t, n_words=N_WORDS)
        guess = gpt(params, ids, n_heads=N_HEADS[positions], positions=positions).argmax(axis=-1)
        results[f"right of {t}"] = float((guess == targets)[keep].mean())
    return results


def baselines():
    """Return how often a blind guess is right."""
    return {"right by chance": 1 / N_WORDS}


#: An experiment for each kind of position.
EXPERIMENTS = {
    positions: Experiment(
        functools.partial(begin, positions=positions),
        batches,
        functools.partial(loss, positions=positions),
        functools.partial(evaluate, positions=positions),
        baselines,
        steps=600,
        rate=5e-3,
    )
    for positions in POSITIONS
}
