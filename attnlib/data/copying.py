"""Random words, of which at every place the one a few places back is asked for: a task of order alone."""

import numpy as np


def copy_batch(rng, n, t, *, n_words=16, back=3):
    """Draw texts and ask at every place for the word a few places back.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n : int
        The number of texts.
    t : int
        Their length.
    n_words : int, default 16
        The size of the vocabulary.
    back : int, default 3
        How far back the word stands that is asked for.

    Returns
    -------
    ids : ndarray of int, shape (n, t)
        The texts.
    targets : ndarray of int, shape (n, t)
        The answers.
    keep : ndarray of bool, shape (n, t)
        False at the first `back` places, before which there is no such word.

    Examples
    --------
    >>> ids, targets, keep = copy_batch(np.random.default_rng(0), 1, 5, back=2)
    >>> print(ids[0], targets[0, 2:], keep[0].astype(int))
    [13 10  8  4  4] [13 10  8] [0 0 1 1 1]
    """
    ids = rng.integers(n_words, size=(n, t))
    return ids, np.roll(ids, back, axis=1), np.broadcast_to(np.arange(t) >= back, (n, t))
