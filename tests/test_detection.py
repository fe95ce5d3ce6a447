"""Scenes of shapes, matching, the set loss, DETR, and a detector that learns nothing."""

import itertools
import re

import numpy as np
import pytest

from attnlib.autodiff import Variable, check_gradient, value_and_grad
from attnlib.data import shapes
from attnlib.layers import watching
from attnlib.models.boxes import detection_scores, overlap
from attnlib.models.components import components, detect_components
from attnlib.models.detection import (
    BOX_WEIGHT,
    NOTHING_WEIGHT,
    Found,
    by_cost,
    detr,
    detr_params,
    in_order,
    read,
    set_loss,
    spoken,
)
from attnlib.models.matching import brute_force, hungarian, matching_cost
from attnlib.trained import detection, load

N_HEADS, N_QUERIES, N_KINDS, PATCH = 3, 5, 3, 2
IMAGES = np.random.default_rng(0).random((2, 6, 8))
KINDS = np.array([[2, 0, -1], [1, -1, -1]])
BOXES = np.random.default_rng(1).uniform(0.2, 0.8, size=(2, 3, 4))


def draw_params(seed=0):
    """Return parameters that are all away from their first values, so that each matters."""
    rng = np.random.default_rng(seed)
    sizes = {"patch": PATCH, "n_patches": 12, "d_model": 12, "n_layers": 2, "n_heads": N_HEADS}
    params = detr_params(rng, **sizes, n_queries=N_QUERIES, n_kinds=N_KINDS, d_hidden=19)
    return {k: v + 0.2 * rng.standard_normal(v.shape).astype(np.float32) for k, v in params.items()}


def test_a_pixel_belongs_to_a_shape_if_its_middle_does():
    image = shapes.draw([0], [(0.5, 0.25, 0.3, 0.2)], [0.75])  # 6 by 4 pixels at (10, 5)
    assert set(np.unique(image)) == {0.0, 0.75}
    rows, columns = np.nonzero(image)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (3, 6, 7, 12)


def test_shapes_fill_their_boxes_by_as_much_as_they_should():
    box = (0.5, 0.5, 0.8, 0.8)
    areas = [shapes.draw([kind], [box], [1.0]).sum() / 16**2 for kind in range(3)]
    np.testing.assert_allclose(areas, [1, np.pi / 4, 1 / 2], atol=0.04)
    triangle = shapes.draw([2], [box], [1.0])
    assert (np.diff(triangle.sum(axis=1)[2:18]) >= 0).all()  # the tip is at the top
    np.testing.assert_array_equal(triangle, triangle[:, ::-1])


def test_later_shapes_cover_earlier_ones():
    twice = shapes.draw([0, 0], [(0.5, 0.5, 0.4, 0.4), (0.5, 0.5, 0.2, 0.2)], [0.5, 1.0])
    assert twice[10, 10] == 1
    assert twice[7, 7] == 0.5


def test_scenes_hold_one_to_three_shapes_inside_that_hardly_share_anything():
    images, kinds, boxes = shapes.scenes(np.random.default_rng(3), 600)
    n_shapes = (kinds >= 0).sum(axis=1)
    assert np.bincount(n_shapes, minlength=4)[1:].min() > 150
    assert set(kinds[kinds >= 0]) == {0, 1, 2}
    assert (kinds[np.arange(3) >= n_shapes[:, None]] == -1).all()
    there = boxes[kinds >= 0]
    assert ((there[:, 2:] * 20 >= 4.999) & (there[:, 2:] * 20 <= 9.001)).all()
    assert ((there[:, :2] - there[:, 2:] / 2 > -1e-6) & (there[:, :2] + there[:, 2:] / 2 < 1 + 1e-6)).all()
    for some, n in zip(boxes, n_shapes, strict=True):
        for a, b in itertools.combinations(some[:n].astype(float), 2):
            shared = overlap(a, b) * (a[2] * a[3] + b[2] * b[3]) / (1 + overlap(a, b))
            assert shared <= 0.1001 * min(a[2] * a[3], b[2] * b[3])
    assert images.std(axis=0).min() > 0.05


