"""Scenes and their captions, the model that looks, and what drawn looks learn from."""

import re

import numpy as np
import pytest

from attnlib import attention_weights
from attnlib.autodiff import check_gradient, value_and_grad
from attnlib.data.scenes import CELL, COLOURS, GRID, N_CELLS, SHAPES, Thing, describe, draw, scene
from attnlib.layers import cross_entropy, reinforce, softmax
from attnlib.models.captions import (
    WAYS,
    Seen,
    caption_loss,
    caption_params,
    caption_step,
    captions,
    hard_loss,
    mixed_loss,
    others_mean,
    see,
)
from attnlib.trained import captions as trained
from attnlib.trained import load

N, T, CELLS, D_CELL, N_WORDS = 5, 7, 3, 11, 13
RNG = np.random.default_rng(0)
PICTURES = RNG.normal(size=(N, CELLS, D_CELL))
IDS = RNG.integers(N_WORDS, size=(N, T))
KEEP = np.arange(T) < np.array([[7], [4], [2], [6], [7]])


def draw_params(seed=0, dtype=np.float64):
    """Return parameters that are all away from their first values, so that each matters."""
    rng = np.random.default_rng(seed)
    sizes = {"n_words": N_WORDS, "n_cells": CELLS, "d_cell": D_CELL, "d_model": 6, "d_hidden": 5}
    params = caption_params(rng, **sizes)
    return {k: (v + 0.3 * rng.standard_normal(v.shape)).astype(dtype) for k, v in params.items()}


def test_things_of_a_scene_are_in_different_cells_and_every_kind_is_drawn():
    rng = np.random.default_rng(0)
    drawn = [scene(rng, n_things=3) for _ in range(300)]
    for things in drawn:
        cells = [thing.cell for thing in things]
        assert cells == sorted(set(cells))
        assert 0 <= cells[0] < cells[-1] < N_CELLS
    flat = {thing for things in drawn for thing in things}
    assert {t.colour for t in flat} == set(COLOURS)
    assert {t.shape for t in flat} == set(SHAPES)
    assert {t.cell for t in flat} == set(range(N_CELLS))


def test_a_description_names_the_upper_and_the_left_one_first():
    red, blue, green = Thing(9, "red", "cross"), Thing(11, "blue", "circle"), Thing(2, "green", "square")
    text, origins = describe([red, blue, green])
    assert text == "a green square above a red cross beside a blue circle"
    assert origins == (-1, 2, 2, -1, -1, 9, 9, -1, -1, 11, 11)
    assert describe([red])[0] == "a red cross"
    assert describe([]) == ("", ())


def test_a_plain_picture_has_a_thing_in_its_cell_alone_and_no_two_kinds_look_alike():
    seen = set()
    for colour in COLOURS:
        for shape in SHAPES:
            cells = trained.cut(draw([Thing(6, colour, shape)]))
            assert not np.delete(cells, 6, axis=0).any()
            assert set(map(tuple, cells[6].reshape(-1, 3))) == {
                (0, 0, 0),
                tuple(np.float32(COLOURS[colour])),
            }
            seen.add(cells[6].tobytes())
    assert len(seen) == 16
    filled = draw([Thing(0, "red", "square")])[:CELL, :CELL, 0] > 0
    np.testing.assert_array_equal(filled, np.pad(np.ones((6, 6)), 1) > 0)


def test_patches_are_the_cells_of_a_picture_row_by_row():
    size = GRID * CELL
    y, x, c = np.mgrid[:size, :size, :3]
    cut = trained.cut(np.stack([y, x, c])).reshape(3, GRID, GRID, CELL, CELL, 3)
    for row in range(GRID):
        for column in range(GRID):
            inside = np.s_[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL]
            for i, whole in enumerate((y, x, c)):
                np.testing.assert_array_equal(cut[i, row, column], whole[inside])
    with pytest.raises(ValueError, match=re.escape("expected (..., H, W, C), got (32, 32)")):
        trained.cut(np.zeros((32, 32)))


