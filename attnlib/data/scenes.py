"""Scenes of coloured shapes on a grid, as pictures, and their descriptions in words.

"a red circle above a blue square": what is named first is higher up, or further left in the same row.
"""

from typing import NamedTuple

import numpy as np

from attnlib._arrays import require_count
from attnlib.data.vocabulary import Vocabulary

#: The colours: red, green and blue from 0 to 1.
COLOURS = {
    "red": (1.0, 0.1, 0.1),
    "green": (0.1, 0.9, 0.1),
    "blue": (0.2, 0.3, 1.0),
    "yellow": (1.0, 1.0, 0.1),
}
SHAPES = ("circle", "square", "triangle", "cross")
#: Cells along each side of a scene, and pixels along each side of a cell.
GRID, CELL = 4, 8
N_CELLS = GRID * GRID
PADDING, START, END = "<padding>", "<start>", "<end>"
MOST = 3


class Thing(NamedTuple):
    """What is in a cell.

    Attributes
    ----------
    cell : int
        From 0 to 15, row by row from the top left.
    colour, shape : str
        Of `COLOURS` and `SHAPES`.
    """

    cell: int
    colour: str
    shape: str


def scene(rng, *, n_things):
    """Draw a scene: things in different cells.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_things : int
        How many, at most 16.

    Returns
    -------
    tuple of Thing
        In the order of their cells.

    Raises
    ------
    TypeError
        If the number isn't an integer.
    ValueError
        If it is out of range.

    Examples
    --------
    >>> for thing in scene(np.random.default_rng(0), n_things=2):
    ...     print(*thing)
    2 blue circle
    11 yellow triangle
    """
    if require_count("n_things", n_things, 1) > N_CELLS:
        raise ValueError(f"n_things must be at most {N_CELLS}, got {n_things}")
    cells = sorted(rng.permutation(N_CELLS)[:n_things].tolist())
    looks = rng.integers(4, size=(n_things, 2))
    return tuple(
        Thing(cell, tuple(COLOURS)[colour], SHAPES[shape])
        for cell, (colour, shape) in zip(cells, looks, strict=True)
    )


def describe(things):
    """Return the description of a scene, and for each word the cell that it speaks of.

    Parameters
    ----------
    things : iterable of Thing
        In any order.

    Returns
    -------
    text : str
        Each thing with its article, colour and shape; between two, ``above`` if the next one is in a lower
        row, and ``beside`` if it is in the same.
    origins : tuple of int
        The cell of each colour and each shape, and -1 for the other words.

    Examples
    --------
    >>> text, origins = describe([Thing(6, "red", "circle"), Thing(0, "blue", "cross")])
    >>> text
    'a blue cross above a red circle'
    >>> origins
    (-1, 0, 0, -1, -1, 6, 6)
    """
    words, origins, row = [], [], None
    for cell, colour, shape in sorted(things):
        if row is not None:
            words.append("beside" if cell // GRID == row else "above")
            origins.append(-1)
        words += ["a", colour, shape]
        origins += [-1, cell, cell]
        row = cell // GRID
    return " ".join(words), tuple(origins)


def draw(things, rng=None):
    """Return the picture of a scene, on a black ground.

    Parameters
    ----------
    things : iterable of Thing
        At most one in each cell.
    rng : numpy.random.Generator, optional
        Things are moved and made smaller a little, their colours shaded, and every pixel is noisy. Without
        it, all is as plain as can be.

    Returns
    -------
    ndarray of float32, shape (32, 32, 3)
        Red, green and blue; about 0 to 1.
    """
    size = GRID * CELL
    picture = np.zeros((size, size, 3)) if rng is None else rng.normal(0, 0.1, (size, size, 3))
    for cell, colour, shape in things:
        row, column = (CELL * place for place in divmod(cell, GRID))
        moved = (0.0, 0.0) if rng is None else rng.uniform(-0.6, 0.6, 2)
        radius = 3.1 if rng is None else rng.uniform(2.7, 3.4)
        shade = np.array(COLOURS[colour]) + (0.0 if rng is None else rng.normal(0, 0.08, 3))
        picture[row : row + CELL, column : column + CELL][_outline(shape, moved, radius)] = shade
    return picture.astype(np.float32)


def _outline(shape, moved, radius):
    """Return which pixels of a cell a shape covers."""
    y, x = np.mgrid[:CELL, :CELL] + 0.5 - CELL / 2
    x, y = x - moved[0], y - moved[1]
    if shape == "circle":
        return x * x + y * y <= 1.05 * radius * radius
    if shape == "square":
        return (np.abs(x) <= 0.85 * radius) & (np.abs(y) <= 0.85 * radius)
    if shape == "triangle":
        return (y <= radius) & (y >= 2 * np.abs(x) - radius)
    thin, long = 0.35 * radius, radius
    return ((np.abs(x) < thin) & (np.abs(y) <= long)) | ((np.abs(y) < thin) & (np.abs(x) <= long))


def vocabulary():
    """Return the words of all descriptions, with padding, start and end before them."""
    return Vocabulary([PADDING, START, END, "a", "above", "beside", *COLOURS, *SHAPES])
