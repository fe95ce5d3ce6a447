"""What anyone could know of a hidden word, by counting ten sentences."""

from collections import Counter, defaultdict

import numpy as np

from attnlib.catalogue.bert import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

SENTENCES = (
    "old cat mews",
    "old owl eats",
    "old owl sleeps",
    "young cat eats",
    "young cat mews",
    "young owl eats",
    "young owl hoots",
    "young wolf eats",
    "young wolf howls",
    "young wolf sleeps",
)
#: The words that are seen: none, the left one, the right one, both.
VIEWS = ((), (0,), (2,), (0, 2))


def _counts(view):
    animals = defaultdict(Counter)
    for size, animal, verb in map(str.split, SENTENCES):
        animals[tuple((size, animal, verb)[i] for i in view)][animal] += 1
    return animals.values()


def _ceilings():
    return [sum(max(animals.values()) for animals in _counts(view)) / len(SENTENCES) for view in VIEWS]


def ceilings_as_counts():
    return [4, 5, 7, 8]


def ceilings_of_a_drawn_guess():
    return [0.34, (5 / 3 + 17 / 7) / 10, 0.65, 0.8]


def ceilings_of_the_certain():
    return [0.0, 0.0, 0.4, 0.7]


def ceilings_mean_of_contexts():
    return [4 / 10, np.mean([2 / 3, 3 / 7]), np.mean([1, 1 / 2, 1 / 2, 1, 1]), (7 + 1 / 3) / 8]


def ceilings_blind():
    return [1 / 3, 0.5, 0.7, 0.8]


def ceilings_sides_exchanged():
    return [0.4, 0.7, 0.5, 0.8]


def ceilings_better_side():
    return [0.4, 0.5, 0.7, 0.7]


def ceilings_everything_from_both():
    return [0.4, 0.5, 0.7, 1.0]


def ceilings_share_of_wrong():
    return [0.6, 0.5, 0.3, 0.2]


EXERCISE = Exercise(
    name="ceilings_by_hand",
    section=f"{PAGE}#bert-ceilings",
    reference=_ceilings,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "counts for shares",
            "These are numbers of sentences; divide them by the number of all sentences.",
            ceilings_as_counts,
        ),
        Misconception(
            "a guess that is drawn",
            "The guess is drawn in proportion to what is likely; who always takes the likeliest is right "
            "more often.",
            ceilings_of_a_drawn_guess,
        ),
        Misconception(
            "only what is certain",
            "Only sentences are counted whose animal is certain; among several possible animals the "
            "likeliest is still right sometimes.",
            ceilings_of_the_certain,
        ),
        Misconception(
            "mean over the contexts",
            "Each context counts the same, however often it occurs; every sentence counts the same.",
            ceilings_mean_of_contexts,
        ),
        Misconception(
            "blind guess",
            "Without a look at the sentence, one of three animals is guessed blindly; the most frequent is "
            "right more often.",
            ceilings_blind,
        ),
        Misconception(
            "sides exchanged",
            "Left and right are exchanged: the word on the left is the one before the animal.",
            ceilings_sides_exchanged,
        ),
        Misconception(
            "the better side",
            "Both sides are given what the better of them reaches alone; count anew what goes with both "
            "words at once.",
            ceilings_better_side,
        ),
        Misconception(
            "both sides tell everything",
            "Seeing both sides is taken for certainty; there are contexts that fit several animals.",
            ceilings_everything_from_both,
        ),
        Misconception(
            "shares of what is wrong",
            "These are the shares of sentences in which the guess is wrong; take them from 1.",
            ceilings_share_of_wrong,
        ),
    ),
    properties=(
        Property("A share lies between 0 and 1.", lambda case, got: bool(((got >= 0) & (got <= 1)).all())),
        Property(
            "Who sees more can't know less: the last number is the largest, the first the smallest.",
            lambda case, got: got.min() == got[0] and got.max() == got[-1],
        ),
        Property(
            "There are ten sentences, so each share is a number of tenths.",
            lambda case, got: bool(np.allclose(10 * got, np.round(10 * got))),
        ),
    ),
)