def test_the_same_seed_draws_the_same_picture_and_another_moves_things():
    things = [Thing(0, "red", "circle"), Thing(15, "blue", "cross")]
    first, again, other = (draw(things, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.5
    assert np.abs(first - draw(things)).mean() < 0.2


@pytest.mark.parametrize("way", ["soft", "mean", "hard"])
def test_gradient_of_a_whole_model_agrees_with_finite_differences(way):
    def loss(params):
        return caption_loss(params, PICTURES, IDS, KEEP, way=way)

    params = draw_params()
    if way == "hard":  # no small step moves the greatest weight, so nothing is learnt of where to look
        _, gradients = value_and_grad(loss, params)
        assert not gradients["w_q"].any()
        assert not gradients["w_k"].any()
    assert check_gradient(loss, params) < 1e-6


def test_reinforce_adds_nothing_and_hands_back_its_gradient():
    rng = np.random.default_rng(1)
    q, k = rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 7, 5))
    choice = np.eye(7)[rng.integers(7, size=(2, 3))]
    reward, baseline = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))

    def surrogate(params):  # the logarithm of the choice's probability, times what it gained
        scores = params["q"] @ params["k"].swapaxes(-2, -1) * (1 / np.sqrt(5))
        total = 0.0
        for i, j in np.ndindex(reward.shape):
            surprise = cross_entropy(scores[i, j : j + 1], choice[i, j].argmax()[None])
            total = total + surprise * (reward - baseline)[i, j]
        return total

    def layer(params):
        return reinforce(params["q"], params["k"], choice=choice, reward=reward, baseline=baseline)

    value, gradients = value_and_grad(layer, {"q": q, "k": k})
    _, expected = value_and_grad(surrogate, {"q": q, "k": k})
    assert value == 0
    for name in ("q", "k"):
        np.testing.assert_allclose(gradients[name], expected[name], atol=1e-12)
    with pytest.raises(ValueError, match="choice must have a row for each query"):
        reinforce(q, k, choice=choice[0], reward=reward)


def test_the_mean_over_drawn_looks_is_the_gradient_of_the_expected_loss():
    """With one word to say, a look has no later ones to help, and all looks can be counted."""
    params, cells, ids, keep = draw_params(), PICTURES[:1], IDS[:1, :2], np.ones((1, 2), bool)

    def query(params, seen):
        return caption_step(params, ids[:, 0], seen.state, seen, way="soft").q

    def expected(params):
        seen = see(params, cells)
        weights = softmax((query(params, seen) @ seen.keys.swapaxes(-2, -1))[0, 0] * (1 / np.sqrt(6)))
        total = 0.0
        for j in range(CELLS):
            only = Seen(seen.state, seen.keys[:, j : j + 1], seen.values[:, j : j + 1])
            step = caption_step(params, ids[:, 0], seen.state, only, way="hard")
            total = total + weights[j] * cross_entropy(step.logits, ids[:, 1])
        return total

    _, exact = value_and_grad(expected, params)
    seen, looks = see(params, cells), {}
    for seed in range(200):  # a seed for each look
        rng = np.random.default_rng(seed)
        step = caption_step(params, ids[:, 0], seen.state, seen, way="hard", rng=rng)
        looks.setdefault(int(step.choice.argmax()), seed)
    assert len(looks) == CELLS
    weights = attention_weights(query(params, seen), seen.keys)[0, 0]
    mean = dict.fromkeys(params, 0.0)
    for j, seed in looks.items():
        _, drawn = value_and_grad(
            lambda p, s=seed: hard_loss(p, cells, ids, keep, s, baseline=False), params
        )
        mean = {name: mean[name] + weights[j] * drawn.get(name, 0.0) for name in mean}
    for name in params:
        np.testing.assert_allclose(mean[name], exact.get(name, 0.0), atol=1e-10)
    _, half = value_and_grad(
        lambda p: hard_loss(p, cells, ids, keep, looks[0], baseline=False, strength=0.5), params
    )
    _, whole = value_and_grad(lambda p: hard_loss(p, cells, ids, keep, looks[0], baseline=False), params)
    np.testing.assert_allclose(half["w_q"], 0.5 * whole["w_q"])


