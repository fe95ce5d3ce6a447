"""Heads that are switched off add nothing, and nothing else changes."""

import numpy as np
import pytest

from attnlib.layers import watching
from attnlib.models.ablation import without_heads
from attnlib.models.parameters import transformer_params
from attnlib.models.transformer import attention_layer, gpt

SIZES = {"n_words": 13, "d_model": 15, "n_layers": 2, "n_heads": 3, "length": 7}
IDS = [[2, 11, 5, 3, 7]]


@pytest.fixture
def params():
    return transformer_params(np.random.default_rng(17), **SIZES)


def test_heads_of_a_layer_add_up_to_the_layer(params):
    x = np.random.default_rng(19).normal(size=(5, 15))
    whole = attention_layer(params, "block1.self", x, n_heads=3)
    alone = [
        attention_layer(
            without_heads(params, [(1, other) for other in range(3) if other != head], n_heads=3),
            "block1.self",
            x,
            n_heads=3,
        )
        for head in range(3)
    ]
    np.testing.assert_allclose(sum(alone), whole, atol=1e-6)
    assert all(np.abs(part).max() > 1e-3 for part in alone)


def test_a_head_that_is_off_is_only_missed_by_what_comes_after_it(params):
    seen = []
    for heads in ([], [(0, 1)], [(1, 1)]):
        with watching() as weights:
            gpt(without_heads(params, heads, n_heads=3), IDS, n_heads=3)
        seen.append(weights)
    whole, first, second = seen
    np.testing.assert_array_equal(first[0], whole[0])
    assert np.abs(first[1] - whole[1]).max() > 1e-6
    np.testing.assert_array_equal(second, whole)


def test_parameters_stay_as_they_are(params):
    before = {name: array.copy() for name, array in params.items()}
    left = without_heads(params, [(0, 2), (0, 0)], n_heads=3)
    for name, array in before.items():
        np.testing.assert_array_equal(params[name], array)
    assert [name for name in left if left[name] is not params[name]] == ["block0.self.w_o"]
    np.testing.assert_array_equal(
        np.abs(left["block0.self.w_o"]).sum(axis=1) == 0, [True] * 5 + [False] * 5 + [True] * 5
    )


@pytest.mark.parametrize(
    ("heads", "n_heads", "error", "says"),
    [
        ([(2, 0)], 3, ValueError, r"no 'block2\.self\.w_o'"),
        ([(0, 3)], 3, ValueError, "heads must be 0 to 2, got 3 in block 0"),
        ([(0, -1)], 3, ValueError, "head must be at least 0"),
        ([(0, 1.0)], 3, TypeError, "head must be an integer"),
        ([(0, 1)], 0, ValueError, "n_heads must be at least 1"),
    ],
)
def test_heads_that_are_not_there_are_refused(params, heads, n_heads, error, says):
    with pytest.raises(error, match=says):
        without_heads(params, heads, n_heads=n_heads)
