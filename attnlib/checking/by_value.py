"""What is wrong with numbers that were found on paper."""

import numpy as np

from attnlib.checking.outcome import Outcome
from attnlib.checking.quoting import kind
from attnlib.checking.sentences import Says
from attnlib.checking.wording import CheckFailed, Verdict

ROUNDED = 0.006  # two decimals


def require_numbers(exercise, answer):
    """Return an answer as an array of floats.

    Raises
    ------
    CheckFailed
        If it holds no numbers, or isn't there yet.
    """
    if answer is None or answer is Ellipsis:
        raise CheckFailed(Verdict(exercise.name, Says.UNANSWERED))
    array = Outcome(value=answer).array
    if array is None and _is_open(answer):
        raise CheckFailed(Verdict(exercise.name, Says.MISSING, section=exercise.section))
    if array is None:
        raise CheckFailed(Verdict(exercise.name, _no_numbers(exercise, answer), section=exercise.section))
    if np.isnan(array).all():
        raise CheckFailed(Verdict(exercise.name, Says.UNANSWERED))
    return array


def _is_open(answer):
    """Return whether a place in an answer, or a whole row, is still to be filled in."""
    if isinstance(answer, np.ndarray):
        answer = answer.tolist()
    return (
        answer is None
        or answer is Ellipsis
        or (isinstance(answer, list | tuple) and any(map(_is_open, answer)))
    )


def _no_numbers(exercise, answer):
    text = _first_text(exercise.name, answer)
    if text is not None:
        return Says.TEXT.format(theirs=text)
    if isinstance(answer, list | tuple | np.ndarray):
        return Says.RAGGED
    return Says.NO_NUMBERS.format(theirs=kind(answer))


def _first_text(place, answer):
    """Return which entry is a text, as in ``name[0][3] is '1/4'``, or None."""
    if isinstance(answer, np.ndarray):
        answer = answer.tolist()
    if isinstance(answer, str | bytes):
        return f"{place} is {answer!r}"
    if isinstance(answer, list | tuple):
        return next(filter(None, (_first_text(f"{place}[{i}]", e) for i, e in enumerate(answer))), None)
    return None


def rows_of_numbers(shape):
    """Return what an answer by hand looks like, in words.

    Examples
    --------
    >>> rows_of_numbers((2, 3)), rows_of_numbers(())
    ('2 rows of 3 numbers', 'one number')
    """
    if shape == ():
        return "one number"
    *outer, n = shape
    row = f"{n} number{'s' * (n != 1)}"
    if not outer:
        return f"a list of {row}"
    if len(outer) == 1:
        return f"{outer[0]} row{'s' * (outer[0] != 1)} of {row}"
    return f"{outer[0]} × {rows_of_numbers(shape[1:])}"


def is_rounded(got, expected):
    """Return whether an answer is right but for decimals that were left out."""
    return np.allclose(got, expected, rtol=0, atol=ROUNDED)


def how_many(got, expected):
    """Return how many numbers of an answer by hand are wrong, and in which rows of a table."""
    got, expected = np.atleast_1d(got), np.atleast_1d(expected)
    wrong = ~np.isclose(got, expected, rtol=1e-6, atol=1e-9)
    if wrong.all():
        return Says.NONE_RIGHT if wrong.size > 1 else Says.NOT_RIGHT
    rows = np.flatnonzero(wrong.any(axis=-1)) + 1 if wrong.ndim == 2 else []
    place = f", in row{'s' * (len(rows) > 1)} {' and '.join(map(str, rows))}" if 0 < len(rows) < 3 else ""
    says = Says.SOME_WRONG if wrong.sum() > 1 else Says.ONE_WRONG
    return says.format(wrong=wrong.sum(), size=wrong.size, place=place)
