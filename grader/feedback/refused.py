"""`nbgrader generate_feedback`, with a page for those whose work couldn't be graded, too."""

import glob
import re
from pathlib import Path

import jinja2
import nbgrader.apps.api
import nbgrader.apps.generatefeedbackapp
from nbgrader.converters import GenerateFeedback

from grader.notebook.refusal import why_refused
from grader.text import plain

MARK = '<meta name="spotlight" content="not graded">'  # by which such a page is known again
PAGE = "refused.html.jinja"


class FeedbackForAll(GenerateFeedback):
    """nbgrader's command, which by itself leaves out whose work couldn't be read."""

    def init_notebooks(self):
        """Find what was graded, and what can't be."""
        self.refused = list(self._find_refused())
        graded = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        if self.refused and not glob.glob(graded):  # noqa: PTH207 - it may begin anywhere
            self.assignments, self.notebooks = {}, []
            return
        super().init_notebooks()

    def init_destination(self, assignment_id, student_id):
        """Return whether to write a student's pages, also over one that said that there was nothing."""
        for page in Path(self._format_dest(assignment_id, student_id)).glob("*.html"):
            if _is_refusal(page):
                page.unlink()
                if not any(page.parent.iterdir()):
                    page.parent.rmdir()
        return super().init_destination(assignment_id, student_id)

    def convert_notebooks(self):
        """Write the pages."""
        try:
            super().convert_notebooks()
        finally:
            for student, name, reason in self.refused:
                self._write_refusal(student, name, reason)

    def _find_refused(self):
        """Yield the student, the notebook's name and the reason of each that can't be graded."""
        assignment = self.coursedir.assignment_id
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", assignment))
        names = sorted(path.stem for path in source.glob("*.ipynb")) or [assignment]
        submitted = self.coursedir.submitted_directory
        asked = self.coursedir.format_path(submitted, self.coursedir.student_id, assignment)
        form = self.coursedir.format_path(submitted, "(?P<student>.*)", assignment, escape=True)
        for folder in sorted(glob.glob(asked, include_hidden=True)):  # noqa: PTH207 - as above
            student = re.fullmatch(form, folder, re.DOTALL)["student"]
            for name in names:
                graded = Path(self._format_source(assignment, student)) / f"{name}.ipynb"
                reason = None if graded.exists() else why_refused(folder, name)
                if reason:
                    yield student, name, reason

    def _write_refusal(self, student, name, reason):
        assignment = self.coursedir.assignment_id
        page = Path(self._format_dest(assignment, student)) / f"{name}.html"
        if page.exists() and not _is_refusal(page):
            return  # what it says of earlier work stays
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(refusal(name, reason), "utf-8", errors="replace")
        self.set_permissions(assignment, student)
        self.log.info("Wrote why %s of %s isn't graded", name, plain(student))


def refusal(name, reason):
    """Return the page of a student whose notebook can't be graded."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.feedback"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template(PAGE).render(name=name, reason=plain(reason, lines=False), mark=MARK)


def _is_refusal(page):
    with page.open(encoding="utf-8", errors="replace") as stream:
        return MARK in stream.read(2000)


def install():
    """Make ``nbgrader generate_feedback`` and the formgrader use `FeedbackForAll`."""
    nbgrader.apps.generatefeedbackapp.GenerateFeedback = FeedbackForAll
    nbgrader.apps.api.GenerateFeedback = FeedbackForAll
