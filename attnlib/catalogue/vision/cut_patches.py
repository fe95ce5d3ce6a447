"""Pictures cut into square patches, each a row of its pixels."""

import numpy as np

from attnlib.catalogue.vision import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import vision


def _cut_patches(images, size):
    return vision.to_patches(images, size)


def cut_in_lines(images, size):
    return images.reshape(*images.shape[:-2], -1, size * size)


def cut_column_by_column(images, size):
    *leading, height, width = images.shape
    grid = images.reshape(*leading, height // size, size, width // size, size)
    return np.moveaxis(grid, -2, -4).reshape(*leading, -1, size * size)


def cut_pixels_downwards(images, size):
    *leading, height, width = images.shape
    grid = images.reshape(*leading, height // size, size, width // size, size).swapaxes(-3, -2)
    return grid.swapaxes(-2, -1).reshape(*leading, -1, size * size)


def cut_from_the_transpose(images, size):
    turned = images.swapaxes(-2, -1)
    *leading, height, width = turned.shape
    grid = turned.reshape(*leading, height // size, size, width // size, size).swapaxes(-3, -2)
    return grid.reshape(*leading, -1, size * size)


def cut_far_apart(images, size):
    *leading, height, width = images.shape
    grid = images.reshape(*leading, size, height // size, size, width // size)
    return np.moveaxis(grid, (-4, -2), (-2, -1)).reshape(*leading, -1, size * size)


def cut_pixels_for_patches(images, size):
    *leading, height, width = images.shape
    grid = images.reshape(*leading, height // size, size, width // size, size).swapaxes(-3, -2)
    return grid.reshape(*leading, -1, size * size).swapaxes(-2, -1)


def cut_left_square(images, size):
    *leading, height, width = images.shape
    grid = images.reshape(*leading, height // size, size, width // size, size).swapaxes(-3, -2)
    return grid.reshape(*leading, -1, size, size)


def cut_with_a_grid(images, size):
    *leading, height, width = images.shape
    grid = images.reshape(*leading, height // size, size, width // size, size).swapaxes(-3, -2)
    return grid.reshape(*leading, height // size, width // size, size * size)


def cut_all_pictures_together(images, size):
    height, width = images.shape[-2:]
    grid = images.reshape(-1, height // size, size, width // size, size).swapaxes(-3, -2)
    return grid.reshape(-1, size * size)


def cut_overlapping(images, size):
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(-2, -1))
    return windows.reshape(*images.shape[:-2], -1, size * size)


def cut_as_many_as_size(images, size):
    *leading, height, width = images.shape
    high, wide = height // size, width // size
    grid = images.reshape(*leading, size, high, size, wide).swapaxes(-3, -2)
    return grid.reshape(*leading, size * size, high * wide)


def _visible():
    return [
        Case((np.arange(8.0).reshape(2, 4), 2)),
        Case((np.arange(24.0).reshape(4, 6), 2)),
        Case((np.arange(54.0).reshape(9, 6), 3)),
        Case((np.arange(48.0).reshape(2, 4, 6) / 8, 2)),
        Case((np.arange(6.0).reshape(2, 3), 1)),
    ]


def _hidden(rng):
    return [
        Case((rng.random((6, 10)), 2)),
        Case((rng.random((3, 15, 9)), 3)),
        Case((rng.random((2, 3, 10, 15)), 5)),
        Case((rng.integers(0, 17, size=(5, 4, 8)), 4)),
        Case((rng.random((7, 7)), 7)),
        Case((rng.random((1, 3, 2)), 1)),
    ]


EXERCISE = Exercise(
    name="cut_patches",
    section=f"{PAGE}#vit-patches",
    reference=_cut_patches,
    visible=_visible,
    hidden=_hidden,
    seals=(vision.to_patches, vision.from_patches),
    axes=("patch", "pixel"),
    misconceptions=(
        Misconception(
            "cut in lines",
            "The shape is right, but a row holds pixels that follow each other along a line of the "
            "picture; a patch has pixels of several lines.",
            cut_in_lines,
        ),
        Misconception(
            "column by column",
            "The patches go down the columns first; they are read like words, from left to right and then "
            "the next row.",
            cut_column_by_column,
        ),
        Misconception(
            "pixels downwards",
            "Within a patch the pixels go down its columns; they go along its rows.",
            cut_pixels_downwards,
        ),
        Misconception(
            "the picture turned over",
            "Rows and columns of the picture are exchanged before it is cut.",
            cut_from_the_transpose,
        ),
        Misconception(
            "pixels that are far apart",
            "A patch here has pixels from all over the picture; when an axis is split in two, the number "
            "of patches stands before the number of pixels.",
            cut_far_apart,
        ),
        Misconception(
            "pixels for patches",
            "The last two axes are exchanged: patches first, and the pixels of each last.",
            cut_pixels_for_patches,
        ),
        Misconception(
            "patches left square",
            "Each patch is still a square; a token is one row of numbers.",
            cut_left_square,
        ),
        Misconception(
            "patches left in a grid",
            "The patches stand in rows and columns; a sentence of them has one axis.",
            cut_with_a_grid,
        ),
        Misconception(
            "all pictures in one",
            "The patches of all pictures stand in one row; each picture keeps its own.",
            cut_all_pictures_together,
        ),
        Misconception(
            "patches that overlap",
            "A patch begins at every pixel; the next one begins where the last one ends.",
            cut_overlapping,
        ),
        Misconception(
            "size patches in place of size pixels",
            "The picture is cut into `size` patches on a side; a patch has `size` pixels on a side.",
            cut_as_many_as_size,
        ),
    ),
    properties=(
        Property(
            "Cutting changes no number: each picture's patches hold its pixels, each once.",
            lambda case, got: (
                got.size == case.args[0].size
                and np.array_equal(np.sort(got, axis=None), np.sort(case.args[0], axis=None))
            ),
        ),
    ),
)
