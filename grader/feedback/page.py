"""What a student gets back: a page that names the mistakes, and shows nothing that would run or give away.

Students write hostile HTML. Two filters take the place of nbconvert's, on the pages of feedback and in the
formgrader, and let through what is text, a table or a picture, and no more.
"""

import re
from html import escape
from pathlib import Path

import nbgrader
import nh3
from bs4 import BeautifulSoup
from jinja2 import pass_context
from markupsafe import Markup
from math_core import LatexError, LatexToMathML
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader.preprocessors import ClearHiddenTests, GetGrades
from nbgrader.utils import is_grade, is_solution
from pygments.formatters import HtmlFormatter
from traitlets import Unicode
from traitlets.config import Config

from attnlib.checking import CheckFailed, read_verdict
from attnlib.checking.wording import TRY
from grader.grading.execute import ENDED, NotAnswered
from grader.notebook.submission import PICTURES

TEMPLATES = [
    str(Path(__file__).with_name("templates")),
    str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"),
]
FILTERS = {
    "markdown2html": "grader.feedback.page.safe_markdown",
    "clean_html": "grader.feedback.page.safe_html",
}

CELL = {"colspan", "rowspan", "style"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "td": CELL,
    "th": CELL,
    "ol": {"start"},
}
ALLOWED = {  # what these attributes may say; no place on this page or on the formgrader's host
    "href": re.compile(r"(https?://|mailto:)", re.IGNORECASE),
    "src": re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z"),
    "style": re.compile(r"text-align: ?(left|right|center);?\Z"),
}
SHOWN = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$]+)\$", re.DOTALL)
CHAPTER = re.compile(r"\[([^\]]*)\]\((?:\.\./)+(chapters/[\w-]+)\.md(#[\w-]+)?\)")
PASSED = re.compile(r"\w+: \d+ checks? passed\s*")
OWN_WORDS = {CheckFailed.__name__, NotAnswered.__name__, ENDED, "NameError"}

to_mathml = LatexToMathML(fancy_error=False).convert_with_local_state


def safe_html(html):
    """Return HTML with nothing in it that runs, loads, or looks like part of the page around it."""
    html = html.decode(errors="replace") if isinstance(html, bytes) else str(html)
    return nh3.clean(
        html,
        attributes=ATTRIBUTES,
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
    )


def _allowed(tag, name, value):
    return value if name not in ALLOWED or ALLOWED[name].match(value) else None


@pass_context
def safe_markdown(context, source):
    """Return a cell's Markdown as safe HTML, with its formulas as MathML."""
    return markdown(source, context.get("cell", {}).get("attachments", {}))


def markdown(source, attachments=None):
    r"""Return Markdown as safe HTML, with its formulas as MathML.

    Examples
    --------
    >>> markdown(r"Of $d_k$ <script>alert()</script>")
    Markup('<p>Of <math><msub><mi>d</mi><mi>k</mi></msub></math> </p>')
    """
    renderer = _Renderer(escape=False, attachments=attachments or {}, exclude_anchor_links=True)
    soup = BeautifulSoup(safe_html(MarkdownWithMath(renderer=renderer).render(source)), "html.parser")
    for text in soup.find_all(string=FORMULA):
        if not text.find_parent(["code", "pre"]):
            text.replace_with(BeautifulSoup(_with_formulas(text), "html.parser"))
    return Markup(str(soup).rstrip())  # noqa: S704 - it has just been cleaned


class _Renderer(IPythonRenderer):
    def image(self, text, url, title=None):
        """Write a picture, if the notebook has it."""
        _, attached, name = url.partition("attachment:")
        if attached and not any(kind in self.attachments.get(name, {}) for kind in PICTURES):
            return escape(f"[picture {name} is missing]")
        return super().image(text, url, title)


def _with_formulas(text):
    html, end = "", 0
    for found in FORMULA.finditer(text):
        block = found["block"]
        latex = found["inline"] if block is None else block
        try:
            formula = to_mathml(latex, displaystyle=block is not None)
        except LatexError:
            formula = escape(found[0])
        html += escape(text[end : found.start()]) + formula
        end = found.end()
    return html + escape(text[end:])


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
