"""Exercises are written as Python text; nbgrader reads notebooks. This makes the one from the other.

A notebook that a person made, or changed, is never written over and never removed.
"""

import hashlib
import json
import os
import warnings
from pathlib import Path

GENERATED = "spotlight_made_from_text"  # in a notebook's metadata: the digest of what was written


def refresh_notebooks(solutions):
    """Write ``NAME.ipynb`` beside every ``solutions/NAME/NAME.py`` that is newer than it.

    Where a person made or changed that notebook it stays, and a warning says so.

    Parameters
    ----------
    solutions : path-like
        The folder with one folder for each assignment.

    Returns
    -------
    list of pathlib.Path
        The notebooks that were written.
    """
    texts = [folder / f"{folder.name}.py" for folder in sorted(Path(solutions).glob("[0-9]*"))]
    stale = [text for text in texts if text.is_file() and _is_stale(text)]
    by_hand = [text for text in stale if _is_by_hand(text)]
    for text in by_hand:
        notebook = text.with_suffix(".ipynb")
        warnings.warn(
            f"{notebook} was changed by hand and is kept, though {text.name} is newer: put what you "
            f"changed into {text.name} and delete the notebook, or delete {text.name}",
            stacklevel=2,
        )
    return [_write_notebook(text) for text in stale if text not in by_hand]


def remove_notebooks(solutions):
    """Remove the notebooks that `refresh_notebooks` wrote; return the paths of those that it leaves."""
    notebooks = sorted(Path(solutions).glob("*/*.ipynb"))
    kept = [path for path in notebooks if _is_by_hand(path.with_suffix(".py"))]
    for path in notebooks:
        if path not in kept:
            path.unlink()
    return kept


def read_source(path):
    """Return the notebook that an assignment is released from.

    Parameters
    ----------
    path : path-like
        Its source, as `grader.course.require_assignment` returns it: a py:percent file, or a notebook.
    """
    import nbformat

    path = Path(path)
    if path.suffix == ".py" and not _is_by_hand(path):
        return read_solution(path)
    return nbformat.read(path.with_suffix(".ipynb"), as_version=4)


def read_solution(text):
    """Return the solution notebook for a py:percent file, the same at every reading.

    A cell that nbgrader is to know says only ``nbgrader={"grade_id": …}``, with ``"solution": true``
    where students write, and ``"points": n`` where marks are given; the rest follows from these.

    Parameters
    ----------
    text : path-like
        The py:percent file.

    Returns
    -------
    nbformat.NotebookNode
        Each cell's id is its nbgrader id, or its place where it has none.
    """
    import jupytext

    notebook = jupytext.read(text)
    notebook.metadata.pop("jupytext", None)
    for index, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{index}"  # jupytext's own are random
        if "nbgrader" in cell.metadata:
            cell["id"] = cell.metadata.nbgrader.grade_id.replace("_", "-")
            cell.metadata.nbgrader = _complete(cell.metadata.nbgrader)
    return notebook


def _complete(said):
    solution = said.get("solution", False)
    rest = {"grade": "points" in said, "locked": not solution, "solution": solution, "task": False}
    return {"schema_version": 3, **rest, **said}


def _is_stale(text):
    notebook = text.with_suffix(".ipynb")
    return not notebook.exists() or notebook.stat().st_mtime <= text.stat().st_mtime


def _is_by_hand(text):
    """Return whether the notebook beside a text, which may not be there, has what nobody generated."""
    notebook = text.with_suffix(".ipynb")
    try:
        content = json.loads(notebook.read_text("utf-8"))
        made, digest = content["metadata"].get(GENERATED), _digest(content)
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError, AttributeError):
        return True  # whatever it is, it isn't ours
    return digest != made and not (text.is_file() and digest == _digest(read_solution(text)))


def _digest(notebook):
    """Return what stays the same when a notebook is run and saved, and changes when its cells do."""
    cells = [
        (cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("nbgrader"))
        for cell in notebook["cells"]
    ]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


def _write_notebook(text):
    import nbformat

    notebook = text.with_suffix(".ipynb")
    unfinished = text.with_suffix(f".{os.getpid()}.tmp")
    made = read_solution(text)
    made.metadata[GENERATED] = _digest(made)
    nbformat.write(made, unfinished)
    unfinished.replace(notebook)  # at once, since two nbgrader commands may start together
    return notebook