def test_the_same_seed_draws_the_same_scenes():
    for one, other in zip(*(shapes.scenes(np.random.default_rng(5), 7) for _ in range(2)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_boxes_overlap_by_the_area_of_both_over_that_of_either():
    a = np.array([2.0, 2.0, 4.0, 2.0])
    assert overlap(a, a) == 1
    assert overlap(a, [4.0, 2.0, 4.0, 2.0]) == pytest.approx(4 / 12)
    assert overlap(a, [2.0, 4.0, 4.0, 2.0]) == 0
    assert overlap(a, [9.0, 9.0, 1.0, 1.0]) == 0
    assert overlap(a, [2.0, 2.0, 1.0, 1.0]) == overlap([2.0, 2.0, 1.0, 1.0], a) == 1 / 8


def test_an_object_is_found_once():
    box, near, far = [0.5, 0.5, 0.4, 0.4], [0.55, 0.5, 0.4, 0.4], [0.1, 0.1, 0.2, 0.2]
    kinds, boxes = [[1, 2, -1]], [[box, far, [0.5, 0.5, 0.4, 0.4]]]
    scores = detection_scores([[(1, near), (1, box), (0, far), (2, far)]], kinds, boxes)
    assert scores == (2 / 4, 2 / 2, 2 * 2 / 6, 1 / 4)
    assert detection_scores([[(1, far)]], kinds, boxes).f1 == 0
    assert detection_scores([[]], kinds, boxes) == (0, 0, 0, 0)
    twins = detection_scores([[(1, box), (1, near)]], [[1, 1]], [[box, near]])
    assert twins == (1, 1, 1, 0)


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (7, 2), (4, 1), (2, 11, 5, 3), (3, 0)])
def test_both_ways_of_matching_agree(shape):
    pytest.importorskip("scipy")
    costs = np.random.default_rng(7).normal(size=shape)
    matched = brute_force(costs)
    assert matched.shape == (*shape[:-2], shape[-1])
    np.testing.assert_array_equal(matched, hungarian(costs))


def test_the_greedy_choice_is_not_the_best():
    costs = np.array([[1.0, 2.0], [2.0, 9.0]])
    np.testing.assert_array_equal(brute_force(costs), [1, 0])


def test_matching_follows_queries_and_objects_when_they_are_reordered():
    rng = np.random.default_rng(2)
    costs, queries, objects = rng.normal(size=(5, 3)), rng.permutation(5), rng.permutation(3)
    moved = brute_force(costs[queries][:, objects])
    np.testing.assert_array_equal(queries[moved], brute_force(costs)[objects])


def test_a_cost_that_is_the_same_for_every_query_changes_nothing():
    costs = np.random.default_rng(3).normal(size=(5, 3))
    np.testing.assert_array_equal(brute_force(costs + np.array([10.0, -3.0, 0.5])), brute_force(costs))


@pytest.mark.parametrize("match", [brute_force, hungarian])
def test_each_object_needs_a_query(match):
    if match is hungarian:
        pytest.importorskip("scipy")
    with pytest.raises(ValueError, match=re.escape("expected 3 rows or more, got (2, 3)")):
        match(np.zeros((2, 3)))


def test_the_cost_is_the_missing_name_and_the_way_to_the_box():
    likely = np.array([[0.1, 0.6, 0.2, 0.1], [0.3, 0.1, 0.1, 0.5]])
    boxes = np.array([[0.5, 0.5, 0.2, 0.2], [0.1, 0.4, 0.2, 0.3]])
    there = np.array([[0.4, 0.5, 0.2, 0.4], [0.9, 0.9, 0.9, 0.9]])
    costs = matching_cost(likely, boxes, [1, -1], there, box_weight=2.0)
    np.testing.assert_allclose(costs, [[2 * 0.3 - 0.6, 0], [2 * 0.5 - 0.1, 0]], atol=1e-12)


