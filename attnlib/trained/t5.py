"""One model that translates, summarises and answers, as it is told."""

import functools

import numpy as np

from attnlib.data import tasks
from attnlib.data.translation import END, PADDING, START, word_by_word
from attnlib.data.vocabulary import Vocabulary
from attnlib.models.t5 import reply, t5_loss, t5_params
from attnlib.trained.experiment import Experiment

N_HEADS = 4
TASKS = {"translate": tasks.translate, "summarise": tasks.summarise, "answer": tasks.answer}
#: A task that is asked for in the same way, and that the model was not trained on.
NEW = {"translate back": tasks.translate_back}
#: What is drawn of each task; questions, which take the longest to learn, come twice as often.
N_TRAINING, N_JUDGED, BATCH = 20000, 200, 32
TURNS = ("translate", "summarise", "answer", "answer")


@functools.cache
def data():
    """Return what to train on and what is held out, by task; nothing of the one is in the other."""
    rng = np.random.default_rng(14)
    training = {name: [draw(rng) for _ in range(N_TRAINING)] for name, draw in TASKS.items()}
    known = {task.asked for drawn in training.values() for task in drawn}
    held_out = {}
    for name, draw in (TASKS | NEW).items():
        held_out[name] = []
        while len(held_out[name]) < N_JUDGED:
            task = draw(rng)
            if task.asked not in known:
                held_out[name].append(task)
    return training, held_out


@functools.cache
def vocabulary():
    """Return the words of all tasks, after `PADDING`, `START` and `END`."""
    texts = [text for part in data() for drawn in part.values() for task in drawn for text in task]
    return Vocabulary.of_words(texts, special=(PADDING, START, END))


def packed(drawn):
    """Return the numbers of what is asked, where it has words, and the same of what is said."""
    asked = vocabulary().pad([task.asked for task in drawn], PADDING)
    said = vocabulary().pad([f"{START} {task.said} {END}" for task in drawn], PADDING)
    return *asked, *said


def begin(rng):
    """Return the first parameters: two layers of 48 features in the encoder, and two in the decoder."""
    sizes = {"d_model": 48, "d_hidden": 96, "n_layers": 2, "n_heads": N_HEADS, "reach": 16}
    return t5_params(rng, n_words=len(vocabulary()), **sizes)


def batches(rng):
    """Yield 32 of one task at a time, the tasks in turns."""
    arrays = {name: packed(drawn) for name, drawn in data()[0].items()}
    while True:
        for name in TURNS:
            rows = rng.integers(N_TRAINING, size=BATCH)
            yield tuple(array[rows] for array in arrays[name])


def loss(params, *batch):
    """Return the mean surprise at a word that should be said, in nats."""
    return t5_loss(params, *batch, n_heads=N_HEADS)


def said(params, asked, n=20):
    """Return what the model says.

    Parameters
    ----------
    params : dict of str to ndarray of float
        The weights.
    asked : sequence of str
        Tasks, which begin with their names, in words of `vocabulary`.
    n : int, default 20
        How many words to say at most.

    Returns
    -------
    list of str
        Up to the end, or `n` words.
    """
    ids, keep = vocabulary().pad(asked, PADDING)
    start, end = vocabulary().encode(f"{START} {END}")
    rows = reply(params, ids, keep, n, start=start, end=end, n_heads=N_HEADS)
    return [vocabulary().decode(row[row != end]) for row in rows]


def evaluate(params):
    """Return how often all that is said is right, for each task, and for one that is new."""
    results = {}
    for name, drawn in data()[1].items():
        texts = said(params, [task.asked for task in drawn])
        results[f"right: {name}"] = _share(map(str.__eq__, texts, (task.said for task in drawn)))
    return results


def baselines():
    """Return what rules reach that look up words alone.

    Notes
    -----
    Who sees which words stand in a text, and not how they belong together, can summarise a battle but for
    who won, and answer with one of three rooms or names.
    """
    translated = (
        word_by_word(asked.partition(": ")[2]) == french for asked, french in data()[1]["translate"]
    )
    return {
        "right: translate, word by word": _share(translated),
        "right: summarise, who won being guessed": 1 / 2,
        "right: answer, any room or name of the three": 1 / 3,
    }


def _share(hits):
    return float(np.mean(list(hits)))


EXPERIMENT = Experiment(begin, batches, loss, evaluate, baselines, steps=5000, rate=3e-3)
