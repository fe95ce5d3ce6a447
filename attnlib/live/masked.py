"""The covered word of chapter 13: two models guess it, one from both sides and one from the left."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.data.animals import MASK
from attnlib.layers import watching
from attnlib.live.figure import LiveFigure
from attnlib.live.params import ship
from attnlib.models.parameters import part
from attnlib.trained import bert, load
from attnlib.trained.experiment import require_fitting

#: Sentences to choose from, by what they are called.
SENTENCES = {
    "the clue behind": "the hungry owl hoots in the dark oak at night .",
    "the clue before": "in the dark oak the hungry owl eats the mice and hoots at night .",
    "two animals": "the old cat sees the wolf and the wolf howls in the cold forest in spring .",
    "it doesn't fit": "the young dog barks in the quiet oak after rain .",
}
SHOWN = 6
#: How the sides are called in the page.
SIDES = {"both": "both sides", "left": "from the left"}


class Masked(LiveFigure, script="masked"):
    """A sentence with words covered, what two models expect in their place, and where their heads look.

    Parameters
    ----------
    text : str, optional
        The sentence.
    params : dict of str to dict, optional
        Other weights of the models of `attnlib.trained.bert`, by side; by default those that are shipped.
    **traits
        The traits below, by name.

    Attributes
    ----------
    text : str
        Words of the vocabulary, as many as the models have positions at most.
    covered : list of int
        The places of the words that are covered; the last is the one that is asked for.
    side : {"both", "left"}
        Whose heads are shown.
    sentences : dict of str to str
        Sentences to choose from. Read-only, as are `words`, the vocabulary, `mask`, `n_heads`, and `shapes`
        and `numbers`, the parameters of both models as `attnlib.live.params.pack` writes them.

    Examples
    --------
    >>> figure = Masked("the hungry owl hoots in the dark oak at night .", covered=[2])
    >>> both, left = figure.guesses()
    >>> figure.words[both.argmax()], bool(left.max() < 0.2)
    ('owl', True)
    """

    text = traitlets.Unicode(next(iter(SENTENCES.values()))).tag(sync=True)
    covered = traitlets.List(traitlets.Int(), [2]).tag(sync=True)
    side = traitlets.Enum(tuple(SIDES), "both").tag(sync=True)
    sentences = traitlets.Dict(SENTENCES, read_only=True).tag(sync=True)
    words = traitlets.List(traitlets.Unicode(), bert.vocabulary().words, read_only=True).tag(sync=True)
    mask = traitlets.Unicode(MASK, read_only=True).tag(sync=True)
    n_heads = traitlets.Int(bert.N_HEADS, read_only=True).tag(sync=True)
    shapes = traitlets.Dict(read_only=True).tag(sync=True)
    numbers = traitlets.Unicode(read_only=True).tag(sync=True)
    beside = ("numbers",)

    def __init__(self, text=None, params=None, **traits):
        if params is None:
            params = {side: load(f"bert-{side}").params for side in SIDES}
        together = {}
        for side in SIDES:
            require_fitting(params[side], bert.EXPERIMENTS[side])
            together |= {f"{side}.{name}": array for name, array in params[side].items()}
        self._params = ship(self, together)
        super().__init__(**({} if text is None else {"text": text}), **traits)

    @traitlets.validate("text")
    def _can_be_read(self, proposal):
        spoken = proposal["value"].split()
        for word in spoken:
            if word not in self.words or word.startswith("<"):
                raise traitlets.TraitError(f"text has a word that the models don't know: {word!r}")
        room = self.shapes["both.positions"][0]
        if not 1 <= len(spoken) <= room:
            raise traitlets.TraitError(f"text must have 1 to {room} words, got {len(spoken)}")
        return " ".join(spoken)

    @traitlets.validate("covered")
    def _are_places(self, proposal):
        places, n_words = proposal["value"], len(self.text.split())
        if len(set(places)) < len(places) or not all(0 <= place < n_words for place in places):
            raise traitlets.TraitError(f"covered must be different places below {n_words}, got {places}")
        return list(places)

    @traitlets.observe("text")
    def _uncover_what_is_gone(self, _change):
        self.covered = [place for place in self.covered if place < len(self.text.split())]

    def tokens(self):
        """Return what the models read: the words, and the mask where one is covered."""
        return [self.mask if i in self.covered else word for i, word in enumerate(self.text.split())]

    def guesses(self):
        """Return how likely each word is at the place asked for, of shape (2, n_words): for each side.

        Raises
        ------
        ValueError
            If no word is covered.
        """
        if not self.covered:
            raise ValueError("no word is covered, so none is asked for")
        rows = [self._guess(side)[self.covered[-1]] for side in SIDES]
        return np.stack(rows)

    def weights(self, side=None):
        """Return the attention weights of all heads, of shape (n_blocks, n_heads, T, T)."""
        with watching() as seen:
            self._guess(side or self.side)
        return np.stack(seen)

    def picture(self):
        """Draw what both models expect, and where the heads of one look, with `attnlib.plots`."""
        tokens = [_named(token) for token in self.tokens()]
        with plots.style():
            if not self.covered:
                figure, ax = plt.subplots(figsize=(5.0, 1.5))
                ax.text(0.5, 0.5, " ".join(tokens), ha="center", va="center", wrap=True)
                ax.axis("off")
                return ax
            ratios = [2.6, 0.26 * len(tokens) + 0.7]
            figure = plt.figure(figsize=(5.0, sum(ratios)))
            places = figure.add_gridspec(2, 2, height_ratios=ratios)
            panels = [figure.add_subplot(places[0, 0])]
            panels.append(figure.add_subplot(places[0, 1], sharey=panels[0]))
            panels[1].tick_params(labelleft=False)
            shown, likely = self._likeliest()
            for ax, (side, title), p in zip(panels, SIDES.items(), likely, strict=True):
                plots.bars(p, shown, ax=ax)
                ax.set(title=title, xlim=(0, 1.4))
                if side == "left":
                    for bar in ax.patches:
                        bar.set_color(plots.PALETTE["orange"])
            panels[0].invert_yaxis()  # each panel has turned the axis that they share
            below = figure.add_subplot(places[1, :])
            weights = self.weights()[:, :, self.covered[-1]]  # (n_blocks, n_heads, T)
            columns = [f"{block}.{head}" for block, head in np.ndindex(weights.shape[:2])]
            plots.heatmap(
                weights.reshape(-1, len(tokens)).T,
                tokens,
                columns,
                ax=below,
                fmt=lambda weight: f"{weight:.2f}".lstrip("0") if weight >= 0.05 else "",
            )
            below.set(xlabel=f"block and head, {SIDES[self.side]}", ylabel="")
        return panels[0]

    def description(self):
        """Say what is covered, what both models expect there, and where the heads look."""
        tokens = [_named(token) for token in self.tokens()]
        told = [f"“{' '.join(tokens)}”"]
        if not self.covered:
            return f"{told[0]} No word is covered."
        place = self.covered[-1]
        for (_, name), p in zip(SIDES.items(), self.guesses(), strict=True):
            best = np.argsort(-p, kind="stable")[:3]
            likely = ", ".join(f"“{self.words[i]}” {p[i]:.2f}" for i in best)
            told.append(f"At word {place + 1}, {name}: {likely}.")
        looked = [f"“{tokens[i]}”" for i in self.weights()[:, :, place].argmax(axis=-1).ravel()]
        told.append(f"The heads of the model {_seeing(self.side)} look most at {', '.join(looked)}.")
        return " ".join(told)

    def _guess(self, side):
        params = part(self._params, side)
        return bert.guess(params, " ".join(self.tokens()), side=side)

    def _likeliest(self):
        likely = self.guesses()
        order = np.argsort(-likely.max(axis=0), kind="stable")[:SHOWN]
        order = order[np.argsort(-likely[0, order], kind="stable")]
        return [self.words[i] for i in order], likely[:, order]


def _named(token):
    return "▢" if token == MASK else token


def _seeing(side):
    return {"both": "that sees both sides", "left": "that sees the left"}[side]
