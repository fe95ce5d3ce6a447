import math
from fractions import Fraction

import numpy as np
import pytest
from numeric import numeric_gradient

from attnlib import attention_weights, byhand_learning
from attnlib.autodiff import value_and_grad
from attnlib.byhand import MACBETH, example, steps
from attnlib.byhand_learning import descend, gradients, surprise
from attnlib.layers import cross_entropy

SCALE = math.log(3) / 2  # with powers of e, halves and powers of 3


def weight(w_q, w_k):
    x = MACBETH.x.astype(float)
    return attention_weights(x @ w_q, x @ w_k, scale=SCALE)[0, 3]


def test_the_surprise_is_that_of_the_worked_weight():
    assert steps()["weights"][0, 3] == Fraction(9, 16)
    assert surprise() == pytest.approx(math.log(16, 3) - 2)


def test_in_macbeths_row_nothing_is_rounded():
    assert not (steps()["scores"][0] % 2).any()
    assert weight(MACBETH.w_q, MACBETH.w_k) == pytest.approx(9 / 16)


def test_the_fractions_are_the_gradient():
    back = gradients()
    for name, at in (("dw_q", 0), ("dw_k", 1)):
        matrices = [MACBETH.w_q.astype(float), MACBETH.w_k.astype(float)]

        def loss(z, at=at, matrices=matrices):
            return -math.log(weight(*[z if i == at else m for i, m in enumerate(matrices)]), 3)

        expected = numeric_gradient(loss, matrices[at])
        np.testing.assert_allclose(back[name].astype(float), expected, atol=1e-9)


def test_the_tape_finds_the_same():
    x, params = MACBETH.x.astype(float), {"w_q": MACBETH.w_q * 1.0, "w_k": MACBETH.w_k * 1.0}

    def loss(p):
        scores = (x @ p["w_q"]) @ (x @ p["w_k"]).swapaxes(-2, -1) * SCALE
        return cross_entropy(scores[:1], [3]) * (1 / math.log(3))

    value, found = value_and_grad(loss, params)
    assert value == pytest.approx(surprise())
    for name in params:
        np.testing.assert_allclose(gradients()[f"d{name}"].astype(float), found[name], atol=1e-12)


def test_on_paper_the_fractions_stay_small():
    back = gradients()
    assert max(entry.denominator for matrix in back.values() for entry in matrix.flat) == 32
    np.testing.assert_array_equal(back["dscores"][0] * 32, [1, 3, 3, -7])
    np.testing.assert_array_equal(back["dk"][3], [0, Fraction(-7, 16), 0])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradients_of_another_example_sum_to_zero_in_its_row_alone(seed):
    worked = example(seed)
    back = gradients(worked, query=1, key=2)
    assert sum(back["dscaled_scores"][1]) == 0
    assert back["dscaled_scores"][1, 2] < 0
    assert not back["dq"][[0, 2, 3]].any()
    assert {name[1:]: matrix.shape for name, matrix in back.items()} == {
        name: steps(worked)[name].shape for name in ("scaled_scores", "scores", "q", "k", "w_q", "w_k")
    }


def test_a_step_makes_macbeth_look_more_at_the_witches():
    w_q, w_k = (matrix.astype(float) for matrix in descend())
    assert weight(w_q, MACBETH.w_k) == pytest.approx(0.77, abs=0.005)
    assert weight(w_q, w_k) > 0.9
    w_q, w_k = (matrix.astype(float) for matrix in descend(rate=Fraction(1, 8)))
    assert 9 / 16 < weight(w_q, w_k) < 0.7


@pytest.mark.parametrize("seed", range(4))
def test_in_the_first_row_of_a_drawn_example_nothing_is_rounded(seed):
    worked = byhand_learning.example(seed)
    assert byhand_learning.example(seed) is worked
    assert not (steps(worked)["scores"][0] % 2).any()
    exact = attention_weights(worked.x @ worked.w_q * 1.0, worked.x @ worked.w_k * 1.0, scale=SCALE)[0]
    np.testing.assert_allclose(exact, steps(worked)["weights"][0].astype(float))
    assert np.count_nonzero(gradients(worked)["dq"][0]) >= 2


@pytest.mark.parametrize("option", ["query", "key"])
def test_there_are_four_tokens(option):
    with pytest.raises(ValueError, match=f"{option} must be less than 4, got 4"):
        gradients(**{option: 4})
