"""Sentences in two languages, and the translators of two LSTMs: grammar, gradients, padding, bad input."""

import functools
import re

import numpy as np
import pytest

from attnlib.autodiff import check_gradient
from attnlib.data import translation
from attnlib.data.translation import END, PADDING, START, pair, vocabularies, word_by_word
from attnlib.layers import attend, watching
from attnlib.models.recurrent import (
    ATTENTION,
    decode_step,
    encode,
    greedy,
    recurrent_params,
    translation_loss,
)

SIZES = {"n_source": 13, "n_target": 11, "d_model": 5, "d_hidden": 4}
SOURCE = np.random.default_rng(0).integers(1, 13, size=(3, 7))
TARGET = np.random.default_rng(1).integers(3, 11, size=(3, 6))
KEEP = np.arange(7) < np.array([[7], [4], [1]])
SPOKEN = np.arange(6) < np.array([[6], [3], [5]])
LONG = np.concatenate([SOURCE, SOURCE[:, :2]], axis=1), np.pad(KEEP, ((0, 0), (0, 2)))


def draw_params(attention, seed=0):
    """Return parameters that are all away from their first values, so that each matters."""
    rng = np.random.default_rng(seed)
    params = recurrent_params(rng, **SIZES, attention=attention)
    return {k: v + 0.3 * rng.standard_normal(v.shape).astype(np.float32) for k, v in params.items()}


def drawn_pairs(n=300, n_clauses=1):
    rng = np.random.default_rng(0)
    return [pair(rng, n_clauses) for _ in range(n)]


def test_same_seed_same_pair():
    first, again, other = (pair(np.random.default_rng(seed), 2) for seed in (0, 0, 1))
    assert first == again != other


def test_french_words_agree_and_stand_where_they_belong():
    forms = {noun: (name, feminine) for noun, (name, feminine) in translation.NOUNS.items()}
    seen = set()
    for english, french, origins in drawn_pairs():
        source, words = english.split(), french.split()
        assert len(words) == len(origins) == len(source)
        denied = "not" in source
        for i, word in enumerate(source):
            if word in forms:
                name, feminine = forms[word]
                at = words.index(name, i - 1)
                start = max(j for j in range(i) if source[j] in translation.ARTICLES)
                article = translation.ARTICLES[source[start]][feminine]
                if denied and start > source.index("not") and source[start] == "a":
                    article = "de"
                before, behind = (
                    [group[w][feminine] for w in source[start + 1 : i] if w in group]
                    for group in (translation.BEFORE, translation.BEHIND)
                )
                assert words[start : i + 1] == [article, *before, name, *behind]
                assert origins[at] == i
                seen |= {article, len(before) - len(behind)}
        assert (re.search(r"\bne (\w+) pas\b", french) is not None) is denied
    assert seen >= {"le", "la", "un", "une", "de", -1, 0, 1}


def test_nothing_is_shortened_before_a_vowel():
    for drawn in drawn_pairs(1000, 2):
        for text in drawn[:2]:
            assert not re.search(r"\b(a|le|la|de|ne|que) [aeiouhéèêâô]", text), text


def test_every_french_word_comes_from_the_english_word_at_its_origin():
    dictionary = {
        word: set(forms)
        for group in (translation.BEFORE, translation.BEHIND, translation.CONJUNCTIONS)
        for word, forms in group.items()
    }
    dictionary |= {noun: {name} for noun, (name, _) in translation.NOUNS.items()}
    dictionary |= {form: {french} for forms, french in translation.VERBS.items() for form in forms}
    dictionary |= {"the": {"le", "la"}, "a": {"un", "une", "de"}, "does": {"ne"}, "not": {"pas"}}
    for english, french, origins in drawn_pairs(100, 3):
        source = english.split()
        assert set(origins) == set(range(len(source)))
        for word, origin in zip(french.split(), origins, strict=True):
            assert word in dictionary[source[origin]]


def test_word_by_word_is_right_only_where_nothing_changes():
    right = [x for x in drawn_pairs(2000) if word_by_word(x.english) == x.french]
    assert 0.03 < len(right) / 2000 < 0.15
    for english, french, origins in right:
        assert origins == tuple(range(len(origins)))
        assert "not" not in english
        assert not {"la", "une"} & set(french.split())


