import dataclasses
import math

import numpy as np
import pytest

from attnlib import MultiHeadAttention, attention, causal_mask, merge_heads, padding_mask, split_heads

BATCH, T_Q, T_K, N_HEADS, D_HEAD, D_V, D_CONTEXT, D_OUT = 2, 5, 7, 3, 11, 13, 17, 19
D_MODEL = 23


def draw(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def draw_heads():
    return MultiHeadAttention(
        w_q=draw(D_MODEL, N_HEADS * D_HEAD),
        w_k=draw(D_CONTEXT, N_HEADS * D_HEAD),
        w_v=draw(D_CONTEXT, N_HEADS * D_V),
        w_o=draw(N_HEADS * D_V, D_OUT),
        n_heads=N_HEADS,
    )


def test_split_heads_gives_each_head_its_own_features_of_every_token():
    x = draw(BATCH, T_Q, N_HEADS * D_HEAD)
    heads = split_heads(x, N_HEADS)
    assert heads.shape == (BATCH, N_HEADS, T_Q, D_HEAD)
    for h in range(N_HEADS):
        np.testing.assert_array_equal(heads[:, h], x[..., h * D_HEAD : (h + 1) * D_HEAD])


def test_merge_heads_is_the_inverse_both_ways():
    x, heads = draw(BATCH, T_Q, N_HEADS * D_HEAD), draw(BATCH, N_HEADS, T_Q, D_HEAD)
    np.testing.assert_array_equal(merge_heads(split_heads(x, N_HEADS)), x)
    np.testing.assert_array_equal(split_heads(merge_heads(heads), N_HEADS), heads)


def test_multi_head_attention_is_one_attention_for_each_head():
    layer = draw_heads()
    x, context = draw(BATCH, T_Q, D_MODEL), draw(BATCH, T_K, D_CONTEXT)
    y, weights = layer(x, context, return_weights=True)
    expected = np.zeros((BATCH, T_Q, D_OUT))
    for h in range(N_HEADS):
        keys, values = slice(h * D_HEAD, (h + 1) * D_HEAD), slice(h * D_V, (h + 1) * D_V)
        head, head_weights = attention(
            x @ layer.w_q[:, keys],
            context @ layer.w_k[:, keys],
            context @ layer.w_v[:, values],
            return_weights=True,
        )
        expected += head @ layer.w_o[values]
        np.testing.assert_allclose(weights[:, h], head_weights, rtol=1e-11)
    np.testing.assert_allclose(y, expected, rtol=1e-11, atol=1e-11)
    assert weights.shape == (BATCH, N_HEADS, T_Q, T_K)
    np.testing.assert_allclose(layer(x, context), y, rtol=1e-12)


def test_self_attention_is_attention_to_oneself():
    layer = MultiHeadAttention.random(np.random.default_rng(0), 12, 3)
    x = draw(T_Q, 12)
    np.testing.assert_array_equal(layer(x), layer(x, x))


def test_a_mask_holds_for_every_head():
    layer = MultiHeadAttention.random(np.random.default_rng(0), 12, 3)
    x = draw(3, T_Q, 12)  # a batch as large as the number of heads: a misaligned mask would fit
    y, weights = layer(x, mask=padding_mask([5, 2, 0], T_Q) & causal_mask(T_Q), return_weights=True)
    assert weights.shape == (3, 3, T_Q, T_Q)
    assert (weights[1, :, :, 2:] == 0).all()
    assert (weights[0, :, 4] > 0).all()
    assert (weights[2] == 0).all()
    assert (y[2] == 0).all()


def test_a_causal_layer_does_not_see_the_future():
    layer = MultiHeadAttention.random(np.random.default_rng(0), 12, 3)
    x = draw(T_Q, 12)
    changed = x.copy()
    changed[3:] += 1
    before, after = (layer(z, mask=causal_mask(T_Q)) for z in (x, changed))
    np.testing.assert_array_equal(before[:3], after[:3])
    assert not np.allclose(before[3:], after[3:])


def test_random_is_glorot_uniform():
    layer = MultiHeadAttention.random(np.random.default_rng(0), 96, 4)
    bound = math.sqrt(6 / (96 + 96))
    for matrix in (layer.w_q, layer.w_k, layer.w_v, layer.w_o):
        assert matrix.shape == (96, 96)
        assert np.abs(matrix).max() <= bound
        assert matrix.var() == pytest.approx(1 / 96, rel=0.05)


def test_random_depends_on_the_rng_alone():
    a, b, c = (MultiHeadAttention.random(np.random.default_rng(seed), 6, 2) for seed in (0, 0, 1))
    np.testing.assert_array_equal(a.w_o, b.w_o)
    assert not np.array_equal(a.w_o, c.w_o)
    assert not np.array_equal(a.w_q, a.w_k)


def test_float32_stays_float32_and_integers_become_float64():
    layer = MultiHeadAttention(*(np.eye(6, dtype=np.float32) for _ in range(4)), n_heads=2)
    x = np.ones((T_Q, 6), np.float32)
    y, weights = layer(x, return_weights=True)
    assert y.dtype == weights.dtype == np.float32
    assert layer(x.astype(np.float64)).dtype == np.float64
    assert MultiHeadAttention(*([[[1]]] * 4), n_heads=1).w_q.dtype == np.float64


def test_a_layer_is_frozen():
    layer = MultiHeadAttention.random(np.random.default_rng(0), 6, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        layer.n_heads = 3
