"""Boxes: how much two have in common, and how good a detector's list of them is."""

from typing import NamedTuple

import numpy as np


class Scores(NamedTuple):
    """What `detection_scores` returns.

    Attributes
    ----------
    precision : float
        The share of what was said that is right.
    recall : float
        The share of what is there that was found.
    f1 : float
        The harmonic mean of both.
    duplicates : float
        The share of what was said that is a right name on an object that was found already.
    """

    precision: float
    recall: float
    f1: float
    duplicates: float


def overlap(a, b):
    r"""Return how much boxes have in common: the area of both over the area of either.

    .. math:: \mathrm{IoU}(a, b) = \frac{|a \cap b|}{|a \cup b|}

    Parameters
    ----------
    a, b : array_like of float, shape (..., 4)
        Centre (across, down), width and height; broadcastable to each other.

    Returns
    -------
    ndarray of float, shape (...)
        From 0, nothing, to 1, the same box.

    Examples
    --------
    >>> overlap([1.0, 1.0, 2.0, 2.0], [[1.0, 1.0, 2.0, 2.0], [2.0, 1.0, 2.0, 2.0]]).round(3)
    array([1.   , 0.333])
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    common = np.maximum(high - low, 0).prod(axis=-1)
    return common / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - common)


def detection_scores(said, kinds, boxes, *, least=0.5):
    """Judge what a detector said of scenes.

    Parameters
    ----------
    said : list of list of tuple
        For each scene ``(kind, box)`` of whatever was found, the surest first; more may follow in a tuple.
    kinds : array_like of int, shape (n, n_objects)
        What is there, and -1 for none.
    boxes : array_like of float, shape (n, n_objects, 4)
        Where.
    least : float, default 0.5
        The `overlap` from which a box is right.

    Returns
    -------
    Scores
        ``precision, recall, f1, duplicates``.

    Notes
    -----
    An object is found once. Who says it again, however rightly, is wrong.

    Examples
    --------
    >>> box = np.array([0.5, 0.5, 0.25, 0.25])
    >>> detection_scores([[(0, box), (0, box)]], [[0]], [[box]])
    Scores(precision=0.5, recall=1.0, f1=0.6666666666666666, duplicates=0.5)
    """
    right = again = n_said = 0
    for found, there, where in zip(said, np.asarray(kinds), np.asarray(boxes), strict=True):
        taken = set()
        for kind, box, *_ in found:
            n_said += 1
            shared = np.where(there == kind, overlap(box, np.where(there[:, None] >= 0, where, 1e-9)), 0.0)
            hits = [j for j in np.argsort(-shared, kind="stable") if shared[j] >= least]
            free = [j for j in hits if j not in taken]
            if free:
                taken.add(free[0])
                right += 1
            elif hits:
                again += 1
    n_there = int((np.asarray(kinds) >= 0).sum())
    precision, recall = right / max(n_said, 1), right / max(n_there, 1)
    return Scores(precision, recall, 2 * right / max(n_said + n_there, 1), again / max(n_said, 1))
