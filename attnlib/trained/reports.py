"""Summaries of reports, with names that were never read before, by models that copy and one that can't."""

import functools

import numpy as np

from attnlib.data import reports
from attnlib.models.greedy import END
from attnlib.models.pointers import N_UNKNOWN, Written, pointer_loss, pointer_params, summarise
from attnlib.trained.experiment import Experiment

N_HEADS, D_MODEL = 4, 32
N_TRAINING, N_HELD_OUT, N_PEOPLE = 6000, 300, 60
#: The share of the reports in training whose names are hidden, so that the model learns to copy.
HIDDEN = 0.5


@functools.cache
def people():
    """Return the people that training reports are about, and as many that they never name."""
    drawn = reports.people(np.random.default_rng(50), 2 * N_PEOPLE)
    return drawn[:N_PEOPLE], drawn[N_PEOPLE:]


@functools.cache
def vocabulary():
    """Return the words of the training reports."""
    return reports.vocabulary(people()[0])


@functools.cache
def data():
    """Return the reports to train on, new ones about the same people, and new ones about others."""
    known, new = people()
    training, same, others = (
        [reports.report(rng, names) for _ in range(n)]
        for rng, names, n in (
            (np.random.default_rng(51), known, N_TRAINING),
            (np.random.default_rng(52), known, N_HELD_OUT),
            (np.random.default_rng(53), new, N_HELD_OUT),
        )
    )
    read = {report.text for report in training}
    return training, [report for report in same if report.text not in read], others


def begin(rng, *, copy=True):
    """Return the first parameters: two layers that read and one that writes."""
    sizes = {"n_words": len(vocabulary()), "d_model": D_MODEL, "n_heads": N_HEADS, "n_layers": 2}
    return pointer_params(rng, **sizes, d_hidden=2 * D_MODEL, copy=copy)


def batches(rng):
    """Yield 32 reports at a time and their summaries; in some of them the names are hidden."""
    numbers = reports.as_numbers(data()[0], vocabulary())
    while True:
        drawn = rng.integers(len(numbers.text), size=32)
        yield hide(rng, numbers.text[drawn], numbers.summary[drawn])


def hide(rng, text, summary):
    """Return reports, in some of which the names of people are as unknown as new ones.

    Parameters
    ----------
    rng : numpy.random.Generator
        Chooses the reports.
    text, summary : ndarray of int, shapes (n, T) and (n, T_s)
        As in `attnlib.data.reports.Numbers`, without unknown words.

    Returns
    -------
    text, summary : ndarray of int
        The same, with the names of the chosen ones numbered after all words, in the order in which they
        come.
    """
    words = vocabulary()
    names = np.array([words.encode(name)[0] for name in people()[0]])
    text, summary = text.copy(), summary.copy()
    for i in np.flatnonzero(rng.random(len(text)) < HIDDEN):
        for new, name in enumerate(dict.fromkeys(text[i][np.isin(text[i], names)].tolist())):
            for ids in (text, summary):
                ids[i][ids[i] == name] = len(words) + new
    return text, summary


def loss(params, text, summary, *, n_unknown=N_UNKNOWN):
    """Return the mean surprise at a word of the summaries, in nats."""
    return pointer_loss(params, text, summary, n_heads=N_HEADS, n_unknown=n_unknown)


def evaluate(params, *, n_unknown=N_UNKNOWN):
    """Return how many summaries are right, word for word, and how many of the words.

    Returns
    -------
    dict of str to float
        ``known names`` and ``words, known names`` for reports about the people of training, ``new names``
        and ``words, new names`` for reports about others.
    """
    results = {}
    for name, held_out in zip(("known names", "new names"), data()[1:], strict=True):
        text, summary, _ = reports.as_numbers(held_out, vocabulary())
        n = summary.shape[1] - 1
        said, _ = summarise(params, text, n, n_heads=N_HEADS, n_unknown=n_unknown)
        right, asked = said == summary, summary > END
        results[name] = float(right.all(axis=1).mean())
        results[f"words, {name}"] = float(right[asked].mean())
    return results


def say(params, text, *, n=7, n_unknown=N_UNKNOWN):
    """Return the summary of a report in words, and how each was come by.

    Parameters
    ----------
    params : dict of str to ndarray of float
        The weights.
    text : str
        A report, of any words.
    n : int, default 7
        How many words to say at most, the end among them.
    n_unknown
        As in `attnlib.models.pointers.read_as`.

    Returns
    -------
    words : list of str
        The summary, and `attnlib.data.reports.END`.
    written : attnlib.models.pointers.Written
        ``probabilities, weights, gate``, each with one row for each of these words.
    """
    ids, _, unknown = reports.as_numbers([reports.Report(text, "")], vocabulary())
    said, written = summarise(params, ids, n, n_heads=N_HEADS, n_unknown=n_unknown)
    names = [*vocabulary().words, *unknown[0]]
    words = [names[i] for i in said[0, 1:] if i]
    return words, Written(*(array[0, : len(words)] for array in written))


def baselines():
    """Return what needs no training.

    Returns
    -------
    dict of str to float
        ``words in the first sentence``, how many of a summary's words stand there, which is where a
        newspaper has its news; ``new names by chance``, two different people of the three that a report is
        about, all else being right; ``new names if unknown words are alike``, where the loser of a fight
        can't be told from the winner, all else being right.
    """
    found = [
        word in report.text.partition(" . ")[0].split()
        for report in data()[2]
        for word in report.summary.split()
    ]
    fights = np.mean([" beats " in report.summary for report in data()[2]])
    return {
        "words in the first sentence": float(np.mean(found)),
        "new names by chance": 1 / 6,
        "new names if unknown words are alike": float(1 - fights / 2),
    }


def _experiment(*, copy=True, n_unknown=N_UNKNOWN):
    return Experiment(
        functools.partial(begin, copy=copy),
        batches,
        functools.partial(loss, n_unknown=n_unknown),
        functools.partial(evaluate, n_unknown=n_unknown),
        baselines,
        steps=1200,
        rate=4e-3,
    )


#: Copying; copying where all unknown words are read as the same one; and not copying.
EXPERIMENTS = {
    "copy": _experiment(),
    "alike": _experiment(n_unknown=1),
    "write": _experiment(copy=False),
}
