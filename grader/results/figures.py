"""The figures of a class report: SVG that stands in the page and takes its colours."""

import io
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
from markupsafe import Markup, escape

from attnlib.plots import PALETTE, style

WIDTH = 6.0  # inches; with 12 point text it is still readable on a phone


def marks_figure(edges, counts, max_score):
    """Return a histogram of the points, with a bar for each step of `edges`."""
    step = edges[1]
    labels = [str(start) if step == 1 else f"{start}–{start + step - 1}" for start in edges[:-1]]
    with style():
        figure, ax = plt.subplots(figsize=(WIDTH, 2.8))
        bars = ax.bar(range(len(counts)), counts, width=0.85, color=PALETTE["blue"])
        ax.bar_label(bars, [str(count or "") for count in counts], padding=2, fontsize=10)
        ax.set_xticks(range(len(counts)), labels, rotation=0 if step == 1 else 60)
        ax.set_xlabel(f"points out of {max_score:g}")
        ax.set_ylabel("students")
        ax.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4, integer=True, min_n_ticks=1))
        says = "; ".join(f"{label} points: {n}" for label, n in zip(labels, counts, strict=True) if n)
        return _svg(figure, "How many students have how many points", says)


def questions_figure(questions):
    """Return, for each question, a bar for the visible and one for the hidden tests: who passes them."""
    kinds = (("visible", -0.2, PALETTE["blue"]), ("hidden", 0.2, PALETTE["orange"]))
    with style():
        figure, ax = plt.subplots(figsize=(WIDTH, 1.2 + 0.6 * len(questions)))
        for kind, offset, colour in kinds:
            rates = {
                row + offset: 100 * getattr(question, kind)
                for row, question in enumerate(questions)
                if getattr(question, kind) is not None
            }
            bars = ax.barh(rates.keys(), rates.values(), height=0.36, color=colour, label=f"{kind} tests")
            ax.bar_label(bars, fmt="%.0f", padding=3, fontsize=10)
        ax.set_yticks(range(len(questions)), [question.name for question in questions])
        ax.set_ylim(len(questions) - 0.5, -0.5)
        ax.set_xlim(0, 108)
        ax.set_xticks(range(0, 101, 25))
        ax.set_xlabel("per cent of the class")
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False)
        says = "; ".join(
            f"{question.name}: "
            + ", ".join(
                f"{kind} {getattr(question, kind):.0%}"
                for kind, *_ in kinds
                if getattr(question, kind) is not None
            )
            for question in questions
        )
        return _svg(figure, "How many of the class pass each question's tests", says)


def _svg(figure, title, says):
    """Return a figure as SVG with a text for those who can't see it, in the colours of the page."""
    stream = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": title}):  # ids of its own, always the same
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)  # each figure has the same ones
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font: \1px system-ui, sans-serif", svg)
    for name, colour in PALETTE.items():
        svg = re.sub(colour, f"var(--{name})", svg, flags=re.IGNORECASE)
    about = f"<title>{escape(title)}</title><desc>{escape(says)}.</desc>"
    svg = re.sub(r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>", rf'<svg role="img" \1>{about}', svg, count=1)
    return Markup(svg)  # noqa: S704 - every text in it is this course's own
