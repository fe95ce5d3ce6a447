"""Saying the likeliest word, reading it, and saying the next: how a decoder is asked for a text."""

import numpy as np

from attnlib._arrays import require_count
from attnlib.models.generating import likeliest

#: The numbers of the special words, which the vocabularies of these models have first.
PADDING, START, END = range(3)


def greedy(score, n_texts, n):
    """Return the likeliest next word again and again, for several texts at once.

    Parameters
    ----------
    score : callable
        ``score(ids)`` returns how good each word is after each word of the texts so far, from integers of
        shape (n_texts, T) to floats of shape (n_texts, T, n_words). It isn't asked once all have ended.
    n_texts : int
        The number of texts.
    n : int
        How many words to say, `END` among them.

    Returns
    -------
    ndarray of int, shape (n_texts, n + 1)
        From `START` on; after `END` comes `PADDING`.

    Raises
    ------
    TypeError
        If a number isn't an integer.
    ValueError
        If `n` is less than 1.

    Examples
    --------
    >>> after = np.eye(5)[[0, 3, 0, 4, 2]]  # 3 comes after the start, 4 after 3, and then the end
    >>> greedy(lambda ids: after[ids], 1, 5)
    array([[1, 3, 4, 2, 0, 0]])
    """
    read = np.empty((require_count("n_texts", n_texts, 0), 0), dtype=int)

    def step(words):
        nonlocal read
        read = np.concatenate([read, words[:, None]], axis=1)
        return score(read)[:, -1]

    said = likeliest(step, n_texts, n, start=START, end=END)
    ids = np.full((n_texts, n + 1), PADDING)
    ids[:, 0] = START
    ids[:, 1 : said.shape[1] + 1] = said
    ended = np.isin(ids, (END, PADDING)).cumsum(axis=1) > 0
    ids[:, 1:][ended[:, :-1]] = PADDING
    return ids
