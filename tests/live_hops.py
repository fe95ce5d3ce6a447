"""Where the two hops stand, and states in which their numbers are compared with attnlib's."""

import numpy as np

from attnlib.data import castle as stories
from attnlib.live import Hops
from attnlib.models import memory
from attnlib.trained import castle, load

CHAPTER = "16-questions"
MODELS = {1: "castle-one-hop", 2: "castle-two-hops"}
TOLD_TWICE = (
    "duncan has the torch",
    "banquo has the torch",
    "duncan is in the hall",
    "banquo is in the tower",
)


def states():
    """Yield figures, each with the numbers that its script should give."""
    rng = np.random.default_rng(16)
    for place in range(36):
        asked = stories.question(rng, n_people=2 + place % 5)
        n_hops = 1 + place % 2
        yield Hops(facts=asked.facts, question=asked.text, n_hops=n_hops), numbers(asked, n_hops, [])
        left_out = sorted({*rng.integers(len(asked.facts), size=place % 4).tolist()})
        shown = Hops(facts=asked.facts, question=asked.text, n_hops=n_hops, left_out=left_out)
        yield shown, numbers(asked, n_hops, left_out)
    for text, answers in {
        "where is the torch": ("hall", "tower"),
        "who has the torch": ("duncan", "banquo"),
        "who has the crown": (),
        "where is macbeth": (),
    }.items():
        asked = stories.Question(TOLD_TWICE, text, "", ())
        yield (
            Hops(facts=TOLD_TWICE, question=text),
            numbers(asked, 2, []) | {"answers": castle.VOCABULARY.encode(" ".join(answers))},
        )


def numbers(asked, n_hops, left_out):
    """Return what a script should give, from the shipped weights in float64."""
    params = {name: array.astype(np.float64) for name, array in load(MODELS[n_hops]).params.items()}
    told = [i for i in range(len(asked.facts)) if i not in left_out]
    facts, question, _ = stories.as_numbers([asked._replace(answer="hall")])
    seen = memory.hops(params, facts[0, told], question[0])
    weights = np.zeros((n_hops, len(asked.facts)))
    weights[:, told] = seen
    logits = memory.memory_network(params, facts[0, told], question[0])
    powers = np.exp(logits - logits.max())
    expected = {"weights": weights, "likely": powers / powers.sum()}
    if asked.answer and not {*asked.support} & {*left_out}:
        expected["answers"] = castle.VOCABULARY.encode(asked.answer)
    elif asked.answer:
        expected["answers"] = []
    return expected
