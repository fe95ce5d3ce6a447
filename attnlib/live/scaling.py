"""The spread of chapter 4: add features, and see raw scores run apart while scaled ones stay."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.dot_product import attention_scores
from attnlib.live.figure import LiveFigure
from attnlib.probability import softmax

LARGEST = 1024
N_TOKENS = 10
DIVISORS = ("root", "d_k")


class Scaling(LiveFigure, script="scaling"):
    """Random queries and keys of many features, and what their scores are with and without the scale.

    Parameters
    ----------
    seed : int, default 230
        The same seed draws the same queries and keys. With the first, the spread stays within a twentieth
        of the root of d_k from four features on.
    **traits
        The traits below, by name.

    Attributes
    ----------
    d_k : int
        How many features are compared: 1 to 1024.
    divisor : {"root", "d_k"}
        What the scaled scores are divided by.
    q, k : list of str
        Ten queries and ten keys. Every feature is +1 or −1, written as a bit, 1 for +1, and four bits as a
        hexadecimal digit.

    Examples
    --------
    >>> Scaling(d_k=3).scores()[:, 0]
    array([ 3., -1.,  1., -1., -1., -1., -1., -1., -1., -1.])
    """

    d_k = traitlets.Int(64).tag(sync=True)
    divisor = traitlets.Enum(DIVISORS, "root").tag(sync=True)
    q = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    k = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)

    def __init__(self, seed=230, **traits):
        drawn = np.random.default_rng(seed).integers(2, size=(2, N_TOKENS, LARGEST))
        self._q, self._k = 2.0 * drawn - 1
        super().__init__(**traits)
        for name, bits in zip("qk", drawn, strict=True):
            self.set_trait(name, [np.packbits(row).tobytes().hex() for row in bits])

    @traitlets.validate("d_k")
    def _was_drawn(self, proposal):
        if not 1 <= proposal["value"] <= LARGEST:
            raise traitlets.TraitError(f"d_k must be 1 to {LARGEST}, got {proposal['value']}")
        return proposal["value"]

    def scores(self, *, scaled=False):
        """Return the scores of the first `d_k` features, of shape (10, 10)."""
        by = {"root": self.d_k**-0.5, "d_k": 1 / self.d_k}
        scale = by[self.divisor] if scaled else 1.0
        return attention_scores(self._q[:, : self.d_k], self._k[:, : self.d_k], scale=scale)

    def picture(self):
        """Draw the scores with `attnlib.plots.score_histogram` and the weights with `heatmap`."""
        with plots.style():
            _, panels = plt.subplots(2, 2, figsize=(5.0, 4.2))
        places = [""] * N_TOKENS
        divided = {"root": "divided by the root of $d_k$", "d_k": "divided by $d_k$"}[self.divisor]
        both = [self.scores(scaled=scaled) for scaled in (False, True)]
        edge = np.abs(both).max()
        bins = np.linspace(-edge, edge, 31)  # one axis for both, or the wider one would look narrower
        for column, scores, title in zip(panels.T, both, ("raw", divided), strict=True):
            plots.score_histogram(scores, bins=bins, ax=column[0]).set(
                title=title, ylabel="", yticks=[], xlim=(-edge, edge)
            )
            plots.heatmap(softmax(scores), places, places, ax=column[1], fmt=lambda _: "")
            column[1].set(ylabel="")
        return panels[0, 0]

    def description(self):
        """Say how far the scores spread, and what the largest weights are."""
        raw, scaled = (self.scores(scaled=scaled) for scaled in (False, True))
        by = {"root": f"the root of {self.d_k}", "d_k": f"{self.d_k}"}[self.divisor]
        weights = [softmax(scores).max(axis=-1).mean() for scores in (raw, scaled)]
        return (
            f"A hundred scores of {self.d_k} features and their softmax. Raw, they spread by "
            f"{raw.std():.2f}, and a query's largest weight is {weights[0]:.2f} in the mean; "
            f"divided by {by}, they spread by {scaled.std():.2f}, and it is {weights[1]:.2f}."
        )
