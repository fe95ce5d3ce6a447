"""The framed digit of chapter 17: which it is, and where the class token looks."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.data.digits import CELL, FULL, PLACES, SIDE
from attnlib.layers import watching
from attnlib.live.figure import LiveFigure
from attnlib.live.params import ship
from attnlib.models.rollout import rollout
from attnlib.trained import load, vision
from attnlib.trained.experiment import require_fitting

WHERE = ("top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right")


def samples():
    """Return a held-out digit of each kind, in sixteenths of ink: ten lists of 64 numbers."""
    _, new = vision.data()
    first = [np.flatnonzero(new.labels == label)[0] for label in range(vision.N_CLASSES)]
    return [(new.images[i] * FULL).astype(int).ravel().tolist() for i in first]


class Framed(LiveFigure, script="framed"):
    """Two digits and a frame among nine places, what a Vision Transformer reads, and where its heads look.

    Parameters
    ----------
    params : dict of str to ndarray of float, optional
        Other weights of ``framed`` of `attnlib.trained.vision`; by default those that are shipped.
    **traits
        The traits below, by name.

    Attributes
    ----------
    first, second : list of int
        The ink of the two digits, 64 numbers from 0 to 16 each.
    places : list of int
        Where they stand: 0 to 8, from left to right and from top to bottom; not the same.
    frame : int
        Where the frame is, also around nothing.
    held : {"frame", "first", "second"}
        What moves when a place is pressed.
    samples : list of list of int
        Ten digits to choose from. Read-only, as are `n_heads`, and `shapes` and `numbers`, the parameters
        as `attnlib.live.params.pack` writes them.

    Examples
    --------
    >>> figure = Framed(frame=0)
    >>> int(figure.likely().argmax())
    3
    >>> figure.frame = 4
    >>> int(figure.likely().argmax())
    7
    """

    first = traitlets.List(traitlets.Int()).tag(sync=True)
    second = traitlets.List(traitlets.Int()).tag(sync=True)
    places = traitlets.List(traitlets.Int(), [0, 4]).tag(sync=True)
    frame = traitlets.Int(0).tag(sync=True)
    held = traitlets.Enum(("frame", "first", "second"), "frame").tag(sync=True)
    samples = traitlets.List(traitlets.List(traitlets.Int()), read_only=True).tag(sync=True)
    n_heads = traitlets.Int(vision.N_HEADS, read_only=True).tag(sync=True)
    shapes = traitlets.Dict(read_only=True).tag(sync=True)
    numbers = traitlets.Unicode(read_only=True).tag(sync=True)
    beside = ("numbers",)

    def __init__(self, params=None, **traits):
        if params is None:
            params = load("framed").params
        require_fitting(params, vision.EXPERIMENTS["framed"])
        self._params = ship(self, params)
        known = samples()
        self.set_trait("samples", known)
        super().__init__(**({"first": known[3], "second": known[7]} | traits))

    @traitlets.validate("first", "second")
    def _is_a_digit(self, proposal):
        ink = proposal["value"]
        if len(ink) != SIDE**2 or not all(0 <= each <= FULL for each in ink):
            raise traitlets.TraitError(
                f"{proposal['trait'].name} must be {SIDE**2} numbers from 0 to {FULL}, got {ink}"
            )
        return list(ink)

    @traitlets.validate("places")
    def _are_two_places(self, proposal):
        places = proposal["value"]
        if len(places) != 2 or len(set(places)) < 2 or not set(places) <= set(range(PLACES**2)):
            raise traitlets.TraitError(f"places must be two different ones of 0 to 8, got {places}")
        return list(places)

    @traitlets.validate("frame")
    def _is_a_place(self, proposal):
        if not 0 <= proposal["value"] < PLACES**2:
            raise traitlets.TraitError(f"frame must be 0 to 8, got {proposal['value']}")
        return proposal["value"]

    def scene(self):
        """Return the picture that the model is given, of shape (30, 30)."""
        picture = np.zeros((PLACES, CELL, PLACES, CELL), np.float32)
        row, column = divmod(self.frame, PLACES)
        picture[row, :, column, :] = 1
        picture[row, 1:-1, column, 1:-1] = 0
        for ink, place in zip((self.first, self.second), self.places, strict=True):
            row, column = divmod(place, PLACES)
            picture[row, 1:-1, column, 1:-1] = np.reshape(ink, (SIDE, SIDE)) / FULL
        return picture.reshape(PLACES * CELL, PLACES * CELL)

    def likely(self):
        """Return how likely each digit is, of shape (10,)."""
        return vision.guess(self._params, self.scene())

    def weights(self):
        """Return where the class token looks, itself first, of shape (n_blocks, n_heads, 37)."""
        return self._seen()[:, :, 0]

    def rolled(self):
        """Return what the class token is mixed from after all blocks, of shape (37,): itself first."""
        return rollout(self._seen())[0]

    def picture(self):
        """Draw the scene, where it is looked at, and what the model says, with `attnlib.plots`."""
        with plots.style():
            figure = plt.figure(figsize=(5.0, 5.2))
            rows = figure.add_gridspec(2, 2, height_ratios=[2.0, 2.4], width_ratios=[1, 1])
            left, right = (figure.add_subplot(rows[0, column]) for column in range(2))
            for ax, values, title in (
                (left, self.scene(), "scene"),
                (right, self.rolled()[1:].reshape(6, 6), "rollout"),
            ):
                color = "ink" if title == "scene" else "blue"
                shades = [plots.PALETTE["paper"], plots.PALETTE[color]]
                fade = plt.matplotlib.colors.LinearSegmentedColormap.from_list(title, shades)
                ax.imshow(values, cmap=fade, vmin=0, vmax=values.max())
                ax.set(xticks=[], yticks=[], title=title)
                ax.spines[:].set(visible=True, color=plots.PALETTE["grey"])
            below = figure.add_subplot(rows[1, :])
            plots.bars(self.likely(), [str(digit) for digit in range(vision.N_CLASSES)], ax=below)
            below.set_xlim(0, 1.2)
        return left

    def description(self):
        """Say what is framed, what the model reads and where its heads look."""
        names = ("first", "second")
        stand = ", ".join(
            f"the {name} digit{_picked(ink, self.samples)} is {_at(place)}"
            for name, ink, place in zip(names, (self.first, self.second), self.places, strict=True)
        )
        which = dict(zip(self.places, names, strict=True)).get(self.frame)
        around = f"the {which} digit" if which else "nothing"
        p = self.likely()
        best = np.argsort(-p, kind="stable")[:3]
        read = ", ".join(f"{digit} {p[digit]:.2f}" for digit in best)
        shares = self.weights()[..., 1:] @ vision.cells(self.frame)  # (n_blocks, n_heads)
        looked = "; ".join(
            f"block {block} " + ", ".join(f"{share:.2f}" for share in row)
            for block, row in enumerate(shares)
        )
        return (
            f"Nine places: {stand}. The frame is around {around}, {_at(self.frame)}. "
            f"The model reads: {read}. Of each head’s weight, so much is on the frame: {looked}."
        )

    def _seen(self):
        with watching() as seen:
            self.likely()
        return np.stack(seen)


def _at(place):
    return "in the middle" if WHERE[place] == "middle" else f"at the {WHERE[place]}"


def _picked(ink, known):
    return f" (a {known.index(ink)})" if ink in known else ""
