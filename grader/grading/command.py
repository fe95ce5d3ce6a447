"""`nbgrader autograde`, made safe: what it puts back and what it runs.

nbgrader's settings name most of these parts. The class of the command itself can't be set, so
`install` puts ours where nbgrader looks for it.
"""

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
from nbgrader.converters import NbGraderException
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets import List
from traitlets.config import Config

from grader.gradebook.source import opened, source_cells
from grader.grading.execute import VerifyingExecute
from grader.grading.intake import Intake
from grader.notebook.restoring import restore
from grader.sandbox.error import SandboxError


class Restore(NbGraderPreprocessor):
    """Puts back what a student may not change."""

    def preprocess(self, nb, resources):
        """Restore the cells that the gradebook knows."""
        about = resources["nbgrader"]
        with opened(about["db_url"]) as gradebook:
            restore(nb, source_cells(gradebook, about["assignment"], about["notebook"]))
        return nb, resources


class SafeAutograde(Intake):
    """nbgrader's command for strangers' notebooks."""

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

    def start(self):
        """Grade, if there is a sandbox or the instructor has chosen to do without."""
        seed, sandbox = self.settle()
        try:
            if sandbox.enabled:
                sandbox.require()
        except SandboxError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        self.update_config(Config({"VerifyingExecute": {"seed": seed}}))  # of every notebook
        super().start()

    def convert_notebooks(self):
        """Grade the class; then say once more what could not be graded."""
        super().convert_notebooks()
        if self.refused:
            raise NbGraderException(f"{len(self.refused)} could not be graded")


def install():
    """Make ``nbgrader autograde`` and the formgrader use `SafeAutograde`."""
    nbgrader.apps.autogradeapp.Autograde = SafeAutograde
    nbgrader.apps.api.Autograde = SafeAutograde
