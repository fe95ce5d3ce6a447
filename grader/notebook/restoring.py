"""Put back what a student may not change."""

from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from grader.notebook.cells import made_cell

SCHEMA = 3  # nbgrader's, of its cells' metadata
PUT_BACK = "# This cell was missing from the submission and has been put back.\n"


@dataclass(frozen=True)
class SourceCell:
    """A cell of an assignment as the instructor wrote it, with what its metadata must say.

    Parameters
    ----------
    name : str
        nbgrader's id of it.
    cell_type : str
        ``code`` or ``markdown``.
    source : str
        Its text.
    checksum : str
        nbgrader's, of the released cell: an answer that still has it is blank.
    locked, grade, solution, task : bool
        As in nbgrader: may not be changed; has points; is an answer; is a task.
    points : float or None
        Where it has points.
    """

    name: str
    cell_type: str
    source: str
    checksum: str | None
    locked: bool
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float | None = None

    def metadata(self):
        """Return what stands in the metadata of the cell."""
        about = {
            "grade_id": self.name,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
            "locked": self.locked,
            "grade": self.grade,
            "solution": self.solution,
            "task": self.task,
            "schema_version": SCHEMA,
        }
        if self.points is not None:
            about["points"] = self.points
        return NotebookNode(nbgrader=NotebookNode(about))


def restore(notebook, cells):
    """Put back, in place, what an assignment says about its cells.

    Every cell gets the metadata of the assignment's cell with its id, and no other; a locked cell its text
    and type. Where an id occurs more than once the last cell counts that isn't blank, and the others are
    ordinary cells. Cells with points that are missing return to their places.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As `read_submission` returns it.
    cells : list of SourceCell
        The assignment's.
    """
    known = {cell.name: cell for cell in cells}
    places = {}
    for cell in reversed(notebook.cells):
        name = cell.metadata.pop("nbgrader", {}).get("grade_id")
        if not isinstance(name, str) or name not in known:
            continue
        later, source = places.get(name), known[name]
        if later is None or (_is_blank(later, source) and not _is_blank(cell, source)):
            places[name] = cell
    for name, cell in places.items():
        source = known[name]
        number = next(i for i, c in enumerate(notebook.cells) if c is cell)
        text = source.source if source.locked else cell.source
        notebook.cells[number] = places[name] = _made(source, text)
        if source.cell_type == "markdown" and not source.locked and "attachments" in cell:
            places[name].attachments = cell.attachments
    before = None
    for source in cells:
        if source.name not in places:
            if not (source.grade or source.task):
                continue
            notice = PUT_BACK if source.cell_type == "code" and source.locked else ""
            places[source.name] = _made(source, notice + source.source)
            at = 0 if before is None else 1 + next(i for i, c in enumerate(notebook.cells) if c is before)
            notebook.cells.insert(at, places[source.name])
        before = places[source.name]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"


def _is_blank(cell, source):
    return source.solution and compute_checksum(_made(source, cell.source)) == source.checksum


def _made(source, text):
    return made_cell(source.cell_type, text, source.metadata())
