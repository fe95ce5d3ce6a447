"""What was handed in: what waits to be graded, what can't be, and what an earlier run has finished.

nbgrader's own command asks this of one submission at a time, and the command for a class of all at once.
"""

import glob
import os
import re
import shutil
from pathlib import Path

from nbconvert.exporters import Exporter, NotebookExporter
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.converters.base import BaseConverter
from nbgrader.utils import find_all_files, remove, rmtree
from traitlets import Type, default

from grader.gradebook.entering import NotEnteredError, enter_nothing, enter_submission
from grader.gradebook.source import notebooks_of, opened
from grader.grading.execute import VerifyingExecute
from grader.notebook.graded import is_finished
from grader.notebook.submission import UnreadableError, is_name, missing, read_submission, require_plain
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


class Intake(Autograde):
    """The part of nbgrader's command that finds submissions and decides on them.

    Attributes
    ----------
    refused : list of (str, str)
        The students whose work, or a notebook of it, can't be graded, and why.
    """

    exporter_class = Type(SubmissionExporter, klass=Exporter).tag(config=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.log.addFilter(PlainLog())
        self.refused = []
        self._known = {}  # names of notebooks by assignment

    @default("exporter")
    def _exporter_default(self):
        return self.exporter_class(parent=self, config=self.config)

    def settle(self):
        """Return the seed of this run, and the sandbox's settings.

        Raises
        ------
        NbGraderException
            If the seed that was given is none.
        """
        try:
            execute = VerifyingExecute(parent=self)
        except ValueError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        if not execute.sandbox.enabled:
            self.log.warning(UNPROTECTED)
        self.log.info("The secret inputs of this run are drawn from the seed %s", execute.seed)
        return execute.seed, execute.sandbox

    def gradebook(self):
        """Return the gradebook of the class, to be used in a ``with`` block."""
        return opened(self.coursedir.db_url, self.coursedir.course_id)

    def waiting(self):
        """Yield (student, paths of notebooks) of each submission that waits; refuse what can't be read."""
        for folder in sorted(self.assignments):
            self.notebooks = sorted(self.assignments[folder])
            student = self._student_of(folder)
            if self.init_destination(self.coursedir.assignment_id, student):
                yield student, [Path(notebook) for notebook in self.notebooks]

    def graded_folder(self, student):
        """Return where a student's graded notebooks are."""
        return Path(self._format_dest(self.coursedir.assignment_id, student))

    def init_notebooks(self):
        """Find what was handed in, whatever characters students' names have."""
        self.assignments, self.notebooks, self.refused = {}, [], []
        asked = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        found = glob.glob(asked, include_hidden=True)  # noqa: PTH207 - it may begin anywhere
        for folder in sorted({*found, *filter(os.path.lexists, [asked])}):
            student = self._student_of(folder)
            try:
                require_plain(student, folder)
            except UnreadableError as error:
                self.refuse(self.coursedir.assignment_id, student, None, error)
                continue
            pattern = f"{self.coursedir.notebook_id}.ipynb"
            if notebooks := list(map(str, Path(folder).glob(pattern))):
                self.assignments[folder] = notebooks
            else:
                self.log.warning("No notebooks were matched by '%s/%s'", folder, pattern)
        if not self.assignments and not self.refused:
            super().init_notebooks()  # says what there is

    def init_destination(self, assignment_id, student_id):
        """Return whether to grade a submission: also one that an earlier run began and didn't finish."""
        graded = Path(self._format_dest(assignment_id, student_id))
        known = self._notebooks_of(assignment_id)
        begun = [graded / path.name for path in map(Path, self.notebooks) if path.stem in known]
        if graded.exists() and not self.force and not all(map(is_finished, begun)):
            self.log.warning("Starting again what was not finished: %s", graded)
            if self.coursedir.notebook_id == "*":
                rmtree(str(graded))
            else:
                for notebook in filter(Path.exists, begun):
                    remove(str(notebook))
        if not super().init_destination(assignment_id, student_id):
            return False
        return not known or self._keep_readable(assignment_id, student_id, known)

    def init_assignment(self, assignment_id, student_id):
        """Enter a submission, and copy what belongs beside its notebooks."""
        with self.gradebook() as gradebook:
            self.notebooks = [
                str(path) for path in self.begin(gradebook, student_id, map(Path, self.notebooks))
            ]

    def begin(self, gradebook, student, notebooks):
        """Enter a submission, and copy what belongs beside its notebooks; return those to be graded.

        nbgrader's own way to do it opens the gradebook six times for each submission.

        Parameters
        ----------
        gradebook : nbgrader.api.Gradebook
            Open.
        student : str
            The student's name.
        notebooks : iterable of pathlib.Path
            The notebooks that were handed in.

        Raises
        ------
        NbGraderException
            If the gradebook doesn't know the assignment, its notebooks, or the student.
        """
        assignment = self.coursedir.assignment_id
        BaseConverter.init_assignment(self, assignment, student)
        handed_in = Path(self._format_source(assignment, student))
        timestamp = self.coursedir.get_existing_timestamp(str(handed_in))
        try:
            submission = enter_submission(
                gradebook, assignment, student, timestamp=timestamp, create=self.create_student
            )
        except NotEnteredError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        if timestamp:
            self.log.info("%s submitted at %s", submission, timestamp)
            if submission.total_seconds_late > 0:
                self.log.warning("%s is %s seconds late", submission, submission.total_seconds_late)
        self._copy_masters(student)
        known = self._notebooks_of(assignment)
        notebooks = list(notebooks)
        for path in notebooks:
            if path.stem not in known:
                self.log.warning("Skipping unknown notebook: %s", path)
        if not any(path.stem in known for path in notebooks):
            reason = "No notebooks found, did you forget to run 'nbgrader generate_assignment'?"
            self.log.error(reason)
            raise NbGraderException(reason)
        absent = {name for name in known if not (handed_in / f"{name}.ipynb").exists()}
        for name in sorted(absent):
            self.log.warning("No submitted file: %s", handed_in / f"{name}.ipynb")
        if absent:
            enter_nothing(gradebook, submission, absent)
        return [path for path in notebooks if path.stem in known]

    def refuse(self, assignment, student, notebook, reason):
        """Give a notebook, or a whole submission, no points, and say why."""
        self.refused.append((student, str(reason)))
        self.log.error("%s of %r gets no points: %s", assignment, student, reason)
        if not is_name(student):
            return  # no name for a gradebook
        with self.gradebook() as gradebook:
            try:
                submission = enter_submission(gradebook, assignment, student, create=self.create_student)
            except NotEnteredError:
                return
            enter_nothing(
                gradebook, submission, self._notebooks_of(assignment) if notebook is None else {notebook}
            )

    def _keep_readable(self, assignment_id, student_id, known):
        """Refuse the notebooks that can't be read; return whether any is left."""
        handed_in = [path for path in map(Path, self.notebooks) if path.stem in known]
        if not handed_in:
            folder = Path(self._format_source(assignment_id, student_id))
            self.refuse(assignment_id, student_id, None, missing(folder, sorted(known)))
            return False
        for path in handed_in:
            try:
                read_submission(path)
            except UnreadableError as error:
                self.refuse(assignment_id, student_id, path.stem, error)
                self.notebooks.remove(str(path))
        return any(Path(path).stem in known for path in self.notebooks)

    def _copy_masters(self, student):
        """Copy the assignment's own files over those that were handed in under the same names."""
        assignment = self.coursedir.assignment_id
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", assignment))
        kept = {source / name for name in self.exclude_overwriting.get(assignment, [])}
        self.log.info("Overwriting files with master versions from the source directory")
        for name in find_all_files(str(source), [*self.coursedir.ignore, "*.ipynb"]):
            if Path(name) in kept:
                continue
            target = self.graded_folder(student) / Path(name).relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            self.log.info("Copying %s -> %s", name, target)
            shutil.copy(name, target)

    def _notebooks_of(self, assignment):
        if assignment not in self._known:
            with self.gradebook() as gradebook:
                self._known[assignment] = notebooks_of(gradebook, assignment)
        return self._known[assignment]

    def _student_of(self, folder):
        any_assignment = self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        return re.fullmatch(any_assignment, folder, re.DOTALL)["student"]
