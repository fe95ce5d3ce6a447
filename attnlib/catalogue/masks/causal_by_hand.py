"""A causal mask, by hand."""

import numpy as np

from attnlib import masks
from attnlib.catalogue.masks import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def causal_from_the_first_key():
    return [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0]]


def causal_without_itself():
    return [[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]]


def causal_inverted():
    return [[0, 0, 0, 0, 1], [0, 0, 0, 0, 0]]


def causal_only_itself():
    return [[0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]


def causal_everything():
    return [[1, 1, 1, 1, 1], [1, 1, 1, 1, 1]]


def causal_future_only():
    return [[0, 0, 0, 1, 1], [0, 0, 0, 0, 1]]


EXERCISE = Exercise(
    name="causal_by_hand",
    section=f"{PAGE}#masks-causal",
    reference=lambda: masks.causal_mask(2, 5),
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "lined up at the first key",
            "The first query is lined up with the first key; the queries are the newest tokens, so the "
            "last query belongs to the last key.",
            causal_from_the_first_key,
        ),
        Misconception(
            "not even itself",
            "A token may not attend to itself here; it may, and to all tokens before it.",
            causal_without_itself,
        ),
        Misconception(
            "polarity inverted",
            "True stands where attending is forbidden; in this course True means may attend.",
            causal_inverted,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "only itself",
            "A token may attend to itself alone here; it may also attend to all tokens before it.",
            causal_only_itself,
        ),
        Misconception(
            "everything allowed",
            "Nothing is masked here; a token may not attend to those after it.",
            causal_everything,
        ),
        Misconception(
            "future instead of past",
            "A token sees itself and what comes after it; it must see itself and what came before.",
            causal_future_only,
        ),
    ),
    properties=(
        Property(
            "Each entry is True or False (or 1 or 0).",
            lambda case, got: bool(np.isin(got, (0, 1)).all()),
        ),
    ),
)
