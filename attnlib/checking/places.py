"""Where a result is wrong: its first wrong number, and whether the wrong ones keep to one part of it."""

import numpy as np

from attnlib.checking.outcome import missed
from attnlib.checking.sentences import Says


def _lines(axis, chosen):
    def region(given, shape):
        if len(shape) < -axis:
            return None
        found = np.zeros(shape, dtype=bool)
        np.moveaxis(found, axis, 0)[chosen] = True
        return found

    return region


def _triangle(keep):
    def region(given, shape):
        return np.broadcast_to(keep(np.ones(shape[-2:], dtype=bool)), shape) if len(shape) >= 2 else None

    return region


def _mask(chosen):
    def region(given, shape):
        mask = given.get("mask")
        if not isinstance(mask, np.ndarray) or mask.dtype != bool or len(shape) < max(2, mask.ndim):
            return None
        try:
            return np.broadcast_to(chosen(mask), shape)
        except ValueError:  # the columns of the result are features, and not the keys of the mask
            return None

    return region


def _first_sequence(given, shape):
    return None if len(shape) < 3 else np.arange(shape[0]).reshape(-1, *(1,) * (len(shape) - 1)) == 0


def _later_sequences(given, shape):
    first = _first_sequence(given, shape)
    return None if first is None or shape[0] < 2 else np.broadcast_to(~first, shape)


# the first that holds in every case that fails is said
REGIONS = (
    (Says.WRONG_WITHOUT_KEYS, _mask(lambda mask: ~mask.any(axis=-1, keepdims=True))),
    (Says.WRONG_HIDDEN, _mask(np.logical_not)),
    (Says.WRONG_ALLOWED, _mask(lambda mask: mask)),
    (Says.WRONG_LAST_ROW, _lines(-2, slice(-1, None))),
    (Says.WRONG_FIRST_ROW, _lines(-2, slice(0, 1))),
    (Says.WRONG_LAST_COLUMN, _lines(-1, slice(-1, None))),
    (Says.WRONG_FIRST_COLUMN, _lines(-1, slice(0, 1))),
    (Says.WRONG_DIAGONAL, _triangle(lambda ones: ones & np.eye(*ones.shape, dtype=bool))),
    (Says.WRONG_ABOVE, _triangle(lambda ones: np.triu(ones, 1))),
    (Says.WRONG_BELOW, _triangle(lambda ones: np.tril(ones, -1))),
    (Says.WRONG_OFF_DIAGONAL, _triangle(lambda ones: ones & ~np.eye(*ones.shape, dtype=bool))),
    (Says.WRONG_LATER_ROWS, _lines(-2, slice(1, None))),
    (Says.WRONG_LATER_COLUMNS, _lines(-1, slice(1, None))),
    (Says.WRONG_EARLIER_ROWS, _lines(-2, slice(0, -1))),
    (Says.WRONG_EARLIER_COLUMNS, _lines(-1, slice(0, -1))),
    (Says.WRONG_LATER_SEQUENCES, _later_sequences),
)


def confined(evidence):
    """Return which part of the result all wrong numbers keep to, as a sentence, or None."""
    if not evidence.numbers or evidence.exercise.by_value:
        return None
    wrong = evidence.misses
    if not sum((~one).sum() for one in wrong):
        return None
    given = [evidence.given[i] for i in evidence.compared]
    for says, region in REGIONS:
        parts = [region(values, one.shape) for values, one in zip(given, wrong, strict=True)]
        if all(p is not None and not (one & ~p).any() for p, one in zip(parts, wrong, strict=True)) and any(
            (one[~p].size and not p.all()) for p, one in zip(parts, wrong, strict=True)
        ):
            return says
    return None


def first_wrong(evidence):
    """Return the student's own first wrong number and its place, as a sentence, or None."""
    _, got, expected = evidence.first
    if got.error is not None or got.overwrote or got.array is None or expected.array is None:
        return None
    if got.array.shape != expected.array.shape:
        return None
    wrong = missed(got, expected)
    if not wrong.any():
        return None
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    value = got.array[place]
    shown = str(bool(value)) if got.dtype == bool else f"{value:.4g}"
    if not place:
        return None if evidence.exercise.by_value else Says.YOURS_IS.format(theirs=shown)
    return Says.FIRST_WRONG.format(place=_in_words(evidence.exercise, place), theirs=shown)


def _in_words(exercise, place):
    if exercise.by_value and len(place) < 3:
        words = ("place",) if len(place) == 1 else ("row", "column")
        return ", ".join(f"{word} {i + 1}" for word, i in zip(words, place, strict=True))
    named = [f"{axis} {i}" for axis, i in zip(exercise.axes[::-1], place[::-1], strict=False)][::-1]
    return f"{list(place)} ({', '.join(named)})" if named else f"{list(place)}"
