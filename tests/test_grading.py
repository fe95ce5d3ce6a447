"""A class is graded with nbgrader's own commands: every mark and every named mistake is right."""

import csv
import os
import re
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import nbformat
import pytest
from conftest import ASSIGNMENTS, ROOT, cell_by_cell, run, run_nbgrader

from attnlib import CheckFailed, check
from grader.__main__ import main
from grader.course import nbgrader_options
from grader.notebook.cells import exercises_of
from grader.results.marks import read_marks
from grader.samples.made_up import write_class

pytestmark = pytest.mark.parametrize("assignment", ASSIGNMENTS)
FEW = ("perfect-2", "mistakes-01", "answer-deleted")  # of each class: right, wrong and stopped


@pytest.fixture(scope="module")
def classes(released, gradebook, tmp_path_factory):
    """Return ``{assignment: the folder of its class of made-up students, graded}``."""
    roots = {assignment: tmp_path_factory.mktemp(assignment) for assignment in ASSIGNMENTS}

    def grade(assignment):
        root = roots[assignment]
        options = nbgrader_options(root)
        run_nbgrader(
            [0, "generate_assignment", assignment, *options],
            [1, "autograde", assignment, *options],  # `renamed` can't be graded
            [0, "generate_feedback", assignment, *options],
            [0, "export", f"--to={root / 'grades.csv'}", *options],
        )

    for assignment, root in roots.items():  # not in threads, in which Python can't parse sources
        students = write_class(assignment, released / assignment / f"{assignment}.ipynb", root)
        assert len(students) >= 12
        shutil.copy(gradebook, root)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(grade, ASSIGNMENTS))
    return roots


@pytest.fixture(scope="module")
def together(classes, tmp_path_factory):
    """Return the same for the `FEW` of each class, graded many at a time in gradebooks without marks."""
    roots = {assignment: tmp_path_factory.mktemp(assignment) for assignment in ASSIGNMENTS}

    def grade(assignment):
        root = roots[assignment]
        for student in FEW:
            shutil.copytree(classes[assignment] / "submitted" / student, root / "submitted" / student)
        shutil.copy(classes[assignment] / "gradebook.db", root)
        with closing(sqlite3.connect(root / "gradebook.db")) as records:
            records.execute("update grade set auto_score = null, needs_manual_grade = 1")
            records.commit()
        run("python", "-m", "grader", "autograde", assignment, f"--root={root}", "--workers=2")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(grade, ASSIGNMENTS))
    return roots


@pytest.fixture
def class_root(assignment, classes):
    """Return the folder of an assignment's class."""
    return classes[assignment]


@pytest.fixture
def marks(assignment, class_root):
    """Return ``{student: Marks}`` for an assignment."""
    folders = (class_root / "submitted", class_root / "autograded")
    return {one.student: one for one in read_marks(assignment, *folders, class_root / "gradebook.db")}


def blank_of(assignment):
    return nbformat.read(ROOT / "exercises" / assignment / f"{assignment}.ipynb", as_version=4)


def points_lost(assignment, wrong):
    """Return the points of the test cells that `wrong`, {exercise: answer}, doesn't pass by itself."""
    lost = 0
    for cell in blank_of(assignment).cells:
        about = cell.metadata.get("nbgrader", {})
        name, _, kind = about.get("grade_id", "").rpartition("_")
        if name in wrong and about.get("points"):
            try:
                check(wrong[name], name, hidden=kind == "hidden")
            except CheckFailed:
                lost += about.points
    return lost


def marks_of_few(root):
    return [row for row in cell_by_cell(root) if row[0] in FEW]


def test_many_at_a_time_get_the_same_marks_cell_by_cell(assignment, classes, together):
    marks = marks_of_few(classes[assignment])
    assert marks_of_few(together[assignment]) == marks
    assert {points > 0 for _, _, points, _ in marks if points is not None} == {True, False}
    assert {student for student, *_ in marks} == set(FEW)


