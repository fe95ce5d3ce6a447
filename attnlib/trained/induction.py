"""Small GPTs on the texts of `attnlib.data.patterns`, with one block or two, and one head or four."""

import functools

import numpy as np

from attnlib.data.patterns import LETTERS, PERIODS, pattern_batch
from attnlib.layers import watching
from attnlib.models.ablation import without_heads
from attnlib.models.induction import induction_score, previous_score
from attnlib.models.parameters import transformer_params
from attnlib.models.transformer import gpt, next_word_loss
from attnlib.trained.experiment import Experiment

#: The blocks, and the heads in each.
SIZES = {"two": (2, 1), "one": (1, 1), "many": (2, 4), "fixed": (1, 1)}
#: How many letters the models see; how often the pattern is left in training; the one length of patterns
#: that "fixed" is trained on, without a jump.
LENGTH, JUMPS, FIXED = 48, 0.15, 12


def begin(rng, *, name):
    """Return the first parameters: 32 features, 9 or 16 thousand numbers in all."""
    n_layers, n_heads = SIZES[name]
    sizes = {"n_words": len(LETTERS), "d_model": 32, "d_hidden": 32}
    return transformer_params(rng, **sizes, n_layers=n_layers, n_heads=n_heads, length=LENGTH)


def batches(rng, *, name):
    """Yield 32 texts at a time, and where they are asked."""
    drawn = {"periods": (FIXED, FIXED)} if name == "fixed" else {"jumps": JUMPS}
    while True:
        texts = pattern_batch(rng, 32, LENGTH + 1, **drawn)
        yield texts.ids, texts.asked


def loss(params, ids, asked, *, name):
    """Return the mean surprise at a letter that can be known, in nats."""
    return next_word_loss(params, ids, asked, n_heads=SIZES[name][1])


@functools.cache
def data():
    """Return the texts to judge by, by name: the pattern read in a circle, with jumps, of one length."""
    rng = np.random.default_rng(21)
    kinds = {"right": {}, "right with jumps": {"jumps": JUMPS}, "right of 12": {"periods": (FIXED, FIXED)}}
    return {name: pattern_batch(rng, 200, LENGTH + 1, **options) for name, options in kinds.items()}


def right(params, texts, *, n_heads, off=()):
    """Return how often the likeliest letter is the right one, where it can be known.

    Parameters
    ----------
    params : dict of str to ndarray of float
        The weights.
    texts : Patterns
        The texts.
    n_heads : int
        The number of heads in a block.
    off : iterable of (int, int), default ()
        Heads to switch off, as in `without_heads`.

    Returns
    -------
    float
        From 0 to 1.
    """
    params = without_heads(params, off, n_heads=n_heads)
    guess = gpt(params, texts.ids[:, :-1], n_heads=n_heads).argmax(axis=-1)
    return float((guess == texts.ids[:, 1:])[texts.asked[:, 1:]].mean())


def scores(params, *, n_heads):
    """Return, for each block and head, how much it looks at the letter before, and behind earlier copies.

    Returns
    -------
    previous, induction : ndarray of float, shape (n_blocks, n_heads)
        `previous_score` and `induction_score`, the mean over the texts that are read in a circle.
    """
    ids = data()["right"].ids[:, :-1]
    with watching() as seen:
        gpt(params, ids, n_heads=n_heads)
    previous = np.stack([previous_score(weights).mean(axis=0) for weights in seen])
    return previous, np.stack([induction_score(weights, ids).mean(axis=0) for weights in seen])


def evaluate(params, *, name):
    """Return how often a letter that can be known is told right, and how much the best heads look where.

    Returns
    -------
    dict of str to float
        ``right``, ``right with jumps``, ``right of 12``: on each kind of `data`. ``weight one back``,
        ``weight on the stripe``: of the best head. With one head in each of two blocks also ``right without
        block 0``'s, and so of the other.
    """
    n_layers, n_heads = SIZES[name]
    results = {kind: right(params, texts, n_heads=n_heads) for kind, texts in data().items()}
    previous, induction = scores(params, n_heads=n_heads)
    results |= {"weight one back": float(previous.max()), "weight on the stripe": float(induction.max())}
    if name == "two":
        results |= {
            f"right without block {block}": right(params, data()["right"], n_heads=1, off=[(block, 0)])
            for block in range(n_layers)
        }
    return results


def baselines():
    """Return how often simpler means are right where the pattern is read in a circle.

    Returns
    -------
    dict of str to float
        ``right by chance``; ``right at the best distance``: to say the letter a fixed number of places
        back, whichever serves best; ``right by rule``: what stood behind the last copy of the letter, and
        the same with jumps.
    """
    texts = data()["right"]
    distances = [
        float((np.roll(texts.ids, d, axis=1) == texts.ids)[texts.asked].mean())
        for d in range(PERIODS[0], PERIODS[1] + 1)
    ]
    found = {"right by chance": 1 / len(LETTERS), "right at the best distance": max(distances)}
    for kind, label in (("right", "right by rule"), ("right with jumps", "right by rule, with jumps")):
        ids, asked, _ = data()[kind]
        found[label] = float((_by_rule(ids) == ids)[asked].mean())
    return found


def _by_rule(ids):
    """Return for each letter what stood behind the last copy of the one before it; -1 if there is none."""
    told = np.full_like(ids, -1)
    for row, text in zip(told, ids.tolist(), strict=True):
        followed = {}
        for i in range(1, len(text)):
            row[i] = followed.get(text[i - 1], -1)
            followed[text[i - 1]] = text[i]
    return told


def look(params):
    """Return how much the head of block 0 looks one back, and that of block 1 along the stripe."""
    previous, induction = scores(params, n_heads=1)
    return np.array([previous[0, 0], induction[1, 0]])


#: After how many steps `look` is recorded while "two" is trained.
WATCHED = tuple(range(0, 1501, 60))
#: An experiment for each of `SIZES`.
EXPERIMENTS = {
    name: Experiment(
        functools.partial(begin, name=name),
        functools.partial(batches, name=name),
        functools.partial(loss, name=name),
        functools.partial(evaluate, name=name),
        baselines,
        steps=1500,
        rate=5e-3,
        snapshot=look if name == "two" else None,
        snapshot_at=WATCHED if name == "two" else (),
    )
    for name in SIZES
}
