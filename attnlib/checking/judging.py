"""Check an answer and say what is wrong with it, without saying what is right."""

import contextlib
import inspect
import linecache
import sys
import textwrap
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attnlib._arrays import shape_text
from attnlib.checking.sealing import SealedReference, sealed

HIDDEN_SEED = 2017
LARGEST_SHOWN = 12
ROUNDED = 0.006  # two decimals
LINE_LENGTH = 80  # `nbgrader validate` cuts longer lines off
PACKAGE = str(Path(__file__).parent.parent)  # attnlib's own lines are no student's


class CheckFailed(AssertionError):  # noqa: N818 - in a traceback it reads as the sentence it is
    """A wrong answer. Its text is written for the student; in a notebook it replaces the traceback.

    Attributes
    ----------
    exercise : str
        The exercise's name.
    misconception : str or None
        The name of the mistake, where it was recognised.
    """

    def __init__(self, exercise, headline, *details, misconception=None):
        super().__init__("\n".join([_wrap(f"{exercise}: {headline}"), *filter(None, details)]))
        self.exercise = exercise
        self.misconception = misconception

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self}"]


def check(fn_or_value, name=None, *, hidden=False):
    """Check an answer to an exercise.

    Prints one line, such as ``softmax: 9 checks passed``, or raises.

    Parameters
    ----------
    fn_or_value : callable or array_like
        The function that was written, or the numbers that were found.
    name : str, optional
        The exercise; by default the name of the function.
    hidden : bool, default False
        Use the random inputs and the edge cases as well.

    Raises
    ------
    CheckFailed
        If the answer is wrong; the text says what it does wrong and where to read about it.
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> check([3 / 16, 1 / 16, 9 / 16, 3 / 16], "softmax_by_hand")
    softmax_by_hand: 1 check passed
    """
    exercise = find_exercise(fn_or_value, name)
    cases = exercise.visible()
    if hidden:
        cases = cases + exercise.hidden(np.random.default_rng(HIDDEN_SEED))
    judge(exercise, fn_or_value, cases, show_inputs=not hidden)
    print(f"{exercise.name}: {len(cases)} check{'s' * (len(cases) != 1)} passed")


def find_exercise(fn_or_value, name=None):
    """Return the exercise called `name`, or called as the function is.

    Raises
    ------
    ValueError
        If there is no such exercise; the text lists those there are.
    """
    from attnlib.catalogue import EXERCISES

    name = name or getattr(fn_or_value, "__name__", None)
    if name not in EXERCISES:
        asked = (
            "which exercise is this? Say check(answer, name)" if name is None else f"no exercise {name!r}"
        )
        raise ValueError(f"{asked}; there are: {', '.join(sorted(EXERCISES))}")
    return EXERCISES[name]


def judge(exercise, answer, cases, *, show_inputs=True):
    """Raise CheckFailed unless `answer` is right on every case.

    Parameters
    ----------
    exercise : attnlib.catalogue.Exercise
        What was asked.
    answer : callable or array_like
        What was answered.
    cases : list of attnlib.catalogue.Case
        What it is tried on.
    show_inputs : bool, default True
        Whether a message may quote the inputs of the case that fails.
    """
    function = _as_function(exercise, answer)

    def outcomes(some):
        return [call(function, case, exercise.seals) for case in some]

    with quiet():
        judge_outcomes(exercise, outcomes, cases, show_inputs=show_inputs)


