"""Retrieval: the archive, BM25, encoders of texts, and answers from what is fetched."""

import re

import numpy as np
import pytest

from attnlib import softmax
from attnlib.autodiff import check_gradient
from attnlib.data import archive, castle
from attnlib.layers import cross_entropy
from attnlib.models.bm25 import bm25, count_words
from attnlib.models.memory import memory_network
from attnlib.models.retrieval import (
    POOLS,
    encode,
    fetch,
    in_batch_contrast,
    ranks,
    retrieval_params,
    score,
    unit,
)
from attnlib.trained import archive as experiments
from attnlib.trained import load

N_WORDS, D_MODEL, B, T, T_Q = 13, 6, 5, 7, 3


def draw_params(pool="mean"):
    params = retrieval_params(np.random.default_rng(0), n_words=N_WORDS, d_model=D_MODEL, pool=pool)
    rng = np.random.default_rng(1)
    return {name: value + 0.1 * rng.standard_normal(value.shape) for name, value in params.items()}


def draw_ids(t):
    ids = np.random.default_rng([2, t]).integers(1, N_WORDS, size=(B, t))
    ids[0, 2:] = 0
    return ids


REQUESTS, ROLLS = draw_ids(T_Q), draw_ids(T)


def test_same_seed_same_entries():
    first, again, other = (archive.entry(np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert first == again != other


def test_a_request_names_four_of_the_five_things_of_its_roll_mostly_in_other_words():
    rng = np.random.default_rng(0)
    same = []
    for _ in range(300):
        entry = archive.entry(rng)
        told, sought = archive.things_of(entry.roll), archive.things_of(entry.request)
        assert (len(told), len(sought)) == (5, 4)
        assert sought < told
        names = {name for thing in archive.THINGS for name in thing}
        same.append(len(names & set(entry.roll.split()) & set(entry.request.split())))
    assert np.mean(same) == pytest.approx(4 / 4, abs=0.15)  # one name in four is the same by chance


def test_a_name_means_one_thing_and_the_vocabulary_holds_all():
    names = [name for thing in archive.THINGS for name in thing]
    assert len(names) == len(set(names)) == 96
    words, rng, used = archive.vocabulary(), np.random.default_rng(0), {0}
    for _ in range(1000):
        entry = archive.entry(rng)
        used |= set(words.encode(entry.roll)) | set(words.encode(entry.request))
    assert used == set(range(len(words)))
    assert not set(names) & {word for frame in archive.ROLLS + archive.REQUESTS for word in frame.split()}


def test_bm25_by_hand():
    documents = [[1, 1, 2], [2, 3, 0], [2, 0, 0]]  # lengths 3, 2, 1
    rarity = {1: np.log(1 + 2.5 / 1.5), 2: np.log(1 + 0.5 / 3.5)}
    expected = rarity[1] * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 1.5)) + rarity[2] * 2.2 / (
        1 + 1.2 * (0.25 + 0.75 * 1.5)
    )
    scores = bm25([[1, 2, 2], [4, 0, 0]], documents, n_words=5)
    assert scores[0, 0] == pytest.approx(expected, rel=1e-12)
    assert scores[0, 2] > scores[0, 1] > 0  # the same word in a shorter text
    np.testing.assert_array_equal(scores[1], 0)
    np.testing.assert_array_equal(count_words(documents, 4).sum(axis=1), [3, 2, 1])


@pytest.mark.parametrize("pool", POOLS)
def test_gradient_of_the_contrast_agrees_with_finite_differences(pool):
    def loss(params):
        return in_batch_contrast(score(params, REQUESTS, ROLLS))

    assert check_gradient(loss, draw_params(pool)) < 1e-6


def test_gradient_of_unit_vectors_agrees_with_finite_differences():
    x, dy = np.random.default_rng(0).standard_normal((2, 3, 5))
    assert check_gradient(lambda p: (unit(p["x"]) * dy).sum(), {"x": x}) < 1e-6
    np.testing.assert_array_equal(unit(np.zeros((1, 5))), 0)


def test_contrast_is_the_mean_of_both_directions():
    scores = np.random.default_rng(0).standard_normal((B, B))
    rows, columns = (np.log(np.diag(softmax(scores, axis))).mean() for axis in (1, 0))
    assert in_batch_contrast(scores) == pytest.approx(-(rows + columns) / 2, rel=1e-12)
    assert in_batch_contrast(100 * np.eye(B)) == pytest.approx(0, abs=1e-12)
    own = np.arange(B)
    assert in_batch_contrast(scores) != pytest.approx(cross_entropy(scores, own))


