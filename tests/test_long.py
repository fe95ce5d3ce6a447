import json
import math

import numpy as np
import pytest

from attnlib import attention, causal_mask, softmax, window_mask
from attnlib.long import (
    CACHES,
    KeyValueCache,
    costs,
    grouped_attention,
    linear_attention,
    online_steps,
    pool_heads,
    positive_features,
    windowed_attention,
)


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("base", [2, math.e])
@pytest.mark.parametrize("block_size", [1, 2, 3, 7, 50])
def test_the_last_step_is_the_softmax_of_the_whole_row(block_size, base):
    scores, v = 3 * draw(2, 7), draw(7, 5)
    steps = online_steps(scores, v, block_size=block_size, base=base)
    assert [step.start for step in steps] == list(range(0, 7, block_size))
    assert steps[-1].stop == 7
    np.testing.assert_allclose(
        steps[-1].context / steps[-1].total, softmax(scores, base=base) @ v, rtol=1e-12
    )


def test_every_step_is_the_softmax_of_what_came_so_far():
    scores, v = 3 * draw(11), draw(11, 3)
    for step in online_steps(scores, v, block_size=4):
        so_far = slice(0, step.stop)
        assert step.peak == scores[so_far].max()
        np.testing.assert_allclose(step.context / step.total, softmax(scores[so_far]) @ v[so_far])


def test_six_scores_by_hand():
    v = np.array([[8.0], [4], [2], [8], [8], [2]])
    first, second, third = online_steps([1, 2, 4, 1, 3, 3], v, block_size=2, base=2)
    assert (first.peak, first.shrink, first.total, first.context) == (2, 0, 1.5, 8)
    assert (second.peak, second.shrink, second.total, second.context) == (4, 0.25, 1.5, 5)
    assert (third.peak, third.shrink, third.total, third.context) == (4, 1, 2.5, 10)


def test_hidden_scores_and_large_ones_disturb_no_step():
    scores = np.array([-np.inf, -np.inf, 1000.0, 999.0, -np.inf, -1e6])
    steps = online_steps(scores, np.arange(6.0)[:, None], block_size=2)
    assert steps[0].total == 0
    np.testing.assert_allclose(
        steps[-1].context / steps[-1].total, softmax(scores) @ np.arange(6.0)[:, None]
    )


def test_steps_keep_the_dtype():
    for step in online_steps(draw(5, dtype=np.float32), draw(5, 2, dtype=np.float32), block_size=2):
        assert {array.dtype for array in step[2:]} == {np.dtype(np.float32)}


@pytest.mark.parametrize(("t_q", "t_k"), [(1, 1), (7, 7), (131, 131), (5, 89), (89, 5), (0, 3), (3, 0)])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (3, 0), (0, 5), (41, 2), (500, 500)])
def test_a_window_gives_what_its_mask_gives(t_q, t_k, before, after):
    q, k, v = draw(2, 3, t_q, 5), draw(2, 3, t_k, 5), draw(2, 3, t_k, 7)
    mask = window_mask(t_q, t_k, before=before, after=after)
    np.testing.assert_allclose(
        windowed_attention(q, k, v, before=before, after=after, softcap=2.0),
        attention(q, k, v, mask=mask, softcap=2.0),
        atol=1e-12,
    )


def test_a_window_never_looks_at_a_key_that_it_hides():
    q, k, v = draw(300, 5), draw(300, 5), draw(300, 3)
    k[150:] = v[150:] = np.nan
    assert np.isfinite(windowed_attention(q, k, v, before=9)[:96]).all()


def test_a_window_is_held_in_memory_that_grows_with_the_length_alone():
    def nbytes(t):
        return costs.cost("window", t)[1]

    assert nbytes(4096) - nbytes(2048) < 1.2 * 2048 * costs.D_HEAD * 4
    assert costs.cost("whole table", 2048)[1] > 3.8 * costs.cost("whole table", 1024)[1]


@pytest.mark.parametrize("block_size", [1, 3, 64])
def test_linear_attention_is_its_weights_times_the_values(block_size):
    q, k, v = draw(2, 11, 5), draw(2, 11, 5, seed=1), draw(2, 11, 3)
    weights = positive_features(q) @ positive_features(k).swapaxes(-2, -1)
    for causal, table in ((False, weights), (True, weights * causal_mask(11))):
        context = linear_attention(q, k, v, causal=causal, block_size=block_size)
        np.testing.assert_allclose(context, table @ v / table.sum(axis=-1, keepdims=True), rtol=1e-12)


def test_linear_attention_broadcasts_and_keeps_float32():
    q, k, v = (
        draw(3, 1, 7, 5, dtype=np.float32),
        draw(2, 7, 5, dtype=np.float32),
        draw(7, 4, dtype=np.float32),
    )
    for causal in (False, True):
        context = linear_attention(q, k, v, causal=causal)
        assert (context.shape, context.dtype) == ((3, 2, 7, 4), np.float32)
    assert linear_attention(np.full((1, 2), -1e4), np.full((2, 2), -1e4), np.ones((2, 3))).sum() == 0