def judge_outcomes(exercise, outcomes, cases, *, show_inputs=True):
    """Raise CheckFailed unless the outcomes of an answer are right.

    Parameters
    ----------
    exercise, cases, show_inputs
        As for `judge`.
    outcomes : callable
        Given cases, returns what the answer comes to on each, as a list of Outcome.
    """
    got = outcomes(cases)
    expected = [call(exercise.reference, case) for case in cases]
    pairs = enumerate(zip(got, expected, strict=True))
    wrong = [i for i, (g, e) in pairs if not right(g, e, same_dtype=exercise.same_dtype)]
    if not wrong:
        return
    first = wrong[0]
    if isinstance(got[first].error, NotImplementedError):
        raise _unanswered(exercise)
    where = _where(exercise, cases[first], show_inputs)
    is_list = isinstance(got[first].value, list)  # named before anything that its numbers may show
    misconception = None if is_list else recognise(exercise, outcomes, cases, got)
    if misconception is not None:
        raise CheckFailed(
            exercise.name,
            f"this looks like “{misconception.name}”.",
            _wrap(misconception.says),
            where,
            got[first].stopped_at(),
            _read(misconception.section),
            misconception=misconception.name,
        )
    raise CheckFailed(
        exercise.name,
        _what_fails(exercise, cases[first], got[first], expected[first], len(wrong), len(cases)),
        where,
        got[first].stopped_at(),
        _read(exercise.section),
    )


def recognise(exercise, outcomes, cases, got):
    """Return the one misconception that answers as these outcomes do, or None.

    The cases that tell misconceptions apart are always used, those that the answer was judged on or
    not, so that two mistakes with the same visible results have different names.
    """
    more = exercise.visible() + exercise.hidden(np.random.default_rng(HIDDEN_SEED))
    pool = [*zip(cases, got, strict=True), *zip(more, outcomes(more), strict=True)]
    found = [
        misconception
        for misconception in exercise.misconceptions
        if all(
            alike(outcome, call(misconception.answer, case), same_dtype=exercise.same_dtype)
            for case, outcome in pool
        )
    ]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Outcome:
    """What a call came to: a value or an error, and whether it overwrote an argument."""

    value: object = None
    error: Exception | None = None
    overwrote: bool = False

    @property
    def array(self):
        """The value as an array of floats, or None if it isn't one."""
        if self.value is None or isinstance(self.value, str | bytes | dict | set):
            return None
        try:
            array = np.asarray(self.value)
            return array.astype(float) if array.dtype.kind in "fiubO" else None
        except (TypeError, ValueError):
            return None

    @property
    def dtype(self):
        """The dtype of the value, or None if it isn't an array of numbers."""
        return None if self.array is None else np.asarray(self.value).dtype

    def stopped_at(self):
        """Return the line of the student's code at which it stopped, or None."""
        if self.error is None:
            return None
        frames = traceback.extract_tb(self.error.__traceback__)
        own = [
            f for f in frames if not f.filename.startswith(PACKAGE) and "site-packages" not in f.filename
        ]
        line = (
            (linecache.getline(own[-1].filename, own[-1].lineno).strip() or own[-1].line) if own else None
        )
        return _wrap(f"It stopped in line {own[-1].lineno} of your cell: {line}", "    ") if line else None


def call(function, case, seals=()):
    """Return the Outcome of calling `function` on copies of the case's arguments."""
    args = [_copy(arg) for arg in case.args]
    options = {name: _copy(option) for name, option in case.options.items()}
    try:
        with sealed(*seals):
            value = function(*args, **options)
    except Exception as error:  # whatever a student's code raises is told to the student
        return Outcome(error=error)
    kept = all(
        np.array_equal(before, after, equal_nan=True)
        for before, after in zip(
            (*case.args, *case.options.values()), (*args, *options.values()), strict=True
        )
        if isinstance(before, np.ndarray)
    )
    return Outcome(value=value, overwrote=not kept)


def _copy(value):
    return value.copy() if isinstance(value, np.ndarray) else value


def right(got, expected, *, same_dtype=False):
    """Return whether an outcome is the expected one, to the coarser precision of the two."""
    if got.error is not None or got.overwrote or isinstance(got.value, list):
        return False
    if same_dtype and got.dtype != expected.dtype:
        return False
    return _close(got, expected)


