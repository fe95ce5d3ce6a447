"""How likely each of four words is, written or copied, by hand."""

import numpy as np

from attnlib.catalogue.pointing import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

GATE = 3 / 4
WRITTEN = (1 / 2, 1 / 3, 1 / 6, 0)
COPIED = (0, 1 / 4, 0, 1 / 8 + 5 / 8)


def _mixed():
    return GATE * np.array(WRITTEN) + (1 - GATE) * np.array(COPIED)


def last_place_only():
    written, copied = np.array([1 / 2, 1 / 3, 1 / 6, 0]), np.array([0, 1 / 4, 0, 5 / 8])
    return 3 / 4 * written + 1 / 4 * copied


def first_place_only():
    written, copied = np.array([1 / 2, 1 / 3, 1 / 6, 0]), np.array([0, 1 / 4, 0, 1 / 8])
    return 3 / 4 * written + 1 / 4 * copied


def mean_of_the_places():
    written, copied = np.array([1 / 2, 1 / 3, 1 / 6, 0]), np.array([0, 1 / 4, 0, 3 / 8])
    return 3 / 4 * written + 1 / 4 * copied


def gate_the_other_way():
    written, copied = np.array([1 / 2, 1 / 3, 1 / 6, 0]), np.array([0, 1 / 4, 0, 3 / 4])
    return 1 / 4 * written + 3 / 4 * copied


def gate_left_out():
    written, copied = np.array([1 / 2, 1 / 3, 1 / 6, 0]), np.array([0, 1 / 4, 0, 3 / 4])
    return written + copied


def half_of_each():
    written, copied = np.array([1 / 2, 1 / 3, 1 / 6, 0]), np.array([0, 1 / 4, 0, 3 / 4])
    return (written + copied) / 2


def copied_in_full():
    written, copied = np.array([1 / 2, 1 / 3, 1 / 6, 0]), np.array([0, 1 / 4, 0, 3 / 4])
    return 3 / 4 * written + copied


def only_written():
    return 3 / 4 * np.array([1 / 2, 1 / 3, 1 / 6, 0])


def only_copied():
    return 1 / 4 * np.array([0, 1 / 4, 0, 3 / 4])


def known_words_only_written():
    written, copied = np.array([1 / 2, 1 / 3, 1 / 6, 0]), np.array([0, 0, 0, 3 / 4])
    return 3 / 4 * written + 1 / 4 * copied


def either_written_or_copied():
    return [3 / 4 * 1 / 2, 1 / 4 * 1 / 4, 3 / 4 * 1 / 6, 1 / 4 * 3 / 4]


EXERCISE = Exercise(
    name="copying_by_hand",
    section=f"{PAGE}#pointing-copy",
    reference=_mixed,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "the last place only",
            "Banquo stands in two places, and only the weight of the last is counted; add both.",
            last_place_only,
            section=f"{PAGE}#pointing-mistakes",
        ),
        Misconception(
            "the first place only",
            "Banquo stands in two places, and only the weight of the first is counted; add both.",
            first_place_only,
        ),
        Misconception(
            "mean of the places",
            "The weights of the two places of banquo are averaged; they are added.",
            mean_of_the_places,
        ),
        Misconception(
            "gate the other way",
            "The gate is how much is written, not how much is copied.",
            gate_the_other_way,
            section=f"{PAGE}#pointing-mistakes",
        ),
        Misconception(
            "gate left out",
            "Both distributions are added as they are; the gate shares a whole between them.",
            gate_left_out,
        ),
        Misconception(
            "half of each",
            "Writing and copying have the same share; the gate says what their shares are.",
            half_of_each,
        ),
        Misconception(
            "copied in full",
            "What is written is multiplied by the gate, and what is copied by nothing; it gets the rest, "
            "one minus the gate.",
            copied_in_full,
        ),
        Misconception(
            "only written",
            "This is the part that is written; the part that is copied is missing.",
            only_written,
        ),
        Misconception(
            "only copied",
            "This is the part that is copied; the part that is written is missing.",
            only_copied,
        ),
        Misconception(
            "known words only written",
            "A word of the vocabulary that stands in the text as well collects from both sides; here "
            "forres is only written.",
            known_words_only_written,
        ),
        Misconception(
            "either written or copied",
            "A word of the vocabulary that stands in the text as well collects from both sides; here "
            "forres is only copied.",
            either_written_or_copied,
        ),
    ),
    properties=(
        Property("The four must sum to 1.", lambda case, got: bool(abs(got.sum() - 1) < 1e-3)),
        Property("A probability is never negative.", lambda case, got: bool((got >= 0).all())),
    ),
)
