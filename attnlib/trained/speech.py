"""A listener that spells words it has never heard, in voices it has never heard."""

import functools

import numpy as np

from attnlib.data import voice
from attnlib.data.spectrogram import HOP, N_BANDS, WINDOW, spectrogram
from attnlib.models.greedy import END, START
from attnlib.models.speech import (
    STRIDE,
    alignment,
    edit_distance,
    speech_loss,
    speech_params,
    transcribe,
)
from attnlib.trained.experiment import Experiment

VOCABULARY = voice.vocabulary()
N_HEADS, D_MODEL = 4, 48
N_TRAINING, N_HELD_OUT, N_CENTRES = 3000, 300, 600
#: The longest word in letters, `END` among them, and in frames.
N_LETTERS, N_FRAMES = 7, 74


@functools.cache
def words():
    """Return the words to train on, and those held out, none of which is among the others."""
    training, held_out = (
        [voice.word(rng) for _ in range(n)]
        for rng, n in (
            (np.random.default_rng(60), N_TRAINING),
            (np.random.default_rng(61), 2 * N_HELD_OUT),
        )
    )
    known = set(training)
    return training, [text for text in held_out if text not in known][:N_HELD_OUT]


def spoken(i):
    """Return the i-th word to train on, as it was said; after the last come the words held out."""
    return voice.speak(np.random.default_rng([62, i]), [*words()[0], *words()[1]][i])


@functools.cache
def held_out():
    """Return the words held out, as they were said."""
    return [spoken(N_TRAINING + i) for i in range(len(words()[1]))]


@functools.cache
def _picture(i):
    return spectrogram(spoken(i).wave)


