"""The stage of chapter 1: choose who asks, and see on whom the light falls.

On the landing page it is dark at first, and the reader says whom the asker will heed.
"""

from fractions import Fraction

import traitlets

from attnlib import byhand, plots
from attnlib.live.figure import LiveFigure, Matrix

MODES = ("hand", "standard")

#: Outlines of the cast as SVG paths, 60 wide, from the floor at y = 100 upwards.
_HEAD = "M41 24a11 11 0 1 1-22 0a11 11 0 1 1 22 0Z"
_CLOAK = "M30 37C15 37 10 54 8 100H52C50 54 45 37 30 37Z"
OUTLINES = {
    "Macbeth": f"M18 12L16-3L23 5L30-6L37 5L44-3L42 12Z{_HEAD}{_CLOAK}"  # a crown and a sword
    "M54 46h2v8h5v3h-5v39l-1 4l-1-4v-39h-5v-3h5Z",
    "Lady Macbeth": "M43 24C43 34 45 44 49 52C41 52 38 46 37 38H23C22 46 19 52 11 52C15 44 17 34 17 24"
    "C17 6 43 6 43 24ZM30 34C21 35 20 48 22 59C17 74 9 88 3 100H57C51 88 43 74 38 59C40 48 39 35 30 34Z",
    "Banquo": f"{_HEAD}M30 37C13 37 9 56 8 97"  # a ghost
    "q5.5-8 11 0q5.5 8 11 0q5.5-8 11 0q5.5 8 11 0C51 56 47 37 30 37Z",
    "the Witches": "M30-12L39 15H50L45 20H15L10 15H21ZM38 26a8 8 0 1 1-16 0a8 8 0 1 1 16 0Z"  # all three
    "M30 37C20 37 18 54 17 100H43C42 54 40 37 30 37Z"
    "M6 20L12 40H18L15 44H-5L-8 40H0ZM10 48a6 6 0 1 1-12 0a6 6 0 1 1 12 0Z"
    "M4 57C-5 57-8 72-9 100H14C14 80 12 57 4 57Z"
    "M54 20L60 40H68L65 44H45L42 40H48ZM62 48a6 6 0 1 1-12 0a6 6 0 1 1 12 0Z"
    "M56 57C48 57 46 80 46 100H69C68 72 65 57 56 57Z",
}
ANYONE = _HEAD + _CLOAK


class Spotlight(LiveFigure, script="spotlight"):
    """One query's attention as light on a stage.

    Parameters
    ----------
    worked : attnlib.byhand.WorkedExample, default `attnlib.byhand.MACBETH`
        The head whose tokens stand on the stage.
    **traits
        The traits below, by name.

    Attributes
    ----------
    query : int
        Who asks: a position in `tokens`.
    mode : {"hand", "standard"}
        How scores become weights, as in `attnlib.byhand.steps`.
    dark : bool
        Whether the lamp is out until the reader has guessed where its light will fall. A stage that begins
        so has no choice of `mode`.
    voices : list of str
        What each entry of a value stands for.
    tokens : list of str
        Who stands on the stage, from left to right; read-only, as are the matrices.
    q, k, v : list of list of float
        A row for each token.

    Examples
    --------
    >>> figure = Spotlight(query=2)
    >>> figure.description()
    'The lamp lights what Banquo attends to: Macbeth 1/6, Lady Macbeth 1/6, Banquo 1/6, the Witches 1/2.'
    """

    tokens = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    outlines = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    voices = traitlets.List(traitlets.Unicode(), ["sword", "temptation", "prophecy"]).tag(sync=True)
    q = Matrix(read_only=True).tag(sync=True)
    k = Matrix(read_only=True).tag(sync=True)
    v = Matrix(read_only=True).tag(sync=True)
    query = traitlets.Int(0).tag(sync=True)
    mode = traitlets.Enum(MODES, "hand").tag(sync=True)
    dark = traitlets.Bool(False).tag(sync=True)

    def __init__(self, worked=byhand.MACBETH, **traits):
        self._worked = worked
        steps = byhand.steps(worked)
        for name in "qkv":
            self.set_trait(name, steps[name])
        self.set_trait("tokens", list(worked.tokens))
        self.set_trait("outlines", [OUTLINES.get(token, ANYONE) for token in worked.tokens])
        super().__init__(**traits)

    @traitlets.validate("query")
    def _is_on_stage(self, proposal):
        if not 0 <= proposal["value"] < len(self._worked.tokens):
            last = len(self._worked.tokens) - 1
            raise traitlets.TraitError(f"query must be 0 to {last}, got {proposal['value']}")
        return proposal["value"]

    def picture(self):
        """Draw the stage with `attnlib.plots.spotlight`."""
        weights = self._weights().astype(float)
        return plots.spotlight(short_names(self.tokens), self.query, weights, fmt=self._written)

    def description(self):
        """Say who asks, and what share of the light falls on each."""
        shares = ", ".join(
            f"{token} {self._written(weight)}"
            for token, weight in zip(self.tokens, self._weights(), strict=True)
        )
        return f"The lamp lights what {self.tokens[self.query]} attends to: {shares}."

    def _weights(self):
        return byhand.steps(self._worked, mode=self.mode)["weights"][self.query]

    def _written(self, weight):
        return str(Fraction(weight).limit_denominator(99)) if self.mode == "hand" else f"{weight:.2f}"


def short_names(tokens):
    """Return names of the cast that fit a narrow column.

    Examples
    --------
    >>> short_names(["Lady Macbeth", "the Witches"])
    ['Lady M.', 'Witches']
    """
    return [token.replace("Lady Macbeth", "Lady M.").removeprefix("the ") for token in tokens]
