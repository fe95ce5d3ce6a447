"""Grade a class: what waits, as many at a time as there are graders.

Submissions are graded by `grader.grading.one.grade`, which runs anywhere. This process alone reads the
course's folders and writes the graded notebooks and the gradebook.
"""

import contextlib
from dataclasses import dataclass, field
from functools import cache

from nbgrader.converters import NbGraderException

from grader.gradebook.entering import NotEnteredError
from grader.gradebook.source import source_cells
from grader.grading.keeping import keep, keep_nothing, stopped_by, sweep
from grader.grading.one import SECTIONS, Submission
from grader.grading.readiness import require_gradebook, require_questions, require_room
from grader.notebook.graded import hash_of_submission
from grader.notebook.submission import UnreadableError, is_name, submitted_bytes
from grader.text import plain


@dataclass
class Tally:
    """How many notebooks are graded, how many submissions needed none, and why which student's are not."""

    graded: int = 0
    kept: int = 0
    failed: dict = field(default_factory=dict)


def grade_crowd(waiting, read, grade, enter, fail):
    """Grade what waits, and enter each notebook as soon as it is graded.

    Parameters
    ----------
    waiting : iterable of grader.grading.intake.Waiting
        The submissions.
    read : callable
        Takes one; yields ``(path, submission, cells, seed)`` of each of its notebooks.
    grade : callable
        As `grader.grading.crew.crew` makes it.
    enter : callable
        Takes a Waiting, a path and the graded notebook's text, and keeps them.
    fail : callable
        Takes a student, the exception that came instead, and how many notebooks it concerns.

    Raises
    ------
    grader.grading.keeping.StoppedError
        If nothing more can be written.
    """

    def work():
        for one in waiting:
            left = len(one.notebooks)
            try:
                for path, *task in read(one):
                    yield (one, path), *task
                    left -= 1
            except (NbGraderException, UnreadableError, OSError) as error:
                fail(one.student, error, left)

    for (one, path), outcome in grade(work()):
        if isinstance(outcome, Exception):
            fail(one.student, outcome, 1)
            continue
        try:
            enter(one, path, outcome)
        except NotEnteredError as error:
            fail(one.student, error, 1)
        except OSError as error:
            if stopped := stopped_by(error):
                raise stopped from None
            fail(one.student, error, 1)


def grade_class(intake, graders, progress):
    """Grade what waits of an assignment; return the Tally.

    Parameters
    ----------
    intake : grader.grading.intake.Intake
        What finds it.
    graders : callable
        Takes settings, how many notebooks there are, and the sandbox's settings; returns a ``with`` block's
        function that grades. Nothing has been written until it is entered.
    progress : callable
        Takes how many notebooks there are; returns a ``with`` block's function to call with how many are
        done, and what to say of them, if anything.

    Raises
    ------
    NbGraderException, grader.gradebook.troubles.GradebookError, grader.grading.keeping.StoppedError
        If it can't begin, or can't go on; the text says why and what to do.
    """
    seed, sandbox = intake.settle()
    intake.init_notebooks()
    with contextlib.chdir(intake.coursedir.root):
        require_gradebook(intake)
        with intake.gradebook() as gradebook:
            require_questions(intake, gradebook)
            found = intake.waiting(gradebook)
            require_room(intake, found)
            tally = Tally(kept=intake.kept, failed=dict(intake.refused))
            waiting = [one for one in found if one.notebooks]
            count = sum(len(one.notebooks) for one in waiting)
            settings = {name: dict(intake.config[name]) for name in SECTIONS if name in intake.config}
            with graders(settings, count, sandbox) if waiting else contextlib.nullcontext() as grade:
                try:
                    for one in found:
                        if not one.notebooks:
                            _enter_nothing(intake, gradebook, one)
                    if waiting:
                        with progress(count) as done:
                            read = _reader(intake, gradebook, seed, sandbox.submitted_files * 2**20)
                            _grade(intake, gradebook, waiting, read, grade, tally, done)
                finally:
                    sweep(intake)
    return tally


def _grade(intake, gradebook, waiting, read, grade, tally, done):
    def enter(one, path, text):
        keep(intake, gradebook, one, path, text)
        intake.run_post_convert_hook()
        tally.graded += 1
        done()

    def fail(student, error, notebooks):
        reason = plain(str(error)) or type(error).__name__
        if any(intake.graded_folder(student).glob("*.ipynb")):
            reason += " (the result before it stays)"
        tally.failed[student] = reason
        done(notebooks, f"{student}: {reason}")

    grade_crowd(waiting, read, grade, enter, fail)


def _enter_nothing(intake, gradebook, one):
    if not is_name(one.student):
        return  # no name for a gradebook
    try:
        keep_nothing(intake, gradebook, one)
    except NotEnteredError:
        return  # nothing to take points from
    except OSError as error:
        raise stopped_by(error) or error from None


def _reader(intake, gradebook, seed, most_beside):
    files_hash = intake.files_hash

    @cache
    def cells_of(name):
        return source_cells(gradebook, intake.coursedir.assignment_id, name)

    def read(one):
        intake.notebooks = list(map(str, one.notebooks))
        intake.run_pre_convert_hook()
        files = _read_within(intake.files_of(one.student), most_beside)
        for path in one.notebooks:
            intake.log.info("Grading %s: %s", path, one.why)
            # before it is read: what is changed in between is then graded again
            origin = {"submission": hash_of_submission(path), "files": files_hash}
            submission = Submission(one.student, path.stem, submitted_bytes(path), files, origin)
            yield path, submission, cells_of(path.stem), seed

    return read


def _read_within(files, most):
    """Return ``{name: bytes}`` of the files, in order, until they would be more than `most` bytes."""
    read = {}
    for name, path in sorted(files.items()):
        most -= path.stat().st_size
        if most < 0:
            break
        read[name] = path.read_bytes()
    return read
