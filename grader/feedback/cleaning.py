"""Strangers' HTML and Markdown, made safe to show.

Students write hostile HTML. Two filters take the place of nbconvert's, on the pages of feedback and in the
formgrader, and let through what is text, a table or a picture, and no more.
"""

import re
from html import escape

import nh3
from bs4 import BeautifulSoup
from jinja2 import pass_context
from markupsafe import Markup
from math_core import LatexError, LatexToMathML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader.notebook.submission import PICTURES

FILTERS = {
    "markdown2html": "grader.feedback.cleaning.safe_markdown",
    "clean_html": "grader.feedback.cleaning.safe_html",
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
