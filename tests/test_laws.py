"""Laws that hold for every input, checked by hypothesis; the same inputs at every run."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attnlib import (
    MultiHeadAttention,
    attention,
    attention_vjp,
    attention_weights,
    causal_mask,
    merge_heads,
    multi_head_vjp,
    online_attention,
    softmax,
    softmax_vjp,
    split_heads,
)

laws = settings(derandomize=True, deadline=None, max_examples=60)
sizes = st.integers(1, 7)
seeds = st.integers(0, 2**32 - 1)
leads = st.lists(st.integers(1, 3), max_size=2).map(tuple)
scalings = st.sampled_from([0.01, 1.0, 30.0, 1e4])


@st.composite
def qkv(draw, masked=True):
    """Draw q, k, v and a mask or None; the scores go from flat to one-hot."""
    rng = np.random.default_rng(draw(seeds))
    lead, t_q, t_k, d_k, d_v = draw(leads), draw(sizes), draw(sizes), draw(sizes), draw(sizes)
    q = draw(scalings) * rng.standard_normal((*lead, t_q, d_k))
    k, v = rng.standard_normal((*lead, t_k, d_k)), rng.standard_normal((*lead, t_k, d_v))
    mask = (
        rng.random((t_q, t_k)) < draw(st.sampled_from([0.2, 0.8]))
        if masked and draw(st.booleans())
        else None
    )
    return q, k, v, mask


@laws
@given(qkv())
def test_rows_sum_to_one_or_have_nothing_to_attend_to(drawn):
    q, k, _, mask = drawn
    weights = attention_weights(q, k, mask=mask)
    seen = np.ones(weights.shape, bool) if mask is None else np.broadcast_to(mask, weights.shape)
    np.testing.assert_allclose(weights.sum(axis=-1), seen.any(axis=-1), rtol=1e-14)
    assert (weights[~seen] == 0).all()
    assert (weights >= 0).all()


@laws
@given(seeds, scalings, st.floats(-1e6, 1e6))
def test_softmax_does_not_change_when_all_scores_shift(seed, scaling, shift):
    x = scaling * np.random.default_rng(seed).standard_normal((3, 5))
    rounding = 4e-16 * max(abs(shift), scaling * 4)
    np.testing.assert_allclose(softmax(x + shift), softmax(x), atol=1e-15 + rounding)


@laws
@given(qkv(masked=False), seeds)
def test_keys_and_values_in_another_order_give_the_same_context(drawn, seed):
    q, k, v, _ = drawn
    order = np.random.default_rng(seed).permutation(k.shape[-2])
    np.testing.assert_allclose(
        attention(q, k[..., order, :], v[..., order, :]), attention(q, k, v), atol=1e-10
    )


@laws
@given(qkv(masked=False), seeds)
def test_queries_in_another_order_give_their_contexts_in_that_order(drawn, seed):
    q, k, v, _ = drawn
    order = np.random.default_rng(seed).permutation(q.shape[-2])
    np.testing.assert_allclose(
        attention(q[..., order, :], k, v), attention(q, k, v)[..., order, :], atol=1e-10
    )


@laws
@given(seeds, sizes, st.sampled_from([1, 2, 3, 6]))
def test_self_attention_is_permutation_equivariant(seed, t, n_heads):
    rng = np.random.default_rng(seed)
    layer, x, order = (
        MultiHeadAttention.random(rng, 6, n_heads),
        rng.standard_normal((t, 6)),
        rng.permutation(t),
    )
    np.testing.assert_allclose(layer(x[order]), layer(x)[order], atol=1e-12)


@laws
@given(qkv(masked=False), st.data())
def test_a_causal_mask_hides_the_future(drawn, data):
    q, k, v, _ = drawn
    t_q, t_k = q.shape[-2], k.shape[-2]
    row = data.draw(st.integers(0, t_q - 1))
    future = slice(max(0, row + 1 + t_k - t_q), None)
    changed_k, changed_v = k.copy(), v.copy()
    changed_k[..., future, :] += 10
    changed_v[..., future, :] -= 10
    mask = causal_mask(t_q, t_k)
    before, after = attention(q, k, v, mask=mask), attention(q, changed_k, changed_v, mask=mask)
    np.testing.assert_array_equal(before[..., : row + 1, :], after[..., : row + 1, :])


@laws
@given(qkv())
def test_the_context_is_within_the_range_of_the_values(drawn):
    q, k, v, mask = drawn
    context = attention(q, k, v, mask=mask)
    low, high = (edge(v, axis=-2, keepdims=True) for edge in (np.min, np.max))
    assert (context <= np.maximum(high, 0) + 1e-12).all()
    assert (context >= np.minimum(low, 0) - 1e-12).all()


@laws
@given(qkv(), st.integers(1, 9), st.booleans())
def test_online_attention_is_attention_for_every_block_size(drawn, block_size, causal):
    q, k, v, mask = drawn
    seen = True if mask is None else mask
    seen = seen & causal_mask(q.shape[-2], k.shape[-2]) if causal else mask
    online = online_attention(q, k, v, mask=mask, causal=causal, block_size=block_size)
    np.testing.assert_allclose(online, attention(q, k, v, mask=seen), atol=1e-9)


@laws
@given(leads, sizes, sizes, sizes)
def test_heads_split_and_merge_to_the_identity(lead, t, n_heads, d_head):
    x = np.arange(np.prod((*lead, t, n_heads * d_head)), dtype=float).reshape(*lead, t, n_heads * d_head)
    heads = split_heads(x, n_heads)
    assert heads.shape == (*lead, n_heads, t, d_head)
    np.testing.assert_array_equal(merge_heads(heads), x)


@laws
@given(qkv(), seeds)
def test_a_step_along_the_gradient_changes_the_loss_by_as_much_as_it_says(drawn, seed):
    q, k, v, mask = drawn
    q = q / max(1.0, np.abs(q).max())
    rng = np.random.default_rng(seed)
    dcontext = rng.standard_normal((*q.shape[:-1], v.shape[-1]))
    gradients = attention_vjp(q, k, v, dcontext, mask=mask)
    steps = [1e-6 * rng.standard_normal(x.shape) for x in (q, k, v)]
    up, down = (
        (
            attention(*(x + sign * s for x, s in zip((q, k, v), steps, strict=True)), mask=mask) * dcontext
        ).sum()
        for sign in (1, -1)
    )
    expected = sum((g * s).sum() for g, s in zip(gradients, steps, strict=True))
    assert (up - down) / 2 == pytest.approx(expected, abs=1e-10)


@laws
@given(st.sampled_from([np.float16, np.float32, np.float64, np.int8, np.uint8, np.int64, np.bool_]), seeds)
def test_dtype_is_as_promised_and_inputs_are_never_modified(dtype, seed):
    rng = np.random.default_rng(seed)
    q, k, v, x = (rng.integers(0, 2, size).astype(dtype) for size in ((5, 3), (7, 3), (7, 2), (5, 6)))
    dcontext, mask = np.ones((5, 2), dtype), rng.random((5, 7)) < 0.5
    promised = dtype if np.dtype(dtype).kind == "f" else np.float64
    layer = MultiHeadAttention(*(np.eye(6, dtype=dtype) for _ in range(4)), n_heads=2)
    inputs = (q, k, v, x, dcontext, mask, layer.w_q)
    before = [array.copy() for array in inputs]
    for array in inputs:
        array.flags.writeable = False
    results = [
        softmax(x),
        softmax_vjp(x, x),
        *attention(q, k, v, mask=mask, return_weights=True),
        attention(q, k, v, mask=mask),
        online_attention(q, k, v, mask=mask, block_size=2),
        *attention_vjp(q, k, v, dcontext, mask=mask),
        layer(x),
        *(g for g in multi_head_vjp(layer, x, x) if g is not None),
        split_heads(x, 2),
    ]
    assert {result.dtype for result in results} == {np.dtype(promised)}
    for array, copy in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(array, copy)
