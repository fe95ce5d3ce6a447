"""Copied answers are found, whatever they are dressed in; what everybody writes is not."""

import inspect
import time

import numpy as np
import pytest
from questions import right_answers

from attnlib.catalogue import EXERCISES
from grader.results.likeness import LEAST_CODE, code_words, find_alike, own_text
from grader.samples.made_up import answer_source

LONG = '''
def softmax(x, axis=-1, *, temperature=1.0):
    """Return weights that sum to 1 along `axis`: the softmax of x / temperature."""
    moved = np.moveaxis(np.asarray(x, dtype=float), axis, 0)
    # the first row is as good as any to start from
    largest = moved[0]
    for row in moved[1:]:
        largest = np.where(row > largest, row, largest)
    powers = [np.exp((row - largest) / temperature) for row in moved]
    total = sum(powers[1:], powers[0])
    return np.moveaxis(np.stack([power / total for power in powers]), 0, axis)
'''
OTHER = """
def softmax(x, axis=-1, *, temperature=1.0):
    scores = x / temperature
    if axis < 0:
        axis = axis + scores.ndim
    sizes = list(scores.shape)
    flat = scores.swapaxes(axis, -1).reshape(-1, sizes[axis])
    weights = np.zeros_like(flat)
    for i in range(len(flat)):
        e = np.exp(flat[i] - flat[i].max())
        weights[i] = e / e.sum()
    sizes[axis], sizes[-1] = sizes[-1], sizes[axis]
    return weights.reshape(sizes).swapaxes(axis, -1)
"""
SHORT = "def softmax(x):\n    powers = np.exp(x - x.max())\n    return powers / powers.sum()\n"
PROSE = (
    "The exponentials of scores that are far apart differ by so many orders that one weight is 1 "
    "and all others vanish, and with them every entry of the Jacobian, so no gradient comes back."
)


def renamed(text):
    for old, new in {"moved": "rows", "largest": "top", "powers": "e", "total": "s", "power": "p"}.items():
        text = text.replace(old, new)
    lines = [line for line in text.splitlines() if not line.strip().startswith("#")]
    return "\n\n".join(line.replace("    ", "  ") for line in lines)


def found(*texts, question="softmax", released=""):
    answers = {f"student {i}": {question: text} for i, text in enumerate(texts)}
    return find_alike(answers, {question: released})


def test_a_copy_is_found_through_other_names_comments_and_layout():
    (alike,) = found(LONG, OTHER, renamed(LONG))
    assert alike.students == ("student 0", "student 2")
    assert alike.likeness == 1
    assert not alike.same_text


def test_the_same_text_is_said_to_be_the_same():
    (alike,) = found(LONG, OTHER, LONG)
    assert (alike.students, alike.same_text) == (("student 0", "student 2"), True)


def test_a_copy_with_a_line_more_is_found_as_nearly_the_same():
    (alike,) = found(LONG, LONG.replace("    total", "    print(1)\n    total"))
    assert 0.95 <= alike.likeness < 1
    assert not alike.same_text


def test_different_answers_are_not_alike():
    assert found(LONG, OTHER) == []


def test_a_short_answer_is_no_suspicion():
    assert 0 < len(code_words(SHORT)) < LEAST_CODE
    assert found(SHORT, SHORT) == []


def test_what_was_released_does_not_count():
    assert found(LONG, LONG, released=LONG) == []
    assert own_text(LONG + "pass\n", LONG) == "pass"


def test_what_many_wrote_is_no_suspicion():
    assert found(*[LONG] * 3, *[OTHER] * 2)[0].students == ("student 0", "student 1", "student 2")
    assert [alike.students for alike in found(*[LONG] * 4, OTHER)] == []
    near = [LONG.replace("    total", f"    print({i})\n    total") for i in range(4)]
    assert found(*near) == []


def test_in_a_large_class_a_few_are_more():
    answers = {f"student {i}": {"softmax": LONG if i < 6 else "pass"} for i in range(300)}
    assert len(find_alike(answers, {})[0].students) == 6


def test_right_numbers_are_the_same_for_everybody():
    numbers = "softmax_by_hand = [" + ", ".join(["3 / 16"] * 40) + "]"
    assert found(numbers, numbers, question="softmax_by_hand") == []


def test_a_text_is_compared_by_its_words():
    (alike,) = found(PROSE, PROSE.upper().replace(",", " –"), question="saturation")
    assert alike.likeness == 1
    assert found(PROSE, " ".join(reversed(PROSE.split())), question="saturation") == []


def test_the_same_students_in_several_questions_come_first():
    answers = {
        "a": {"softmax": LONG, "entropy": LONG.replace("softmax", "entropy")},
        "b": {"softmax": renamed(LONG), "entropy": renamed(LONG).replace("softmax", "entropy")},
        "c": {"softmax": OTHER},
        "d": {"softmax": OTHER},
    }
    assert [alike.students for alike in find_alike(answers, {})] == [("a", "b"), ("a", "b"), ("c", "d")]


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, e in EXERCISES.items()
        if not e.by_value and all(map(inspect.isfunction, right_answers(name)))
    ],
)
def test_right_answers_written_in_different_ways_are_not_alike(name):
    texts = [answer_source(EXERCISES[name], answer) for answer in right_answers(name)]
    assert found(*texts, question=name) == []


@pytest.mark.parametrize(
    "text", ["'x = '\n" * 100, "((((" * 100, "\0é\ud800" * 100, "%%bash\n" + "ls | wc\n" * 50]
)
def test_code_that_no_python_reads_is_compared(text):
    (alike,) = found(text, text + "\n")
    assert alike.likeness == 1


def test_two_copies_are_found_among_a_thousand_in_seconds():
    rng = np.random.default_rng(5)

    def answer():
        lines = LONG.splitlines()
        for number in rng.integers(100, size=rng.integers(8, 16)):
            lines.insert(
                rng.integers(3, len(lines)), f"    a = np.{rng.choice(['exp', 'log'])}(x[{number}:])"
            )
        return "\n".join(lines)

    answers = {f"student {i}": {"softmax": answer()} for i in range(1000)}
    answers["student 7"] = {"softmax": renamed(answers["student 900"]["softmax"])}
    start = time.monotonic()
    (alike,) = [alike for alike in find_alike(answers, {}) if alike.likeness == 1]
    assert alike.students == ("student 7", "student 900")
    assert time.monotonic() - start < 60
