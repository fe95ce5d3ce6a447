"""Exercises are written as Python text; nbgrader reads notebooks. This makes the one from the other."""

import os
from pathlib import Path


def refresh_notebooks(solutions):
    """Write ``NAME.ipynb`` beside every ``solutions/NAME/NAME.py`` that is newer than it.

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
    return [_write_notebook(text) for text in stale]


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


def _write_notebook(text):
    import nbformat

    notebook = text.with_suffix(".ipynb")
    unfinished = text.with_suffix(f".{os.getpid()}.tmp")
    nbformat.write(read_solution(text), unfinished)
    unfinished.replace(notebook)  # at once, since two nbgrader commands may start together
    return notebook
