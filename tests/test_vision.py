"""Patches and back, the Vision Transformer, and what its pictures hold."""

import re

import numpy as np
import pytest

from attnlib.autodiff import check_gradient
from attnlib.data.digits import CELL, Digits, digits, nearest, neighbours, scene, scenes, shifted
from attnlib.layers import cross_entropy, watching
from attnlib.models.vision import from_patches, picture_loss, see, to_patches, vision_params, vit

N_HEADS, SIZE, SHAPE, N_CLASSES = 3, 2, (6, 10), 7
PATCHES = np.random.default_rng(3).random((5, 15, 4))
KINDS = np.array([0, 6, 2, 2, 5])


def draw_params(*, positions=True, seed=0):
    """Return parameters that are all away from their first values, so that each matters."""
    rng = np.random.default_rng(seed)
    sizes = {"d_model": 12, "n_heads": N_HEADS, "n_layers": 2, "d_hidden": 19, "n_classes": N_CLASSES}
    params = vision_params(rng, shape=SHAPE, size=SIZE, positions=positions, **sizes)
    return {k: v + 0.3 * rng.standard_normal(v.shape).astype(np.float32) for k, v in params.items()}


def test_patches_are_the_squares_of_the_picture_row_by_row():
    images = np.arange(2 * 3 * 6 * 10).reshape(2, 3, 6, 10)
    patches = to_patches(images, SIZE)
    assert patches.shape == (2, 3, 15, 4)
    for place in range(15):
        row, column = divmod(place, 5)
        square = images[..., 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        np.testing.assert_array_equal(patches[..., place, :], square.reshape(2, 3, 4))


def test_patches_of_colours_keep_the_numbers_of_a_pixel_together():
    images = np.random.default_rng(2).random((2, 6, 10, 3)).astype(np.float32)
    patches = to_patches(images, SIZE, channels=True)
    assert (patches.shape, patches.dtype) == ((2, 15, 12), np.float32)
    for channel in range(3):
        alone = to_patches(images[..., channel], SIZE)
        np.testing.assert_array_equal(patches[..., channel::3], alone)
    np.testing.assert_array_equal(
        to_patches(images[..., :1], SIZE, channels=True), to_patches(images[..., 0], SIZE)
    )
    assert to_patches(images[:0], SIZE, channels=True).shape == (0, 15, 12)


@pytest.mark.parametrize(("shape", "size"), [((6, 10), 2), ((15, 5), 5), ((7, 3), 1), ((4, 4), 4)])
def test_patches_go_back_to_the_picture(shape, size):
    images = np.random.default_rng(1).random((2, 3, *shape))
    np.testing.assert_array_equal(from_patches(to_patches(images, size), shape), images)


def test_gradient_of_a_whole_vit_agrees_with_finite_differences():
    for positions in (True, False):
        params = draw_params(positions=positions)
        assert check_gradient(lambda p: picture_loss(p, PATCHES, KINDS, n_heads=N_HEADS), params) < 1e-6


def test_the_loss_is_the_surprise_at_what_the_class_token_says():
    params = draw_params()
    logits = vit(params, PATCHES, n_heads=N_HEADS)
    tokens = see(params, PATCHES, n_heads=N_HEADS)
    assert tokens.shape == (5, 16, 12)
    np.testing.assert_allclose(logits, tokens[:, 0] @ params["out.w"] + params["out.b"], rtol=1e-5)
    loss = picture_loss(params, PATCHES, KINDS, n_heads=N_HEADS)
    assert loss == pytest.approx(cross_entropy(logits, KINDS))
    np.testing.assert_allclose(vit(params, PATCHES[2], n_heads=N_HEADS), logits[2], atol=1e-5)


def test_without_positions_the_order_of_the_patches_is_nothing():
    order = np.random.default_rng(5).permutation(15)
    params = draw_params(positions=False)
    before, after = (vit(params, patches, n_heads=N_HEADS) for patches in (PATCHES, PATCHES[:, order]))
    np.testing.assert_allclose(after, before, atol=1e-5)
    params = draw_params()
    before, after = (vit(params, patches, n_heads=N_HEADS) for patches in (PATCHES, PATCHES[:, order]))
    assert np.abs(after - before).max() > 1e-2


def test_one_order_for_all_is_learnt_away_by_the_positions():
    params, order = draw_params(), np.random.default_rng(5).permutation(15)
    moved = params["positions"][np.concatenate([[0], 1 + order])]
    np.testing.assert_allclose(
        vit(params | {"positions": moved}, PATCHES[:, order], n_heads=N_HEADS),
        vit(params, PATCHES, n_heads=N_HEADS),
        atol=1e-5,
    )


def test_every_block_is_watched_with_the_class_token_first():
    with watching() as seen:
        vit(draw_params(), PATCHES, n_heads=N_HEADS)
    assert [weights.shape for weights in seen] == [(5, N_HEADS, 16, 16)] * 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: to_patches(np.zeros((6, 9)), 4), "sides that 4 divides: expected (..., H, W), got (6, 9)"),
        (lambda: to_patches(np.zeros(6), 2), "expected (..., H, W), got (6,)"),
        (lambda: to_patches(np.zeros((6, 4)), 2, channels=True), "expected (..., H, W, C), got (6, 4)"),
        (lambda: to_patches(np.zeros((6, 9, 3)), 4, channels=True), "4 divides: expected (..., H, W, C)"),
        (lambda: to_patches(np.zeros((6, 9)), 0), "size must be at least 1, got 0"),
        (lambda: from_patches(np.zeros((4, 5)), (4, 5)), "squares that make up (4, 5): got (4, 5)"),
        (lambda: from_patches(np.zeros((4, 4)), (4, 6)), "squares that make up (4, 6): got (4, 4)"),
        (lambda: from_patches(np.zeros((4, 4)), (2, 8, 1)), "shape must be (H, W), got (2, 8, 1)"),
        (
            lambda: vit(draw_params(), PATCHES[:, 1:], n_heads=N_HEADS),
            "patches must be 15 a picture, got 14",
        ),
        (
            lambda: vit(draw_params(), PATCHES[0, 0], n_heads=N_HEADS),
            "patches must have tokens and features",
        ),
        (
            lambda: vit(draw_params(), PATCHES[..., 1:], n_heads=N_HEADS),
            "w must have a row for each feature of x: expected (3, d_out), got (4, 12)",
        ),
        (
            lambda: vision_params(
                np.random.default_rng(0),
                shape=(6, 9),
                size=2,
                n_classes=3,
                d_model=4,
                n_layers=1,
                n_heads=2,
            ),
            "images must have sides that 2 divides",
        ),
        (lambda: scene(np.zeros((8, 8)), np.zeros((8, 8)), (3, 3)), "places must be two different ones"),
        (lambda: scene(np.zeros((8, 8)), np.zeros((8, 8)), (3, 9)), "of 0 to 8, got [3, 9]"),
    ],
)
def test_arguments_that_do_not_fit(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_all_digits_are_there():
    images, labels = digits()
    assert images.shape == (1797, 8, 8)
    assert images.dtype == np.float32
    assert np.array_equal(images * 16, np.round(images * 16))
    assert (images.min(), images.max()) == (0, 1)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    drawn = ["".join("#" if ink > 0.5 else "." for ink in row) for row in images[0]]
    assert drawn == [
        "...##...",
        "..####..",
        "..#..#..",
        "..#.....",
        ".....#..",
        "..#..#..",
        "..#.##..",
        "...##...",
    ]


def test_a_scene_has_two_digits_and_one_frame():
    known = Digits(*(array[:100] for array in digits()))
    drawn = scenes(np.random.default_rng(7), *known, 50)
    assert drawn.images.shape == (50, 30, 30)
    for picture, label, (first, second), other in zip(*drawn, strict=True):
        for place in range(9):
            row, column = (CELL * i for i in divmod(place, 3))
            cell = picture[row : row + CELL, column : column + CELL]
            edge = np.concatenate([cell[[0, -1]].ravel(), cell[:, [0, -1]].ravel()])
            assert (edge == (place == first)).all()
            shown = cell[1:-1, 1:-1]
            if place not in (first, second):
                assert not shown.any()
                continue
            found = (known.images == shown).all(axis=(1, 2))
            assert (label if place == first else other) in known.labels[found]
    assert len(set(map(tuple, drawn.places.tolist()))) > 30


def test_a_scene_is_drawn_alone_or_with_others():
    images = digits().images
    many = scene(images[:6], images[6:12], [[0, 8], [8, 0], [3, 4], [5, 1], [2, 6], [7, 2]])
    np.testing.assert_array_equal(many[3], scene(images[3], images[9], (5, 1)))
    np.testing.assert_array_equal(scene(images[:6], images[6:12], (5, 1))[3], many[3])


def test_pictures_move_by_a_pixel_at_most():
    images = np.random.default_rng(2).random((300, 5, 7))
    moved = shifted(np.random.default_rng(3), images)
    seen = set()
    for before, after in zip(images, moved, strict=True):
        wide = np.pad(before, 1)
        ways = [(y, x) for y in range(3) for x in range(3) if (wide[y : y + 5, x : x + 7] == after).all()]
        assert len(ways) == 1
        seen.update(ways)
    assert len(seen) == 9


def test_neighbours_vote():
    known = np.array([[0.0], [1.0], [2.0], [10.0], [11.0]])
    labels = [3, 5, 5, 1, 1]
    np.testing.assert_array_equal(nearest(known, [[1.9], [-4.0]], 2), [[2, 1], [0, 1]])
    np.testing.assert_array_equal(neighbours(known, labels, [[0.2], [9.0]]), [5, 1])
    np.testing.assert_array_equal(neighbours(known, labels, [[0.2], [9.0]], k=1), [3, 1])