def as_arrays(pictures, texts):
    """Return spectrograms and words as the model takes them.

    Parameters
    ----------
    pictures : sequence of ndarray of float, shape (n_frames, n_bands)
        The spectrograms; from `N_FRAMES` frames on they are cut.
    texts : sequence of str
        The words, of fewer than `N_LETTERS` letters.

    Returns
    -------
    sound : ndarray of float32, shape (n, N_FRAMES, n_bands)
        The spectrograms, 0 where they have ended.
    present : ndarray of bool, shape (n, N_FRAMES / STRIDE)
        Where they haven't.
    letters : ndarray of int, shape (n, N_LETTERS + 1)
        The words, between `START` and `END`.
    """
    sound = np.zeros((len(pictures), N_FRAMES, N_BANDS), np.float32)
    present = np.zeros((len(pictures), N_FRAMES // STRIDE), bool)
    letters = np.zeros((len(texts), N_LETTERS + 1), np.intp)
    for i, (picture, text) in enumerate(zip(pictures, texts, strict=True)):
        picture = picture[:N_FRAMES]
        sound[i, : len(picture)] = picture
        present[i, : -(-len(picture) // STRIDE)] = True
        ids = [START, *VOCABULARY.encode(text), END]
        letters[i, : len(ids)] = ids
    return sound, present, letters


def begin(rng):
    """Return the first parameters: one layer that listens and one that spells."""
    sizes = {"n_letters": len(VOCABULARY), "n_bands": N_BANDS, "d_model": D_MODEL, "n_heads": N_HEADS}
    return speech_params(rng, **sizes, d_hidden=2 * D_MODEL)


def batches(rng):
    """Yield 32 words at a time, as they were said and as they are spelt."""
    training = words()[0]
    while True:
        drawn = rng.integers(N_TRAINING, size=32).tolist()
        yield as_arrays([_picture(i) for i in drawn], [training[i] for i in drawn])


def loss(params, sound, present, letters):
    """Return the mean surprise at a letter, in nats."""
    return speech_loss(params, sound, present, letters, n_heads=N_HEADS)


def evaluate(params):
    """Return what the listener makes of words held out.

    Returns
    -------
    dict of str to float
        ``letters wrong``, the edits that its words need, to a letter of the right ones; ``words right``;
        and ``weight`` of each letter on the part of the sound in which it is said.
    """
    said = held_out()
    texts = [each.text for each in said]
    sound, present, letters = as_arrays([spectrogram(each.wave) for each in said], texts)
    heard = spelt(params, sound, present)
    weights = alignment(params, sound, present, letters, n_heads=N_HEADS).mean(axis=1)  # (n, T_s, T)
    inside = [
        weights[i, j, part].sum() for i, each in enumerate(said) for j, part in enumerate(parts(each))
    ]
    return _judged(heard, texts) | {"weight": float(np.mean(inside))}


def spelt(params, sound, present):
    """Return the word that is heard in each sound, as a list of str; sounds as from `as_arrays`."""
    letters = transcribe(params, sound, present, N_LETTERS, n_heads=N_HEADS)
    return [VOCABULARY.decode(ids[ids > END]) for ids in letters]


def parts(said):
    """Return which tokens of a sound each letter of a word is in, with one on each side.

    Parameters
    ----------
    said : attnlib.data.voice.Spoken
        The word.

    Returns
    -------
    list of slice
        A slice of the tokens for each letter.
    """
    hop, half = STRIDE * HOP, WINDOW // 2
    starts, ends = ((said.spans[:, i] - half) // hop for i in range(2))
    return [slice(max(0, a - 1), b + 2) for a, b in zip(starts, ends, strict=True)]


def baselines():
    """Return what is heard without attention.

    Returns
    -------
    dict of str to float
        Each frame is taken for the letter whose mean frame it is nearest to, or for silence, and a letter
        that lasts is written once: ``letters wrong frame by frame``; ``letters wrong by runs of frames``
        and ``words right by runs of frames`` leave out what lasts less than three, the best there is.

    Notes
    -----
    To find the mean frames one has to know when each letter was said. The listener is told the words alone.
    """
    centres = _centres()
    said = held_out()
    texts = [each.text for each in said]
    heard = {n: [_collapsed(centres, spectrogram(each.wave), n) for each in said] for n in (1, 3)}
    runs = _judged(heard[3], texts)
    return {
        "letters wrong frame by frame": _judged(heard[1], texts)["letters wrong"],
        "letters wrong by runs of frames": runs["letters wrong"],
        "words right by runs of frames": runs["words right"],
    }


def _centres():
    """Return the mean frame of each letter and of silence, the last, over some of the training words."""
    names, found = [*sorted(voice.FORMANTS), ""], {}
    for i in range(N_CENTRES):
        said = spoken(i)
        picture = spectrogram(said.wave)
        middles = np.arange(len(picture)) * HOP + WINDOW // 2
        at = (middles[:, None] >= said.spans[:, 0]) & (middles[:, None] < said.spans[:, 1])
        for frame, inside in zip(picture, at, strict=True):
            letter = said.text[inside.argmax()] if inside.any() else ""
            found.setdefault(letter, []).append(frame)
    return names, np.stack([np.mean(found[name], axis=0) for name in names])


def _collapsed(centres, picture, shortest):
    names, means = centres
    nearest = ((picture[:, None] - means) ** 2).sum(axis=-1).argmin(axis=1)
    ends = np.flatnonzero(np.diff(nearest, append=-1)) + 1
    runs = zip(nearest[ends - 1], np.diff(ends, prepend=0), strict=True)
    return "".join(names[letter] for letter, length in runs if length >= shortest)


def _judged(heard, texts):
    wrong = sum(edit_distance(guess, text) for guess, text in zip(heard, texts, strict=True))
    right = [guess == text for guess, text in zip(heard, texts, strict=True)]
    return {
        "letters wrong": wrong / sum(map(len, texts)),
        "words right": float(np.mean(right)),
    }


EXPERIMENT = Experiment(begin, batches, loss, evaluate, baselines, steps=1500, rate=3e-3)
