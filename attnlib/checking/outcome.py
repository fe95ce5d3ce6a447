"""What a call comes to, and when two outcomes are the same."""

import linecache
import numbers
import re
import traceback
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attnlib.checking.sealing import sealed

NUMBERS = "fiub"  # kinds of dtype that hold numbers
LONGEST_TEXT = 400  # characters of an error's message
DEEPEST = 8  # dicts, tuples and lists within each other
MOST_LEAVES = 10_000
ADDRESS = re.compile(r"0x[0-9a-f]+")  # of an object whose text an error quotes
PACKAGE = str(Path(__file__).parent.parent)  # attnlib's own lines are no student's


def leaves(value):
    """Return the arrays that a value is made of, by their places, or None if it is made of anything else.

    A leaf is an array of numbers, or a number; it may stand in dicts with keys of text or whole numbers, in
    tuples and in lists, within each other.

    Returns
    -------
    dict of tuple to numpy.ndarray, or None
        The steps to each leaf as pairs of a kind and a key; the leaf itself. The value is a leaf itself if
        there are no steps to it. An empty container has no leaf and is no value that can be compared.

    Examples
    --------
    >>> leaves({"w": np.ones(2), "b": (0.0, 1)})
    {(('dict', 'w'),): array([1., 1.]), (('dict', 'b'), ('tuple', 0)): array(0.), \
(('dict', 'b'), ('tuple', 1)): array(1)}
    >>> leaves("x")
    """
    found = {}
    return found if _collect(value, (), found) else None


def _collect(value, place, found):
    if isinstance(value, dict | tuple | list):
        inside = children(value)
        return (
            0 < len(inside) <= MOST_LEAVES
            and len(place) < DEEPEST
            and all(_collect(child, (*place, step), found) for step, child in inside)
        )
    array = _leaf(value)
    if array is None or len(found) == MOST_LEAVES:
        return False
    found[place] = array
    return True


def children(value):
    """Return the parts of a dict, tuple or list with the steps to them; none of a dict with other keys."""
    if not isinstance(value, dict):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return [((kind, i), part) for i, part in enumerate(value)]
    if not all(type(key) in (str, int) for key in value):
        return []
    return [(("dict", key), part) for key, part in value.items()]


def _leaf(value):
    if isinstance(value, np.ndarray | np.generic):
        return _of_numbers(np.asarray(value))
    return _of_numbers(np.asarray(value)) if isinstance(value, numbers.Real) else None


def _of_numbers(array):
    if array.dtype.kind == "O":  # of Fractions, say, or whole numbers beyond 64 bits
        try:
            return array.astype(float)
        except (TypeError, ValueError, OverflowError):
            return None
    return array if array.dtype.kind in NUMBERS else None


