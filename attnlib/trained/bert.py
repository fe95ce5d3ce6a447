"""BERT on the sentences of `attnlib.data.animals`, and the same model made causal."""

import functools
from collections import Counter, defaultdict

import numpy as np

from attnlib.data.animals import KINDS, MASK, PADDING, SORTS, sentences
from attnlib.data.masking import hide
from attnlib.data.vocabulary import Vocabulary
from attnlib.models.bert import bert, masked_word_loss
from attnlib.models.parameters import transformer_params
from attnlib.probability import softmax
from attnlib.trained.experiment import Experiment

N_HEADS = 4
#: Of the sentences of each kind, so many are held out; the others are to learn from.
HELD_OUT = 100
#: What the two models see beside a word.
SIDES = ("both", "left")


@functools.cache
def data():
    """Return the sentences to train on and those held out, a list of each kind."""
    rng = np.random.default_rng(13)
    shuffled = [rng.permutation(sentences(kind)).tolist() for kind in range(len(KINDS))]
    return [texts[HELD_OUT:] for texts in shuffled], [texts[:HELD_OUT] for texts in shuffled]


@functools.cache
def vocabulary():
    """Return the words of all sentences, with `PADDING` and `MASK` before them."""
    texts = [text for part in data() for kind in part for text in kind]
    return Vocabulary.of_words(texts, special=(PADDING, MASK))


def begin(rng):
    """Return the first parameters: two layers of 32 features."""
    longest = max(len(text.split()) for kind in data()[0] for text in kind)
    sizes = {"n_words": len(vocabulary()), "d_model": 32, "n_layers": 2, "n_heads": N_HEADS}
    return transformer_params(rng, **sizes, length=longest)


def batches(rng):
    """Yield 64 sentences at a time, as many of each kind, with words hidden anew each time."""
    packed = [vocabulary().pad(kind, PADDING) for kind in data()[0]]
    longest = max(ids.shape[1] for ids, _ in packed)
    packed = [[np.pad(array, ((0, 0), (0, longest - array.shape[1]))) for array in kind] for kind in packed]
    (mask,) = vocabulary().encode(MASK)
    while True:
        drawn = [rng.integers(len(ids), size=64 // len(KINDS)) for ids, _ in packed]
        ids, keep = (
            np.concatenate([kind[part][rows] for kind, rows in zip(packed, drawn, strict=True)])
            for part in range(2)
        )
        hidden, asked = hide(rng, ids, keep, mask=mask, n_words=len(vocabulary()))
        yield hidden, ids, keep, asked


def loss(params, *batch, side):
    """Return the mean surprise at a hidden word, in nats."""
    return masked_word_loss(params, *batch, n_heads=N_HEADS, causal=side == "left")


def guess(params, text, *, side):
    """Return how likely each word of the vocabulary is at each place of a sentence.

    Parameters
    ----------
    params : dict of str to ndarray of float
        The weights.
    text : str
        A sentence, in which `MASK` stands for what is asked for.
    side : str
        Which of `SIDES` the weights were made for.

    Returns
    -------
    ndarray of float, shape (T, n_words)
        Rows sum to 1.
    """
    return softmax(bert(params, vocabulary().encode(text), n_heads=N_HEADS, causal=side == "left"))


def evaluate(params, *, side):
    """Return how often the likeliest word is right, each word of the held-out sentences masked alone.

    Returns
    -------
    dict of str to float
        ``right`` of all words and full stops; ``right of animals`` and of each other sort of word; and
        ``nats`` a word.
    """
    ids, keep, _ = _judged()
    (mask,) = vocabulary().encode(MASK)
    likely = np.empty((*ids.shape, len(vocabulary())))
    for t in range(ids.shape[1]):
        hidden = ids.copy()
        hidden[keep[:, t], t] = mask
        likely[:, t] = softmax(bert(params, hidden, keep, n_heads=N_HEADS, causal=side == "left")[:, t])
    surprise = -np.log(np.take_along_axis(likely, ids[..., None], axis=-1)[..., 0])
    return _by_sort(likely.argmax(axis=-1) == ids) | {"nats": float(surprise[keep].mean())}


def _judged():
    texts = [text for kind in data()[1] for text in kind]
    return *vocabulary().pad(texts, PADDING), texts


def _by_sort(right):
    """Return the share of what is right, of all words and of each sort."""
    ids, keep, _ = _judged()
    sorts = {name: np.isin(ids, vocabulary().encode(" ".join(words))) for name, words in SORTS.items()}
    shares = {"right": right[keep]} | {f"right of {name}": right[sort] for name, sort in sorts.items()}
    return {name: float(hits.mean()) for name, hits in shares.items()}


def baselines():
    """Return the same of the most frequent word, and of who knows how sentences are drawn.

    Returns
    -------
    dict of str to float
        ``right by the most frequent word``; and, for each of `SIDES`, what nobody can pass who sees only
        that side of a word.
    """
    ids, keep, _ = _judged()
    (the,) = vocabulary().encode("the")
    best = {side: _by_sort(_best_guesses(side) == ids) for side in SIDES}
    return {"right by the most frequent word": float((ids[keep] == the).mean())} | {
        f"{name} at best, {side}": share
        for side, shares in best.items()
        for name, share in shares.items()
        if name in ("right", "right of animals")
    }


@functools.cache
def _best_guesses(side):
    """Return the likeliest word at each place of the held-out sentences, all sentences being known."""
    seen = defaultdict(Counter)
    for kind in range(len(KINDS)):
        texts = sentences(kind)
        for text in texts:
            for word, context in _contexts(text, side):
                seen[context][word] += 1 / len(texts)
    ids, _, texts = _judged()
    guesses = np.zeros_like(ids)
    for row, text in zip(guesses, texts, strict=True):
        likeliest = [seen[context].most_common(1)[0][0] for _, context in _contexts(text, side)]
        row[: len(likeliest)] = vocabulary().encode(" ".join(likeliest))
    return guesses


def _contexts(text, side):
    words = tuple(text.split())
    for i, word in enumerate(words):
        yield word, (words[:i], words[i + 1 :] if side == "both" else None)


#: An experiment for each of `SIDES`; nothing but the mask differs.
EXPERIMENTS = {
    side: Experiment(
        begin,
        batches,
        functools.partial(loss, side=side),
        functools.partial(evaluate, side=side),
        baselines,
        steps=1000,
        rate=4e-3,
    )
    for side in SIDES
}
