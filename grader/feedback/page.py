"""What a student gets back: a page that names the mistakes, and gives no hidden test away."""

import re
from pathlib import Path

import nbgrader
from jinja2 import pass_context
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import ansi2html
from nbgrader.preprocessors import ClearHiddenTests, GetGrades
from nbgrader.utils import is_grade, is_solution
from pygments.formatters import HtmlFormatter
from traitlets import Unicode
from traitlets.config import Config

from attnlib.checking import CheckFailed, read_verdict
from attnlib.checking.wording import TRY
from grader.feedback.cleaning import safe_html, safe_markdown
from grader.feedback.telling import STOPPED
from grader.notebook.graded import ENDED, NOT_ANSWERED

FORMGRADER = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
TEMPLATES = [
    str(Path(__file__).with_name("templates")),
    str(FORMGRADER / "templates"),
]

SHOWN = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
CHAPTER = re.compile(r"\[([^\]]*)\]\((?:\.\./)+(chapters/[\w-]+)\.md(#[\w-]+)?\)")
PASSED = re.compile(r"\w+: \d+ checks? passed\s*")
OWN_WORDS = {CheckFailed.__name__, NOT_ANSWERED, ENDED, STOPPED, "NameError"}


class GetMarks(GetGrades):
    """Brings the points and comments of the gradebook, and what still waits for a person."""

    def _get_score(self, cell, resources):
        super()._get_score(cell, resources)
        about = cell.metadata.nbgrader
        ids = (about.grade_id, self.notebook_id, self.assignment_id, self.student_id)
        grade = self.gradebook.find_grade(*ids)
        about.waiting = bool(grade.needs_manual_grade) and grade.manual_score is None


class HideTests(ClearHiddenTests):
    """Takes hidden tests out, and of what they print all but what is meant for the student."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Clean a test cell that has hidden tests; leave the others."""
        if is_grade(cell) and not is_solution(cell) and self._remove_hidden_test_region(cell):
            cell.outputs = [told for output in cell.get("outputs", []) if (told := self._told(output))]
        return cell, resources

    def _told(self, output):
        if output.output_type == "error":
            if output.ename not in OWN_WORDS:
                output.evalue = "a hidden test failed with this error."
            output.traceback = [f"{output.ename}: {output.evalue}"]
            return output
        if output.output_type != "stream":
            return None
        if output.name == "stderr":
            output.text = "Something was written to standard error, which a test takes for a failure.\n"
            return output
        return output if PASSED.fullmatch(output.text) else None


class FeedbackExporter(HTMLExporter):
    """Writes the page of one student."""

    book = Unicode(
        "",
        help="The address of the built book, such as https://example.org/attention. With it the names of "
        "sections are links; without it they are text.",
    ).tag(config=True)

    @property
    def default_config(self):
        """What a settings file may change."""
        config = Config(super().default_config)
        config.pop("NbConvertBase", None)  # it is for pages with scripts
        config.merge(
            {
                "WidgetsDataTypeFilter": {"display_data_priority": SHOWN},
                "FeedbackExporter": {"sanitize_html": True},
            }
        )
        return config

    def default_filters(self):
        """Get the filters of the template."""
        yield from super().default_filters()
        yield "markdown2html", safe_markdown
        yield "clean_html", safe_html
        yield "prose", self._prose
        yield "explained", self._explained

    def _init_resources(self, resources):
        resources = super()._init_resources(resources)
        light, dark = (
            HtmlFormatter(style=s).get_style_defs(".highlight") for s in ("default", "github-dark")
        )
        resources["highlighting"] = f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"
        return resources

    @pass_context
    def _prose(self, context, source):
        """Return a cell's text, with links to the book, and headings one level below the page's own."""
        source = CHAPTER.sub(rf"[\1]({self._book}/\2.html\3)" if self.book else r"\1", source)
        html = safe_markdown(context, source)
        return re.sub(r"(?<=<)(/?)h([1-5])>", lambda m: f"{m[1]}h{int(m[2]) + 1}>", html)

    def _explained(self, output):
        """Return an error: of a test what it tells the student, of anything else its traceback."""
        if output.ename not in OWN_WORDS - {"NameError"}:
            return Markup('<pre tabindex="0" class="error">{}</pre>').format(
                Markup(ansi2html("\n".join(map(str, output.traceback))))  # noqa: S704 - it escapes
            )
        verdict = read_verdict(str(output.evalue))
        if verdict is None:
            headline, *details = str(output.evalue).splitlines() or [""]
        else:
            headline, details = f"{verdict.exercise}: {verdict.headline}", verdict.details
        lines = [Markup("<p><strong>{}</strong></p>").format(headline)]
        for detail in details:
            style = Markup(' class="call"') if detail.startswith(TRY) else ""
            lines.append(Markup("<p{}>{}</p>").format(style, detail))
        if verdict and verdict.section:
            lines.append(Markup("<p>Read in the book: {}</p>").format(self._link(verdict.section)))
        return Markup('<div class="mistake">{}</div>').format(Markup("").join(lines))

    def _link(self, section):
        place = section.replace("#", ".html#")
        return Markup('<a href="{}">{}</a>').format(f"{self._book}/{place}", place) if self.book else place

    @property
    def _book(self):
        return self.book.removesuffix("/")