def alike(got, other, *, same_dtype=False):
    """Return whether two outcomes are the same mistake: same error, or same numbers with the same gaps."""
    if got.error is not None or other.error is not None:
        return type(got.error) is type(other.error)
    if got.overwrote != other.overwrote or (same_dtype and got.dtype != other.dtype):
        return False
    return _close(got, other)


def _close(one, other):
    a, b = one.array, other.array
    if a is None or b is None:
        return a is b
    single = {one.dtype, other.dtype} & {np.dtype(np.float32), np.dtype(np.float16)}
    rtol, atol = (1e-4, 1e-5) if single else (1e-6, 1e-9)
    if single:  # what cancelled on the way was as large as what is left
        atol *= np.abs(b[np.isfinite(b)]).max(initial=1)
    return a.shape == b.shape and np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True)


def _as_function(exercise, answer):
    if exercise.by_value:
        if answer is None or answer is Ellipsis:
            raise _unanswered(exercise)
        array = Outcome(value=answer).array
        if array is None:
            raise CheckFailed(exercise.name, _no_numbers(exercise, answer), _read(exercise.section))
        if np.isnan(array).all():
            raise _unanswered(exercise)
        return lambda: array
    if not callable(answer):
        raise CheckFailed(exercise.name, f"this is not a function: got {_kind(answer)}.")
    _require_arguments(exercise, answer)
    return answer


def _require_arguments(exercise, answer):
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # a ufunc or a built-in without one: calling it will tell
        return
    for case in exercise.visible():
        try:
            signature.bind(*case.args, **case.options)
        except TypeError as error:
            raise CheckFailed(
                exercise.name,
                f"it can't be called as the question asks: {error}.",
                f"Yours is {exercise.name}{signature}.",
                f"The call that fails is {_call_by_names(exercise, case)}.",
            ) from None


def _call_by_names(exercise, case):
    options = [f"{n}={n if isinstance(v, np.ndarray) else repr(v)}" for n, v in case.options.items()]
    return f"{exercise.name}({', '.join([*_names(exercise)[: len(case.args)], *options])})"


def _no_numbers(exercise, answer):
    text = _first_text(exercise.name, answer)
    if text is not None:
        return f"these are not numbers yet: {text}. Write numbers without quotes."
    if isinstance(answer, list | tuple | np.ndarray):
        return "these are not numbers in rows of equal length."
    return f"these are not numbers yet: got {_kind(answer)}."


def _first_text(place, answer):
    """Return which entry is a text, as in ``name[0][3] is '1/4'``, or None."""
    if isinstance(answer, np.ndarray):
        answer = answer.tolist()
    if isinstance(answer, str | bytes):
        return f"{place} is {answer!r}"
    if isinstance(answer, list | tuple):
        return next(filter(None, (_first_text(f"{place}[{i}]", e) for i, e in enumerate(answer))), None)
    return None


def _unanswered(exercise):
    return CheckFailed(exercise.name, "not answered yet.", misconception="not answered yet")


def _what_fails(exercise, case, got, expected, n_wrong, n_cases):
    if isinstance(got.error, SealedReference):
        return "it calls attnlib's own version, which is closed while yours is checked. Write it yourself."
    if got.error is not None:
        return f"it raises {type(got.error).__name__}: {got.error}"
    if got.value is None:
        return "it returns None. Is there a return at the end?"
    if isinstance(got.value, list):
        return "it returns a list; return a NumPy array."
    if got.array is None:
        return f"it returns {_kind(got.value)}; return a NumPy array."
    if got.overwrote:
        return "it changes the array that it is given; work on a copy."
    if got.array.shape != expected.array.shape and exercise.by_value:
        return f"expected {_layout(expected.array.shape)}, got {_layout(got.array.shape)}."
    if got.array.shape != expected.array.shape:
        return (
            f"the result has the wrong shape: expected {shape_text(expected.array.shape)}, "
            f"got {shape_text(got.array.shape)}."
        )
    if exercise.by_value and np.isnan(got.array).any():
        return "some of the numbers are still missing."
    if np.isnan(got.array).any() and not np.isnan(expected.array).any():
        return "the result contains NaN (0/0, 0 · inf or inf - inf)."
    if np.isinf(got.array).any() and not np.isinf(expected.array).any():
        return "the result contains infinity (an overflow, or a division by 0)."
    if exercise.by_value and np.allclose(got.array, expected.array, rtol=0, atol=ROUNDED):
        return "the numbers are rounded too much; write fractions, such as 5/7."
    if exercise.same_dtype and got.dtype != expected.dtype:
        return f"the result has the wrong dtype: expected {expected.dtype}, got {got.dtype}."
    for law in exercise.properties:
        if not law.holds(case, got.array):
            return law.says
    if exercise.by_value:
        return _how_many(np.atleast_1d(got.array), np.atleast_1d(expected.array))
    return f"the result is wrong in {n_wrong} of {n_cases} checks, in a way the course has no name for."


