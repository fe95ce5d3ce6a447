"""Memory networks of one hop and of two, which answer questions about Macbeth's castle."""

import functools

import numpy as np

from attnlib.data import castle
from attnlib.models.memory import answer_loss, hops, memory_network, memory_params
from attnlib.trained.experiment import Experiment

VOCABULARY = castle.vocabulary()
N_TRAINING, N_HELD_OUT = 6000, 1500
#: How many people are in the longer stories, none of which the models are trained on.
N_LONGER = 6


@functools.cache
def data():
    """Return the questions to train on, and those held out: no story is in both."""
    rng = np.random.default_rng(30)
    training = [castle.question(rng) for _ in range(N_TRAINING)]
    known = {frozenset(asked.facts) for asked in training}
    drawn = [castle.question(rng) for _ in range(N_HELD_OUT)]
    return training, [asked for asked in drawn if frozenset(asked.facts) not in known]


@functools.cache
def longer():
    """Return questions about stories that are longer than those to train on."""
    rng = np.random.default_rng(31)
    return [castle.question(rng, n_people=N_LONGER) for _ in range(N_HELD_OUT)]


def begin(rng, *, n_hops):
    """Return the first parameters: 32 features, 5 thousand numbers in all with one hop, 7 with two."""
    return memory_params(rng, n_words=len(VOCABULARY), d_model=32, n_hops=n_hops)


def batches(rng):
    """Yield 32 questions at a time: their facts, their words and their answers."""
    facts, asked, answers = castle.as_numbers(data()[0])
    while True:
        drawn = rng.integers(len(answers), size=32)
        yield facts[drawn], asked[drawn], answers[drawn]


def evaluate(params):
    """Return how often the answer is right in new stories, by how many facts it takes.

    Returns
    -------
    dict of str to float
        ``one fact``, ``two facts``; ``two facts, longer`` in stories of more people than in training;
        ``weight`` on the facts that are needed, where two are: on the first of them at the first hop, and
        on the second at the second, of whichever hops there are.
    """
    held_out = data()[1]
    one, two = ([asked for asked in held_out if len(asked.support) == n] for n in (1, 2))
    two_longer = [asked for asked in longer() if len(asked.support) == 2]
    return {
        "one fact": right(params, one),
        "two facts": right(params, two),
        "two facts, longer": right(params, two_longer),
        "weight": weight_on_support(params, two),
    }


def right(params, questions):
    """Return how often the likeliest word is the answer."""
    facts, asked, answers = castle.as_numbers(questions)
    return float((memory_network(params, facts, asked).argmax(axis=-1) == answers).mean())


def weight_on_support(params, questions):
    """Return the mean weight of hop h on the fact that is needed h-th."""
    facts, asked, _ = castle.as_numbers(questions)
    weights = hops(params, facts, asked)  # (n_hops, n, n_facts)
    needed = np.array([question.support for question in questions]).T[: len(weights), :, None]
    return float(np.take_along_axis(weights, needed, axis=-1).mean())


def baselines():
    """Return how often other means are right.

    Returns
    -------
    dict of str to float
        ``by shared words`` takes the fact that shares most words with the question, and of it the word
        that isn't in the question; ``by chance`` takes one of the places of the story.
    """
    held_out = data()[1]
    results = {}
    for n, name in ((1, "one fact"), (2, "two facts")):
        asked = [question for question in held_out if len(question.support) == n]
        results[f"{name} by shared words"] = float(np.mean([_shared(q) == q.answer for q in asked]))
    return results | {"two facts by chance": 1 / 4}


def _shared(asked):
    words = set(asked.text.split())
    best = max(asked.facts, key=lambda fact: len(words & set(fact.split())))
    new = [word for word in best.split() if word not in words]
    return next(word for word in new if word in {*castle.PEOPLE, *castle.PLACES, *castle.THINGS})


def _experiment(n_hops):
    return Experiment(
        functools.partial(begin, n_hops=n_hops),
        batches,
        answer_loss,
        evaluate,
        baselines,
        steps=2000,
        rate=1e-2,
    )


#: An experiment for each number of hops.
EXPERIMENTS = {"one-hop": _experiment(1), "two-hops": _experiment(2)}
