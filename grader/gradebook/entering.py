"""Write to the gradebook: who handed something in, what it got, and what was refused."""

import warnings

from nbgrader.api import MissingEntry
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from sqlalchemy.exc import SAWarning


class NotEnteredError(ValueError):
    """The gradebook doesn't know a student or an assignment; the text says which."""


def enter_submission(gradebook, assignment, student, *, timestamp=None, create=True):
    """Enter that a student handed something in, as nbgrader does.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        Open.
    assignment, student : str
        Their names.
    timestamp : datetime.datetime, optional
        When it was handed in.
    create : bool, default True
        Whether students that the gradebook doesn't know are entered, too.

    Returns
    -------
    nbgrader.api.SubmittedAssignment
        The entry.

    Raises
    ------
    NotEnteredError
        If there is no such assignment, or no such student and none may be made.
    """
    try:
        if create:
            gradebook.update_or_create_student(student)
        else:
            gradebook.find_student(student)
    except MissingEntry:
        raise NotEnteredError(f"No student with ID '{student}' exists in the database") from None
    when = {"timestamp": timestamp} if timestamp else {}
    try:
        with warnings.catch_warnings():  # nbgrader ties the entry to others before it is in the session
            warnings.simplefilter("ignore", SAWarning)
            return gradebook.update_or_create_submission(assignment, student, **when)
    except MissingEntry:
        raise NotEnteredError(f"No assignment with ID '{assignment}' exists in the database") from None


def enter_nothing(gradebook, submission, missing):
    """Give the notebooks of a submission that are among the `missing` no points, and leave none to mark."""
    for notebook in submission.notebooks:
        if notebook.name in missing:
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
    gradebook.db.commit()


def enter_marks(gradebook, assignment, student, name, notebook):
    """Enter a graded notebook's marks at once, as nbgrader's `SaveAutoGrades` does one by one.

    Returns
    -------
    bool
        Whether it was late, and `AssignLatePenalties` has yet to say what that costs.
    """
    entry = gradebook.find_submission_notebook(name, assignment, student)
    entry.late_submission_penalty = None
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
    gradebook.db.commit()
    return gradebook.find_submission(assignment, student).total_seconds_late > 0
