"""Sphinx extension: figures that Matplotlib draws stand in the page as SVG, in the colours of the page.

Kernels that run the chapters are told to draw SVG with real text. Each drawing is put into the page
itself, with the colours of attnlib's palette replaced by the custom properties of the same names, so that
one figure serves light pages, dark pages and paper. Notebooks that readers run keep Jupyter's defaults.
"""

import html
import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

from attnlib.plots import PALETTE

KERNEL_CONFIG = 'c.InlineBackend.figure_formats = {"svg"}\n'
MATPLOTLIB_CONFIG = "svg.fonttype: none\nsvg.hashsalt: spotlight\n"
FRAME = re.compile(r"<\?xml.*?(?=<svg)|<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", re.DOTALL)
ROOT_ELEMENT = re.compile(r"<svg[^>]*>")
VIEW_BOX = re.compile(r'viewBox="([^"]*)"')
IMAGE_ID = re.compile(r' id="image[0-9a-f]+"')  # of its pixels, and nothing refers to it
IDENTIFIER = re.compile(r'(\bid="|url\(#|href="#)')
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
FONT = re.compile(r"font: ((?:(?:bold|italic|oblique|[1-9]00) )*)([\d.]+px) [^;\"]*")
NAMES = {colour.lower(): name for name, colour in PALETTE.items()}

logger = logging.getLogger(__name__)


def configure_kernels(app):
    """Tell the kernels of this build how to draw, by configuration files of their own."""
    folder = Path(app.doctreedir).parent / "ipython"
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(KERNEL_CONFIG)
    (folder / "matplotlibrc").write_text(MATPLOTLIB_CONFIG)
    os.environ["IPYTHONDIR"] = str(folder)
    os.environ["MATPLOTLIBRC"] = str(folder / "matplotlibrc")


def draw_in_page(app, doctree, page):
    """Replace the pictures of a page's cells by the drawings themselves."""
    if app.builder.format != "html":
        return
    for number, image in enumerate(list(doctree.findall(nodes.image))):
        if not image["uri"].endswith(".svg") or not _is_output(image):
            continue
        drawing = Path(app.srcdir, image["uri"]).read_text("utf-8")
        text = to_inline(drawing, prefix=f"figure-{number}-", alt=image.get("alt", ""))
        unknown = {colour for colour in COLOUR.findall(text) if colour not in NAMES}
        if unknown:
            message = "a figure has colours that are not in attnlib.plots.PALETTE: %s"
            logger.warning(message, ", ".join(sorted(unknown)), location=page)
        image.replace_self(nodes.raw("", text, format="html"))


def to_inline(drawing, *, prefix, alt):
    """Return a drawing of Matplotlib's as an element of a page.

    Parameters
    ----------
    drawing : str
        The SVG file.
    prefix : str
        What its ids begin with, so that no two drawings of a page share one.
    alt : str
        What it shows, for those who don't see it.

    Returns
    -------
    str
        An ``svg`` element as wide as the page allows, in the palette's custom properties.

    Examples
    --------
    >>> drawing = '<svg viewBox="0 0 9 6"><path id="a" style="fill: #0072b2"/></svg>'
    >>> element = to_inline(drawing, prefix="f-", alt="A line.")
    >>> element[:54]
    '<svg class="figure" viewBox="0 0 9 6" style="max-width'
    >>> element[-58:]
    '<path id="f-a" style="fill: var(--spotlight-blue)"/></svg>'
    """
    drawing = IMAGE_ID.sub("", FRAME.sub("", drawing)).strip()
    box = VIEW_BOX.search(drawing)[1]
    width = float(box.split()[2]) / 12  # at its full width, 12 point text is as large as the page's
    label = f'role="img" aria-label="{html.escape(alt)}"'
    drawing = IDENTIFIER.sub(rf"\1{prefix}", drawing)
    drawing = COLOUR.sub(lambda match: _property(match[0]), drawing)
    drawing = FONT.sub(r"font: \1\2 var(--figure-font)", drawing)
    drawing = re.sub(r"\n\s*", " ", drawing).replace("> <", "><")
    opening = f'<svg class="figure" viewBox="{box}" style="max-width:{width:g}rem" {label}>'
    return ROOT_ELEMENT.sub(lambda _: opening, drawing, count=1)


def _property(colour):
    return f"var(--spotlight-{NAMES[colour]})" if colour in NAMES else colour


def _is_output(node):
    while node is not None:
        if "cell_output" in node.get("classes", ()):
            return True
        node = node.parent
    return False


def setup(app):
    """Configure the kernels before chapters are run, and the pages before they are written."""
    app.connect("builder-inited", configure_kernels, priority=100)
    app.connect("doctree-resolved", draw_in_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
