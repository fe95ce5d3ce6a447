"""The blocks of chapter 8: which number goes where when features are split into heads and merged again."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.heads import split_heads
from attnlib.live.figure import LiveFigure, Matrix

#: So that 21 is token 2, feature 1.
NUMBERED = 10 * np.arange(4)[:, None] + np.arange(4)
VIEWS = ("tokens", "reshaped", "heads", "unswapped", "unswapped_back")


class Split(LiveFigure, script="split"):
    """Numbered blocks that move from tokens to heads and back, the right way and the wrong ones.

    Parameters
    ----------
    x : array_like of float, shape (T, d_model), default `NUMBERED`
        A row for each token.
    **traits
        The traits below, by name.

    Attributes
    ----------
    x : list of list of float
        The tokens; read-only.
    n_heads : int
        The number of heads; it is at least 2 and divides the number of features.
    view : {"tokens", "reshaped", "heads", "unswapped", "unswapped_back"}
        What is shown: `x`; its features cut, (T, n_heads, d_head); the heads of
        `attnlib.split_heads`; what a reshape alone makes of `x`, and what it makes of the heads.
    followed : int
        The number that is followed, by its place in `x`, row by row.

    Examples
    --------
    >>> figure = Split(x=[[0, 1], [10, 11]])
    >>> figure.description().partition(": ")[2]
    'head 0 has 0, 10; head 1 has 1, 11.'
    """

    x = Matrix(read_only=True).tag(sync=True)
    n_heads = traitlets.Int(2).tag(sync=True)
    view = traitlets.Enum(VIEWS, "tokens").tag(sync=True)
    followed = traitlets.Int(0).tag(sync=True)

    def __init__(self, x=NUMBERED, **traits):
        self.set_trait("x", x)
        super().__init__(**traits)

    @traitlets.validate("n_heads")
    def _divides_the_features(self, proposal):
        n_heads, d_model = proposal["value"], len(self.x[0])
        if n_heads < 2 or d_model % n_heads:
            raise traitlets.TraitError(
                f"n_heads must be a divisor of {d_model} greater than 1, got {n_heads}"
            )
        return n_heads

    @traitlets.validate("followed")
    def _is_a_number_of_x(self, proposal):
        if not 0 <= proposal["value"] < np.size(self.x):
            raise traitlets.TraitError(
                f"followed must be 0 to {np.size(self.x) - 1}, got {proposal['value']}"
            )
        return proposal["value"]

    def picture(self):
        """Draw `x` and its heads, one below the other, with the number that is followed."""
        heads = split_heads(self.x, self.n_heads)
        (t, d_model), (n_heads, _, d_head) = np.shape(self.x), heads.shape
        token, feature = divmod(self.followed, d_model)
        cell, gap, labels = (0.5, 0.34), 0.3, 0.85
        width = d_model * cell[0] + (n_heads - 1) * gap
        rows = [f"token {i}" for i in range(t)]
        below = -t * cell[1] - 0.6
        height = 2 * t * cell[1] + 1.05
        with plots.style():
            _, ax = plt.subplots(figsize=(labels + width + 0.2, height), layout=None)
            ax.set_position([0, 0, 1, 1])
            left = (width - d_model * cell[0]) / 2
            plots.grid(
                ax, _short(self.x), at=(left, 0), cell=cell, name="x", rows=rows, fills={(token, feature)}
            )
            for h, entries in enumerate(heads):
                at = (h * (d_head * cell[0] + gap), below)
                fills = {(token, feature % d_head)} if feature // d_head == h else ()
                name = f"head {h}"
                labelled = rows if h == 0 else ()
                plots.grid(ax, _short(entries), at=at, cell=cell, name=name, rows=labelled, fills=fills)
            ax.set(xlim=(-labels, width + 0.2), ylim=(0.1 - height, 0.1))
            ax.set_axis_off()
        return ax

    def description(self):
        """Say which numbers each head gets."""
        heads = "; ".join(
            f"head {h} has {', '.join(' '.join(row) for row in _short(entries))}"
            for h, entries in enumerate(split_heads(self.x, self.n_heads))
        )
        size = f"{len(self.x)} tokens with {len(self.x[0])} features, in numbered blocks"
        return f"{size}, and the same blocks split into {self.n_heads} heads: {heads}."


def _short(matrix):
    return [[f"{number:g}" for number in row] for row in matrix]
