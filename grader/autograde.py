"""`nbgrader autograde`, made safe: what it reads, what it puts back, what it runs, and where it goes on.

nbgrader's settings name most of these parts. The class of the command itself can't be set, so
`install` puts ours where nbgrader looks for it.
"""

import json
from pathlib import Path

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
from nbconvert.exporters import Exporter, NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from nbgrader.utils import rmtree
from traitlets import List, Type

from grader.execute import RECORD, RUN_SEED, VerifyingExecute, shared_sandbox
from grader.sandbox import Sandbox, SandboxError
from grader.submission import UnreadableError, read_submission, restore, source_cells
from grader.terminal import PlainLog

UNPROTECTED = "Students' code runs WITHOUT a sandbox: as you, with your files and your network."


class SubmissionExporter(NotebookExporter):
    """Reads a submission as `grader.submission` does."""

    def from_filename(self, filename, resources=None, **kwargs):
        """Read a notebook and pass it through the preprocessors."""
        path = Path(filename)
        resources = self._init_resources(resources)
        resources["metadata"] |= {"name": path.stem, "path": str(path.parent)}
        return self.from_notebook_node(read_submission(path), resources, **kwargs)


class Restore(NbGraderPreprocessor):
    """Puts back what a student may not change."""

    def preprocess(self, nb, resources):
        """Restore the cells that the gradebook knows."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            restore(nb, source_cells(gradebook, about["assignment"], about["notebook"]))
        return nb, resources


class SafeAutograde(Autograde):
    """nbgrader's command for strangers' notebooks."""

    exporter_class = Type(SubmissionExporter, klass=Exporter).tag(config=True)
    sanitize_preprocessors = List([Restore, CheckCellMetadata]).tag(config=True)
    autograde_preprocessors = List(
        [
            VerifyingExecute,
            IgnorePattern,
            LimitOutput,
            SaveAutoGrades,
            AssignLatePenalties,
            CheckCellMetadata,
        ]
    ).tag(config=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.log.addFilter(PlainLog())

    def start(self):
        """Grade, if there is a sandbox or the instructor has chosen to do without."""
        if Sandbox(parent=self).enabled:
            try:
                self.require_sandbox()
            except SandboxError as error:
                raise NbGraderException(str(error)) from None
        else:
            self.log.warning(UNPROTECTED)
        seed = self.config.VerifyingExecute.get("seed") or RUN_SEED
        self.log.info("The secret inputs of this run are drawn from the seed %s", seed)
        super().start()

    def require_sandbox(self):
        """Raise SandboxError unless there is a sandbox where notebooks will run."""
        shared_sandbox(self).require()

    def init_destination(self, assignment_id, student_id):
        """Return whether to grade a submission: also one that an earlier run began and didn't finish."""
        graded = Path(self._format_dest(assignment_id, student_id))
        finished = all(_is_finished(graded / Path(notebook).name) for notebook in self.notebooks)
        if graded.exists() and not self.force and not finished:
            self.log.warning("Starting again what was not finished: %s", graded)
            rmtree(str(graded))
        return super().init_destination(assignment_id, student_id)

    def init_assignment(self, assignment_id, student_id):
        """Refuse files that nbgrader's copying would follow to somewhere else."""
        for path in Path(self._format_source(assignment_id, student_id)).rglob("*"):
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise UnreadableError(f"{path.name} is a link or a device, not a file")
        super().init_assignment(assignment_id, student_id)


def _is_finished(notebook):
    try:
        return RECORD in json.loads(notebook.read_text("utf-8"))["metadata"]
    except (OSError, ValueError, KeyError):
        return False


def install():
    """Make ``nbgrader autograde`` and the formgrader use `SafeAutograde`."""
    nbgrader.apps.autogradeapp.Autograde = SafeAutograde
    nbgrader.apps.api.Autograde = SafeAutograde
