"""A pattern of random letters, read again and again: what comes next stands further back in the text."""

import string
from typing import NamedTuple

import numpy as np

from attnlib._arrays import require_count, require_real
from attnlib.data.vocabulary import Vocabulary

#: The words of these texts.
LETTERS = Vocabulary(string.ascii_lowercase, joined_by="")
#: How many letters a pattern has, at least and at most.
PERIODS = (5, 20)


class Patterns(NamedTuple):
    """What `pattern_batch` returns.

    Attributes
    ----------
    ids : ndarray of int, shape (n, t)
        The texts.
    asked : ndarray of bool, shape (n, t)
        Where the letter can be known: the pattern goes on, and these two letters stood together before.
    period : ndarray of int, shape (n,)
        How long each text's pattern is.
    """

    ids: np.ndarray
    asked: np.ndarray
    period: np.ndarray


def pattern_batch(rng, n, t, *, periods=PERIODS, jumps=0.0):
    """Draw texts in which a pattern of random letters is read in a circle, to the end of the text.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n : int
        The number of texts.
    t : int
        Their length.
    periods : tuple of int, default (5, 20)
        How long a pattern may be, at least and at most: up to 26 letters, which differ from each other.
    jumps : float, default 0.0
        How likely, at each letter, reading goes on at any place of the pattern instead of the next.

    Returns
    -------
    Patterns
        ``ids, asked, period``.

    Raises
    ------
    TypeError
        If `jumps` isn't a number.
    ValueError
        If a pattern would have no letters or more than there are, or `jumps` is no probability.

    Notes
    -----
    The length is drawn anew for each text. With a fixed one, the answer always stands at the same distance,
    and a model can do without looking at a letter. With a drawn one it can still find out the length;
    jumps leave nothing to go by but the letters.

    Examples
    --------
    >>> texts = pattern_batch(np.random.default_rng(1), 2, 17)
    >>> for ids, period in zip(texts.ids, texts.period, strict=True):
    ...     print(period, LETTERS.decode(ids))
    12 bhpxtuqzrylcbhpxt
    13 rqijvxucdksaprqij
    >>> print(texts.asked[0].astype(int))
    [0 0 0 0 0 0 0 0 0 0 0 0 0 1 1 1 1]
    """
    shortest, longest = periods
    require_count("the shortest period", shortest, 1)
    if not shortest <= longest <= len(LETTERS):
        raise ValueError(f"the longest period must be {shortest} to {len(LETTERS)} letters, got {longest}")
    if not 0 <= require_real("jumps", jumps) <= 1:
        raise ValueError(f"jumps must be a probability, from 0 to 1, got {jumps}")
    period = rng.integers(shortest, longest + 1, size=n)
    patterns = rng.permuted(np.tile(np.arange(len(LETTERS)), (n, 1)), axis=1)
    steps = np.ones((n, t), dtype=int)
    if jumps:
        leaps = rng.integers(period[:, None], size=(n, t))
        steps = np.where(rng.random((n, t)) < jumps, leaps, steps)
    goes_on = steps == 1
    places = (np.cumsum(steps, axis=1) - steps[:, :1]) % period[:, None]
    ids = np.take_along_axis(patterns, places, axis=1)
    return Patterns(ids, goes_on & _stood_before(ids), period)


def _stood_before(ids):
    """Return where a letter and the one before it stand together for the second time or later."""
    pairs = ids[:, :-1] * len(LETTERS) + ids[:, 1:]
    again = np.tril(pairs[:, :, None] == pairs[:, None, :], -1).any(axis=2)
    return np.pad(again, ((0, 0), (1, 0)))
