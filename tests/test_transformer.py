"""The Transformer: gradients of whole models, laws, the cache, and what it does with bad input."""

import re

import numpy as np
import pytest

from attnlib import MultiHeadAttention, attention_weights, causal_mask, merge_heads, softmax, split_heads
from attnlib.autodiff import check_gradient
from attnlib.layers import alibi, cross_entropy, layer_norm, sinusoids, watching
from attnlib.models.cache import Cache
from attnlib.models.generating import choose, generate, likeliest
from attnlib.models.greedy import greedy
from attnlib.models.ngram import NGram
from attnlib.models.parameters import POSITIONS, part, transformer_params
from attnlib.models.transformer import (
    ROTARY_BASE,
    attention_layer,
    block,
    decoder,
    encoder,
    gpt,
    next_word_loss,
)

N_WORDS, D_MODEL, N_HEADS, LENGTH, B, T = 13, 12, 3, 17, 2, 7
SIZES = {"n_words": N_WORDS, "d_model": D_MODEL, "n_heads": N_HEADS, "n_layers": 2, "d_hidden": 19}


def draw_params(positions="learned", seed=0, **sizes):
    """Return parameters that are all away from their first values, so that each matters."""
    rng = np.random.default_rng(seed)
    length = LENGTH if positions in ("learned", "relative") else None
    params = transformer_params(rng, **SIZES | {"positions": positions, "length": length} | sizes)
    return {
        name: value + 0.3 * rng.standard_normal(value.shape).astype(np.float32)
        for name, value in params.items()
    }


def draw_ids(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).integers(N_WORDS, size=shape)


@pytest.mark.parametrize("positions", POSITIONS)
def test_gradient_of_a_whole_gpt_agrees_with_finite_differences(positions):
    ids = draw_ids(B, T)
    keep = np.arange(T) < np.array([[T], [4]])

    def loss(params):
        return next_word_loss(params, ids, keep, n_heads=N_HEADS, positions=positions)

    assert check_gradient(loss, draw_params(positions)) < 1e-6


def test_gradient_of_an_encoder_and_a_decoder_agrees_with_finite_differences():
    source, target = draw_ids(B, 5), draw_ids(B, T)
    seen = np.arange(5) < np.array([[[5]], [[3]]])  # (B, 1, 5)
    params = {f"encoder.{k}": v for k, v in draw_params("relative").items() if not k.startswith("out")}
    params |= {f"decoder.{k}": v for k, v in draw_params("sinusoidal", seed=1, cross=True).items()}

    def loss(params):
        memory = encoder(part(params, "encoder"), source, n_heads=N_HEADS, positions="relative", mask=seen)
        logits = decoder(
            part(params, "decoder"),
            target[:, :-1],
            memory,
            n_heads=N_HEADS,
            positions="sinusoidal",
            memory_mask=seen,
        )
        return cross_entropy(logits, target[:, 1:])

    assert check_gradient(loss, params) < 1e-6


@pytest.mark.parametrize("positions", POSITIONS)
def test_changing_the_future_changes_no_prediction_before_it(positions):
    params, ids = draw_params(positions), draw_ids(B, T)
    before = gpt(params, ids, n_heads=N_HEADS, positions=positions)
    for place in range(T):
        changed = ids.copy()
        changed[:, place] = (ids[:, place] + 1) % N_WORDS
        after = gpt(params, changed, n_heads=N_HEADS, positions=positions)
        np.testing.assert_array_equal(after[:, :place], before[:, :place])
        assert np.abs(after[:, place:] - before[:, place:]).max(axis=(0, 2)).all()


def test_an_encoder_sees_all_but_what_is_masked():
    params, ids = draw_params("alibi"), draw_ids(1, T)
    changed = ids.copy()
    changed[0, -1] = (ids[0, -1] + 1) % N_WORDS
    for mask, moves in ((None, True), (np.arange(T) < T - 1, False)):
        x, y = (encoder(params, i, n_heads=N_HEADS, positions="alibi", mask=mask) for i in (ids, changed))
        assert bool((x[0, 0] != y[0, 0]).any()) is moves


