"""Reports from Scotland in four sentences, of which one is news, and their summaries in a few words.

The news is about people, and there is no end of people: a summary needs names that were never read before.
"""

from typing import NamedTuple

import numpy as np

from attnlib._arrays import require_count
from attnlib.data.vocabulary import Vocabulary

_SYLLABLES = """mac ban quo dun can mal colm ross len nox fle ance
dal ain sey ton ang cath gow men teith fer gus"""
#: What names are made of, three at a time.
SYLLABLES = tuple(_SYLLABLES.split())
PLACES = ("forres", "fife", "dunsinane", "birnam", "inverness", "scone")
DAYS = ("monday", "tuesday", "friday", "sunday")
#: What happened, and what the summary says of it.
NEWS = (
    ("on {day} the men of {a} met the men of {b} at {place} and {a} won", "{a} beats {b} at {place}"),
    ("on {day} the men of {a} met the men of {b} at {place} and {b} won", "{b} beats {a} at {place}"),
    ("{a} was made thane of {place} by {b} on {day}", "{b} makes {a} thane of {place}"),
    ("the old thane {a} died at {place} on {day} and {b} follows him", "{a} dies and {b} is thane"),
)
#: What is no news; the last of these names somebody who doesn't matter.
ASIDES = (
    "it rained all night",
    "the horses were tired",
    "an owl cried",
    "nobody slept",
    "the porter was drunk",
    "the moon was down",
    "a storm came from the sea",
    "the gates were shut",
)
ELSEWHERE = "{c} rode to {place}"
PADDING, START, END = "<padding>", "<start>", "<end>"
#: What words are read as that the vocabulary doesn't hold: the first of a report, the second and so on.
UNKNOWN = ("<unknown 1>", "<unknown 2>", "<unknown 3>", "<unknown 4>")
SPECIAL = (PADDING, START, END, *UNKNOWN)


class Report(NamedTuple):
    """A report and its summary.

    Attributes
    ----------
    text : str
        Four sentences, each with a full stop.
    summary : str
        Five or six words.
    """

    text: str
    summary: str


def people(rng, n):
    """Draw names of three syllables, none of them twice.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n : int
        How many, at most 12,000.

    Returns
    -------
    list of str
        The names.

    Raises
    ------
    ValueError
        If there aren't so many.

    Examples
    --------
    >>> people(np.random.default_rng(0), 3)
    ['ferseysey', 'lencathance', 'teithdalmen']
    """
    size = len(SYLLABLES)
    if require_count("n", n, 0) > size**3:
        raise ValueError(f"n must be at most {size**3}, got {n}")
    drawn = rng.choice(size**3, n, replace=False)
    return ["".join(SYLLABLES[(i // size**place) % size] for place in range(3)) for i in drawn]


def report(rng, names):
    """Draw a report.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    names : sequence of str
        The people it may be about, at least three.

    Returns
    -------
    Report
        ``text, summary``.

    Examples
    --------
    >>> drawn = report(np.random.default_rng(3), ["ann", "ben", "cem"])
    >>> drawn.text.partition(" . ")[0], drawn.summary
    ('ben was made thane of forres by cem on monday', 'cem makes ben thane of forres')
    """
    a, b, c = (names[i] for i in rng.choice(len(names), 3, replace=False))
    place, elsewhere = (PLACES[i] for i in rng.choice(len(PLACES), 2, replace=False))
    news, summary = NEWS[rng.integers(len(NEWS))]
    told = {"a": a, "b": b, "place": place, "day": DAYS[rng.integers(len(DAYS))]}
    asides = [ASIDES[i] for i in rng.choice(len(ASIDES), 2, replace=False)]
    sentences = [news.format(**told), *asides, ELSEWHERE.format(c=c, place=elsewhere)]
    text = " ".join(f"{sentences[i]} ." for i in rng.permutation(len(sentences)))
    return Report(text, summary.format(**told))


def vocabulary(names):
    """Return the words of all reports about some people, with those of `SPECIAL` before them."""
    frames = " ".join([*(frame for pair in NEWS for frame in pair), ELSEWHERE, *ASIDES, "."])
    words = [word for word in frames.split() if not word.startswith("{")]
    return Vocabulary.of_words([*words, *PLACES, *DAYS, *names], special=SPECIAL)


class Numbers(NamedTuple):
    """Reports as numbers, 0 where there is no word.

    Attributes
    ----------
    text : ndarray of int, shape (n, T)
        The words of each report; one that the vocabulary doesn't hold has a number after those that it
        does, by the order in which they come in the report.
    summary : ndarray of int, shape (n, T_s)
        The words of each summary in the same numbers, between `START` and `END`.
    unknown : list of list of str
        The words of each report that the vocabulary doesn't hold, in the order of their numbers.
    """

    text: np.ndarray
    summary: np.ndarray
    unknown: list


def as_numbers(reports, words):
    """Return reports as numbers.

    Parameters
    ----------
    reports : sequence of Report
        The reports; a summary has no word that neither the report nor the vocabulary has.
    words : Vocabulary
        As from `vocabulary`.

    Returns
    -------
    Numbers
        ``text, summary, unknown``.

    Raises
    ------
    ValueError
        If a summary has a word from elsewhere.

    Examples
    --------
    >>> words = Vocabulary([*SPECIAL, "dies", "lives"])
    >>> numbers = as_numbers([Report("ann dies ben lives", "ben lives")], words)
    >>> print(numbers.text[0], numbers.summary[0], numbers.unknown[0])
    [ 9  7 10  8] [ 1 10  8  2] ['ann', 'ben']
    """
    texts, summaries, unknown = [], [], []
    for report in reports:
        new = list(dict.fromkeys(word for word in report.text.split() if word not in words.words))
        numbered = Vocabulary([*words.words, *new])
        texts.append(numbered.encode(report.text))
        summaries.append(numbered.encode(" ".join([START, *report.summary.split(), END])))
        unknown.append(new)
    return Numbers(_padded(texts), _padded(summaries), unknown)


def _padded(rows):
    filled = np.zeros((len(rows), max(map(len, rows))), dtype=np.intp)
    for row, numbers in zip(filled, rows, strict=True):
        row[: len(numbers)] = numbers
    return filled
