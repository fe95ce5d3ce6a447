"""``python -m grader autograde``: a class on all of this machine's cores, or on a cluster."""

import contextlib
import os

from nbgrader.apps import AutogradeApp
from nbgrader.converters import NbGraderException
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.gradebook.troubles import GradebookError
from grader.grading.crew import crew
from grader.grading.crowd import grade_class
from grader.grading.intake import Intake
from grader.grading.keeping import StoppedError
from grader.sandbox.error import SandboxError

STOPPED = "Stopped. What was graded is kept; the same command goes on from there."


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

    def say(text):
        console.print(text, markup=False, highlight=False)

    app = AutogradeApp()
    app.initialize([assignment, "--log-level=ERROR", *options])
    app.coursedir.assignment_id = assignment
    workers = workers or len(os.sched_getaffinity(0)) + 1

    def begin(settings, count, sandbox):
        if scheduler:
            from grader.grading.cluster import graders  # Dask takes a second to import

            return graders(settings, scheduler=scheduler, sandboxed=sandbox.enabled)
        return crew(settings, workers=min(workers, count), sandboxed=sandbox.enabled)

    intake = Intake(coursedir=app.coursedir, parent=app)
    try:
        tally = grade_class(intake, begin, lambda count: _progress(console, count))
    except KeyboardInterrupt:
        say(STOPPED)
        return 130
    except (NbGraderException, GradebookError, StoppedError, SandboxError) as error:
        say(str(error))
        return 1
    for student, reason in intake.refused:
        say(f"{student}: {reason}")
    for line in summary(tally):
        say(line)
    return 1 if tally.failed else 0


def summary(tally):
    """Yield the lines that say what a run did, and what to do about the rest."""
    yield f"{tally.graded} graded" + (f", {len(tally.failed)} not" if tally.failed else "")
    if tally.kept:
        yield f"{tally.kept} up to date, as handed in; --force grades them again"
    if tally.failed:
        yield "Mend what is said above, and run the same command: it grades what is left."


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
