"""The kill matrix: no wrong answer passes, no right one fails, and every mistake has its own name."""

import numpy as np
import pytest
from questions import right_answers

from attnlib import CheckFailed, check
from attnlib.catalogue import EXERCISES
from attnlib.checking import LINE_LENGTH, alike, call, judge
from grader.samples.made_up import answer_source

MISTAKES = [(e, m) for e in EXERCISES.values() for m in e.misconceptions]
RIGHT = [(e, answer) for e in EXERCISES.values() for answer in right_answers(e.name)]


def as_answer(exercise, function):
    return function() if exercise.by_value else function


def same(exercise, one, other):
    return all(alike(a, b, same_dtype=exercise.same_dtype) for a, b in zip(one, other, strict=True))


def mistake_id(value):
    return getattr(value, "name", getattr(value, "__name__", None))


@pytest.mark.parametrize(("exercise", "misconception"), MISTAKES, ids=mistake_id)
@pytest.mark.parametrize("hidden", [False, True], ids=["visible", "hidden"])
def test_every_misconception_fails_under_its_own_name(exercise, misconception, hidden):
    with pytest.raises(CheckFailed) as caught:
        check(as_answer(exercise, misconception.answer), exercise.name, hidden=hidden)
    assert caught.value.misconception == misconception.name
    assert misconception.name in str(caught.value)
    assert (
        max(map(len, str(caught.value).splitlines())) <= LINE_LENGTH
    )  # `nbgrader validate` shows it whole
    assert f".html#{misconception.section.partition('#')[2]}" in str(caught.value)


@pytest.mark.parametrize(("exercise", "answer"), RIGHT, ids=mistake_id)
def test_every_correct_answer_passes(exercise, answer, capsys):
    check(as_answer(exercise, answer), exercise.name, hidden=True)
    assert "passed" in capsys.readouterr().out


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=mistake_id)
def test_no_two_misconceptions_share_a_name(exercise):
    names = [m.name for m in exercise.misconceptions]
    assert len(set(names)) == len(names)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=mistake_id)
def test_no_two_misconceptions_answer_alike_on_all_cases(exercise):
    cases = exercise.visible() + exercise.hidden(np.random.default_rng(2017))
    outcomes = {m.name: [call(m.answer, case) for case in cases] for m in exercise.misconceptions}
    for one in outcomes:
        for other in outcomes:
            assert same(exercise, outcomes[one], outcomes[other]) == (one == other), (one, other)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=mistake_id)
def test_hidden_cases_follow_the_seed(exercise):
    def arrays(seed):
        return [case.args[0] for case in exercise.hidden(np.random.default_rng(seed))]

    for one, same in zip(arrays(5), arrays(5), strict=True):
        np.testing.assert_array_equal(one, same)
    if not exercise.by_value:
        assert any(not np.array_equal(one, other) for one, other in zip(arrays(5), arrays(6), strict=True))


@pytest.mark.parametrize(("exercise", "misconception"), MISTAKES, ids=mistake_id)
def test_misconception_reads_as_a_sentence_and_stands_alone(exercise, misconception):
    assert misconception.says[0].isupper()
    assert misconception.says.endswith(".")
    namespace = {}
    exec(answer_source(exercise, misconception.answer), namespace)  # noqa: S102 - a sample submission does
    answer = namespace[exercise.name]
    case = exercise.visible()[0]
    submitted = call((lambda: answer) if exercise.by_value else answer, case)
    assert alike(submitted, call(misconception.answer, case))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("exercise", [e for e in EXERCISES.values() if not e.by_value], ids=mistake_id)
def test_right_answers_pass_and_mistakes_stay_apart_whatever_the_seed(exercise):
    for seed in range(8):
        cases = exercise.visible() + exercise.hidden(np.random.default_rng(seed))
        for answer in right_answers(exercise.name):
            judge(exercise, answer, cases)
        outcomes = [[call(m.answer, case) for case in cases] for m in exercise.misconceptions]
        for i, one in enumerate(outcomes):
            assert not any(same(exercise, one, other) for other in outcomes[:i])


@pytest.mark.parametrize("exercise", [e for e in EXERCISES.values() if not e.by_value], ids=mistake_id)
@pytest.mark.parametrize("seed", range(20))
def test_correct_answers_agree_on_whatever_inputs_are_drawn(exercise, seed):
    cases = exercise.hidden(np.random.default_rng([seed, 4711]))
    for answer in right_answers(exercise.name):
        judge(exercise, answer, cases)
