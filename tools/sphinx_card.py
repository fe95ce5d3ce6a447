"""Sphinx extension: the picture that stands beside a link to the book elsewhere, drawn at each build.

Where ``html_baseurl`` says where the site is, the picture's address is absolute, as most services want it.
"""

from pathlib import Path

from matplotlib.figure import Figure

from attnlib import byhand, plots
from attnlib.live.spotlight import short_names

CARD = "_static/card.png"
TOKENS = short_names(byhand.MACBETH.tokens)
TITLE = "Spotlight"
SUBTITLE = "A course on attention\nthat you can check by hand"
TEXT = f"{TITLE}. A lamp sends beams to {', '.join(TOKENS)}, each as wide as its attention weight."


def offer_card(app, page, _template, context, _doctree):
    """Tell the template where the picture is and what it shows."""
    base = app.config.html_baseurl.rstrip("/")
    context["card"] = f"{base}/{CARD}" if base else context["pathto"](CARD, 1)
    context["card_text"] = TEXT


def draw_card(path):
    """Draw the picture, 1200 by 630 pixels, on a dark page."""
    weights = byhand.steps()["weights"][0].astype(float)
    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=plots.DARK["paper"])
    text = {"color": plots.DARK["ink"], "family": "STIXGeneral"}
    figure.text(0.07, 0.78, TITLE, fontsize=64, va="center", **text)
    figure.text(0.07, 0.65, SUBTITLE, fontsize=28, va="top", linespacing=1.4, **text)
    ax = figure.add_axes((0.46, 0.08, 0.5, 0.84))
    lamp = (len(TOKENS) - 1) / 2
    for place, (token, weight) in enumerate(zip(TOKENS, weights, strict=True)):
        x = [lamp - 0.04, lamp + 0.04, place + 0.48 * weight, place - 0.48 * weight]
        ax.fill(x, [1, 1, 0, 0], color=plots.DARK["lamp"], alpha=0.3 + 0.6 * weight, linewidth=0)
        ax.text(place, -0.06, token, ha="center", va="top", fontsize=22, **text)
    ax.plot([-0.5, len(TOKENS) - 0.5], [0, 0], color=plots.DARK["grey"], linewidth=2)
    ax.plot([lamp], [1.02], marker="v", markersize=26, color=plots.DARK["ink"])
    ax.set(xlim=(-0.6, len(TOKENS) - 0.4), ylim=(-0.2, 1.1))
    ax.set_axis_off()
    figure.savefig(path)


def write_card(app, exception):
    """Write the picture beside the pages."""
    if not exception and app.builder.format == "html":
        draw_card(Path(app.outdir, CARD))


def setup(app):
    """Draw the picture once, and name it on every page."""
    app.connect("html-page-context", offer_card)
    app.connect("build-finished", write_card)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