def test_the_mean_is_the_mean_of_the_words_that_are_there():
    params = draw_params()
    pooled = params["tokens"][ROLLS[0, :2]].mean(axis=0) @ params["out.w"] + params["out.b"]
    np.testing.assert_allclose(encode(params, ROLLS)[0], pooled / np.linalg.norm(pooled), rtol=1e-6)


@pytest.mark.parametrize("pool", POOLS)
def test_neither_the_order_of_words_nor_padding_matters(pool):
    params = draw_params(pool)
    expected = encode(params, ROLLS)
    np.testing.assert_allclose(np.linalg.norm(expected, axis=-1), 1, rtol=1e-12)
    for ids in (ROLLS[:, ::-1], np.pad(ROLLS, ((0, 0), (2, 3)))):
        np.testing.assert_allclose(encode(params, ids), expected, atol=1e-12)


def test_attention_with_a_query_of_zeros_is_the_mean():
    params = draw_params("attention")
    mean = {name: value for name, value in params.items() if name not in ("query", "w_k")}
    blind = params | {"query": 0 * params["query"]}
    np.testing.assert_allclose(encode(blind, ROLLS), encode(mean, ROLLS), rtol=1e-6)
    assert np.abs(encode(params, ROLLS) - encode(mean, ROLLS)).max() > 1e-3


@pytest.mark.parametrize("pool", POOLS)
def test_float32_stays_float32(pool):
    params = {name: value.astype(np.float32) for name, value in draw_params(pool).items()}
    assert score(params, REQUESTS, ROLLS).dtype == np.float32


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="ids must hold a word in every text"):
        encode(draw_params(), [[1, 2], [0, 0]])
    with pytest.raises(ValueError, match=re.escape("expected (n, n), got (2, 3)")):
        in_batch_contrast(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="pool must be one of mean, attention, got 'max'"):
        draw_params("max")


def test_ranks_are_places_in_what_is_fetched():
    scores = np.random.default_rng(0).standard_normal((11, 11)).round(1)
    places, fetched = ranks(scores), fetch(scores, 11)
    assert [row.tolist().index(i) + 1 for i, row in enumerate(fetched)] == places.tolist()
    in_order = np.take_along_axis(scores, fetched, axis=1)
    assert (np.diff(in_order, axis=1) <= 0).all()
    np.testing.assert_array_equal(ranks(np.zeros((3, 3))), [1, 2, 3])


def test_an_answer_is_the_mean_over_what_is_fetched():
    entries = experiments.data()[1][:7]
    scores = np.random.default_rng(0).standard_normal((7, 7))
    reader = load(experiments.READER).params
    facts, asked, _ = castle.as_numbers([entry.asked for entry in entries])
    expected = np.zeros(len(castle.vocabulary()))
    best = np.argsort(-scores[3])[:2]
    for document, weight in zip(best, softmax(scores[3, best]), strict=True):
        expected += weight * softmax(memory_network(reader, facts[document], asked[3]))
    np.testing.assert_allclose(experiments.answer(scores, entries, 2)[3], expected, atol=1e-6)


def test_learned_keys_reach_what_synonyms_allow_and_attention_adds_nothing():
    mean, attention = (load(f"archive-{pool}").record for pool in POOLS)
    baselines = mean["baselines"]
    assert baselines["recall at 1 of random vectors"] < baselines["recall at 1 of BM25"] < 0.15
    for record in (mean, attention):
        assert record["results"]["recall at 1"] > 0.84
        assert record["results"]["recall at 5"] > 0.98
    gain = attention["results"]["recall at 1"] - mean["results"]["recall at 1"]
    assert abs(gain) < 0.03
    looks = attention["results"]["weight"] - mean["results"]["weight"]
    assert looks > 0.02  # although attention looks more at the words that matter
    assert abs(mean["results"]["recall at 1"] - baselines["recall at 1 of who knows all synonyms"]) < 0.03


def test_what_is_fetched_answers():
    record = load("archive-mean").record
    results, baselines = record["results"], record["baselines"]
    assert results["answered"] > results["recall at 1"] - 0.01
    assert results["answered from five"] > results["answered"] - 0.01
    assert baselines["answered from a wrong roll"] < baselines["answered after BM25"] < 0.3
    assert baselines["answered from the right roll"] > 0.99
