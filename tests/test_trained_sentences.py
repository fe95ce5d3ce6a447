"""What the recorded results of the models of sentences have to show."""

import numpy as np
import pytest

from attnlib.data.animals import MASK
from attnlib.trained import bert, load, t5, translation
from attnlib.trained.translation import EXAMPLE, LENGTHS, LONGEST

SEEN = [f"right of {least} to {most}" for least, most in LENGTHS if most <= LONGEST]
LOOKING = ("additive", "dot")


@pytest.mark.parametrize("attention", LOOKING)
def test_with_attention_every_trained_length_is_translated_and_no_much_longer_one(attention):
    results = load(f"translation-{attention}").record["results"]
    assert all(results[name] > 0.99 for name in SEEN)
    assert results["right of 25 to 30"] < 0.8
    assert results["right of 31 to 36"] < 0.1
    assert results["looks at the origin"] > 0.9


def test_one_vector_holds_short_sentences_alone():
    results = load("translation-none").record["results"]
    shares = [results[name] for name in SEEN]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.95
    assert shares[1] > 0.85
    assert shares[2] < 0.6
    assert shares[3] < 0.05
    assert results["right of 25 to 30"] == results["right of 31 to 36"] == 0
    sizes = {name: load(f"translation-{name}").record["n_params"] for name in ("none", *LOOKING)}
    assert sizes["none"] > 2 * max(sizes[name] for name in LOOKING)


def test_word_by_word_is_seldom_right():
    baselines = load("translation-none").record["baselines"]
    assert 0.05 < max(baselines.values()) == baselines["right of 5 to 6, word by word"] < 0.2


def test_held_out_sentences_are_new_and_of_their_length():
    training, held_out = translation.data()
    known = {drawn.english for drawn in training}
    assert EXAMPLE[0] not in known
    assert max(len(english.split()) for english in known) == LONGEST
    for (least, most), pairs in held_out.items():
        assert len(pairs) == translation.N_JUDGED
        for english, *_ in pairs:
            assert english not in known
            assert least <= len(english.split()) <= most


@pytest.mark.parametrize("attention", LOOKING)
def test_the_alignment_of_the_example_forms_while_the_model_learns(attention):
    params, record = load(f"translation-{attention}")
    shots = {int(step): np.array(shot) for step, shot in record["snapshots"].items()}
    assert tuple(shots) == translation.WATCHED
    english, french = EXAMPLE
    origins = [0, 1, 2, 3, 5, 4, 6, 8, 7]
    on_origin = [shot[range(9), origins].mean() for shot in shots.values()]
    assert on_origin[0] < 0.15
    assert on_origin[-1] > 0.6
    for shot in shots.values():
        assert shot.shape == (len(french.split()) + 1, len(english.split()))
        np.testing.assert_allclose(shot.sum(axis=1), 1, atol=5e-3)
    now = translation.alignment(params, english, french, attention=attention)
    np.testing.assert_allclose(shots[record["steps"]], now, atol=2e-2)


@pytest.mark.parametrize("attention", LOOKING)
def test_the_example_is_translated_with_the_weights_of_its_alignment(attention):
    params = load(f"translation-{attention}").params
    (text, short), (weights, _) = translation.translate(
        params, [EXAMPLE[0], "the king sees a queen"], attention=attention
    )
    assert (text, short) == (EXAMPLE[1], "le roi voit une reine")
    np.testing.assert_allclose(
        weights, translation.alignment(params, *EXAMPLE, attention=attention), atol=1e-5
    )


def test_an_endless_translation_is_cut():
    texts, weights = translation.translate(
        load("translation-none").params, ["the king sees a queen"], attention="none", n=2
    )
    assert (texts, weights) == (["le roi"], None)


def test_both_sides_reach_what_can_be_known_and_the_left_one_reaches_less():
    both, left = (load(f"bert-{side}").record for side in bert.SIDES)
    for side, record in (("both", both), ("left", left)):
        for name in ("right", "right of animals"):
            best = record["baselines"][f"{name} at best, {side}"]
            assert best - 0.03 < record["results"][name] < best + 0.01
    assert both["results"]["right"] > left["results"]["right"] + 0.12
    assert both["results"]["right of animals"] > left["results"]["right of animals"] + 0.35
    assert left["results"]["right"] > 3 * left["baselines"]["right by the most frequent word"]
    assert both["results"]["nats"] < 0.5 * left["results"]["nats"]
    assert both["n_params"] == left["n_params"]


@pytest.mark.parametrize(
    ("text", "word", "told"),
    [
        ("the big <mask> barks in the dark kennel at night .", "dog", ("both",)),
        ("in the dark kennel the big <mask> eats the bones and barks at night .", "dog", ("both", "left")),
        ("the big dog barks in the dark kennel at <mask> .", "night", ("both", "left")),
        ("the big dog barks in the dark kennel <mask> night .", "at", ("both",)),
    ],
)
def test_some_words_need_the_right_hand_side(text, word, told):
    at = text.split().index(MASK)
    for side in bert.SIDES:
        likely = bert.guess(load(f"bert-{side}").params, text, side=side)[at]
        p = likely[bert.vocabulary().encode(word)[0]]
        assert p > 0.9 if side in told else p < 0.5


def test_held_out_sentences_of_animals_are_new_and_as_many_of_each_kind():
    training, held_out = bert.data()
    for known, new in zip(training, held_out, strict=True):
        assert len(new) == bert.HELD_OUT
        assert not set(known) & set(new)


def test_one_model_has_learnt_three_tasks_and_not_a_fourth():
    record = load("t5").record
    assert all(record["results"][f"right: {name}"] > 0.98 for name in ("translate", "summarise"))
    assert record["results"]["right: answer"] > 0.9
    assert record["results"]["right: translate back"] < 0.02
    for name, share in record["baselines"].items():
        assert share < record["results"][name.partition(",")[0]] - 0.3


def test_the_words_of_the_task_decide():
    sentence, fact = "the king sees a queen", "banquo is in the hall ."
    facts = f"{fact} ross is in the camp . lennox is in the cave ."
    said = t5.said(
        load("t5").params,
        [
            f"translate english to french : {sentence}",
            f"answer : {sentence}",
            f"answer : where is banquo ? {facts}",
            f"answer : who is in the camp ? {facts}",
        ],
    )
    assert said[0] == "le roi voit une reine"
    assert said[1] != said[0]
    assert said[2:] == ["in the hall", "ross"]


def test_held_out_tasks_are_new():
    training, held_out = t5.data()
    known = {task.asked for drawn in training.values() for task in drawn}
    for name, drawn in held_out.items():
        assert len(drawn) == t5.N_JUDGED
        assert not known & {task.asked for task in drawn}, name
