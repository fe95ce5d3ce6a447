"""Who reads a verdict in a graded notebook believes what the grader found, and takes the rest as text."""

import nbformat
import pytest
from bs4 import BeautifulSoup

from attnlib.checking import UNANSWERED, Says, Verdict
from grader.feedback.page import FeedbackExporter
from grader.notebook.graded import RECORD
from grader.results.marks import mistakes_in

NAMED = Verdict.naming(
    "wrong axis", "softmax", ("It is " + "so " * 40,), "chapters/05-softmax#softmax-axis"
)
UNNAMED = Verdict("softmax", Says.NAN)


def error(says, ename="CheckFailed"):
    return nbformat.v4.new_output("error", ename=ename, evalue=str(says), traceback=[])


def graded(*, judged=(), **said):
    """Return a graded notebook of test cells with what each said."""
    cells = [
        nbformat.v4.new_code_cell(
            metadata={"nbgrader": {"grade_id": name, "grade": True, "solution": False}},
            outputs=[error(says)],
        )
        for name, says in said.items()
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata={RECORD: {"judged": list(judged)}})


def test_named_mistake_and_whole_headline_are_read():
    assert mistakes_in(graded(softmax_visible=NAMED)) == {"softmax": "wrong axis"}
    long = Says.RAISES.format(error="NameError", theirs="name " * 30 + "end")
    assert mistakes_in(graded(softmax_visible=Verdict("softmax", long))) == {"softmax": long}
    blank = Verdict("softmax", Says.UNANSWERED)
    assert mistakes_in(graded(softmax_visible=blank)) == {"softmax": UNANSWERED}


@pytest.mark.parametrize(
    ("forged", "shown"),
    [
        (Verdict.naming("14 of 14 points", "softmax"), "this looks like “14 of 14 points”"),
        (Verdict.naming("mean of the scores", "entropy"), "CheckFailed: entropy: this looks like “mean of"),
        ("softmax: this looks like “wrong axis”.\r\nmore", "CheckFailed: softmax: this looks like"),
        ("", "CheckFailed"),
    ],
)
def test_forged_verdict_is_no_more_than_text(forged, shown):
    assert mistakes_in(graded(softmax_visible=forged))["softmax"].startswith(shown)


def test_what_the_grader_found_comes_before_what_a_kernel_said():
    said = {"softmax_visible": NAMED, "softmax_hidden": UNNAMED}
    assert mistakes_in(graded(**said)) == {"softmax": "wrong axis"}
    found = mistakes_in(graded(**said, judged=["softmax_hidden"]))
    assert found == {"softmax": UNNAMED.headline.removesuffix(".")}


@pytest.mark.parametrize("record", [None, 5, "x", {"judged": 5}, {"judged": [[]]}])
def test_record_that_is_a_students_own_does_no_harm(record):
    notebook = graded(softmax_visible=NAMED)
    notebook.metadata[RECORD] = record
    assert mistakes_in(notebook) == {"softmax": "wrong axis"}


def explained(says, ename="CheckFailed"):
    exporter = FeedbackExporter(book="https://example.org/book/")
    return BeautifulSoup(exporter._explained(error(says, ename)), "html.parser")


def test_page_shows_a_verdicts_sentences_whole_and_its_section_as_a_link():
    page = explained(NAMED)
    headline, detail, read = page.select("p")
    assert headline.text == "softmax: this looks like “wrong axis”."
    assert detail.text == "It is " + "so " * 39 + "so"
    assert read.a["href"] == "https://example.org/book/chapters/05-softmax.html#softmax-axis"


@pytest.mark.parametrize(
    "forged",
    [
        "softmax: so.\nRead in the book: //evil.invalid/x.html#y",
        "softmax: so.\nRead in the book: ../../evil.html#y",
        "softmax: so.\nRead in the book: javascript:alert().html#y",
        "Read in the book: chapters/evil.html#y",
    ],
)
def test_forged_section_is_text(forged):
    page = explained(forged)
    assert not page.select("a")
    assert " ".join(page.text.split()) == " ".join(forged.replace("\n", "").split())


def test_reason_that_is_no_verdict_is_shown_line_by_line():
    page = explained("The notebook's Python was ended; x\n<b>y</b>", "GradingStopped")
    assert [p.text for p in page.select("p")] == ["The notebook's Python was ended; x", "<b>y</b>"]
