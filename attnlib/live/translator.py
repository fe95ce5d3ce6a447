"""The translators of chapter 12: a composed sentence, said in French, and where each word looks."""

import traitlets

from attnlib import plots
from attnlib.data.translation import ARTICLES, BEFORE, BEHIND, CONJUNCTIONS, END, NOUNS, START, VERBS
from attnlib.live.figure import LiveFigure
from attnlib.live.params import ship
from attnlib.models.parameters import part
from attnlib.plots.styling import bare_axes
from attnlib.trained import load, translation

ATTENTION = ("additive", "none")
EXAMPLES = (
    translation.EXAMPLE[0],
    "a bloody queen fears the little red crown or the false ghost does not follow a cold castle",
    "the king sees the white queen and the white queen sees the king and the king sees a raven "
    "and the red raven sees the queen and the ghost sees the king",
)
#: How many words may be written, and how many are said at most.
LONGEST, MOST = 36, 48


class Translator(LiveFigure, script="translator"):
    """Two trained translators from English to French, one with attention and one without.

    Parameters
    ----------
    text : str, optional
        The English sentence.
    **traits
        The traits below, by name.

    Attributes
    ----------
    text : str
        Up to 36 words of the vocabulary, which need not be a sentence.
    attention : {"additive", "none"}
        How the decoder looks back.
    step : int or None
        The French word whose look is shown, counted from 0; None, or one that isn't there, is the last.
    examples : list of str
        Sentences to begin with.
    kinds : list of list of str
        The English words by their kind. Read-only, as are the vocabularies `english` and `french`, `start`,
        `end`, `longest`, `most` and `trained` (the most words read, said, and read in training),
        and `shapes` and `numbers`, the parameters of both as `attnlib.live.params.pack` writes them.

    Examples
    --------
    >>> Translator("the raven kills the green night").translated()[0]
    'le corbeau tue la nuit verte'
    """

    text = traitlets.Unicode(EXAMPLES[0]).tag(sync=True)
    attention = traitlets.Enum(ATTENTION, "additive").tag(sync=True)
    step = traitlets.Int(None, allow_none=True, min=0).tag(sync=True)
    examples = traitlets.List(traitlets.Unicode(), EXAMPLES).tag(sync=True)
    kinds = traitlets.List(read_only=True).tag(sync=True)
    english = traitlets.List(traitlets.Unicode(), translation.ENGLISH.words, read_only=True).tag(sync=True)
    french = traitlets.List(traitlets.Unicode(), translation.FRENCH.words, read_only=True).tag(sync=True)
    start = traitlets.Unicode(START, read_only=True).tag(sync=True)
    end = traitlets.Unicode(END, read_only=True).tag(sync=True)
    longest = traitlets.Int(LONGEST, read_only=True).tag(sync=True)
    most = traitlets.Int(MOST, read_only=True).tag(sync=True)
    trained = traitlets.Int(translation.LONGEST, read_only=True).tag(sync=True)
    shapes = traitlets.Dict(read_only=True).tag(sync=True)
    numbers = traitlets.Unicode(read_only=True).tag(sync=True)
    beside = ("numbers",)

    def __init__(self, text=None, **traits):
        params = {
            f"{attention}.{name}": array
            for attention in ATTENTION
            for name, array in load(f"translation-{attention}").params.items()
        }
        self._params = ship(self, params)
        super().__init__(**({} if text is None else {"text": text}), **traits)

    @traitlets.default("kinds")
    def _by_kind(self):
        verbs = [form for forms in VERBS for form in forms]
        articles = [*ARTICLES, *CONJUNCTIONS, "does", "not"]
        return [articles, [*BEFORE, *BEHIND], [*NOUNS], verbs[::2], verbs[1::2]]

    @traitlets.validate("text", "examples")
    def _can_be_read(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if name == "examples":
            return [self._readable(name, text) for text in value]
        return self._readable(name, value)

    def _readable(self, name, text):
        words = text.split()
        for word in words:
            if word not in self.english[1:]:
                raise traitlets.TraitError(f"{name} has a word that the model doesn't know: {word!r}")
        if len(words) > LONGEST:
            raise traitlets.TraitError(f"{name} must have at most {LONGEST} words, got {len(words)}")
        return " ".join(words)

    def translated(self):
        """Return the translation, and how much each of its words and the end look at each English word.

        The weights, of shape (T_out + 1, T), are None without attention and without a sentence.
        """
        if not self.text:
            return "", None
        params = part(self._params, self.attention)
        texts, weights = translation.translate(params, [self.text], attention=self.attention, n=MOST)
        return texts[0], None if weights is None else weights[0]

    def picture(self):
        """Draw the alignment with `attnlib.plots.heatmap`, or the words alone where there is none."""
        french, weights = self.translated()
        if weights is None:
            ax = bare_axes(None, (5.0, 1.2))
            ax.text(0.02, 0.7, self.text or "no words yet", wrap=True)
            ax.text(0.02, 0.2, french, wrap=True)
            return ax
        said = french.split()
        ax = plots.heatmap(weights[: len(said)], said, self.text.split(), fmt=lambda _: "")
        ax.tick_params(axis="x", rotation=90)
        return ax

    def description(self):
        """Say what the sentence becomes, and where the chosen word looks."""
        french, weights = self.translated()
        if not self.text:
            return "A translator without a sentence."
        told = f"“{self.text}” becomes “{french}”"
        if weights is None:
            return f"{told}, from one vector."
        said = french.split()
        at = len(said) - 1 if self.step is None else min(self.step, len(said) - 1)
        if at < 0:
            return f"{told}."
        looked = self.text.split()[weights[at].argmax()]
        return f"{told}. To say “{said[at]}” it looks most at “{looked}”."
