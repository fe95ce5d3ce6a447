"""Captions for scenes: looking softly, hard with and without a baseline, and at the mean of all cells."""

import functools

import numpy as np

from attnlib.data.scenes import (
    CELL,
    END,
    MOST,
    N_CELLS,
    PADDING,
    START,
    describe,
    draw,
    scene,
    vocabulary,
)
from attnlib.models.captions import caption_loss, caption_params, captions, mixed_loss
from attnlib.models.vision import to_patches
from attnlib.trained.experiment import Experiment

WORDS = vocabulary()
#: Of how many pictures in five there are so many things, and how many pictures there are.
SHARES = {1: 1, 2: 2, 3: 2}
N_TRAINING, N_JUDGED, BATCH = 6000, 600, 64
#: How each model looks where it is used.
WAYS = {"soft": "soft", "hard": "hard", "hard-bare": "hard", "hard-drawn": "hard", "mean": "mean"}
#: How those learn whose looks are drawn, half the pictures being looked at softly: one does without the
#: baseline, and one draws all its looks.
STRENGTH = 0.3
LEARNING = {"hard": {}, "hard-bare": {"baseline": False}, "hard-drawn": {"soft": 0}}
STEPS = 2000
LONGEST = 4 * MOST + 1


@functools.cache
def data():
    """Return the scenes to train on and those held out.

    Returns
    -------
    training, held_out : list of tuple of Thing
        Those held out that have two things or three aren't among the others. Of the 256 scenes of one
        thing, all are: there, only the pictures are new.
    """
    rng = np.random.default_rng(19)
    held_out = [scene(rng, n_things=n) for n in _counts(N_JUDGED)]
    known = {things for things in held_out if len(things) > 1}
    training = []
    for n in _counts(N_TRAINING):
        things = scene(rng, n_things=n)
        while things in known:
            things = scene(rng, n_things=n)
        training.append(things)
    return training, held_out