def test_the_vocabularies_hold_every_word_and_no_other():
    used = [set(), set()]
    for drawn in drawn_pairs(3000, 2):
        for words, text in zip(used, drawn[:2], strict=True):
            words.update(text.split())
    english, french = vocabularies()
    assert set(english.words) == used[0] | {PADDING}
    assert set(french.words) == used[1] | {PADDING, START, END}
    assert english.words[0] == french.words[0] == PADDING


@pytest.mark.parametrize("attention", ATTENTION)
@pytest.mark.parametrize("seed", range(2))
def test_gradient_of_a_whole_translator_agrees_with_finite_differences(attention, seed):
    loss = functools.partial(translation_loss, attention=attention)
    assert (
        check_gradient(loss, draw_params(attention, seed), SOURCE, KEEP, TARGET, SPOKEN, step=1e-5) < 1e-6
    )


@pytest.mark.parametrize("attention", ATTENTION)
def test_padding_changes_nothing(attention):
    params = draw_params(attention)
    told = {"start": 1, "end": 2, "attention": attention}
    loss = functools.partial(translation_loss, params, attention=attention)
    short, long = greedy(params, SOURCE, KEEP, 9, **told), greedy(params, *LONG, 9, **told)
    np.testing.assert_array_equal(short.ids, long.ids)
    assert loss(SOURCE, KEEP, TARGET, SPOKEN) == pytest.approx(loss(*LONG, TARGET, SPOKEN), rel=1e-6)
    for i, n_words in enumerate(KEEP.sum(axis=1)):
        alone = greedy(params, SOURCE[i : i + 1, :n_words], KEEP[i : i + 1, :n_words], 9, **told)
        n_out = alone.ids.shape[1]
        np.testing.assert_array_equal(short.ids[i, :n_out], alone.ids[0])
        assert (short.ids[i, n_out:] == 2).all()
        if attention != "none":
            np.testing.assert_allclose(short.weights[i, :n_out, :n_words], alone.weights[0], atol=1e-6)
            assert not short.weights[i, :, n_words:].any()
            np.testing.assert_allclose(short.weights.sum(axis=-1), 1, rtol=1e-5)


@pytest.mark.parametrize("attention", ATTENTION)
def test_every_word_of_the_source_matters(attention):
    params = draw_params(attention)
    before = encode(params, SOURCE, KEEP, attention=attention).state
    for place in range(SOURCE.shape[1]):
        changed = SOURCE.copy()
        changed[:, place] = changed[:, place] % 12 + 1
        after = encode(params, changed, KEEP, attention=attention).state
        np.testing.assert_array_equal((after != before).any(axis=1), KEEP[:, place])


def test_the_memory_of_a_word_holds_what_stands_before_it_and_what_stands_behind_it():
    params, whole = draw_params("dot"), np.ones(SOURCE.shape, dtype=bool)
    before = encode(params, SOURCE, whole, attention="dot").memory
    for place in range(SOURCE.shape[1]):
        changed = SOURCE.copy()
        changed[:, place] = changed[:, place] % 12 + 1
        moved = encode(params, changed, whole, attention="dot").memory != before
        at = np.arange(SOURCE.shape[1])
        np.testing.assert_array_equal(moved[..., :4].any(axis=(0, 2)), at >= place)
        np.testing.assert_array_equal(moved[..., 4:].any(axis=(0, 2)), at <= place)


def test_what_is_behind_the_end_of_a_translation_is_not_learnt():
    params = draw_params("additive")
    others = np.where(SPOKEN, TARGET, 3)
    losses = [
        translation_loss(params, SOURCE, KEEP, target, SPOKEN, attention="additive")
        for target in (TARGET, others)
    ]
    assert (others != TARGET).any()
    assert losses[0] == losses[1]


def test_nothing_is_said_after_the_end():
    params = {name: 4 * value for name, value in draw_params("additive").items()}
    told = {"start": 1, "attention": "additive"}
    said = greedy(params, SOURCE, KEEP, 6, end=0, **told).ids
    end = said[0, 1]
    assert not (said == end).any(axis=1).all()  # some go on
    ended = greedy(params, SOURCE, KEEP, 6, end=end, **told).ids
    over = np.cumsum(said == end, axis=1) > 0
    np.testing.assert_array_equal(ended, np.where(over, end, said))


