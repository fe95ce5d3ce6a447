"""Handwritten digits, and pictures of two of them of which one is framed.

The digits are those of E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", 1998, UCI
Machine Learning Repository, https://doi.org/10.24432/C50P49, licensed under CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/): its test set, 1,797 digits from 13 hands, in its order. Only
the file's format was changed.
"""

import functools
import math
from importlib import resources
from typing import NamedTuple

import numpy as np

from attnlib._arrays import require_count

#: Pixels on a side of a digit, and the most that one holds.
SIDE, FULL = 8, 16
#: Places on a side of a scene, and pixels on a side of each: a digit, and a frame around it.
PLACES, CELL = 3, SIDE + 2


class Digits(NamedTuple):
    """What `digits` returns.

    Attributes
    ----------
    images : ndarray of float32, shape (n, 8, 8)
        Ink from 0 to 1, in sixteenths.
    labels : ndarray of int, shape (n,)
        Which digit each is.
    """

    images: np.ndarray
    labels: np.ndarray


class Scenes(NamedTuple):
    """What `scenes` returns.

    Attributes
    ----------
    images : ndarray of float32, shape (n, 30, 30)
        Two digits among nine places, one in a frame.
    labels : ndarray of int, shape (n,)
        Which digit is framed.
    places : ndarray of int, shape (n, 2)
        Where the framed digit stands, and where the other: 0 to 8, from left to right and top to bottom.
    others : ndarray of int, shape (n,)
        Which digit is not framed.
    """

    images: np.ndarray
    labels: np.ndarray
    places: np.ndarray
    others: np.ndarray


@functools.cache
def _stored():
    with (
        resources.as_file(resources.files("attnlib.data") / "digits.npz") as path,
        np.load(path) as stored,
    ):
        return stored["images"], stored["labels"]


def digits():
    """Return all digits, in the order in which they were collected.

    Returns
    -------
    Digits
        ``images, labels``.

    Notes
    -----
    One hand's digits stand together.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, labels[:12]
    ((1797, 8, 8), array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]))
    """
    images, labels = _stored()
    return Digits(images.astype(np.float32) / FULL, labels.astype(int))


def shifted(rng, images):
    """Return pictures moved by up to a pixel in each direction, at random.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    images : ndarray of float, shape (n, H, W)
        The pictures.

    Returns
    -------
    ndarray of float, shape (n, H, W)
        What they show, elsewhere; what is moved over the edge is gone.
    """
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, images.shape[1:], axis=(1, 2))
    down, right = rng.integers(3, size=(2, len(images)))
    return windows[np.arange(len(images)), down, right]


def scene(framed, other, places):
    """Return two digits in one picture, with a frame around the first.

    Parameters
    ----------
    framed, other : array_like of float, shape (..., 8, 8)
        The digits.
    places : array_like of int, shape (..., 2)
        Where each stands, 0 to 8, from left to right and from top to bottom.

    Returns
    -------
    ndarray of float32, shape (..., 30, 30)
        The picture.

    Raises
    ------
    ValueError
        If there are no such places, or the two are the same.
    """
    framed, other, places = np.asarray(framed), np.asarray(other), np.asarray(places)
    outside = (places < 0) | (places >= PLACES**2)
    if outside.any() or (places[..., 0] == places[..., 1]).any():
        raise ValueError(
            f"places must be two different ones of 0 to {PLACES**2 - 1}, got {places.tolist()}"
        )
    leading = framed.shape[:-2]
    pictures = np.zeros((math.prod(leading), PLACES, CELL, PLACES, CELL), np.float32)
    each, where = np.arange(len(pictures)), np.broadcast_to(places, (*leading, 2)).reshape(-1, 2)
    for digit, place, frame in ((framed, where[:, 0], 1.0), (other, where[:, 1], 0.0)):
        cells = np.full((len(pictures), CELL, CELL), frame, np.float32)
        cells[:, 1:-1, 1:-1] = digit.reshape(-1, SIDE, SIDE)
        pictures[each, place // PLACES, :, place % PLACES, :] = cells
    return pictures.reshape(*leading, PLACES * CELL, PLACES * CELL)


def scenes(rng, images, labels, n):
    """Draw pictures of two digits, one of them framed.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    images : ndarray of float, shape (m, 8, 8)
        The digits to draw from.
    labels : ndarray of int, shape (m,)
        What they are.
    n : int
        How many pictures.

    Returns
    -------
    Scenes
        ``images, labels, places, others``.

    Examples
    --------
    >>> drawn = scenes(np.random.default_rng(0), *digits(), 5)
    >>> drawn.images.shape, drawn.labels, drawn.others
    ((5, 30, 30), array([2, 5, 3, 3, 9]), array([9, 5, 9, 6, 5]))
    """
    framed, other = rng.integers(len(images), size=(2, n))
    places = np.argsort(rng.random((n, PLACES**2)), axis=1)[:, :2]
    return Scenes(scene(images[framed], images[other], places), labels[framed], places, labels[other])


def neighbours(images, labels, asked, *, k=3):
    """Return what the `k` nearest known pictures show, by vote, for each that is asked for.

    Parameters
    ----------
    images : array_like of float, shape (m, ...)
        The known pictures.
    labels : array_like of int, shape (m,)
        What they show.
    asked : array_like of float, shape (n, ...)
        The others.
    k : int, default 3
        How many vote; of those with as many votes the smallest number wins.

    Returns
    -------
    ndarray of int, shape (n,)
        The winners.
    """
    order = nearest(images, asked, k)
    return np.array([np.bincount(votes).argmax() for votes in np.asarray(labels)[order]])


def nearest(images, asked, k):
    """Return the numbers of the `k` known pictures nearest to each: shape (n, k), the nearest first."""
    known, asked = (np.asarray(x, dtype=float).reshape(len(x), -1) for x in (images, asked))
    k = require_count("k", k, 1)
    squared = (known * known).sum(axis=1) - 2 * asked @ known.T  # what all have in common is left out
    return np.argsort(squared, axis=1, kind="stable")[:, :k]
