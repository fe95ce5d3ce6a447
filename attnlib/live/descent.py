"""The valley of chapter 9: two entries of W_Q go down to where two wishes of the worked head balance."""

import math

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import byhand, plots
from attnlib.autodiff import value_and_grad
from attnlib.dot_product import attention_weights
from attnlib.layers import cross_entropy, linear
from attnlib.live.figure import LiveFigure, Matrix, Vector
from attnlib.live.spotlight import short_names
from attnlib.optimise import Adam

#: Who should look at whom: Macbeth at the Witches, Lady Macbeth at him.
WISHES = ((0, 3), (1, 0))
#: The feature that both of them have, and the columns of its row of W_Q that span the plane.
FEATURE, COLUMNS = 1, (0, 2)
LIMIT = 4.0
MOST_STEPS = 200
SCALE = math.log(3) / 2  # with powers of e, halves and powers of 3


class Descent(LiveFigure, script="descent"):
    """Steps against the gradient of the worked head, in the plane of two entries of W_Q.

    Attributes
    ----------
    start : list of float, of length 2
        Where the steps begin: the two entries, each from -4 to 4.
    method : {"descent", "Adam"}
        Plain gradient descent, or Adam with the betas 0.9 and 0.99.
    rate : float
        The learning rate of the next step, from 1/32 to 32.
    taken : list of float
        The rate of each step that was taken, 200 at most.
    x, w_q, w_k, wishes : list of list of float
        The worked head, and pairs of who should look at whom; read-only.
    tokens, names : list of str
        The tokens, in full and short; read-only.
    label : str
        The feature whose row of W_Q the two entries are in.
    feature : int
        That row; read-only, as are its `columns`.
    limit : float
        The largest entry there is room for.

    Examples
    --------
    >>> Descent(start=[0, 0], taken=[4.0, 4.0]).description().partition("0.615; ")[2]
    'Macbeth gives the Witches 0.44, Lady Macbeth gives Macbeth 0.59.'
    """

    start = Vector([2.5, -2.5]).tag(sync=True)
    method = traitlets.Enum(("descent", "Adam"), "descent").tag(sync=True)
    rate = traitlets.Float(1.0, min=2.0**-5, max=2.0**5).tag(sync=True)
    taken = traitlets.List(traitlets.Float(min=0.0), maxlen=MOST_STEPS).tag(sync=True)
    x = Matrix(byhand.MACBETH.x, read_only=True).tag(sync=True)
    w_q = Matrix(byhand.MACBETH.w_q, read_only=True).tag(sync=True)
    w_k = Matrix(byhand.MACBETH.w_k, read_only=True).tag(sync=True)
    wishes = Matrix(WISHES, read_only=True).tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode(), byhand.MACBETH.tokens, read_only=True).tag(sync=True)
    names = traitlets.List(traitlets.Unicode(), short_names(byhand.MACBETH.tokens), read_only=True).tag(
        sync=True
    )
    label = traitlets.Unicode(byhand.MACBETH.features[FEATURE], read_only=True).tag(sync=True)
    feature = traitlets.Int(FEATURE, read_only=True).tag(sync=True)
    columns = Vector(COLUMNS, read_only=True).tag(sync=True)
    limit = traitlets.Float(LIMIT, read_only=True).tag(sync=True)

    @traitlets.validate("start")
    def _fits_the_plane(self, proposal):
        start = proposal["value"]
        if len(start) != 2 or max(map(abs, start)) > LIMIT:
            raise traitlets.TraitError(
                f"start must be two numbers from {-LIMIT:g} to {LIMIT:g}: got {start}"
            )
        return start

    def path(self):
        """Return where the steps led, the start first, of shape (n_steps + 1, 2)."""
        params, adam = {"entries": np.array(self.start)}, Adam(clip=None)
        points = [params["entries"]]
        for rate in self.taken:
            gradients = value_and_grad(loss, params)[1]
            if self.method == "Adam":
                params = adam.step(params, gradients, rate=rate)
            else:
                params = {"entries": params["entries"] - rate * gradients["entries"]}
            points.append(params["entries"])
        return np.array(points)

    def weights(self):
        """Return the weights of those who wish at the last point, of shape (2, 4)."""
        x = byhand.MACBETH.x.astype(float)
        w_q = byhand.MACBETH.w_q.astype(float)
        w_q[FEATURE, COLUMNS] = self.path()[-1]
        return attention_weights(x @ w_q, x @ byhand.MACBETH.w_k, scale=SCALE)[[asks for asks, _ in WISHES]]

    def picture(self):
        """Draw lines of equal loss, and the way that was taken."""
        ticks = np.linspace(-LIMIT, LIMIT, 41)
        height = np.array([[loss({"entries": np.array([a, b])}) for a in ticks] for b in ticks])
        levels = height.min() + 0.01 * 2.0 ** np.arange(10)
        path = self.path()
        with plots.style():
            _, ax = plt.subplots(figsize=(5.0, 5.0))
            ax.contour(ticks, ticks, height, levels=levels, colors=plots.PALETTE["grey"], linewidths=1.0)
            ax.plot(*path.T, color=plots.PALETTE["orange"], marker="o")
            ax.plot(*byhand.MACBETH.w_q[FEATURE, COLUMNS], "x", color=plots.PALETTE["ink"], markersize=9)
            ax.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT), aspect="equal")
            ax.set(xlabel=f"{self.label}, first entry", ylabel=f"{self.label}, third entry")
        return ax

    def description(self):
        """Say where the start is, what the loss has become, and what those who wish give to whom."""
        value = float(loss({"entries": self.path()[-1]}))
        n_steps = len(self.taken)
        given = ", ".join(
            f"{self.tokens[asks]} gives {self.tokens[wanted]} {weights[wanted]:.2f}"
            for (asks, wanted), weights in zip(WISHES, self.weights(), strict=True)
        )
        when = f"After {n_steps} step{'s' * (n_steps != 1)}" if n_steps else "Before the first step"
        a, b = self.start
        return (
            f"Lines of equal loss around a valley, and a path from ({a:g}, {b:g}). {when} of {self.method} "
            f"the loss is {value:.3f}; {given}."
        )


def loss(params):
    """Return the mean surprise of both wishes, in threes.

    Parameters
    ----------
    params : dict of str to ndarray or Variable
        ``entries``, of shape (2,): the two entries of W_Q.

    Returns
    -------
    array of float, shape ()

    Examples
    --------
    >>> round(float(loss({"entries": np.zeros(2)})), 3)
    0.719
    """
    x, w_k = byhand.MACBETH.x.astype(float), byhand.MACBETH.w_k.astype(float)
    rest = byhand.MACBETH.w_q.astype(float)
    rest[FEATURE, COLUMNS] = 0
    here = np.zeros((2, 3))
    here[[0, 1], COLUMNS] = 1
    asking = [asks for asks, _ in WISHES]
    row = params["entries"].reshape(1, 2) @ here  # (1, 3)
    q = linear(x[asking], rest) + x[asking][:, [FEATURE]] @ row
    scores = q @ (x @ w_k).T * SCALE  # (2, T)
    return cross_entropy(scores, [wanted for _, wanted in WISHES]) * (1 / math.log(3))
