"""The block worked by hand: its fractions, with powers of e the library's block, its mistakes, others."""

from fractions import Fraction

import numpy as np
import pytest

from attnlib.byhand_block import BLOCK, MATRICES, MISTAKES, example, mistakes, read, steps
from attnlib.layers import normalising
from attnlib.masks import causal_mask
from attnlib.models import transformer

SENTENCES = ("dog bites man", "man bites dog")


def test_a_dog_bites_a_man():
    hand = steps()
    np.testing.assert_array_equal(hand["normed_x"], hand["x"] - 1)
    np.testing.assert_array_equal(hand["weights"] * 20, [[20, 0, 0], [15, 5, 0], [12, 4, 4]])
    np.testing.assert_array_equal(hand["deviation_y"] * 20, [[40], [25], [12]])
    np.testing.assert_array_equal(hand["hidden"], [[0, 0, 1, 0], [2, 0, 0, 0], [0, 0, 0, 1]])
    expected = [[60, -20, 80, -20], [95, -15, 15, -15], [8, 32, 8, 52]]
    np.testing.assert_array_equal(hand["out"] * 20, expected)


def test_the_verb_knows_who_bites():
    bitten = {sentence: steps(read(sentence))["hidden"][1, :2] for sentence in SENTENCES}
    assert [list(fired) for fired in bitten.values()] == [[2, 0], [0, 2]]


@pytest.mark.parametrize("worked", [BLOCK, *map(read, SENTENCES), *map(example, range(20))])
def test_on_paper_the_fractions_stay_small(worked):
    hand = steps(worked)
    assert all(isinstance(entry, int | Fraction) for matrix in hand.values() for entry in matrix.flat)
    entries = [Fraction(entry) for matrix in hand.values() for entry in matrix.flat]
    assert max(entry.denominator for entry in entries) <= 20
    assert max(abs(entry.numerator) for entry in entries) <= 99


@pytest.mark.parametrize("worked", [BLOCK, *map(example, range(3))])
def test_with_powers_of_e_it_is_the_librarys_block(worked, monkeypatch):
    monkeypatch.setattr(normalising, "EPSILON", 0.0)
    m = {name: getattr(worked, name).astype(float) for name in MATRICES}
    d_model = len(worked.features)
    params = {f"block.self.{name}": m[name] for name in ("w_q", "w_k", "w_v", "w_o")}
    params |= {f"block.feed.{name}": m[name] for name in ("w_1", "b_1", "w_2")}
    params["block.feed.b_2"] = np.zeros(d_model)
    for part in ("self", "feed"):
        params |= {
            f"block.{part}.norm.gain": np.ones(d_model),
            f"block.{part}.norm.shift": np.zeros(d_model),
        }
    x = m["words"] + m["positions"]
    expected = transformer.block(params, "block", x, n_heads=1, mask=causal_mask(3))
    np.testing.assert_allclose(steps(worked, mode="standard")["out"], expected, atol=1e-12)


def test_every_mistake_gives_other_numbers():
    wrong = mistakes()
    assert wrong.keys() == MISTAKES.keys()
    answers = [steps()["out"].astype(float), *wrong.values()]
    for i, answer in enumerate(answers):
        assert min(np.abs(answer - other).max() for other in answers[:i] + answers[i + 1 :]) > 0.2


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        BLOCK.w_1[0, 0] = 1


@pytest.mark.parametrize("sentence", ["dog eats man", "dog bites", "dog bites man man"])
def test_sentence_it_cannot_read_is_named(sentence):
    with pytest.raises(ValueError, match=f"got '{sentence}'"):
        read(sentence)


def test_deviation_that_is_no_fraction_is_named():
    with pytest.raises(ValueError, match="the root of"):
        steps(read("dog bites dog"))


def test_shapes_and_modes_are_checked():
    with pytest.raises(ValueError, match="w_2"):
        type(BLOCK)(**vars(BLOCK) | {"w_2": [[1]]})
    with pytest.raises(ValueError, match="got 'paper'"):
        steps(mode="paper")
