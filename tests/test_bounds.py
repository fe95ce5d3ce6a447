"""What one student hands in costs the class no more than a bounded time and memory, whatever it holds.

Nothing here is measured in seconds: what is counted is how much text reaches the code that is slow.
"""

import asyncio
import json
import math
import subprocess
import sys
from queue import Empty
from types import SimpleNamespace

import nbformat
import pytest
from classroom import ASKED, ASSIGNMENT, BLANK, SOLUTION, Pupil, make_class
from conftest import run
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Comment, Gradebook, SolutionCell
from nbgrader.utils import has_failed

from grader import bounded_json
from grader.course import nbgrader_options
from grader.feedback import cleaning
from grader.feedback.cleaning import LONGEST, LONGEST_FORMULA, markdown
from grader.feedback.cutting import Cut, cut, size_of
from grader.grading.execute import VerifyingExecute
from grader.grading.one import finish
from grader.grading.output import error_content, fair_count
from grader.notebook.cells import is_test
from grader.notebook.restoring import SourceCell, restore
from grader.notebook.submission import MOST_CELLS, MOST_TEXT, UnreadableError, parse_submission
from grader.results import likeness
from grader.results.likeness import plain_code
from grader.samples.made_up import answered
from grader.sandbox.provisioner import BoundedClient

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


