"""No small edit of a right answer that changes a result gets past the check."""

import contextlib
import inspect
import io
import math
import textwrap
import types
import warnings

import numpy as np
import pytest
from mutants import mutants
from questions import right_answers

from attnlib import CheckFailed, check
from attnlib.catalogue import EXERCISES
from attnlib.checking import call, right

CODED = [exercise for exercise in EXERCISES.values() if not exercise.by_value]
OTHER_SEEDS = range(1, 21)


def functions(exercise):
    """Return the answers to edit: not those in single precision, whose edits differ by rounding alone."""
    return [
        answer
        for answer in right_answers(exercise.name)
        if isinstance(answer, types.FunctionType)
        and answer.__name__ != "<lambda>"
        and not answer.__name__.endswith("in_single_precision")
    ]


def compiled(answer, source):
    namespace = dict(answer.__globals__) | {"np": np, "math": math}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an edit may compare with a literal by identity and the like
        exec(compile(source, "<mutant>", "exec"), namespace)  # noqa: S102 - the edits are ours
    return namespace[answer.__name__]


def passes(exercise, function):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            check(function, exercise.name, hidden=True)
    except CheckFailed:
        return False
    return True


def changes_a_result(exercise, function):
    cases = [case for seed in OTHER_SEEDS for case in exercise.hidden(np.random.default_rng(seed))]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return not all(right(call(function, case), call(exercise.reference, case)) for case in cases)


@pytest.fixture(scope="module")
def searched():
    """Return ``{exercise: (how many edits were rejected, [survivors])}``."""
    found = {}
    for exercise in CODED:
        rejected, survivors = 0, []
        for answer in functions(exercise):
            for what, source in mutants(textwrap.dedent(inspect.getsource(answer))):
                mutant = compiled(answer, source)
                if not passes(exercise, mutant):
                    rejected += 1
                elif changes_a_result(exercise, mutant):
                    survivors.append(f"{answer.__name__}, {what}")
        found[exercise.name] = rejected, survivors
    return found


@pytest.mark.parametrize("exercise", CODED, ids=lambda exercise: exercise.name)
def test_no_edit_that_changes_a_result_passes(exercise, searched):
    _, survivors = searched[exercise.name]
    assert survivors == []


def test_enough_edits_were_tried(searched, record_property):
    rejected = {name: count for name, (count, _) in searched.items()}
    record_property("edits rejected", sum(rejected.values()))
    print(rejected, "in all", sum(rejected.values()))
    assert min(rejected.values()) >= 10
    assert sum(rejected.values()) >= 300
