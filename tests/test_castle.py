"""Questions about the castle: the stories, the memory network, and what its hops reach."""

import re

import numpy as np
import pytest

from attnlib import softmax
from attnlib.autodiff import check_gradient
from attnlib.data import castle
from attnlib.models.memory import answer_loss, bag, hops, memory_network, memory_params
from attnlib.trained import castle as experiments
from attnlib.trained import load

N_WORDS, D_MODEL, B, N_FACTS, T, T_Q = 13, 5, 3, 7, 4, 2


def draw_params(n_hops=2):
    return memory_params(np.random.default_rng(0), n_words=N_WORDS, d_model=D_MODEL, n_hops=n_hops)


def draw_ids(*shape):
    return np.random.default_rng([1, *shape]).integers(N_WORDS, size=shape)


FACTS, ASKED, ANSWERS = draw_ids(B, N_FACTS, T), draw_ids(B, T_Q), draw_ids(B)


def test_same_seed_same_questions():
    first, again, other = (castle.question(np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert first == again != other


@pytest.mark.parametrize("n_people", [1, 4, 6])
def test_an_answer_follows_from_its_support_and_from_no_less(n_people):
    rng = np.random.default_rng(0)
    kinds = []
    for _ in range(200):
        asked = castle.question(rng, n_people=n_people)
        assert len(asked.facts) == len(set(asked.facts)) == 2 * n_people
        needed = [asked.facts[i] for i in asked.support]
        subject = asked.text.split()[-1]
        kinds.append((asked.text.split()[0], len(needed)))
        assert subject in needed[0]
        assert asked.answer in needed[-1]
        assert sum(subject in fact for fact in asked.facts) == (2 if subject in castle.PEOPLE else 1)
        if len(needed) == 2:
            assert subject not in needed[1]
            assert asked.answer not in needed[0]
            assert needed[0].split()[0] == needed[1].split()[0]
    assert set(kinds) == {("where", 1), ("who", 1), ("where", 2)}


def test_facts_come_in_any_order():
    rng = np.random.default_rng(0)
    verbs = [[fact.split()[1] for fact in castle.question(rng).facts] for _ in range(100)]
    assert {tuple(order[:2]) for order in verbs} == {(a, b) for a in ("is", "has") for b in ("is", "has")}


def test_more_people_than_places_are_refused():
    with pytest.raises(ValueError, match="n_people must be at most 6, got 7"):
        castle.question(np.random.default_rng(0), n_people=7)


def test_numbers_say_what_the_words_say():
    rng, words = np.random.default_rng(0), castle.vocabulary()
    questions = [castle.question(rng) for _ in range(50)]
    facts, asked, answers = castle.as_numbers(questions)
    assert words.words[0] == castle.PADDING
    for i, question in enumerate(questions):
        assert words.decode(answers[i : i + 1]) == question.answer
        assert words.decode(asked[i][asked[i] > 0]) == question.text
        assert tuple(words.decode(fact[fact > 0]) for fact in facts[i]) == question.facts


@pytest.mark.parametrize("n_hops", [1, 2, 3])
def test_gradient_of_the_loss_agrees_with_finite_differences(n_hops):
    def loss(params):
        return answer_loss(params, FACTS, ASKED, ANSWERS)

    assert check_gradient(loss, draw_params(n_hops)) < 1e-6


def test_one_hop_is_its_formula():
    params = {name: value.astype(float) for name, value in draw_params(1).items()}
    u = params["question"][ASKED[0][ASKED[0] > 0]].sum(axis=0)
    keys, values = (
        np.array([params[name][fact[fact > 0]].sum(axis=0) for fact in FACTS[0]])
        for name in ("keys", "hop0.values")
    )
    weights = softmax(u @ keys.T / np.sqrt(D_MODEL))
    np.testing.assert_allclose(hops(params, FACTS[0], ASKED[0])[0], weights, rtol=1e-12)
    logits = (u @ params["hop0.w"] + weights @ values) @ params["out.w"] + params["out.b"]
    np.testing.assert_allclose(memory_network(params, FACTS, ASKED)[0], logits, rtol=1e-12)


def test_weights_of_each_hop_sum_to_1_and_float32_stays():
    weights = hops(draw_params(3), FACTS, ASKED)
    assert weights.shape == (3, B, N_FACTS)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-6)


def test_neither_the_order_of_facts_nor_padding_matters():
    params, order = draw_params(), np.random.default_rng(0).permutation(N_FACTS)
    expected = memory_network(params, FACTS, ASKED)
    padded = np.pad(FACTS, ((0, 0), (0, 2), (0, 3)))
    for facts in (FACTS[:, order], FACTS[..., ::-1], padded):
        np.testing.assert_allclose(memory_network(params, facts, ASKED), expected, atol=1e-6)
    assert (hops(params, padded, ASKED)[..., N_FACTS:] == 0).all()


def test_a_bag_counts_a_word_as_often_as_it_comes():
    table = np.random.default_rng(0).standard_normal((N_WORDS, D_MODEL))
    np.testing.assert_allclose(bag(table, [[3, 3, 0, 5]])[0], 2 * table[3] + table[5], rtol=1e-14)


def test_what_does_not_fit_is_refused():
    params = draw_params()
    with pytest.raises(ValueError, match="facts must hold at least one fact for each question"):
        memory_network(params, np.zeros((1, 3, 4), int), ASKED[:1])
    with pytest.raises(ValueError, match="ids must be in the vocabulary"):
        memory_network(params, FACTS + N_WORDS, ASKED)
    with pytest.raises(ValueError, match=re.escape("'hop0.values' is missing")):
        memory_network({k: v for k, v in params.items() if "hop" not in k}, FACTS, ASKED)
    with pytest.raises(ValueError, match="n_hops must be at least 1"):
        draw_params(0)


def test_held_out_stories_are_new():
    training, held_out = experiments.data()
    known = {frozenset(asked.facts) for asked in training}
    assert not known & {frozenset(asked.facts) for asked in held_out}
    assert len(held_out) > 1000
    assert all(len(asked.facts) == 12 for asked in experiments.longer())


def test_two_hops_answer_what_one_hop_can_only_guess():
    one, two = (load(f"castle-{name}").record for name in ("one-hop", "two-hops"))
    assert two["results"]["one fact"] > 0.99 < one["results"]["one fact"]
    assert two["results"]["two facts"] > 0.99 < two["results"]["two facts, longer"]
    assert one["results"]["two facts"] < one["baselines"]["two facts by chance"] + 0.1
    assert two["baselines"]["two facts by shared words"] == 0
    assert two["results"]["weight"] > 0.8


def test_the_first_hop_finds_who_has_it_and_the_second_where_they_are():
    params = load("castle-two-hops").params
    asked = next(question for question in experiments.data()[1] if len(question.support) == 2)
    facts, text, answers = castle.as_numbers([asked])
    assert tuple(hops(params, facts, text)[:, 0].argmax(axis=-1)) == asked.support
    assert memory_network(params, facts, text).argmax() == answers[0]
