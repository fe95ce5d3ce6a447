"""Arguments that don't fit give an error that says so, or a documented result."""

import re

import numpy as np
import pytest

import attnlib
from attnlib import (
    MultiHeadAttention,
    additive_scores,
    attention,
    attention_scores,
    attention_vjp,
    attention_weights,
    causal_mask,
    cosine_similarity,
    entropy,
    hard_attention,
    merge_heads,
    multi_head_vjp,
    online_attention,
    padding_mask,
    reinforce_gradient,
    softmax,
    softmax_jacobian,
    softmax_vjp,
    split_heads,
    window_mask,
)

NAN = float("nan")


def z(*shape, dtype=np.float64):
    return np.zeros(shape, dtype)


Q, K, V = z(2, 5, 3), z(2, 7, 3), z(2, 7, 11)
LAYER = MultiHeadAttention(z(6, 4), z(6, 4), z(6, 4), z(4, 6), n_heads=2)
CROSS = MultiHeadAttention(z(6, 4), z(5, 4), z(5, 4), z(4, 6), n_heads=2)
X = z(2, 5, 6)

#: Each function with arguments that fit, by name.
GOOD = {
    softmax: {"x": z(5)},
    softmax_vjp: {"weights": z(5, 3), "dweights": z(5, 3)},
    softmax_jacobian: {"weights": z(5)},
    entropy: {"weights": z(5)},
    cosine_similarity: {"a": z(5), "b": z(5)},
    attention_scores: {"q": Q, "k": K},
    attention_weights: {"q": Q, "k": K},
    attention: {"q": Q, "k": K, "v": V},
    attention_vjp: {"q": Q, "k": K, "v": V, "dcontext": z(2, 5, 11)},
    online_attention: {"q": Q, "k": K, "v": V},
    hard_attention: {"q": Q, "k": K, "v": V},
    additive_scores: {"q": Q, "k": K, "w_q": z(3, 13), "w_k": z(3, 13), "w_score": z(13)},
    reinforce_gradient: {"weights": z(5, 7), "choice": z(5, 7), "reward": z(5)},
    split_heads: {"x": X, "n_heads": 3},
    merge_heads: {"x": z(2, 3, 5, 7)},
    causal_mask: {"t_q": 5},
    window_mask: {"t_q": 5, "before": 2},
    padding_mask: {"lengths": [1, 2], "t_k": 3},
    MultiHeadAttention: {"w_q": z(6, 4), "w_k": z(6, 4), "w_v": z(6, 4), "w_o": z(4, 6), "n_heads": 2},
    MultiHeadAttention.random: {"rng": np.random.default_rng(0), "d_model": 6, "n_heads": 2},
    LAYER.__call__: {"x": X},
    CROSS.__call__: {"x": X, "context": z(2, 7, 5)},
    multi_head_vjp: {"heads": LAYER, "dy": z(2, 5, 6), "x": X},
}
ATTEND = (attention_weights, attention, attention_vjp, online_attention, hard_attention)
ARRAYS = [
    (function, name)
    for function, arguments in GOOD.items()
    for name, value in arguments.items()
    if isinstance(value, np.ndarray)
]
NOT_REAL = {
    "complex": (complex, "complex128"),
    "object": (object, "object"),
    "text": ("U1", "<U1"),
    "dates": ("M8[D]", "datetime64[D]"),
}


# a result, two errors, and `check`, whose bad input is in test_check.py
TAKE_NO_ARRAYS = {
    attnlib.MultiHeadGradients,
    attnlib.CheckFailed,
    attnlib.SealedReference,
    attnlib.check,
}


def name_of(value):
    return getattr(value, "__qualname__", None)


@pytest.mark.parametrize("function", GOOD, ids=name_of)
def test_the_arguments_of_the_table_fit(function):
    function(**GOOD[function])


def test_every_public_function_is_in_the_table():
    public = {getattr(attnlib, name) for name in attnlib.__all__ if callable(getattr(attnlib, name))}
    assert public - set(GOOD) == TAKE_NO_ARRAYS


@pytest.mark.parametrize(("function", "name"), ARRAYS, ids=name_of)
@pytest.mark.parametrize("kind", NOT_REAL)
def test_what_is_not_real_numbers_is_a_type_error_that_names_the_argument(function, name, kind):
    dtype, text = NOT_REAL[kind]
    arguments = GOOD[function]
    bad = arguments | {name: arguments[name].astype(np.int64).astype(dtype)}
    with pytest.raises(TypeError, match=f"{name} must hold real numbers.*{re.escape(text)}"):
        function(**bad)


