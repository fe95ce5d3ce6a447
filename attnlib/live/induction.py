"""The induction heads of chapter 21: letters, where two heads look, and what comes next without them."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.data.patterns import LETTERS
from attnlib.layers import watching
from attnlib.live.figure import LiveFigure
from attnlib.live.params import ship
from attnlib.models.ablation import without_heads
from attnlib.models.transformer import gpt
from attnlib.probability import softmax
from attnlib.trained import induction, load
from attnlib.trained.experiment import require_fitting

#: Texts to begin with.
SAMPLES = ("birnamwoodbirnamwoo", "doubledoubletoilandtroubl", "thanexyzthan", "macbethmacbet")
SHOWN = 6


class Induction(LiveFigure, script="induction"):
    """Letters that are typed, the letters that a model of two heads expects, and the stripe.

    Parameters
    ----------
    text : str, optional
        The letters.
    params : dict of str to ndarray of float, optional
        Other weights of the model "two" of `attnlib.trained.induction`; by default those that are shipped.
    **traits
        The traits below, by name.

    Attributes
    ----------
    text : str
        Letters from a to z, as many as the model has positions at most.
    query : int or None
        The letter from which the heads look and after which a letter is expected; None is the last.
    block : int
        Whose head is shown, 0 or 1.
    off : list of int
        The blocks whose head is switched off.
    samples : list of str
        Texts to begin with. Read-only, as are `words`, the letters, and `shapes` and `numbers`, the
        parameters as `attnlib.live.params.pack` writes them.

    Examples
    --------
    >>> figure = Induction("macbethmacbet")
    >>> figure.words[figure.next_letters()[-1].argmax()]
    'h'
    >>> figure.off = [0]
    >>> figure.words[figure.next_letters()[-1].argmax()] == "h"
    False
    """

    text = traitlets.Unicode(SAMPLES[-1]).tag(sync=True)
    query = traitlets.Int(None, allow_none=True).tag(sync=True)
    block = traitlets.Int(1, min=0, max=1).tag(sync=True)
    off = traitlets.List(traitlets.Int(min=0, max=1)).tag(sync=True)
    samples = traitlets.List(traitlets.Unicode(), SAMPLES, read_only=True).tag(sync=True)
    words = traitlets.List(traitlets.Unicode(), LETTERS.words, read_only=True).tag(sync=True)
    shapes = traitlets.Dict(read_only=True).tag(sync=True)
    numbers = traitlets.Unicode(read_only=True).tag(sync=True)
    beside = ("numbers",)

    def __init__(self, text=None, params=None, **traits):
        if params is None:
            params = load("induction-two").params
        require_fitting(params, induction.EXPERIMENTS["two"])
        self._params = ship(self, params)
        super().__init__(**({} if text is None else {"text": text}), **traits)

    @traitlets.validate("text")
    def _can_be_read(self, proposal):
        text, room = proposal["value"], self.shapes["positions"][0]
        for letter in text:
            if letter not in self.words:
                raise traitlets.TraitError(f"text must be of letters from a to z, got {letter!r}")
        if not 1 <= len(text) <= room:
            raise traitlets.TraitError(f"text must have 1 to {room} letters, got {len(text)}")
        return text

    @traitlets.validate("query")
    def _is_in_the_text(self, proposal):
        value = proposal["value"]
        if value is not None and not 0 <= value < len(self.text):
            raise traitlets.TraitError(f"query must be 0 to {len(self.text) - 1}, got {value}")
        return value

    @traitlets.validate("off")
    def _each_once(self, proposal):
        return sorted(set(proposal["value"]))

    @traitlets.observe("text")
    def _look_from_the_end(self, _change):
        if self.query is not None and self.query >= len(self.text):
            self.query = None

    def next_letters(self, *, every_head=False):
        """Return how likely each letter is after each letter, of shape (T, 26).

        Parameters
        ----------
        every_head : bool, default False
            Whether a head that is off takes part as well.
        """
        return softmax(self._run(() if every_head else self.off)[0])

    def weights(self):
        """Return the weights of both heads, of shape (2, T, T)."""
        return self._run(self.off)[1]

    def picture(self):
        """Draw where the head of one block looks, and the likeliest letters, with `attnlib.plots`."""
        asker, letters = self._asker(), list(self.text)
        likely, whole = self.next_letters()[asker], self.next_letters(every_head=True)[asker]
        best = np.argsort(-likely, kind="stable")[:SHOWN]
        side = 0.21 * len(letters) + 0.6
        with plots.style():
            _, (ax, below) = plt.subplots(
                2, 1, figsize=(5.0, side + 2.4), gridspec_kw={"height_ratios": [side, 2.0]}
            )
            plots.heatmap(self.weights()[self.block], letters, letters, ax=ax, fmt=lambda weight: "")
            ax.set(title=f"where the head of block {self.block} looks", xlabel="", ylabel="")
            plots.bars(likely[best], [self.words[i] for i in best], ax=below)
            if self.off:
                below.barh(
                    range(len(best)),
                    whole[best],
                    fill=False,
                    edgecolor=plots.PALETTE["grey"],
                    linestyle="--",
                )
            below.set(title=f"after letter {asker + 1}, “{letters[asker]}”", xlim=(0, 1.2))
        return ax

    def description(self):
        """Say where the head looks from the letter that is asked, what comes next, and what is off."""
        asker = self._asker()
        likely = self.next_letters()[asker]
        told = [f"“{self.text}” After letter {asker + 1}, “{self.text[asker]}”, comes"]
        best = np.argsort(-likely, kind="stable")[:3]
        told[0] += f" {', '.join(f'“{self.words[i]}” {likely[i]:.2f}' for i in best)}."
        row = self.weights()[self.block, asker]
        key = int(row.argmax())
        told.append(
            f"From there the head of block {self.block} looks most at letter {key + 1}, "
            f"“{self.text[key]}”, {row[key]:.2f}."
        )
        if self.off:
            blocks = " and ".join(map(str, self.off))
            told.append(f"Switched off: the head of block {blocks}.")
        return " ".join(told)

    def _asker(self):
        return len(self.text) - 1 if self.query is None else self.query

    def _run(self, off):
        params = without_heads(self._params, [(block, 0) for block in off], n_heads=1)
        with watching() as seen:
            logits = gpt(params, LETTERS.encode(self.text), n_heads=1)
        return logits, np.concatenate(seen)
