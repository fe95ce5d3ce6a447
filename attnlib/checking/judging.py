"""Check an answer and say what is wrong with it, without saying what is right."""

import contextlib
import inspect
import sys
import warnings

import numpy as np

from attnlib.checking.by_value import require_numbers
from attnlib.checking.diagnosis import diagnose, helps, remark
from attnlib.checking.evidence import Evidence
from attnlib.checking.known import known
from attnlib.checking.outcome import alike, call
from attnlib.checking.quoting import call_by_names, kind, seen_with
from attnlib.checking.sealing import opened, sealed_by
from attnlib.checking.sentences import Says
from attnlib.checking.wording import CheckFailed, Verdict


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
    >>> check([0.5, 0.5, 0.5, 0.5], "softmax_by_hand")
    Traceback (most recent call last):
    attnlib.checking.wording.CheckFailed: softmax_by_hand: The four weights must sum to 1.
    The first wrong number is at place 1: yours is 0.5.
    Read in the book: chapters/05-softmax.html#softmax-normalise
    """
    exercise = find_exercise(fn_or_value, name)
    cases = known(exercise).cases if hidden else exercise.visible()
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
    exercise : attnlib.exercise.Exercise
        What was asked.
    answer : callable or array_like
        What was answered.
    cases : list of attnlib.exercise.Case
        What it is tried on.
    show_inputs : bool, default True
        Whether a message may quote the inputs of the case that fails.
    """
    function = _as_function(exercise, answer)
    seals = sealed_by(exercise)

    def outcomes(some):
        return [call(function, case, seals) for case in some]

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
    got, reference = outcomes(cases), opened(exercise.reference)
    if exercise.by_value:
        reference = _as_function(exercise, reference())
    evidence = Evidence(exercise, cases, got, [call(reference, case) for case in cases])
    if not evidence.wrong:
        return
    case, first, expected = evidence.first
    if isinstance(first.error, NotImplementedError):
        raise CheckFailed(Verdict(exercise.name, Says.UNANSWERED))
    evidence = _more_of(evidence, outcomes, reference)
    stopped = first.stopped_at()
    details = (
        *seen_with(exercise, case, show_inputs=show_inputs),
        "It stopped in line {} of your cell: {}".format(*stopped) if stopped else "",
    )
    # named before anything that its numbers may show
    is_list = isinstance(first.value, list) and not isinstance(expected.value, list)
    misconception = None if is_list else recognise(evidence)
    if misconception is None:
        says = diagnose(evidence)
        details = (*remark(evidence, says), *details)
        raise CheckFailed(Verdict(exercise.name, says, details, section=helps(evidence, says)))
    raise CheckFailed(
        Verdict.naming(
            misconception.name, exercise.name, (misconception.says, *details), misconception.section
        )
    )


def _more_of(evidence, outcomes, reference):
    """Return evidence from more cases: those that tell mistakes apart, and two of the first once more.

    The former are always used, whether the answer was judged on them or not, so that two mistakes with
    the same visible results have different names.
    """
    exercise, cases = evidence.exercise, evidence.cases
    more = known(exercise).cases
    places = () if exercise.by_value else dict.fromkeys((0, evidence.wrong[0]))
    got = outcomes([*more, *(cases[i] for i in places)])
    return Evidence(
        exercise,
        [*cases, *more],
        [*evidence.got, *got[: len(more)]],
        [*evidence.expected, *(call(reference, case) for case in more)],
        judged=len(cases),
        again=dict(zip(places, got[len(more) :], strict=True)),
    )


def recognise(evidence):
    """Return the one misconception that answers every case as the answer does, or None.

    Parameters
    ----------
    evidence : Evidence
        Of what the answer is judged on, and of the known cases, which come last.
    """
    exercise, about = evidence.exercise, known(evidence.exercise)
    judged = len(evidence.cases) - len(about.cases)

    def is_like(outcome, other):
        return alike(outcome, other, same_dtype=exercise.same_dtype)

    found = [
        misconception
        for number, misconception in enumerate(exercise.misconceptions)
        if all(map(is_like, evidence.got[judged:], about.outcomes(number)))
        and all(
            is_like(outcome, call(misconception.answer, case))
            for case, outcome in zip(evidence.cases[:judged], evidence.got[:judged], strict=True)
        )
    ]
    return found[0] if len(found) == 1 else None


def _as_function(exercise, answer):
    if exercise.by_value:
        array = require_numbers(exercise, answer)
        return lambda: array
    if not callable(answer):
        raise CheckFailed(Verdict(exercise.name, Says.NO_FUNCTION.format(theirs=kind(answer))))
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
            details = (
                f"Yours is {exercise.name}{signature}.",
                f"The call that fails is {call_by_names(exercise, case)}.",
            )
            headline = Says.NOT_CALLABLE_SO.format(theirs=error)
            raise CheckFailed(Verdict(exercise.name, headline, details)) from None


@contextlib.contextmanager
def quiet():
    """Keep an answer's warnings out of standard error, for which nbgrader takes all marks off."""
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stderr(sys.stdout):
        warnings.simplefilter("ignore")
        yield
