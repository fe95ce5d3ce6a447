"""Each layer: its formula, its gradient against finite differences, and what it does with bad input."""

import math
import re

import numpy as np
import pytest

from attnlib import MultiHeadAttention, additive_scores, attention, causal_mask, layers
from attnlib import softmax as plain_softmax
from attnlib.autodiff import check_gradient

TOLERANCE = 1e-6
B, T, T_K, D, V = 2, 5, 7, 6, 11  # d_model has to be even, for pairs and heads
IDS = np.random.default_rng(0).integers(V, size=(B, T))
MASK = causal_mask(T, T_K)


def draw(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


#: Each layer as a function of parameters, and the parameters.
CASES = {
    "linear": (lambda p: layers.linear(p["x"], p["w"], p["b"]), {"x": (B, T, 3), "w": (3, 7), "b": (7,)}),
    "linear without bias": (lambda p: layers.linear(p["x"], p["w"]), {"x": (T, 3), "w": (3, 7)}),
    "embedding": (lambda p: layers.embedding(p["table"], IDS), {"table": (V, D)}),
    "concat": (lambda p: layers.concat(p["a"], p["b"], p["a"]), {"a": (B, 3), "b": (B, 5)}),
    "concat rows": (lambda p: layers.concat(p["a"], p["b"], axis=-2), {"a": (B, 3), "b": (T, 3)}),
    "layer_norm": (
        lambda p: layers.layer_norm(p["x"], p["gain"], p["shift"]),
        {"x": (B, T, 7), "gain": (7,), "shift": (7,)},
    ),
    "relu": (lambda p: layers.relu(p["x"]), {"x": (B, T)}),
    "gelu": (lambda p: layers.gelu(p["x"]), {"x": (B, T)}),
    "tanh": (lambda p: layers.tanh(p["x"]), {"x": (B, T)}),
    "sigmoid": (lambda p: layers.sigmoid(p["x"]), {"x": (B, T)}),
    "softmax": (lambda p: layers.softmax(p["x"], axis=0), {"x": (B, T)}),
    "cross_entropy": (
        lambda p: layers.cross_entropy(p["logits"], IDS, keep=IDS % 3 > 0),
        {"logits": (B, T, V)},
    ),
    "attend": (
        lambda p: layers.attend(p["q"], p["k"], p["v"], n_heads=3, mask=MASK),
        {"q": (B, T, D), "k": (B, T_K, D), "v": (B, T_K, 9)},
    ),
    "attend with all options": (
        lambda p: layers.attend(
            p["q"],
            p["k"],
            p["v"],
            p["bias"],
            n_heads=2,
            mask=np.stack([MASK, ~MASK]),
            scale=0.7,
            softcap=1.5,
        ),
        {"q": (B, T, D), "k": (B, T_K, D), "v": (B, T_K, 4), "bias": (2, 1, T_K)},
    ),
    "additive_attend": (
        lambda p: layers.additive_attend(p["q"], p["k"], p["v"], p["w_score"], mask=MASK),
        {"q": (B, T, 3), "k": (B, T_K, 3), "v": (B, T_K, 4), "w_score": (3,)},
    ),
    "lstm_step": (
        lambda p: layers.lstm_step(p["x"], p["h"], p["c"], p["w_x"], p["w_h"], p["b"]),
        {"x": (B, 5), "h": (B, 3), "c": (B, 3), "w_x": (5, 12), "w_h": (3, 12), "b": (12,)},
    ),
    "rotate": (
        lambda p: layers.rotate(p["x"], positions=[0, 1, 5, 7, 20], n_heads=3, base=10.0),
        {"x": (B, T, 12)},
    ),
    "relative_bias": (lambda p: layers.relative_bias(p["table"], T, T_K), {"table": (7, 3)}),
}


@pytest.mark.parametrize("name", CASES)
def test_gradient_agrees_with_finite_differences(name):
    layer, shapes = CASES[name]
    params = {key: draw(*shape, seed=i) for i, (key, shape) in enumerate(shapes.items())}
    dy = draw(*np.shape(layer(params)), seed=9)
    assert check_gradient(lambda p: (layer(p) * dy).sum(), params) < TOLERANCE


@pytest.mark.parametrize("name", CASES)
def test_float32_stays_float32_and_inputs_are_not_modified(name):
    layer, shapes = CASES[name]
    params = {key: draw(*shape).astype(np.float32) for key, shape in shapes.items()}
    for value in params.values():
        value.flags.writeable = False
    assert layer(params).dtype == np.float32


def test_every_layer_with_a_gradient_is_in_the_table():
    with_gradient = {name for name in layers.__all__ if hasattr(getattr(layers, name), "vjp")}
    draws = {"reinforce"}  # its step back is no slope of the 0 that it returns: test_captions has it
    assert with_gradient - draws | {"relative_bias"} == {name.split()[0] for name in CASES}


def test_linear_acts_on_every_token_alone():
    x, w, b = draw(B, T, 3), draw(3, 7), draw(7)
    y = layers.linear(x, w, b)
    np.testing.assert_allclose(y[1, 2], x[1, 2] @ w + b, rtol=1e-14)


def test_layer_norm_brings_every_token_to_mean_0_and_variance_1():
    y = layers.layer_norm(5 + 3 * draw(B, T, 101), np.ones(101), np.zeros(101))
    np.testing.assert_allclose(y.mean(axis=-1), 0, atol=1e-14)
    np.testing.assert_allclose(y.var(axis=-1), 1, rtol=1e-4)


def test_cross_entropy_is_minus_the_mean_logarithm_of_the_probability():
    logits = draw(B, T, V)
    p = np.take_along_axis(plain_softmax(logits), IDS[..., None], axis=-1)
    assert layers.cross_entropy(logits, IDS) == pytest.approx(-np.log(p).mean(), rel=1e-13)
    keep = np.arange(T) < 2
    kept = layers.cross_entropy(logits, IDS, keep=np.broadcast_to(keep, IDS.shape))
    assert kept == pytest.approx(-np.log(p[:, :2]).mean(), rel=1e-13)


def test_cross_entropy_of_a_hopeless_guess_is_finite():
    assert layers.cross_entropy(np.array([[1e5, 0.0]]), [1]) == 1e5


def test_attend_is_multi_head_attention_between_its_projections():
    layer = MultiHeadAttention.random(np.random.default_rng(0), D, 3)
    x, context = draw(B, T, D), draw(B, T_K, D)
    q, k, v = x @ layer.w_q, context @ layer.w_k, context @ layer.w_v
    with layers.watching() as seen:
        y = layers.attend(q, k, v, n_heads=3, mask=MASK) @ layer.w_o
    expected, weights = layer(x, context, mask=MASK, return_weights=True)
    np.testing.assert_allclose(y, expected, rtol=1e-12)
    np.testing.assert_allclose(seen[0], weights, rtol=1e-12)


def test_nothing_is_watched_outside():
    x = draw(T, D)
    with layers.watching() as outer:
        with layers.watching() as inner:
            layers.attend(x, x, x)
        layers.attend(x, x, x)
    layers.attend(x, x, x)
    assert len(inner) == len(outer) == 1


def test_additive_attend_has_the_scores_of_additive_scores():
    q, k, v, w_score = draw(T, 3), draw(T_K, 3), draw(T_K, 4), draw(3)
    weights = plain_softmax(additive_scores(q, k, np.eye(3), np.eye(3), w_score))
    np.testing.assert_allclose(layers.additive_attend(q, k, v, w_score), weights @ v, rtol=1e-13)


def test_a_closed_forget_gate_forgets_and_an_open_one_remembers():
    h, c, zeros = np.zeros((1, 2)), np.array([[3.0, -4.0]]), np.zeros((2, 8))
    gates = {"shut": -50.0, "open": 50.0}
    for name, gate in gates.items():
        b = np.concatenate([np.full(2, -50.0), np.full(2, gate), np.zeros(2), np.full(2, 50.0)])
        y = layers.lstm_step(h, h, c, zeros, zeros, b)
        np.testing.assert_allclose(y[:, 2:], c if name == "open" else 0 * c, atol=1e-12)
        np.testing.assert_allclose(y[:, :2], np.tanh(y[:, 2:]), atol=1e-12)


@pytest.mark.parametrize("n_heads", [1, 3])
def test_rotated_scores_depend_on_the_distance_alone(n_heads):
    q, k = draw(1, 12), draw(1, 12, seed=1)

    def score(i, j):
        at = [layers.rotate(x, positions=[place], n_heads=n_heads) for x, place in ((q, i), (k, j))]
        return (at[0] @ at[1].T).item()

    for distance in (0, 1, 5, 31):
        scores = [score(i, i + distance) for i in (0, 1, 17, 1000)]
        np.testing.assert_allclose(scores, scores[0], rtol=1e-9)
    assert score(0, 1) != pytest.approx(score(0, 2))
    assert score(0, 1) != pytest.approx(score(1, 0))


def test_rotation_keeps_lengths_and_treats_heads_alike():
    x = draw(T, 4)
    y = layers.rotate(np.concatenate([x, x], axis=-1), n_heads=2)
    np.testing.assert_allclose(np.linalg.norm(y[:, :4], axis=-1), np.linalg.norm(x, axis=-1), rtol=1e-13)
    np.testing.assert_array_equal(y[:, :4], y[:, 4:])
    np.testing.assert_array_equal(y[0, :4], x[0])


def test_a_position_far_away_has_waves_of_its_own_and_a_fixed_shift_is_a_rotation():
    waves = layers.sinusoids(31, 8)
    assert waves.shape == (31, 8)
    assert len(np.unique(waves.round(6), axis=0)) == 31
    near = [(waves[i] @ waves[i + 3]) for i in (0, 10, 27)]
    np.testing.assert_allclose(near, near[0], rtol=1e-12)
    assert layers.sinusoids(3, 5).shape == (3, 5)


def test_alibi_falls_with_the_distance_at_a_rate_for_each_head():
    bias = layers.alibi(3, 5, n_heads=4)
    np.testing.assert_allclose(bias[:, 2, 4], 0)
    np.testing.assert_allclose(bias[:, 0, 0], -2 * 2.0 ** -np.array([2, 4, 6, 8]))
    np.testing.assert_allclose(bias[:, 0, 4], bias[:, 0, 0])


def test_relative_bias_is_one_number_for_a_distance():
    table = draw(7, 3)  # distances -3 to 3
    bias = layers.relative_bias(table, T, T_K)
    for i, j in np.ndindex(T, T_K):
        distance = j - (i + T_K - T)
        np.testing.assert_array_equal(bias[:, i, j], table[max(-3, min(3, distance)) + 3])


def test_positions_are_those_of_self_attention_by_default():
    table = draw(5, 3)
    np.testing.assert_array_equal(layers.relative_bias(table, T), layers.relative_bias(table, T, T))
    np.testing.assert_array_equal(layers.alibi(T, n_heads=2), layers.alibi(T, T, n_heads=2))
    x = draw(T, D)
    np.testing.assert_array_equal(layers.rotate(x), layers.rotate(x, positions=np.arange(T)))


def test_relative_bias_and_alibi_fit_attention():
    q, k, v = draw(3, T, 2), draw(3, T_K, 2), draw(3, T_K, 4)
    for bias in (layers.relative_bias(draw(5, 3), T, T_K), layers.alibi(T, T_K, n_heads=3)):
        assert attention(q, k, v, bias=bias).shape == (3, T, 4)


X = np.zeros((B, T, D))
BAD = [
    (
        layers.linear,
        (X, np.zeros((5, 2))),
        {},
        "w must have a row for each feature of x: expected (6, d_out)",
    ),
    (layers.linear, (X, np.zeros((6, 2)), np.zeros(3)), {}, "b must have one number for each column of w"),
    (layers.embedding, (np.zeros((V, D)), [0, V]), {}, "ids must be in the vocabulary: expected 0 to 10"),
    (layers.embedding, (np.zeros((V, D)), [-1]), {}, "ids must be in the vocabulary"),
    (layers.layer_norm, (X, np.ones(5), np.zeros(6)), {}, "gain must have one number for each feature"),
    (layers.layer_norm, (X, np.ones(6), np.zeros(5)), {}, "shift must have one number for each feature"),
    (layers.cross_entropy, (np.zeros((3, V)), [1, 2, V]), {}, "targets must be in the vocabulary"),
    (layers.cross_entropy, (np.zeros((3, V)), [1, 2]), {}, "targets must have one word for each row"),
    (
        layers.cross_entropy,
        (np.zeros((2, V)), [1, 2]),
        {"keep": [False, False]},
        "keep must leave a target",
    ),
    (
        layers.cross_entropy,
        (np.zeros((2, V)), [1, 2]),
        {"keep": [True]},
        "keep must have the shape of targets",
    ),
    (layers.attend, (X, X, X), {"n_heads": 4}, "n_heads must divide d_model: expected a divisor of 6"),
    (layers.attend, (X, X, X), {"mask": np.ones((4, 4), bool)}, "mask must broadcast to (..., T_q, T_k)"),
    (layers.additive_attend, (X, X[0], X, np.zeros(D)), {}, "k must have the leading axes of q"),
    (layers.additive_attend, (X, X, X[0], np.zeros(D)), {}, "v must have the leading axes of q"),
    (layers.additive_attend, (X, X, X[:, 1:], np.zeros(D)), {}, "v must have one row for each key"),
    (layers.additive_attend, (X, X, X, np.zeros(3)), {}, "w_score must have one number for each feature"),
    (layers.rotate, (np.zeros((T, 3)),), {}, "x must have an even number of features for each head"),
    (layers.rotate, (X,), {"n_heads": 2}, "x must have an even number of features for each head"),
    (layers.rotate, (X,), {"positions": [1, 2]}, "positions must have one number for each token of x"),
    (layers.relative_bias, (np.zeros((4, 2)), 3), {}, "table must have 2 r + 1 rows"),
    (layers.alibi, (3,), {"n_heads": 0}, "n_heads must be at least 1"),
    (
        layers.lstm_step,
        (X[0], X[0, :, :3], X[0], np.zeros((6, 12)), np.zeros((3, 12)), np.zeros(12)),
        {},
        "c must have the shape of h",
    ),
]


@pytest.mark.parametrize(("layer", "arrays", "options", "message"), BAD)
def test_arguments_that_do_not_fit(layer, arrays, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        layer(*arrays, **options)


@pytest.mark.parametrize("ids", [[0.5], ["a"], [True]])
def test_words_are_integers(ids):
    with pytest.raises(TypeError, match="ids must hold integers"):
        layers.embedding(np.zeros((V, D)), ids)


def test_gelu_is_near_its_exact_form():
    x = np.linspace(-5, 5, 101)
    exact = [0.5 * z * (1 + math.erf(z / math.sqrt(2))) for z in x]
    np.testing.assert_allclose(layers.gelu(x), exact, atol=5e-4)