@pytest.mark.parametrize("attention", ATTENTION)
def test_what_is_said_is_the_likeliest_when_told_the_same(attention):
    params = draw_params(attention, seed=3)
    ids, weights = greedy(params, SOURCE, KEEP, 5, start=1, end=2, attention=attention)
    encoded = encode(params, SOURCE, KEEP, attention=attention)
    told, state = np.concatenate([np.ones((3, 1), int), ids], axis=1), encoded.state
    going = np.ones(3, dtype=bool)
    with watching() as seen:
        for t in range(ids.shape[1]):
            features, state = decode_step(params, told[:, t], state, encoded, attention=attention)
            likeliest = (features @ params["out.w"] + params["out.b"]).argmax(axis=-1)
            np.testing.assert_array_equal(ids[:, t], np.where(going, likeliest, 2))
            going &= likeliest != 2
    if attention == "none":
        assert weights is None
    else:
        np.testing.assert_array_equal(weights, np.stack([w[:, 0, 0] for w in seen], axis=1))


def test_the_two_attentions_differ_in_their_scores_alone():
    params = draw_params("additive")
    encoded = encode(params, SOURCE, KEEP, attention="additive")
    words, state = np.array([3, 4, 5]), encoded.state
    q = (state[:, :4] @ params["w_q"])[:, None]
    scores = {
        "additive": np.tanh(q + encoded.keys) @ params["w_score"],
        "dot": (q * encoded.keys).sum(axis=-1) / 2,
    }
    for attention, score in scores.items():
        with watching() as seen:
            features, _ = decode_step(params, words, state, encoded, attention=attention)
        powers = np.exp(score) * KEEP
        weights = powers / powers.sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(seen[0][:, 0, 0], weights, atol=1e-6)
        context = (weights[:, None] @ encoded.memory)[:, 0]
        np.testing.assert_allclose(features[:, 4:], context, atol=1e-5)
    x = attend(q, encoded.keys, encoded.memory, mask=KEEP[:, None])
    np.testing.assert_allclose(features[:, 4:], x[:, 0], atol=1e-6)


def test_parameters_begin_as_promised():
    for attention in ATTENTION:
        params = recurrent_params(np.random.default_rng(0), **SIZES, attention=attention)
        assert {value.dtype for value in params.values()} == {np.dtype(np.float32)}
        for name in ("forward", "decoder") if attention == "none" else ("forward", "backward", "decoder"):
            np.testing.assert_array_equal(params[f"{name}.b"], np.repeat([0, 1, 0, 0], 4))
    assert set(recurrent_params(np.random.default_rng(0), **SIZES, attention="none")) == {
        "source",
        "target",
        *(f"{name}.{part}" for name in ("forward", "decoder") for part in ("w_x", "w_h", "b")),
        "out.w",
        "out.b",
    }


GREEDY = {"n": 3, "start": 1, "end": 2}
BAD = [
    (encode, {"ids": SOURCE + 1}, "ids must be in the vocabulary: expected 0 to 12"),
    (encode, {"ids": SOURCE[0]}, "ids must be sentences of at least one word: expected (n, T), got (7,)"),
    (encode, {"ids": SOURCE[:, :0]}, "ids must be sentences of at least one word: expected (n, T)"),
    (encode, {"keep": KEEP[:, :3]}, "keep must have the shape of ids: expected (3, 7), got (3, 3)"),
    (encode, {"attention": "luong"}, "attention must be one of none, additive, dot, got 'luong'"),
    (
        encode,
        {"attention": "none"},
        "params must be those of this model: they have other attention than none",
    ),
    (
        encode,
        {"attention": "dot"},
        "params must be those of this model: they have other attention than dot",
    ),
    (encode, {"params": {}}, "params must be those of this model: 'backward.w_h' is missing"),
    (encode, {"params": draw_params("dot")}, "params must be those of this model: 'w_score' is missing"),
    (greedy, GREEDY | {"n": 0}, "n must be at least 1, got 0"),
]


@pytest.mark.parametrize(("function", "change", "message"), BAD)
def test_arguments_that_do_not_fit(function, change, message):
    fitting = {"params": draw_params("additive"), "ids": SOURCE, "keep": KEEP, "attention": "additive"}
    with pytest.raises(ValueError, match=re.escape(message)):
        function(**fitting | change)


def test_sizes_that_do_not_fit():
    with pytest.raises(ValueError, match="d_hidden must be at least 1, got 0"):
        recurrent_params(np.random.default_rng(0), **SIZES | {"d_hidden": 0}, attention="dot")
    with pytest.raises(ValueError, match="attention must be one of none, additive, dot, got None"):
        recurrent_params(np.random.default_rng(0), **SIZES, attention=None)
