"""The castle of chapter 16: a question that looks among facts, once or twice, and answers."""

import re

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.data.castle import PEOPLE, PLACES, THINGS
from attnlib.live.figure import LiveFigure
from attnlib.live.params import ship
from attnlib.models import memory
from attnlib.models.parameters import part
from attnlib.probability import softmax
from attnlib.trained import castle, load

STORY = (
    "duncan is in the garden",
    "banquo is in the tower",
    "ross has the key",
    "malcolm has the letter",
    "malcolm is in the cellar",
    "duncan has the torch",
    "banquo has the crown",
    "ross is in the hall",
)
MODELS = {1: "castle-one-hop", 2: "castle-two-hops"}
PERSON, PLACE, THING = ("|".join(names) for names in (PEOPLE, PLACES, THINGS))
FACT = re.compile(rf"({PERSON}) (is in|has) the (?:(?<=in the )({PLACE})|(?<=has the )({THING}))")
QUESTION = re.compile(rf"where is ({PERSON})|who has the ({THING})|where is the ({THING})")


class Hops(LiveFigure, script="hops"):
    """The trained networks of one hop and of two, on a story that can be changed.

    Attributes
    ----------
    facts : list of str
        The story, such as "duncan is in the garden" and "duncan has the torch"; 1 to 12 facts.
    left_out : list of int
        Which of them aren't told: places in `facts`, but not all.
    question : str
        "where is duncan", "who has the torch" or "where is the torch".
    n_hops : {1, 2}
        How often the network looks.
    people, places, things, words : list of str
        The names, and the vocabulary of the models; read-only, as are `shapes` and `numbers`, the
        parameters as `attnlib.live.params.pack` writes them, with the number of hops before each name.

    Examples
    --------
    >>> figure = Hops()
    >>> figure.words[figure.likely().argmax()], figure.answers()
    ('garden', ['garden'])
    >>> figure.left_out = [0]  # nobody says where duncan is
    >>> figure.answers()
    []
    """

    facts = traitlets.List(traitlets.Unicode(), STORY, minlen=1, maxlen=12).tag(sync=True)
    left_out = traitlets.List(traitlets.Int()).tag(sync=True)
    question = traitlets.Unicode("where is the torch").tag(sync=True)
    n_hops = traitlets.Enum(tuple(MODELS), 2).tag(sync=True)
    people = traitlets.List(traitlets.Unicode(), PEOPLE, read_only=True).tag(sync=True)
    places = traitlets.List(traitlets.Unicode(), PLACES, read_only=True).tag(sync=True)
    things = traitlets.List(traitlets.Unicode(), THINGS, read_only=True).tag(sync=True)
    words = traitlets.List(traitlets.Unicode(), castle.VOCABULARY.words, read_only=True).tag(sync=True)
    shapes = traitlets.Dict(read_only=True).tag(sync=True)
    numbers = traitlets.Unicode(read_only=True).tag(sync=True)

    def __init__(self, **traits):
        self._params = ship(
            self,
            {
                f"{n}.{name}": array
                for n, model in MODELS.items()
                for name, array in load(model).params.items()
            },
        )
        super().__init__(**traits)

    @traitlets.validate("facts")
    def _are_facts(self, proposal):
        for fact in proposal["value"]:
            if not FACT.fullmatch(fact):
                raise traitlets.TraitError(
                    f"facts must be like 'duncan is in the garden' or 'duncan has the torch', got {fact!r}"
                )
        return proposal["value"]

    @traitlets.validate("left_out")
    def _are_some_of_the_facts(self, proposal):
        left_out = sorted({*proposal["value"]})
        if not all(0 <= i < len(self.facts) for i in left_out) or len(left_out) == len(self.facts):
            raise traitlets.TraitError(
                f"left_out must be some of the {len(self.facts)} facts, counted from 0, got {left_out}"
            )
        return left_out

    @traitlets.observe("facts")
    def _tell_all(self, _change):
        if any(i >= len(self.facts) for i in self.left_out) or len(self.left_out) >= len(self.facts):
            self.left_out = []

    @traitlets.validate("question")
    def _is_a_question(self, proposal):
        if not QUESTION.fullmatch(proposal["value"]):
            raise traitlets.TraitError(
                f"question must be like 'where is duncan', 'who has the torch' or 'where is the torch', "
                f"got {proposal['value']!r}"
            )
        return proposal["value"]

    def weights(self):
        """Return where each hop looks, of shape (n_hops, n_facts); 0 at facts that aren't told."""
        return memory.hops(*self._asked())

    def likely(self):
        """Return how likely each word is as the answer, of shape (n_words,)."""
        return softmax(memory.memory_network(*self._asked()))

    def answers(self):
        """Return what the facts that are told say: one word, or none, or several."""
        told = [fact.split() for i, fact in enumerate(self.facts) if i not in self.left_out]
        asked = self.question.split()
        holders = [who for who, verb, *_, what in told if verb == "has" and what == asked[-1]]
        if asked[0] == "who":
            found = holders
        else:
            sought = holders if asked[-1] in self.things else [asked[-1]]
            found = [where for who, verb, *_, where in told if verb == "is" and who in sought]
        return list(dict.fromkeys(found))

    def picture(self):
        """Draw where each hop looks as a heat map, with a row for each fact."""
        told = [i for i in range(len(self.facts)) if i not in self.left_out]
        with plots.style():
            _, ax = plt.subplots(figsize=(5.0, 1.2 + 0.4 * len(told)))
            columns = [f"hop {h + 1}" for h in range(self.n_hops)]
            plots.heatmap(self.weights()[:, told].T, [self.facts[i] for i in told], columns, ax=ax)
            ax.set(xlabel="", ylabel="")
            ax.set_title(f"{self.question}? {self.words[self.likely().argmax()]}")
        return ax

    def description(self):
        """Say where each hop looks most, and what is answered."""
        looks = ", ".join(
            f"hop {h + 1} looks most at “{self.facts[place]}” ({weights[place]:.2f})"
            for h, weights in enumerate(self.weights())
            for place in [int(weights.argmax())]
        )
        likely, said = self.likely(), self.answers()
        truth = f"says {' and '.join(said)}" if said else "doesn't say"
        return (
            f"“{self.question}?”: {looks}. The answer: {self.words[likely.argmax()]}, {likely.max():.2f}. "
            f"The story {truth}."
        )

    def _asked(self):
        params = part(self._params, str(self.n_hops))
        facts, _ = castle.VOCABULARY.pad(self.facts, self.words[0])
        facts[np.array(self.left_out, int)] = 0
        return params, facts, castle.VOCABULARY.encode(self.question)
