"""Grade one submission: a function of what was handed in, the assignment, a seed and settings.

It needs no gradebook and no folder of the course, so that it can run wherever this package is installed.
"""

from dataclasses import dataclass, field

import nbformat
from nbgrader.preprocessors import IgnorePattern, LimitOutput
from nbgrader.utils import determine_grade, is_grade
from traitlets.config import Config

from grader.grading.execute import VerifyingExecute
from grader.notebook.cells import grade_id_of
from grader.notebook.graded import RECORD, hash_of_assignment
from grader.notebook.restoring import restore
from grader.notebook.submission import parse_submission
from grader.sandbox.sandbox import Sandbox

SECTIONS = ("Execute", "IgnorePattern", "LimitOutput", "Sandbox", "VerifyingExecute")  # what it may be told


@dataclass(frozen=True)
class Submission:
    """A notebook as it was handed in.

    Parameters
    ----------
    student, name : str
        Whose it is, and the file's name without its ending.
    data : bytes
        What is in the file.
    files : dict of str to bytes
        The files beside it, by their paths.
    origin : dict of str to str
        The hashes of all that, which are kept with the result.
    """

    student: str
    name: str
    data: bytes
    files: dict
    origin: dict = field(default_factory=dict)


def prepare(settings):
    """Start the sandbox of this process, before it is needed.

    Raises
    ------
    grader.sandbox.error.SandboxError
        If this machine has none; the text says what to do.
    """
    Sandbox.instance(config=Config(settings)).require()


def finish():
    """Stop the sandbox of this process, with all its kernels."""
    if Sandbox.initialized():
        Sandbox.instance().close()


def grade(submission, cells, seed, settings):
    """Return the graded notebook, as text.

    Parameters
    ----------
    submission : Submission
        What was handed in.
    cells : list of grader.notebook.restoring.SourceCell
        The cells of the assignment.
    seed : str
        Hexadecimal digits that the secret inputs are drawn from.
    settings : dict
        nbgrader's settings, of the `SECTIONS`.

    Raises
    ------
    grader.notebook.submission.UnreadableError
        If it can't be graded; the text says why.
    grader.sandbox.error.SandboxError
        If there is no sandbox where it runs.
    """
    config = Config(settings)
    notebook = parse_submission(submission.data, f"{submission.name}.ipynb")
    restore(notebook, cells)
    execute = VerifyingExecute(config=config, seed=seed, files=submission.files)
    notebook, resources = execute.preprocess(notebook, {"metadata": {}})
    for preprocessor in (IgnorePattern(config=config), LimitOutput(config=config)):
        if preprocessor.enabled:
            notebook, resources = preprocessor.preprocess(notebook, resources)
    scores = {grade_id_of(cell): determine_grade(cell)[0] for cell in notebook.cells if is_grade(cell)}
    about = {"assignment": hash_of_assignment(cells), "scores": scores}
    notebook.metadata[RECORD] = {**notebook.metadata[RECORD], **submission.origin, **about}
    return nbformat.writes(notebook)
