"""Read what was handed in, whatever it is, and put back what a student may not change."""

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from attnlib.catalogue import EXERCISES

LARGEST = 64  # MiB; beyond it a file isn't read
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SCHEMA = 3  # nbgrader's, of its cells' metadata
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
LINK = "{} is a symbolic link, which may lead to another's file"
PUT_BACK = "# This cell was missing from the submission and has been put back.\n"


class UnreadableError(ValueError):
    """A submission can't be graded; the text says why, and begins with the file's name."""


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


def require_plain(student, folder):
    """Raise UnreadableError if a submission can't be taken as it lies there, whatever the notebook says.

    Parameters
    ----------
    student : str
        The student's name.
    folder : path-like
        The folder of the submission.

    Raises
    ------
    UnreadableError
        If the name is one that nbgrader can't keep, or the folder has links or devices in it, which copying
        would follow to somewhere else.
    """
    folder = Path(folder)
    if student.startswith("."):
        raise UnreadableError("the student's name begins with a dot, and nbgrader doesn't see such folders")
    if not is_name(student):
        raise UnreadableError("the student's name has characters that can't be written")
    for place in (folder, folder.parent):
        if place.is_symlink():
            raise UnreadableError(LINK.format(place.name))
    if not folder.is_dir():
        raise UnreadableError(f"{folder.name} is not a folder")
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise UnreadableError(LINK.format(path.name))
        if not (path.is_file() or path.is_dir()):
            raise UnreadableError(f"{path.name} is no ordinary file")


def is_name(student):
    """Return whether a student's name is text without line breaks and other control characters."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in student)


def missing(folder, names):
    """Return the UnreadableError of a folder that has none of the notebooks that it should have."""
    there = ", ".join(sorted(path.name for path in Path(folder).iterdir()))
    wanted = " or ".join(f"{name}.ipynb" for name in names)
    return UnreadableError(f"no {wanted}; there is {there}" if there else "the folder is empty")


def read_submission(path):
    """Return a submitted notebook in today's format.

    Raises
    ------
    UnreadableError
        If it is no notebook, or a link to a file that may not be the student's.
    """
    path = Path(path)
    return parse_submission(submitted_bytes(path), path.name)


def submitted_bytes(path):
    """Return what is in a submitted file.

    Raises
    ------
    UnreadableError
        Unless it is an ordinary file in the student's own folder, of fair size.
    """
    for place in (path, path.parent, path.parent.parent):
        if place.is_symlink():
            raise UnreadableError(LINK.format(place.name))
    if path.is_dir():
        raise UnreadableError(f"{path.name} is a folder, not a file")
    if not path.is_file():
        raise UnreadableError(f"{path.name} is not there, or is no ordinary file")
    size = path.stat().st_size
    if size > LARGEST * 2**20:
        raise UnreadableError(f"{path.name} is too large: {size / 2**20:.0f} MiB, of at most {LARGEST}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{path.name} can't be read: {error.strerror}") from None


def files_beside(folder, most):
    """Return the ordinary files in a submission's folder but notebooks, as ``{path: bytes}``.

    Parameters
    ----------
    folder : path-like
        The folder.
    most : int
        Bytes altogether; from the file on that would be too much, in order, none is read.
    """
    files = {}
    for path in sorted(Path(folder).rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb":
            continue
        most -= path.stat().st_size
        if most < 0:
            break
        files[str(path.relative_to(folder))] = path.read_bytes()
    return files


def parse_submission(data, name):
    """Return the notebook in the bytes of a file called `name`.

    Raises
    ------
    UnreadableError
        If they hold none.
    """
    if not data.strip():
        raise UnreadableError(f"{name} is empty")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        byte = f"byte {error.start} is 0x{data[error.start]:02x}"
        raise UnreadableError(f"{name} is not UTF-8 text: {byte}") from None
    except json.JSONDecodeError as error:
        raise UnreadableError(f"{name} is not JSON: {error.msg} in line {error.lineno}") from None
    except (RecursionError, ValueError) as error:
        raise UnreadableError(f"{name} is not a notebook: {type(error).__name__}") from None
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise UnreadableError(f"{name} is not a notebook: it has no nbformat")
    if content["nbformat"] > nbformat.current_nbformat:
        raise UnreadableError(
            f"{name} is in nbformat {content['nbformat']}, newer than this Python can read"
        )
    try:
        notebook = nbformat.convert(nbformat.from_dict(content), nbformat.current_nbformat)
        cells = [_clean(cell) for cell in notebook.cells]
    except Exception as error:
        raise UnreadableError(f"{name} is not a notebook: {type(error).__name__}: {error}") from None
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def _clean(cell):
    """Return a cell with its text and pictures, and of its metadata nbgrader's alone."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(source)
    if not isinstance(source, str):
        raise TypeError("a cell's text is no text")
    source = source.encode("utf-8", "replace").decode()  # half a character can't be written
    make = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "raw": nbformat.v4.new_raw_cell,
    }[cell["cell_type"]]
    about = cell.get("metadata", {}).get("nbgrader")
    made = make(source, metadata={"nbgrader": about} if isinstance(about, dict) else {})
    if cell["cell_type"] == "markdown" and cell.get("attachments"):
        made.attachments = _pictures(cell["attachments"])
    return made


def _pictures(attachments):
    """Return what was pasted into a cell, as far as it is pictures."""
    return NotebookNode(
        {
            name: {kind: data for kind, data in forms.items() if kind in PICTURES and isinstance(data, str)}
            for name, forms in attachments.items()
        }
    )


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


def test_of(grade_id):
    """Return which exercise a cell tests and how, as ``("softmax", "hidden")``, or ``(None, None)``."""
    exercise, _, kind = (grade_id or "").rpartition("_")
    return (exercise, kind) if exercise in EXERCISES and kind in ("visible", "hidden") else (None, None)


def _is_blank(cell, source):
    return source.solution and compute_checksum(_made(source, cell.source)) == source.checksum


def _made(source, text):
    make = nbformat.v4.new_code_cell if source.cell_type == "code" else nbformat.v4.new_markdown_cell
    return make(text, metadata=source.metadata())
