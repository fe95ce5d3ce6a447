"""`nbgrader autograde`, made safe: what it reads, what it puts back, what it runs, and where it goes on.

nbgrader's settings name most of these parts. The class of the command itself can't be set, so
`install` puts ours where nbgrader looks for it.
"""

import glob
import json
import os
import re
from pathlib import Path

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
from nbconvert.exporters import Exporter, NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from nbgrader.utils import remove, rmtree
from traitlets import List, Type

from grader.gradebook.source import source_cells
from grader.grading.execute import VerifyingExecute, shared_sandbox
from grader.notebook.cells import RECORD
from grader.notebook.restoring import restore
from grader.notebook.submission import UnreadableError, is_name, missing, read_submission, require_plain
from grader.sandbox.sandbox import SandboxError
from grader.text import PlainLog

UNPROTECTED = "Students' code runs WITHOUT a sandbox: as you, with your files and your network."


class SubmissionExporter(NotebookExporter):
    """Reads a submission as `grader.notebook.submission` does."""

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
        self._known = {}  # names of notebooks by assignment
        self._refused = []  # students

    def start(self):
        """Grade, if there is a sandbox or the instructor has chosen to do without."""
        sandbox = shared_sandbox(self)
        try:
            self.seed = VerifyingExecute(sandbox, parent=self).seed
            if sandbox.enabled:
                self.require_sandbox()
        except (SandboxError, ValueError) as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        if not sandbox.enabled:
            self.log.warning(UNPROTECTED)
        self.log.info("The secret inputs of this run are drawn from the seed %s", self.seed)
        super().start()

    def require_sandbox(self):
        """Raise SandboxError unless there is a sandbox where notebooks will run."""
        shared_sandbox(self).require()

    def init_notebooks(self):
        """Find what was handed in, whatever characters students' names have."""
        self.assignments, self.notebooks, self._refused = {}, [], []
        asked = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        found = glob.glob(asked, include_hidden=True)  # noqa: PTH207 - it may begin anywhere
        for folder in sorted({*found, *filter(os.path.lexists, [asked])}):
            student = self._student_of(folder)
            try:
                require_plain(student, folder)
            except UnreadableError as error:
                self._refuse(self.coursedir.assignment_id, student, None, error)
                continue
            pattern = f"{self.coursedir.notebook_id}.ipynb"
            if notebooks := list(map(str, Path(folder).glob(pattern))):
                self.assignments[folder] = notebooks
            else:
                self.log.warning("No notebooks were matched by '%s/%s'", folder, pattern)
        if not self.assignments and not self._refused:
            super().init_notebooks()  # says what there is

    def convert_notebooks(self):
        """Grade the class; then say once more what could not be graded."""
        super().convert_notebooks()
        if self._refused:
            raise NbGraderException(f"{len(self._refused)} could not be graded")

    def init_destination(self, assignment_id, student_id):
        """Return whether to grade a submission: also one that an earlier run began and didn't finish."""
        graded = Path(self._format_dest(assignment_id, student_id))
        known = self._notebooks_of(assignment_id)
        begun = [graded / path.name for path in map(Path, self.notebooks) if path.stem in known]
        if graded.exists() and not self.force and not all(map(_is_finished, begun)):
            self.log.warning("Starting again what was not finished: %s", graded)
            if self.coursedir.notebook_id == "*":
                rmtree(str(graded))
            else:
                for notebook in filter(Path.exists, begun):
                    remove(str(notebook))
        if not super().init_destination(assignment_id, student_id):
            return False
        return not known or self._keep_readable(assignment_id, student_id, known)

    def _keep_readable(self, assignment_id, student_id, known):
        """Refuse the notebooks that can't be read; return whether any is left."""
        handed_in = [path for path in map(Path, self.notebooks) if path.stem in known]
        if not handed_in:
            folder = Path(self._format_source(assignment_id, student_id))
            self._refuse(assignment_id, student_id, None, missing(folder, sorted(known)))
            return False
        for path in handed_in:
            try:
                read_submission(path)
            except UnreadableError as error:
                self._refuse(assignment_id, student_id, path.stem, error)
                self.notebooks.remove(str(path))
        return any(Path(path).stem in known for path in self.notebooks)

    def _refuse(self, assignment_id, student_id, notebook_id, reason):
        """Give a notebook, or a whole submission, no points, and say why."""
        self._refused.append(student_id)
        self.log.error("%s of %r gets no points: %s", assignment_id, student_id, reason)
        if not is_name(student_id):
            return  # no name for a gradebook
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                if self.create_student:
                    gradebook.update_or_create_student(student_id)
                submission = gradebook.update_or_create_submission(assignment_id, student_id)
            except MissingEntry:
                return
            for notebook in submission.notebooks:
                if notebook_id in (None, notebook.name):
                    for grade in notebook.grades:
                        grade.auto_score, grade.needs_manual_grade = 0, False
            gradebook.db.commit()

    def _notebooks_of(self, assignment_id):
        """Return the names of an assignment's notebooks; none, if the gradebook doesn't have it."""
        if assignment_id not in self._known:
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                try:
                    notebooks = gradebook.find_assignment(assignment_id).notebooks
                except MissingEntry:
                    notebooks = []
                self._known[assignment_id] = {notebook.name for notebook in notebooks}
        return self._known[assignment_id]

    def _student_of(self, folder):
        any_assignment = self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        return re.fullmatch(any_assignment, folder, re.DOTALL)["student"]


def _is_finished(notebook):
    try:
        return RECORD in json.loads(notebook.read_text("utf-8"))["metadata"]
    except (OSError, ValueError, KeyError):
        return False


def install():
    """Make ``nbgrader autograde`` and the formgrader use `SafeAutograde`."""
    nbgrader.apps.autogradeapp.Autograde = SafeAutograde
    nbgrader.apps.api.Autograde = SafeAutograde
