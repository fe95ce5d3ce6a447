"""The share of translations that are right in every word."""

import numpy as np

from attnlib.catalogue.translation import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _exact_share(said, right, end):
    ended = np.cumsum(right == end, axis=-1) - (right == end) > 0  # behind the first end
    return ((said == right) | ended).all(axis=-1).mean()


def share_of_words(said, right, end):
    judged = np.cumsum(right == end, axis=-1) - (right == end) == 0
    return (said == right)[judged].mean()


def share_behind_the_end(said, right, end):
    return (said == right).all(axis=-1).mean()


def share_without_the_end(said, right, end):
    judged = np.cumsum(right == end, axis=-1) == 0
    return ((said == right) | ~judged).all(axis=-1).mean()


def share_as_far_as_it_says(said, right, end):
    judged = np.cumsum(said == end, axis=-1) == 0
    return ((said == right) | ~judged).all(axis=-1).mean()


def share_of_the_same_length(said, right, end):
    return ((said == end).argmax(axis=-1) == (right == end).argmax(axis=-1)).mean()


def share_of_the_same_words(said, right, end):
    hits = [
        sorted(a[: [*a, end].index(end)]) == sorted(b[: [*b, end].index(end)])
        for a, b in zip(said.tolist(), right.tolist(), strict=True)
    ]
    return np.mean(hits)


def share_of_first_words(said, right, end):
    return (said[:, 0] == right[:, 0]).mean()


def share_as_a_count(said, right, end):
    ended = np.cumsum(right == end, axis=-1) - (right == end) > 0
    return float(((said == right) | ended).all(axis=-1).sum())


def share_of_wrong_ones(said, right, end):
    ended = np.cumsum(right == end, axis=-1) - (right == end) > 0
    return 1 - ((said == right) | ended).all(axis=-1).mean()


def share_of_any_word(said, right, end):
    judged = np.cumsum(right == end, axis=-1) == 0
    return ((said == right) & judged).any(axis=-1).mean()


def share_in_percent(said, right, end):
    ended = np.cumsum(right == end, axis=-1) - (right == end) > 0
    return 100 * ((said == right) | ended).all(axis=-1).mean()


def _visible():
    right = np.array([[3, 4, 5, 1, 0, 0], [3, 6, 1, 0, 0, 0], [7, 5, 4, 3, 6, 1], [4, 3, 1, 0, 0, 0]])
    said = np.array([[3, 4, 5, 1, 1, 1], [3, 6, 5, 1, 1, 1], [7, 5, 3, 4, 6, 1], [4, 1, 1, 1, 1, 1]])
    return [
        Case((right, right, 1)),
        Case((said, right, 1)),
        Case((said[:1], right[:1], 1)),
        Case((said[1:2], right[1:2], 1)),
        Case((said[2:3], right[2:3], 1)),
        Case((said[3:], right[3:], 1)),
    ]


def _drawn(rng, n, t, end, n_words=9):
    right = rng.integers(2, n_words, size=(n, t))
    right[right == end] = n_words
    lengths = rng.integers(1, t, size=n)
    lengths[-1] = t - 1
    said = right.copy()
    for row, length in enumerate(lengths):
        right[row, length:] = [end, *rng.integers(0, n_words, size=t - length - 1)]
        said[row, length:] = [end, *rng.integers(0, n_words, size=t - length - 1)]
    kinds = rng.permutation(np.arange(n) % 5)
    for row, (kind, length) in enumerate(zip(kinds, lengths, strict=True)):
        if kind == 1:
            said[row, rng.integers(length)] = n_words + 1
        elif kind == 2:
            said[row, length - 1] = end
        elif kind == 3:
            said[row, length] = n_words + 1
    return Case((said, right, end))


def _hidden(rng):
    return [_drawn(rng, 20, 7, 1), _drawn(rng, 13, 5, 1), _drawn(rng, 30, 9, 4), _drawn(rng, 7, 4, 0)]


EXERCISE = Exercise(
    name="exact_share",
    section=f"{PAGE}#trans-words",
    reference=_exact_share,
    visible=_visible,
    hidden=_hidden,
    misconceptions=(
        Misconception(
            "share of words",
            "Words are counted; a translation is right if every word is.",
            share_of_words,
        ),
        Misconception(
            "behind the end",
            "What stands behind the end is compared as well; nobody said it.",
            share_behind_the_end,
            section=f"{PAGE}#trans-padding",
        ),
        Misconception(
            "end not compared",
            "The words are compared up to the end and without it, so that a translation that goes on "
            "counts as right; the end is part of the answer.",
            share_without_the_end,
        ),
        Misconception(
            "as far as it says",
            "Only as many words are compared as were said, so that a beginning counts as right.",
            share_as_far_as_it_says,
        ),
        Misconception(
            "lengths alone",
            "Only the lengths are compared.",
            share_of_the_same_length,
        ),
        Misconception(
            "order ignored",
            "The words are compared without their order, and adjectives change places in French.",
            share_of_the_same_words,
        ),
        Misconception(
            "first words",
            "Only the first word of each translation is compared.",
            share_of_first_words,
        ),
        Misconception(
            "number for share",
            "The right translations are counted; divide by the number of all.",
            share_as_a_count,
        ),
        Misconception(
            "share of the wrong ones",
            "This is the share of translations with a mistake.",
            share_of_wrong_ones,
        ),
        Misconception(
            "one word is enough",
            "A translation counts as right if any of its words is; all must be.",
            share_of_any_word,
        ),
        Misconception(
            "percent",
            "The share is multiplied by 100; it lies between 0 and 1.",
            share_in_percent,
        ),
    ),
    properties=(Property("A share lies between 0 and 1.", lambda case, got: bool(0 <= got <= 1)),),
)
