"""The detector of chapter 18: shapes to move, what each query says of them, and where it looks."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.data.shapes import KINDS, MOST, SIDE, draw
from attnlib.layers import watching
from attnlib.live.figure import LiveFigure, Matrix, Vector
from attnlib.live.params import ship
from attnlib.models.detection import Found, detr, spoken
from attnlib.models.parameters import part
from attnlib.probability import softmax
from attnlib.trained import detection, load
from attnlib.trained.experiment import require_fitting

#: Scenes to begin with, by what they are called: kinds, boxes in pixels, and greys.
SCENES = {
    "apart": ([0, 1, 2], [[6, 5.5, 7, 6], [14, 7.5, 8, 8], [8.5, 14.5, 8, 8]], [0.7, 0.9, 0.55]),
    "touching": ([1, 0, 2], [[6, 7, 8, 7], [13.5, 7.5, 7, 8], [10, 15, 8, 7]], [0.6, 0.9, 0.75]),
    "alike": ([1, 1, 1], [[5, 5.5, 8, 8], [14.5, 6, 8, 8], [10, 15, 8, 8]], [0.8, 0.8, 0.8]),
    "one": ([0], [[10, 9.5, 7, 6]], [0.8]),
}
#: How the three ways are called in the page, each with the weights that it needs.
WAYS = {"together": "as trained", "off": "switched off", "alone": "trained without"}
WEIGHTS = {"together": "matched", "off": "matched", "alone": "alone"}


class Detector(LiveFigure, script="detector"):
    """A scene whose shapes are moved, what each of eight queries finds in it, and where one of them looks.

    Parameters
    ----------
    scene : str, optional
        One of `SCENES`.
    params : dict of str to dict, optional
        Other weights of two of `attnlib.trained.detection`, by way; by default those that are shipped.
    **traits
        The traits below, by name.

    Attributes
    ----------
    kinds : list of int
        Which of `attnlib.data.shapes.KINDS` stand in the scene.
    boxes : list of list of float
        Centre (across, down), width and height of each, in pixels.
    shades : list of float
        The grey of each.
    way : {"together", "off", "alone"}
        Whether queries see each other; whether that is switched off; or a model that was trained without.
    query : int
        Whose attention is shown.
    scenes : dict of str to tuple
        Scenes to choose from. Read-only, as are `names`, what the kinds are called, `side` and `patch`, the
        sides of a scene and of a patch in pixels, `n_heads`, and `shapes` and `numbers`, the parameters of
        both models as `attnlib.live.params.pack` writes them.

    Examples
    --------
    >>> figure = Detector("apart")
    >>> found = [said.kind for said in figure.spoken()]
    >>> sorted(found)
    [0, 1, 2]
    """

    kinds = traitlets.List(traitlets.Int(), SCENES["apart"][0]).tag(sync=True)
    boxes = Matrix(SCENES["apart"][1]).tag(sync=True)
    shades = Vector(SCENES["apart"][2]).tag(sync=True)
    way = traitlets.Enum(tuple(WAYS), "together").tag(sync=True)
    query = traitlets.Int(0).tag(sync=True)
    scenes = traitlets.Dict(SCENES, read_only=True).tag(sync=True)
    names = traitlets.List(traitlets.Unicode(), list(KINDS), read_only=True).tag(sync=True)
    side = traitlets.Int(SIDE, read_only=True).tag(sync=True)
    patch = traitlets.Int(detection.PATCH, read_only=True).tag(sync=True)
    n_heads = traitlets.Int(detection.N_HEADS, read_only=True).tag(sync=True)
    shapes = traitlets.Dict(read_only=True).tag(sync=True)
    numbers = traitlets.Unicode(read_only=True).tag(sync=True)
    beside = ("numbers",)

    def __init__(self, scene=None, params=None, **traits):
        if params is None:
            params = {way: load(f"detr-{way}").params for way in set(WEIGHTS.values())}
        together = {}
        for way in dict.fromkeys(WEIGHTS.values()):
            require_fitting(params[way], detection.EXPERIMENTS[way])
            together |= {f"{way}.{name}": array for name, array in params[way].items()}
        self._params = ship(self, together)
        if scene is not None:
            traits = dict(zip(("kinds", "boxes", "shades"), SCENES[scene], strict=True)) | traits
        super().__init__(**traits)
        if "query" not in traits and (said := self.spoken()):
            self.query = said[0].query

    @traitlets.validate("kinds", "boxes", "shades")
    def _is_a_scene(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not 1 <= len(value) <= MOST:
            raise traitlets.TraitError(f"{name} must be of 1 to {MOST} shapes, got {len(value)}")
        if name == "kinds" and not set(value) <= set(range(len(KINDS))):
            raise traitlets.TraitError(f"kinds must be from 0 to {len(KINDS) - 1}, got {value}")
        if name == "shades" and not all(0 < shade <= 1 for shade in value):
            raise traitlets.TraitError(f"shades must be above 0 and at most 1, got {value}")
        if name == "boxes":
            centres, halves = np.array(value)[:, :2], np.array(value)[:, 2:] / 2
            if np.shape(value)[1] != 4 or (centres < halves).any() or (centres + halves > SIDE).any():
                raise traitlets.TraitError(f"boxes must lie in a square of side {SIDE}, got {value}")
        return list(value)

    @traitlets.validate("query")
    def _is_a_query(self, proposal):
        n_queries = self.shapes["matched.queries"][0]
        if not 0 <= proposal["value"] < n_queries:
            raise traitlets.TraitError(f"query must be from 0 to {n_queries - 1}, got {proposal['value']}")
        return proposal["value"]

    def image(self):
        """Return the scene, of shape (side, side), without noise."""
        return draw(self.kinds, np.divide(self.boxes, SIDE), self.shades)

    def found(self):
        """Return what the queries say, and where they look in the last block, the mean of the heads."""
        params = part(self._params, WEIGHTS[self.way])
        with watching() as seen:
            said = detr(params, self.image(), n_heads=self.n_heads, alone=self.way != "together")[-1]
        return said, seen[-1].mean(axis=0)

    def spoken(self):
        """Return what those queries say that find something, the surest first."""
        said, _ = self.found()
        return spoken(Found(said.logits[None], said.boxes[None]))[0]

    def picture(self):
        """Draw the scene, what was found in it and where the query looks, with `attnlib.plots`."""
        _, looks = self.found()
        said = self.spoken()
        weights = looks[self.query].reshape(2 * (SIDE // detection.PATCH,))
        with plots.style():
            _, ax = plt.subplots(figsize=(3.6, 3.6))
            plots.picture(
                self.image(),
                [found.box for found in said],
                [f"{found.query}: {KINDS[found.kind]}" for found in said],
                weights=weights / weights.max(),
                ax=ax,
            )
        return ax

    def description(self):
        """Say what stands in the scene, what was found, and where the query looks."""
        there = ", ".join(
            f"{_named(kind)} at {box[0]:g}, {box[1]:g}"
            for kind, box in zip(self.kinds, self.boxes, strict=True)
        )
        said, looks = self.found()
        found = ", ".join(
            f"{_named(one.kind)} at {SIDE * one.box[0]:.1f}, {SIDE * one.box[1]:.1f} (query {one.query})"
            for one in self.spoken()
        )
        sure = softmax(said.logits)[self.query].max()
        row, column = divmod(int(looks[self.query].argmax()), SIDE // detection.PATCH)
        return (
            f"A scene with {there}, in pixels across and down. Found: {found or 'nothing'}. "
            f"Query {self.query}, sure at {sure:.2f}, looks most at the patch in row {row + 1}, column "
            f"{column + 1}."
        )


def _named(kind):
    return f"{'an' if KINDS[kind][0] in 'aeiou' else 'a'} {KINDS[kind]}"