@pytest.mark.parametrize("function", ATTEND, ids=name_of)
@pytest.mark.parametrize(
    ("mask", "error", "message"),
    [
        (z(5, 7), TypeError, "mask must be boolean (True = may attend), got dtype float64"),
        (z(5, 7, dtype=int), TypeError, "mask must be boolean (True = may attend), got dtype int64"),
        (
            z(7, 5, dtype=bool),
            ValueError,
            "mask must broadcast to (..., T_q, T_k): expected (2, 5, 7), got (7, 5)",
        ),
        (z(3, 5, 7, dtype=bool), ValueError, "expected (2, 5, 7), got (3, 5, 7)"),
        (z(1, 2, 5, 7, dtype=bool), ValueError, "expected (2, 5, 7), got (1, 2, 5, 7)"),
    ],
)
def test_masks_that_do_not_fit(function, mask, error, message):
    with pytest.raises(error, match=re.escape(message)):
        function(**GOOD[function], mask=mask)


@pytest.mark.parametrize("function", [LAYER.__call__, multi_head_vjp], ids=name_of)
def test_a_layer_takes_no_mask_with_an_axis_of_heads(function):
    with pytest.raises(ValueError, match=re.escape("expected (2, 5, 5), got (2, 2, 5, 5)")):
        function(**GOOD[function], mask=z(2, 2, 5, 5, dtype=bool))


