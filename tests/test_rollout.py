"""Rollout follows the weights through the blocks; occlusion asks the model itself."""

import re

import numpy as np
import pytest

from attnlib.layers import watching
from attnlib.models.parameters import transformer_params
from attnlib.models.rollout import occlusion, rollout
from attnlib.models.transformer import gpt

B, N_HEADS, T = 2, 3, 5


@pytest.fixture
def weights():
    rng = np.random.default_rng(23)
    return [rng.dirichlet(np.ones(T), size=(B, heads, T)) for heads in (N_HEADS, 7)]


def test_rows_sum_to_one_and_nothing_is_negative(weights):
    mixed = rollout(weights, kept=0.3)
    assert mixed.shape == (B, T, T)
    np.testing.assert_allclose(mixed.sum(axis=-1), 1)
    assert mixed.min() > 0


def test_two_blocks_by_hand():
    # Block 0: both look at token 0, with one head; block 1: two heads, which differ at token 1.
    first = [[[1, 0], [1, 0]]]
    second = [[[0, 1], [0, 1]], [[0, 1], [1, 0]]]
    half_first = np.array([[1, 0], [0.5, 0.5]])
    half_second = np.array([[0.5, 0.5], [0.25, 0.75]])
    np.testing.assert_allclose(rollout([first, second]), half_second @ half_first)
    np.testing.assert_allclose(rollout([first, second]), [[0.75, 0.25], [0.625, 0.375]])


def test_it_is_the_sum_over_all_ways_through_the_blocks(weights):
    kept = 0.25
    steps = [kept * np.eye(T) + (1 - kept) * block[1].mean(axis=0) for block in weights]
    by_ways = np.zeros((T, T))
    for i, middle, j in np.ndindex(T, T, T):
        by_ways[i, j] += steps[1][i, middle] * steps[0][middle, j]
    np.testing.assert_allclose(rollout(weights, kept=kept)[1], by_ways)


def test_kept_is_what_passes_by_the_attention(weights):
    np.testing.assert_array_equal(rollout(weights, kept=1), np.broadcast_to(np.eye(T), (B, T, T)))
    np.testing.assert_allclose(rollout(weights[:1], kept=0), weights[0].mean(axis=1))


def test_renaming_the_tokens_renames_the_result(weights):
    order = np.random.default_rng(29).permutation(T)
    renamed = [block[..., order, :][..., order] for block in weights]
    np.testing.assert_allclose(rollout(renamed), rollout(weights)[..., order, :][..., order])


def test_nothing_comes_from_the_future_of_a_causal_model():
    sizes = {"n_words": 13, "d_model": 12, "n_layers": 3, "n_heads": N_HEADS, "length": T}
    params = transformer_params(np.random.default_rng(31), **sizes)
    with watching() as seen:
        gpt(params, [[2, 11, 5, 3, 7]], n_heads=N_HEADS)
    mixed = rollout(seen)[0]
    np.testing.assert_array_equal(np.triu(mixed, 1), 0)
    assert np.tril(mixed).sum() == pytest.approx(T)


@pytest.mark.parametrize(
    ("weights", "options", "error", "says"),
    [
        ([], {}, ValueError, "weights must hold those of one block at least, got none"),
        ([np.ones((3, 2, 5))], {}, ValueError, "expected (..., n_heads, T, T), got (3, 2, 5)"),
        ([np.ones((5, 5))], {}, ValueError, "expected (..., n_heads, T, T), got (5, 5)"),
        ([np.ones((1, 5, 5)), np.ones((1, 4, 4))], {}, ValueError, "expected (5, 5), got (4, 4)"),
        ([np.ones((1, 5, 5))], {"kept": 1.5}, ValueError, "kept must be a share from 0 to 1, got 1.5"),
        ([np.ones((1, 5, 5))], {"kept": "all"}, TypeError, "kept must be a real number"),
    ],
)
def test_weights_that_cannot_be_rolled_out(weights, options, error, says):
    with pytest.raises(error, match=re.escape(says)):
        rollout(weights, **options)


def test_of_a_sum_each_part_takes_its_own_share():
    x, worth = np.random.default_rng(37).normal(size=(T, 2, 3)), np.arange(6.0).reshape(2, 3)

    def score(stack):
        assert stack.shape[1:] == x.shape
        return (stack * worth).sum(axis=(1, 2, 3))

    np.testing.assert_allclose(occlusion(score, x, 0.0), (x * worth).sum(axis=(1, 2)))
    blank = np.random.default_rng(41).normal(size=(T, 2, 3))
    np.testing.assert_allclose(occlusion(score, x, blank), ((x - blank) * worth).sum(axis=(1, 2)))


def test_parts_of_several_tokens_go_together():
    parts = np.array([[True, True, False, False], [False, False, True, False]])
    found = occlusion(lambda stack: stack.max(axis=1), [7.0, 7.0, 3.0, 2.0], 0.0, parts=parts)
    np.testing.assert_array_equal(found, [4, 0])
    np.testing.assert_array_equal(occlusion(lambda stack: stack.max(axis=1), [7.0, 7.0, 3.0], 0.0), 0)


def test_words_are_replaced_by_a_word():
    def score(stack):
        assert stack.dtype == int
        return (stack == 4).any(axis=1) - 2.0 * (stack == 1).any(axis=1)

    np.testing.assert_array_equal(occlusion(score, [4, 9, 4], 1), [2, 2, 2])
    np.testing.assert_array_equal(occlusion(score, [4, 9, 8], 0), [1, 0, 0])


def test_the_input_stays_as_it_is():
    x = np.ones((3, 2))

    def score(stack):
        stack[:] = 5
        return stack[:, 0, 0]

    occlusion(score, x, 0)
    np.testing.assert_array_equal(x, 1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x": 3.0}, "x must have at least one axis"),
        (
            {"parts": np.eye(2, dtype=bool)},
            "expected booleans of shape (n_parts, 3), got bool of shape (2, 2)",
        ),
        ({"parts": np.eye(3)}, "got float64 of shape (3, 3)"),
        ({"score": lambda stack: stack}, "score(stack) must have one number for each input: expected (4,)"),
    ],
)
def test_what_cannot_be_occluded(change, says):
    fitting = {"score": lambda stack: stack.sum(axis=1), "x": [1.0, 2.0, 3.0], "blank": 0}
    with pytest.raises(ValueError, match=re.escape(says)):
        occlusion(**fitting | change)
