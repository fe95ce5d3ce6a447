"""What a decoder reads and what it should say, from answers that are known."""

import numpy as np

from attnlib.catalogue.t5 import PAGE
from attnlib.exercise import Case, Exercise, Misconception


def _teacher_forcing(said, *, start, end, padding):
    edge = np.ones_like(said[..., :1])
    lengths = (said != padding).sum(axis=-1, keepdims=True)
    places = np.arange(said.shape[-1] + 1)
    targets = np.where(places == lengths, end, np.concatenate([said, padding * edge], axis=-1))
    return np.concatenate([start * edge, said], axis=-1), targets, places <= lengths


def not_shifted(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return targets.copy(), targets, places <= lengths


def shifted_left(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return np.insert(targets[..., 1:], said.shape[-1], padding, axis=-1), targets, places <= lengths


def exchanged(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return targets, np.insert(said, 0, start, axis=-1), places <= lengths


def start_missing(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return np.insert(said, said.shape[-1], padding, axis=-1), targets, places <= lengths


def last_rolled_to_the_front(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return np.roll(targets, 1, axis=-1), targets, places <= lengths


def end_read_as_well(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return np.insert(targets[..., :-1], 0, start, axis=-1), targets, places <= lengths


def end_behind_the_padding(said, *, start, end, padding):
    lengths = (said != padding).sum(axis=-1, keepdims=True)
    targets = np.insert(said, said.shape[-1], end, axis=-1)
    return np.insert(said, 0, start, axis=-1), targets, np.arange(said.shape[-1] + 1) <= lengths


def end_missing(said, *, start, end, padding):
    lengths = (said != padding).sum(axis=-1, keepdims=True)
    targets = np.insert(said, said.shape[-1], padding, axis=-1)
    return np.insert(said, 0, start, axis=-1), targets, np.arange(said.shape[-1] + 1) <= lengths


def end_over_the_last_word(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths - 1, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return np.insert(said, 0, start, axis=-1), targets, places <= lengths


def padding_turned_into_ends(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places >= lengths, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return np.insert(said, 0, start, axis=-1), targets, places <= lengths


def end_not_counted(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return np.insert(said, 0, start, axis=-1), targets, places < lengths


def padding_counted(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return np.insert(said, 0, start, axis=-1), targets, np.ones(targets.shape, dtype=bool)


def padding_alone_counted(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths, end, np.insert(said, said.shape[-1], padding, axis=-1))
    return np.insert(said, 0, start, axis=-1), targets, places > lengths


def start_and_end_exchanged(said, *, start, end, padding):
    places, lengths = np.arange(said.shape[-1] + 1), (said != padding).sum(axis=-1, keepdims=True)
    targets = np.where(places == lengths, start, np.insert(said, said.shape[-1], padding, axis=-1))
    return np.insert(said, 0, end, axis=-1), targets, places <= lengths


def _visible():
    special = {"start": 1, "end": 2, "padding": 0}
    rows = np.array([[7, 5, 9], [4, 0, 0], [6, 3, 0]])
    return [
        Case((rows[0],), special),
        Case((rows[1],), special),
        Case((rows,), special),
        Case((np.array([[8, 3, 8, 9], [3, 8, 9, 9]]),), {"start": 0, "end": 9 + 1, "padding": 9}),
    ]


def _drawn(rng, *shape, start, end, padding):
    said = rng.integers(3, 40, size=shape)
    lengths = rng.integers(1, shape[-1] + 1, size=(*shape[:-1], 1))
    said = np.where(np.arange(shape[-1]) < lengths, said, padding)
    return Case((said,), {"start": start, "end": end, "padding": padding})


def _hidden(rng):
    return [
        _drawn(rng, 5, 6, start=1, end=2, padding=0),
        _drawn(rng, 2, 3, 7, start=50, end=0, padding=41),
        _drawn(rng, 4, 4, start=2, end=1, padding=60),
        _drawn(rng, 8, start=44, end=45, padding=46),
        Case(
            (np.array([[0, 0, 0], [5, 0, 0], [5, 6, 0], [5, 6, 7]]),), {"start": 1, "end": 2, "padding": 0}
        ),
    ]


EXERCISE = Exercise(
    name="teacher_forcing",
    section=f"{PAGE}#t5-shift",
    reference=_teacher_forcing,
    visible=_visible,
    hidden=_hidden,
    misconceptions=(
        Misconception(
            "not shifted",
            "The decoder reads at each place the very word that it should say there; it must read the one "
            "before.",
            not_shifted,
            section=f"{PAGE}#t5-unshifted",
        ),
        Misconception(
            "shifted left",
            "The decoder reads at each place the word after the one that it should say; it must read the "
            "one before.",
            shifted_left,
            section=f"{PAGE}#t5-unshifted",
        ),
        Misconception(
            "inputs and targets exchanged",
            "What should be read and what should be said stand in each other's place.",
            exchanged,
        ),
        Misconception(
            "start missing",
            "The inputs begin with the first word, so that nothing asks for it; a start comes before it.",
            start_missing,
        ),
        Misconception(
            "last rolled to the front",
            "The targets are rolled round, and what fell off at the end stands in front; a start belongs "
            "there.",
            last_rolled_to_the_front,
        ),
        Misconception(
            "end read as well",
            "Short answers have their end among the inputs, because the targets were moved and not the "
            "words; the inputs are a start and `said` as it is.",
            end_read_as_well,
        ),
        Misconception(
            "end behind the padding",
            "The end stands in the last column of every row; it comes right after the last word.",
            end_behind_the_padding,
        ),
        Misconception(
            "end missing",
            "The targets have no end, so that a model never learns to stop.",
            end_missing,
        ),
        Misconception(
            "end over the last word",
            "The end has taken the place of the last word; it comes after it.",
            end_over_the_last_word,
        ),
        Misconception(
            "ends for padding",
            "All padding has become ends in the targets; one end is enough, and the rest stays padding.",
            padding_turned_into_ends,
        ),
        Misconception(
            "end not counted",
            "The end isn't counted, so that nobody minds when the model goes on; it is a target like any "
            "word.",
            end_not_counted,
        ),
        Misconception(
            "padding counted",
            "Padding is counted as if it should be said; only words and the end are.",
            padding_counted,
        ),
        Misconception(
            "counted the wrong way round",
            "Padding is counted and the words aren't: True means that a target is to be learnt.",
            padding_alone_counted,
        ),
        Misconception(
            "start and end exchanged",
            "The inputs begin with the end, and the targets stop with the start.",
            start_and_end_exchanged,
        ),
    ),
)
