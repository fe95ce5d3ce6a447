"""What the recorded results of the models of pictures have to show."""

import numpy as np
import pytest

from attnlib.data.digits import CELL, scene
from attnlib.layers import watching
from attnlib.models.rollout import occlusion, rollout
from attnlib.models.vision import to_patches, vit
from attnlib.trained import load, vision


def record(name):
    found = load(name).record
    return found["results"], found["baselines"]


def test_neighbours_win_on_plain_digits():
    results, baselines = record("digits")
    assert 0.93 < results["right"] < baselines["right by 3 neighbours"]
    assert baselines["right by 3 neighbours"] < baselines["right by 3 neighbours, known hands"] - 0.01


def test_attention_wins_on_framed_digits():
    results, baselines = record("framed")
    assert results["right"] > 0.95
    assert baselines["right by 3 neighbours"] < baselines["right at random"] + 0.1 < 0.7
    assert record("framed-even")[0]["right"] < 0.8
    assert baselines["right by 3 neighbours, cut out"] > 0.95


def test_positions_are_needed_for_digits_and_not_for_framed_ones():
    assert record("digits-unordered")[0]["right"] < 0.6
    assert record("digits")[0]["right, shuffled"] < 0.2
    assert record("framed-unordered")[0]["right"] > 0.95
    assert record("framed")[0]["right, shuffled"] > 0.9
    for name in ("digits-unordered", "framed-unordered"):
        results, _ = record(name)
        assert results["right"] == pytest.approx(results["right, shuffled"], abs=5e-3)


def test_what_begins_even_stays_even():
    params = load("framed-even").params
    for name in params:
        assert name.endswith((".w_q", ".w_k")) == (not params[name].any())
    with watching() as seen:
        vision.guess(params, vision.held_out().images[:3])
    np.testing.assert_allclose(seen, 1 / 37, rtol=1e-5)


def test_held_out_digits_are_the_last_and_scenes_are_made_of_them():
    known, new = vision.data()
    assert (len(known.labels), len(new.labels)) == (1287, 510)
    held_out = vision.held_out()
    for picture, (first, _) in zip(held_out.images[:20], held_out.places, strict=False):
        row, column = (CELL * i for i in divmod(first, 3))
        digit = picture[row + 1 : row + 9, column + 1 : column + 9]
        assert (new.images == digit).all(axis=(1, 2)).any()


def test_the_patches_of_a_place_are_where_its_frame_is():
    empty = np.zeros((8, 8))
    for place in range(9):
        picture = scene(empty, empty, (place, (place + 1) % 9))
        np.testing.assert_array_equal(to_patches(picture, 5).any(axis=-1), vision.cells(place))
    assert vision.cells([[1, 2], [3, 4]]).shape == (2, 2, 36)


def test_moving_the_frame_moves_the_answer():
    _, new = vision.data()
    params = load("framed").params
    pair = [np.flatnonzero(new.labels == label)[0] for label in (3, 7)]
    first, second = new.images[pair]
    answers = [
        vision.guess(params, picture).argmax()
        for picture in (scene(first, second, (0, 4)), scene(second, first, (4, 0)))
    ]
    assert answers == [3, 7]


def test_rollout_and_occlusion_find_the_frame():
    params, held_out = load("framed").params, vision.held_out()
    patches, inside = vision.cut(held_out.images[:20]), vision.cells(held_out.places[:20, 0])
    with watching() as seen:
        vit(params, patches, n_heads=vision.N_HEADS)
    rolled = rollout(seen)[:, 0, 1:]
    fallen = np.array(
        [
            occlusion(
                lambda stack, label=label: vit(params, stack, n_heads=vision.N_HEADS)[:, label], picture, 0
            )
            for picture, label in zip(patches, held_out.labels, strict=False)
        ]
    )
    for values in (rolled, fallen):
        assert inside[np.arange(20), values.argmax(axis=-1)].mean() > 0.9


def test_pictures_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"images must be digits or scenes: .* got \(5, 8, 9\)"):
        vision.cut(np.zeros((5, 8, 9)))
