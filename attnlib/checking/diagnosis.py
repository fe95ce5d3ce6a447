"""What a wrong answer does, in words, where its mistake has no name.

A diagnosis is a small function that looks at the Evidence and returns a sentence, or None where it has
nothing to say. Whatever it says is true of the answer and holds no expected number.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from attnlib._arrays import shape_text
from attnlib.checking.by_value import how_many, is_rounded, rows_of_numbers
from attnlib.checking.outcome import Outcome, children, right
from attnlib.checking.quoting import keys, kind, layout
from attnlib.checking.wording import Says
from attnlib.exercise import SealedReference

CONTAINERS = dict | tuple | list


@dataclass(frozen=True)
class Evidence:
    """An answer that is wrong somewhere: what it came to on every case, and what the reference does.

    Parameters
    ----------
    exercise : attnlib.exercise.Exercise
        What was asked.
    cases : list of attnlib.exercise.Case
        What it was tried on.
    got, expected : list of Outcome
        The answer's outcomes and the reference's, one for each case.
    """

    exercise: object
    cases: list
    got: list
    expected: list

    @cached_property
    def wrong(self):
        """The places of the cases that fail."""
        same_dtype = self.exercise.same_dtype
        pairs = enumerate(zip(self.got, self.expected, strict=True))
        return [i for i, (g, e) in pairs if not right(g, e, same_dtype=same_dtype)]

    @property
    def first(self):
        """The first case that fails, what the answer came to on it, and what the reference does."""
        i = self.wrong[0]
        return self.cases[i], self.got[i], self.expected[i]


def diagnose(evidence):
    """Return the first sentence that any of the `DIAGNOSES` has to say."""
    return next(filter(None, (says(evidence) for says in DIAGNOSES)))


def _calls_the_reference(evidence):
    _, got, _ = evidence.first
    return Says.SEALED if isinstance(got.error, SealedReference) else None


def _raises(evidence):
    _, got, _ = evidence.first
    if got.error is None:
        return None
    error, says = type(got.error).__name__, str(got.error)
    return Says.RAISES.format(error=error, theirs=says) if says else Says.RAISES_ONLY.format(error=error)


def _returns_something_else(evidence):
    _, got, expected = evidence.first
    if got.value is None:
        return Says.RETURNS_NONE
    if isinstance(expected.value, CONTAINERS):
        if isinstance(got.value, type(expected.value)):
            return None
        return Says.RETURNS_NO_PARTS.format(theirs=kind(got.value), layout=layout(expected.value))
    if isinstance(got.value, list):
        return Says.RETURNS_LIST
    return Says.RETURNS_OTHER.format(theirs=kind(got.value)) if got.array is None else None


def _overwrites(evidence):
    _, got, _ = evidence.first
    return Says.OVERWRITES if got.overwrote else None


def _differs_in_a_part(evidence):
    """Compare part by part where the question asks for a dict, a tuple or a list."""
    case, got, expected = evidence.first
    if not isinstance(expected.value, CONTAINERS):
        return None
    if isinstance(expected.value, dict):
        missing = [key for key in expected.value if key not in got.value]
        if missing:
            return Says.LACKS_KEY.format(key=repr(missing[0]), keys=keys(expected.value))
        if len(got.value) > len(expected.value):
            return Says.WRONG_KEYS.format(keys=keys(expected.value))
    elif len(got.value) != len(expected.value):
        return Says.WRONG_COUNT.format(got=len(got.value), expected=layout(expected.value))
    plain = replace(evidence.exercise, properties=())
    for (_, key), part in children(expected.value):
        one = Evidence(plain, [case], [Outcome(got.value[key])], [Outcome(part)])
        if one.wrong:
            return Says.PART.format(part=f"[{key!r}]", says=diagnose(one))
    return None


def _has_another_shape(evidence):
    _, got, expected = evidence.first
    shapes = got.array.shape, expected.array.shape
    if shapes[0] == shapes[1]:
        return None
    says, words = (Says.LAYOUT, rows_of_numbers) if evidence.exercise.by_value else (Says.SHAPE, shape_text)
    return says.format(got=words(shapes[0]), expected=words(shapes[1]))


def _is_not_finite(evidence):
    _, got, expected = evidence.first
    if evidence.exercise.by_value and np.isnan(got.array).any():
        return Says.MISSING
    if np.isnan(got.array).any() and not np.isnan(expected.array).any():
        return Says.NAN
    return Says.INFINITE if np.isinf(got.array).any() and not np.isinf(expected.array).any() else None


def _is_rounded(evidence):
    _, got, expected = evidence.first
    return Says.ROUNDED if evidence.exercise.by_value and is_rounded(got.array, expected.array) else None


def _has_another_dtype(evidence):
    _, got, expected = evidence.first
    if not evidence.exercise.same_dtype or got.dtype == expected.dtype:
        return None
    return Says.DTYPE.format(expected=expected.dtype, got=got.dtype)


def _breaks_a_law(evidence):
    case, got, _ = evidence.first
    return next((law.says for law in evidence.exercise.properties if not law.holds(case, got.array)), None)


def _has_wrong_numbers(evidence):
    _, got, expected = evidence.first
    if evidence.exercise.by_value:
        return how_many(got.array, expected.array)
    return Says.NO_NAME.format(wrong=len(evidence.wrong), all=len(evidence.cases))


# each may rely on those before it having had nothing to say
DIAGNOSES = (
    _calls_the_reference,
    _raises,
    _returns_something_else,
    _overwrites,
    _differs_in_a_part,
    _has_another_shape,
    _is_not_finite,
    _is_rounded,
    _has_another_dtype,
    _breaks_a_law,
    _has_wrong_numbers,
)
