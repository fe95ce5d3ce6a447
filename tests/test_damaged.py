"""A class with every kind of damage: each gets its mark or a reason, and nobody else loses a point."""

import copy
import json
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from conftest import ROOT, run
from nbformat import v3
from nbgrader.api import Gradebook

from grader.course import nbgrader_options
from grader.notebook.cells import answers_of, grade_id_of
from grader.notebook.percent import read_solution
from grader.notebook.submission import UnreadableError, parse_submission
from grader.results.marks import read_marks
from grader.samples.made_up import answered
from grader.text import plain

ASSIGNMENT = "05-softmax"
FILE = f"{ASSIGNMENT}.ipynb"
BY_HAND = 3  # points that a person gives
FULL = 10  # the others
HIDDEN_SOFTMAX = 2

ORDINARY = {
    "ann": {},
    "ben": {"softmax": "def softmax(x, axis=-1, temperature=1.0):\n    return x"},
    "cem": {"softmax": "raise NotImplementedError()"},
    "dia": {"entropy": "def entropy(*args, **options):\n    raise ValueError('[/half] a [markup')"},
    "eve": {},
}


def perfect():
    blank = nbformat.read(ROOT / "exercises" / ASSIGNMENT / FILE, as_version=4)
    return answered(blank, answers_of(read_solution(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py")))


def numbered(notebook, grade_id):
    return next(i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == grade_id)


def as_text(notebook):
    return json.dumps(notebook)  # unlike nbformat.write, whatever it holds


def duplicated_tests(notebook):
    for grade_id in ("softmax_visible", "entropy_hidden"):
        place = numbered(notebook, grade_id)
        notebook.cells.insert(place, copy.deepcopy(notebook.cells[place]))


def deleted_tests(notebook):
    notebook.cells = [
        c for c in notebook.cells if not (grade_id_of(c) or "").endswith(("_visible", "_hidden"))
    ]


def deleted_answer(notebook):
    del notebook.cells[numbered(notebook, "softmax")]


def no_cells(notebook):
    notebook.cells = []


def test_made_markdown(notebook):
    place = numbered(notebook, "softmax_hidden")
    old = notebook.cells[place]
    notebook.cells[place] = nbformat.v4.new_markdown_cell(old.source, metadata=old.metadata)


test_made_markdown.__test__ = False


def answer_twice(notebook):
    place = numbered(notebook, "softmax")
    old = nbformat.v4.new_code_cell(
        "def softmax(x, axis=-1):\n    return x", metadata=notebook.cells[place].metadata
    )
    notebook.cells.insert(place, old)


def explanation_twice(notebook):
    (place,) = (i for i, c in enumerate(notebook.cells) if c.cell_type == "markdown" and is_answer(c))
    blank = nbformat.read(ROOT / "exercises" / ASSIGNMENT / FILE, as_version=4)
    notebook.cells.insert(place + 1, blank.cells[place])


def is_answer(cell):
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def other_schemas(notebook):
    for number, cell in enumerate(notebook.cells):
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.schema_version = number % 2 * 99


def wrong_metadata(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            about = cell.metadata.nbgrader
            about.update(points=-5, grade="yes", solution=None, locked=3, checksum=[], more={})
    notebook.cells[0].metadata = {"nbgrader": [1, 2]}
    notebook.cells[1].metadata = {"nbgrader": {"grade_id": ["softmax"]}}
    notebook.cells[2].metadata = {"nbgrader": {"grade_id": "softmax_bonus", "grade": True, "points": 100}}


def wrong_kernel(notebook):
    notebook.metadata = {"kernelspec": {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}}


def no_metadata(notebook):
    notebook.metadata = {}


def thirty_megabytes(notebook):
    notebook.cells[numbered(notebook, "softmax")].outputs = [
        nbformat.v4.new_output("stream", text="0123456789\n" * (30 * 2**20 // 11))
    ]


def half_characters(notebook):
    notebook.cells[0].source += " \ud83d"


def nul_character(notebook):
    notebook.cells[numbered(notebook, "softmax")].source += "\n# \0"


# what is done to a perfect notebook: what is lost
CHANGED = {
    "test-twice": (duplicated_tests, 0),
    "tests-deleted": (deleted_tests, 0),
    "answer-deleted": (deleted_answer, 4),
    "no-cells": (no_cells, FULL),
    "test-made-markdown": (test_made_markdown, 0),
    "answer-twice": (answer_twice, 0),
    "explanation-twice": (explanation_twice, 0),
    "other-schemas": (other_schemas, 0),
    "wrong-metadata": (wrong_metadata, 0),
    "wrong-kernel": (wrong_kernel, 0),
    "no-kernel": (no_metadata, 0),
    "thirty-megabytes": (thirty_megabytes, 0),
    "half-characters": (half_characters, 0),
    "nul-character": (nul_character, 4),
}


def format_3():
    notebook = v3.nbjson.reads(nbformat.v3.writes_json(nbformat.convert(perfect(), 3)))
    return json.dumps(notebook)


def format_4_0():
    notebook = perfect()
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        cell.pop("id", None)
    return as_text(notebook)


def of_latin_1():
    return as_text(perfect()).replace("softmax", "Überraschung", 1).encode("latin-1")


# what the file holds: what is lost, or why it can't be read
FILES = {
    "format-3": (format_3, 0),
    "format-4.0": (format_4_0, 0),
    "with-bom": (lambda: b"\xef\xbb\xbf" + as_text(perfect()).encode(), 0),
    "cut-off": (lambda: as_text(perfect())[:4000], "05-softmax.ipynb is not JSON: "),
    "empty-file": (lambda: "", "05-softmax.ipynb is empty"),
    "latin-1": (of_latin_1, "05-softmax.ipynb is not UTF-8 text: byte "),
    "format-99": (
        lambda: as_text({**perfect(), "nbformat": 99}),
        "05-softmax.ipynb is in nbformat 99, newer than this Python can read",
    ),
    "a-list": (lambda: "[1, 2, 3]", "05-softmax.ipynb is not a notebook: it has no nbformat"),
    "deep": (lambda: "[" * 200_000, "05-softmax.ipynb is not a notebook: RecursionError"),
    "too-large": (lambda: " " * (65 * 2**20), "05-softmax.ipynb is too large: 65 MiB, of at most 64"),
}

ODD_NAMES = [
    "Zoë Müller-Ørsted",
    " two  spaces ",
    "-leading-dash",
    "--force",
    'O\'Brien "Bob"; DROP TABLE student',
    "100% of %s and {student_id}",
    "🦊👩‍🎓",
    "[bold] [0-9]*?",
    "a,b;c\\d",
    "n" * 200,
]
UNUSABLE_NAMES = {
    ".hidden": "the student's name begins with a dot",
    "two\nlines": "the student's name has characters that can't be written",
    "latin-\udcff": "the student's name has characters that can't be written",
}


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """Return a folder that isn't the student's, with a perfect notebook in it."""
    folder = tmp_path_factory.mktemp("secret")
    nbformat.write(perfect(), folder / FILE)
    (folder / "notes.txt").write_text("the secret")
    return folder


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """Return the marks of the ordinary students, graded by themselves."""
    root = tmp_path_factory.mktemp("ordinary")
    write_ordinary(root)
    grade(root)
    return marks_of(root)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory, secret):
    """Return the folder of the class with all its damage, and what grading it printed."""
    root = tmp_path_factory.mktemp("damaged")
    write_ordinary(root)

    for student, (change, _) in CHANGED.items():
        notebook = perfect()
        change(notebook)
        submit(root, student, as_text(notebook))
    for student, (content, _) in FILES.items():
        submit(root, student, content())
    for student in [*ODD_NAMES, *UNUSABLE_NAMES]:
        submit(root, student, as_text(perfect()))

    folder(root, "renamed", FILE).rename(folder(root, "renamed", "softmax (1).ipynb"))
    folder(root, "empty-folder").mkdir(parents=True)
    folder(root, "folder-as-file", FILE).mkdir()
    folder(root, "file-as-folder").parent.mkdir(parents=True)
    folder(root, "file-as-folder").write_text(as_text(perfect()))
    folder(root, "link", FILE).symlink_to(secret / FILE)
    folder(root, "link-to-another", FILE).symlink_to(folder(root, "eve").resolve() / FILE)
    folder(root, "link-folder").parent.mkdir()
    folder(root, "link-folder").symlink_to(secret)
    (root / "submitted" / "link-student").symlink_to(folder(root, "eve").parent)
    submit(root, "link-beside", as_text(perfect()))
    folder(root, "link-beside", "data.txt").symlink_to(secret / "notes.txt")
    submit(root, "pipe-beside", as_text(perfect()))
    os.mkfifo(folder(root, "pipe-beside") / "data")
    submit(root, "more-files", as_text(perfect()))
    folder(root, "more-files", "Untitled.ipynb").write_text("{")
    folder(root, "more-files", "values.txt").write_text("1 2 3")
    untouched = tmp_path_factory.mktemp("many") / "class"
    subprocess.run(["cp", "-a", root, untouched], check=True)  # with its links and pipes
    log = grade(root, status=1)
    return SimpleNamespace(
        root=root,
        untouched=untouched,
        log=log,
        marks=marks_of(root),
        scores=scores_of(root),
        entries=entries(root),
    )


def folder(root, student, file=None):
    there = Path(root) / "submitted" / student / ASSIGNMENT
    if file is None:
        return there
    there.mkdir(parents=True, exist_ok=True)
    if file == FILE and student == "renamed":
        (there / FILE).write_text(as_text(perfect()))
    return there / file


def submit(root, student, content):
    content = content.encode() if isinstance(content, str) else content
    folder(root, student, FILE).write_bytes(content)


def write_ordinary(root):
    notebook = perfect()
    answers = {grade_id_of(cell): cell.source for cell in notebook.cells if is_answer(cell)}
    for student, wrong in ORDINARY.items():
        submit(root, student, as_text(answered(notebook, answers | wrong)))


def grade(root, *more, status=0):
    options = nbgrader_options(root)
    if not (root / "gradebook.db").exists():
        run("nbgrader", "generate_assignment", ASSIGNMENT, *options)
    return run("nbgrader", "autograde", ASSIGNMENT, "--log-level=WARN", *options, *more, status=status)


def entries(root):
    """Return all that the gradebook says of every cell."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {
            (one.student_id, grade.name): (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for one in gradebook.assignment_submissions(ASSIGNMENT)
            for notebook in one.notebooks
            for grade in notebook.grades
        }


def marks_of(root):
    folders = (root / "submitted", root / "autograded")
    return {one.student: one for one in read_marks(ASSIGNMENT, *folders, root / "gradebook.db")}


def scores_of(root, assignment=ASSIGNMENT):
    """Return what the gradebook says, as nbgrader's export does."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {one.student_id: one.score for one in gradebook.assignment_submissions(assignment)}


REASONS = {student: why for student, (_, why) in FILES.items() if isinstance(why, str)} | {
    "renamed": "no 05-softmax.ipynb; there is softmax (1).ipynb",
    "folder-as-file": "05-softmax.ipynb is a folder, not a file",
    "file-as-folder": "05-softmax is not a folder",
    "link": "05-softmax.ipynb is a symbolic link, which may lead to another's file",
    "link-to-another": "05-softmax.ipynb is a symbolic link",
    "link-folder": "05-softmax is a symbolic link",
    "link-student": "link-student is a symbolic link",
    "link-beside": "data.txt is a symbolic link",
    "pipe-beside": "data is no ordinary file",
}


def test_ordinary_students_have_the_marks_they_have_without_the_others(reference, damaged):
    marks = damaged.marks
    assert len(marks) >= 30
    assert {student: marks[student] for student in ORDINARY} == reference
    assert [reference[s].score for s in ORDINARY] == [FULL, 6, 6, reference["dia"].score, FULL]
    assert "ValueError: [/half] a [markup" in reference["dia"].shows["entropy"]


@pytest.mark.parametrize("student", CHANGED)
def test_changed_notebook_loses_what_its_answers_lose(damaged, student):
    one = damaged.marks[student]
    assert (one.reason, one.score) == (None, FULL - CHANGED[student][1])
    assert one.to_mark == (0 if student == "no-cells" else BY_HAND)


@pytest.mark.parametrize("student", [s for s, (_, lost) in FILES.items() if lost == 0] + ["more-files"])
def test_unusual_file_is_graded_as_any(damaged, student):
    one = damaged.marks[student]
    assert (one.reason, one.score, one.to_mark, one.shows) == (None, FULL, BY_HAND, {})


@pytest.mark.parametrize("student", REASONS)
def test_what_cannot_be_graded_gets_nothing_and_the_reason_everywhere(damaged, student):
    root, log = damaged.root, damaged.log
    one = damaged.marks[student]
    assert (one.score, one.to_mark) == (0, 0)
    assert one.reason.startswith(REASONS[student])
    assert f"{ASSIGNMENT} of {student!r} gets no points: {one.reason}" in log
    assert not (root / "autograded" / student / ASSIGNMENT).exists()
    assert damaged.scores[student] == 0


def test_nothing_handed_in_is_said(damaged):
    root, log = damaged.root, damaged.log
    assert damaged.marks["empty-folder"].reason == "the folder is empty"
    assert f"No notebooks were matched by '{folder(root, 'empty-folder')}/*.ipynb'" in log


@pytest.mark.parametrize("student", ODD_NAMES)
def test_odd_names_cost_nothing(damaged, student):
    one = damaged.marks[student]
    assert (one.reason, one.score, one.to_mark, one.shows) == (None, FULL, BY_HAND, {})


@pytest.mark.parametrize("student", UNUSABLE_NAMES)
def test_names_that_cannot_be_used_are_said(damaged, student):
    log = damaged.log
    assert damaged.marks[student].reason.startswith(UNUSABLE_NAMES[student])
    assert f"of {student!r} gets no points: {UNUSABLE_NAMES[student]}" in log


def test_grading_many_at_a_time_gives_every_cell_the_same(damaged):
    root = damaged.untouched
    run("nbgrader", "generate_assignment", ASSIGNMENT, *nbgrader_options(root))
    said = run("python", "-m", "grader", "autograde", ASSIGNMENT, f"--root={root}", status=1, COLUMNS="400")
    assert entries(root) == damaged.entries
    for student, why in REASONS.items():
        assert f"{student}: " in said, said
        assert why in said


def test_links_bring_nothing_into_the_graded_folder(damaged):
    root = damaged.root
    found = [path for path in (root / "autograded").rglob("*") if path.is_symlink()]
    texts = [path for path in (root / "autograded").rglob("*.txt") if path.read_text() == "the secret"]
    assert (found, texts) == ([], [])


def test_marks_command_prints_the_whole_class(damaged):
    root = damaged.root
    told = run("python", "-m", "grader", "marks", ASSIGNMENT, f"--root={root}", COLUMNS="400")
    for student, one in damaged.marks.items():
        (line,) = (
            row for row in told.splitlines() if row.startswith(f"│ {plain(student, lines=False).rstrip()} ")
        )
        assert (one.reason or f"{one.score:g} / 13") in line
    assert "[/half] a [markup" in told


def test_second_run_leaves_what_is_graded_alone(damaged):
    root = damaged.root
    graded = sorted((root / "autograded").rglob("*.ipynb"))
    before = [path.stat().st_mtime_ns for path in graded]
    log = grade(root, status=1)
    assert sorted((root / "autograded").rglob("*.ipynb")) == graded
    assert [path.stat().st_mtime_ns for path in graded] == before
    assert "gets no points" in log


@pytest.mark.parametrize("student", ["--force", "[bold] [0-9]*?"])
def test_one_student_can_be_asked_for_whatever_the_name(damaged, student):
    root = damaged.root
    graded = root / "autograded"
    times = {path: path.stat().st_mtime_ns for path in graded.rglob("*.ipynb")}
    grade(root, f"--student={student}", "--force")
    changed = [path for path, old in times.items() if path.stat().st_mtime_ns != old]
    assert [path.relative_to(graded).parts[0] for path in changed] == [student]


def test_mended_submission_is_graded_and_a_damaged_one_loses_its_old_marks(damaged):
    root = damaged.root
    submit(root, "cut-off", as_text(perfect()))
    submit(root, "more-files", "{")
    try:
        grade(root, "--student=cut-off")
        grade(root, "--student=more-files", "--force", status=1)
        marks, scores = marks_of(root), scores_of(root)
        assert marks["cut-off"].score == scores["cut-off"] == FULL
        assert marks["more-files"].score == scores["more-files"] == 0
    finally:
        submit(root, "cut-off", FILES["cut-off"][0]())
        shutil.rmtree(root / "autograded" / "cut-off")


def test_in_an_assignment_of_two_notebooks_each_is_graded_by_itself(tmp_path):
    course = tmp_path / "course"
    for notebook in ("one", "two"):
        place = course / "solutions" / "pair" / f"{notebook}.ipynb"
        place.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(read_solution(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py"), place)
    options = [*nbgrader_options(tmp_path), f"--CourseDirectory.source_directory={course / 'solutions'}"]
    run("nbgrader", "generate_assignment", "pair", *options)
    bad = "{"
    handed_in = {
        "both": [perfect(), perfect()],
        "first-bad": [bad, perfect()],
        "second-bad": [perfect(), bad],
    }
    for student, notebooks in handed_in.items():
        for name, notebook in zip(("one", "two"), notebooks, strict=True):
            place = tmp_path / "submitted" / student / "pair" / f"{name}.ipynb"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(notebook if notebook == bad else as_text(notebook))
    log = run("nbgrader", "autograde", "pair", "--log-level=WARN", *options, status=1)
    assert scores_of(tmp_path, "pair") == {"both": 2 * FULL, "first-bad": FULL, "second-bad": FULL}
    assert "pair of 'first-bad' gets no points: one.ipynb is not JSON" in log
    assert "pair of 'second-bad' gets no points: two.ipynb is not JSON" in log


@pytest.mark.parametrize(
    "content",
    [
        {"nbformat": True},
        {"nbformat": -1},
        {"nbformat": 0},
        {"nbformat": 2},
        {"nbformat": 3, "worksheets": None},
        {"nbformat": 4},
        {"nbformat": 4, "cells": 7},
        {"nbformat": 4, "cells": [None]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]},
        {"nbformat": 4, "cells": [{"cell_type": "heading", "source": ""}]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "metadata": 7}]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a", 7]}]},
        {"nbformat": 4, "nbformat_minor": "x", "cells": []},
        {"nbformat": 4, "nbformat_minor": 10**9, "cells": []},
    ],
)
def test_notebooks_of_odd_content_are_read_or_refused(content):
    try:
        notebook = parse_submission(json.dumps(content).encode(), "x.ipynb")
    except UnreadableError as error:
        said = str(error)
        assert said.startswith("x.ipynb is ")
    else:
        nbformat.validate(notebook)