@pytest.mark.parametrize("positions", POSITIONS)
def test_only_without_positions_is_a_text_the_set_of_its_words(positions):
    params, ids = draw_params(positions), draw_ids(T)
    order = np.array([2, 0, 1, 5, 3, 4, 6])
    last, shuffled = (
        encoder(params, i, n_heads=N_HEADS, positions=positions)[-1] for i in (ids, ids[order])
    )
    assert np.allclose(last, shuffled, atol=1e-5) is (positions == "none")


@pytest.mark.parametrize("positions", POSITIONS)
def test_only_relative_positions_do_not_know_where_a_text_begins(positions):
    params, ids = draw_params(positions), draw_ids(T)
    with watching() as seen:
        gpt(params, np.concatenate([ids, ids]), n_heads=N_HEADS, positions=positions)
    lower = np.tri(T, dtype=bool)
    early, late = (np.where(lower, seen[0][:, part, part], 0) for part in (slice(None, T), slice(T, None)))
    late /= late.sum(axis=-1, keepdims=True)  # without what it gives the first half
    same = np.allclose(late, early, atol=1e-4)
    assert same is (positions not in ("learned", "sinusoidal"))


def test_a_block_adds_multi_head_attention_and_then_a_network():
    params, x = draw_params(), np.random.default_rng(1).standard_normal((B, T, D_MODEL)).astype("f")
    matrices = [params[f"block1.self.{w}"] for w in ("w_q", "w_k", "w_v", "w_o")]
    heads = MultiHeadAttention(*matrices, n_heads=N_HEADS)
    norm = layer_norm(x, params["block1.self.norm.gain"], params["block1.self.norm.shift"])
    added = attention_layer(params, "block1.self", x, n_heads=N_HEADS)
    np.testing.assert_allclose(added, heads(norm), atol=1e-5)
    after = x + added
    norm = layer_norm(after, params["block1.feed.norm.gain"], params["block1.feed.norm.shift"])
    hidden = np.maximum(norm @ params["block1.feed.w_1"] + params["block1.feed.b_1"], 0)
    expected = after + hidden @ params["block1.feed.w_2"] + params["block1.feed.b_2"]
    np.testing.assert_allclose(block(params, "block1", x, n_heads=N_HEADS), expected, atol=1e-5)


def test_rotary_positions_turn_queries_and_keys_of_every_head_and_leave_values():
    params, x = draw_params("rotary"), np.random.default_rng(1).standard_normal((T, D_MODEL)).astype("f")
    places = np.arange(3, 3 + T)
    actual = attention_layer(params, "block0.self", x, n_heads=N_HEADS, turn=places)
    y = layer_norm(x, params["block0.self.norm.gain"], params["block0.self.norm.shift"])
    q, k, v = (split_heads(y @ params[f"block0.self.{w}"], N_HEADS) for w in ("w_q", "w_k", "w_v"))
    turns = np.exp(1j * places[:, None] / ROTARY_BASE ** (np.arange(0, 4, 2) / 4))  # of pairs of d_head = 4
    q, k = ((z[..., 0::2] + 1j * z[..., 1::2]) * turns for z in (q, k))
    scores = (q @ k.conj().swapaxes(-2, -1)).real / 2
    expected = merge_heads(softmax(scores) @ v) @ params["block0.self.w_o"]
    np.testing.assert_allclose(actual, expected, atol=1e-4)


