"""The gradebook, opened; and the cells of an assignment as it knows them."""

from nbgrader.api import Gradebook, MissingEntry

from grader.notebook.restoring import SourceCell


def opened(url, course=None):
    """Return nbgrader's gradebook, to be used in a ``with`` block.

    Parameters
    ----------
    url : str
        The database's.
    course : str, optional
        nbgrader's id of the course.
    """
    return Gradebook(url, *filter(None, [course]))


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
    entry = gradebook.find_notebook(notebook, assignment)
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
