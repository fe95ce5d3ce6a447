"""Grade a class many submissions at a time.

Submissions are graded by `grader.grading.one.grade`, which runs anywhere. This process alone reads the
course's folders and writes the graded notebooks and the gradebook.
"""

import contextlib
import os
from dataclasses import dataclass, field
from functools import cache

import nbformat
from nbgrader.apps import AutogradeApp
from nbgrader.converters import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import rmtree
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.gradebook.entering import enter_marks
from grader.gradebook.source import source_cells
from grader.grading.cluster import graders
from grader.grading.intake import Intake
from grader.grading.one import SECTIONS, Submission
from grader.notebook.submission import UnreadableError, files_beside, submitted_bytes
from grader.sandbox.error import SandboxError
from grader.text import plain


@dataclass
class Tally:
    """How many notebooks are graded, and why which student's are not."""

    graded: int = 0
    failed: dict = field(default_factory=dict)


def grade_crowd(waiting, read, grade, enter, fail):
    """Grade what waits, and enter each notebook as soon as it is graded.

    Parameters
    ----------
    waiting : iterable
        Of ``(student, paths)``: a submission's notebooks.
    read : callable
        Takes a student and the paths; yields ``(path, submission, cells, seed)`` of each notebook.
    grade : callable
        As `grader.grading.cluster.graders` makes it.
    enter : callable
        Takes a student, a path and the graded notebook's text, and keeps them.
    fail : callable
        Takes a student, the exception that came instead, and how many notebooks it concerns.
    """

    def work():
        for student, paths in waiting:
            left = len(paths)
            try:
                for path, *task in read(student, paths):
                    yield (student, path), *task
                    left -= 1
            except (NbGraderException, UnreadableError, OSError) as error:
                fail(student, error, left)

    for (student, path), outcome in grade(work()):
        if isinstance(outcome, Exception):
            fail(student, outcome, 1)
        else:
            enter(student, path, outcome)


def autograde(assignment, options=(), *, workers=None, scheduler=None, console=None):
    """Grade what has been submitted of an assignment; return the exit status.

    Parameters
    ----------
    assignment : str
        Such as ``05-softmax``.
    options : sequence of str
        Options of ``nbgrader autograde``, such as ``--force``.
    workers : int, optional
        Submissions to grade at a time on this machine; by default one more than it has cores.
    scheduler : str, optional
        The address of a Dask scheduler whose workers grade, such as ``tcp://10.0.0.5:8786``. They have this
        package and bubblewrap, and need no folder and no database of the course.
    """
    console = console or Console(stderr=True)
    app = AutogradeApp()
    app.initialize([assignment, "--log-level=ERROR", *options])
    app.coursedir.assignment_id = assignment
    workers = workers or (os.cpu_count() or 1) + 1
    tally = Tally()
    try:
        _grade(Intake(coursedir=app.coursedir, parent=app), tally, workers, scheduler, console)
    except KeyboardInterrupt:
        console.print("Stopped. What was graded is kept; the same command goes on from there.")
        return 130
    except (NbGraderException, SandboxError) as error:
        console.print(str(error), markup=False, highlight=False)
        return 1
    if tally.failed:
        console.print(f"{tally.graded} graded, {len(tally.failed)} not")
        return 1
    console.print(f"{tally.graded} graded")
    return 0


def _grade(intake, tally, workers, scheduler, console):
    seed, sandbox = intake.settle()
    intake.init_notebooks()
    with contextlib.chdir(intake.coursedir.root):
        waiting = list(intake.waiting())
        tally.failed |= dict(intake.refused)
        for student, reason in tally.failed.items():
            console.print(f"{student}: {reason}", markup=False, highlight=False)
        if not waiting:
            return
        with (
            graders(
                {name: dict(intake.config[name]) for name in SECTIONS if name in intake.config},
                workers=min(workers, len(waiting)),
                scheduler=scheduler,
                sandboxed=sandbox.enabled,
            ) as grade,
            intake.gradebook() as gradebook,
            _progress(console, sum(len(notebooks) for _, notebooks in waiting)) as done,
        ):
            read = _reader(intake, gradebook, seed, sandbox.submitted_files * 2**20)

            def enter(student, path, text):
                _enter(intake, gradebook, student, path, text)
                tally.graded += 1
                done()

            def fail(student, error, notebooks):
                tally.failed[student] = plain(str(error)) or type(error).__name__
                folder = intake.graded_folder(student)
                if folder.exists():  # as nbgrader does, so that the next run begins anew
                    rmtree(str(folder))
                done(notebooks, f"{student}: {tally.failed[student]}")

            grade_crowd(waiting, read, grade, enter, fail)


def _reader(intake, gradebook, seed, most_beside):
    @cache
    def cells_of(name):
        return source_cells(gradebook, intake.coursedir.assignment_id, name)

    def read(student, paths):
        paths = intake.begin(gradebook, student, paths)
        files = files_beside(intake.graded_folder(student), most_beside)
        for path in paths:
            submission = Submission(student, path.stem, submitted_bytes(path), files)
            yield path, submission, cells_of(path.stem), seed

    return read


def _enter(intake, gradebook, student, path, text):
    notebook = nbformat.reads(text, as_version=4)
    late = enter_marks(gradebook, intake.coursedir.assignment_id, student, path.stem, notebook)
    if late:
        resources = intake.init_single_notebook_resources(str(path))
        AssignLatePenalties(parent=intake).preprocess(notebook, resources)
    target = intake.graded_folder(student) / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    partial.write_text(text, "utf-8")
    partial.replace(target)
    intake.set_permissions(intake.coursedir.assignment_id, student)


@contextlib.contextmanager
def _progress(console, total):
    """Yield a function to call with how many notebooks are done, and what to say of them, if anything."""
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=total, rate="")

        def done(notebooks=1, says=None):
            if says is not None:
                progress.console.print(says, markup=False, highlight=False)
            progress.advance(task, notebooks)
            speed = progress.tasks[0].speed
            progress.update(task, rate=f"{speed:.1f} a second" if speed else "")

        yield done