def test_the_value_of_a_hard_loss_is_that_of_its_words():
    params = draw_params()
    first, again = (hard_loss(params, PICTURES, IDS, KEEP, 3, baseline=b) for b in (True, False))
    assert first == again
    rng = np.random.default_rng(3)
    seen = see(params, PICTURES)
    state, logits = seen.state, []
    for t in range(T - 1):
        step = caption_step(params, IDS[:, t], state, seen, way="hard", rng=rng)
        state = step.state
        logits.append(step.logits)
    assert first == pytest.approx(
        float(cross_entropy(np.stack(logits, axis=1), IDS[:, 1:], keep=KEEP[:, 1:]))
    )


def test_the_baseline_is_the_mean_of_the_others_that_are_kept():
    rewards = np.array([[1.0, 5.0], [2.0, 7.0], [6.0, 9.0]])
    keep = np.array([[True, False], [True, True], [True, False]])
    found = others_mean(rewards, keep)
    np.testing.assert_allclose(found[:, 0], [4.0, 3.5, 1.5])
    assert found[1, 1] == 0
    assert found[0, 1] == 7
    changed = rewards + np.array([[10.0], [0.0], [0.0]])
    assert others_mean(changed, keep)[0, 0] == found[0, 0]


def test_a_mixed_loss_is_between_its_two_halves():
    params = draw_params()
    halves = [part[:2] for part in (PICTURES, IDS, KEEP)], [part[2:] for part in (PICTURES, IDS, KEEP)]
    soft = caption_loss(params, *halves[0], way="soft")
    hard = hard_loss(params, *halves[1], 9)
    mixed = mixed_loss(params, PICTURES, IDS, KEEP, 9, soft=0.4)
    assert mixed == pytest.approx(0.4 * soft + 0.6 * hard)
    assert mixed_loss(params, PICTURES, IDS, KEEP, 9, soft=0) == hard_loss(params, PICTURES, IDS, KEEP, 9)
    assert mixed_loss(params, PICTURES, IDS, KEEP, 9, soft=1) == caption_loss(
        params, PICTURES, IDS, KEEP, way="soft"
    )
    with pytest.raises(ValueError, match=r"soft must be between 0 and 1, got 1\.5"):
        mixed_loss(params, PICTURES, IDS, KEEP, 9, soft=1.5)


@pytest.mark.parametrize("way", WAYS)
def test_captions_are_said_picture_by_picture_and_end(way):
    params = draw_params(dtype=np.float32)
    together = captions(params, PICTURES, 9, start=1, end=2, way=way)
    assert together.weights.shape == (N, together.ids.shape[1], CELLS)
    np.testing.assert_allclose(together.weights.sum(axis=-1), 1, atol=1e-6)
    for i in range(N):
        alone = captions(params, PICTURES[i : i + 1], 9, start=1, end=2, way=way)
        n = alone.ids.shape[1]
        np.testing.assert_array_equal(alone.ids[0], together.ids[i, :n])
        assert (together.ids[i, n:] == 2).all()
        np.testing.assert_allclose(alone.weights[0], together.weights[i, :n], atol=1e-5)


