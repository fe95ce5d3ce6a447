"""What all live figures share: their scripts, their colours, and the picture for a page without scripts."""

import html
import io
import json
from urllib.parse import quote

import anywidget
import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib.live.scripts import SCRIPTS, module
from attnlib.plots import DARK, PALETTE, style

DARK_PAGES = ('html[data-theme="dark"] .live', 'body[data-jp-theme-light="false"] .live')


class LiveFigure(anywidget.AnyWidget):
    """A widget whose logic is JavaScript alone, so that it also lives where there is no kernel.

    A figure names its script, ``class Spotlight(LiveFigure, script="spotlight")``, and defines `picture`
    and `description`.

    Attributes
    ----------
    script : str
        The name of the script.
    beside : tuple of str
        Traits that are too large to be read with the page. The book puts each into a script of its own
        beside its pages, and ``whenSeen`` of ``js/kit/beside.js`` brings it.
    """

    script = None
    beside = ()

    def __init_subclass__(cls, script=None, **kwargs):
        """Join the scripts that a figure needs; without a name, the class is one that traitlets derives."""
        if script is not None:
            cls.script = script
            cls._esm = module(script)
            cls._css = cls.style_sheet()
        super().__init_subclass__(**kwargs)

    @classmethod
    def style_sheet(cls):
        """Return the rules that figures share, and the figure's own."""
        return kit_rules() + cls.own_rules()

    @classmethod
    def own_rules(cls):
        """Return the figure's own rules, where the shared ones aren't enough."""
        own = SCRIPTS / "figures" / f"{cls.script}.css"
        return own.read_text("utf-8") if own.exists() else ""

    def picture(self):
        """Draw the state without JavaScript; return the axes."""
        raise NotImplementedError

    def description(self):
        """Return in words what the picture shows."""
        raise NotImplementedError

    def state(self):
        """Return the figure's own traits, as JavaScript sees them."""
        inherited = anywidget.AnyWidget.class_trait_names()
        names = [name for name in self.trait_names(sync=True) if name not in inherited]
        return {name: getattr(self, name) for name in sorted(names) if not name.startswith("_")}

    def _repr_mimebundle_(self, **kwargs):
        """Add to the widget what a page without a kernel needs."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        state = self.state()
        large = {name: state.pop(name) for name in self.beside}
        alt, address = html.escape(self.description()), self._picture_address()
        data["text/html"] = (
            f'<div class="live" data-live="{self.script}">{_json_script(state)}'
            f"{''.join(_json_script(value, name) for name, value in large.items())}"
            f'<img alt="{alt}" src="{address}"></div>'
        )
        return data, metadata

    def _picture_address(self):
        buffer = io.StringIO()
        with style({"svg.fonttype": "none", "svg.hashsalt": self.script}):
            figure = self.picture().figure
            figure.savefig(buffer, format="svg", metadata={"Date": None})
            plt.close(figure)
        drawing = buffer.getvalue()
        return "data:image/svg+xml," + quote(
            " ".join(drawing[drawing.index("<svg") :].split()), safe=" /:;=,()"
        )


def _json_script(value, beside=None):
    name = f' data-beside="{beside}"' if beside else ""
    text = json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json"{name}>{text}</script>'


class Vector(traitlets.TraitType):
    """A trait that takes what NumPy takes and holds a list of finite numbers."""

    info_text = "a vector of finite numbers"
    n_axes = 1

    def validate(self, obj, value):
        """Return the numbers as lists."""
        try:
            array = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            self.error(obj, value)
        if array.ndim != self.n_axes or array.size == 0 or not np.isfinite(array).all():
            self.error(obj, value)
        return array.tolist()


class Matrix(Vector):
    """A trait that takes what NumPy takes and holds a list of rows of finite numbers."""

    info_text = "a matrix of finite numbers"
    n_axes = 2


def kit_rules():
    """Return the rules that all figures share, with the palette as variables."""
    return palette_rules() + "".join(
        (SCRIPTS / "kit" / name).read_text("utf-8") for name in ("kit.css", "parts.css")
    )


def palette_rules():
    """Return the palettes of `attnlib.plots` as CSS variables, for light pages and for dark ones."""
    selectors = ".live", ", ".join([*DARK_PAGES, ".live .live-night"])
    return "".join(
        f"{selector} {{ {' '.join(f'--live-{name}: {color};' for name, color in colors.items())} }}\n"
        for selector, colors in zip(selectors, (PALETTE, DARK), strict=True)
    )