#: function, what changes, the error and a part of its message.
TABLE = [
    (softmax, {"base": 1}, ValueError, "base must be greater than 1 and finite, got 1"),
    (softmax, {"base": NAN}, ValueError, "base must be greater than 1 and finite, got nan"),
    (softmax, {"temperature": 0}, ValueError, "temperature must be greater than 0 and finite, got 0"),
    (softmax, {"temperature": float("inf")}, ValueError, "temperature must be greater than 0 and finite"),
    (softmax, {"axis": 1}, ValueError, "axis 1 is out of bounds"),
    (softmax, {"x": z()}, ValueError, "x must have at least one axis: expected (..., n), got ()"),
    (
        softmax_vjp,
        {"dweights": z(3, 5)},
        ValueError,
        "dweights must have the shape of weights: expected (5, 3), got (3, 5)",
    ),
    (softmax_vjp, {"temperature": -1}, ValueError, "temperature must be greater than 0"),
    (softmax_vjp, {"weights": z(), "dweights": z()}, ValueError, "weights must have at least one axis"),
    (softmax_vjp, {"axis": 2}, ValueError, "axis 2 is out of bounds"),
    (
        softmax_jacobian,
        {"weights": z()},
        ValueError,
        "weights must have at least one axis: expected (..., n), got ()",
    ),
    (entropy, {"weights": [-0.5, 1.5]}, ValueError, "weights must not be negative"),
    (entropy, {"weights": z()}, ValueError, "weights must have at least one axis"),
    (entropy, {"axis": 1}, ValueError, "axis 1 is out of bounds"),
    (cosine_similarity, {"b": z(7)}, ValueError, "b must broadcast with a: expected (5,), got (7,)"),
    (
        cosine_similarity,
        {"b": z(1)},
        ValueError,
        "b must have vectors as long as those of a: expected 5, got 1",
    ),
    (cosine_similarity, {"axis": 1}, ValueError, "axis must be an axis of a and b, of shape (5,), got 1"),
    (cosine_similarity, {"a": z(), "b": z()}, ValueError, "axis must be an axis of a and b"),
    (
        additive_scores,
        {"w_score": z(13, 1)},
        ValueError,
        "w_score must be a vector: expected (d_hidden,), got (13, 1)",
    ),
    (
        additive_scores,
        {"w_q": z(7, 13)},
        ValueError,
        "w_q must have the feature size of q and the length of w_score: expected (3, 13)",
    ),
    (
        additive_scores,
        {"w_k": z(3, 11)},
        ValueError,
        "w_k must have the feature size of k and the length of w_score: expected (3, 13)",
    ),
    (additive_scores, {"k": z(3)}, ValueError, "k must have tokens and features"),
    (
        additive_scores,
        {"k": z(3, 7, 3)},
        ValueError,
        "the leading axes must broadcast, got q (2, 5, 3), k (3, 7, 3)",
    ),
    (reinforce_gradient, {"weights": z()}, ValueError, "weights must have at least one axis"),
    (
        reinforce_gradient,
        {"choice": z(5)},
        ValueError,
        "choice must have the shape of weights: expected (5, 7), got (5,)",
    ),
    (
        reinforce_gradient,
        {"reward": z(5, 7)},
        ValueError,
        "reward must have one number for each query: expected (5,), got (5, 7)",
    ),
    (
        reinforce_gradient,
        {"baseline": z(3)},
        ValueError,
        "baseline must broadcast to the shape of reward: expected (5,), got (3,)",
    ),
    (
        hard_attention,
        {"q": Q + NAN, "rng": np.random.default_rng(0)},
        ValueError,
        "the weights to draw with are NaN",
    ),
    (online_attention, {"block_size": 0}, ValueError, "block_size must be at least 1, got 0"),
    (online_attention, {"block_size": 2.0}, TypeError, "block_size must be an integer, got 2.0"),
    (
        split_heads,
        {"n_heads": 4},
        ValueError,
        "n_heads must divide d_model: expected a divisor of 6, got 4",
    ),
    (split_heads, {"n_heads": 0}, ValueError, "n_heads must be at least 1, got 0"),
    (split_heads, {"n_heads": 2.0}, TypeError, "n_heads must be an integer, got 2.0"),
    (split_heads, {"n_heads": True}, TypeError, "n_heads must be an integer, got True"),
    (
        split_heads,
        {"x": z(6)},
        ValueError,
        "x must have tokens and features as its last two axes: expected (..., T, d), got (6,)",
    ),
    (merge_heads, {"x": z(5, 6)}, ValueError, "expected (..., n_heads, T, d_head), got (5, 6)"),
    (causal_mask, {"t_q": -1}, ValueError, "t_q must be at least 0, got -1"),
    (causal_mask, {"t_q": 2.5}, TypeError, "t_q must be an integer, got 2.5"),
    (causal_mask, {"t_k": "7"}, TypeError, "t_k must be an integer, got '7'"),
    (
        padding_mask,
        {"lengths": [4, 1]},
        ValueError,
        "lengths must be between 0 and t_k: expected 0 to 3, got 1 to 4",
    ),
    (
        padding_mask,
        {"lengths": [-1]},
        ValueError,
        "lengths must be between 0 and t_k: expected 0 to 3, got -1 to -1",
    ),
    (padding_mask, {"lengths": [1.0]}, TypeError, "lengths must hold integers, got dtype float64"),
    (padding_mask, {"lengths": [True]}, TypeError, "lengths must hold integers, got dtype bool"),
    (padding_mask, {"t_k": -1}, ValueError, "t_k must be at least 0, got -1"),
    (
        MultiHeadAttention,
        {"n_heads": 3},
        ValueError,
        "n_heads must divide the columns of w_q: expected a divisor of 4, got 3",
    ),
    (MultiHeadAttention, {"n_heads": -2}, ValueError, "n_heads must be at least 1, got -2"),
    (MultiHeadAttention, {"w_q": z(6)}, ValueError, "w_q must be a matrix: expected 2 axes, got (6,)"),
    (
        MultiHeadAttention,
        {"w_k": z(6, 2)},
        ValueError,
        "w_k must have as many columns as w_q: expected (6, 4), got (6, 2)",
    ),
    (
        MultiHeadAttention,
        {"w_v": z(5, 4)},
        ValueError,
        "w_v must have as many rows as w_k: expected (6, 4), got (5, 4)",
    ),
    (
        MultiHeadAttention,
        {"w_v": z(6, 3)},
        ValueError,
        "n_heads must divide the columns of w_v: expected a divisor of 3, got 2",
    ),
    (
        MultiHeadAttention,
        {"w_o": z(6, 6)},
        ValueError,
        "w_o must have as many rows as w_v has columns: expected (4, 6), got (6, 6)",
    ),
    (
        MultiHeadAttention.random,
        {"d_model": 7},
        ValueError,
        "n_heads must divide d_model: expected a divisor of 7, got 2",
    ),
    (MultiHeadAttention.random, {"d_model": 0}, ValueError, "d_model must be at least 1, got 0"),
    (
        LAYER.__call__,
        {"x": z(5, 7)},
        ValueError,
        "x must have the feature size of the layer: expected (..., T, 6), got (5, 7)",
    ),
    (LAYER.__call__, {"x": z(6)}, ValueError, "x must have tokens and features"),
    (
        CROSS.__call__,
        {"context": z(2, 7, 6)},
        ValueError,
        "context must have the feature size of the layer: expected (..., T, 5)",
    ),
    (
        CROSS.__call__,
        {"context": z(3, 7, 5)},
        ValueError,
        "the leading axes must broadcast, got x (2, 5, 6), context (3, 7, 5)",
    ),
    (
        multi_head_vjp,
        {"dy": z(2, 5, 4)},
        ValueError,
        "dy must have the shape of the result: expected (2, 5, 6), got (2, 5, 4)",
    ),
    (
        attention_vjp,
        {"dcontext": z(5, 11)},
        ValueError,
        "dcontext must have the shape of the context: expected (2, 5, 11), got (5, 11)",
    ),
]
TABLE += [
    (window_mask, {"t_q": -1}, ValueError, "t_q must be at least 0, got -1"),
    (window_mask, {"before": -1}, ValueError, "before must be at least 0, got -1"),
    (window_mask, {"after": 1.5}, TypeError, "after must be an integer, got 1.5"),
    (
        attention_vjp,
        {"weights": z(5, 7)},
        ValueError,
        "weights must have the shape of the scores: expected (2, 5, 7), got (5, 7)",
    ),
]
for _function in (attention_scores, *ATTEND):
    TABLE += [
        (
            _function,
            {"q": z(3)},
            ValueError,
            "q must have tokens and features as its last two axes: expected (..., T, d), got (3,)",
        ),
        (
            _function,
            {"k": z()},
            ValueError,
            "k must have tokens and features as its last two axes: expected (..., T, d), got ()",
        ),
        (
            _function,
            {"k": z(2, 7, 2)},
            ValueError,
            "k must have the feature size of q: expected (..., T_k, 3), got (2, 7, 2)",
        ),
        (
            _function,
            {"k": z(3, 7, 3)},
            ValueError,
            "the leading axes must broadcast, got q (2, 5, 3), k (3, 7, 3)",
        ),
        (_function, {"q": z(2, 5, 0), "k": z(2, 7, 0)}, ValueError, "q must have at least one feature"),
        (_function, {"scale": "big"}, TypeError, "scale must be a real number, got 'big'"),
        (_function, {"scale": 1j}, TypeError, "scale must be a real number, got 1j"),
        (_function, {"scale": [1.0, 2.0]}, TypeError, "scale must be a real number, got [1.0, 2.0]"),
    ]
