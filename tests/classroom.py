"""A graded class without the grading: the folders and the gradebook that nbgrader leaves behind."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import nbformat
from conftest import ROOT
from nbgrader import api
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from attnlib.catalogue import EXERCISES
from attnlib.checking import Verdict
from grader.notebook.cells import answers_of, grade_id_of
from grader.notebook.percent import read_solution
from grader.results.marks import read_class
from grader.samples.made_up import answered

ASSIGNMENT = "05-softmax"
BLANK = nbformat.read(ROOT / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
EMPTY = nbformat.writes(nbformat.v4.new_notebook())
SOLUTION = answers_of(read_solution(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py"))
POINTS = {  # this class's own: what the assignment asks besides, and for how much, is its own affair
    "softmax_by_hand_visible": 1,
    "softmax_visible": 2,
    "softmax_hidden": 2,
    "entropy_visible": 1,
    "entropy_hidden": 1,
    "softmax_jacobian_visible": 1,
    "softmax_jacobian_hidden": 2,
    "saturation": 3,
}
ASKED = {name.removesuffix("_visible").removesuffix("_hidden") for name in POINTS}
BLANK.cells = [cell for cell in BLANK.cells if grade_id_of(cell) in {None, *POINTS, *ASKED}]
CELLS = {grade_id_of(cell): cell for cell in BLANK.cells if grade_id_of(cell) in POINTS}
DUE = datetime(2026, 10, 1)


@dataclass
class Pupil:
    """One who handed in; without more, everything is right and marked."""

    shows: dict = field(default_factory=dict)  # {exercise: the message, or the name of a misconception}
    answers: dict = field(default_factory=dict)  # {question: text}, in place of the solution's
    by_hand: float | None = 3.0  # None: waits for a person
    late: float = 0.0
    again: bool = False  # marked by a person, and graded again since
    overdue: timedelta | None = None
    stopped: dict = field(default_factory=dict)  # {question: the error of its answer's cell}
    person: dict = field(default_factory=dict)
    files: tuple = (f"{ASSIGNMENT}.ipynb",)
    graded: bool = True

    def score(self, cell):
        exercise = cell.rpartition("_")[0]
        return 0 if exercise in self.shows else POINTS[cell]


def make_class(root, pupils, *, absent=(), url=None):
    """Write a class of ``{name: Pupil}``; return its folder."""
    for name, pupil in pupils.items():
        folder = root / "submitted" / name / ASSIGNMENT
        folder.mkdir(parents=True)
        for file in pupil.files:
            (folder / file).write_text(EMPTY)
        if pupil.graded:
            graded = root / "autograded" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
            graded.parent.mkdir(parents=True)
            graded.write_text(nbformat.writes(graded_notebook(pupil)), "utf-8", errors="surrogateescape")
    engine = create_engine(url or f"sqlite:///{root / 'gradebook.db'}")
    api.Base.metadata.create_all(engine)
    with Session(engine) as session:
        write_gradebook(session, pupils, absent)
        session.commit()
    engine.dispose()
    return root


def class_of(root):
    """Return the ClassMarks of a class that `make_class` wrote."""
    return read_class(ASSIGNMENT, root / "submitted", root / "autograded", root / "gradebook.db")


def graded_notebook(pupil):
    notebook = answered(BLANK, SOLUTION | pupil.answers)
    for cell in notebook.cells:
        exercise = (grade_id_of(cell) or "").rpartition("_")[0]
        if grade_id_of(cell) in pupil.stopped:
            ename, _, evalue = pupil.stopped[grade_id_of(cell)].partition(": ")
            error = nbformat.v4.new_output("error", ename=ename, evalue=evalue, traceback=[])
            cell.outputs = [error]
        if cell.cell_type == "code" and exercise in pupil.shows:
            said = pupil.shows[exercise]
            named = any(said == mistake.name for mistake in EXERCISES[exercise].misconceptions)
            ename, _, evalue = said.partition(": ")
            if named:
                ename, evalue = "CheckFailed", str(Verdict.naming(said, exercise))
            elif not evalue:
                ename, evalue = "CheckFailed", str(Verdict(exercise, f"{said}."))
            cell.outputs = [nbformat.v4.new_output("error", ename=ename, evalue=evalue, traceback=[])]
    return notebook


def write_gradebook(session, pupils, absent):
    assignment = api.Assignment(name=ASSIGNMENT, course=api.Course(id="spotlight"), duedate=DUE)
    notebook = api.Notebook(name=ASSIGNMENT, assignment=assignment)
    session.add(notebook)
    for cell in BLANK.cells:
        if grade_id_of(cell):
            session.add(
                api.SourceCell(
                    name=grade_id_of(cell), cell_type=cell.cell_type, source=cell.source, notebook=notebook
                )
            )
    cells = {
        name: api.GradeCell(name=name, max_score=POINTS[name], cell_type=cell.cell_type, notebook=notebook)
        for name, cell in CELLS.items()
    }
    session.add_all(cells.values())
    for name in absent:
        session.add(api.Student(id=name))
    for name, pupil in pupils.items():
        student = api.Student(id=name, **pupil.person)
        session.add(student)
        if pupil.graded:
            submission = api.SubmittedAssignment(
                assignment=assignment,
                student=student,
                timestamp=DUE + pupil.overdue if pupil.overdue else None,
            )
            mine = api.SubmittedNotebook(
                assignment=submission, notebook=notebook, late_submission_penalty=pupil.late
            )
            session.add_all(grade_of(pupil, cell, mine) for cell in cells.values())


def grade_of(pupil, cell, mine):
    if cell.cell_type == "code":
        return api.Grade(
            cell=cell, notebook=mine, auto_score=pupil.score(cell.name), needs_manual_grade=False
        )
    waits = pupil.by_hand is None or pupil.again
    return api.Grade(cell=cell, notebook=mine, manual_score=pupil.by_hand, needs_manual_grade=waits)
