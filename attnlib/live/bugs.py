"""Find the bug: numbers that one of the course's named mistakes made, and four names to choose from."""

import traitlets

from attnlib import byhand, plots
from attnlib.exhibits import exhibits
from attnlib.live.figure import LiveFigure
from attnlib.live.spotlight import short_names
from attnlib.probability import softmax


class Bugs(LiveFigure, script="bugs"):
    """Ten mistakes, to be named by what they look like.

    Parameters
    ----------
    **traits
        The trait below, by name.

    Attributes
    ----------
    exhibits : list of dict
        What `attnlib.exhibits.exhibits` gives; read-only.
    day : int or None
        The day whose round is played, written as 20261121; by default the reader's own.

    Examples
    --------
    >>> Bugs(day=20261121).description()
    'Weights with a mistake in them: the columns sum to 1. The rows sum to 1.21, 1.24, 0.44 and 1.11.'
    """

    beside = ("exhibits",)

    exhibits = traitlets.List(read_only=True).tag(sync=True)
    day = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(self, **traits):
        self.set_trait("exhibits", list(exhibits()))
        super().__init__(**traits)

    def picture(self):
        """Draw weights of which each column sums to 1, with `attnlib.plots.heatmap`."""
        names = short_names(byhand.MACBETH.tokens)
        return plots.heatmap(self._weights(), names, names)

    def description(self):
        """Say what the rows of the picture sum to."""
        *first, last = (f"{total:.2f}" for total in self._weights().sum(axis=-1))
        return (
            "Weights with a mistake in them: the columns sum to 1. "
            f"The rows sum to {', '.join(first)} and {last}."
        )

    def _weights(self):
        return softmax(byhand.steps()["scaled_scores"], base=3, axis=0)