def test_formula_of_braces_does_not_end_python():
    """Run it elsewhere: the parser's stack overflows at a few thousand, which no ``except`` sees."""
    code = """
from grader.feedback.cleaning import LONGEST, LONGEST_FORMULA, markdown
for left, right in (("{", "}"), ("^{", "}"), ("\\\\left(", "\\\\right)"), ("\\\\sqrt{", "}")):
    for room in (LONGEST, LONGEST_FORMULA):
        deep = (room - 10) // len(left + right)
        print(len(markdown("$x" + left * deep + "y" + right * deep + "$")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stdout.split())) == (0, 8), done.stderr


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


def notebook_of(*cells, **more):
    about = {"cell_type": "code", "metadata": {}, "source": "", "outputs": [], "execution_count": None}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [about | one for one in cells],
    } | more


def read(content):
    return parse_submission(json.dumps(content).encode(), "x.ipynb")


@pytest.mark.parametrize(
    "content",
    [
        {"nbformat": 4, "metadata": {"a": [{}] * (bounded_json.MOST_CONTAINERS + 1)}, "cells": []},
        {"nbformat": 4, "metadata": {"a": ['"', "\\", '\\"'] * bounded_json.MOST_VALUES}, "cells": []},
        {"nbformat": 4, "metadata": {"a": [0] * (bounded_json.MOST_VALUES + 2)}, "cells": []},
        notebook_of(*[{}] * (MOST_CELLS + 1)),
        notebook_of({"source": "x" * MOST_TEXT}, {"source": "y"}),
    ],
    ids=["objects", "strings", "numbers", "cells", "text"],
)
def test_notebook_that_holds_too_much_is_refused(content):
    with pytest.raises(UnreadableError, match=r"^x\.ipynb is too large: "):
        read(content)


def test_brackets_and_commas_in_strings_are_not_values():
    text = r"\"{[," * bounded_json.MOST_VALUES
    assert bounded_json.loads(json.dumps([text, '"', "\\"]).encode()) == [text, '"', "\\"]


def test_outputs_are_forgotten_before_anything_is_made_of_them(monkeypatch):
    made = []
    real = nbformat.from_dict
    monkeypatch.setattr(nbformat, "from_dict", lambda content: made.append(str(content)) or real(content))
    printed = [{"output_type": "stream", "name": "stdout", "text": "z" * 10**6}]
    (cell,) = read(notebook_of({"source": "1", "outputs": printed})).cells
    assert (cell.source, "zzz" in made[0]) == ("1", False)


@pytest.mark.parametrize(
    "content", [notebook_of({"cell_type": "c" * 10**6}), {"nbformat": 10**4000}, {"nbformat": -(10**4000)}]
)
def test_reason_quotes_little_of_a_file(content):
    with pytest.raises(UnreadableError) as refused:
        read(content)
    assert len(str(refused.value)) < 400


SOURCE = [
    SourceCell("softmax", "code", "", "1" * 32, locked=False, solution=True),
    SourceCell("softmax_hidden", "code", "check()", None, locked=True, grade=True, points=2.0),
]
ODD = [[1], {"a": 1}, None, True, 7, float("nan"), float("inf"), -1, "", "x" * 10**5, "\ud83d", "sоftmax"]


@pytest.mark.parametrize("key", ["grade_id", "points", "schema_version", "cell_type", "checksum", "task"])
@pytest.mark.parametrize("odd", ODD, ids=[f"odd-{i}" for i in range(len(ODD))])
def test_odd_metadata_change_nothing_of_what_is_asked(key, odd):
    about = {"grade_id": "softmax", "grade": True, "solution": True, "locked": False, "points": 9} | {
        key: odd
    }
    cells = [{"id": "same", "source": "mine", "metadata": {"nbgrader": about}}] * 2
    notebook = read(notebook_of(*cells))
    restore(notebook, SOURCE)
    nbformat.validate(notebook)
    asked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert [cell.metadata.nbgrader.grade_id for cell in asked][-1:] == ["softmax_hidden"]
    assert [cell.metadata.nbgrader.get("points") for cell in asked if cell.metadata.nbgrader.grade] == [2.0]
    assert asked[-1].source.endswith("check()")
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize("minor", [0, 4, 5, 6, -1, 10**9, 10**400, 1.5, True, None, [], "5"])
@pytest.mark.parametrize("major", [0, 1, 2, 3, 4, 5])
def test_any_format_is_read_or_refused(major, minor):
    content = notebook_of({"source": "mine"}, nbformat=major, nbformat_minor=minor)
    try:
        notebook = read(content)
    except UnreadableError as refused:
        said = str(refused)
        assert 0 < len(said) < 400
    else:
        nbformat.validate(notebook)
        assert "mine" in [cell.source for cell in notebook.cells] or major != 4


def test_blank_lines_reach_no_lexer(monkeypatch):
    """Which takes the square of their number: six seconds for ten thousand of them."""
    read = []
    real = likeness._lexer().get_tokens
    monkeypatch.setattr(likeness._lexer(), "get_tokens", lambda text: read.append(text) or real(text))
    blank = "\n \t" * 5000 + "\n"
    assert plain_code(f"a = 1{blank}b = 2") == "a = 1 b = 2"
    assert read == ["a = 1\n\n\nb = 2"]
    cell = new_code_cell(f"a = 1{blank}b = 2")
    Cut().preprocess(new_notebook(cells=[cell]), {})
    assert cell.source == "a = 1\n\n\nb = 2"


def test_reply_is_not_waited_for_beyond_its_time_however_many_others_come():
    came = []

    async def another(timeout):
        came.append(timeout)
        assert len(came) < 5, "it goes on asking"
        return {"parent_header": {"msg_id": "another"}}

    execute = VerifyingExecute()
    execute.kc = SimpleNamespace(shell_channel=SimpleNamespace(get_msg=another))
    with pytest.raises(Empty):
        asyncio.run(execute._reply_to("mine", 0))


def test_kernel_has_a_time_while_it_is_waited_for_and_none_otherwise():
    execute = VerifyingExecute()
    execute._deadline = math.inf
    with execute._waiting():
        assert execute._until < math.inf
    assert execute._until == math.inf


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ({"ename": 5, "evalue": None, "traceback": 7}, ("5", "None", ["7"])),
        ({"ename": "E", "evalue": "v", "traceback": []}, ("E", "v", [])),
        ({"ename": "E" * 10**6, "evalue": "v", "traceback": ["a", {}]}, ("E" * 200, "v", ["a", "{}"])),
    ],
)
def test_error_is_text_of_fair_length(content, kept):
    assert tuple(error_content(content).values()) == kept
    long = error_content({"ename": "E", "evalue": "v" * 10**6, "traceback": ["t" * 10**5] * 10})
    assert size_of(long) < 50_000


@pytest.mark.parametrize("count", ["<b>", "9", None, [], True, -1, 1.5, 10**400])
def test_count_of_executions_is_a_number_or_nothing(count):
    assert fair_count(count) is None
    assert fair_count(3) == 3


def test_right_answer_takes_no_message_but_the_one_that_runs_its_test(monkeypatch, short_path):
    monkeypatch.setattr("tempfile.tempdir", str(short_path))
    sent, send = [], BoundedClient.execute
    monkeypatch.setattr(
        BoundedClient, "execute", lambda self, *args, **more: sent.append(more) or send(self, *args, **more)
    )
    notebook = answered(BLANK, SOLUTION)
    try:
        VerifyingExecute(files={}).preprocess(notebook, {"metadata": {}})
    finally:
        finish()
    run_cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    tests = [cell for cell in run_cells if is_test(cell)]
    assert len(tests) > 3
    assert not any(map(has_failed, tests))
    assert len(sent) == len(run_cells)
    assert sum("user_expressions" in more for more in sent) == len(tests)
