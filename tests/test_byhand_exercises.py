"""The exercises on the worked example stay in step with its definition."""

import numpy as np
import pytest

from attnlib import byhand, check
from attnlib.catalogue import EXERCISES
from attnlib.checking import CheckFailed
from attnlib.checking.sealing import opened


def as_floats(matrix):
    return np.asarray(matrix).astype(float)


def shown_by(name):
    return {m.name: m.answer() for m in EXERCISES[name].misconceptions}


@pytest.mark.parametrize("name", ["scores", "weights", "context"])
def test_reference_by_hand_is_the_worked_examples_own(name):
    reference = opened(EXERCISES[f"{name}_by_hand"].reference)()
    np.testing.assert_array_equal(as_floats(reference), as_floats(byhand.steps()[name]))


@pytest.mark.parametrize("named", byhand.MISTAKES)
def test_each_of_the_ten_mistakes_is_recognised_in_the_context(named):
    wrong = as_floats(byhand.mistakes()[named])
    shows = [
        m for m, answer in shown_by("context_by_hand").items() if np.allclose(as_floats(answer), wrong)
    ]
    assert len(shows) == 1


@pytest.mark.parametrize("seed", range(3))
def test_code_in_rows_and_in_columns_follows_the_steps(seed):
    worked = byhand.example(seed)
    for name, convention in (("hand_attention", "row"), ("hand_attention_columns", "column")):
        steps = byhand.steps(worked, convention=convention)
        q, k, v = (as_floats(steps[matrix]) for matrix in "qkv")
        np.testing.assert_allclose(EXERCISES[name].reference(q, k, v), as_floats(steps["context"]))


@pytest.mark.parametrize("name", [name for name, exercise in EXERCISES.items() if exercise.by_value])
def test_wrong_numbers_in_lists_are_not_blamed_on_the_lists(name):
    right = opened(EXERCISES[name].reference)()
    with pytest.raises(CheckFailed) as failed:
        check((np.asarray(right) * 0 + 0.123).tolist(), name)
    assert "return a" not in str(failed.value)