@pytest.mark.parametrize("positions", ["sinusoidal", "alibi"])
def test_fixed_positions_are_those_of_the_layers(positions):
    params, ids = draw_params(positions), draw_ids(T)
    with watching() as seen:
        gpt(params, ids, n_heads=N_HEADS, positions=positions)
    x, bias = params["tokens"][ids], 0.0
    if positions == "sinusoidal":
        x = x + sinusoids(T, D_MODEL)
    else:
        bias = alibi(T, n_heads=N_HEADS)
    y = layer_norm(x, params["block0.self.norm.gain"], params["block0.self.norm.shift"])
    q, k = (split_heads(y @ params[f"block0.self.{w}"], N_HEADS) for w in ("w_q", "w_k"))
    expected = attention_weights(q, k, mask=causal_mask(T), bias=bias)
    np.testing.assert_allclose(seen[0], expected, atol=1e-5)


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("cuts", [(1,), (3, 4), (1, 2, 3, 4, 5, 6)])
def test_a_cache_changes_no_logit(positions, cuts):
    params, ids = draw_params(positions), draw_ids(B, T)
    whole = gpt(params, ids, n_heads=N_HEADS, positions=positions)
    cache = Cache()
    pieces = [
        gpt(params, piece, n_heads=N_HEADS, positions=positions, cache=cache)
        for piece in np.split(ids, cuts, axis=1)
    ]
    assert cache.length == T
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-5)


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("length", [None, 11])
def test_cached_and_uncached_tokens_are_equal(positions, length):
    params, prompt = draw_params(positions), draw_ids(B, 5)
    for options in ({}, {"temperature": 0.7, "top_k": 5}):
        with_cache, without = (
            generate(
                params,
                prompt,
                29,
                n_heads=N_HEADS,
                positions=positions,
                length=length,
                cache=cache,
                rng=np.random.default_rng(0) if options else None,
                **options,
            )
            for cache in (True, False)
        )
        np.testing.assert_array_equal(with_cache, without)
        np.testing.assert_array_equal(with_cache[:, :5], prompt)
        assert with_cache.shape == (B, 34)


def test_generate_draws_as_choose_does():
    params, prompt = draw_params("none"), draw_ids(3)
    logits = gpt(params, prompt, n_heads=N_HEADS, positions="none")[-1]
    for options in ({}, {"temperature": 3.0}, {"top_k": 2}):
        drawn = [
            generate(
                params,
                prompt,
                1,
                n_heads=N_HEADS,
                positions="none",
                rng=np.random.default_rng(seed),
                **options,
            )[-1]
            for seed in range(40)
        ]
        expected = [choose(logits, rng=np.random.default_rng(seed), **options) for seed in range(40)]
        assert drawn == expected
        assert len(set(drawn)) > 1


def test_a_word_without_any_chance_is_never_drawn():
    logits = np.tile([-np.inf, 0.0, -np.inf, 0.0, -np.inf], (2000, 1))
    assert set(choose(logits, rng=np.random.default_rng(0)).tolist()) == {1, 3}


