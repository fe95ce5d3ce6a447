"""Patches put together to the pictures that they were cut from."""

import numpy as np

from attnlib.catalogue.vision import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import vision


def _join_patches(patches, height, width):
    return vision.from_patches(patches, (height, width))


def join_in_lines(patches, height, width):
    return patches.reshape(*patches.shape[:-2], height, width)


def join_column_by_column(patches, height, width):
    size = round(patches.shape[-1] ** 0.5)
    grid = patches.reshape(*patches.shape[:-2], width // size, height // size, size, size)
    return np.moveaxis(grid, -4, -2).reshape(*patches.shape[:-2], height, width)


def join_pixels_downwards(patches, height, width):
    size = round(patches.shape[-1] ** 0.5)
    grid = patches.reshape(*patches.shape[:-2], height // size, width // size, size, size)
    return grid.swapaxes(-2, -1).swapaxes(-3, -2).reshape(*patches.shape[:-2], height, width)


def join_turned_over(patches, height, width):
    size = round(patches.shape[-1] ** 0.5)
    grid = patches.reshape(*patches.shape[:-2], height // size, width // size, size, size)
    picture = grid.swapaxes(-3, -2).reshape(*patches.shape[:-2], height, width)
    return picture.swapaxes(-2, -1)


def join_far_apart(patches, height, width):
    size = round(patches.shape[-1] ** 0.5)
    grid = patches.reshape(*patches.shape[:-2], height // size, width // size, size, size)
    return np.moveaxis(grid, (-2, -1), (-4, -2)).reshape(*patches.shape[:-2], height, width)


def join_in_a_square(patches, height, width):
    size, n = round(patches.shape[-1] ** 0.5), round(patches.shape[-2] ** 0.5)
    grid = patches.reshape(*patches.shape[:-2], n, n, size, size).swapaxes(-3, -2)
    return grid.reshape(*patches.shape[:-2], n * size, n * size)


def join_sides_exchanged(patches, height, width):
    size = round(patches.shape[-1] ** 0.5)
    grid = patches.reshape(*patches.shape[:-2], width // size, height // size, size, size).swapaxes(-3, -2)
    return grid.reshape(*patches.shape[:-2], width, height)


def join_in_one_row(patches, height, width):
    size = round(patches.shape[-1] ** 0.5)
    squares = patches.reshape(*patches.shape[:-1], size, size)
    return np.moveaxis(squares, -3, -2).reshape(*patches.shape[:-2], size, -1)


def join_below_each_other(patches, height, width):
    size = round(patches.shape[-1] ** 0.5)
    return patches.reshape(*patches.shape[:-2], patches.shape[-2] * size, size)


def join_the_first_picture(patches, height, width):
    size = round(patches.shape[-1] ** 0.5)
    first = patches.reshape(-1, *patches.shape[-2:])[0]
    grid = first.reshape(height // size, width // size, size, size).swapaxes(-3, -2)
    return grid.reshape(height, width)


def _visible():
    return [
        Case((np.array([[0.0, 1.0, 4.0, 5.0], [2.0, 3.0, 6.0, 7.0]]), 2, 4)),
        Case((np.array([[0.0, 1.0, 4.0, 5.0], [2.0, 3.0, 6.0, 7.0]]), 4, 2)),
        Case((np.arange(54.0).reshape(6, 9), 9, 6)),
        Case((np.arange(32.0).reshape(2, 4, 4), 4, 4)),
        Case((np.arange(6.0).reshape(6, 1), 2, 3)),
    ]


def _hidden(rng):
    return [
        Case((rng.random((15, 4)), 6, 10)),
        Case((rng.random((3, 15, 9)), 15, 9)),
        Case((rng.random((2, 3, 6, 25)), 10, 15)),
        Case((rng.integers(0, 17, size=(5, 2, 16)), 4, 8)),
        Case((rng.random((1, 49)), 7, 7)),
    ]


EXERCISE = Exercise(
    name="join_patches",
    section=f"{PAGE}#vit-patches",
    reference=_join_patches,
    visible=_visible,
    hidden=_hidden,
    seals=(vision.to_patches, vision.from_patches),
    axes=("row", "column"),
    misconceptions=(
        Misconception(
            "joined in lines",
            "The numbers of one patch are laid along a line of the picture; a patch covers several lines.",
            join_in_lines,
        ),
        Misconception(
            "column by column",
            "The patches are laid down the columns first; they come row by row, like words.",
            join_column_by_column,
        ),
        Misconception(
            "pixels downwards",
            "The numbers of a patch are laid down its columns; they go along its rows.",
            join_pixels_downwards,
        ),
        Misconception(
            "the picture turned over",
            "Rows and columns of the picture are exchanged.",
            join_turned_over,
        ),
        Misconception(
            "pixels far apart",
            "The numbers of one patch are spread all over the picture; they stand next to each other.",
            join_far_apart,
        ),
        Misconception(
            "as many down as across",
            "As many patches are laid below each other as side by side, so that every picture is square; "
            "`height` and `width` say how many there are.",
            join_in_a_square,
        ),
        Misconception(
            "height and width exchanged",
            "Height and width are exchanged: rows come first in a shape.",
            join_sides_exchanged,
        ),
        Misconception(
            "all in one row",
            "All patches stand side by side; after each `width` pixels a new row of patches begins.",
            join_in_one_row,
        ),
        Misconception(
            "all below each other",
            "All patches stand below each other; across the picture there is room for several.",
            join_below_each_other,
        ),
        Misconception(
            "one picture of many",
            "Only the first picture comes back; the others have patches, too.",
            join_the_first_picture,
        ),
    ),
    properties=(
        Property(
            "Joining changes no number: each picture holds the pixels of its patches, each once.",
            lambda case, got: (
                got.size == case.args[0].size
                and np.array_equal(np.sort(got, axis=None), np.sort(case.args[0], axis=None))
            ),
        ),
    ),
)
