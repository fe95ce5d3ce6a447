"""Three tasks in words, and the encoder–decoder that is told which: data, gradients, masks, the cache."""

import re

import numpy as np
import pytest

from attnlib.autodiff import check_gradient
from attnlib.data import tasks
from attnlib.data.translation import vocabularies
from attnlib.layers import relative_bias, watching
from attnlib.models.cache import Cache
from attnlib.models.t5 import BIAS_SCALE, read, reply, say, t5_loss, t5_params

N_WORDS, N_HEADS, B, T, T_OUT = 13, 3, 3, 7, 5
SIZES = {"n_words": N_WORDS, "d_model": 12, "n_heads": N_HEADS, "n_layers": 2, "d_hidden": 19, "reach": 3}
IDS = np.random.default_rng(0).integers(3, N_WORDS, size=(B, T))
SAID = np.random.default_rng(1).integers(3, N_WORDS, size=(B, T_OUT))
KEEP = np.arange(T) < np.array([[7], [4], [1]])
SPOKEN = np.arange(T_OUT) < np.array([[5], [3], [4]])
LONG = np.pad(IDS, ((0, 0), (0, 2))), np.pad(KEEP, ((0, 0), (0, 2)))
DRAWS = (tasks.translate, tasks.translate_back, tasks.summarise, tasks.answer)


def draw_params(seed=0, scale=1):
    """Return parameters that are all away from their first values, so that each matters."""
    rng = np.random.default_rng(seed)
    params = t5_params(rng, **SIZES)
    return {
        k: scale * (v + 0.3 * rng.standard_normal(v.shape)).astype(np.float32) for k, v in params.items()
    }


def drawn(draw, n=300):
    rng = np.random.default_rng(0)
    return [draw(rng) for _ in range(n)]


