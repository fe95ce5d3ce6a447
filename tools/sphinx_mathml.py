"""Sphinx extension: formulas become MathML when the book is built, so that a page needs no script for them.

Every current browser draws MathML. What a reader's system may lack is a mathematical font, so the
book brings the glyphs it uses: a subset of STIX Two Math (SIL Open Font License), cut at each build
from the copy in the ziamath package. Headings are set in the same font.
"""

import html
import importlib.metadata
import re
import string
import unicodedata
from pathlib import Path

from docutils import nodes
from fontTools import subset
from fontTools.ttLib import TTFont
from math_core import LatexError, LatexToMathML
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

SOURCE = "ziamath/fonts/STIXTwoMath-Regular.ttf"
FONT = "fonts/stix-two-math.woff2"
STYLE = f"""\
@font-face {{ font-family: "STIX Two Math"; src: url("{FONT}") format("woff2"); font-display: swap; }}
math {{ font-family: "STIX Two Math", math; font-size: 1.1em; }}
math[display="block"] {{ width: max-content; margin-inline: auto; }}
div.math {{ display: flex; flex-direction: row; align-items: center; margin-block: 0.5rem 1rem; }}
div.math {{ overflow-x: auto; overflow-y: hidden; padding-block: 0.4rem; }}
div.math > math {{ flex: 1 0 auto; }}
div.math > .eqno {{ float: none; padding-inline-start: 1rem; }}
.closed {{ white-space: nowrap; }}
"""

CLOSING = tuple(".,:;!?)]’”")

logger = logging.getLogger(__name__)
converter = LatexToMathML(fancy_error=False)


def to_mathml(latex, *, display):
    r"""Return the MathML of a LaTeX formula.

    Raises
    ------
    math_core.LatexError
        If the formula has a mistake or a command that isn't known.

    Examples
    --------
    >>> to_mathml("d_k", display=False)
    '<math><msub><mi>d</mi><mi>k</mi></msub></math>'
    """
    if display and r"\\" in latex and r"\begin" not in latex:
        latex = rf"\begin{{aligned}}{latex}\end{{aligned}}"
    return converter.convert_with_local_state(latex, displaystyle=display)


def visit_inline(translator, node):
    """Write an inline formula."""
    translator.body.append(_converted(node, display=False))
    raise nodes.SkipNode


def keep_closed(_app, doctree, _page):
    """Keep a formula and the mark that closes it on one line.

    Chromium breaks lines at a formula even where a word joiner (U+2060) forbids it.
    """
    for formula in list(doctree.findall(nodes.math)):
        after = formula.next_node(descend=False, siblings=True)
        if isinstance(after, nodes.Text) and after.startswith(CLOSING):
            rest = after.lstrip("".join(CLOSING))
            marks = nodes.Text(after[: len(after) - len(rest)])
            after.parent.replace(after, nodes.Text(rest))
            together = nodes.inline(classes=["closed"])
            formula.replace_self(together)
            together += [formula, marks]


def visit_block(translator, node):
    """Write a formula of its own line, with its number if it has one."""
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    translator.body.append(_converted(node, display=True))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def write_font(app, exception):
    """Cut the font to the characters of all formulas and headings, and write its style sheet."""
    if exception or app.builder.format != "html":
        return
    pages = Path(app.outdir).rglob("*.html")
    text = "".join(page.read_text("utf-8") for page in pages)
    formulas = re.findall(r"<math.*?</math>", text, re.DOTALL)
    static = Path(app.outdir, "_static")
    (static / "mathml.css").write_text(STYLE, "utf-8")
    target = static / FONT
    target.parent.mkdir(parents=True, exist_ok=True)
    headings = re.sub(r"<[^>]*>", "", "".join(re.findall(r"<h[1-6].*?</h[1-6]>", text, re.DOTALL)))
    letters = set(html.unescape(headings) + string.ascii_letters + string.digits)
    cutter = subset.Subsetter(subset.Options(layout_features=["ssty", "dtls", "kern", "liga"]))
    cutter.populate(text="".join(glyphs(formulas) | letters))
    font = TTFont(importlib.metadata.distribution("ziamath").locate_file(SOURCE))
    cutter.subset(font)
    narrow_roots(font)
    font.flavor = "woff2"
    font.save(target)


def narrow_roots(font):
    """Make every size of the root sign as wide as the smallest.

    Chromium reserves the width of the widest one, which leaves a gap of 0.4 em after a small root. The
    sign that is put together from parts, for roots taller than 2.9 em, is given up.
    """
    variants = font["MATH"].table.MathVariants
    root = font.getBestCmap()[ord("√")]
    construction = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
    construction.GlyphAssembly = None
    width, _ = font["hmtx"][root]
    for record in construction.MathGlyphVariantRecord:
        name = record.VariantGlyph
        glyph = font["glyf"][name]
        glyph.coordinates.scale((width / font["hmtx"][name][0], 1))
        glyph.coordinates.toInt()
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (width, glyph.xMin)


def glyphs(formulas):
    """Return the characters that formulas are drawn with.

    A single letter in MathML is drawn as its mathematical italic, a character of its own, and the
    sign of a root stands in no text.

    Examples
    --------
    >>> sorted(glyphs(["<math><mi>d</mi><mo>=</mo></math>"])) == ["=", "d", "√", "𝑑"]
    True
    """
    text = set(html.unescape(re.sub(r"<[^>]*>", "", "".join(formulas))))
    italics = (chr(code) for code in [*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), 0x210E])
    return text | {"√"} | {italic for italic in italics if unicodedata.normalize("NFKC", italic) in text}


def setup(app):
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.add_css_file("mathml.css")
    app.connect("doctree-resolved", keep_closed)
    app.connect("build-finished", write_font)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _converted(node, *, display):
    latex = node.astext()
    try:
        return to_mathml(latex, display=display)
    except LatexError as error:
        logger.warning("formula %r: %s", latex, error, location=node)
        return f"<code>{html.escape(latex)}</code>"
