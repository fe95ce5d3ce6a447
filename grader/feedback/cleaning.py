"""Strangers' HTML and Markdown, made safe to show.

Students write hostile HTML. Two filters take the place of nbconvert's, on the pages of feedback and in the
formgrader, and let through what is text, a table or a picture, and no more. Their work is bounded, whatever
they are given: see the limits below.
"""

import re
from html import escape

import nh3
from bs4 import BeautifulSoup
from jinja2 import pass_context
from markupsafe import Markup
from math_core import LatexError, LatexToMathML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader.feedback.cutting import cut
from grader.notebook.submission import PICTURES

FILTERS = {
    "markdown2html": "grader.feedback.cleaning.safe_markdown",
    "clean_html": "grader.feedback.cleaning.safe_html",
    "mark_scheme": "grader.feedback.scheme.mark_scheme",
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
FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$]+)\$", re.DOTALL)

LONGEST = 20_000  # characters of Markdown that are parsed
LONGEST_FORMULA = 2_000  # of LaTeX: its parser's stack overflows, and ends Python, at some 3000 braces
LONGEST_HTML = 1_000_000  # of the HTML that Markdown becomes, pictures aside

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
    source = cut(source, LONGEST)
    renderer = _Renderer(escape=False, attachments=attachments or {}, exclude_anchor_links=True)
    html = MarkdownWithMath(renderer=renderer).render(source)
    if len(html) - renderer.pictures > LONGEST_HTML:
        return Markup("<pre>{}</pre>").format(source)
    soup = BeautifulSoup(safe_html(html), "html.parser")
    for text in soup.find_all(string=FORMULA):
        if not text.find_parent(["code", "pre"]):
            text.replace_with(BeautifulSoup(_with_formulas(text), "html.parser"))
    return Markup(str(soup).rstrip())  # noqa: S704 - it has just been cleaned


class _Renderer(IPythonRenderer):
    """Writes each picture once, and code without colours: nobody has bounded Pygments' 500 lexers."""

    def __init__(self, **options):
        super().__init__(**options)
        self.pictures = 0  # characters of those that were written
        self._shown = set()

    def image(self, text, url, title=None):
        """Write a picture, if the notebook has it."""
        _, attached, name = url.partition("attachment:")
        if not attached:
            return super().image(text, url, title)
        if not any(kind in self.attachments.get(name, {}) for kind in PICTURES):
            return escape(f"[picture {name} is missing]")
        if name in self._shown:
            return escape(f"[picture {name} is shown above]")
        self._shown.add(name)
        html = super().image(text, url, title)
        self.pictures += len(html)
        return html

    def block_code(self, code, info=None):
        """Write code as it is."""
        return f"<pre><code>{escape(code)}</code></pre>\n"


def _with_formulas(text):
    html, end = "", 0
    for found in FORMULA.finditer(text):
        block = found["block"]
        latex = found["inline"] if block is None else block
        try:
            fits = len(latex) <= LONGEST_FORMULA
            formula = to_mathml(latex, displaystyle=block is not None) if fits else escape(found[0])
        except LatexError:
            formula = escape(found[0])
        html += escape(text[end : found.start()]) + formula
        end = found.end()
    return html + escape(text[end:])
