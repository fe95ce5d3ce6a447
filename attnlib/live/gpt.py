"""The GPT of chapter 11: it goes on with a sentence, shows where its heads look, and loses any of them."""

import math

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.data import park as sentences
from attnlib.layers import watching
from attnlib.live.figure import LiveFigure
from attnlib.live.params import ship
from attnlib.models.ablation import without_heads
from attnlib.models.transformer import gpt
from attnlib.probability import softmax
from attnlib.trained import load, park
from attnlib.trained.experiment import require_fitting

STOP = "."
BEGINNINGS = (
    "i like to go to the park and",
    "tom likes to go to the library and we like to go to the beach on sunday so tom",
    "i like to go to the park and tom likes to go to the library today so i play chess",
    "anna likes to go to the park and i like to go to the theatre today so i see",
)
SHOWN = 8


class GPT(LiveFigure, script="gpt"):
    """A trained GPT that goes on with a sentence, word by word.

    Parameters
    ----------
    text : str, optional
        How the sentence begins.
    params : dict of str to ndarray of float, optional
        Other weights of the model `attnlib.trained.park`; by default those that are shipped.
    **traits
        The traits below, by name.

    Attributes
    ----------
    text : str
        The sentence so far: words of the vocabulary, at most as many as the model has positions, and at the
        end of it, if anywhere, a full stop.
    query : int or None
        The word from which the heads look and after which a word is looked for: 0 is the start of the
        sentence, 1 its first word. None is the last word, whichever that is.
    off : list of (int, int)
        The heads that are switched off: the block and the head of each, counted from 0.
    temperature : float
        The divisor of the scores, greater than 0 and at most 10.
    seed : int
        Of the draws with which the page goes on by itself.
    beginnings : list of str
        Sentences to begin with.
    words : list of str
        The vocabulary: those after `start` are for sentences. Read-only, as are `start`, `n_heads`, and
        `shapes` and `numbers`, the parameters as `attnlib.live.params.pack` writes them.

    Examples
    --------
    >>> figure = GPT("anna likes to go to the park and i like to go to the theatre today so i see")
    >>> figure.words[figure.next_words()[-1].argmax()]
    'actors'
    >>> figure.off = [(0, 0)]  # who was it that goes to the theatre?
    >>> figure.words[figure.next_words()[-1].argmax()]
    'ducks'
    """

    text = traitlets.Unicode(BEGINNINGS[-1]).tag(sync=True)
    query = traitlets.Int(None, allow_none=True).tag(sync=True)
    off = traitlets.List().tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=2**32 - 1).tag(sync=True)
    beginnings = traitlets.List(traitlets.Unicode(), BEGINNINGS).tag(sync=True)
    words = traitlets.List(traitlets.Unicode(), park.VOCABULARY.words, read_only=True).tag(sync=True)
    start = traitlets.Unicode(sentences.START, read_only=True).tag(sync=True)
    n_heads = traitlets.Int(park.N_HEADS, read_only=True).tag(sync=True)
    shapes = traitlets.Dict(read_only=True).tag(sync=True)
    numbers = traitlets.Unicode(read_only=True).tag(sync=True)
    beside = ("numbers",)

    def __init__(self, text=None, params=None, **traits):
        if params is None:
            params = load("park").params
        require_fitting(params, park.EXPERIMENT)
        self._params = ship(self, params)
        super().__init__(**({} if text is None else {"text": text}), **traits)

    @traitlets.validate("text", "beginnings")
    def _can_be_read(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if name == "beginnings":
            return [self._readable(name, text) for text in value]
        return self._readable(name, value)

    def _readable(self, name, text):
        words = text.split()
        known = self.words[self.words.index(self.start) + 1 :]
        for word in words:
            if word not in known:
                raise traitlets.TraitError(f"{name} has a word that the model doesn't know: {word!r}")
        if STOP in words[:-1]:
            raise traitlets.TraitError(f"{name} must be one sentence, but goes on after a full stop")
        room = self.shapes["positions"][0] - 1
        if len(_asking(words)) > room:
            raise traitlets.TraitError(f"{name} must have at most {room} words, got {len(_asking(words))}")
        return " ".join(words)

    @traitlets.validate("query")
    def _is_in_the_sentence(self, proposal):
        value, last = proposal["value"], len(self.tokens()) - 1
        if value is not None and not 0 <= value <= last:
            raise traitlets.TraitError(f"query must be 0 to {last}, got {value}")
        return value

    @traitlets.observe("text")
    def _look_from_the_end(self, _change):
        if self.query is not None and self.query >= len(self.tokens()):
            self.query = None

    @traitlets.validate("off")
    def _are_heads(self, proposal):
        try:
            heads = sorted({(block, head) for block, head in proposal["value"]})
            without_heads(self._params, heads, n_heads=self.n_heads)
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(
                f"off must be blocks and heads that are there, got {proposal['value']}"
            ) from error
        return [list(pair) for pair in heads]

    @traitlets.validate("temperature")
    def _is_above_zero(self, proposal):
        if not 0 < proposal["value"] <= 10 or math.isnan(proposal["value"]):
            raise traitlets.TraitError(
                f"temperature must be above 0 and at most 10, got {proposal['value']}"
            )
        return proposal["value"]

    def tokens(self):
        """Return what the model reads: the start and the words, without a full stop at the end."""
        return [self.start, *_asking(self.text.split())]

    def next_words(self, *, every_head=False):
        """Return how likely each word is after each token, of shape (T, n_words).

        Parameters
        ----------
        every_head : bool, default False
            Whether those that are off take part as well.
        """
        params = self._params if every_head else self._with_heads_off()
        logits = gpt(params, park.VOCABULARY.encode(" ".join(self.tokens())), n_heads=self.n_heads)
        return softmax(logits, temperature=self.temperature)

    def weights(self):
        """Return the attention weights of all heads, of shape (n_blocks, n_heads, T, T)."""
        with watching() as seen:
            gpt(
                self._with_heads_off(),
                park.VOCABULARY.encode(" ".join(self.tokens())),
                n_heads=self.n_heads,
            )
        return np.stack(seen)

    def picture(self):
        """Draw the likeliest next words, and for each head where it looks, with `attnlib.plots`."""
        asker, tokens = self._asker(), self.tokens()
        shown, likely, with_all = self._likeliest()
        weights = self.weights()[:, :, asker, : asker + 1]
        n_blocks, n_heads, n_seen = weights.shape
        columns = [f"{block}·{head}" for block in range(n_blocks) for head in range(n_heads)]
        with plots.style():
            ratios = [2.9, 0.26 * n_seen + 0.7]
            figure, (ax, below) = plt.subplots(
                2, 1, figsize=(5.0, sum(ratios)), gridspec_kw={"height_ratios": ratios}
            )
            plots.bars(likely, shown, ax=ax)
            if self.off:
                ax.barh(
                    range(len(shown)), with_all, fill=False, edgecolor=plots.PALETTE["grey"], linestyle="--"
                )
            ax.set_title(f"after “{_named(tokens[asker])}”")
            plots.heatmap(
                weights.reshape(n_blocks * n_heads, n_seen).T,
                list(map(_named, tokens[: asker + 1])),
                columns,
                ax=below,
                fmt=lambda weight: f"{weight:.2f}".lstrip("0") if weight >= 0.05 else "",
            )
            below.set(xlabel="heads, block · head", ylabel="")
            for block, head in self.off:
                below.get_xticklabels()[block * n_heads + head].set_color(plots.PALETTE["orange"])
        return figure.axes[0]

    def description(self):
        """Say which words are likeliest next, what is switched off, and where the heads look."""
        asker, tokens = self._asker(), self.tokens()
        likely = ", ".join(f"“{word}” {p:.2f}" for word, p, _ in zip(*self._likeliest(3), strict=True))
        said = " ".join(["…", *tokens[max(1, asker - 3) : asker + 1]]) if asker else "nothing"
        told = [f"After “{said}” the likeliest words are {likely}."]
        if self.off:
            names = ", ".join(f"{head} of block {block}" for block, head in self.off)
            likeliest = self.words[self.next_words(every_head=True)[asker].argmax()]
            told.append(f"Off: head {names}; with every head it would be “{likeliest}”.")
        for block, heads in enumerate(self.weights()[:, :, asker]):
            seen = ", ".join(f"“{_named(tokens[place])}”" for place in heads.argmax(axis=-1))
            told.append(f"The heads of block {block} look most at {seen}.")
        return " ".join(told)

    def _asker(self):
        return len(self.tokens()) - 1 if self.query is None else self.query

    def _likeliest(self, n=SHOWN):
        now, with_all = (
            self.next_words(every_head=every_head)[self._asker()] for every_head in (False, True)
        )
        known = np.arange(len(self.words)) > self.words.index(self.start)
        most = np.argsort(-np.where(known, np.maximum(now, with_all), -1), kind="stable")[:n]
        order = most[np.argsort(-now[most], kind="stable")]
        return [self.words[i] for i in order], now[order], with_all[order]

    def _with_heads_off(self):
        return without_heads(self._params, self.off, n_heads=self.n_heads)


def _asking(words):
    return words[:-1] if words[-1:] == [STOP] else words


def _named(token):
    return "start" if token == sentences.START else token