for _function in (attention_weights, attention, attention_vjp):
    TABLE += [
        (
            _function,
            {"bias": z(5, 5)},
            ValueError,
            "bias must broadcast to (..., T_q, T_k): expected (2, 5, 7)",
        ),
        (_function, {"bias": z(3, 2, 5, 7)}, ValueError, "bias must broadcast to (..., T_q, T_k)"),
        (_function, {"bias": "near"}, TypeError, "bias must hold real numbers"),
        (_function, {"softcap": 0}, ValueError, "softcap must be greater than 0 and finite, got 0"),
        (_function, {"softcap": NAN}, ValueError, "softcap must be greater than 0 and finite, got nan"),
        (_function, {"softcap": [1.0]}, TypeError, "softcap must be a real number, got [1.0]"),
    ]
for _function in ATTEND[1:]:
    TABLE += [
        (
            _function,
            {"v": z(2, 5, 11)},
            ValueError,
            "v must have one row for each key: expected (..., 7, d), got (2, 5, 11)",
        ),
        (_function, {"v": z(7)}, ValueError, "v must have tokens and features"),
        (
            _function,
            {"v": z(3, 7, 11)},
            ValueError,
            "the leading axes must broadcast, got q (2, 5, 3), k (2, 7, 3), v (3, 7, 11)",
        ),
    ]


@pytest.mark.parametrize(("function", "change", "error", "message"), TABLE)
def test_arguments_that_do_not_fit(function, change, error, message):
    with pytest.raises(error, match=re.escape(message)):
        function(**GOOD[function] | change)


@pytest.mark.parametrize("function", [attention, online_attention], ids=name_of)
def test_nan_reaches_only_the_queries_that_see_it(function):
    rng = np.random.default_rng(0)
    q, k, v = rng.standard_normal((5, 3)), rng.standard_normal((7, 3)), rng.standard_normal((7, 2))
    q[1] = NAN
    context = function(q, k, v)
    assert np.isnan(context[1]).all()
    assert np.isfinite(np.delete(context, 1, axis=0)).all()
    k[4] = NAN
    mask = np.ones((5, 7), bool)
    mask[2, 4] = False
    context = function(q, k, v, mask=mask)
    assert np.isfinite(context[2]).all()
    assert np.isnan(np.delete(context, 2, axis=0)).all()


@pytest.mark.parametrize("function", [attention, online_attention, hard_attention], ids=name_of)
@pytest.mark.parametrize(("t_q", "t_k", "batch"), [(0, 7, 2), (5, 7, 0)])
def test_no_queries_or_no_sequences_give_nothing(function, t_q, t_k, batch):
    assert function(z(batch, t_q, 3), z(batch, t_k, 3), z(batch, t_k, 11)).shape == (batch, t_q, 11)


@pytest.mark.parametrize("function", [attention, online_attention, hard_attention], ids=name_of)
def test_no_keys_is_nothing_to_attend_to(function):
    np.testing.assert_array_equal(function(z(5, 3), z(0, 3), z(0, 2)), z(5, 2))


@pytest.mark.parametrize("shape", [(0,), (0, 5), (5, 0)])
def test_softmax_of_nothing_is_nothing(shape):
    assert softmax(z(*shape)).shape == shape


def test_empty_heads_and_vectors():
    assert split_heads(z(0, 6), 3).shape == (3, 0, 2)
    assert merge_heads(z(3, 0, 2)).shape == (0, 6)
    assert LAYER(z(0, 6)).shape == (0, 6)
    assert cosine_similarity(z(5, 0), z(5, 0)).tolist() == [0] * 5
