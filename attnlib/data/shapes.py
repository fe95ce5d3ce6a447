"""Scenes of one to three shapes that may touch, each with its box: what a detector is to find."""

from typing import NamedTuple

import numpy as np

#: What stands in a scene, in the order of their numbers.
KINDS = ("rectangle", "ellipse", "triangle")
#: The side of a scene, in pixels.
SIDE = 20
#: At most so many shapes stand in one.
MOST = 3
#: The width and the height of a shape, in pixels, lie between these.
SIZES = (5.0, 9.0)
#: The grey of a shape on the black ground lies between these.
SHADES = (0.5, 1.0)
#: The standard deviation of what is added to every pixel.
NOISE = 0.08
#: Two boxes share at most this part of the smaller one.
COVERED = 0.1

_CENTRES = np.arange(SIDE) + 0.5


class Scenes(NamedTuple):
    """What `scenes` returns.

    Attributes
    ----------
    images : ndarray of float32, shape (n, SIDE, SIDE)
        Greys, with noise.
    kinds : ndarray of int, shape (n, MOST)
        Which of `KINDS` each shape is, and -1 where there is no further one.
    boxes : ndarray of float32, shape (n, MOST, 4)
        Centre (across, down), width and height of each shape, as shares of the side; 0 where there is none.
    """

    images: np.ndarray
    kinds: np.ndarray
    boxes: np.ndarray


def draw(kinds, boxes, shades):
    """Draw shapes into an empty scene, one after another.

    Parameters
    ----------
    kinds : iterable of int
        Which of `KINDS` each is.
    boxes : iterable of array_like, shape (4,)
        Centre (across, down), width and height of each, as shares of the side.
    shades : iterable of float
        The grey of each; one that is drawn later covers those before.

    Returns
    -------
    ndarray of float, shape (SIDE, SIDE)
        The scene, without noise: a pixel belongs to a shape if its middle does.

    Examples
    --------
    >>> image = draw([0], [(0.5, 0.5, 0.3, 0.2)], [1.0])
    >>> int(image.sum())
    24
    """
    image = np.zeros((SIDE, SIDE))
    for kind, box, shade in zip(kinds, boxes, shades, strict=True):
        across, down, width, height = np.asarray(box, dtype=float) * SIDE
        x = (_CENTRES[None, :] - across) / (width / 2)  # from -1 to 1 in the box
        y = (_CENTRES[:, None] - down) / (height / 2)
        inside = (np.abs(x) <= 1) & (np.abs(y) <= 1)
        if kind == KINDS.index("ellipse"):
            inside = x * x + y * y <= 1
        elif kind == KINDS.index("triangle"):
            inside = inside & (2 * np.abs(x) - 1 <= y)
        image[inside] = shade
    return image


def scene(rng):
    """Draw a scene by chance.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    image : ndarray of float, shape (SIDE, SIDE)
        With noise.
    kinds : list of int
        Which of `KINDS` stand in it: one to `MOST`, in no order.
    boxes : list of ndarray of float, shape (4,)
        As in `Scenes`.

    Notes
    -----
    A shape whose box would cover too much of another's is drawn anew; a scene into which the last won't fit
    is begun anew, so that all numbers of shapes are equally frequent.
    """
    n = int(rng.integers(1, MOST + 1))
    while True:
        boxes = []
        for _ in range(20 * n):
            width, height = rng.uniform(*SIZES, size=2)
            across = rng.uniform(width / 2, SIDE - width / 2)
            down = rng.uniform(height / 2, SIDE - height / 2)
            box = np.array([across, down, width, height]) / SIDE
            if all(_shared(box, other) <= COVERED for other in boxes):
                boxes.append(box)
            if len(boxes) == n:
                kinds = rng.integers(len(KINDS), size=n).tolist()
                image = draw(kinds, boxes, rng.uniform(*SHADES, size=n))
                return image + rng.normal(0, NOISE, image.shape), kinds, boxes


def scenes(rng, n):
    """Draw scenes by chance, padded to the same number of shapes.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n : int
        How many.

    Returns
    -------
    Scenes
        ``images, kinds, boxes``.

    Examples
    --------
    >>> drawn = scenes(np.random.default_rng(0), 2)
    >>> [array.shape for array in drawn]
    [(2, 20, 20), (2, 3), (2, 3, 4)]
    """
    images = np.zeros((n, SIDE, SIDE), np.float32)
    kinds = np.full((n, MOST), -1)
    boxes = np.zeros((n, MOST, 4), np.float32)
    for i in range(n):
        images[i], found, where = scene(rng)
        kinds[i, : len(found)], boxes[i, : len(found)] = found, where
    return Scenes(images, kinds, boxes)


def _shared(box, other):
    """Return how much of the smaller of two boxes the other covers."""
    shared = 1.0
    for axis in range(2):
        ends = [(b[axis] - b[axis + 2] / 2, b[axis] + b[axis + 2] / 2) for b in (box, other)]
        shared *= max(0.0, min(ends[0][1], ends[1][1]) - max(ends[0][0], ends[1][0]))
    return shared / min(box[2] * box[3], other[2] * other[3])
