"""Patterns that return, the two scores of heads, and what the trained models do with the patterns."""

import re

import numpy as np
import pytest

from attnlib.data.patterns import LETTERS, pattern_batch
from attnlib.layers import watching
from attnlib.models.induction import behind_copies, induction_score, previous_score
from attnlib.models.transformer import gpt
from attnlib.trained import induction, load


def test_a_pattern_is_read_in_a_circle_and_its_letters_differ():
    texts = pattern_batch(np.random.default_rng(3), 200, 47, periods=(5, 20))
    assert set(texts.period.tolist()) == set(range(5, 21))
    for ids, period in zip(texts.ids, texts.period, strict=True):
        assert len(set(ids[:period].tolist())) == period
        np.testing.assert_array_equal(ids[period:], ids[:-period])


def test_without_jumps_everything_after_the_first_repeated_letter_is_asked():
    texts = pattern_batch(np.random.default_rng(5), 50, 47)
    np.testing.assert_array_equal(texts.asked, np.arange(47) > texts.period[:, None])


def test_with_jumps_what_is_asked_goes_on_and_stood_there_before():
    texts = pattern_batch(np.random.default_rng(7), 100, 43, jumps=0.3)
    n_asked = 0
    for ids, asked in zip(texts.ids.tolist(), texts.asked, strict=True):
        seen = {}
        for i in range(1, len(ids)):
            before = seen.setdefault(ids[i - 1], [])
            if asked[i]:
                assert ids[i] in before
                n_asked += 1
            before.append(ids[i])
    assert 0.3 < n_asked / texts.asked.size < 0.7
    fewer = pattern_batch(np.random.default_rng(7), 100, 43)
    assert texts.asked.sum() < fewer.asked.sum()


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"periods": (0, 3)}, ValueError, "the shortest period must be at least 1"),
        ({"periods": (7, 27)}, ValueError, "must be 7 to 26 letters, got 27"),
        ({"periods": (7, 5)}, ValueError, "must be 7 to 26 letters, got 5"),
        ({"jumps": 1.5}, ValueError, "jumps must be a probability, from 0 to 1, got 1.5"),
        ({"jumps": "often"}, TypeError, "jumps must be a real number"),
    ],
)
def test_patterns_that_cannot_be_drawn(options, error, says):
    with pytest.raises(error, match=says):
        pattern_batch(np.random.default_rng(0), 2, 11, **options)


def one_hot(places, t):
    return np.eye(t)[places]


def test_one_who_always_looks_one_back():
    weights = one_hot([0, 0, 1, 2, 3], 5)
    assert previous_score(weights) == 1
    assert previous_score(np.eye(5)) == 0
    np.testing.assert_array_equal(previous_score(np.stack([[weights, np.eye(5)]] * 3)), [[1, 0]] * 3)


def test_the_stripe_of_a_pattern_is_as_many_places_back_as_it_is_long_and_one_less():
    (ids,), _, (period,) = pattern_batch(np.random.default_rng(11), 1, 31, periods=(7, 7))
    for i, row in enumerate(behind_copies(ids)):
        assert np.flatnonzero(row).tolist() == [j for j in range(1, i + 1) if (i - j + 1) % period == 0]


def test_double_letters_count_themselves():
    np.testing.assert_array_equal(np.argwhere(behind_copies([4, 4, 4])), [[1, 1], [2, 1], [2, 2]])


def test_one_who_looks_behind_the_last_copy():
    ids = LETTERS.encode("macbethmacbeth")
    weights = one_hot([0] * 7 + list(range(1, 8)), 14)
    assert induction_score(weights, ids) == 1
    weights[9] = one_hot(9, 14)
    assert induction_score(weights, ids) == pytest.approx(6 / 7)


def test_weight_on_any_copy_counts_and_weight_elsewhere_does_not():
    ids = [3, 1, 3, 2, 3]
    weights = np.eye(5)
    weights[2] = [0, 0.5, 0.25, 0, 0]
    weights[4] = [0.125, 0.25, 0.125, 0.5, 0]
    assert induction_score(weights, ids) == (0.5 + 0.75) / 2


def test_each_text_of_a_batch_has_its_own_score():
    rng = np.random.default_rng(13)
    ids = rng.integers(3, size=(2, 7))
    weights = rng.dirichlet(np.ones(7), size=(2, 5, 7))
    together = induction_score(weights, ids)
    assert together.shape == (2, 5)
    for text, heads, scores in zip(ids, weights, together, strict=True):
        np.testing.assert_allclose(scores, [induction_score(head, text) for head in heads])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: previous_score(np.ones((3, 4))), "expected (..., T, T), got (3, 4)"),
        (lambda: previous_score(np.ones(3)), "expected (..., T, T), got (3,)"),
        (lambda: previous_score(np.ones((1, 1))), "weights must be those of two tokens at least"),
        (lambda: behind_copies(3), "ids must have at least one axis"),
        (lambda: induction_score(np.ones((3, 3)), [1, 2]), "expected (..., 3), got (2,)"),
        (
            lambda: induction_score(np.ones((2, 3, 3)), np.ones((5, 3), int)),
            "ids must be the text of the weights",
        ),
        (
            lambda: induction_score(np.ones((3, 3)), [1, 2, 3]),
            "ids must hold a token that has stood before",
        ),
    ],
)
def test_what_cannot_be_scored(call, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        call()


def test_two_blocks_find_the_letter_and_one_does_not():
    results = {name: load(f"induction-{name}").record["results"] for name in induction.SIZES}
    assert min(results[name]["right"] for name in ("two", "many")) > 0.99
    assert results["two"]["right with jumps"] > 0.95
    assert results["one"]["right"] < 0.25
    by_rule = load("induction-two").record["baselines"]["right by rule, with jumps"]
    assert results["two"]["right with jumps"] > by_rule  # it weighs all copies, not the last alone


def test_one_length_alone_needs_no_letters():
    results = load("induction-fixed").record["results"]
    assert results["right of 12"] > 0.99
    assert results["right"] < 0.25


def test_either_of_two_heads_is_needed_and_none_of_many():
    results = load("induction-two").record["results"]
    assert max(results["right without block 0"], results["right without block 1"]) < 0.15
    params = load("induction-many").params
    texts = induction.data()["right"]
    for off in np.ndindex(2, 4):
        assert induction.right(params, texts, n_heads=4, off=[off]) > 0.5, off


def test_the_heads_of_two_blocks_do_different_things():
    previous, stripe = induction.scores(load("induction-two").params, n_heads=1)
    assert previous[0] > 0.55 > 0.1 > previous[1]
    assert stripe[1] > 0.9 > 0.1 > stripe[0]


def test_the_model_goes_on_with_a_text_that_is_no_pattern():
    params = load("induction-two").params
    ids = LETTERS.encode("qwmacbethxyzduncanmacbet")
    with watching() as seen:
        logits = gpt(params, ids, n_heads=1)
    assert LETTERS.words[logits[-1].argmax()] == "h"
    assert seen[1][0, -1].argmax() == 8
