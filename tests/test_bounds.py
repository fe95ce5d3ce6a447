"""What one student hands in costs the class no more than a bounded time and memory, whatever it holds.

Nothing here is measured in seconds: what is counted is how much text reaches the code that is slow.
"""

import subprocess
import sys

import nbformat
import pytest
from classroom import ASKED, ASSIGNMENT, Pupil, make_class
from conftest import run
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Comment, Gradebook, SolutionCell

from grader.course import nbgrader_options
from grader.feedback import cleaning
from grader.feedback.cleaning import LONGEST, LONGEST_FORMULA, markdown
from grader.feedback.cutting import Cut, cut, size_of

SLOW = r"\begin{a}"  # of which nbconvert's Markdown seeks the end anew at each
OWN = {"nbgrader": {"grade_id": "essay", "locked": False}}
PICTURE = {"drawing.png": {"image/png": "iVBORw0KGgo="}}


@pytest.mark.parametrize("length", [0, 1, 99, 100, 101, 10**6])
@pytest.mark.parametrize("most", [0, 100, 1000])
def test_cut_text_says_how_much_is_left_out(length, most):
    whole = "x" * length
    got = cut(whole, most)
    kept = got.count("x") if length <= most else len(got) - len(got.lstrip("x"))
    assert len(got) <= max(most, 150)
    assert got == whole if length <= most else f"[{length - kept} more characters" in got


def test_page_shows_what_is_asked_for_first_and_no_more_than_there_is_room_for(caplog):
    junk = [new_markdown_cell(SLOW * 10_000) for _ in range(50)]
    printed = [new_code_cell("", outputs=[new_output("stream", text="y" * 90_000)]) for _ in range(50)]
    essay = new_markdown_cell("An essay.", metadata=OWN)
    test = new_code_cell("z" * 50_000, metadata={"nbgrader": {"grade_id": "test", "locked": True}})
    about = {"nbgrader": {"notebook": "05-softmax", "student": "ann"}}
    shown, _ = Cut().preprocess(new_notebook(cells=[*junk, *printed, essay, test]), about)
    assert (essay.source, test.source) == ("An essay.", "z" * 50_000)
    notices = 150 * len(shown.cells)
    own = sum(len(cell.source) for cell in shown.cells if cell is not test)
    assert own <= Cut().most_texts + notices
    outputs = sum(size_of(output) for cell in printed for output in cell.outputs)
    assert 90_000 < outputs <= Cut().most_outputs + notices
    assert "The page of 05-softmax of ann is cut: it would have " in caplog.text


def test_honest_page_is_shown_whole(caplog):
    cells = [
        new_markdown_cell("A text of $d_k$."),
        new_code_cell("1", outputs=[new_output("stream", text="1")]),
    ]
    before = nbformat.writes(new_notebook(cells=cells))
    shown, _ = Cut().preprocess(nbformat.reads(before, 4), {})
    assert nbformat.writes(shown) == before
    assert not caplog.text


def test_markdown_parses_no_more_than_its_share(monkeypatch):
    parsed = []
    real = cleaning.MarkdownWithMath.render
    monkeypatch.setattr(
        cleaning.MarkdownWithMath, "render", lambda self, s: parsed.append(len(s)) or real(self, s)
    )
    html = markdown(SLOW * 100_000)
    assert "more characters are not shown here" in html
    assert sum(parsed) <= LONGEST


@pytest.mark.parametrize(
    ("open_", "close"), [("{", "}"), ("^{", "}"), (r"\left(", r"\right)"), (r"\sqrt{", "}")]
)
def test_formula_of_braces_does_not_end_python(open_, close):
    """Run it elsewhere: the parser's stack overflows at a few thousand, which no ``except`` sees."""
    code = (
        "from grader.feedback.cleaning import LONGEST, LONGEST_FORMULA, markdown\n"
        f"for room in (LONGEST, LONGEST_FORMULA):\n"
        f"    n = (room - 10) // len({open_ + close!r})\n"
        f"    print(len(markdown('$x' + {open_!r} * n + 'y' + {close!r} * n + '$')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stdout.split())) == (0, 2), done.stderr


def test_formula_too_long_is_shown_as_it_was_written():
    long = "x+" * LONGEST_FORMULA + "y"
    assert long in markdown(f"${long}$")
    assert "<math>" in markdown("$x+y$")


def test_picture_is_shown_once_however_often_it_is_named():
    html = markdown("![](attachment:drawing.png) " * 500, PICTURE)
    assert html.count("base64") == 1
    assert "[picture drawing.png is shown above]" in html


def test_text_that_grows_by_its_links_is_shown_as_it_was_written():
    """A link's address is written once and named a thousand times."""
    text = "[a]: data:" + "x" * 12_000 + "\n\n" + "![a] " * 1400
    assert len(text) < LONGEST
    html = markdown(text)
    assert html.startswith("<pre>")
    assert len(html) < 2 * LONGEST


def test_code_in_a_text_is_coloured_by_nobody(monkeypatch):
    import nbconvert.filters.markdown_mistune as mistune

    monkeypatch.setattr(mistune, "get_lexer_by_name", lambda *_, **__: pytest.fail("a student chose it"))
    assert "<pre><code>if x &lt; 1: &amp;\n</code></pre>" in markdown("```perl\nif x < 1: &\n```")


def with_comments(root):
    """Give a class that `make_class` wrote the rows for comments that nbgrader makes at autograding."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook, gradebook.db.no_autoflush:
        (notebook,) = gradebook.find_assignment(ASSIGNMENT).notebooks
        cells = [SolutionCell(name=name, notebook_id=notebook.id) for name in ASKED]
        gradebook.db.add_all(cells)
        gradebook.db.flush()
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            (mine,) = submission.notebooks
            gradebook.db.add_all(Comment(cell_id=cell.id, notebook_id=mine.id) for cell in cells)
        gradebook.db.commit()
    return root


def test_feedback_of_a_class_tells_whose_page_is_cut(tmp_path):
    essays = {"ann": SLOW * 20_000, "ben": "$x" + "{" * 9000 + "}" * 9000 + "$", "cem": "An essay."}
    pupils = {name: Pupil(answers={"saturation": text}) for name, text in essays.items()}
    root = with_comments(make_class(tmp_path, pupils))
    said = run("nbgrader", "generate_feedback", ASSIGNMENT, *nbgrader_options(root))
    pages = {
        name: (root / "feedback" / name / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text() for name in essays
    }
    assert [name for name in essays if f"The page of {ASSIGNMENT} of {name} is cut" in said] == ["ann"]
    assert "more characters are not shown here" in pages["ann"]
    assert SLOW * 3000 not in pages["ann"]
    assert "{{{{" in pages["ben"]
    assert "An essay." in pages["cem"]
