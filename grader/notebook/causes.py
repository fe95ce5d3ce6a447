"""Why a test had nothing to test: what stopped the cell of the answer."""

import re

from grader.notebook.cells import grade_id_of, is_answer, is_test, question_of
from grader.text import plain

TIMEOUT = "CellTimeoutError"  # nbclient's error of a cell that it interrupted
CELL_FILE = re.compile(r"\(\d+\.py, (line \d+)\)")  # IPython's name of a cell tells nobody anything
STOPPED = "the answer's cell stopped with {}"
ENDLESS = "the answer's cell was still running when its time was over: a loop that doesn't end?"


def cause_of(cell):
    """Return what stopped an answer's cell, in a sentence, or None if nothing did.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        A cell of a graded notebook, where an error's text is the student's own.
    """
    if cell.cell_type != "code":
        return None
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if not errors:
        return None
    if any(error.ename == TIMEOUT for error in errors):
        return ENDLESS
    first = str(errors[0].evalue).strip().partition("\n")[0]
    said = f"{errors[0].ename}: {first}" if first else str(errors[0].ename)
    return plain(STOPPED.format(CELL_FILE.sub(r"(\1)", said)), lines=False)


def causes_of_tests(notebook):
    """Yield ``(cell, cause)`` for each test: what stopped the cell of its answer, or None.

    A test's answer is the cell with the question's name, or else the one above it.
    """
    answers, above = {}, None
    for cell in notebook.cells:
        grade_id = grade_id_of(cell)
        if is_answer(cell):
            answers[grade_id] = above = cause_of(cell)
        elif is_test(cell):
            yield cell, answers.get(question_of(grade_id)[0], above)


def follows_from(error, cause):
    """Return whether a test's error comes of what stopped the answer's cell: it then lacks a name."""
    return cause is not None and error.ename == "NameError"
