"""Sphinx extension: live figures without a kernel and without the widget manager.

A cell that shows one of `attnlib.live` has two outputs: the widget for JupyterLab, and HTML that holds the
figure's state and a picture. The book takes the HTML, leaves the widgets' state out of its pages, and gives
each page that has figures their scripts and styles, what they share once; no other page has them.

What is too large to be read with a page, such as the weights of a model, becomes a script beside it, which
the figure loads when somebody looks: scripts load from the disk as well, where nothing is fetched.
"""

import re
from hashlib import sha256
from pathlib import Path

from myst_nb.sphinx_ import NbMetadataCollector

from attnlib.live import FIGURES
from attnlib.live.figure import kit_rules
from attnlib.live.scripts import page_script

FOLDER = "live"
KIT = "kit"
ON_A_PAGE = re.compile(r'<div class="live" data-live="([\w-]+)">')
BESIDE = re.compile(r'<script type="application/json" data-beside="(\w+)">([^<]+)</script>')


def prefer_html(_app, config):
    """Choose a cell's HTML over its widget, load no widget manager, and rewrite pages for new scripts."""
    config.nb_mime_priority_overrides = [
        *config.nb_mime_priority_overrides,
        ("html", "application/vnd.jupyter.widget-view+json", None),
    ]
    config.nb_ipywidgets_js = {}
    config.live_scripts = page_script(*(figure.script for figure in FIGURES))


def write_style_sheets(app):
    """Write what the figures' style sheets share, and each figure's own, beside the book's own."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static", FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    sheets = {KIT: kit_rules()} | {figure.script: figure.own_rules() for figure in FIGURES}
    for name, rules in sheets.items():
        (folder / f"{name}.css").write_text(rules, "utf-8")


def bring_to_life(app, page, _template, context, _doctree):
    """Give a page what its figures need.

    The script stands in the page, after the figures: it needs no request, waits for no other script, and
    has drawn before the page is first painted.
    """
    NbMetadataCollector.get_js_files(app.env, page).pop("ipywidgets_state", None)
    figures = dict.fromkeys(ON_A_PAGE.findall(context.get("body", "")))
    if figures:

        def put_beside(match):
            name, value = match.groups()
            file = f"_static/{FOLDER}/{name}-{sha256(value.encode()).hexdigest()[:16]}.js"
            Path(app.outdir, file).write_text(f"document.currentScript.holds = {value};\n", "utf-8")
            address = context["pathto"](file, resource=True)
            return f'<script type="application/json" data-beside="{name}" data-src="{address}"></script>'

        context["body"] = BESIDE.sub(put_beside, context["body"])
        for name in (KIT, *figures):
            app.add_css_file(f"{FOLDER}/{name}.css")
        context["body"] += f"<script>\n{page_script(*figures)}</script>\n"


def setup(app):
    """Set the choices before MyST-NB (at 500) reads them."""
    app.add_config_value("live_scripts", "", "html", str)  # pages are written again when it changes
    app.connect("config-inited", prefer_html, priority=400)
    app.connect("builder-inited", write_style_sheets)
    app.connect("html-page-context", bring_to_life, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
