"""The captions of chapter 19: a scene to edit, its sentence, and where two models look for each word."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.data.scenes import (
    CELL,
    COLOURS,
    END,
    GRID,
    N_CELLS,
    SHAPES,
    START,
    Thing,
    describe,
    draw,
)
from attnlib.live.figure import LiveFigure
from attnlib.live.params import ship
from attnlib.models.parameters import part
from attnlib.trained import captions, load
from attnlib.trained.experiment import require_fitting

WAYS = ("soft", "hard")


def _cells(*things):
    cells = [""] * N_CELLS
    for cell, kind in things:
        cells[cell] = kind
    return cells


#: Scenes to begin with, by what they are called.
SCENES = {
    "three": _cells((1, "red circle"), (10, "blue square"), (11, "green cross")),
    "alike": _cells((4, "yellow triangle"), (7, "yellow cross")),
    "four": _cells((0, "red square"), (3, "green circle"), (9, "blue cross"), (14, "yellow circle")),
    "none": _cells(),
}
KINDS = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]


class Captions(LiveFigure, script="captions"):
    """A scene of coloured shapes, described anew at each change by a model that looks softly or hard.

    Parameters
    ----------
    cells : list of str, optional
        What is in each of the 16 cells, row by row: such as ``red circle``, or nothing.
    **traits
        The traits below, by name.

    Attributes
    ----------
    cells : list of str
        The scene.
    way : {"soft", "hard"}
        Which model describes it, and how that looks.
    brush : str
        What is put into a cell that is pressed.
    asked : int
        The word whose look is shown, counted from 0; the one after the last is the end.
    scenes : dict of str to list of str
        Scenes to choose from. Read-only, as are `colours` and `outlines`, from which cells are drawn,
        `words`, `start`, `end`, `most` (how many words are said at most), and `shapes` and `numbers`, the
        parameters of both models as `attnlib.live.params.pack` writes them.

    Examples
    --------
    >>> figure = Captions(["", "red circle", *[""] * 14], way="hard")
    >>> text, weights = figure.said()
    >>> text, int(weights[1].argmax())
    ('a red circle', 1)
    """

    cells = traitlets.List(traitlets.Unicode(), SCENES["three"]).tag(sync=True)
    way = traitlets.Enum(WAYS, "soft").tag(sync=True)
    brush = traitlets.Enum(KINDS, "yellow triangle").tag(sync=True)
    asked = traitlets.Int(1, min=0).tag(sync=True)
    scenes = traitlets.Dict(SCENES, read_only=True).tag(sync=True)
    colours = traitlets.Dict(
        {name: list(numbers) for name, numbers in COLOURS.items()}, read_only=True
    ).tag(sync=True)
    outlines = traitlets.Dict(read_only=True).tag(sync=True)
    words = traitlets.List(traitlets.Unicode(), captions.WORDS.words, read_only=True).tag(sync=True)
    start = traitlets.Unicode(START, read_only=True).tag(sync=True)
    end = traitlets.Unicode(END, read_only=True).tag(sync=True)
    most = traitlets.Int(captions.LONGEST, read_only=True).tag(sync=True)
    shapes = traitlets.Dict(read_only=True).tag(sync=True)
    numbers = traitlets.Unicode(read_only=True).tag(sync=True)
    beside = ("numbers",)

    def __init__(self, cells=None, **traits):
        together = {}
        for way in WAYS:
            params = load(f"captions-{way}").params
            require_fitting(params, captions.EXPERIMENTS[way])
            together |= {f"{way}.{name}": array for name, array in params.items()}
        self._params = ship(self, together)
        super().__init__(**({} if cells is None else {"cells": cells}), **traits)

    @traitlets.default("outlines")
    def _drawn(self):
        """Return for each shape which pixels of a cell it covers, row by row, as text of 0 and 1."""
        filled = {shape: captions.cut(draw([Thing(0, "red", shape)]))[0, ::3] > 0 for shape in SHAPES}
        return {shape: "".join("01"[int(pixel)] for pixel in pixels) for shape, pixels in filled.items()}

    @traitlets.validate("cells")
    def _is_a_scene(self, proposal):
        cells = proposal["value"]
        if len(cells) != N_CELLS:
            raise traitlets.TraitError(f"cells must be {N_CELLS}, got {len(cells)}")
        for kind in cells:
            if kind not in ("", *KINDS):
                raise traitlets.TraitError(
                    f"cells must hold things such as {KINDS[0]!r} or '', got {kind!r}"
                )
        return list(cells)

    def things(self):
        """Return what is in the scene, as `attnlib.data.scenes` has it."""
        return [Thing(cell, *kind.split()) for cell, kind in enumerate(self.cells) if kind]

    def said(self):
        """Return the sentence, and how much each of its words and the end look at each cell."""
        cells = captions.cut(draw(self.things()))[None]
        (text,), (weights,) = captions.told(part(self._params, self.way), cells, way=self.way)
        return text, weights

    def picture(self):
        """Draw the scene, and where the word that is asked for looks."""
        text, weights = self.said()
        words = [*text.split(), "the end"]
        at = min(self.asked, len(weights) - 1)
        with plots.style():
            ax = plt.figure(figsize=(4.2, 4.4)).add_subplot()
        ax.imshow(np.clip(draw(self.things()), 0, 1))
        ax.set_title(_in_lines(text))
        ax.set_xlabel(f"where “{words[at]}” looks")
        ax.set(xticks=[], yticks=[])
        for cell, weight in enumerate(weights[at]):
            row, column = divmod(cell, GRID)
            if weight >= 0.05:
                place = (column * CELL - 0.5, row * CELL - 0.5)
                ax.add_patch(
                    plt.Rectangle(place, CELL, CELL, fill=False, linewidth=4 * weight, color="white")
                )
                ax.text(place[0] + 0.4, place[1] + 1.6, f"{weight:.2f}", color="white")
        return ax

    def description(self):
        """Say what is in the scene, what the model says of it, and where it looks."""
        told = [f"{kind} in {_place(cell)}" for cell, kind in enumerate(self.cells) if kind]
        text, weights = self.said()
        words = [*text.split(), "the end"]
        at = min(self.asked, len(weights) - 1)
        cell = int(weights[at].argmax())
        verdict = "right" if text == describe(self.things())[0] else "not right"
        return (
            f"A scene with {', '.join(told) or 'nothing in it'}. Looking {_adverb(self.way)}, the model "
            f"says “{text}”, which is {verdict}. For “{words[at]}” it looks most at {_place(cell)}, with a "
            f"weight of {weights[at, cell]:.2f}."
        )


def _place(cell):
    return f"row {cell // GRID + 1}, column {cell % GRID + 1}"


def _adverb(way):
    return {"soft": "softly", "hard": "hard"}[way]


def _in_lines(text):
    """Return a sentence with a line for each two things."""
    words = text.split()
    return "\n".join(" ".join(words[i : i + 8]) for i in range(0, len(words), 8))