def said(seed=4):
    rng = np.random.default_rng(seed)
    return Found(rng.normal(size=(2, N_QUERIES, N_KINDS + 1)), rng.random((2, N_QUERIES, 4)))


def test_the_set_loss_is_that_of_its_formula():
    found = said()
    queries = by_cost(found, KINDS, BOXES)
    likely = np.exp(found.logits) / np.exp(found.logits).sum(axis=-1, keepdims=True)
    named, apart, left = [], [], {(i, q) for i in range(2) for q in range(N_QUERIES)}
    for i, j in zip(*np.nonzero(KINDS >= 0), strict=True):
        q = queries[i, j]
        left.remove((i, q))
        named.append(-np.log(likely[i, q, KINDS[i, j]]))
        apart.append(np.abs(found.boxes[i, q] - BOXES[i, j]).sum())
    silent = [-np.log(likely[i, q, -1]) for i, q in left]
    expected = np.mean(named) + BOX_WEIGHT * np.mean(apart) + NOTHING_WEIGHT * np.mean(silent)
    assert set_loss(found, KINDS, BOXES) == pytest.approx(expected)


def test_the_order_of_objects_and_of_queries_makes_no_difference_to_the_set_loss():
    found, order = said(), [2, 0, 1]
    loss = set_loss(found, KINDS, BOXES)
    assert set_loss(found, KINDS[:, order], BOXES[:, order]) == pytest.approx(loss)
    queries = [3, 1, 4, 0, 2]
    moved = Found(found.logits[:, queries], found.boxes[:, queries])
    assert set_loss(moved, KINDS, BOXES) == pytest.approx(loss)
    in_turn = set_loss(found, KINDS, BOXES, match=in_order)
    assert in_turn > loss
    assert set_loss(found, KINDS[:, [1, 0, 2]], BOXES[:, [1, 0, 2]], match=in_order) != pytest.approx(
        in_turn
    )


def test_a_scene_whose_queries_are_all_taken_has_no_silence_to_learn():
    found = Found(np.zeros((1, 2, 4)), np.full((1, 2, 4), 0.5))
    assert set_loss(found, [[0, 1]], np.full((1, 2, 4), 0.5)) == pytest.approx(np.log(4))


@pytest.mark.parametrize("alone", [False, True])
def test_the_gradient_is_that_of_differences(alone):
    def loss(params):
        found = detr(params, IMAGES, n_heads=N_HEADS, alone=alone)
        return set_loss(found[0], KINDS, BOXES) + set_loss(found[1], KINDS, BOXES)

    assert check_gradient(loss, draw_params(), step=1e-7) < 1e-4


def test_every_parameter_is_learnt_and_nothing_comes_back_through_the_choice():
    def loss(params):
        return set_loss(detr(params, IMAGES, n_heads=N_HEADS)[-1], KINDS, BOXES)

    gradients = value_and_grad(loss, draw_params())[1]
    assert all(np.abs(gradient).max() > 0 for gradient in gradients.values())
    assert not isinstance(by_cost(Found(*map(Variable, said())), KINDS, BOXES), Variable)


def test_scenes_of_a_batch_know_nothing_of_each_other():
    params = draw_params()
    together = detr(params, IMAGES, n_heads=N_HEADS)
    for i, image in enumerate(IMAGES):
        for found, one in zip(together, detr(params, image, n_heads=N_HEADS), strict=True):
            np.testing.assert_allclose(found.logits[i], one.logits, atol=1e-5)
            np.testing.assert_allclose(found.boxes[i], one.boxes, atol=1e-5)


def test_queries_have_no_order():
    params, order = draw_params(), [4, 2, 0, 1, 3]
    moved = params | {"queries": params["queries"][order]}
    one, other = (detr(some, IMAGES, n_heads=N_HEADS)[-1] for some in (params, moved))
    np.testing.assert_allclose(one.logits[:, order], other.logits, atol=1e-5)


