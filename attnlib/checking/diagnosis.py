"""What a wrong answer does, in words, where its mistake has no name.

A diagnosis is a small function that looks at the Evidence and returns a sentence, or None where it has
nothing to say. Whatever it says is true of the answer and holds no expected number.
"""

import itertools
from dataclasses import replace

import numpy as np

from attnlib._arrays import shape_text
from attnlib.checking.amounts import amount, same
from attnlib.checking.by_value import how_many, is_rounded, rows_of_numbers
from attnlib.checking.contrasts import LARGE, contrast
from attnlib.checking.evidence import Evidence
from attnlib.checking.kept import kept, nearly
from attnlib.checking.outcome import Outcome, children
from attnlib.checking.places import confined, first_wrong
from attnlib.checking.quoting import keys, kind, layout, names
from attnlib.checking.relations import related, related_by_lines
from attnlib.checking.sentences import Says
from attnlib.exercise import SealedReference

CONTAINERS = dict | tuple | list
SHIFT = "chapters/05-softmax#softmax-shift"
MOST_AXES = 6  # whose orders are tried


def diagnose(evidence):
    """Return the first sentence that any of the `DIAGNOSES` has to say."""
    return next(filter(None, (says(evidence) for says in DIAGNOSES)))


def remark(evidence, headline):
    """Return all that the `REMARKS` have to say besides the headline, as sentences."""
    found = filter(None, (says(evidence) for says in REMARKS))
    return [says[0].upper() + says[1:] for says in found if says != headline]


def helps(evidence, says):
    """Return the section of the book that helps most: what overflows wants the shift of the softmax."""
    overflows = says in (Says.NAN, Says.INFINITE) and all(
        any(np.abs(array).max(initial=0) >= LARGE for array in evidence.floats[i]) for i in evidence.wrong
    )
    return SHIFT if overflows else evidence.exercise.section


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
    case, got, _ = evidence.first
    if not got.overwrote:
        return None
    given = [*names(evidence.exercise)[: len(case.args)], *case.options]
    return Says.OVERWRITES.format(name=" and ".join(given[i] for i in got.overwrote if i < len(given)))


def _wavers(evidence):
    return Says.WAVERS if evidence.wavers else None


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
    wrong, judged = evidence.share
    return Says.NO_NAME.format(wrong=wrong, all=judged)


def _differs_in_its_axes(evidence):
    """Compare a result of another shape with the right one, axes and sizes of 1 aside."""
    pairs = evidence.arrays
    if not pairs or evidence.exercise.by_value or all(g.shape == e.shape for g, e in pairs):
        return None
    for says, alike in (
        (Says.AXIS_OF_ONE, lambda g, e: same(g.squeeze(), e.squeeze())),
        (Says.AXES_RIGHT, _in_another_order),
        (Says.NUMBERS_RIGHT, lambda g, e: same(g.ravel(), e.ravel())),
    ):
        if all(alike(g, e) for g, e in pairs):
            return says
    return None


def _in_another_order(g, e):
    return g.ndim == e.ndim < MOST_AXES and any(
        same(g, e.transpose(order)) for order in itertools.permutations(range(e.ndim))
    )


def _is_right_where_finite(evidence):
    pairs = evidence.arrays
    if not pairs or any(g.shape != e.shape for g, e in pairs):
        return None
    if all(np.isfinite(g).all() for g, _ in pairs):
        return None
    finite = [(g[np.isfinite(g)], e[np.isfinite(g)]) for g, e in pairs]
    some = any(g.size for g, _ in finite)
    return Says.OTHERS_RIGHT if some and all(same(g, e) for g, e in finite) else None


# each may rely on those before it having had nothing to say
DIAGNOSES = (
    _calls_the_reference,
    _wavers,
    _raises,
    _returns_something_else,
    _overwrites,
    _differs_in_a_part,
    _has_another_shape,
    _is_not_finite,
    _is_rounded,
    _has_another_dtype,
    related,
    confined,
    related_by_lines,
    _breaks_a_law,
    _has_wrong_numbers,
)
# each speaks for itself
REMARKS = (
    amount,
    _differs_in_its_axes,
    _is_right_where_finite,
    related,
    nearly,
    kept,
    contrast,
    first_wrong,
)
