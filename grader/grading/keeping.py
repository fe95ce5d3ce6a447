"""Put a result in the place of the one before it: what is there stays until its successor is on disk.

The new files are written whole in a folder beside the students'; then the gradebook takes the marks, in one
transaction; then each file takes its place, in one step, the notebook last. A run that is killed in between
leaves two parts that don't agree, which the next run sees and grades again.
"""

import contextlib
import errno
import os
import shutil
import tempfile
import time
from pathlib import Path

import nbformat
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc, remove

from grader.gradebook.entering import enter_result

STAGING = ".unfinished"  # in the folder of graded work; no student's name begins with a dot
HOUR = 3600
TIMESTAMP = "timestamp.txt"
LONGEST_TIME = 100  # bytes
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
UNUSABLE = (*NO_ROOM, errno.EROFS, errno.EIO)


class StoppedError(Exception):
    """Nothing more can be kept: one line says why, the next what to do."""


def stopped_by(error):
    """Return the StoppedError for what the system said of a disk; None, if it concerns one file alone."""
    if error.errno not in UNUSABLE:
        return None
    full = error.errno in NO_ROOM
    where = f" ({error.filename})" if error.filename else ""
    return StoppedError(
        f"{'the disk is full' if full else 'the disk can’t be written'}{where}: {error.strerror}\n"
        f"{'Make room' if full else 'Make it writable'}, and run the same command; what was graded is kept."
    )


def keep(intake, gradebook, waiting, path, text):
    """Keep a graded notebook, and enter its marks.

    Parameters
    ----------
    intake : grader.grading.intake.Intake
        What knows the folders.
    gradebook : nbgrader.api.Gradebook
        Open.
    waiting : grader.grading.intake.Waiting
        The submission.
    path : pathlib.Path
        The notebook that was handed in.
    text : str
        The graded notebook.

    Raises
    ------
    OSError
        If a file can't be written; the gradebook is then as it was.
    """
    folder = intake.graded_folder(waiting.student)
    files = intake.files_of(waiting.student)
    with _staged(intake, {**files, path.name: text}) as staged:
        for name in staged:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            _enter(intake, gradebook, waiting, {path.stem: nbformat.v4.reads(text)})
        except BaseException:
            with contextlib.suppress(OSError):
                folder.rmdir()  # if nothing has been there before
                folder.parent.rmdir()
            raise
        for name, ready in staged.items():  # the notebook is the last
            ready.replace(folder / name)
    for old in _others(folder, files):
        remove(str(old))
    _drop(folder, waiting.nothing)
    intake.set_permissions(intake.coursedir.assignment_id, waiting.student)


def keep_nothing(intake, gradebook, waiting):
    """Enter that what was handed in gets no points, and remove the results of what was there before it."""
    _enter(intake, gradebook, waiting, {})
    folder = intake.graded_folder(waiting.student)
    _drop(folder, waiting.nothing)
    if folder.is_dir() and not any(folder.glob("*.ipynb")):
        shutil.rmtree(folder)


def staging_folder(intake):
    """Return the folder in which results are written before they take their places."""
    coursedir = intake.coursedir
    return Path(coursedir.format_path(coursedir.autograded_directory, ".", ".")).resolve() / STAGING


def sweep(intake):
    """Remove that folder, and what runs that were killed have left in it; what may be in use stays."""
    place = staging_folder(intake)
    with contextlib.suppress(OSError):
        for left in place.iterdir():
            if left.stat().st_mtime < time.time() - HOUR:
                shutil.rmtree(left)
        place.rmdir()


def _enter(intake, gradebook, waiting, marked):
    timestamp = handed_in_at(intake, waiting.student)
    plugin = AssignLatePenalties(parent=intake)
    plugin.init_plugin()

    def penalty(entry, late):
        intake.log.warning("%s is %s seconds late", waiting.student, late)
        points = plugin.plugin_inst.late_submission_penalty(waiting.student, entry.score, late)
        return None if points is None else plugin._check_late_penalty(entry, points)

    enter_result(
        gradebook,
        intake.coursedir.assignment_id,
        waiting.student,
        marked,
        nothing=waiting.nothing,
        timestamp=timestamp,
        create=intake.create_student,
        penalty=penalty,
    )


def handed_in_at(intake, student):
    """Return what a student's ``timestamp.txt`` says, in UTC; None, if it says no time."""
    path = intake.handed_in_folder(student) / TIMESTAMP
    try:
        if not path.is_file() or path.stat().st_size > LONGEST_TIME:
            raise ValueError("it is too long, or no file")
        return parse_utc(path.read_text("utf-8").strip() or None)
    except FileNotFoundError:
        return None
    except Exception as error:  # whatever stands there, the work is graded
        if os.path.lexists(path):
            intake.log.warning("%s says no time, and lateness isn't known: %s", path, error)
        return None


@contextlib.contextmanager
def _staged(intake, contents):
    """Yield ``{name: path}`` of new files with these contents: texts, or the paths of files to copy."""
    place = staging_folder(intake)
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        staged = {name: Path(folder) / str(number) for number, name in enumerate(contents)}
        for name, content in contents.items():
            with staged[name].open("wb") as stream:
                if isinstance(content, str):
                    stream.write(content.encode("utf-8"))
                else:
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, stream)
                stream.flush()
                os.fsync(stream.fileno())
        yield staged


def _others(folder, files):
    """Return the files beside graded notebooks that weren't handed in this time."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".ipynb" and str(path.relative_to(folder)) not in files
    ]


def _drop(folder, names):
    for name in names:
        if (folder / f"{name}.ipynb").exists():
            remove(str(folder / f"{name}.ipynb"))
