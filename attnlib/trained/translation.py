"""Translators from English to French: one vector between two LSTMs, or attention."""

import functools

import numpy as np

from attnlib.data.translation import END, PADDING, START, pair, vocabularies, word_by_word
from attnlib.layers import watching
from attnlib.models.recurrent import ATTENTION, greedy, recurrent_params, translation_loss
from attnlib.trained.experiment import Experiment

ENGLISH, FRENCH = vocabularies()
#: The most words of a sentence to train on.
LONGEST = 24
#: From and up to how many words the sentences have that are judged together; the last two are longer than
#: any in training.
LENGTHS = ((5, 6), (7, 12), (13, 18), (19, 24), (25, 30), (31, 36))
N_TRAINING, N_JUDGED, BATCH = 8000, 200, 64
#: Features of a state. One vector has to hold a whole sentence, and is given more room and more time.
D_HIDDEN = {"none": 80, "additive": 24, "dot": 24}
STEPS = {"none": 3000, "additive": 1500, "dot": 1500}
RATES = {"none": 5e-3, "additive": 8e-3, "dot": 8e-3}
#: The sentence whose alignment is recorded while the models learn, and after how many steps.
EXAMPLE = (
    "the little witch does not see the black dagger",
    "la petite sorcière ne voit pas le poignard noir",
)
WATCHED = (0, 50, 100, 150, 200, 300, 1500)


@functools.cache
def data():
    """Return the pairs to train on and, by their length, those held out: 200 of each of `LENGTHS`."""
    rng = np.random.default_rng(12)
    training = []
    while len(training) < N_TRAINING:
        drawn = pair(rng, rng.integers(1, 4))
        if len(drawn.english.split()) <= LONGEST and drawn.english != EXAMPLE[0]:
            training.append(drawn)
    known = {drawn.english for drawn in training}
    held_out = {length: [] for length in LENGTHS}
    while any(len(pairs) < N_JUDGED for pairs in held_out.values()):
        drawn = pair(rng, rng.integers(1, 6))
        n_words = len(drawn.english.split())
        for (least, most), pairs in held_out.items():
            if least <= n_words <= most and len(pairs) < N_JUDGED and drawn.english not in known:
                pairs.append(drawn)
    return training, held_out


def packed(pairs):
    """Return the numbers of English sentences, where they have words, and the same in French."""
    english = ENGLISH.pad([english for english, *_ in pairs], PADDING)
    french = FRENCH.pad([f"{START} {french} {END}" for _, french, *_ in pairs], PADDING)
    return *english, *french


def begin(rng, *, attention):
    """Return the first parameters: words of 24 features."""
    sizes = {"n_source": len(ENGLISH), "n_target": len(FRENCH), "d_model": 24}
    return recurrent_params(rng, **sizes, d_hidden=D_HIDDEN[attention], attention=attention)


def batches(rng):
    """Yield 64 pairs of about the same length at a time, packed."""
    pairs = sorted(data()[0], key=lambda drawn: len(drawn.english.split()))
    groups = [packed(pairs[i : i + BATCH]) for i in range(0, len(pairs), BATCH)]
    while True:
        yield groups[rng.integers(len(groups))]


def loss(params, *batch, attention):
    """Return the mean surprise at a French word, in nats."""
    return translation_loss(params, *batch, attention=attention)


def translate(params, sentences, *, attention, n=64):
    """Translate English sentences.

    Parameters
    ----------
    params : dict of str to ndarray of float
        The weights.
    sentences : sequence of str
        In words of `ENGLISH`.
    attention : str
        What the weights were made for.
    n : int, default 64
        How many words to say at most.

    Returns
    -------
    texts : list of str
        Up to the end, or `n` words.
    weights : list of ndarray of float, or None
        For each sentence how much each French word, and then the end, looked at each English word.
    """
    ids, keep = ENGLISH.pad(sentences, PADDING)
    start, end = FRENCH.encode(f"{START} {END}")
    said, weights = greedy(params, ids, keep, n, start=start, end=end, attention=attention)
    texts = [FRENCH.decode(row[row != end]) for row in said]
    if weights is None:
        return texts, None
    lengths = zip((said != end).sum(axis=1) + 1, keep.sum(axis=1), strict=True)
    return texts, [w[:n_out, :n_in] for w, (n_out, n_in) in zip(weights, lengths, strict=True)]


def alignment(params, english, french, *, attention):
    """Return how much each word of a given translation, and then its end, looks at each English word.

    Parameters
    ----------
    params, attention
        As in `translate`.
    english, french : str
        A sentence and what the model is made to say.

    Returns
    -------
    ndarray of float, shape (T_out + 1, T)
        Rows sum to 1.
    """
    with watching() as seen:
        loss(params, *packed([(english, french)]), attention=attention)
    return np.concatenate([weights[0, 0] for weights in seen])


def look(params, *, attention):
    """Return the alignment of `EXAMPLE`."""
    return alignment(params, *EXAMPLE, attention=attention)


def evaluate(params, *, attention):
    """Return how often the whole translation is right, by length.

    Returns
    -------
    dict of str to float
        ``right of 5 to 6`` words, and so on. With attention also ``looks at the origin``: how many words of
        the right translations up to the trained length look most at the English word they come from.
    """
    results, looks = {}, []
    for (least, most), pairs in data()[1].items():
        english, french, origins = zip(*pairs, strict=True)
        texts, _ = translate(params, english, attention=attention)
        results[f"right of {least} to {most}"] = _share(map(str.__eq__, texts, french))
        if attention != "none" and most <= LONGEST:
            with watching() as seen:
                loss(params, *packed(pairs), attention=attention)
            most_seen = np.concatenate([weights[:, 0] for weights in seen], axis=1).argmax(axis=-1)
            looks += [row[: len(o)] == o for row, o in zip(most_seen, origins, strict=True)]
    if looks:
        results["looks at the origin"] = float(np.concatenate(looks).mean())
    return results


def baselines():
    """Return how often a translation word by word is right, by length."""
    return {
        f"right of {least} to {most}, word by word": _share(
            word_by_word(x.english) == x.french for x in pairs
        )
        for (least, most), pairs in data()[1].items()
    }


def _share(hits):
    return float(np.mean(list(hits)))


#: An experiment for each way to look back.
EXPERIMENTS = {
    attention: Experiment(
        functools.partial(begin, attention=attention),
        batches,
        functools.partial(loss, attention=attention),
        functools.partial(evaluate, attention=attention),
        baselines,
        steps=STEPS[attention],
        rate=RATES[attention],
        snapshot=None if attention == "none" else functools.partial(look, attention=attention),
        snapshot_at=() if attention == "none" else WATCHED,
    )
    for attention in ATTENTION
}
