"""Figures of the course: attention as beams, heat maps, bars, histograms and curves, in one style.

Figures are drawn in dark ink on white paper, with no colours but those of `PALETTE`; a tint is a
transparent colour. So a dark page gets its figure by putting the colours of `DARK` in their place.
"""

from attnlib.plots.diagrams import roadmap, shapes, tape
from attnlib.plots.matrices import grid, heatmap, product
from attnlib.plots.pictures import picture
from attnlib.plots.series import bars, curves, score_histogram
from attnlib.plots.stages import arrows, spotlight
from attnlib.plots.styling import DARK, DASHES, PALETTE, SERIES, STRONGEST, STYLE, style, tint

__all__ = [
    "DARK",
    "DASHES",
    "PALETTE",
    "SERIES",
    "STRONGEST",
    "STYLE",
    "arrows",
    "bars",
    "curves",
    "grid",
    "heatmap",
    "picture",
    "product",
    "roadmap",
    "score_histogram",
    "shapes",
    "spotlight",
    "style",
    "tape",
    "tint",
]
