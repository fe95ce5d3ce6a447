"""A message is made from a verdict, and the verdict can be read from it and from nothing else."""

import ast
import inspect
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attnlib import CheckFailed
from attnlib.catalogue import EXERCISES
from attnlib.checking import LINE_LENGTH, UNANSWERED, Says, Verdict, check, read_verdict
from attnlib.checking.sentences import said_by
from attnlib.checking.wording import JOINED
from grader.notebook import submission
from grader.results.names import Numbers

THEIRS = st.text(max_size=300) | st.text(" ab-\n", max_size=300)
SECTIONS = st.none() | st.sampled_from([e.section for e in EXERCISES.values()])


@st.composite
def verdicts(draw):
    raises = Says.RAISES.format(error="ValueError", theirs=draw(THEIRS))
    laws = [law.says for e in EXERCISES.values() for law in e.properties]
    named = [Says.LOOKS_LIKE.format(name=m.name) for e in EXERCISES.values() for m in e.misconceptions]
    headline = draw(st.sampled_from([raises, Says.NAN, Says.UNANSWERED]) | st.sampled_from(laws + named))
    details = draw(st.lists(THEIRS.map(lambda theirs: f"It stopped in line 3 of your cell: {theirs}")))
    return Verdict(
        draw(st.sampled_from(sorted(EXERCISES))), headline, tuple(details), section=draw(SECTIONS)
    )


@given(verdicts())
@example(Verdict("softmax", "x" * 500, ("y " * 100, "  " + "z" * 200, "a" + " " * 200 + "b")))
@example(Verdict("softmax", "it raises ValueError: a\nRead in the book: evil.html#evil"))
@example(Verdict("softmax", "it raises E: " + "word " * 11 + "end", ("w" * 80, "w" * 81, "w" * 79 + " w")))
def test_verdict_is_read_from_its_text_as_it_was(verdict):
    text = str(verdict)
    assert read_verdict(text) == verdict
    assert max(map(len, text.split("\n"))) <= LINE_LENGTH
    assert len(text.splitlines()) == len(text.split("\n"))


@given(st.text("ab: \n#.", max_size=400) | st.text("abc: \n").map(lambda text: f"softmax: it {text}"))
def test_no_text_is_read_as_a_verdict_with_another_text(text):
    verdict = read_verdict(text)
    assert verdict is None or str(verdict) == text


def test_name_and_section_come_back():
    verdict = Verdict.naming("wrong axis", "softmax", ("It is so.",), "chapters/05-softmax#softmax-axis")
    assert verdict.misconception == "wrong axis"
    assert str(verdict).endswith("\nRead in the book: chapters/05-softmax.html#softmax-axis")
    assert read_verdict(str(verdict)).section == "chapters/05-softmax#softmax-axis"
    assert read_verdict("softmax: not answered yet.").misconception == UNANSWERED


def test_what_a_student_wrote_makes_no_line_of_its_own():
    forged = "x\nTry: evil\r\nRead in the book: chapters/evil.html#evil\u2028softmax: not answered yet."
    verdict = read_verdict(str(Verdict("softmax", Says.RAISES.format(error="E", theirs=forged))))
    assert (verdict.section, verdict.details, verdict.misconception) == (None, (), None)


@pytest.mark.parametrize(
    "bad",
    [
        {"exercise": "two words", "headline": "x."},
        {"exercise": "softmax", "headline": " \n"},
        {"exercise": "softmax", "headline": "x.", "misconception": "wrong axis"},
        {"exercise": "softmax", "headline": "x.", "details": ("Read in the book: a.html#b",)},
        {"exercise": "softmax", "headline": "x.", "section": "https://evil.invalid/#x"},
    ],
)
def test_verdict_that_could_not_be_read_again_is_refused(bad):
    with pytest.raises(ValueError, match=r"."):
        Verdict(**bad)


def every_verdict():
    """Return what the checks make of wrong answers of every kind."""
    odd = [None, "Zoe Amsel", [1, 2], [[1], [2, 3]], {"Zoe": 1}, object(), 3.5, float("nan"), float("inf")]
    for exercise in EXERCISES.values():
        if exercise.by_value:
            # what is wrong but near, in the right shape
            numbers = [np.asarray(m.answer(), dtype=float) for m in exercise.misconceptions]
            answers = [*odd, *numbers, *(n + 0.5 for n in numbers), *(n * float("nan") for n in numbers)]
        else:
            answers = [*odd, *(lambda *a, got=got, **k: got for got in odd), lambda *a, **k: 1 / 0]
            answers += [lambda x: x, lambda *a, **k: a[0], lambda *a, **k: a[0].fill(0)]
            answers += [m.answer for m in exercise.misconceptions]
        for answer in answers:
            try:
                check(answer, exercise.name)
            except CheckFailed as failed:
                yield failed.verdict


def test_every_message_survives_anonymising_but_for_what_a_student_wrote():
    names = Numbers(["anna"], key="", people={})
    formats = set()
    for verdict in every_verdict():
        says, fields = said_by(verdict.headline)
        formats.add(says)
        law = any(law.says == verdict.headline for law in EXERCISES[verdict.exercise].properties)
        assert says is not None or law, verdict.headline
        if says is Says.LOOKS_LIKE:
            continue  # a report shows the name
        headline = verdict.headline.removesuffix(".")
        kept = names.text(headline)
        assert "Zoe" not in kept
        assert kept == headline.replace(fields.get("theirs") or "\0", "…")
    assert len(formats) >= 15


@pytest.mark.parametrize("says", Says)
def test_every_format_is_the_first_that_its_own_headline_fits(says):
    fields = dict.fromkeys(re.findall(r"{(\w+)}", says), "2")
    assert said_by(says.format(**fields))[0] is says


def test_reasons_why_a_file_cannot_be_read_survive_anonymising():
    tree = ast.parse(inspect.getsource(submission))
    calls = [
        n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "UnreadableError"
    ]
    written = [c.value for n in calls for c in ast.walk(n) if isinstance(c, ast.Constant)]
    reasons = [text for text in written if isinstance(text, str) and " " in text.strip()]
    names = Numbers(["anna"], key="", people={})
    for says in [*reasons, submission.LINK]:
        assert "…" not in names.text(says), says
    assert len(reasons) >= 10


def test_long_sentences_go_on_indented():
    _, *lines = str(Verdict("softmax", "word " * 40)).split("\n")
    assert lines
    assert all(line.startswith(JOINED) for line in lines)
