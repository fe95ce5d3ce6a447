"""Words that a made-up voice says: a hum with loud overtones that glide from letter to letter, and a hiss.

The throat hums, and mouth and tongue let some of its overtones through: the loud ones are the formants,
and by the first two of them one vowel is told from another.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from attnlib.data.vocabulary import Vocabulary

#: How many numbers there are to a second of sound.
SAMPLING_RATE = 8000
#: The first two formants of each letter, in hertz.
FORMANTS = {
    "a": (730, 1090),
    "e": (530, 1840),
    "i": (270, 2290),
    "o": (570, 840),
    "u": (300, 870),
    "m": (250, 1100),
    "n": (250, 1500),
    "l": (360, 1300),
    "r": (310, 1060),
    "s": (320, 1700),
}
VOWELS, CONSONANTS = "aeiou", "mnlrs"
#: A third formant, which all letters share, and how wide and how loud the three are.
THIRD, WIDTHS, LOUDNESS = 2600, (80, 120, 160), (1.0, 0.6, 0.15)
#: How loud each letter hums; an s doesn't, but hisses.
HUM = dict.fromkeys(VOWELS, 1.0) | dict.fromkeys(CONSONANTS, 0.45) | {"s": 0.0}
HISS = 0.5
#: The noise behind every word, beside the loudest moment of it.
NOISE = 0.08
#: How long the mouth takes from one letter to the next, in seconds.
GLIDE = 0.05
#: How long a letter takes, in seconds, by the pace of the voice; each letter is somewhat shorter or longer.
PACES, UNEVEN = (0.07, 0.17), (0.75, 1.3)
#: The pitches of voices, in hertz, and their sizes: by how much all their formants are higher.
PITCHES, SIZES = (90, 220), (0.87, 1.15)
PADDING, START, END = SPECIAL = ("<padding>", "<start>", "<end>")


class Spoken(NamedTuple):
    """A word that was said.

    Attributes
    ----------
    wave : ndarray of float32, shape (n_samples,)
        The sound, between -1 and 1, at `SAMPLING_RATE`.
    spans : ndarray of int, shape (n_letters, 2)
        The first sample of each letter, and the first after it.
    text : str
        The word.
    """

    wave: np.ndarray
    spans: np.ndarray
    text: str


def word(rng):
    """Draw a word of two or three syllables that can be said, though it may mean nothing.

    No letter follows itself: the two would be heard as a long one.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    str
        Three to six letters.

    Examples
    --------
    >>> [word(np.random.default_rng(i)) for i in range(5)]
    ['ramiri', 'masemi', 'loru', 'mulola', 'sumose']
    """
    while True:
        text = "".join(_syllable(rng) for _ in range(rng.integers(2, 4)))
        if 3 <= len(text) <= 6 and all(a != b for a, b in pairwise(text)):
            return text


def speak(rng, text):
    """Say a word, in a voice that is drawn: its pitch, its size, its pace and its melody.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    text : str
        Letters of `FORMANTS`.

    Returns
    -------
    Spoken
        ``wave, spans, text``.

    Raises
    ------
    ValueError
        If there is no letter, or one that the voice can't say.

    References
    ----------
    Fant, "Acoustic theory of speech production", 1960 (a source and a filter); Peterson and Barney,
    "Control methods used in a study of the vowels", 1952, table II (the formants of the vowels).

    Examples
    --------
    >>> spoken = speak(np.random.default_rng(0), "moon")
    >>> spoken.wave.dtype, spoken.spans.shape
    (dtype('float32'), (4, 2))
    """
    if not text or set(text) - set(FORMANTS):
        raise ValueError(f"text must be letters of {''.join(FORMANTS)}, at least one: got {text!r}")
    pitch, size = rng.uniform(*PITCHES), rng.uniform(*SIZES)
    lengths = (SAMPLING_RATE * rng.uniform(*PACES) * rng.uniform(*UNEVEN, len(text))).astype(int)
    pauses = (SAMPLING_RATE * rng.uniform(0.04, 0.08, 2)).astype(int)
    ends = pauses[0] + np.cumsum([0, *lengths])
    mouth = [(*FORMANTS[letter], HUM[letter], HISS * (HUM[letter] == 0)) for letter in text]
    silent = [(*FORMANTS[letter], 0.0, 0.0) for letter in (text[0], text[-1])]
    shapes = np.array([silent[0], *mouth, silent[1]])
    first, second, hum, hiss = _glide(np.repeat(shapes, [pauses[0], *lengths, pauses[1]], axis=0).T)
    time = np.arange(len(hum)) / SAMPLING_RATE
    melody = pitch * (1 + 0.06 * np.sin(2 * np.pi * (rng.uniform(2, 4) * time + rng.random())))
    wave = hum * _overtones(melody, (size * first, size * second, np.full_like(first, size * THIRD)))
    wave += hiss * np.diff(rng.standard_normal(len(wave) + 1))
    wave = wave / np.abs(wave).max() + NOISE * rng.standard_normal(len(wave))
    spans = np.stack([ends[:-1], ends[1:]], axis=1)
    return Spoken((wave / np.abs(wave).max()).astype(np.float32), spans, text)


def vocabulary():
    """Return the letters, with those of `SPECIAL` before them."""
    return Vocabulary([*SPECIAL, *sorted(FORMANTS)], joined_by="")


def _syllable(rng):
    before, after = (rng.random() < share for share in (0.8, 0.3))
    sounds = [CONSONANTS] * before + [VOWELS] + [CONSONANTS] * after
    return "".join(letters[rng.integers(len(letters))] for letters in sounds)


def _glide(tracks):
    """Return tracks whose every change takes the time of a glide, and has its middle where it was."""
    n = int(SAMPLING_RATE * GLIDE) // 2
    smooth = np.hanning(2 * n + 3)[1:-1]
    padded = np.pad(tracks, ((0, 0), (n, n)), mode="edge")
    return [np.convolve(track, smooth / smooth.sum(), mode="valid") for track in padded]


def _overtones(melody, formants):
    """Return the overtones of a melody, each as loud as its distance to the formants lets it be."""
    turn = np.exp(2j * np.pi * np.cumsum(melody) / SAMPLING_RATE)
    overtone, sound = np.ones_like(turn), np.zeros(len(melody))
    for i in range(1, int(0.45 * SAMPLING_RATE / melody.max()) + 1):
        overtone = overtone * turn
        passes = sum(
            loud / (1 + ((i * melody - formant) / width) ** 2)
            for formant, width, loud in zip(formants, WIDTHS, LOUDNESS, strict=True)
        )
        sound += passes * overtone.imag
    return sound
