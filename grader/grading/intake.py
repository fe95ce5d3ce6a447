"""What was handed in: what waits to be graded and why, and what can't be. Nothing is written here.

nbgrader's own command asks this of one submission at a time, and the command for a class of all at once.
"""

import glob
import os
import re
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nbgrader.converters import Autograde, NbGraderException
from nbgrader.utils import find_all_files

from grader.gradebook.freshness import NEW, entered_scores, why_grade
from grader.gradebook.source import notebooks_of, opened, source_cells
from grader.grading.execute import VerifyingExecute
from grader.notebook.graded import hash_of_assignment, hash_of_files
from grader.notebook.submission import UnreadableError, missing, read_submission, require_plain
from grader.sandbox.error import SandboxError
from grader.text import PlainLog

UNPROTECTED = "Students' code runs WITHOUT a sandbox: as you, with your files and your network."
FORCED = "all of it is asked for"
TAKEN_BACK = "a notebook isn't there any more"


@dataclass
class Waiting:
    """A submission that waits.

    Parameters
    ----------
    student : str
        Whose it is.
    notebooks : list of pathlib.Path
        Those to be graded.
    nothing : set of str
        The names of those that get no points: missing, or unreadable.
    why : str
        Why it is graded.
    """

    student: str
    notebooks: list
    nothing: set = field(default_factory=set)
    why: str = NEW


class Intake(Autograde):
    """The part of nbgrader's command that finds submissions and decides on them.

    Attributes
    ----------
    refused : list of (str, str)
        The students whose work, or a notebook of it, can't be graded, and why.
    kept : int
        How many submissions have a result that is up to date.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.log.addFilter(PlainLog())
        self.refused, self.kept = [], 0

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
            raise NbGraderException(str(error)) from None
        if not execute.sandbox.enabled:
            self.log.warning(UNPROTECTED)
        self.log.info("The secret inputs of this run are drawn from the seed %s", execute.seed)
        return execute.seed, execute.sandbox

    def require_sandbox(self, sandbox):
        """Raise unless this machine has a sandbox, or the instructor has chosen to do without.

        Raises
        ------
        NbGraderException
            If it has none; the text says what to do.
        """
        try:
            if sandbox.enabled:
                sandbox.require()
        except SandboxError as error:
            raise NbGraderException(str(error)) from None
        except OSError as error:
            raise NbGraderException(
                f"the sandbox can't be made: {error}\n"
                "Make room in the folder for temporary files, or set TMPDIR."
            ) from None

    def gradebook(self):
        """Return the gradebook of the class, to be used in a ``with`` block."""
        return opened(self.coursedir.db_url, self.coursedir.course_id)

    def command(self, name):
        """Return a command of nbgrader's for this class, as a person types it."""
        given = getattr(self.parent, "cli_config", {}).get("CourseDirectory", {})
        said = {
            key: value
            for key, value in given.items()
            if key.endswith(("_directory", "db_url", "course_id"))
        }
        options = [f"--CourseDirectory.{key}={value}" for key, value in said.items()]
        return shlex.join(["nbgrader", name, self.coursedir.assignment_id, *options])

    def graded_folder(self, student):
        """Return where a student's graded notebooks are."""
        return Path(self._format_dest(self.coursedir.assignment_id, student))

    def handed_in_folder(self, student):
        """Return where what a student handed in is."""
        return Path(self._format_source(self.coursedir.assignment_id, student))

    @cached_property
    def masters(self):
        """The assignment's own files, which replace those that were handed in, as ``{name: path}``."""
        assignment = self.coursedir.assignment_id
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", assignment))
        kept = {source / name for name in self.exclude_overwriting.get(assignment, [])}
        found = map(Path, find_all_files(str(source), [*self.coursedir.ignore, "*.ipynb"]))
        return {str(path.relative_to(source)): path for path in found if path not in kept}

    def files_of(self, student):
        """Return the files that belong beside a student's notebooks, as ``{name: path}``."""
        source = self.handed_in_folder(student)
        found = map(Path, find_all_files(str(source), [*self.coursedir.ignore, "*.ipynb"]))
        return {str(path.relative_to(source)): path for path in found} | self.masters

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
                self.refused.append((student, str(error)))
                continue
            pattern = f"{self.coursedir.notebook_id}.ipynb"
            if notebooks := list(map(str, Path(folder).glob(pattern))):
                self.assignments[folder] = notebooks
            else:
                self.log.warning("No notebooks were matched by '%s/%s'", folder, pattern)
        if not self.assignments and not self.refused:
            super().init_notebooks()  # says what there is

    def waiting(self, gradebook):
        """Return the submissions that wait, those first whose work can't be read and that get nothing.

        Parameters
        ----------
        gradebook : nbgrader.api.Gradebook
            Open.
        """
        assignment = self.coursedir.assignment_id
        known = notebooks_of(gradebook, assignment)
        self._hashes = {
            name: hash_of_assignment(source_cells(gradebook, assignment, name)) for name in known
        }
        entered = entered_scores(gradebook.db, assignment)
        excluded = self.coursedir.student_id_exclude.split(",")
        refused = [Waiting(student, [], set(known)) for student, _ in self.refused]
        found = []
        for folder in sorted(self.assignments):
            student = self._student_of(folder)
            if student in excluded:
                continue
            one = self._look_at(student, sorted(map(Path, self.assignments[folder])), known, entered)
            if one is None:
                self.kept += 1
            else:
                (found if one.notebooks else refused).append(one)
        return [*refused, *found]

    @cached_property
    def files_hash(self):
        """The hash of the assignment's own files."""
        return hash_of_files(self.masters)

    def _look_at(self, student, handed_in, known, entered):
        graded, files = self.graded_folder(student), self.files_hash
        for path in handed_in:
            if path.stem not in known:
                self.log.warning("Skipping unknown notebook: %s", path)
        handed_in = [path for path in handed_in if path.stem in known]
        if not handed_in:
            self.refused.append((student, str(missing(self.handed_in_folder(student), sorted(known)))))
            return Waiting(student, [], set(known))
        absent = {name for name in known if not (self.handed_in_folder(student) / f"{name}.ipynb").exists()}
        reasons = {
            path: FORCED
            if self.force
            else why_grade(
                path,
                graded / path.name,
                assignment=self._hashes[path.stem],
                entered=entered.get((student, path.stem)),
                files=files,
            )
            for path in handed_in
        }
        taken_back = [TAKEN_BACK for name in absent if (graded / f"{name}.ipynb").exists()]
        why = next(filter(None, [*reasons.values(), *taken_back]), None)
        if why is None:
            self.log.info("%s is up to date", graded)
            return None
        for name in sorted(absent):
            self.log.warning("No submitted file: %s", self.handed_in_folder(student) / f"{name}.ipynb")
        readable = []
        for path in (path for path, reason in reasons.items() if reason):
            try:
                read_submission(path)
                readable.append(path)
            except UnreadableError as error:
                self.refused.append((student, str(error)))
                absent.add(path.stem)
        return Waiting(student, readable, absent, why)

    def _student_of(self, folder):
        any_assignment = self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        return re.fullmatch(any_assignment, folder, re.DOTALL)["student"]
