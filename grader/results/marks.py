"""What a graded class looks like: each student's marks, and the mistake that each answer shows."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import nbformat.reader

from attnlib.catalogue import EXERCISES
from attnlib.checking import UNANSWERED, CheckFailed, read_verdict
from grader.gradebook.freshness import freshness
from grader.gradebook.reading import Records, read_records
from grader.notebook.causes import causes_of_tests, follows_from
from grader.notebook.cells import answers_of, grade_id_of, is_verified, question_of
from grader.notebook.graded import RECORD
from grader.notebook.refusal import why_refused
from grader.text import plain

UNVERIFIED = "not verified outside the sandbox, because the catalogue has no such exercise"
UNGRADED = "not graded yet; python -m grader autograde {} grades it or says why not"
STDERR = "its test wrote to standard error, which nbgrader takes for a failure"
PARTLY = "its test gave {:g} of {:g} points"


@dataclass(frozen=True)
class Marks:
    """One student's result.

    Parameters
    ----------
    student : str
        The name of the submission's folder.
    score, max_score : float
        Points, less those taken off for lateness; what a person has yet to mark counts 0.
    shows : dict of str to str
        For each question whose tests took marks off, the named misconception, what stopped the answer's
        cell, or the first line of the message.
    to_mark : float
        The points of answers that wait for a person.
    again : tuple of str
        The cells that a person marked before they were graded again, and has to look at again.
    late : datetime.timedelta or None
        How late it was handed in.
    newer : str or None
        Why the mark isn't that of what lies there now, where it isn't.
    reason : str or None
        Why nothing could be graded, where nothing was.
    grades : dict of str to grader.gradebook.reading.Grade
        What each cell got.
    answers : dict of str to str
        The text of each answer, by the id of its cell.
    """

    student: str
    score: float
    max_score: float
    shows: dict = field(default_factory=dict)
    to_mark: float = 0.0
    again: tuple = ()
    late: timedelta | None = None
    newer: str | None = None
    reason: str | None = None
    grades: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)


@dataclass(frozen=True)
class ClassMarks:
    """A whole class: the Marks of everybody who handed something in, and what the gradebook says."""

    assignment: str
    marks: list
    records: Records

    @property
    def graded(self):
        """The Marks of those who could be graded."""
        return [one for one in self.marks if one.reason is None]

    @property
    def unverified(self):
        """The tests that ran in the sandbox and whose result nothing outside it has verified."""
        tests = self.records.cells.keys() - self.records.by_hand
        return sorted(test for test in tests if not is_verified(test))

    @property
    def answers(self):
        """The text of each answer of those who could be graded, as ``{student: {question: text}}``."""
        return {one.student: one.answers for one in self.graded}


def read_marks(assignment, submitted, autograded, gradebook):
    """Return the list of Marks of `read_class`."""
    return read_class(assignment, submitted, autograded, gradebook).marks


def read_class(assignment, submitted, autograded, gradebook):
    """Return the ClassMarks of all who have a folder under `submitted`.

    Parameters
    ----------
    assignment : str
        Such as ``05-softmax``.
    submitted, autograded : path-like
        nbgrader's folders of these names.
    gradebook : str or path-like
        The URL of nbgrader's database, or the path of an SQLite file.

    Raises
    ------
    FileNotFoundError
        If nobody has submitted the assignment.
    ValueError
        If every submission is an empty folder, or the assignment isn't in the gradebook.
    """
    folders = sorted(path for path in Path(submitted).glob("*/*") if path.name == assignment)
    if not folders:
        raise FileNotFoundError(
            f"nobody has submitted {assignment}: no folder {submitted}/STUDENT/{assignment}"
        )
    if all(folder.is_dir() and not any(folder.iterdir()) for folder in folders):
        raise ValueError(
            f"nothing to grade: every submission folder of {assignment} is empty: {folders[0]}"
        )
    records = read_records(assignment, gradebook)
    newer = freshness(assignment, submitted, autograded, gradebook)
    marks = [_marks_of(folder, assignment, Path(autograded), records, newer) for folder in folders]
    return ClassMarks(assignment, marks, records)


def _marks_of(folder, assignment, autograded, records, newer):
    student = folder.parent.name
    graded = autograded / student / assignment / f"{assignment}.ipynb"
    grades = records.grades.get(student)
    if not graded.is_file() or grades is None:
        reason = why_refused(folder, assignment) or UNGRADED.format(assignment)
        return Marks(student, 0.0, records.max_score, reason=reason)
    notebook = read_graded(graded)
    score = sum(grade.score for grade in grades.values()) - records.penalties.get(student, 0.0)
    return Marks(
        student,
        max(0.0, score),
        records.max_score,
        shows=mistakes_in(notebook, grades),
        to_mark=sum(grade.max_score for grade in grades.values() if grade.waiting),
        again=tuple(cell for cell, grade in grades.items() if grade.again),
        late=records.late.get(student),
        newer=newer.get(student),
        grades=grades,
        answers=answers_of(notebook),
    )


def read_graded(path):
    """Return a notebook that nbgrader wrote, without checking its form, which takes ten times as long."""
    return nbformat.reader.reads(Path(path).read_text("utf-8"))


def mistakes_in(graded, grades=None):
    """Return ``{question: what went wrong}`` for the test cells of a graded notebook that failed.

    What a cell said comes out of the student's process, where it can be forged; what the grader found by
    itself comes before it. Where an answer's cell was stopped, that comes before the names it lacks.

    Parameters
    ----------
    graded : nbformat.NotebookNode
        As nbgrader leaves it.
    grades : dict of str to grader.gradebook.reading.Grade, optional
        What each cell got; with these a test that takes marks off without an error is told, too.
    """
    record = graded.metadata.get(RECORD)
    judged = (
        record.get("judged") if isinstance(record, dict) else None
    )  # by stock nbgrader, a student's own
    judged = judged if isinstance(judged, list) else []
    shows, found = {}, {}
    for cell, cause in causes_of_tests(graded):
        question, _ = question_of(grade_id_of(cell))
        errors = [output for output in cell.outputs if output.output_type == "error"]
        for error in errors:
            said = cause if follows_from(error, cause) else _in_short(error, question)
            shows.setdefault(question, said)
            if grade_id_of(cell) in judged:
                found.setdefault(question, said)
        if not errors and (said := _without_error(cell, (grades or {}).get(grade_id_of(cell)))):
            shows.setdefault(question, said)
    return shows | found


def _without_error(cell, grade):
    """Return why a test gave less than its points, though it raised nothing; None if it gave them."""
    if grade is None or grade.score >= grade.max_score:
        return None
    if any(output.get("name") == "stderr" for output in cell.outputs):
        return STDERR
    return PARTLY.format(grade.score, grade.max_score)


def _in_short(error, question):
    verdict = read_verdict(error.evalue) if error.ename == CheckFailed.__name__ else None
    if verdict is None or verdict.exercise != question or question not in EXERCISES:
        first = error.evalue.splitlines()[0] if error.evalue else ""
        return plain(f"{error.ename}: {first}".rstrip(": "), lines=False)
    known = {UNANSWERED, *(mistake.name for mistake in EXERCISES[question].misconceptions)}
    if verdict.misconception in known:
        return verdict.misconception
    return plain(verdict.headline.rstrip("."))