def test_perfect_answers_lose_nothing(assignment, marks):
    for student in ("perfect-1", "perfect-2", "perfect-3", "test-deleted"):
        one = marks[student]
        assert one.shows == {}
        assert one.score + one.to_mark == one.max_score


def test_released_notebook_gets_nothing(assignment, marks):
    blank = marks["blank"]
    assert (blank.score, blank.to_mark) == (0, 0)
    assert set(blank.shows.values()) == {"not answered yet"}


def test_each_misconception_loses_its_marks_under_its_name(assignment, marks):
    exercises = exercises_of(blank_of(assignment))
    seen = 0
    for place in range(max(len(e.misconceptions) for e in exercises)):
        made = {e.name: e.misconceptions[place] for e in exercises if place < len(e.misconceptions)}
        by_value = {e.name for e in exercises if e.by_value}
        wrong = {name: m.answer() if name in by_value else m.answer for name, m in made.items()}
        one = marks[f"mistakes-{place + 1:02}"]
        assert one.shows == {name: m.name for name, m in made.items()}
        assert one.score == one.max_score - one.to_mark - points_lost(assignment, wrong)
        seen += len(made)
    assert seen == sum(len(e.misconceptions) for e in exercises)


def test_deleted_answer_costs_its_own_question_only(assignment, marks):
    one = marks["answer-deleted"]
    (lost,) = one.shows
    assert "NameError" in one.shows[lost]
    name = exercises_of(blank_of(assignment))[-1].name
    assert lost == name
    assert one.max_score - one.to_mark - one.score == points_lost(assignment, {name: lambda *a, **o: 0})


def test_renamed_file_is_explained(assignment, marks):
    renamed = marks["renamed"]
    assert renamed.score == 0
    assert renamed.reason == f"no {assignment}.ipynb; there is {assignment} final (2).ipynb"


def test_mark_given_by_hand_completes_the_score(assignment, class_root):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{class_root / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(assignment, "perfect-1")
        waiting = [g for n in submission.notebooks for g in n.grades if g.needs_manual_grade]
        assert len(waiting) <= 1
        for grade in waiting:
            grade.manual_score = grade.max_score
            grade.needs_manual_grade = False
        gradebook.db.flush()
        assert submission.score == submission.max_score
        gradebook.db.rollback()


def test_feedback_names_the_mistake_and_hides_the_tests_numbers(assignment, class_root, marks):
    page = class_root / "feedback" / "mistakes-01" / assignment / f"{assignment}.html"
    html = page.read_text()
    for what in marks["mistakes-01"].shows.values():
        assert f"this looks like “{what}”" in html


def test_export_has_a_row_for_each_graded_student(class_root, marks):
    with (class_root / "grades.csv").open(newline="") as stream:
        rows = {row["student_id"]: row for row in csv.DictReader(stream)}
    for student, one in marks.items():
        assert float(rows[student]["score"]) == one.score


def test_validate_tells_a_student_what_nbgrader_will_say(assignment, class_root):
    def validate(student):
        folder = class_root / "submitted" / student / assignment
        return run("nbgrader", "validate", f"{assignment}.ipynb", cwd=folder, status=None)

    assert "Success! Your notebook passes all the tests." in validate("perfect-1")
    told = validate("mistakes-01")
    assert "this looks like “" in told
    assert not re.search(r"^ {4}.*\.\.\.$", told, re.M), "a line of a message was cut off"


def test_class_with_nothing_to_grade_says_so(assignment, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)

    def told(*command):
        assert main(["marks", *command, f"--root={tmp_path}"]) == 2
        return capsys.readouterr().err

    assert f"nobody has submitted {assignment}" in told(assignment)
    (tmp_path / "submitted" / "alice" / assignment).mkdir(parents=True)
    assert "is empty" in told(assignment)
    (tmp_path / "submitted" / "alice" / assignment / f"{assignment}.ipynb").touch()
    assert f"nbgrader generate_assignment {assignment}" in told(assignment)
    assert not (tmp_path / "gradebook.db").exists()
    assert "no assignment 'nonesuch' in solutions/; there are: " in told("nonesuch")