@pytest.mark.parametrize("draw", DRAWS)
def test_same_seed_same_task(draw):
    first, again, other = (draw(np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert first == again != other


def test_to_translate_back_is_to_translate_the_other_way_round():
    for there, back in zip(drawn(tasks.translate), drawn(tasks.translate_back), strict=True):
        english, french = there.asked.split(" : ")[1], there.said
        assert back == (f"translate french to english : {french}", english)
        assert [len(v.encode(x)) for v, x in zip(vocabularies(), (english, french), strict=True)]


def test_a_summary_says_who_beat_whom_and_where():
    seen = set()
    for asked, said in drawn(tasks.summarise):
        pieces = asked.removeprefix("summarise : ").removesuffix(" .").split(" . ")
        assert len(pieces) == len(set(pieces)) == 4
        (at,) = (i for i, piece in enumerate(pieces) if {"against", "met"} & set(piece.split()))
        winner, verb, foe, _, field = said.split()
        battle = pieces[at].split()
        assert {winner, foe, field, {"beats": "won", "loses-to": "lost"}[verb]} <= set(battle)
        assert sum(name in battle for name in tasks.NAMES) == 1
        for other in pieces[:at] + pieces[at + 1 :]:
            assert winner not in other.split()
        seen |= {at, verb, battle[0]}
    assert seen == {0, 1, 2, 3, "beats", "loses-to", "the", "at", "against"}


def test_an_answer_is_in_one_of_three_facts():
    asked_for = []
    for asked, said in drawn(tasks.answer):
        question, facts = asked.removeprefix("answer : ").split(" ? ")
        facts = dict(fact.split(" is in the ") for fact in facts.removesuffix(" .").split(" . "))
        assert len(facts) == len(set(facts.values())) == 3
        if question.startswith("where is "):
            assert said == f"in the {facts[question.removeprefix('where is ')]}"
            asked_for.append(said.split()[-1])
        else:
            assert facts[said] == question.removeprefix("who is in the ")
            asked_for.append(said)
    assert set(asked_for) == {*tasks.NAMES, *tasks.ROOMS}


@pytest.mark.parametrize("seed", range(2))
def test_gradient_of_a_whole_t5_agrees_with_finite_differences(seed):
    def loss(params):
        return t5_loss(params, IDS, KEEP, SAID, SPOKEN, n_heads=N_HEADS)

    assert check_gradient(loss, draw_params(seed), step=1e-5) < 1e-6


def test_the_encoder_sees_all_but_padding():
    params = draw_params()
    before = read(params, IDS, KEEP, n_heads=N_HEADS)
    for place in range(T):
        changed = IDS.copy()
        changed[:, place] = (IDS[:, place] + 1) % N_WORDS
        moved = (read(params, changed, KEEP, n_heads=N_HEADS) != before).any(axis=-1)
        np.testing.assert_array_equal(moved & KEEP, KEEP[:, [place]] & KEEP)


def test_the_decoder_sees_what_has_been_said_and_all_that_was_read_but_padding():
    params = draw_params()
    memory = read(params, IDS, KEEP, n_heads=N_HEADS)
    before = say(params, SAID, memory, KEEP, n_heads=N_HEADS)
    for place in range(T_OUT):
        changed = SAID.copy()
        changed[:, place] = (SAID[:, place] + 1) % N_WORDS
        moved = (say(params, changed, memory, KEEP, n_heads=N_HEADS) != before).any(axis=(0, 2))
        np.testing.assert_array_equal(moved, np.arange(T_OUT) >= place)
    for place in range(T):
        changed = memory.copy()
        changed[:, place] += 1 - 2 * (np.arange(memory.shape[-1]) % 2)
        moved = (say(params, SAID, changed, KEEP, n_heads=N_HEADS) != before).any(axis=-1)
        np.testing.assert_array_equal(moved, np.repeat(KEEP[:, [place]], T_OUT, axis=1))


def test_padding_changes_nothing():
    params, told = draw_params(scale=3), {"start": 1, "end": 2, "n_heads": N_HEADS}
    np.testing.assert_array_equal(reply(params, IDS, KEEP, 6, **told), reply(params, *LONG, 6, **told))
    losses = [
        t5_loss(params, *source, said, SPOKEN, n_heads=N_HEADS)
        for source in ((IDS, KEEP), LONG)
        for said in (SAID, np.where(SPOKEN, SAID, 3))
    ]
    np.testing.assert_allclose(losses, losses[0], rtol=1e-5)


def test_a_cache_changes_no_logit():
    params, cache = draw_params(), Cache()
    memory = read(params, IDS, KEEP, n_heads=N_HEADS)
    whole = say(params, SAID, memory, KEEP, n_heads=N_HEADS)
    pieces = [
        say(params, piece, memory, KEEP, n_heads=N_HEADS, cache=cache)
        for piece in np.split(SAID, (1, 3), axis=1)
    ]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-5)


def test_what_is_said_is_the_likeliest_until_the_end_and_then_the_end():
    params = draw_params(scale=2)
    free = reply(params, IDS, KEEP, 6, start=1, end=0, n_heads=N_HEADS)
    memory = read(params, IDS, KEEP, n_heads=N_HEADS)
    told = np.concatenate([np.ones((B, 1), int), free], axis=1)
    likeliest = say(params, told[:, :-1], memory, KEEP, n_heads=N_HEADS).argmax(axis=-1)
    over = np.cumsum(likeliest == 0, axis=1) > 0
    np.testing.assert_array_equal(free, np.where(over, 0, likeliest))
    end = next(word for word in free[0] if not (free == word).any(axis=1).all())
    ended = reply(params, IDS, KEEP, 6, start=1, end=end, n_heads=N_HEADS)
    np.testing.assert_array_equal(ended, np.where(np.cumsum(free == end, axis=1) > 0, end, free))


def test_encoder_and_decoder_share_their_words_and_have_a_bias_for_each_distance():
    params = t5_params(np.random.default_rng(0), **SIZES)
    assert [name for name in params if name.endswith("tokens")] == ["tokens"]
    assert [name for name in params if "out" in name] == ["decoder.out.w", "decoder.out.b"]
    assert {name.split(".")[2] for name in params if "block" in name} == {"self", "cross", "feed"}
    assert not [name for name in params if name.startswith("encoder") and "cross" in name]
    assert params["tokens"].std() == pytest.approx(1, abs=0.15)
    assert {value.dtype for value in params.values()} == {np.dtype(np.float32)}
    assert not params["encoder.relative"].any()
    for name, value in params.items():
        if name.endswith(("w_q", "w_k")):
            value[:] = 0  # no score but the bias is left
    params["encoder.relative"][:] = np.random.default_rng(1).standard_normal((7, N_HEADS))
    with watching() as seen:
        read(params, IDS[:1], KEEP[:1], n_heads=N_HEADS)
    powers = np.exp(BIAS_SCALE * relative_bias(params["encoder.relative"], T))
    np.testing.assert_allclose(seen[0][0], powers / powers.sum(axis=-1, keepdims=True), rtol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ids": IDS + 3}, "ids must be in the vocabulary: expected 0 to 12"),
        ({"keep": KEEP[:, :3]}, "mask must broadcast to (..., T_q, T_k)"),
        ({"n_heads": 5}, "n_heads must divide d_model: expected a divisor of 12, got 5"),
    ],
)
def test_arguments_that_do_not_fit(change, message):
    fitting = {"params": draw_params(), "ids": IDS, "keep": KEEP, "n_heads": N_HEADS}
    with pytest.raises(ValueError, match=re.escape(message)):
        read(**fitting | change)