def test_a_hard_look_sees_one_cell_and_a_soft_one_all():
    params = draw_params()
    seen = see(params, PICTURES[:1])
    words = IDS[:1, 0]
    looked = int(caption_step(params, words, seen.state, seen, way="hard").choice.argmax())
    for way, depends in (("hard", {looked}), ("soft", set(range(CELLS))), ("mean", set(range(CELLS)))):
        before = caption_step(params, words, seen.state, seen, way=way).logits
        moved = set()
        for j in range(CELLS):
            values = seen.values.copy()
            values[:, j] += 0.5
            after = caption_step(params, words, seen.state, seen._replace(values=values), way=way).logits
            if not np.array_equal(before, after):
                moved.add(j)
        assert moved == depends


def test_drawn_looks_come_as_often_as_their_weights():
    params = draw_params()
    seen = see(params, np.repeat(PICTURES[:1], 4000, axis=0))
    step = caption_step(
        params, np.repeat(IDS[0, 0], 4000), seen.state, seen, way="hard", rng=np.random.default_rng(0)
    )
    weights = attention_weights(step.q[:1], seen.keys[:1])[0, 0]
    np.testing.assert_allclose(step.choice[:, 0].mean(axis=0), weights, atol=0.03)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: see(p, PICTURES[0]), "cells must be (n, 3, 11), got (3, 11)"),
        (lambda p: see(p, PICTURES[:, :2]), "cells must be (n, 3, 11), got (5, 2, 11)"),
        (
            lambda p: caption_step(p, IDS[:, 0], None, None, way="long"),
            "way must be one of soft, hard, mean",
        ),
        (
            lambda p: caption_loss(p, PICTURES[:2], IDS, KEEP, way="soft"),
            "cells must have a picture for each",
        ),
        (lambda p: caption_loss(p, PICTURES, IDS[0], KEEP, way="soft"), "ids must have a start and a word"),
        (lambda p: scene(RNG, n_things=17), "n_things must be at most 16, got 17"),
        (lambda p: draw_sizes(d_model=0), "d_model must be at least 1, got 0"),
    ],
)
def test_arguments_that_do_not_fit(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call(draw_params())


def draw_sizes(**change):
    sizes = {"n_words": 3, "n_cells": 3, "d_cell": 3, "d_model": 3, "d_hidden": 3}
    return caption_params(np.random.default_rng(0), **sizes | change)


def test_recorded_captions_show_what_the_chapter_says():
    results = {name: load(f"captions-{name}").record["results"] for name in trained.WAYS}
    right = {name: result["right"] for name, result in results.items()}
    assert min(right["soft"], right["hard"], right["hard-bare"]) > 0.9
    assert abs(right["soft"] - right["hard"]) < 0.03
    assert right["mean"] < 0.5
    assert right["mean"] < right["hard-drawn"] < 0.8
    simple = load("captions-soft").record["baselines"]
    assert simple["right by the nearest picture"] < 0.3 < simple["right by templates"] < right["hard-bare"]
    for name in ("soft", "hard"):
        assert results[name]["looks for the colour"] > 0.95
        assert results[name]["looks for the shape"] > 0.95
    assert results["hard"]["weight there"] > results["soft"]["weight there"] > 0.9


def test_held_out_scenes_of_several_things_are_new():
    training, held_out = trained.data()
    known = set(training)
    counts = [len(things) for things in held_out]
    assert [counts.count(n) for n in (1, 2, 3)] == [120, 240, 240]
    assert not any(things in known for things in held_out if len(things) > 1)


def test_the_trained_models_say_what_is_in_a_plain_picture():
    things = [Thing(0, "yellow", "triangle"), Thing(3, "red", "cross"), Thing(14, "blue", "circle")]
    cells = trained.cut(draw(things))[None]
    for way in ("soft", "hard"):
        (text,), (weights,) = trained.told(load(f"captions-{way}").params, cells, way=way)
        assert text == describe(things)[0] == "a yellow triangle beside a red cross above a blue circle"
        assert weights.shape == (12, N_CELLS)
    right, looks = trained.judged(load("captions-hard").params, cells, [things], way="hard")
    assert right.tolist() == [True]
    assert looks.shape == (3, 3)
    assert looks[:, :2].all()
