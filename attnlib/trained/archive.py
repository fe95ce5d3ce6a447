"""Rolls of the archive, fetched for requests in other words, and answers from what is fetched."""

import functools

import numpy as np

from attnlib.data import archive, castle
from attnlib.layers import watching
from attnlib.models.bm25 import bm25
from attnlib.models.memory import memory_network
from attnlib.models.retrieval import POOLS, encode, fetch, in_batch_contrast, ranks, retrieval_params, score
from attnlib.probability import softmax
from attnlib.trained.experiment import Experiment, load

VOCABULARY = archive.vocabulary()
N_TRAINING, N_HELD_OUT = 4000, 500
#: How many rolls are read where one isn't enough.
SOME = 5
READER = "castle-two-hops"


@functools.cache
def data():
    """Return the entries to train on, and the archive held out: no roll is in both."""
    training, held_out = (
        [archive.entry(rng) for _ in range(n)]
        for rng, n in ((np.random.default_rng(40), N_TRAINING), (np.random.default_rng(41), N_HELD_OUT))
    )
    known = {entry.roll for entry in training}
    return training, [entry for entry in held_out if entry.roll not in known]


def as_numbers(entries):
    """Return the words of the requests and of the rolls of entries, as two arrays of integers."""
    return tuple(
        VOCABULARY.pad(list(texts), archive.PADDING)[0]
        for texts in zip(*((entry.request, entry.roll) for entry in entries), strict=True)
    )


def begin(rng, *, pool):
    """Return the first parameters: 32 features, 5 or 6 thousand numbers in all."""
    return retrieval_params(rng, n_words=len(VOCABULARY), d_model=32, pool=pool)


def batches(rng):
    """Yield 128 requests at a time, and the rolls that they are for."""
    requests, rolls = as_numbers(data()[0])
    while True:
        drawn = rng.choice(len(requests), 128, replace=False)
        yield requests[drawn], rolls[drawn]


def loss(params, requests, rolls):
    """Return how surprising it is which roll each request is for, in nats."""
    return in_batch_contrast(score(params, requests, rolls))


def evaluate(params):
    """Return what is fetched from an archive of rolls that the model has not seen, and what it answers.

    Returns
    -------
    dict of str to float
        ``recall at 1`` and ``recall at 5``, how often the roll asked for is the first, or one of five;
        ``reciprocal rank``, the mean of 1 over its place; ``answered``, how often a memory network that
        reads the first roll answers the question, and ``answered from five``, if it reads five;
        ``weight`` on the names of things, the rest being on words such as "the".
    """
    scores = score(params, *as_numbers(data()[1]))
    return _recall(scores) | {
        "answered": _answered(scores, 1),
        "answered from five": _answered(scores, SOME),
        "weight": _weight_on_names(params),
    }


def baselines():
    """Return what counting words reaches, what random vectors reach, and what no means can.

    Returns
    -------
    dict of str to float
        The same for BM25 and for the mean of random vectors; for who knows all synonyms and takes any of
        the rolls that fit a request equally well, which nobody passes but by luck; and the answers from
        the right roll, and from a wrong one.
    """
    entries = data()[1]
    requests, rolls = as_numbers(entries)
    counted = bm25(requests, rolls, n_words=len(VOCABULARY))
    untrained = begin(np.random.default_rng(0), pool="mean")
    told, sought = (
        [archive.things_of(text) for text in texts]
        for texts in zip(*((entry.roll, entry.request) for entry in entries), strict=True)
    )
    shared = np.array([[len(things & wanted) for things in told] for wanted in sought])
    best = shared == shared.max(axis=1, keepdims=True)
    return {
        **{f"{name} of BM25": value for name, value in _recall(counted).items()},
        "recall at 1 of random vectors": _recall(score(untrained, requests, rolls))["recall at 1"],
        "recall at 1 of who knows all synonyms": float((np.diag(best) / best.sum(axis=1)).mean()),
        "answered after BM25": _answered(counted, 1),
        "answered from a wrong roll": _answered(np.roll(np.eye(len(entries)), 1, axis=1), 1),
        "answered from the right roll": _answered(np.eye(len(entries)), 1),
    }


def answer(scores, entries, n):
    r"""Return how likely each word is as the answer to each entry's question, read in what is fetched.

    .. math::

        p(a \mid q) &= \sum_{d \in \mathrm{top}_n(q)} p(d \mid q) \; p(a \mid q, d) \\
        p(d \mid q) &= \mathrm{softmax}(s)_d

    Parameters
    ----------
    scores : ndarray of float, shape (n_entries, n_entries)
        How well each roll fits each request.
    entries : sequence of Entry
        The rolls, with their facts and their questions.
    n : int
        How many rolls are read for each question.

    Returns
    -------
    ndarray of float, shape (n_entries, n_words)
        The probabilities, in the vocabulary of the castle.

    Notes
    -----
    It is attention over documents: the weights are the softmax of the scores, the values what a reader
    answers from each of them.

    References
    ----------
    Lewis et al., "Retrieval-augmented generation for knowledge-intensive NLP tasks", 2020, section 2.1.
    """
    facts, asked, _ = castle.as_numbers([entry.asked for entry in entries])
    fetched = fetch(scores, n)  # (n_entries, n)
    weights = softmax(np.take_along_axis(scores, fetched, axis=1))
    logits = memory_network(load(READER).params, facts[fetched], np.repeat(asked[:, None], n, axis=1))
    return (weights[:, None] @ softmax(logits))[:, 0]


def _answered(scores, n):
    entries = data()[1]
    _, _, answers = castle.as_numbers([entry.asked for entry in entries])
    return float((answer(scores, entries, n).argmax(axis=-1) == answers).mean())


def _weight_on_names(params):
    rolls = as_numbers(data()[1])[1]
    names = [i for i, word in enumerate(VOCABULARY.words) if archive.things_of(word)]
    with watching() as seen:
        encode(params, rolls)
    present = rolls != 0
    weights = seen[0][:, 0, 0] if seen else present / present.sum(axis=1, keepdims=True)
    return float((weights * np.isin(rolls, names)).sum(axis=1).mean())


def _recall(scores):
    places = ranks(scores)
    return {
        "recall at 1": float((places == 1).mean()),
        f"recall at {SOME}": float((places <= SOME).mean()),
        "reciprocal rank": float((1 / places).mean()),
    }


#: An experiment for each way to make one vector of many.
EXPERIMENTS = {
    pool: Experiment(
        functools.partial(begin, pool=pool), batches, loss, evaluate, baselines, steps=600, rate=1e-2
    )
    for pool in POOLS
}
