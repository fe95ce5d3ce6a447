"""A class that stands in for students: its submissions come from solutions, answers and mistakes."""

import ast
import copy
import inspect
import re
import shutil
from pathlib import Path

import nbformat

from grader.answers import answers_to
from grader.course import require_assignment
from grader.notebook.cells import answers_of, exercises_of, grade_id_of, is_answer
from grader.notebook.percent import read_source

SAMPLE_ROOT = Path("_build/sample-class")
EXPLANATION = "An explanation in a few sentences, for a person to mark."


def write_class(assignment, released, root):
    """Write one submission for each way of answering, and return the students' names.

    There are three perfect students, one for each place in the lists of misconceptions (who makes that
    mistake in every question that has so many), a blank submission, one with a test cell deleted, one
    with an answer deleted, and one under another file name.

    Parameters
    ----------
    assignment : str
        The name of the assignment, such as ``05-softmax``.
    released : path-like
        The notebook that students get.
    root : path-like
        The folder of the class. What ``root/submitted`` has of this assignment is replaced.

    Raises
    ------
    FileNotFoundError
        If there is no such assignment or it has not been released.
    """
    solution = read_source(require_assignment(assignment))
    blank = nbformat.read(released, as_version=4)
    submitted = Path(root) / "submitted"
    for earlier in submitted.glob(f"*/{assignment}"):
        shutil.rmtree(earlier)

    def submit(student, notebook, file_name=f"{assignment}.ipynb"):
        folder = submitted / student / assignment
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / file_name)

    exercises = exercises_of(blank)
    submit("perfect-1", answered(blank, answers_of(solution)))
    for place in (1, 2):
        sources = {e.name: answer_source(e, answers_to(e.name)[place]) for e in exercises}
        submit(f"perfect-{place + 1}", answered(blank, sources))
    submit("blank", blank)
    for place in range(max(len(e.misconceptions) for e in exercises)):
        wrong = {
            e.name: answer_source(e, e.misconceptions[place].answer)
            for e in exercises
            if place < len(e.misconceptions)
        }
        submit(f"mistakes-{place + 1:02}", answered(blank, answers_of(solution) | wrong))
    perfect = answered(blank, answers_of(solution))
    submit("test-deleted", _without(perfect, f"{exercises[-1].name}_hidden"))
    submit("answer-deleted", _without(perfect, exercises[-1].name))
    submit("renamed", perfect, f"{assignment} final (2).ipynb")
    return sorted(folder.name for folder in submitted.iterdir())


def answered(blank, sources):
    """Return a copy of a released notebook with the given sources in its answer cells."""
    notebook = copy.deepcopy(blank)
    for cell in notebook.cells:
        if is_answer(cell):
            default = EXPLANATION if cell.cell_type == "markdown" else cell.source
            cell.source = sources.get(grade_id_of(cell), default)
    return notebook


def answer_source(exercise, answer):
    """Return a right or wrong answer as a student's cell: under the name that is asked for.

    It begins with those imports of the answer's module that it uses.
    """
    source = inspect.getsource(answer)
    imports = "\n".join(_imports_of(inspect.getmodule(answer), source))
    if exercise.by_value:
        text = f"{source}\n{exercise.name} = {answer.__name__}()\n"
    else:
        text = re.sub(rf"\bdef {answer.__name__}\(", f"def {exercise.name}(", source)
    return f"{imports}\n\n\n{text}" if imports else text


def _imports_of(module, source):
    used = set(re.findall(r"\w+", source))  # the source of a lambda is a fragment that doesn't parse
    for statement in ast.parse(inspect.getsource(module)).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            statement.names = [name for name in statement.names if (name.asname or name.name) in used]
            if statement.names:
                yield ast.unparse(statement)


def _without(notebook, grade_id):
    smaller = copy.deepcopy(notebook)
    smaller.cells = [cell for cell in smaller.cells if grade_id_of(cell) != grade_id]
    return smaller
