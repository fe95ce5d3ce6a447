"""What the secret inputs of an exercise follow from."""

import numpy as np

from attnlib.catalogue import EXERCISES
from grader.grading import verify

SEED = "c0ffee"


def arrays(exercise, seed=SEED):
    return [arg for case in verify.secret_cases(exercise, seed) for arg in case.args]


def test_new_exercise_leaves_the_inputs_of_the_others_as_they_are(monkeypatch):
    coded = [exercise for exercise in EXERCISES.values() if not exercise.by_value]
    before = [arrays(exercise) for exercise in coded]
    grown = {"a_new_one": coded[0]} | dict(reversed(EXERCISES.items()))
    monkeypatch.setattr(execute, "EXERCISES", grown)
    for exercise, drawn in zip(coded, before, strict=True):
        for one, other in zip(drawn, arrays(exercise), strict=True):
            np.testing.assert_array_equal(one, other)


def test_exercises_and_seeds_differ():
    softmax = EXERCISES["softmax"]
    other = type(softmax)(**{**vars(softmax), "name": "another"})
    for different in (arrays(other), arrays(softmax, "c0ffef")):
        assert any(
            np.shape(a) != np.shape(b) or not np.array_equal(a, b, equal_nan=True)
            for a, b in zip(arrays(softmax), different, strict=True)
        )
