"""Which cell of a notebook is what: nbgrader's ids, answers, and the exercise that a cell tests."""

import secrets

from nbformat import NotebookNode

from attnlib.catalogue import EXERCISES


def made_cell(kind, source, metadata):
    """Return a cell with no outputs.

    nbformat's own makers compare each cell with its schema, which takes longer than all that is done with
    it here; the whole notebook is compared when it is written.
    """
    about = {"cell_type": kind, "metadata": NotebookNode(metadata), "source": source}
    if kind == "code":
        about |= {"execution_count": None, "outputs": []}
    return NotebookNode(about, id=secrets.token_hex(4))


def grade_id_of(cell):
    """Return a cell's nbgrader id, or None."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def is_answer(cell):
    """Return whether students write in a cell."""
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def is_test(cell):
    """Return whether a cell gives marks without a person, and students may not write in it."""
    about = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(about.get("grade")) and not about.get("solution", False)


def answers_of(solution):
    """Return the solution's own answers as ``{grade_id: source}``."""
    return {grade_id_of(cell): cell.source for cell in solution.cells if is_answer(cell)}


def exercises_of(notebook):
    """Return the catalogue's exercises that a notebook asks for, in its order."""
    return [EXERCISES[grade_id] for grade_id in map(grade_id_of, notebook.cells) if grade_id in EXERCISES]


def test_of(grade_id):
    """Return which exercise a cell tests and how, as ``("softmax", "hidden")``, or ``(None, None)``."""
    exercise, _, kind = (grade_id or "").rpartition("_")
    return (exercise, kind) if exercise in EXERCISES and kind in ("visible", "hidden") else (None, None)


def question_of(grade_id):
    """Return the question that a marked cell belongs to and the kind of its test, whoever wrote it.

    Examples
    --------
    >>> question_of("mine_hidden"), question_of("mine")
    (('mine', 'hidden'), ('mine', None))
    """
    question, _, kind = grade_id.rpartition("_")
    return (question, kind) if question and kind in ("visible", "hidden") else (grade_id, None)


def is_verified(grade_id):
    """Return whether the grader compares what a test cell tests outside the student's process."""
    return test_of(grade_id)[0] is not None
