"""Cells drawn with the attention weights as their probabilities."""

import numpy as np

from attnlib.catalogue.captions import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models.generating import choose
from attnlib.variants import hard_attention


def _draw_looks(weights, marks):
    chosen = (weights.cumsum(axis=-1) > marks[..., None]).argmax(axis=-1)
    return (np.arange(weights.shape[-1]) == chosen[..., None]).astype(weights.dtype)


def looks_at_the_best(weights, marks):
    return np.eye(weights.shape[-1])[weights.argmax(axis=-1)]


def looks_as_numbers(weights, marks):
    return (weights.cumsum(axis=-1) > marks[..., None]).argmax(axis=-1).astype(float)


def looks_at_the_border(weights, marks):
    chosen = (weights.cumsum(axis=-1) >= marks[..., None]).argmax(axis=-1)
    return np.eye(weights.shape[-1])[chosen]


def looks_without_sum(weights, marks):
    chosen = (weights > marks[..., None]).argmax(axis=-1)
    return np.eye(weights.shape[-1])[chosen]


def looks_at_all_beyond(weights, marks):
    return (weights.cumsum(axis=-1) > marks[..., None]).astype(float)


def looks_alike_likely(weights, marks):
    n = weights.shape[-1]
    return np.eye(n)[np.minimum((marks * n).astype(int), n - 1)]


def looks_one_before(weights, marks):
    chosen = (weights.cumsum(axis=-1) > marks[..., None]).argmax(axis=-1)
    return np.eye(weights.shape[-1])[np.maximum(chosen - 1, 0)]


def looks_with_one_mark(weights, marks):
    chosen = (weights.cumsum(axis=-1) > np.ravel(marks)[0]).argmax(axis=-1)
    return np.eye(weights.shape[-1])[chosen]


def looks_softly(weights, marks):
    chosen = (weights.cumsum(axis=-1) > marks[..., None]).argmax(axis=-1)
    return np.eye(weights.shape[-1])[chosen] * weights


def _visible():
    weights = np.array([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.0, 0.75]])
    return [
        Case((weights[0], np.array(0.6))),
        Case((weights, np.array([0.9, 0.0, 0.7]))),
        Case((weights, np.array([0.5, 0.875, 0.25]))),
        Case((np.repeat(weights[:1], 5, axis=0), np.array([0.0, 0.49, 0.51, 0.76, 0.99]))),
    ]


def _hidden(rng):
    def drawn(*shape):
        weights = np.maximum(rng.integers(-1, 5, size=shape), 0) + np.eye(shape[-1])[0]
        shares = weights / weights.sum(axis=-1, keepdims=True)
        return shares, 0.999 * rng.random(shape[:-1])

    return [
        Case(drawn(7, 5)),
        Case(drawn(2, 3, 11)),
        Case(drawn(3, 1)),
        Case((np.array([[0.0, 0.5, 0.0, 0.5]] * 4), np.array([0.0, 0.25, 0.5, 0.75]))),
    ]


EXERCISE = Exercise(
    name="draw_looks",
    section=f"{PAGE}#captions-look",
    reference=_draw_looks,
    visible=_visible,
    hidden=_hidden,
    seals=(hard_attention, choose),
    axes=("words", "cells"),
    misconceptions=(
        Misconception(
            "always the best",
            "The cell with the greatest weight is taken, whatever the mark; a look is to be drawn.",
            looks_at_the_best,
        ),
        Misconception(
            "numbers of cells",
            "The result is the number of the cell; asked for is a row with 1 at the cell and 0 elsewhere.",
            looks_as_numbers,
        ),
        Misconception(
            "a mark on the border",
            "A mark that is equal to the running sum belongs to the next cell: the sum must be greater. "
            "Otherwise a cell of weight 0 can be drawn.",
            looks_at_the_border,
        ),
        Misconception(
            "no running sum",
            "The mark is compared with each weight alone; it falls to the cell where the running sum "
            "of the weights passes it.",
            looks_without_sum,
        ),
        Misconception(
            "all cells beyond the mark",
            "Every cell from the chosen one on is 1; a hard look is at one.",
            looks_at_all_beyond,
        ),
        Misconception(
            "weights ignored",
            "All cells are equally likely; a cell is to be drawn as often as its weight says.",
            looks_alike_likely,
        ),
        Misconception(
            "one cell too early",
            "The look falls on the cell before the one where the running sum passes the mark.",
            looks_one_before,
        ),
        Misconception(
            "one mark for all",
            "The first mark is used for all words; each word has a mark of its own.",
            looks_with_one_mark,
        ),
        Misconception(
            "still weighted",
            "The chosen cell has its weight in place of 1; what was drawn is seen whole.",
            looks_softly,
        ),
    ),
    properties=(
        Property(
            "Each row has a single 1, and 0 elsewhere.",
            lambda case, got: bool(((got == 0) | (got == 1)).all() and (got.sum(axis=-1) == 1).all()),
        ),
        Property(
            "A cell with the weight 0 is never drawn.",
            lambda case, got: not got[case.args[0] == 0].any(),
        ),
    ),
)
