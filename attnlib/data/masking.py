"""Words hidden for a model to guess."""

import numpy as np

from attnlib._arrays import require_count


def hide(rng, ids, keep, *, mask, n_words, n_special=2, rate=0.15):
    """Hide some words of texts: most behind a mask, a few behind another word, a few not at all.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    ids : ndarray of int, shape (n, T)
        The texts.
    keep : ndarray of bool, shape (n, T)
        False at padding, which isn't asked for.
    mask : int
        The number of the mask.
    n_words : int
        The size of the vocabulary.
    n_special : int, default 2
        How many numbers at its beginning are no words.
    rate : float, default 0.15
        How many of the words are asked for.

    Returns
    -------
    hidden : ndarray of int, shape (n, T)
        The texts; of the words asked for, 80 % are masked, 10 % exchanged for any word, and 10 % stay.
    asked : ndarray of bool, shape (n, T)
        True where the model is to say which word it was: at one word of each text at least.

    Raises
    ------
    ValueError
        If a text has no word, or there is no word beside the special ones.

    Notes
    -----
    Where the model is used there is no mask. A word that is asked for and may be another, or itself,
    keeps the model from reading only masks with care.

    References
    ----------
    Devlin et al., "BERT: pre-training of deep bidirectional Transformers for language understanding", 2019,
    section 3.1 and appendix C.2.

    Examples
    --------
    >>> ids, keep = np.full((1, 8), 7), np.ones((1, 8), dtype=bool)
    >>> hidden, asked = hide(np.random.default_rng(4), ids, keep, mask=1, n_words=9, rate=0.4)
    >>> print(hidden[0], asked[0].astype(int), sep=", ")
    [7 7 7 1 7 1 7 1], [0 0 0 1 0 1 0 1]
    """
    require_count("n_words", n_words, n_special + 1)
    ids, keep = np.asarray(ids), np.asarray(keep, dtype=bool)
    if not keep.any(axis=1).all():
        raise ValueError("every text must have a word to hide")
    draws = np.where(keep, rng.random(ids.shape), np.inf)
    asked = draws < np.maximum(rate, draws.min(axis=1, keepdims=True) + 1e-12)
    fate = rng.random(ids.shape)
    others = rng.integers(n_special, n_words, size=ids.shape)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.9), others, hidden), asked
