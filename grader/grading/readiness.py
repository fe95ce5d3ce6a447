"""What must be right before anything is graded or released, and what to do where it isn't."""

import os
import shutil
from pathlib import Path

import nbformat.reader
from nbgrader.converters import NbGraderException

from grader.gradebook.questions import difference, questions_known, questions_of
from grader.gradebook.source import notebooks_of, require_writable
from grader.gradebook.troubles import GradebookError, file_of
from grader.grading.keeping import staging_folder

SPARE = 4 * 2**20  # bytes that are left beside the results
GROWTH = 2  # how much larger a graded notebook is taken to be than the one that was handed in


def require_gradebook(intake):
    """Raise unless the gradebook is there and can be written.

    Raises
    ------
    NbGraderException
        If it can't; the text says what to do.
    """
    try:
        require_writable(intake.coursedir.db_url, intake.coursedir.course_id)
    except GradebookError as error:
        raise NbGraderException(str(error)) from None


def require_questions(intake, gradebook):
    """Raise unless the gradebook asks what the source and the release of an assignment ask.

    Raises
    ------
    NbGraderException
        If it doesn't; the text says how they differ, and what to do.
    """
    assignment = intake.coursedir.assignment_id
    generate = intake.command("generate_assignment")
    known = notebooks_of(gradebook, assignment)
    if not known:
        raise NbGraderException(
            f"the gradebook doesn't know the assignment {assignment}\nRun {generate}, and then this again."
        )
    for name in sorted(known):
        has = questions_known(gradebook, assignment, name)
        source = notebook_in(intake, intake.coursedir.source_directory, name)
        if source.is_file():
            require_known(source, difference(questions_in(source), has), generate)
        release = notebook_in(intake, intake.coursedir.release_directory, name)
        if release.is_file() and (found := difference(questions_in(release), has)):
            raise NbGraderException(
                f"{release} isn't what the gradebook has: {found.in_words()}\n"
                f"Run {generate}: it makes them equal, and keeps marks and comments."
            )


def questions_in(path):
    """Return the questions of the notebook at a path, as `questions_of` does."""
    return questions_of(nbformat.reader.reads(Path(path).read_text("utf-8")))


def require_known(source, found, generate):
    """Raise if the gradebook and a source differ.

    Parameters
    ----------
    source : pathlib.Path
        The notebook that the instructor wrote.
    found : grader.gradebook.questions.Difference
        Between its questions and the gradebook's.
    generate : str
        The command that enters questions.

    Raises
    ------
    NbGraderException
        With how they differ, and what to do.
    """
    if found.unknown:
        raise NbGraderException(
            f"the gradebook asks for {', '.join(found.unknown)}, and {source} doesn't\n"
            f"Put that back there (with 0 points, if it is not to count), and run {generate}"
        )
    if found:
        raise NbGraderException(
            f"{source} isn't what the gradebook has: {found.in_words()}\n"
            f"Run {generate}: it brings the gradebook up to date, and keeps marks and comments."
        )


def notebook_in(intake, directory, name):
    """Return the path of an assignment's notebook in one of nbgrader's directories."""
    folder = intake.coursedir.format_path(directory, ".", intake.coursedir.assignment_id)
    return Path(folder) / f"{name}.ipynb"


def require_room(intake, waiting):
    """Raise unless the folder of graded work and the gradebook's can be written and have room.

    Raises
    ------
    NbGraderException
        If not; the text says what to do.
    """
    need = SPARE + GROWTH * sum(
        path.stat().st_size
        for one in waiting
        for path in [*one.notebooks, *intake.files_of(one.student).values()]
        if path.is_file()
    )
    gradebook = file_of(intake.coursedir.db_url)
    folders = [staging_folder(intake), *([gradebook.parent.resolve()] if gradebook else [])]
    for folder in map(_nearest, folders):
        if not os.access(folder, os.W_OK | os.X_OK):
            raise NbGraderException(
                f"the folder {folder} can't be written\nMake it writable for you, and run the same command."
            )
        free = shutil.disk_usage(folder).free
        if free < need:
            raise NbGraderException(
                f"the disk of {folder} has {free / 2**20:.1f} MiB left, and grading needs "
                f"{need / 2**20:.1f}\nMake room there, and run the same command."
            )


def _nearest(folder):
    return next(place for place in [folder, *folder.parents] if place.exists())
