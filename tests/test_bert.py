"""Sentences with words hidden, and the model that guesses them from both sides or one."""

import re

import numpy as np
import pytest

from attnlib.autodiff import check_gradient
from attnlib.data.animals import ANIMALS, KINDS, SORTS, sentences
from attnlib.data.masking import hide
from attnlib.layers import cross_entropy
from attnlib.models.bert import bert, masked_word_loss
from attnlib.models.parameters import transformer_params
from attnlib.models.transformer import gpt

N_WORDS, N_HEADS, B, T = 13, 3, 3, 7
IDS = np.random.default_rng(0).integers(2, N_WORDS, size=(B, T))
KEEP = np.arange(T) < np.array([[7], [4], [1]])
ASKED = KEEP & (np.random.default_rng(1).random((B, T)) < 0.5)


def draw_params(seed=0):
    """Return parameters that are all away from their first values, so that each matters."""
    rng = np.random.default_rng(seed)
    sizes = {"n_words": N_WORDS, "d_model": 12, "n_heads": N_HEADS, "n_layers": 2, "d_hidden": 19}
    params = transformer_params(rng, **sizes, length=T)
    return {k: v + 0.3 * rng.standard_normal(v.shape).astype(np.float32) for k, v in params.items()}


def test_every_sentence_of_a_kind_comes_once_and_says_what_its_animal_does():
    seen = set()
    for kind in range(len(KINDS)):
        texts = sentences(kind)
        assert len(set(texts)) == len(texts)
        assert not seen & set(texts)
        seen |= set(texts)
        for text in texts[::17]:
            words = text.split()
            named = [word for word in words if word in ANIMALS]
            sound, food, home = ANIMALS[named[-1]]
            for sort, mine in (("sounds", sound), ("foods", food), ("homes", home)):
                assert {word for word in words if word in SORTS[sort]} <= {mine}, text
            assert home in words


def test_no_two_animals_share_a_word():
    words = [word for sort in SORTS.values() for word in sort]
    assert len(set(words)) == 4 * len(ANIMALS)


def test_the_clue_to_an_animal_stands_before_it_in_one_kind_alone():
    before = []
    for kind in range(len(KINDS)):
        words = sentences(kind)[0].split()
        animal = next(i for i, word in enumerate(words) if word in ANIMALS)
        told = [word for sort in ("sounds", "foods", "homes") for word in SORTS[sort]]
        before.append(any(word in told for word in words[:animal]))
    assert before == [False, False, True, False]


def test_words_are_hidden_at_their_rates():
    rng = np.random.default_rng(0)
    ids = rng.integers(2, 50, size=(2000, 20))
    keep = np.broadcast_to(np.arange(20) < 15, ids.shape)
    hidden, asked = hide(rng, ids, keep, mask=1, n_words=50)
    assert not asked[:, 15:].any()
    assert asked.any(axis=1).all()
    np.testing.assert_array_equal(hidden[~asked], ids[~asked])
    none = (1 - 0.15) ** 15  # of the texts, to which one is given
    assert asked[:, :15].mean() == pytest.approx(0.15 + none / 15, abs=0.005)
    masked, same = hidden[asked] == 1, hidden[asked] == ids[asked]
    others = ~masked & ~same
    assert masked.mean() == pytest.approx(0.8, abs=0.02)
    assert same.mean() == pytest.approx(0.1 + 0.1 / 48, abs=0.015)
    assert set(hidden[asked][others]) == set(range(2, 50))


def test_a_text_of_one_word_is_asked_for_it_and_the_same_seed_hides_the_same():
    ids, keep = np.array([[5, 0, 0]] * 50), np.array([[True, False, False]] * 50)
    first, again = (hide(np.random.default_rng(3), ids, keep, mask=1, n_words=9) for _ in range(2))
    np.testing.assert_array_equal(first[1], keep)
    np.testing.assert_array_equal(first[0], again[0])
    assert set(first[0][:, 0]) > {1, 5}


def test_words_that_cannot_be_hidden():
    with pytest.raises(ValueError, match="every text must have a word to hide"):
        hide(np.random.default_rng(0), IDS, np.zeros_like(KEEP), mask=1, n_words=9)
    with pytest.raises(ValueError, match="n_words must be at least 3, got 2"):
        hide(np.random.default_rng(0), IDS, KEEP, mask=1, n_words=2)


@pytest.mark.parametrize("causal", [False, True])
def test_gradient_of_a_whole_bert_agrees_with_finite_differences(causal):
    def loss(params):
        return masked_word_loss(params, IDS % 5, IDS, KEEP, ASKED, n_heads=N_HEADS, causal=causal)

    assert check_gradient(loss, draw_params()) < 1e-6


def test_both_sides_or_one_are_seen_and_padding_by_nobody():
    params = draw_params()
    for causal in (False, True):
        before = bert(params, IDS, KEEP, n_heads=N_HEADS, causal=causal)
        for place in range(T):
            changed = IDS.copy()
            changed[:, place] = (IDS[:, place] + 1) % N_WORDS
            after = bert(params, changed, KEEP, n_heads=N_HEADS, causal=causal)
            moved = (after != before).any(axis=-1)
            seen = KEEP[:, [place]] & (np.arange(T) >= place if causal else True)
            np.testing.assert_array_equal(moved & KEEP, seen & KEEP)


def test_made_causal_it_is_gpt():
    params = draw_params()
    np.testing.assert_array_equal(
        bert(params, IDS, n_heads=N_HEADS, causal=True), gpt(params, IDS, n_heads=N_HEADS)
    )
    alone, together = bert(params, IDS[0], n_heads=N_HEADS), bert(params, IDS, n_heads=N_HEADS)
    np.testing.assert_allclose(alone, together[0], atol=1e-5)


def test_the_loss_is_where_words_were_asked_for():
    params, hidden = draw_params(), np.where(ASKED, 1, IDS)
    logits = bert(params, hidden, KEEP, n_heads=N_HEADS)
    expected = np.mean([cross_entropy(logits[i, t][None], IDS[i, [t]]) for i, t in np.argwhere(ASKED)])
    loss = masked_word_loss(params, hidden, IDS, KEEP, ASKED, n_heads=N_HEADS)
    assert loss == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ids": IDS + 3}, "ids must be in the vocabulary: expected 0 to 12"),
        ({"ids": 3}, "ids must have at least one axis"),
        ({"ids": np.zeros(8, int), "keep": None}, "ids must be at most 7 tokens long, got 8"),
        ({"keep": KEEP[:, :3]}, "keep must have the shape of ids: expected (3, 7), got (3, 3)"),
        ({"n_heads": 5}, "n_heads must divide d_model: expected a divisor of 12, got 5"),
    ],
)
def test_arguments_that_do_not_fit(change, message):
    fitting = {"params": draw_params(), "ids": IDS, "keep": KEEP, "n_heads": N_HEADS}
    with pytest.raises(ValueError, match=re.escape(message)):
        bert(**fitting | change)
