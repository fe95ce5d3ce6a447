"""The mask of chapter 7: hide keys from queries, and compare the weights before and after."""

from dataclasses import replace
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import byhand, plots
from attnlib.live.figure import LiveFigure
from attnlib.masks import causal_mask, padding_mask
from attnlib.probability import softmax

CAST = ("Macbeth", "Lady M.", "Banquo", "Witches")
#: Two from another scene, with their features in the order of `attnlib.byhand.MACBETH`.
GUESTS = {"Malcolm": (1, 1, 0, 0, 0, 0), "Hecate": (0, 0, 0, 1, 0, 1)}
KINDS = ("none", "padding", "causal", "cross")


class Mask(traitlets.TraitType):
    """A trait that takes what NumPy takes and holds rows of True and False."""

    info_text = "a matrix of True and False"

    def validate(self, obj, value):
        """Return the matrix as lists."""
        try:
            array = np.asarray(value)
        except ValueError:
            self.error(obj, value)
        if array.ndim != 2 or array.dtype != np.bool_:
            self.error(obj, value)
        return array.tolist()


class Masks(LiveFigure, script="masks"):
    """Attention weights worked by hand, before a mask and after it.

    Parameters
    ----------
    kind : {"causal", "none", "padding", "cross"}
        Where to start from.
    mask : array_like of bool, optional
        Another mask for those queries and keys: True = may attend.

    Attributes
    ----------
    kind : str
        The parameter; setting it sets `mask` too.
    mask : list of list of bool
        A row for each query, a column for each key.
    kinds : dict of str to dict
        The queries, keys, scaled scores and mask that each kind starts with.

    Examples
    --------
    >>> _, after = Masks("cross").weights()
    >>> after * 35
    array([[ 5., 15., 15.,  0.],
           [21.,  7.,  7.,  0.]])
    """

    kinds = traitlets.Dict(read_only=True).tag(sync=True)
    kind = traitlets.Enum(KINDS, "causal").tag(sync=True)
    mask = Mask().tag(sync=True)

    def __init__(self, kind="causal", mask=None):
        super().__init__(kind=kind)
        self.mask = self.kinds[kind]["mask"] if mask is None else mask

    @traitlets.default("kinds")
    def _starts(self):
        worked = byhand.steps()["scaled_scores"]
        padded = replace(byhand.MACBETH, x=np.vstack([byhand.MACBETH.x[:3], np.zeros((1, 6), dtype=int)]))
        steps = byhand.steps(padded)
        guests = np.array(list(GUESTS.values())) @ padded.w_q  # (2, d_k)
        crossing = guests @ steps["k"].T // 2  # (2, 4)
        names = (*CAST[:3], "padding")
        short = np.broadcast_to(padding_mask(3, 4), (4, 4))
        starts = {
            "none": (CAST, CAST, worked, np.ones((4, 4), dtype=bool)),
            "padding": (names, names, steps["scaled_scores"], short),
            "causal": (CAST, CAST, worked, causal_mask(4)),
            "cross": (tuple(GUESTS), names, crossing, short[:2]),
        }
        return {
            kind: {"queries": queries, "keys": keys, "scores": scores.tolist(), "mask": mask.tolist()}
            for kind, (queries, keys, scores, mask) in starts.items()
        }

    @traitlets.default("mask")
    def _own(self):
        return self.kinds[self.kind]["mask"]

    @traitlets.observe("kind")
    def _start_again(self, change):
        self.mask = self.kinds[change["new"]]["mask"]

    @traitlets.validate("mask")
    def _fits_the_scores(self, proposal):
        expected, got = (np.shape(mask) for mask in (self.kinds[self.kind]["mask"], proposal["value"]))
        if got != expected:
            raise traitlets.TraitError(f"mask must be of shape {expected} for {self.kind!r}, got {got}")
        return proposal["value"]

    def weights(self):
        """Return the weights before the mask and after it, each of shape (T_q, T_k)."""
        scores = np.array(self.kinds[self.kind]["scores"], dtype=float)
        return softmax(scores, base=3), softmax(np.where(self.mask, scores, -np.inf), base=3)

    def picture(self):
        """Draw both with `attnlib.plots.heatmap`."""
        start = self.kinds[self.kind]
        with plots.style():
            _, panels = plt.subplots(2, 1, figsize=(5.0, 1.4 + 0.9 * len(start["queries"])))
        for ax, weights, name in zip(panels, self.weights(), ("before", "after"), strict=True):
            plots.heatmap(weights, start["queries"], start["keys"], ax=ax, fmt=_written)
            ax.set_xlabel(f"{name} the mask")
        return panels[0]

    def description(self):
        """Say what the weights of each query are, before and after."""
        told = (
            "; ".join(
                f"{query}: {' '.join(map(_written, row))}"
                for query, row in zip(self.kinds[self.kind]["queries"], weights, strict=True)
            )
            for weights in self.weights()
        )
        return "Weights before and after a mask. Before, {}. After, {}.".format(*told)


def _written(weight):
    return str(Fraction(weight).limit_denominator(99))
