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
ON_A_PAGE = re.compile(r'<div class="live" data-live="([\w-]+)">')
BESIDE = re.compile(r'<script type="application/json" data-beside="(\w+)">([^<]+)</script>')


def prefer_html(_app, config):
    """Choose a cell's HTML over its widget, load no widget manager, and rewrite pages for new scripts."""
    config.nb_mime_priority_overrides = [
        *config.nb_mime_priority_overrides,
        ("html", "application/vnd.jupyter.widget-view+json", None),
    ]
    config.nb_ipywidgets_js = {}
    everything = [figure.script for figure in FIGURES]
    config.live_scripts = page_script(*everything) + rules_of(*everything)


def rules_of(*figures):
    """Return the style of figures: what all share once, and each one's own."""
    own = {figure.script: figure.own_rules() for figure in FIGURES}
    return kit_rules() + "".join(own[name] for name in figures)


def bring_to_life(app, page, _template, context, _doctree):
    """Give a page what its figures need.

    Style and script stand in the page: they need no request, on which the first text would wait, and no
    other script. The script comes after the figures.
    """
    NbMetadataCollector.get_js_files(app.env, page).pop("ipywidgets_state", None)
    figures = dict.fromkeys(ON_A_PAGE.findall(context.get("body", "")))
    if figures:

        def put_beside(match):
            name, value = match.groups()
            file = f"_static/{FOLDER}/{name}-{sha256(value.encode()).hexdigest()[:16]}.js"
            Path(app.outdir, file).parent.mkdir(parents=True, exist_ok=True)
            Path(app.outdir, file).write_text(f"document.currentScript.holds = {value};\n", "utf-8")
            address = context["pathto"](file, resource=True)
            return f'<script type="application/json" data-beside="{name}" data-src="{address}"></script>'

        context["body"] = BESIDE.sub(put_beside, context["body"])
        context["live_rules"] = rules_of(*figures)
        context["body"] += f"<script>\n{page_script(*figures)}</script>\n"


def setup(app):
    """Set the choices before MyST-NB (at 500) reads them."""
    app.add_config_value("live_scripts", "", "html", str)  # pages are written again when it changes
    app.connect("config-inited", prefer_html, priority=400)
    app.connect("html-page-context", bring_to_life, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
