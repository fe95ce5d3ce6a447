"""What a graded class looks like: each student's marks, and the mistake that each answer shows."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from attnlib.catalogue import EXERCISES
from grader.sample import grade_id_of

NAMED = re.compile(r"this looks like “(.+)”")


@dataclass(frozen=True)
class Marks:
    """One student's result.

    Parameters
    ----------
    student : str
        The name of the submission's folder.
    score, max_score : float
        Points; what a person has yet to mark counts 0.
    shows : dict of str to str
        For each exercise that lost marks, the named misconception or the first line of the message.
    to_mark : float
        The points of answers that wait for a person.
    reason : str or None
        Why nothing could be graded, where nothing was.
    """

    student: str
    score: float
    max_score: float
    shows: dict = field(default_factory=dict)
    to_mark: float = 0.0
    reason: str | None = None


def read_marks(assignment, submitted, autograded, gradebook):
    """Return the Marks of every student who has a folder under `submitted`.

    Parameters
    ----------
    assignment : str
        Such as ``05-softmax``.
    submitted, autograded : path-like
        nbgrader's folders of these names.
    gradebook : path-like
        nbgrader's database, an SQLite file.

    Raises
    ------
    FileNotFoundError
        If nobody has submitted the assignment.
    ValueError
        If every submission is an empty folder, or the assignment isn't in the gradebook.
    """
    from nbgrader.api import Gradebook, MissingEntry

    folders = sorted(path for path in Path(submitted).glob(f"*/{assignment}") if path.is_dir())
    if not folders:
        raise FileNotFoundError(
            f"nobody has submitted {assignment}: no folder {submitted}/STUDENT/{assignment}"
        )
    if not any(path for folder in folders for path in folder.iterdir()):
        raise ValueError(
            f"nothing to grade: every submission folder of {assignment} is empty: {folders[0]}"
        )
    ungraded = ValueError(
        f"{assignment} is not in the gradebook: run nbgrader generate_assignment {assignment}, "
        f"then nbgrader autograde {assignment}"
    )
    if not Path(gradebook).is_file():
        raise ungraded
    with Gradebook(f"sqlite:///{gradebook}") as records:
        try:
            max_score = records.find_assignment(assignment).max_score
        except MissingEntry:
            raise ungraded from None
        marks = []
        for folder in folders:
            student = folder.parent.name
            graded = Path(autograded) / student / assignment / f"{assignment}.ipynb"
            if not graded.is_file():
                marks.append(Marks(student, 0.0, max_score, reason=_why_ungraded(folder, assignment)))
                continue
            submission = records.find_submission(assignment, student)
            shows = mistakes_in(nbformat.read(graded, as_version=4))
            waiting = [
                g for notebook in submission.notebooks for g in notebook.grades if g.needs_manual_grade
            ]
            to_mark = sum(grade.max_score for grade in waiting)
            marks.append(Marks(student, submission.score, max_score, shows, to_mark))
    return marks


def mistakes_in(graded):
    """Return ``{exercise: what went wrong}`` for the test cells of a graded notebook that failed."""
    shows = {}
    for cell in graded.cells:
        grade_id = grade_id_of(cell) or ""
        exercise = re.sub("_(visible|hidden)$", "", grade_id)
        if cell.cell_type != "code" or exercise == grade_id or exercise not in EXERCISES:
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                shows.setdefault(exercise, _in_short(output))
    return shows


def _in_short(error):
    first = error.evalue.splitlines()[0] if error.evalue else ""
    named = NAMED.search(first)
    if named:
        return named.group(1)
    if error.ename == "CheckFailed":
        return first.partition(": ")[2].rstrip(".")
    return f"{error.ename}: {first}".rstrip(": ")


def _why_ungraded(folder, assignment):
    found = sorted(path.name for path in folder.iterdir())
    if not found:
        return "the folder is empty"
    if f"{assignment}.ipynb" not in found:
        return f"no {assignment}.ipynb; there is {', '.join(found)}"
    return "not graded; nbgrader's log says why"