def test_alone_no_query_learns_of_another():
    params = draw_params()
    changed = params["queries"].copy()
    changed[3, ::2] += 1
    for alone in (True, False):
        one, other = (
            detr(params | {"queries": queries}, IMAGES, n_heads=N_HEADS, alone=alone)[-1]
            for queries in (params["queries"], changed)
        )
        same = np.isclose(one.boxes, other.boxes, atol=1e-7).all(axis=(0, 2))
        assert same.tolist() == ([True] * 3 + [False, True] if alone else [False] * 5)


def test_attention_is_computed_in_the_order_of_the_blocks():
    with watching() as seen:
        detr(draw_params(), IMAGES[0], n_heads=N_HEADS)
    patches, queries = 12, N_QUERIES
    sizes = [(patches, patches)] * 2 + [(queries, queries), (queries, patches)] * 2
    assert [weights.shape for weights in seen] == [(N_HEADS, *size) for size in sizes]


def test_images_of_another_size_are_refused():
    with pytest.raises(ValueError, match="images must have 12 patches of side 2, got 9"):
        read(draw_params(), np.zeros((6, 6)), n_heads=N_HEADS)


def test_what_is_said_is_what_is_likelier_than_nothing_the_surest_first():
    logits = np.zeros((1, 3, 4))
    logits[0, 0, 3] = 2  # nothing
    logits[0, 1, 2] = 1
    logits[0, 2, 0] = 3
    boxes = np.arange(12.0).reshape(1, 3, 4)
    (first, second) = spoken(Found(logits, boxes))[0]
    assert (first.kind, first.query, second.kind, second.query) == (0, 2, 2, 1)
    np.testing.assert_array_equal(first.box, boxes[0, 2])
    assert first.likely == pytest.approx(np.exp(3) / (np.exp(3) + 3))


def test_components_hang_together_by_their_sides():
    image = np.array([[1, 1, 0, 1], [0, 1, 0, 1], [1, 0, 0, 1]])
    parts = components(image, bright=0.5, least=1)
    assert [len(part) for part in parts] == [3, 3, 1]
    assert components(image, bright=0.5, least=4) == []


def test_the_simple_detector_finds_what_stands_apart_and_joins_what_touches():
    apart = shapes.draw([0, 2], [(0.25, 0.25, 0.3, 0.4), (0.75, 0.7, 0.4, 0.4)], [0.6, 1.0])
    found = detect_components(apart)
    assert sorted(kind for kind, _ in found) == [0, 2]
    np.testing.assert_allclose(found[0][1] if found[0][0] == 0 else found[1][1], [0.25, 0.25, 0.3, 0.4])
    touching = shapes.draw([0, 0], [(0.3, 0.5, 0.4, 0.4), (0.65, 0.5, 0.3, 0.3)], [0.6, 1.0])
    assert len(detect_components(touching)) == 1


def test_objects_stand_from_left_to_right_and_what_is_not_there_last():
    kinds = np.array([[2, 0, 1], [1, 2, -1]])
    across = np.array([[0.6, 0.3, 0.4], [0.5, 0.2, 0.0]])
    boxes = np.stack([across, 1 - across, across + 2, across + 3], axis=-1)
    kinds, boxes = detection.from_left_to_right(kinds, boxes)
    assert kinds.tolist() == [[0, 1, 2], [2, 1, -1]]
    np.testing.assert_array_equal(boxes[..., 0], [[0.3, 0.4, 0.6], [0.2, 0.5, 0.0]])
    np.testing.assert_allclose(boxes[..., 1], 1 - boxes[..., 0])


def test_matching_beats_a_fixed_order_and_touching_shapes_part_the_detectors():
    results = {way: load(f"detr-{way}").record["results"] for way in detection.WAYS}
    simple = load("detr-matched").record["baselines"]
    assert results["matched"]["f1"] > results["alone"]["f1"] + 0.01
    assert results["matched"]["f1"] > results["ordered"]["f1"] + 0.02
    assert results["matched"]["f1 touching"] > simple["f1 touching of components"] + 0.3
    assert results["alone"]["duplicates"] > 1.3 * results["matched"]["duplicates"]
