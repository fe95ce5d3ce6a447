"""An instructor's own assignment, a notebook made by hand, works in every command and is told truly."""

import csv
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, run

from grader.notebook.cells import answers_of
from grader.notebook.submission import KERNEL
from grader.samples.made_up import answered

MINE = "10-mine"
RIGHT = "def double(x):\n    return 2 * x"
HIDDEN = """\
### BEGIN HIDDEN TESTS
assert double(21) == 42, f"21 gives {double(21)}"
### END HIDDEN TESTS"""


def cell(grade_id, source, *, points=None, solution=False):
    about = {"grade_id": grade_id, "schema_version": 3, "task": False, "locked": not solution}
    about |= {"grade": points is not None, "solution": solution}
    if points is not None:
        about["points"] = points
    make = nbformat.v4.new_markdown_cell if grade_id == "why" else nbformat.v4.new_code_cell
    return make(source, metadata={"nbgrader": about})


def solution():
    answer = f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION"
    cells = [
        nbformat.v4.new_markdown_cell("# Mine\n\n## 1 · Doubling"),
        cell("double", answer, solution=True),
        cell("double_visible", "assert double(1) == 2", points=1),
        cell("double_hidden", HIDDEN, points=3),
        nbformat.v4.new_markdown_cell("## 2 · Why"),
        cell("why", "Because.", points=2, solution=True),
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return the folder of a course with one assignment, released, and five submissions."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    source = folder / "solutions" / MINE / f"{MINE}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(solution(), source)
    before = source.read_bytes()
    run("nbgrader", "generate_assignment", MINE, cwd=folder)
    blank = nbformat.read(folder / "exercises" / MINE / f"{MINE}.ipynb", as_version=4)
    given = {
        "right": RIGHT,
        "wrong": "def double(x):\n    return x + 1",
        "worse": "def double(x):\n    return x",
        "syntax": "def double(x)\n    return 2 * x",
        "stderr": f"import sys\n{RIGHT}\ndouble = lambda x: sys.stderr.write('?') and 2 * x",
    }
    for student, answer in given.items():
        path = folder / "submitted" / student / MINE / f"{MINE}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(answered(blank, {"double": answer, "why": "So."}), path)
    (folder / "submitted" / "lost" / MINE).mkdir(parents=True)
    (folder / "submitted" / "lost" / MINE / "mine.ipynb").write_text("{}")
    yield folder
    assert source.read_bytes() == before
    assert [path.name for path in (folder / "exercises" / MINE).iterdir()] == [f"{MINE}.ipynb"]


WAYS = {
    "nbgrader": ("nbgrader", "autograde", MINE, "--force"),
    "grader": ("python", "-m", "grader", "autograde", MINE, "--workers=1", "--force"),
}


@pytest.fixture(scope="module", params=WAYS)
def graded(course, request):
    """Return the course, graded in one of the two ways, and what the command said."""
    return course, run(*WAYS[request.param], cwd=course, status=1)


def test_grading_says_what_is_not_verified(graded):
    _, said = graded
    assert "not verified outside the sandbox" in said
    assert "double_visible" in said
    assert "double_hidden" in said


def test_marks_tell_what_failed(graded):
    said = run("python", "-m", "grader", "marks", MINE, cwd=graded[0], COLUMNS="160")
    rows = {line.split("│")[1].strip(): line for line in said.splitlines() if line.startswith("│")}
    assert "4 / 6" in rows["right"]
    assert "all right" in rows["right"]
    assert "double: AssertionError: 21 gives 22" in rows["wrong"]
    assert "1 / 6" in rows["wrong"]
    assert "double: AssertionError" in rows["worse"]
    assert "double: the answer's cell stopped with SyntaxError" in rows["syntax"]
    assert "double: its test wrote to standard error" in rows["stderr"]
    assert "no 10-mine.ipynb; there is mine.ipynb" in rows["lost"]
    assert "no such exercise: double_hidden, double_visible" in said


def test_report_and_tables_tell_what_failed(graded, tmp_path):
    output = tmp_path / "report.html"
    run("python", "-m", "grader", "report", MINE, f"--output={output}", f"--csv={tmp_path}", cwd=graded[0])
    page = BeautifulSoup(output.read_text(), "html.parser")
    questions = [" ".join(row.get_text(" ").split()) for row in page.select("#questions tbody tr")]
    assert questions[0].startswith("1 · Doubling double not verified 40% 20% 1 4")
    assert questions[1].startswith("2 · Why why by hand, 5 to mark")
    assert "No test fails" not in page.select_one("#help").text
    assert "AssertionError: 21 gives 22" in page.select_one("#mistakes").text
    tables = {}
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            tables[path.stem] = list(csv.DictReader(stream))
    asked = {row["question"]: row["verified outside the sandbox"] for row in tables["questions"]}
    assert asked == {"double": "no", "why": "by hand"}
    marks = {row["student"]: row["double"] for row in tables["marks"]}
    assert marks == {
        **{"lost": "", "right": "4.0", "wrong": "1.0"},
        **dict.fromkeys(("stderr", "syntax", "worse"), "0.0"),
    }
    assert sum(int(row["students"]) for row in tables["misconceptions"]) == 4


def test_export_and_feedback_tell_what_failed(graded):
    course = graded[0]
    said = run("python", "-m", "grader", "export", MINE, "--to=moodle", "--feedback", cwd=course)
    assert "no such exercise: double_hidden, double_visible" in said
    text = (course / "report" / f"{MINE}-moodle.csv").read_text()
    assert "wrong,1,double: see the feedback page" in text
    assert "right,4,All tests pass" in text
    run("nbgrader", "generate_feedback", MINE, "--force", cwd=course)
    page = (course / "feedback" / "wrong" / MINE / f"{MINE}.html").read_text()
    assert '<span class="points lost">0 of 3</span>' in page
    assert "gives 22" not in page  # a hidden test's own words stay hidden


def test_answers_of_a_notebook_made_by_hand_are_the_key():
    assert RIGHT in answers_of(solution())["double"]
