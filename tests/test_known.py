"""What is known of an exercise ahead of its answers is worked out once, and judges them as before."""

import dataclasses

import numpy as np
import pytest

from attnlib import CheckFailed
from attnlib.catalogue import EXERCISES
from attnlib.checking import judge, quiet
from attnlib.checking.known import Known, known
from attnlib.checking.outcome import alike


def counted(exercise):
    """Return an exercise whose mistakes count how often each is called."""
    calls = dict.fromkeys((m.name for m in exercise.misconceptions), 0)

    def counting(one):
        def answer(*args, **options):
            calls[one.name] += 1
            return one.answer(*args, **options)

        return dataclasses.replace(one, answer=answer)

    mistakes = tuple(map(counting, exercise.misconceptions))
    return dataclasses.replace(exercise, misconceptions=mistakes), calls


def verdict(exercise, answer):
    with pytest.raises(CheckFailed) as failed:
        judge(exercise, answer, exercise.visible())
    return str(failed.value)


def test_second_wrong_answer_asks_no_mistake_for_what_it_came_to():
    exercise, calls = counted(EXERCISES["attention_weights"])
    one, other = (EXERCISES["attention_weights"].misconceptions[i].answer for i in (0, 1))
    verdict(exercise, one)
    verdict(exercise, other)
    before = dict(calls)
    again = verdict(exercise, other)
    judged = len(exercise.visible())
    assert sum(calls.values()) - sum(before.values()) == judged  # those of the one that it is
    assert again == verdict(EXERCISES["attention_weights"], other)


def test_cases_are_those_of_the_exercise_and_the_same_each_time():
    exercise = EXERCISES["softmax"]
    assert known(exercise) is known(exercise)
    cases = Known(exercise).cases
    visible = exercise.visible()
    assert len(cases) > len(visible)
    for case, other in zip(cases, visible, strict=False):
        np.testing.assert_array_equal(case.args[0], other.args[0])


def test_all_of_it_is_worked_out_ahead():
    exercise, calls = counted(EXERCISES["softmax"])
    about = Known(exercise)
    about.complete()
    assert set(calls.values()) == {len(about.cases)}
    about.complete()
    assert set(calls.values()) == {len(about.cases)}


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda e: e.name)
def test_what_is_remembered_stays_true(exercise):
    """A call copies what it is given, and mistakes come to the same each time."""

    def plain(value):
        if isinstance(value, dict | tuple | list):
            return all(map(plain, value.values() if isinstance(value, dict) else value))
        return value is None or isinstance(value, np.ndarray | np.generic | int | float | str)

    with quiet():
        one, other = Known(exercise), Known(exercise)
        other.complete()
        assert all(plain((*case.args, *case.options.values())) for case in one.cases)
        for mistake in reversed(range(len(exercise.misconceptions))):  # in another order than before
            assert all(map(alike, one.outcomes(mistake), other.outcomes(mistake)))
