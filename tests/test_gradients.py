import numpy as np
import pytest
from numeric import numeric_gradient, relative_error

from attnlib import (
    MultiHeadAttention,
    attention,
    attention_vjp,
    causal_mask,
    multi_head_vjp,
    softmax,
    softmax_jacobian,
    softmax_vjp,
)

TOLERANCE = 1e-8  # of central differences with a step of 1e-6 in float64


def draw(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("options", [{}, {"base": 3}, {"temperature": 0.5}])
def test_softmax_vjp_agrees_with_finite_differences(axis, options):
    x, dweights = draw(3, 5, 7), draw(3, 5, 7, seed=1)
    expected = numeric_gradient(lambda z: (softmax(z, axis, **options) * dweights).sum(), x)
    actual = softmax_vjp(softmax(x, axis, **options), dweights, axis, **options)
    assert relative_error(actual, expected) < TOLERANCE


def test_softmax_jacobian_agrees_with_finite_differences():
    x = draw(5)
    expected = np.stack([numeric_gradient(lambda z, i=i: softmax(z)[i], x) for i in range(5)])
    assert relative_error(softmax_jacobian(softmax(x)), expected) < TOLERANCE


@pytest.mark.parametrize(
    "mask", [None, causal_mask(3, 5), np.zeros((3, 1), bool)], ids=["free", "cache", "none"]
)
@pytest.mark.parametrize("scale", [None, 0.75])
def test_attention_vjp_agrees_with_finite_differences(mask, scale):
    arrays = {"q": draw(2, 3, 7), "k": draw(2, 5, 7), "v": draw(2, 5, 11)}
    dcontext = draw(2, 3, 11, seed=1)
    gradients = attention_vjp(**arrays, dcontext=dcontext, mask=mask, scale=scale)
    for name, actual in zip(arrays, gradients, strict=True):

        def loss(z, name=name):
            return (attention(**{**arrays, name: z}, mask=mask, scale=scale) * dcontext).sum()

        expected = numeric_gradient(loss, arrays[name])
        assert np.abs(actual - expected).max() < TOLERANCE
        assert np.isfinite(actual).all()


def test_attention_vjp_sums_over_broadcast_axes():
    arrays = {"q": draw(2, 1, 3, 7), "k": draw(5, 7), "v": draw(1, 3, 5, 2)}
    dcontext = draw(2, 3, 3, 2)
    for name, actual in zip(arrays, attention_vjp(**arrays, dcontext=dcontext), strict=True):

        def loss(z, name=name):
            return (attention(**{**arrays, name: z}) * dcontext).sum()

        assert relative_error(actual, numeric_gradient(loss, arrays[name])) < TOLERANCE


@pytest.mark.parametrize("softcap", [None, 0.9])
@pytest.mark.parametrize("shape", [(3, 5), (2, 1, 5), (1,)])
def test_attention_vjp_carries_a_bias_and_a_cap(softcap, shape):
    arrays = {"q": draw(2, 3, 7), "k": draw(2, 5, 7), "v": draw(2, 5, 11), "bias": draw(*shape, seed=2)}
    dcontext, mask = draw(2, 3, 11, seed=1), draw(3, 5, seed=3) > -1
    options = {"mask": mask, "softcap": softcap, "scale": 0.75}
    _, weights = attention(**arrays, **options, return_weights=True)
    gradients = attention_vjp(**arrays, dcontext=dcontext, **options)
    kept = attention_vjp(**arrays, dcontext=dcontext, **options, weights=weights)
    for name, actual, again in zip(arrays, gradients, kept, strict=True):

        def loss(z, name=name):
            return (attention(**{**arrays, name: z}, **options) * dcontext).sum()

        assert np.abs(actual - numeric_gradient(loss, arrays[name])).max() < TOLERANCE, name
        np.testing.assert_array_equal(actual, again)


def test_a_key_hidden_by_a_bias_passes_no_gradient():
    q, k, v, dcontext = draw(3, 7), draw(5, 7), draw(5, 2), draw(3, 2)
    bias = np.zeros((3, 5))
    bias[1] = bias[:, 4] = -np.inf
    dq, dk, dv, dbias = attention_vjp(q, k, v, dcontext, bias=bias)
    assert (dq[1] == 0).all()
    assert (dk[4] == 0).all()
    assert (dv[4] == 0).all()
    assert (dbias[np.isinf(bias)] == 0).all()
    assert (dbias[0, :4] != 0).all()


def test_a_query_with_nothing_to_attend_to_passes_no_gradient():
    q, k, v, dcontext = draw(3, 7), draw(5, 7), draw(5, 2), draw(3, 2)
    mask = np.ones((3, 5), bool)
    mask[1] = mask[:, 4] = False
    dq, dk, dv = attention_vjp(q, k, v, dcontext, mask=mask)
    assert (dq[1] == 0).all()
    assert (dk[4] == 0).all()
    assert (dv[4] == 0).all()
    assert (dq[0] != 0).all()


@pytest.mark.parametrize("cross", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_multi_head_vjp_agrees_with_finite_differences(cross, masked):
    d_model, d_context, n_heads, d_head, d_v, d_out = 5, 7 if cross else 5, 2, 3, 1, 4
    matrices = {
        "w_q": draw(d_model, n_heads * d_head),
        "w_k": draw(d_context, n_heads * d_head, seed=1),
        "w_v": draw(d_context, n_heads * d_v),
        "w_o": draw(n_heads * d_v, d_out),
    }
    inputs = {"x": draw(2, 3, d_model), **({"context": draw(2, 4, d_context)} if cross else {})}
    mask = draw(2, 3, 4 if cross else 3) > 0 if masked else None
    dy = draw(2, 3, d_out, seed=1)

    def loss(name, z):
        changed = {**matrices, **inputs, name: z}
        heads = MultiHeadAttention(**{key: changed[key] for key in matrices}, n_heads=n_heads)
        return (heads(*(changed[key] for key in inputs), mask=mask) * dy).sum()

    layer = MultiHeadAttention(**matrices, n_heads=n_heads)
    gradients = multi_head_vjp(layer, dy, *inputs.values(), mask=mask)
    assert (gradients.dcontext is None) is not cross
    for name, value in {**inputs, **matrices}.items():
        expected = numeric_gradient(lambda z, name=name: loss(name, z), value)
        assert relative_error(getattr(gradients, f"d{name}"), expected) < TOLERANCE, name


def test_gradients_keep_float32():
    q, k, v, dcontext = (draw(*shape).astype(np.float32) for shape in ((3, 7), (5, 7), (5, 2), (3, 2)))
    assert {g.dtype for g in attention_vjp(q, k, v, dcontext)} == {np.dtype(np.float32)}