def test_grouped_queries_are_heads_of_keys_repeated():
    q, k, v = draw(3, 6, 5, 11), draw(3, 2, 7, 11), draw(3, 2, 7, 13)
    mask = causal_mask(5, 7)
    expected = attention(q, np.repeat(k, 3, axis=1), np.repeat(v, 3, axis=1), mask=mask, softcap=3.0)
    np.testing.assert_allclose(grouped_attention(q, k, v, mask=mask, softcap=3.0), expected, rtol=1e-12)
    np.testing.assert_allclose(grouped_attention(q, k[:1], v[:1]).shape, (3, 6, 5, 13))


def test_pooled_heads_are_means_of_neighbours():
    weights = draw(5, 12)
    pooled = pool_heads(weights, 4, 2)
    np.testing.assert_allclose(pooled[:, :3], (weights[:, :3] + weights[:, 3:6]) / 2)
    np.testing.assert_allclose(pooled[:, 3:], (weights[:, 6:9] + weights[:, 9:]) / 2)
    np.testing.assert_array_equal(pool_heads(weights, 4, 4), weights)


def test_the_cache_of_a_model_is_counted_array_by_array():
    cache = KeyValueCache(n_layers=3, n_heads=8, n_kv_heads=2, d_head=5, window=7, n_windowed=2)
    layers = [np.zeros((2, 2, t, 5), np.float16) for t in (7, 7, 11)]
    assert cache.nbytes(11) == sum(layer.nbytes for layer in layers)
    assert cache.nbytes(4) == 4 * cache.of_token() == 2 * 4 * cache.of_token(n_bytes=1)


def test_public_models_have_the_caches_that_their_sizes_give():
    assert CACHES["GPT-3"].nbytes(2048) == 2 * 96 * 12288 * 2048 * 2
    assert CACHES["Llama 2 70B"].of_token() == 320 * 2**10
    assert CACHES["Mistral 7B"].nbytes(10**6) == 2**29
    assert CACHES["Llama 3 405B"].nbytes(2**17) == 63 * 2**30
    for cache in CACHES.values():
        assert cache.n_heads % cache.n_kv_heads == 0
        assert cache.source


def test_the_record_is_of_all_ways_and_grows_as_they_should():
    record = costs.recorded()
    lengths = np.array(record["lengths"])
    assert tuple(lengths) == costs.LENGTHS
    assert record["machine"]
    assert set(record["seconds"]) == set(record["nbytes"]) == set(costs.WAYS)
    nbytes = {way: np.array(held) for way, held in record["nbytes"].items()}
    assert (nbytes["whole table"] > 4 * lengths**2).all()
    for way in ("rows at a time", "online, blocks of keys", "window", "linear"):
        assert (nbytes[way] < 2**26).all(), way
    for way, seconds in record["seconds"].items():
        growth = seconds[-1] / seconds[2]  # for sixteen times the length
        assert (8 < growth < 40) if way in ("window", "linear") else (100 < growth < 500), way


def test_recorded_bytes_are_those_that_are_measured_now():
    record = costs.recorded()
    for way in costs.WAYS:
        _, nbytes = costs.cost(way, record["lengths"][0])
        assert nbytes == pytest.approx(record["nbytes"][way][0], rel=0.05), way


def test_a_fit_finds_the_coefficients_it_was_made_with():
    t = np.array(costs.LENGTHS)
    assert costs.fit_quadratic(t, 3e-6 * t + 5e-9 * t**2) == pytest.approx((3e-6, 5e-9))


def test_the_costs_can_be_measured_from_the_command_line(tmp_path, capsys):
    file = tmp_path / "costs.json"
    costs.main(["--to", "64", "--repeats", "1", "--write", str(file), "--machine", "a test"])
    written = json.loads(file.read_text("utf-8"))
    assert set(written) == set(costs.recorded())
    assert written["lengths"] == [64]
    assert capsys.readouterr().out.count("64 tokens") == len(costs.WAYS)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: online_steps([1.0, 2.0], np.zeros((3, 1)), block_size=1), "one row for each score"),
        (lambda: online_steps([1.0], np.zeros((1, 1)), block_size=0), "block_size"),
        (lambda: online_steps([1.0], np.zeros((1, 1)), block_size=1, base=1), "base"),
        (
            lambda: windowed_attention(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 3)), before=-1),
            "before",
        ),
        (
            lambda: linear_attention(np.zeros((2, 3)), np.zeros((4, 3)), np.zeros((4, 3)), causal=True),
            "as many",
        ),
        (lambda: grouped_attention(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 3))), "heads, tokens"),
        (lambda: grouped_attention(*np.zeros((3, 4, 2, 3))[:1], *np.zeros((2, 3, 2, 3))), "divide"),
        (
            lambda: grouped_attention(np.zeros((4, 2, 3)), np.zeros((2, 2, 3)), np.zeros((4, 2, 3))),
            "heads of k",
        ),
        (lambda: pool_heads(np.zeros((2, 5)), 2, 1), "columns for 2 heads"),
        (lambda: pool_heads(np.zeros((2, 6)), 3, 2), "divisor of 3"),
        (lambda: CACHES["GPT-2"].nbytes(-1), "t must"),
        (lambda: costs.cost("guessing", 8), "no way called"),
        (lambda: costs.fit_quadratic([1.0], [2.0]), "two vectors"),
    ],
)
def test_wrong_arguments_are_named(call, says):
    with pytest.raises(ValueError, match=says):
        call()
