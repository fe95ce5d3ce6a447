"""Scenes of made-up people, of whom one is the Witches: what one head learns to find."""

import numpy as np

from attnlib.byhand import MACBETH

#: What the Witches, and nobody else in a scene, are both of.
MARKS = ("tempts", "uncanny")


def scenes(rng, n, t=4):
    """Draw scenes like that of the worked example, with other people.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n : int
        The number of scenes.
    t : int, default 4
        How many are in each.

    Returns
    -------
    x : ndarray of float64, shape (n, t, 6)
        Their features, 0 or 1, by the names of the worked example.
    witches : ndarray of int, shape (n,)
        Who of them is the Witches: who tempts and is uncanny. Everybody else is one of these at most, so
        that neither feature is enough to tell.

    Examples
    --------
    >>> x, witches = scenes(np.random.default_rng(1), 2)
    >>> x.shape, witches
    ((2, 4, 6), array([1, 2]))
    """
    tempts, uncanny = (MACBETH.features.index(mark) for mark in MARKS)
    x = rng.integers(2, size=(n, t, len(MACBETH.features))).astype(float)
    both = (x[..., tempts] + x[..., uncanny]) == 2
    drop = np.where(rng.random((n, t)) < 0.5, tempts, uncanny)
    scene, person = np.nonzero(both)
    x[scene, person, drop[both]] = 0
    x[..., MACBETH.features.index("soldier")] += x.sum(axis=-1) == 0  # who has no features asks for nothing
    witches = rng.integers(t, size=n)
    x[np.arange(n), witches, tempts] = x[np.arange(n), witches, uncanny] = 1
    return x, witches


def cast():
    """Return the scene of the worked example itself.

    Returns
    -------
    x : ndarray of float64, shape (1, 4, 6)
        The features of the four.
    witches : ndarray of int, shape (1,)
        The place of the Witches.
    """
    return MACBETH.x[None].astype(float), np.array([MACBETH.tokens.index("the Witches")])