def _how_many(got, expected):
    """Return how many numbers of an answer by hand are wrong, and in which rows of a table."""
    wrong = ~np.isclose(got, expected, rtol=1e-6, atol=1e-9)
    if wrong.all():
        return "these are not the right numbers." if wrong.size > 1 else "this is not the right number."
    rows = np.flatnonzero(wrong.any(axis=-1)) + 1 if wrong.ndim == 2 else []
    where = f", in row{'s' * (len(rows) > 1)} {' and '.join(map(str, rows))}" if 0 < len(rows) < 3 else ""
    return f"{wrong.sum()} of the {wrong.size} numbers {'are' if wrong.sum() > 1 else 'is'} wrong{where}."


def _layout(shape):
    """Return what an answer by hand looks like, in words."""
    if shape == ():
        return "one number"
    *outer, n = shape
    row = f"{n} number{'s' * (n != 1)}"
    if not outer:
        return f"a list of {row}"
    if len(outer) == 1:
        return f"{outer[0]} row{'s' * (outer[0] != 1)} of {row}"
    return f"{outer[0]} × {_layout(shape[1:])}"


def _where(exercise, case, show_inputs):
    if exercise.by_value:
        return None
    given = [*zip(_names(exercise), case.args, strict=False), *case.options.items()]
    shapes = ", ".join(_described(name, value) for name, value in given)
    small = all(np.size(arg) <= LARGEST_SHOWN for _, arg in given)
    if not (show_inputs and small):
        return _wrap(f"Seen with {shapes}.")
    nested = any(np.ndim(arg) > 2 for _, arg in given)  # brackets that nobody wants to count
    options = [f"{name}={_source(value)}" for name, value in case.options.items()]
    call = _wrap(f"Try: {exercise.name}({', '.join([*map(_source, case.args), *options])})", indent="    ")
    return f"{call}\n{_wrap(f'That is {shapes}.')}" if nested else call


def _names(exercise):
    return list(inspect.signature(exercise.reference).parameters)


def _described(name, value):
    return (
        f"{name} of shape {shape_text(value.shape)}" if isinstance(value, np.ndarray) else f"{name}={value}"
    )


def _source(value):
    if not isinstance(value, np.ndarray):
        return repr(value)
    dtype = "" if value.dtype == np.asarray(value.tolist()).dtype else f", dtype=np.{value.dtype}"
    return f"np.array({value.tolist()}{dtype})"


def _kind(value):
    return f"{value!r}" if isinstance(value, str | int | float) else f"a {type(value).__name__}"


def _wrap(text, indent=""):
    return textwrap.fill(text, LINE_LENGTH, subsequent_indent=indent, break_on_hyphens=False)


def _read(section):
    page, _, target = section.partition("#")
    return f"Read in the book: {page}.html#{target}"


@contextlib.contextmanager
def quiet():
    """Keep an answer's warnings out of standard error, for which nbgrader takes all marks off."""
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stderr(sys.stdout):
        warnings.simplefilter("ignore")
        yield