def test_a_model_with_learned_positions_forgets_the_older_half_when_they_are_used_up():
    params, prompt = draw_params(), draw_ids(LENGTH)
    first, second = generate(params, prompt, 2, n_heads=N_HEADS)[LENGTH:]
    assert first == gpt(params, prompt, n_heads=N_HEADS)[-1].argmax()
    kept = np.append(prompt, first)[-(LENGTH // 2) :]
    assert second == gpt(params, kept, n_heads=N_HEADS)[-1].argmax()


def test_the_loss_asks_each_word_for_the_next():
    params, ids = draw_params(), draw_ids(B, T)
    logits = gpt(params, ids, n_heads=N_HEADS)
    expected = np.mean([cross_entropy(logits[:, i], ids[:, i + 1]) for i in range(T - 1)])
    assert next_word_loss(params, ids, n_heads=N_HEADS) == pytest.approx(expected, rel=1e-5)


def test_parameters_begin_as_promised():
    rng = np.random.default_rng(0)
    sizes = {"n_words": 101, "d_model": 60, "n_heads": 3, "n_layers": 2, "d_hidden": 70, "length": 53}
    params = transformer_params(rng, **sizes, cross=True)
    assert {value.dtype for value in params.values()} == {np.dtype(np.float32)}
    names = {name.removeprefix("block0.") for name in params if name.startswith("block0.")}
    assert len(names) == 6 + 6 + 6
    assert len(params) == 2 * len(names) + 6
    for name, value in params.items():
        last = name.split(".")[-1]
        if last == "gain":
            np.testing.assert_array_equal(value, np.ones(60))
        elif last in ("shift", "b", "b_1", "b_2"):
            np.testing.assert_array_equal(value, 0 * value)
        elif last in ("tokens", "positions"):
            assert value.std() == pytest.approx(0.1, rel=0.1)
        else:
            bound = np.sqrt(6 / sum(value.shape)) * (0.5 if last in ("w_o", "w_2") else 1)
            assert 0.9 * bound < np.abs(value).max() <= bound
            assert value.mean() == pytest.approx(0, abs=0.1 * bound)
    shapes = {name: params[f"block1.feed.{name}"].shape for name in ("w_1", "b_1", "w_2", "b_2")}
    assert shapes == {"w_1": (60, 70), "b_1": (70,), "w_2": (70, 60), "b_2": (60,)}
    assert params["positions"].shape == (53, 60)
    relative = transformer_params(rng, **sizes | {"d_hidden": None}, positions="relative")
    np.testing.assert_array_equal(relative["relative"], np.zeros((107, 3)))
    assert relative["block0.feed.w_1"].shape == (60, 240)


def test_a_low_temperature_takes_the_likeliest_and_a_high_one_any():
    logits = np.tile([0.0, 1.0, 3.0, 2.0], (10000, 1))
    rng = np.random.default_rng(0)
    assert (choose(logits, temperature=1e-3, rng=rng) == 2).all()
    shares = np.bincount(choose(logits, temperature=1e6, rng=rng), minlength=4) / len(logits)
    np.testing.assert_allclose(shares, 0.25, atol=0.02)
    shares = np.bincount(choose(logits, rng=rng), minlength=4) / len(logits)
    np.testing.assert_allclose(shares, np.exp(logits[0]) / np.exp(logits[0]).sum(), atol=0.02)


def test_top_k_draws_from_the_k_likeliest_and_what_ties_with_the_last():
    logits = np.tile([0.0, 1.0, 3.0, 2.0, 2.0], (5000, 1))
    rng = np.random.default_rng(0)
    for k, allowed in ((1, {2}), (2, {2, 3, 4}), (4, {1, 2, 3, 4}), (5, {0, 1, 2, 3, 4})):
        assert set(choose(logits, top_k=k, rng=rng).tolist()) == allowed


def test_an_n_gram_sums_to_one_and_a_unigram_counts():
    texts = [draw_ids(101), draw_ids(53, seed=1)]
    for n in (1, 2, 3):
        model = NGram(texts, n, N_WORDS)
        for history in ([], [3], [1, 2], [5, 5, 5]):
            total = sum(model.probability(history, word) for word in range(N_WORDS))
            assert total == pytest.approx(1, rel=1e-12)
    counts = np.bincount(np.concatenate(texts), minlength=N_WORDS)
    kinds = (counts > 0).sum()
    expected = (counts + kinds / N_WORDS) / (counts.sum() + kinds)
    actual = [NGram(texts, 1, N_WORDS).probability([], word) for word in range(N_WORDS)]
    np.testing.assert_allclose(actual, expected, rtol=1e-12)


PARAMS = draw_params()
GO_ON = {"params": PARAMS, "prompt": [1, 2], "n": 3, "n_heads": N_HEADS}
RNG = np.random.default_rng(0)
BAD = [
    (gpt, {"ids": [N_WORDS]}, "ids must be in the vocabulary: expected 0 to 12, got 13 to 13"),
    (gpt, {"ids": 3}, "ids must have at least one axis: expected (..., n), got ()"),
    (gpt, {"ids": [-1, 3]}, "ids must be in the vocabulary: expected 0 to 12, got -1 to 3"),
    (gpt, {"ids": np.zeros(18, int)}, "ids must be at most 17 tokens long, got 18"),
    (gpt, {"n_heads": 5}, "n_heads must divide d_model: expected a divisor of 12, got 5"),
    (gpt, {"positions": "absolute"}, "positions must be one of none, learned, sinusoidal, rotary"),
    (gpt, {"positions": "rotary"}, "params must be those of this model: they have learned positions"),
    (gpt, {"params": draw_params("rotary")}, "params must be those of this model: 'positions' is missing"),
    (gpt, {"params": {}}, "params must be those of this model: 'block0.self.w_k' is missing"),
    (
        gpt,
        {"params": PARAMS | {"block1.self.w_q": np.zeros((D_MODEL + 1, D_MODEL), "f")}},
        "w must have a row for each feature of x: expected (12, d_out), got (13, 12)",
    ),
    (gpt, {"memory": np.zeros((5, D_MODEL))}, "'block0.cross.w_k' is missing"),
    (generate, {"prompt": []}, "prompt must hold at least one word"),
    (generate, {"prompt": [1, 99]}, "prompt must be in the vocabulary: expected 0 to 12, got 1 to 99"),
    (generate, {"n": -1}, "n must be at least 0, got -1"),
    (generate, {"length": 1}, "length must be at least 2, got 1"),
    (generate, {"temperature": 0.0}, "temperature must be greater than 0 and finite, got 0.0"),
    (generate, {"temperature": -1}, "temperature must be greater than 0 and finite, got -1"),
    (generate, {"top_k": 0}, "top_k must be at least 1, got 0"),
    (generate, {"top_k": 14}, "top_k must be at most 13, the number of words, got 14"),
    (choose, {"logits": [np.nan, 1.0]}, "logits must hold numbers: one is NaN"),
    (transformer_params, {"d_model": 13}, "n_heads must divide d_model: expected a divisor of 13, got 3"),
    (transformer_params, {"n_layers": 0}, "n_layers must be at least 1, got 0"),
    (transformer_params, {"positions": "near"}, "positions must be one of"),
    (NGram, {"n": 0}, "n must be at least 1, got 0"),
    (NGram, {"texts": [[3]]}, "texts must be in the vocabulary: expected 0 to 2, got 3 to 3"),
]
GOOD = {
    gpt: {"params": PARAMS, "ids": [1, 2, 3], "n_heads": N_HEADS},
    generate: GO_ON,
    choose: {"logits": [0.0, 1.0]},
    transformer_params: {"rng": RNG, **SIZES, "length": 5},
    NGram: {"texts": [[0, 1]], "n": 2, "n_words": 3},
}


@pytest.mark.parametrize(("function", "change", "message"), BAD)
def test_arguments_that_do_not_fit(function, change, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        function(**GOOD[function] | change)


@pytest.mark.parametrize("function", GOOD)
def test_the_arguments_of_the_table_fit(function):
    function(**GOOD[function])


@pytest.mark.parametrize("length", [None, 2.5])
def test_learned_positions_need_a_length(length):
    with pytest.raises(TypeError, match="length must be an integer"):
        transformer_params(RNG, **SIZES, length=length)


def test_texts_end_one_by_one_and_nothing_is_asked_after_the_last():
    after = np.eye(6)[[0, 3, 0, 4, 2, 0]]  # 3 comes after the start, 4 after 3 and then the end; 0 after 5
    asked = []

    def score(ids):
        asked.append(ids.shape[1])
        return after[np.where(np.arange(len(ids))[:, None] == 1, 4, ids)]  # the second text ends at once

    said = [[1, 3, 4, 2, 0, 0, 0], [1, 2, 0, 0, 0, 0, 0]]
    np.testing.assert_array_equal(greedy(score, 2, 6), said)
    assert asked == [1, 2, 3]
    np.testing.assert_array_equal(greedy(lambda ids: np.eye(6)[ids * 0], 1, 3), [[1, 0, 0, 0]])
    assert greedy(score, 0, 3).tolist() == []
    assert likeliest(lambda words: after[words], 0, 3, start=1, end=2).shape == (0, 1)
