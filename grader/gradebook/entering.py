"""Write to the gradebook, each result in one transaction: the old one is there until the new one is."""

import contextlib
from dataclasses import dataclass
from functools import lru_cache

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError


class NotEnteredError(ValueError):
    """The gradebook doesn't know a student or an assignment; the text says which."""


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
            entry = _entry_of(gradebook, assignment, student, create)
            if timestamp:
                entry.submission.timestamp = timestamp
                gradebook.db.flush()  # so that it knows when it was due
            for name in nothing:
                for grade in entry.notebooks[name].grades.values():
                    grade.auto_score, grade.needs_manual_grade = 0, grade.manual_score is not None
            for name, notebook in marked.items():
                mine = entry.notebooks[name]
                _enter_marks(mine, notebook)
                late = entry.submission.total_seconds_late
                if penalty and late > 0:
                    gradebook.db.flush()
                    gradebook.db.refresh(mine.row)  # its score is the database's sum
                    mine.row.late_submission_penalty = penalty(mine.row, late)
                else:
                    mine.row.late_submission_penalty = None

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
    submission = _entry_of(gradebook, assignment, student, create).submission
    gradebook.db.flush()
    return submission


@dataclass(frozen=True)
class _Notebook:
    """A submitted notebook's row, and those of its grades and comments by their cells' names."""

    row: SubmittedNotebook
    grades: dict
    comments: dict


@dataclass(frozen=True)
class _Entry:
    """A submission's row, and its notebooks by their names."""

    submission: SubmittedAssignment
    notebooks: dict


def _entry_of(gradebook, assignment, student, create):
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return _new_entry(gradebook, assignment, student, create)
    complete(gradebook, submission)
    notebooks = {
        row.name: _Notebook(row, _by_name(gradebook, Grade, row), _by_name(gradebook, Comment, row))
        for row in submission.notebooks
    }
    return _Entry(submission, notebooks)


def _new_entry(gradebook, assignment, student, create):
    """Add a submission of which the gradebook has nothing, without asking it for what was added."""
    about, notebooks = _asked(gradebook, assignment)
    try:
        gradebook.find_student(student)
    except MissingEntry:
        if not create:
            raise NotEnteredError(f"No student with ID '{student}' exists in the database") from None
        gradebook.db.add(Student(id=student))
    entry = _Entry(SubmittedAssignment(id=new_uuid(), assignment_id=about, student_id=student), {})
    gradebook.db.add(entry.submission)
    for name, (notebook, marked, answered) in notebooks.items():
        row = SubmittedNotebook(id=new_uuid(), notebook_id=notebook, assignment_id=entry.submission.id)
        grades = {cell: Grade(cell_id=number, notebook_id=row.id) for cell, number in marked.items()}
        comments = {cell: Comment(cell_id=number, notebook_id=row.id) for cell, number in answered.items()}
        gradebook.db.add_all([row, *grades.values(), *comments.values()])
        entry.notebooks[name] = _Notebook(row, grades, comments)
    return entry


@lru_cache(maxsize=1)
def _asked(gradebook, assignment):
    """Return an assignment's id, and ``{notebook: (id, cells with points, cells with an answer)}``.

    The cells are ``{name: id}``. It is read once for a class, as are the cells that it is graded against.
    """
    try:
        about = gradebook.find_assignment(assignment)
    except MissingEntry:
        raise NotEnteredError(f"No assignment with ID '{assignment}' exists in the database") from None
    return about.id, {
        notebook.name: (
            notebook.id,
            {cell.name: cell.id for cell in [*notebook.grade_cells, *notebook.task_cells]},
            {cell.name: cell.id for cell in [*notebook.solution_cells, *notebook.task_cells]},
        )
        for notebook in about.notebooks
    }


def complete(gradebook, submission):
    """Give a submission's entry what it lacks: notebooks and questions that were added after it."""
    known = {entry.notebook_id: entry.id for entry in submission.notebooks}
    added = []
    for notebook in submission.assignment.notebooks:
        mine = known.get(notebook.id)
        if mine is None:
            entry = SubmittedNotebook(notebook_id=notebook.id, assignment_id=submission.id)
            gradebook.db.add(entry)
            gradebook.db.flush()
            mine = entry.id
        graded = _cells_with(gradebook, Grade, mine)
        commented = _cells_with(gradebook, Comment, mine)
        added += [
            Grade(cell_id=cell.id, notebook_id=mine)
            for cell in [*notebook.grade_cells, *notebook.task_cells]
            if cell.id not in graded
        ]
        added += [
            Comment(cell_id=cell.id, notebook_id=mine)
            for cell in [*notebook.solution_cells, *notebook.task_cells]
            if cell.id not in commented
        ]
    if added:
        gradebook.db.add_all(added)
        gradebook.db.flush()
        gradebook.db.expire(submission)


def _cells_with(gradebook, kind, notebook):
    """Return the ids of the cells that have a grade, or a comment, in a submitted notebook."""
    return set(gradebook.db.scalars(select(kind.cell_id).where(kind.notebook_id == notebook)))


def _by_name(gradebook, kind, entry):
    """Return the grades or the comments of a submitted notebook by their cells' names, in one query."""
    named = select(kind, BaseCell.name).join(BaseCell, BaseCell.id == kind.cell_id)
    return {name: one for one, name in gradebook.db.execute(named.where(kind.notebook_id == entry.id))}


def _enter_marks(entry, notebook):
    for cell in notebook.cells:
        if is_grade(cell):
            one = entry.grades[cell.metadata.nbgrader["grade_id"]]
            one.auto_score, _ = determine_grade(cell)
            one.needs_manual_grade = one.manual_score is not None or one.auto_score is None
        if is_solution(cell) or is_task(cell):
            blank = not is_task(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            comment = entry.comments[cell.metadata.nbgrader["grade_id"]]
            comment.auto_comment = "No response." if blank else None
