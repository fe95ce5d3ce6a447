"""``nbgrader generate_assignment``, made safe: the release is there until the next one is whole."""

import contextlib
import shutil
import tempfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    IncludeHeaderFooter,
    InstantiateTests,
    LockCells,
)
from traitlets import List

from grader.gradebook.questions import SaveQuestions, difference, has_submissions, questions_known
from grader.gradebook.source import opened
from grader.gradebook.troubles import GradebookError
from grader.grading.readiness import questions_in


class SafeGenerateAssignment(GenerateAssignment):
    """nbgrader's command; the gradebook keeps marks, comments and dates when questions are added."""

    preprocessors = List(
        [
            IncludeHeaderFooter,
            InstantiateTests,
            LockCells,
            ClearSolutions,
            ClearOutput,
            CheckCellMetadata,
            ComputeChecksums,
            SaveQuestions,
            ClearHiddenTests,
            ClearMarkScheme,
            ComputeChecksums,
            CheckCellMetadata,
        ]
    ).tag(config=True)

    def convert_notebooks(self):
        """Write the release beside the one that is there, and put it into its place when it is whole."""
        try:
            if not self.no_database:
                self._require_no_loss()
            self._convert()
        except (GradebookError, NbGraderException, OSError) as error:
            for line in str(error).splitlines():
                self.log.error("%s", line)
            raise NbGraderException(str(error)) from None

    def _convert(self):
        release = self.coursedir.release_directory
        place = Path(self.coursedir.format_path(release, ".", "."))
        if not self.force:
            self.assignments = {
                folder: found for folder, found in self.assignments.items() if self._is_new(folder)
            }
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=place) as staging:
            self.coursedir.release_directory = staging
            try:
                super().convert_notebooks()
            finally:
                self.coursedir.release_directory = release
            for folder in Path(staging).iterdir():
                _put(folder, place / folder.name)

    def _is_new(self, folder):
        there = Path(self._format_dest(self.coursedir.assignment_id, "."))
        if there.exists():
            self.log.warning("%s is there already; --force replaces it", there)
        return not there.exists()

    def _require_no_loss(self):
        assignment = self.coursedir.assignment_id
        with opened(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            if not has_submissions(gradebook, assignment):
                return
            for path in (Path(found) for folder in self.assignments.values() for found in folder):
                known = questions_known(gradebook, assignment, path.stem)
                if known is None:
                    continue
                found = difference(questions_in(path), known)
                if lost := [*found.unknown, *found.retyped]:
                    raise NbGraderException(
                        f"students have marks for {', '.join(lost)}, which {path} doesn't ask for "
                        "in the same way any more; nothing was changed\n"
                        "Put that back (with 0 points, if it is not to count), give what is new "
                        "another name, and run the same command."
                    )


def _put(new, old):
    """Put the files of a folder into the place of another's, each in one step."""
    old.mkdir(exist_ok=True)
    names = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    for name in sorted(names):
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).replace(old / name)
    for path in sorted(old.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(old) not in names:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            with contextlib.suppress(OSError):
                path.rmdir()
    shutil.rmtree(new)
