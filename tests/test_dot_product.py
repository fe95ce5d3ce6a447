import math

import numpy as np
import pytest

import attnlib.dot_product
from attnlib import attention, attention_scores, attention_weights, causal_mask, softmax

LEAD, T_Q, T_K, D_K, D_V = (2, 3), 5, 7, 11, 13


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def draw_qkv(dtype=np.float64):
    return (
        draw(*LEAD, T_Q, D_K, dtype=dtype),
        draw(*LEAD, T_K, D_K, dtype=dtype),
        draw(*LEAD, T_K, D_V, dtype=dtype),
    )


def attention_by_loops(q, k, v, mask):
    """Attention of single sequences, one number at a time."""
    context = np.zeros((len(q), v.shape[-1]))
    for i in range(len(q)):
        powers = [
            math.exp(sum(a * b for a, b in zip(q[i], k[j], strict=True)) / math.sqrt(q.shape[-1]))
            if mask[i, j]
            else 0.0
            for j in range(len(k))
        ]
        for j, power in enumerate(powers):
            context[i] += power * v[j] / (sum(powers) or 1.0)
    return context


def test_one_query_worked_by_hand():
    # scores ln 3 and 0: weights 3/4 and 1/4
    context = attention([[math.log(3), 0.0]], [[1.0, 5.0], [0.0, 2.0]], [[4.0], [8.0]], scale=1.0)
    np.testing.assert_allclose(context, [[5.0]], rtol=1e-15)


def test_attention_is_the_formula_in_loops():
    q, k, v = draw(T_Q, D_K), draw(T_K, D_K), draw(T_K, D_V)
    mask = draw(T_Q, T_K, seed=1) > 0
    mask[3] = False
    np.testing.assert_allclose(attention(q, k, v, mask=mask), attention_by_loops(q, k, v, mask), atol=1e-14)


def test_shapes_of_results():
    q, k, v = draw_qkv()
    context, weights = attention(q, k, v, return_weights=True)
    assert attention_scores(q, k).shape == weights.shape == (*LEAD, T_Q, T_K)
    assert context.shape == (*LEAD, T_Q, D_V)


def test_scale_defaults_to_one_over_the_root_of_d_k():
    q, k, _ = draw_qkv()
    raw = attention_scores(q, k, scale=1.0)
    np.testing.assert_allclose(raw, q @ k.swapaxes(-2, -1), rtol=1e-15)
    np.testing.assert_allclose(attention_scores(q, k), raw / math.sqrt(D_K), rtol=1e-13)


def test_weights_are_those_that_attention_uses():
    q, k, v = draw_qkv()
    context, weights = attention(q, k, v, return_weights=True)
    np.testing.assert_array_equal(weights, attention_weights(q, k))
    np.testing.assert_allclose(context, weights @ v, rtol=1e-14)


