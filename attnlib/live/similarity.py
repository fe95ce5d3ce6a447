"""The plane of chapter 2: drag two vectors, and see what the dot product and the cosine make of them."""

import traitlets

from attnlib import plots
from attnlib.live.figure import LiveFigure, Vector
from attnlib.similarity import cosine_similarity

LIMIT = 5.0


class Similarity(LiveFigure, script="similarity"):
    """Two vectors in the plane, with their dot product, lengths, angle and cosine.

    Attributes
    ----------
    a, b : list of float, of length 2
        The vectors: entries from -5 to 5, not both 0.
    limit : float
        The largest entry there is room for.

    Examples
    --------
    >>> Similarity(a=[3, 0], b=[0, 2]).description()
    'Two arrows from one point: a to (3, 0), b to (0, 2). The cosine of the angle between them is 0.00.'
    """

    a = Vector([4.0, 1.0]).tag(sync=True)
    b = Vector([1.0, 3.0]).tag(sync=True)
    limit = traitlets.Float(LIMIT, read_only=True).tag(sync=True)

    @traitlets.validate("a", "b")
    def _fits_the_plane(self, proposal):
        name, vector = proposal["trait"].name, proposal["value"]
        if len(vector) != 2 or max(map(abs, vector)) > LIMIT or not any(vector):
            raise traitlets.TraitError(
                f"{name} must be two numbers from {-LIMIT:g} to {LIMIT:g}, not both 0: got {vector}"
            )
        return vector

    def picture(self):
        """Draw the two with `attnlib.plots.arrows`."""
        return plots.arrows([self.a, self.b], ["a", "b"])

    def description(self):
        """Say where the tips are, and the cosine."""
        tips = ", ".join(f"{name} to ({x:g}, {y:g})" for name, (x, y) in (("a", self.a), ("b", self.b)))
        cosine = f"{cosine_similarity(self.a, self.b):.2f}"
        return f"Two arrows from one point: {tips}. The cosine of the angle between them is {cosine}."
