"""The scores of chapter 5: drag them, heat or cool the softmax, and see the shares of one whole."""

import traitlets

from attnlib import plots
from attnlib.live.figure import LiveFigure, Vector
from attnlib.probability import entropy, softmax

LIMIT = 5.0
COLDEST = 1e-9  # no score is so near the largest that it keeps a share


class Softmax(LiveFigure, script="softmax"):
    """Scores, the weights that softmax makes of them at a temperature, and how sharp these are.

    Attributes
    ----------
    scores : list of float, of length 4
        From -5 to 5, one for each of `listeners`.
    temperature : float
        The divisor of the scores, from 0 to 16. At 0 stands the limit, the arg max: all weight falls on the
        highest score, and scores that tie share it.
    listeners : list of str
        Whose scores they are.
    limit : float
        The largest score there is room for.

    Examples
    --------
    >>> Softmax(temperature=0).weights()
    array([0., 0., 0., 1.])
    """

    scores = Vector([0.0, 1.0, 1.0, 2.0]).tag(sync=True)
    temperature = traitlets.Float(1.0, min=0.0, max=16.0).tag(sync=True)
    listeners = traitlets.List(
        traitlets.Unicode(), ["Macbeth", "Lady M.", "Banquo", "Witches"], read_only=True
    ).tag(sync=True)
    limit = traitlets.Float(LIMIT, read_only=True).tag(sync=True)

    @traitlets.validate("scores")
    def _fit_the_track(self, proposal):
        scores = proposal["value"]
        if len(scores) != len(self.listeners) or max(map(abs, scores)) > LIMIT:
            raise traitlets.TraitError(
                f"scores must be {len(self.listeners)} numbers from {-LIMIT:g} to {LIMIT:g}: got {scores}"
            )
        return scores

    def weights(self):
        """Return the softmax of the scores at the temperature, of shape (4,)."""
        return softmax(self.scores, temperature=max(self.temperature, COLDEST))

    def picture(self):
        """Draw the weights with `attnlib.plots.bars`."""
        names = [
            f"{name}, score {score:g}" for name, score in zip(self.listeners, self.scores, strict=True)
        ]
        return plots.bars(self.weights(), names)

    def description(self):
        """Say who gets what share, and how sharp that is."""
        shares = ", ".join(
            f"{name} with the score {score:g} gets {weight:.2f}"
            for name, score, weight in zip(self.listeners, self.scores, self.weights(), strict=True)
        )
        at = f"{self.temperature:g}" if self.temperature else "0, the arg max"
        most = entropy([1 / len(self.scores)] * len(self.scores))
        return (
            f"Weights at the temperature {at}: {shares}. Their entropy is {entropy(self.weights()):.2f} "
            f"of at most {most:.2f}."
        )
