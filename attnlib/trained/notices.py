"""Who judges notices of `attnlib.data.notices`: over the words as they are, or as two LSTMs read them."""

import functools

import numpy as np

from attnlib.data.notices import PRAISE, WORDS, judges, notice_batch
from attnlib.layers import watching
from attnlib.models.pooled import pooled, pooled_params, verdict_loss
from attnlib.trained.experiment import Experiment

#: Whether the words are read before they are attended to.
READS = {"words": False, "read": True}


def begin(rng, *, name):
    """Return the first parameters: words of 16 features, two to ten thousand numbers in all."""
    sizes = {"n_words": len(WORDS), "n_classes": 2, "d_model": 16, "d_hidden": 24}
    return pooled_params(rng, **sizes, reads=READS[name])


def batches(rng):
    """Yield 64 notices at a time, and whether they praise."""
    while True:
        yield notice_batch(rng, 64)


@functools.cache
def data():
    """Return the notices to judge by, and whether they praise."""
    return notice_batch(np.random.default_rng(22), 400)


def weights_of(params, ids):
    """Return a model's own weights, of shape (n, T)."""
    with watching() as seen:
        pooled(params, ids)
    return seen[0][:, 0, 0]


def evaluate(params):
    """Return how often the verdict is right, and how much of the weight is on words that judge."""
    ids, praises = data()
    guess = pooled(params, ids).argmax(axis=-1)
    on_judges = (weights_of(params, ids) * judges(ids)).sum(axis=-1)
    return {
        "right": float((guess == praises).mean()),
        "weight on words that judge": float(on_judges.mean()),
    }


def baselines():
    """Return the same of who tosses a coin, of who counts the words, and of weights that are all equal."""
    ids, praises = data()
    more = (ids < len(PRAISE)).sum(axis=1) > (judges(ids) & (ids >= len(PRAISE))).sum(axis=1)
    return {
        "right by chance": 0.5,
        "right by counting": float((more == praises).mean()),
        "weight on words that judge, all equal": float(judges(ids).mean()),
    }


#: An experiment for each of `READS`.
EXPERIMENTS = {
    name: Experiment(
        functools.partial(begin, name=name),
        batches,
        verdict_loss,
        evaluate,
        baselines,
        steps=500,
        rate=1e-2,
    )
    for name in READS
}
