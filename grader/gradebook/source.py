"""The cells of an assignment as the gradebook knows them."""

from grader.notebook.restoring import SourceCell


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