def _counts(n):
    total = sum(SHARES.values())
    return [count for count, share in SHARES.items() for _ in range(n * share // total)]


@functools.cache
def pictures():
    """Return the cells of the pictures to train on and of those held out, of shape (n, 16, 192)."""
    rng = np.random.default_rng(20)
    return tuple(cut(np.stack([draw(things, rng) for things in part])) for part in data())


def cut(pictures):
    """Return pictures of scenes as rows of their cells: (..., 32, 32, 3) as (..., 16, 192)."""
    return to_patches(pictures, CELL, channels=True)


def packed(scenes):
    """Return the numbers of scenes' captions between start and end, and where they have words."""
    return WORDS.pad([f"{START} {describe(things)[0]} {END}" for things in scenes], PADDING)


def begin(rng):
    """Return the first parameters."""
    sizes = {"n_words": len(WORDS), "n_cells": N_CELLS, "d_cell": pictures()[0].shape[-1]}
    return caption_params(rng, **sizes, d_model=32, d_hidden=48)


def batches(rng):
    """Yield 64 pictures, their captions, where these have words, and a seed for the looks."""
    cells, (ids, keep) = pictures()[0], packed(data()[0])
    while True:
        rows = rng.integers(len(ids), size=BATCH)
        yield cells[rows], ids[rows], keep[rows], int(rng.integers(2**31))


def loss(params, cells, ids, keep, seed, *, model):
    """Return the mean surprise at a word, in nats."""
    if model in LEARNING:
        return mixed_loss(params, cells, ids, keep, seed, strength=STRENGTH, **LEARNING[model])
    return caption_loss(params, cells, ids, keep, way=WAYS[model])


def told(params, cells, *, way, rng=None):
    """Say what is in pictures.

    Parameters
    ----------
    params : dict of str to ndarray of float
        The weights.
    cells : array_like of float, shape (n, 16, 192)
        The pictures, from `cut`.
    way, rng
        As in `attnlib.models.captions.captions`.

    Returns
    -------
    texts : list of str
        The sentences.
    weights : list of ndarray of float, shape (T + 1, 16)
        How much each word and the end looked at each cell.
    """
    start, end = WORDS.encode(f"{START} {END}")
    said, weights = captions(params, cells, LONGEST, start=start, end=end, way=way, rng=rng)
    lengths = (said != end).sum(axis=1)
    texts = [WORDS.decode(row[:n]) for row, n in zip(said, lengths, strict=True)]
    return texts, [w[: n + 1] for w, n in zip(weights, lengths, strict=True)]


def evaluate(params, *, model):
    """Return how often the whole caption of a held-out picture is right, and where the model looked.

    Returns
    -------
    dict of str to float
        ``right``, and ``right of 1`` thing, 2 and 3. Of soft and hard looks also how many colours, and how
        many shapes, looked most at the cell that they speak of, in captions that are right: ``looks for
        the colour`` and ``looks for the shape``; and ``weight there``, the mean for both.
    """
    _, held_out = data()
    right, looks = judged(params, pictures()[1], held_out, way=WAYS[model])
    counts = np.array([len(things) for things in held_out])
    results = {"right": float(right.mean())}
    results |= {f"right of {n}": float(right[counts == n].mean()) for n in SHARES}
    if model == "mean":
        return results
    colour, shape, weight = looks.mean(axis=0) if len(looks) else np.zeros(3)
    return results | {
        "looks for the colour": float(colour),
        "looks for the shape": float(shape),
        "weight there": float(weight),
    }


def judged(params, cells, scenes, *, way):
    """Return which captions are right, and where these looked.

    Parameters
    ----------
    params, cells, way
        As in `told`.
    scenes : sequence of tuple of Thing
        What is in the pictures.

    Returns
    -------
    right : ndarray of bool, shape (n,)
        Whether every word is.
    looks : ndarray of float, shape (n_things, 3)
        For each thing in a right caption, whether its colour, and whether its shape, looked most at its
        cell, and the mean of their weights there.
    """
    texts, weights = told(params, cells, way=way)
    right, looks = [], []
    for text, rows, things in zip(texts, weights, scenes, strict=True):
        expected, origins = describe(things)
        right.append(text == expected)
        if not right[-1]:
            continue
        for t, cell in enumerate(origins):
            if cell >= 0 and origins[t - 1] < 0:  # a colour; the shape comes next
                pair = rows[t : t + 2]
                looks.append((*(pair.argmax(axis=1) == cell), pair[:, cell].mean()))
    return np.array(right), np.array(looks, dtype=float).reshape(-1, 3)


def progress(params, *, model):
    """Return which share of 200 held-out captions is right."""
    some = slice(None, None, 3)
    return judged(params, pictures()[1][some], data()[1][some], way=WAYS[model])[0].mean()


@functools.cache
def baselines():
    """Return how often simpler means are right.

    Returns
    -------
    dict of str to float
        ``right by the nearest picture``: the caption of the training picture that differs least.
        ``right by templates``: for each cell the nearest of 17 means, of empty cells and of each kind of
        thing, which takes to know what is in each cell of the training pictures and how captions are made.
    """
    training, held_out = data()
    known, new = pictures()
    nearest = _nearest(new.reshape(len(new), -1), known.reshape(len(known), -1))
    copied = [describe(training[i])[0] == describe(t)[0] for i, t in zip(nearest, held_out, strict=True)]
    labels = np.full(known.shape[:2], None)
    for row, things in zip(labels, training, strict=True):
        for cell, colour, shape in things:
            row[cell] = colour, shape
    kinds = [*sorted({label for label in labels.ravel() if label}), None]
    means = np.stack(
        [known[[[label == kind for label in row] for row in labels]].mean(axis=0) for kind in kinds]
    )
    found = _nearest(new.reshape(-1, new.shape[-1]), means).reshape(len(new), -1)
    matched = [
        [(cell, *kinds[i]) for cell, i in enumerate(row) if kinds[i]] == list(things)
        for row, things in zip(found, held_out, strict=True)
    ]
    return {
        "right by the nearest picture": float(np.mean(copied)),
        "right by templates": float(np.mean(matched)),
    }


def _nearest(rows, others):
    """Return for each row the number of the nearest of the others."""
    return ((others * others).sum(axis=1) - 2 * rows @ others.T).argmin(axis=1)


#: An experiment for each of `WAYS`; nothing but how they look differs.
EXPERIMENTS = {
    model: Experiment(
        begin,
        batches,
        functools.partial(loss, model=model),
        functools.partial(evaluate, model=model),
        baselines,
        steps=STEPS,
        rate=5e-3,
        snapshot=functools.partial(progress, model=model),
        snapshot_at=tuple(range(0, STEPS + 1, 100)),
    )
    for model in WAYS
}
