"""Whether a result is that of what was handed in: decided by content, never by a date."""

import contextlib
import math
from pathlib import Path

from nbgrader.api import Assignment, BaseCell, Grade, Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from grader.gradebook.reading import gradebook_url
from grader.gradebook.source import cells_of
from grader.notebook.graded import hash_of_assignment, hash_of_submission, record_of

NEW = "not graded yet"
UNFINISHED = "an earlier run didn't finish it"
OTHER_GRADER = "the record of its grading is missing"
HANDED_IN_ANEW = "what was handed in has changed"
OTHER_ASSIGNMENT = "the assignment has changed"
NOT_ENTERED = "the gradebook has no marks of it"
ENTERED_OTHERWISE = "the gradebook has other marks than the graded notebook"


def entered_scores(session, assignment):
    """Return what nbgrader has entered by itself, ``{(student, notebook): {cell: points or None}}``.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Of the database: a gradebook's ``db``.
    assignment : str
        Such as ``05-softmax``.
    """
    rows = session.execute(
        select(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade.auto_score)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(Assignment, Assignment.id == Notebook.assignment_id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .where(Assignment.name == assignment)
    )
    found = {}
    for student, notebook, cell, score in rows:
        found.setdefault((student, notebook), {})[cell] = score
    return found


def why_grade(handed_in, graded, *, assignment, entered, files=None):
    """Return why a notebook has to be graded, in a few words; None, if its result is up to date.

    Parameters
    ----------
    handed_in, graded : pathlib.Path
        What the student handed in, and where its result is, if there is one.
    assignment : str
        The hash of the assignment's cells.
    entered : dict of str to float, or None
        What the gradebook has of it.
    files : str, optional
        The hash of the assignment's own files; without it these aren't compared.
    """
    if not graded.exists():
        return NEW
    record = record_of(graded)
    if record is None:
        return UNFINISHED
    if not isinstance(record.get("scores"), dict):
        return OTHER_GRADER
    try:
        if record.get("submission") != hash_of_submission(handed_in):
            return HANDED_IN_ANEW
    except OSError:
        return HANDED_IN_ANEW
    if record.get("assignment") != assignment or files not in (None, record.get("files")):
        return OTHER_ASSIGNMENT
    if not entered:
        return NOT_ENTERED
    return None if _equal(record["scores"], entered) else ENTERED_OTHERWISE


def freshness(assignment, submitted, autograded, gradebook):
    """Return whose result isn't that of what lies there now, and why: ``{student: reason}``.

    Students without a result are left out, and results of nbgrader's own, which don't say of
    what they are.

    Parameters
    ----------
    assignment : str
        Such as ``05-softmax``.
    submitted, autograded : path-like
        nbgrader's folders of these names.
    gradebook : str or path-like
        The URL of nbgrader's database, or the path of an SQLite file. Nothing is written there.
    """
    found, engine = {}, create_engine(gradebook_url(".", gradebook))
    with contextlib.closing(Session(engine)) as session:
        entered = entered_scores(session, assignment)
        notebooks = select(Notebook).join(Assignment).where(Assignment.name == assignment)
        for notebook in session.scalars(notebooks.order_by(Notebook.name)):
            cells = hash_of_assignment(cells_of(notebook))
            for graded in sorted(Path(autograded).glob(f"*/{assignment}/{notebook.name}.ipynb")):
                if "scores" not in (record_of(graded) or {}):
                    continue
                student = graded.parent.parent.name
                handed_in = Path(submitted) / student / assignment / graded.name
                marks = entered.get((student, notebook.name))
                why = why_grade(handed_in, graded, assignment=cells, entered=marks)
                if why is not None and handed_in.parent.exists():
                    found.setdefault(student, why)
    engine.dispose()
    return found


def _equal(ours, theirs):
    return ours.keys() == theirs.keys() and all(_same(score, theirs[cell]) for cell, score in ours.items())


def _same(one, other):
    if one is None or other is None:
        return one is other
    return isinstance(one, int | float) and math.isclose(one, other, abs_tol=1e-9)
