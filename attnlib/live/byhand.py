"""The sheet of chapter 6: pick an entry of any matrix of the worked example, and see what makes it."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import byhand, plots
from attnlib.live.figure import LiveFigure, Matrix
from attnlib.live.spotlight import short_names

#: What is worked out, in order. A product has two factors, and the second may lie on its side.
PRODUCTS = {
    "q": ("x", "w_q", False),
    "k": ("x", "w_k", False),
    "v": ("x", "w_v", False),
    "scores": ("q", "k", True),
    "context": ("weights", "v", False),
}
ENTRY_BY_ENTRY = {"scaled_scores": "scores", "powers": "scaled_scores", "weights": "powers"}
SHOWN = ("q", "k", "v", "scores", "scaled_scores", "powers", "weights", "context")
WORDS = {"q": "queries", "k": "keys", "v": "values", "scaled_scores": "scaled scores"}
SYMBOLS = {name: rf"$\mathbf{{W_{name[-1].upper()}}}$" for name in ("w_q", "w_k", "w_v")}
SYMBOLS |= {"scaled_scores": "scaled scores"}


class ByHand(LiveFigure, script="byhand"):
    """The worked example, one matrix at a time, with the arithmetic of one entry.

    Parameters
    ----------
    worked : attnlib.byhand.WorkedExample, default `attnlib.byhand.MACBETH`
        The head.
    **traits
        The traits below, by name.

    Attributes
    ----------
    shown : {"q", "k", "v", "scores", "scaled_scores", "powers", "weights", "context"}
        The matrix that is worked out.
    row, column : int
        The entry of it; in a matrix with fewer columns, the last stands for those beyond.
    tokens, names, features : list of str
        The rows of `x`, in full and short, and its columns; read-only, as are the matrices.
    x, w_q, w_k, w_v : list of list of float
        The integers that the head starts from.

    Examples
    --------
    >>> figure = ByHand(shown="scores", row=0, column=3)
    >>> figure.description().partition(":")[0]
    'The scores, as worked out by hand. The entry of Macbeth and the Witches is tinted, 4'
    """

    tokens = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    names = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    features = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    x = Matrix(read_only=True).tag(sync=True)
    w_q = Matrix(read_only=True).tag(sync=True)
    w_k = Matrix(read_only=True).tag(sync=True)
    w_v = Matrix(read_only=True).tag(sync=True)
    shown = traitlets.Enum(SHOWN, "weights").tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(3).tag(sync=True)

    def __init__(self, worked=byhand.MACBETH, **traits):
        self._steps = byhand.steps(worked)
        for name in ("x", "w_q", "w_k", "w_v"):
            self.set_trait(name, self._steps[name])
        self.set_trait("tokens", list(worked.tokens))
        self.set_trait("names", short_names(worked.tokens))
        self.set_trait("features", list(worked.features))
        super().__init__(**traits)

    @traitlets.validate("row", "column")
    def _is_an_entry(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        axis = 0 if name == "row" else 1
        size = max(self._steps[matrix].shape[axis] for matrix in SHOWN)
        if not 0 <= value < size:
            raise traitlets.TraitError(f"{name} must be 0 to {size - 1}, got {value}")
        return value

    def picture(self):
        """Draw the matrix, and what it is made from, with `attnlib.plots`."""
        if self.shown not in PRODUCTS:
            return self._side_by_side()
        left, right, turned = PRODUCTS[self.shown]
        factor = self._steps[right]
        return plots.product(
            self._steps[left],
            factor.T if turned else factor,
            self._steps[self.shown],
            [left, f"{right}ᵀ" if turned else SYMBOLS.get(right, right), self.shown],
            rows=self.names,
            inner={"x": self.features, "weights": self.names}.get(left, ()),
            columns=self.names if self.shown == "scores" else (),
            mark=self._entry(),
        )

    def description(self):
        """Say what is drawn, which entry is tinted, and what stands in the rows."""
        i, j = self._entry()
        matrix = self._steps[self.shown]
        of_tokens = matrix.shape[1] == len(self.tokens) and self.shown not in "qkv"
        other = f"and {self.tokens[j]}" if of_tokens else f"in place {j + 1}"
        rows = ", ".join(" ".join(map(str, row)) for row in matrix)
        return (
            f"The {WORDS.get(self.shown, self.shown)}, as worked out by hand. "
            f"The entry of {self.tokens[i]} {other} is tinted, {matrix[i, j]}: so is what makes it. "
            f"The rows are {rows}."
        )

    def _entry(self):
        return self.row, min(self.column, self._steps[self.shown].shape[1] - 1)

    def _side_by_side(self):
        i, j = self._entry()
        source = ENTRY_BY_ENTRY[self.shown]
        before, after = self._steps[source], self._steps[self.shown]
        (n, m), width, labels = after.shape, 0.52, 0.95
        columns, fills = list(self.names), {(i, j)}
        if self.shown == "weights":
            before, fills = np.hstack([before, self._steps["totals"]]), fills | {(i, m)}
            columns = [*columns, "sum"]
        start = before.shape[1] * width + 0.35
        size = (labels + start + m * width + 0.5, 0.3 * n + 1.2)
        with plots.style():
            _, ax = plt.subplots(figsize=size, layout=None)
            ax.set_position([0, 0, 1, 1])
            cell = {"cell": (width, 0.3)}
            plots.grid(
                ax,
                before,
                name=SYMBOLS.get(source, source),
                rows=self.names,
                columns=columns,
                fills=fills,
                **cell,
            )
            name = SYMBOLS.get(self.shown, self.shown)
            plots.grid(ax, after, at=(start, 0), name=name, columns=self.names, fills={(i, j)}, **cell)
            ax.set(xlim=(-labels, size[0] - labels), ylim=(-0.3 * n - 0.4, 0.8))
            ax.set_axis_off()
        return ax
