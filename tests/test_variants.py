import tracemalloc

import numpy as np
import pytest

from attnlib import (
    additive_scores,
    attention,
    attention_weights,
    causal_mask,
    hard_attention,
    online_attention,
    padding_mask,
    reinforce_gradient,
    softmax_vjp,
)


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def draw_qkv(dtype=np.float64):
    return draw(2, 3, 5, 11, dtype=dtype), draw(2, 3, 7, 11, dtype=dtype), draw(2, 3, 7, 13, dtype=dtype)


def test_additive_scores_are_the_formula_in_loops():
    q, k, w_q, w_k, w_score = draw(2, 3, 5), draw(2, 7, 11), draw(5, 13), draw(11, 13), draw(13)
    scores = additive_scores(q, k, w_q, w_k, w_score)
    assert scores.shape == (2, 3, 7)
    for b, i, j in np.ndindex(2, 3, 7):
        expected = np.tanh(q[b, i] @ w_q + k[b, j] @ w_k) @ w_score
        assert scores[b, i, j] == pytest.approx(expected, rel=1e-12)


def test_hard_attention_returns_the_value_of_the_best_key():
    q, k, v = draw_qkv()
    context, choice = hard_attention(q, k, v, return_weights=True)
    best = attention_weights(q, k).argmax(axis=-1)
    np.testing.assert_array_equal(context, np.take_along_axis(v, best[..., None], axis=-2))
    np.testing.assert_array_equal(choice.sum(axis=-1), 1)


def test_hard_attention_respects_the_mask_drawn_or_not():
    q, k, v = draw_qkv()
    mask = causal_mask(5, 7)
    mask[2] = False
    for rng in (None, np.random.default_rng(0)):
        context, choice = hard_attention(q, k, v, mask=mask, rng=rng, return_weights=True)
        assert (choice[..., ~mask] == 0).all()
        assert (context[..., 2, :] == 0).all()


def test_drawn_choices_follow_the_weights_and_the_seed():
    q, k, v = draw(1, 3), draw(5, 3), np.eye(5)
    many = np.broadcast_to(q, (20000, 1, 3))
    share = hard_attention(many, k, v, rng=np.random.default_rng(0)).mean(axis=0)
    np.testing.assert_allclose(share, attention(q, k, v), atol=0.01)
    a, b = (hard_attention(many, k, v, rng=np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("baseline", [0.0, 2.5])
def test_the_mean_of_the_reinforce_estimate_is_the_true_gradient(baseline):
    weights, reward_of_key = attention_weights(draw(1, 3), draw(5, 3))[0], draw(5)
    every_choice = np.eye(5)
    estimates = reinforce_gradient(np.tile(weights, (5, 1)), every_choice, reward_of_key, baseline=baseline)
    np.testing.assert_allclose(weights @ estimates, softmax_vjp(weights, reward_of_key), atol=1e-15)


def test_a_baseline_near_the_mean_reward_makes_the_estimate_vary_less():
    rng = np.random.default_rng(0)
    q, k, v = np.broadcast_to(draw(1, 3), (5000, 1, 3)), draw(5, 3), 10 + draw(5, 1)
    context, choice = hard_attention(q, k, v, rng=rng, return_weights=True)
    weights, reward = attention_weights(q, k), context[..., 0]
    without = reinforce_gradient(weights, choice, reward)
    with_baseline = reinforce_gradient(weights, choice, reward, baseline=reward.mean())
    assert with_baseline.var(axis=0).max() < 0.05 * without.var(axis=0).max()
    expected = softmax_vjp(weights[0], v.T)
    np.testing.assert_allclose(with_baseline.mean(axis=0), expected, atol=0.05)


@pytest.mark.parametrize("block_size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_online_attention_is_attention(block_size, dtype):
    q, k, v = draw_qkv(dtype)
    tolerance = {np.float16: 2e-3, np.float32: 1e-6, np.float64: 1e-14}[dtype]
    for mask in (None, causal_mask(5, 7), padding_mask([[7, 3, 0], [1, 2, 5]], 7), np.zeros((5, 1), bool)):
        context = online_attention(q, k, v, mask=mask, block_size=block_size)
        np.testing.assert_allclose(context, attention(q, k, v, mask=mask), atol=tolerance)
        assert context.dtype == dtype


@pytest.mark.parametrize(("t_q", "t_k"), [(7, 7), (5, 7), (7, 5)])
def test_online_causality_is_the_causal_mask(t_q, t_k):
    q, k, v = draw(t_q, 3), draw(t_k, 3), draw(t_k, 2)
    online = online_attention(q, k, v, causal=True, block_size=2)
    np.testing.assert_allclose(online, attention(q, k, v, mask=causal_mask(t_q, t_k)), atol=1e-14)
    mask = padding_mask(3, t_k)
    both = online_attention(q, k, v, causal=True, mask=mask, block_size=2)
    np.testing.assert_allclose(both, attention(q, k, v, mask=mask & causal_mask(t_q, t_k)), atol=1e-14)


def test_online_attention_is_stable_where_the_maximum_comes_last():
    k = np.array([[-1000.0], [0.0], [1000.0]])
    np.testing.assert_array_equal(
        online_attention([[1.0]], k, [[1.0], [2.0], [3.0]], block_size=1), [[3.0]]
    )


def test_online_attention_broadcasts():
    q, k, v = draw(2, 1, 5, 3), draw(7, 3), draw(11, 7, 2)
    np.testing.assert_allclose(online_attention(q, k, v, block_size=3), attention(q, k, v), atol=1e-14)


def test_online_attention_never_holds_the_matrix_of_weights():
    t = 2000
    q, k, v = draw(t, 8, dtype=np.float32), draw(t, 8, dtype=np.float32), draw(t, 8, dtype=np.float32)
    tracemalloc.start()
    try:
        online_attention(q, k, v, causal=True, block_size=32)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 0.15 * t * t * 4