def copied(value):
    """Return a value with every array in its dicts, tuples and lists copied."""
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        parts = [copied(part) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    return value.copy(order="K") if isinstance(value, np.ndarray) else value


def _unchanged(before, after):
    """Return whether what a call was given holds what it held before, all the way down."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.dtype == after.dtype
            and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
        )
    if isinstance(before, dict):
        return list(before) == list(after) and all(_unchanged(before[key], after[key]) for key in before)
    if isinstance(before, tuple | list):
        return len(before) == len(after) and all(map(_unchanged, before, after))
    return before is after or (type(before) is type(after) and before == after)


@dataclass(frozen=True)
class Outcome:
    """What a call came to: a value or an error, and which arguments it overwrote, by their places."""

    value: object = None
    error: Exception | None = None
    overwrote: tuple[int, ...] = ()

    @property
    def array(self):
        """The value as an array of floats, or None if it isn't one."""
        if self.value is None or isinstance(self.value, str | bytes | dict | set):
            return None
        try:
            array = np.asarray(self.value)
            return array.astype(float) if array.dtype.kind in "fiubO" else None
        except (TypeError, ValueError, OverflowError):
            return None

    @property
    def dtype(self):
        """The dtype of the value, or None if it isn't an array of numbers."""
        return None if self.array is None else np.asarray(self.value).dtype

    @property
    def leaves(self):
        """The arrays that the value is made of, as `leaves` gives them."""
        return leaves(self.value)

    def stopped_at(self):
        """Return the line of the student's code at which it stopped, as (number, text), or None."""
        if self.error is None:
            return None
        frames = traceback.extract_tb(self.error.__traceback__)
        own = [
            f for f in frames if not f.filename.startswith(PACKAGE) and "site-packages" not in f.filename
        ]
        line = (
            (linecache.getline(own[-1].filename, own[-1].lineno).strip() or own[-1].line) if own else None
        )
        return (own[-1].lineno, line) if line else None


def call(function, case, seals=()):
    """Return the Outcome of calling `function` on copies of the case's arguments."""
    args = copied(case.args)
    options = copied(dict(case.options))
    given = (*args, *options.values())  # a call gets its own dict of options
    try:
        with sealed(*seals):
            value = function(*args, **options)
    except Exception as error:  # whatever a student's code raises is told to the student
        return Outcome(error=error)
    before = (*case.args, *case.options.values())
    changed = [not _unchanged(*pair) for pair in zip(before, given, strict=True)]
    return Outcome(value=value, overwrote=tuple(int(i) for i in np.flatnonzero(changed)))


def right(got, expected, *, same_dtype=False):
    """Return whether an outcome is the expected one, to the coarser precision of the two.

    Raises
    ------
    ValueError
        If the expected outcome isn't made of numbers, so that nothing could be compared with it.
    """
    if expected.error is not None or expected.leaves is None:
        says = (
            f"raises {expected.error!r}" if expected.error else f"returns {type(expected.value).__name__}"
        )
        raise ValueError(f"there is nothing to compare with: the reference {says}") from expected.error
    if got.error is not None or got.overwrote:
        return False
    if isinstance(got.value, list) and not isinstance(expected.value, list):
        return False
    return _same_dtypes(got, expected, same_dtype) and _close(got, expected, _precision(got))


def missed(got, expected):
    """Return which numbers of an outcome are wrong; both are arrays, and have the same shape."""
    return differs(got.array, expected.array, {got.dtype, expected.dtype, _precision(got)})


def _precision(outcome):
    """Return float32 for an array whose numbers it holds to the last digit, and the dtype of any other."""
    array = outcome.array
    if array is None or (array == np.rint(array)).all():
        return outcome.dtype
    with np.errstate(over="ignore"):
        single = array.astype(np.float32)
    return single.dtype if np.array_equal(single, array, equal_nan=True) else outcome.dtype


def alike(got, other, *, same_dtype=False):
    """Return whether two outcomes are the same mistake: same error, or same numbers with the same gaps."""
    if got.error is not None or other.error is not None:
        return got.error is not None and other.error is not None and _complaint(got) == _complaint(other)
    if set(got.overwrote) != set(other.overwrote) or not _same_dtypes(got, other, same_dtype):
        return False
    return _close(got, other)


def _complaint(outcome):
    """Return what an error says: which operation failed, and on what.

    The type alone would make one mistake of all that fails on a batch. NumPy's messages name the operation
    and the shapes, and two answers to the same case that stop in the same step get the same shapes there.
    """
    says = str(outcome.error)[:LONGEST_TEXT].strip()
    return type(outcome.error).__name__, ADDRESS.sub("", says)


def _same_dtypes(one, other, asked):
    if not asked:
        return True
    if _is_array(one) or _is_array(other):
        return one.dtype == other.dtype
    a, b = (outcome.leaves or {} for outcome in (one, other))
    return {place: leaf.dtype for place, leaf in a.items()} == {
        place: leaf.dtype for place, leaf in b.items()
    }


def _is_array(outcome):
    return not isinstance(outcome.value, dict | tuple | list)


def _close(one, other, precision=None):
    if _is_array(one) or _is_array(other):  # what can be read as one array may be one
        a, b = one.array, other.array
        if a is None or b is None:
            return a is b and type(one.value).__name__ == type(other.value).__name__
        return close(a, b, {one.dtype, other.dtype, precision})
    a, b = one.leaves, other.leaves
    if a is None or b is None:
        return a is b and type(one.value) is type(other.value)
    return a.keys() == b.keys() and all(
        close(a[place].astype(float), b[place].astype(float), {a[place].dtype, b[place].dtype})
        for place in b
    )


def close(a, b, dtypes=frozenset()):
    """Return whether two arrays of floats, computed in some dtypes, are the same but for rounding."""
    return a.shape == b.shape and not differs(a, b, dtypes).any()


def differs(a, b, dtypes=frozenset()):
    """Return which numbers of two arrays of the same shape are not the same but for rounding.

    What is left when numbers cancelled is as exact as these were large, so part of what is allowed goes
    with the largest number. It is enough for a step in float32, which the result's dtype may not show:
    ``q32 @ k32.T / np.sqrt(d_k)`` is float64. Where all is 0, a number added to a logarithm is found.
    """
    single = dtypes & {np.dtype(np.float32), np.dtype(np.float16)}
    most = np.abs(b[np.isfinite(b)]).max(initial=1 if single else 0)
    rtol, atol = (1e-4, 1e-5 * most) if single else (1e-6, 1e-9 + 5e-6 * most)
    return ~np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=True)
