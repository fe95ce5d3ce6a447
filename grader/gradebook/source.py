"""The gradebook, opened; and the cells of an assignment as it knows them."""

import contextlib
import os

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from grader.gradebook.troubles import GradebookError, file_of, trouble_with
from grader.notebook.restoring import SourceCell


@contextlib.contextmanager
def opened(url, course=None):
    """Yield nbgrader's gradebook; what the database complains of in the block is told in plain words.

    Parameters
    ----------
    url : str
        The database's.
    course : str, optional
        nbgrader's id of the course.

    Raises
    ------
    grader.gradebook.troubles.GradebookError
        If the database can't be used, or can't be used any more.
    """
    try:
        with Gradebook(url, *filter(None, [course])) as gradebook:
            yield gradebook
    except SQLAlchemyError as error:
        raise trouble_with(url, error) from None


def require_writable(url, course=None):
    """Raise unless there is a gradebook that can be written; nothing is changed.

    Raises
    ------
    grader.gradebook.troubles.GradebookError
        If there is none; the text says what to do.
    """
    file = file_of(url)
    if file is not None:
        if not file.exists():
            raise GradebookError(
                f"there is no gradebook {file}\n"
                "Run nbgrader generate_assignment first, or put a copy of the gradebook there."
            )
        if not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
            raise trouble_with(url, PermissionError("read-only"))
    with opened(url, course) as gradebook:
        gradebook.db.execute(text("UPDATE grade SET auto_score = auto_score WHERE 1 = 0"))
        gradebook.db.rollback()


def notebooks_of(gradebook, assignment):
    """Return the names of an assignment's notebooks; none, if the gradebook doesn't have it."""
    try:
        return {notebook.name for notebook in gradebook.find_assignment(assignment).notebooks}
    except MissingEntry:
        return set()


def source_cells(gradebook, assignment, notebook):
    """Return the SourceCells of a notebook, in its order, from nbgrader's gradebook.

    Raises
    ------
    nbgrader.api.MissingEntry
        If the gradebook has no such notebook.
    """
    return cells_of(gradebook.find_notebook(notebook, assignment))


def cells_of(entry):
    """Return the SourceCells of a notebook's entry."""
    points = {cell.name: cell.max_score for cell in [*entry.grade_cells, *entry.task_cells]}
    graded = {cell.name for cell in entry.grade_cells}
    solutions = {cell.name for cell in entry.solution_cells}
    tasks = {cell.name for cell in entry.task_cells}
    return [
        SourceCell(
            name=cell.name,
            cell_type=str(cell.cell_type),
            source=cell.source,
            checksum=cell.checksum,
            locked=bool(cell.locked),
            grade=cell.name in graded,
            solution=cell.name in solutions,
            task=cell.name in tasks,
            points=points.get(cell.name),
        )
        for cell in entry.source_cells
    ]
