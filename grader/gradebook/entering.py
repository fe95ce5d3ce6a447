"""Write to the gradebook, each result in one transaction: the old one is there until the new one is."""

import contextlib

from nbgrader.api import (
    Comment,
    Grade,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from sqlalchemy.exc import IntegrityError


class NotEnteredError(ValueError):
    """The gradebook doesn't know a student or an assignment; the text says which."""


def enter_submission(gradebook, assignment, student, *, create=True):
    """Enter that a student has something of an assignment, before anything is graded; return the entry.

    Raises
    ------
    NotEnteredError
        If there is no such assignment, or no such student and none may be made.
    """
    with one_transaction(gradebook):
        return submission_of(gradebook, assignment, student, create)


def enter_result(
    gradebook, assignment, student, marked, *, nothing=(), timestamp=None, create=True, penalty=None
):
    """Enter what a student's notebooks got, all of it or nothing.

    Marks and comments that a person gave stay as they are.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        Open.
    assignment, student : str
        Their names.
    marked : dict of str to nbformat.NotebookNode
        The graded notebooks by their names.
    nothing : iterable of str
        The notebooks that get no points, and in which nothing is left to mark, unless a person has marked
        them before and has to look again.
    timestamp : datetime.datetime, optional
        When it was handed in, in UTC.
    create : bool, default True
        Whether students that the gradebook doesn't know are entered, too.
    penalty : callable, optional
        Takes the entry of a notebook and how many seconds late it is, and returns the points which that
        costs, or None.

    Raises
    ------
    NotEnteredError
        If there is no such assignment, or no such student and none may be made.
    """

    def enter():
        with one_transaction(gradebook):
            submission = submission_of(gradebook, assignment, student, create)
            if timestamp:
                submission.timestamp = timestamp
            entries = {entry.name: entry for entry in submission.notebooks}
            for name in nothing:
                for grade in entries[name].grades:
                    grade.auto_score, grade.needs_manual_grade = 0, grade.manual_score is not None
            for name, notebook in marked.items():
                _enter_marks(entries[name], notebook)
                gradebook.db.flush()
                gradebook.db.refresh(entries[name])  # its score is the database's sum
                late = submission.total_seconds_late
                entries[name].late_submission_penalty = (
                    penalty(entries[name], late) if penalty and late > 0 else None
                )

    try:
        enter()
    except IntegrityError:  # another grader has just entered the same student
        enter()


@contextlib.contextmanager
def one_transaction(gradebook):
    """Keep all that is written in the block, or none of it; see what others have written before it."""
    gradebook.db.rollback()
    try:
        yield
        gradebook.db.commit()
    except BaseException:
        gradebook.db.rollback()
        raise


def submission_of(gradebook, assignment, student, create):
    """Return a submission's entry, made where there is none and complete; it is yet to be committed.

    Raises
    ------
    NotEnteredError
        If there is no such assignment, or no such student and none may be made.
    """
    try:
        about = gradebook.find_assignment(assignment)
    except MissingEntry:
        raise NotEnteredError(f"No assignment with ID '{assignment}' exists in the database") from None
    try:
        gradebook.find_student(student)
    except MissingEntry:
        if not create:
            raise NotEnteredError(f"No student with ID '{student}' exists in the database") from None
        gradebook.db.add(Student(id=student))
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        submission = SubmittedAssignment(assignment_id=about.id, student_id=student)
        gradebook.db.add(submission)
        gradebook.db.flush()
    complete(gradebook, submission)
    return submission


def complete(gradebook, submission):
    """Give a submission's entry what it lacks: notebooks and questions that were added after it."""
    known = {entry.notebook_id: entry for entry in submission.notebooks}
    for notebook in submission.assignment.notebooks:
        mine = known.get(notebook.id)
        if mine is None:
            mine = SubmittedNotebook(notebook_id=notebook.id, assignment_id=submission.id)
            gradebook.db.add(mine)
            gradebook.db.flush()
        graded = {grade.cell_id for grade in mine.grades}
        commented = {comment.cell_id for comment in mine.comments}
        for cell in [*notebook.grade_cells, *notebook.task_cells]:
            if cell.id not in graded:
                gradebook.db.add(Grade(cell_id=cell.id, notebook_id=mine.id))
        for cell in [*notebook.solution_cells, *notebook.task_cells]:
            if cell.id not in commented:
                gradebook.db.add(Comment(cell_id=cell.id, notebook_id=mine.id))
    gradebook.db.flush()
    gradebook.db.expire_all()


def _enter_marks(entry, notebook):
    grades = {grade.name: grade for grade in entry.grades}
    comments = {comment.name: comment for comment in entry.comments}
    for cell in notebook.cells:
        if is_grade(cell):
            one = grades[cell.metadata.nbgrader["grade_id"]]
            one.auto_score, _ = determine_grade(cell)
            one.needs_manual_grade = one.manual_score is not None or one.auto_score is None
        if is_solution(cell) or is_task(cell):
            blank = not is_task(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            comments[cell.metadata.nbgrader["grade_id"]].auto_comment = "No response." if blank else None
