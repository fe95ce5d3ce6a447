"""The Python side of live figures refuses a state that could not be shown."""

import numpy as np
import pytest
from traitlets import TraitError

from attnlib import byhand
from attnlib.live import FIGURES, ByHand, Descent, Heads, Hops, Order, Similarity, Split, Spotlight


@pytest.mark.parametrize(
    ("figure", "trait", "value"),
    [
        (Spotlight, "query", 4),
        (Spotlight, "query", -1),
        (Spotlight, "mode", "by heart"),
        (Spotlight, "q", np.eye(3)),
        (Similarity, "a", [0, 0]),
        (Similarity, "a", [1, 2, 3]),
        (Similarity, "b", [5.1, 0]),
        (Similarity, "b", [np.nan, 0]),
        (Similarity, "b", "ab"),
        (Similarity, "limit", 3.0),
        (ByHand, "row", 4),
        (ByHand, "column", -1),
        (ByHand, "shown", "x"),
        (ByHand, "w_q", np.eye(6)),
        (Split, "n_heads", 3),
        (Split, "n_heads", 1),
        (Split, "followed", 16),
        (Heads, "query", 6),
        (Heads, "n_heads", 3),
        (Descent, "start", [4.1, 0]),
        (Descent, "start", [1, 1, 1]),
        (Descent, "rate", 0.0),
        (Descent, "method", "uphill"),
        (Descent, "taken", [1.0] * 201),
        (Descent, "w_q", np.eye(6)),
        (Order, "query_at", 32),
        (Order, "key_at", -1),
        (Order, "kind", "by heart"),
        (Order, "query", [1, 0]),
        (Order, "places", 64),
        (Hops, "facts", ["duncan is in the torch"]),
        (Hops, "facts", []),
        (Hops, "left_out", [8]),
        (Hops, "left_out", range(8)),
        (Hops, "question", "where is the moor"),
        (Hops, "question", "who has duncan"),
        (Hops, "n_hops", 3),
    ],
)
def test_impossible_state_is_refused_and_the_old_one_kept(figure, trait, value):
    shown = figure()
    before = shown.state()
    with pytest.raises(TraitError):
        setattr(shown, trait, value)
    assert shown.state() == before


def test_arrays_are_taken_as_they_are():
    assert Similarity(a=np.array([3, 4])).a == [3.0, 4.0]


def test_stage_takes_another_head():
    head = byhand.example(3)
    np.testing.assert_array_equal(Spotlight(head).q, head.x @ head.w_q)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.script)
def test_state_has_nothing_of_the_widget_machinery(figure):
    names = figure().state().keys()
    assert not names & {"layout", "tabbable", "tooltip", "_esm", "_css"}
    assert names <= set(figure.class_own_traits())
