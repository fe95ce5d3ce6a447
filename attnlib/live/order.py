"""The clocks of chapter 10: two words that move along a text, and a score that sees their distance."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.layers import rotate, sinusoids
from attnlib.live.figure import LiveFigure, Vector

#: The base of the wavelengths: three clocks that go round in about 6, 29 and 135 places.
BASE = 100.0
PLACES = 32
QUERY = (1.0, 0.0, 1.0, 0.0, 1.0, 0.0)
#: Turned by three places, so that the query finds what stands three before it.
KEY = tuple(rotate(np.array([QUERY]), positions=[3], base=BASE)[0])
KINDS = {"rotary": "RoPE", "sinusoidal": "waves added", "none": "no positions"}


class Order(LiveFigure, script="order"):
    """A query and a key at places of a text, a clock for each pair of their features, and their score.

    Attributes
    ----------
    query, key : list of float, of the same even length
        The two words, before anything says where they stand.
    query_at, key_at : int
        Where they stand, from 0 to `places` - 1.
    kind : {"rotary", "sinusoidal", "none"}
        What says so: their pairs are turned, waves are added to them, or nothing.
    places : int
        The length of the text.
    base : float
        The base of the wavelengths.

    Examples
    --------
    >>> Order(query_at=12, key_at=9).description()
    'The query stands at 12 and the key at 9, 3 before it. With RoPE their score is 3.00.'
    """

    query = Vector(QUERY).tag(sync=True)
    key = Vector(KEY).tag(sync=True)
    query_at = traitlets.Int(9).tag(sync=True)
    key_at = traitlets.Int(6).tag(sync=True)
    kind = traitlets.Enum(tuple(KINDS), "rotary").tag(sync=True)
    places = traitlets.Int(PLACES, read_only=True).tag(sync=True)
    base = traitlets.Float(BASE, read_only=True).tag(sync=True)

    @traitlets.validate("query", "key")
    def _has_pairs(self, proposal):
        name, vector = proposal["trait"].name, proposal["value"]
        if len(vector) != len(QUERY):
            raise traitlets.TraitError(f"{name} must be {len(QUERY)} numbers, got {len(vector)}")
        return vector

    @traitlets.validate("query_at", "key_at")
    def _is_in_the_text(self, proposal):
        if not 0 <= proposal["value"] < PLACES:
            name = proposal["trait"].name
            raise traitlets.TraitError(f"{name} must be 0 to {PLACES - 1}, got {proposal['value']}")
        return proposal["value"]

    def placed(self, vector, at):
        """Return a word as the score sees it where it stands at place `at`."""
        x = np.array([vector])
        if self.kind == "rotary":
            return rotate(x, positions=[at], base=self.base)[0]
        if self.kind == "sinusoidal":
            return x[0] + sinusoids(PLACES, x.shape[-1], base=self.base)[at]
        return x[0]

    def score(self, query_at=None, key_at=None):
        """Return the dot product of the two, by default where they stand."""
        query_at = self.query_at if query_at is None else query_at
        key_at = self.key_at if key_at is None else key_at
        return float(self.placed(self.query, query_at) @ self.placed(self.key, key_at))

    def picture(self):
        """Draw the score of the key at every place of the text, and where it stands."""
        with plots.style():
            _, ax = plt.subplots()
            scores = [self.score(key_at=place) for place in range(PLACES)]
            ax.plot(range(PLACES), scores, color=plots.PALETTE["grey"])
            ax.plot(self.key_at, self.score(), "o", color=plots.PALETTE["orange"], markersize=9)
            ax.axvline(self.query_at, color=plots.PALETTE["blue"], linestyle="--")
            ax.text(self.query_at, max(scores), " query", color=plots.PALETTE["blue"], va="bottom")
            ax.set(xlabel="place of the key", ylabel="score", title=KINDS[self.kind])
        return ax

    def description(self):
        """Say where the two stand, and their score."""
        away = self.query_at - self.key_at
        where = f"{abs(away)} {'before' if away > 0 else 'after'} it" if away else "the same place"
        means = {"rotary": "With RoPE", "sinusoidal": "With waves added", "none": "Without positions"}
        return (
            f"The query stands at {self.query_at} and the key at {self.key_at}, {where}. "
            f"{means[self.kind]} their score is {self.score():.2f}."
        )
