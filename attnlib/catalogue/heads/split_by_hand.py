"""Two tokens split among heads, by hand."""

import numpy as np

from attnlib import heads
from attnlib.catalogue.heads import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

TWO_TOKENS = ((0, 1, 2, 3, 4, 5), (10, 11, 12, 13, 14, 15))


def split_in_reading_order():
    return np.array([range(6), range(10, 16)]).reshape(3, 2, 2)


def split_dealt_out():
    return np.array([range(6), range(10, 16)]).reshape(2, 2, 3).transpose(2, 0, 1)


def split_transposed_inside():
    return np.array([range(6), range(10, 16)]).reshape(2, 3, 2).transpose(1, 2, 0)


def split_first_two_features_everywhere():
    return np.array([[[0, 1], [10, 11]]] * 3)


def split_tokens_exchanged():
    return np.array([range(10, 16), range(6)]).reshape(2, 3, 2).swapaxes(0, 1)


EXERCISE = Exercise(
    name="split_by_hand",
    section=f"{PAGE}#heads-split",
    reference=lambda: heads.split_heads(TWO_TOKENS, 3),
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "reading order",
            "The numbers are filled in from left to right, so the heads get different tokens; every "
            "head must see both tokens.",
            split_in_reading_order,
        ),
        Misconception(
            "dealt out in turn",
            "The features are dealt out to the heads in turn; the features of a head stand next to "
            "each other.",
            split_dealt_out,
        ),
        Misconception(
            "tokens in the columns",
            "The features of each head are right, but a token is a column here; it must be a row.",
            split_transposed_inside,
        ),
        Misconception(
            "same features for all",
            "Every head gets the first features; each head has features of its own.",
            split_first_two_features_everywhere,
        ),
        Misconception(
            "tokens exchanged",
            "The two tokens have changed places; they keep their order in every head.",
            split_tokens_exchanged,
        ),
    ),
    properties=(
        Property(
            "Each number of the two tokens must be used once.",
            lambda case, got: np.array_equal(np.sort(got, axis=None), np.ravel(TWO_TOKENS)),
        ),
        Property(
            "In each head, the first row comes from the first token and the second from the second.",
            lambda case, got: bool((got[:, 0] < 10).all() and (got[:, 1] >= 10).all()),
        ),
    ),
)
