"""What is written to the gradebook of a class, and what it is asked for meanwhile."""

import contextlib
import shutil

import nbformat
import pytest
from conftest import ROOT, points_of, run_nbgrader
from sqlalchemy import event

from grader.course import nbgrader_options
from grader.gradebook.entering import NotEnteredError, enter_result
from grader.gradebook.source import opened

ASSIGNMENT = "06-by-hand"
STATEMENTS = 10  # for a submission: two questions, and one for each table that is written


@pytest.fixture
def course(tmp_path, gradebook):
    """Yield a gradebook that knows an assignment, and no student."""
    shutil.copy(gradebook, tmp_path)
    run_nbgrader([0, "generate_assignment", ASSIGNMENT, *nbgrader_options(tmp_path)])
    with opened(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        yield book


@contextlib.contextmanager
def statements(book):
    """Yield the list of what the database is told in the block."""
    said = []

    def hear(connection, cursor, statement, *rest):
        said.append(statement)

    event.listen(book.engine, "before_cursor_execute", hear)
    yield said
    event.remove(book.engine, "before_cursor_execute", hear)


def released():
    return nbformat.read(ROOT / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)


def marks(book, student):
    submission = book.find_submission(ASSIGNMENT, student)
    grades = {
        grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in submission.notebooks[0].grades
    }
    comments = {comment.name: comment.auto_comment for comment in submission.notebooks[0].comments}
    return grades, comments


def test_submission_that_is_new_is_entered_without_asking_what_is_known(course):
    enter_result(course, ASSIGNMENT, "ada", {ASSIGNMENT: released()})
    with statements(course) as said:
        enter_result(course, ASSIGNMENT, "bob", {ASSIGNMENT: released()})
    assert len(said) <= STATEMENTS, said
    grades, comments = marks(course, "bob")
    assert grades.keys() == points_of(ASSIGNMENT).keys()
    assert set(comments.values()) == {"No response."}
    assert marks(course, "ada") == (grades, comments)


def test_submission_that_is_known_keeps_what_a_person_gave(course):
    enter_result(course, ASSIGNMENT, "ada", {}, nothing=[ASSIGNMENT])
    grade = course.find_submission(ASSIGNMENT, "ada").notebooks[0].grades[0]
    assert (grade.auto_score, grade.needs_manual_grade) == (0, False)
    name, grade.manual_score = grade.name, 1
    course.db.commit()
    enter_result(course, ASSIGNMENT, "ada", {ASSIGNMENT: released()})
    grades, _ = marks(course, "ada")
    assert grades.keys() == points_of(ASSIGNMENT).keys()
    assert [cell for cell, (_, again) in grades.items() if again] == [name]


@pytest.mark.parametrize(
    ("assignment", "create", "says"),
    [
        ("99-nothing", True, "No assignment with ID '99-nothing'"),
        (ASSIGNMENT, False, "No student with ID 'ada'"),
    ],
)
def test_what_the_gradebook_does_not_know_is_said(course, assignment, create, says):
    with pytest.raises(NotEnteredError, match=says):
        enter_result(course, assignment, "ada", {ASSIGNMENT: released()}, create=create)
    assert course.students == []