def test_masked_positions_get_zero_weight_and_the_rest_are_renormalised():
    q, k, _ = draw_qkv()
    mask = causal_mask(T_Q, T_K)
    free, masked = attention_weights(q, k), attention_weights(q, k, mask=mask)
    assert (masked[..., ~mask] == 0).all()
    kept = free * mask
    np.testing.assert_allclose(masked, kept / kept.sum(axis=-1, keepdims=True), rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_fully_masked_rows_get_zero_weights_and_zero_context(dtype):
    q, k, v = draw_qkv(dtype)
    mask = np.ones((T_Q, T_K), bool)
    mask[[0, 3]] = False
    context, weights = attention(q, k, v, mask=mask, return_weights=True)
    assert (weights[..., [0, 3], :] == 0).all()
    assert (context[..., [0, 3], :] == 0).all()
    assert (attention(q, k, v, mask=mask)[..., [0, 3], :] == 0).all()
    assert np.isfinite(context).all()


def test_float16_is_computed_in_float32():
    q = np.full((1, 4), 200, np.float16)  # the raw score, 160000, is more than float16 holds
    v = np.array([[1], [3]], np.float16)
    context = attention(q, np.repeat(q, 2, axis=0), v)
    assert context.dtype == np.float16
    np.testing.assert_array_equal(context, [[2]])


def test_leading_axes_broadcast():
    q, k, v = draw(2, 1, T_Q, D_K), draw(3, T_K, D_K), draw(T_K, D_V)
    context, weights = attention(q, k, v, return_weights=True)
    assert context.shape == (2, 3, T_Q, D_V)
    assert weights.shape == (2, 3, T_Q, T_K)
    np.testing.assert_allclose(context[1, 2], attention(q[1, 0], k[2], v), rtol=1e-13)
    np.testing.assert_allclose(attention(q[0], k[:1], draw(3, T_K, D_V)).shape, (3, T_Q, D_V))


@pytest.mark.parametrize("block_size", [1, 10, 50, 100])
@pytest.mark.parametrize("masked", [False, True])
def test_blocks_change_nothing(monkeypatch, block_size, masked):
    q, k, v = draw_qkv()
    mask = draw(3, T_Q, T_K, seed=1) > 0 if masked else None
    options = {"mask": mask, "bias": draw(2, 1, 1, T_K, seed=2), "softcap": 2.0} if masked else {}
    expected = attention(q, k, v, **options)
    monkeypatch.setattr(attnlib.dot_product, "BLOCK_SIZE", block_size)
    np.testing.assert_allclose(attention(q, k, v, **options), expected, rtol=1e-12)
    np.testing.assert_allclose(
        attention(q[0, 0], k[0, 0], v), attention(q[:1, :1], k[:1, :1], v), rtol=1e-12
    )


def test_bias_is_added_to_the_scaled_and_capped_scores():
    # scores ln 3 and 0, and a bias of ln 2 on the second: weights 3/5 and 2/5
    options = {"scale": 1.0, "bias": [0.0, math.log(2)]}
    context = attention([[math.log(3), 0.0]], [[1.0, 5.0], [0.0, 2.0]], [[5.0], [10.0]], **options)
    np.testing.assert_allclose(context, [[7.0]], rtol=1e-15)
    q, k, _ = draw_qkv()
    bias = draw(3, T_Q, T_K, seed=1)
    scores = 0.7 * np.tanh(attention_scores(q, k) / 0.7) + bias
    np.testing.assert_allclose(attention_weights(q, k, bias=bias, softcap=0.7), softmax(scores), rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_minus_infinity_in_a_bias_hides_as_a_mask_does(dtype):
    q, k, v = draw_qkv(dtype)
    mask = draw(T_Q, T_K, seed=1) > 0
    mask[3] = False
    k[..., ~mask.any(axis=0), :] = np.nan
    bias = np.where(mask, 0.0, -np.inf)
    context, weights = attention(q, k, v, bias=bias, return_weights=True)
    np.testing.assert_array_equal(weights, attention_weights(q, k, mask=mask))
    assert (weights[..., 3, :] == 0).all()
    assert (context[..., 3, :] == 0).all()
    assert context.dtype == dtype


def test_what_is_hidden_stays_hidden_whatever_its_score():
    k = np.array([[1.0], [math.inf], [math.nan]])
    for hidden in ({"bias": [0.0, -math.inf, -math.inf]}, {"mask": [True, False, False]}):
        np.testing.assert_array_equal(attention_weights([[1.0]], k, **hidden), [[1.0, 0.0, 0.0]])


def test_a_wide_bias_does_not_widen_the_result():
    q, k, v = draw_qkv(np.float32)
    bias = draw(T_Q, T_K)
    bias[0, 0] = -1e300  # more than float32 holds
    context = attention(q, k, v, bias=bias)
    assert context.dtype == np.float32
    assert np.isfinite(context).all()


def test_a_high_cap_changes_nothing_and_a_low_one_makes_weights_even():
    q, k, _ = draw_qkv()
    free = attention_weights(q, k)
    np.testing.assert_allclose(attention_weights(q, k, softcap=1e6), free, rtol=1e-9)
    np.testing.assert_allclose(
        attention_weights(q, k, softcap=1e-9), np.full_like(free, 1 / T_K), rtol=1e-8
    )


def test_grouped_queries_are_repeated_keys():
    q, k, v = draw(2, 6, T_Q, D_K), draw(2, 3, T_K, D_K), draw(2, 3, T_K, D_V)
    grouped = attention(q.reshape(2, 3, 2, T_Q, D_K), k[:, :, None], v[:, :, None])
    repeated = attention(q, np.repeat(k, 2, axis=1), np.repeat(v, 2, axis=1))
    np.testing.assert_allclose(grouped.reshape(repeated.shape), repeated, rtol=1e-13)


def test_huge_scores_pick_one_value():
    q = k = 1e6 * np.eye(3)
    np.testing.assert_array_equal(attention(q, k, [[1.0], [2.0], [3.0]]), [[1.0], [2.0], [3.0]])


@pytest.mark.parametrize(
    ("q_shape", "k_shape", "v_shape"),
    [
        ((0, 3), (5, 3), (5, 2)),
        ((5, 3), (0, 3), (0, 2)),
        ((0, 5, 3), (0, 7, 3), (0, 7, 2)),
        ((5, 3), (7, 3), (7, 0)),
    ],
)
def test_empty_axes(q_shape, k_shape, v_shape):
    context = attention(draw(*q_shape), draw(*k_shape), draw(*v_shape))
    assert context.shape == (*q_shape[:-1], v_shape[-1])
    assert (context == 0).all()
