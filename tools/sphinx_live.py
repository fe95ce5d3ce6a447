"""Sphinx extension: live figures without a kernel and without the widget manager.

A cell that shows one of `attnlib.live` has two outputs: the widget for JupyterLab, and HTML that holds the
figure's state and a picture. The book takes the HTML, leaves the widgets' state out of its pages, and gives
each page that has figures their scripts and styles, from `_static/live`; no other page loads them.
"""

import re
from pathlib import Path

from myst_nb.sphinx_ import NbMetadataCollector

from attnlib.live import FIGURES

FOLDER = "live"
ON_A_PAGE = re.compile(r'<div class="live" data-live="([\w-]+)">')


def prefer_html(_app, config):
    """Choose a cell's HTML over its widget, and load no widget manager."""
    config.nb_mime_priority_overrides = [
        *config.nb_mime_priority_overrides,
        ("html", "application/vnd.jupyter.widget-view+json", None),
    ]
    config.nb_ipywidgets_js = {}


def write_assets(app):
    """Write every figure's script and style sheet beside the book's own."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static", FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for figure in FIGURES:
        (folder / f"{figure.script}.js").write_text(figure.page_script(), "utf-8")
        (folder / f"{figure.script}.css").write_text(figure.style_sheet(), "utf-8")


def load_assets(app, page, _template, context, _doctree):
    """Let a page load what its figures need."""
    NbMetadataCollector.get_js_files(app.env, page).pop("ipywidgets_state", None)
    for script in dict.fromkeys(ON_A_PAGE.findall(context.get("body", ""))):
        app.add_js_file(f"{FOLDER}/{script}.js", loading_method="defer")
        app.add_css_file(f"{FOLDER}/{script}.css")


def setup(app):
    """Set the choices before MyST-NB (at 500) reads them."""
    app.connect("config-inited", prefer_html, priority=400)
    app.connect("builder-inited", write_assets)
    app.connect("html-page-context", load_assets, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
