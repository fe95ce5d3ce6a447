"""Grade one submission: a function of what was handed in, the assignment, a seed and settings.

It needs no gradebook and no folder of the course, so that it can run wherever this package is installed.
"""

from dataclasses import dataclass

import nbformat
from nbgrader.preprocessors import IgnorePattern, LimitOutput
from traitlets.config import Config

from grader.grading.execute import VerifyingExecute
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
    """

    student: str
    name: str
    data: bytes
    files: dict


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
    return nbformat.writes(notebook)
