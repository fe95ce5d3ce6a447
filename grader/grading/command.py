"""nbgrader's commands that write results, made safe: `install` puts ours where nbgrader looks for its own.

The classes of its commands can't be set in ``nbgrader_config.py``, unlike nearly all else.
"""

import contextlib

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.apps.generateassignmentapp
from nbgrader.converters import NbGraderException

from grader.gradebook.troubles import GradebookError
from grader.grading.crowd import grade_class
from grader.grading.intake import Intake
from grader.grading.keeping import StoppedError
from grader.grading.one import grade
from grader.grading.release import SafeGenerateAssignment
from grader.grading.together import STOPPED, summary
from grader.sandbox.error import SandboxError


class SafeAutograde(Intake):
    """``nbgrader autograde`` for strangers' notebooks, one at a time."""

    def start(self):
        """Grade what waits, if all that it takes is there."""
        try:
            tally = grade_class(self, self._graders, self._progress)
        except (NbGraderException, GradebookError, StoppedError, SandboxError) as error:
            for line in str(error).splitlines():
                self.log.error("%s", line)
            raise NbGraderException(str(error)) from None
        except KeyboardInterrupt:
            self.log.error(STOPPED)
            raise SystemExit(130) from None
        for student, reason in self.refused:
            self.log.error("%s of %r gets no points: %s", self.coursedir.assignment_id, student, reason)
        for line in summary(tally):
            self.log.log(self._level(tally), "%s", line)
        if tally.failed:
            raise NbGraderException(f"{len(tally.failed)} could not be graded")

    @contextlib.contextmanager
    def _graders(self, settings, count, sandbox):
        self.require_sandbox(sandbox)

        def one_by_one(work):
            for key, submission, cells, seed in work:
                try:
                    outcome = grade(submission, cells, seed, settings)
                except Exception as error:
                    outcome = error
                yield key, outcome

        yield one_by_one

    @contextlib.contextmanager
    def _progress(self, count):
        yield lambda notebooks=1, says=None: says and self.log.error("%s", says)

    @staticmethod
    def _level(tally):
        return 30 if tally.failed or not tally.graded else 20  # a warning, a remark


def install():
    """Make nbgrader's commands and the formgrader use these classes."""
    for module in (nbgrader.apps.autogradeapp, nbgrader.apps.api):
        module.Autograde = SafeAutograde
    for module in (nbgrader.apps.generateassignmentapp, nbgrader.apps.api):
        module.GenerateAssignment = SafeGenerateAssignment
