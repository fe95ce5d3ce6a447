"""The key: what instructors alone have of an assignment's answers, as text."""

import inspect

from attnlib.catalogue import EXERCISES
from grader.answers import answers_to
from grader.course import require_assignment
from grader.notebook.cells import answers_of
from grader.notebook.percent import read_source

SOLUTION = "the solution's own text"
RIGHT_ANSWER = "a right answer of the key"


def key_of(assignment):
    """Return ``{question: [(what it is, where it stands, text)]}`` of an assignment, the solution first.

    Raises
    ------
    FileNotFoundError
        If there is no such assignment.
    """
    solution = require_assignment(assignment)
    key = {question: [(SOLUTION, "", text)] for question, text in answers_of(read_source(solution)).items()}
    for question in key.keys() & EXERCISES.keys():
        for answer in answers_to(question):
            source = answer if inspect.isfunction(answer) else type(answer)
            key[question].append((RIGHT_ANSWER, source.__name__, inspect.getsource(source)))
    return key
