"""Read what was handed in, whatever it is."""

import codecs
import json
import unicodedata
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader import bounded_json
from grader.notebook.cells import made_cell

LARGEST = 64  # MiB; beyond it a file isn't read
MOST_CELLS = 1000  # of a notebook; the course's have about 30
MOST_TEXT = 2_000_000  # characters of all its cells; the course's have about 8000
LONGEST_REASON = 200  # characters that a reason quotes of a file
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
LINK = "{} is a symbolic link, which may lead to another's file"


class UnreadableError(ValueError):
    """A submission can't be graded; the text says why, and begins with the file's name."""


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
    there = _short(", ".join(sorted(path.name for path in Path(folder).iterdir())))
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
        content = bounded_json.loads(data.removeprefix(codecs.BOM_UTF8))
    except bounded_json.TooManyError as error:
        raise UnreadableError(f"{name} is too large: {error}") from None
    except UnicodeDecodeError as error:
        byte = f"byte {error.start} is 0x{error.object[error.start]:02x}"
        raise UnreadableError(f"{name} is not UTF-8 text: {byte}") from None
    except json.JSONDecodeError as error:
        raise UnreadableError(f"{name} is not JSON: {error.msg} in line {error.lineno}") from None
    except (RecursionError, ValueError) as error:
        raise UnreadableError(f"{name} is not a notebook: {type(error).__name__}") from None
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise UnreadableError(f"{name} is not a notebook: it has no nbformat")
    if content["nbformat"] > nbformat.current_nbformat:
        raise UnreadableError(
            f"{name} is in nbformat {_short(content['nbformat'])}, newer than this Python can read"
        )
    try:
        _drop_outputs(content)
        notebook = nbformat.convert(nbformat.from_dict(content), nbformat.current_nbformat)
        cells = [_clean(cell) for cell in notebook.cells]
    except Exception as error:
        what = f"{type(error).__name__}: {_short(error)}"
        raise UnreadableError(f"{name} is not a notebook: {what}") from None
    length = sum(len(cell.source) for cell in cells)
    if len(cells) > MOST_CELLS or length > MOST_TEXT:
        raise UnreadableError(
            f"{name} is too large: {len(cells)} cells with {length} characters, "
            f"of at most {MOST_CELLS} with {MOST_TEXT}"
        )
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def _short(what):
    """Return a text that quotes a file, no longer than a line of a terminal or two."""
    text = str(what)
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]} …"


def _drop_outputs(content):
    """Forget what cells put out, which nobody reads and which may be most of the file."""
    for sheet in [content, *content.get("worksheets", [])]:
        for cell in sheet.get("cells", []):
            if "outputs" in cell:
                cell["outputs"] = []


def _clean(cell):
    """Return a cell with its text and pictures, and of its metadata nbgrader's alone."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(source)
    if not isinstance(source, str):
        raise TypeError("a cell's text is no text")
    source = source.encode("utf-8", "replace").decode()  # half a character can't be written
    if cell["cell_type"] not in ("code", "markdown", "raw"):
        raise ValueError(f"a cell can't be {cell['cell_type']!r}")
    about = cell.get("metadata", {}).get("nbgrader")
    made = made_cell(cell["cell_type"], source, {"nbgrader": about} if isinstance(about, dict) else {})
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
