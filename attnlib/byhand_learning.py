"""The worked example learns: the gradient of one weight that is too small, in fractions.

Macbeth gives the Witches 9/16 of his attention. What would have to change for him to give them more? With
powers of 3, and the surprise counted in threes, every number on the way back is a fraction.
"""

import itertools
import math
from fractions import Fraction

import numpy as np

from attnlib import byhand
from attnlib._arrays import require_count
from attnlib.byhand import MACBETH, WorkedExample, steps


def surprise(worked=MACBETH, *, query=0, key=3):
    r"""Return how surprised a token is by another, in threes: the number that learning makes smaller.

    .. math:: L = -\log_3 a_{ij}

    Parameters
    ----------
    worked : WorkedExample, default `MACBETH`
        The head.
    query : int, default 0
        Who looks: by default Macbeth.
    key : int, default 3
        At whom they should look: by default the Witches.

    Returns
    -------
    float
        0 where all the attention is there.

    Raises
    ------
    ValueError
        If there is no such token.

    Examples
    --------
    >>> round(surprise(), 3)
    0.524
    """
    _require_tokens(worked, query, key)
    return -math.log(steps(worked)["weights"][query, key], 3)


def gradients(worked=MACBETH, *, query=0, key=3):
    r"""Return the gradient of `surprise`, step by step from the weights back to the matrices.

    .. math::

        d\tilde S_i &= a_i - y, & dS &= \tfrac12 \, d\tilde S \\
        dQ &= dS \, K, & dK &= dS^\top Q \\
        dW^Q &= X^\top dQ, & dW^K &= X^\top dK

    with y the row that is 1 at the key that was meant.

    Parameters
    ----------
    worked, query, key
        As in `surprise`.

    Returns
    -------
    dict of str to ndarray of `fractions.Fraction`
        ``dscaled_scores, dscores, dq, dk, dw_q, dw_k``, each in the shape of what it is the gradient of.

    Raises
    ------
    ValueError
        If there is no such token.

    Notes
    -----
    The logarithm to the base 3 undoes the power of 3, so that no ln 3 stands in front. Rounding down has
    no slope worth the name: the half that is rounded is given the slope of the half. Macbeth's scores in
    the first example are even, so that nothing is rounded in his row and his gradient is exact.

    Examples
    --------
    >>> back = gradients()
    >>> print(*back["dscaled_scores"][0])
    1/16 3/16 3/16 -7/16
    >>> print(*back["dq"][0])
    1/8 -1/4 5/32
    """
    _require_tokens(worked, query, key)
    forward = steps(worked)
    q, k, x = (_fractions(forward[name]) for name in ("q", "k", "x"))
    dscaled_scores = _fractions(np.zeros_like(forward["scores"]))
    dscaled_scores[query] = forward["weights"][query]
    dscaled_scores[query, key] -= 1
    dscores = dscaled_scores * Fraction(1, 2)
    dq, dk = dscores @ k, dscores.T @ q
    return {
        "dscaled_scores": dscaled_scores,
        "dscores": dscores,
        "dq": dq,
        "dk": dk,
        "dw_q": x.T @ dq,
        "dw_k": x.T @ dk,
    }


def descend(worked=MACBETH, *, query=0, key=3, rate=1):
    """Return W_Q and W_K after one step against the gradient.

    Parameters
    ----------
    worked, query, key
        As in `surprise`.
    rate : int or Fraction, default 1
        How far to go.

    Returns
    -------
    w_q, w_k : ndarray of `fractions.Fraction`
        The new matrices.

    Examples
    --------
    >>> w_q, w_k = descend()
    >>> print(*w_q[0], "instead of", *MACBETH.w_q[0])
    -1/8 5/4 -5/32 instead of 0 1 0
    """
    back = gradients(worked, query=query, key=key)
    return tuple(
        _fractions(matrix) - Fraction(rate) * back[name]
        for name, matrix in (("dw_q", worked.w_q), ("dw_k", worked.w_k))
    )


def example(seed):
    """Draw another head whose first row can be taken back exactly.

    Parameters
    ----------
    seed : int
        The same seed gives the same example.

    Returns
    -------
    attnlib.byhand.WorkedExample
        One like those of `attnlib.byhand.example`. All scores of the first token are even, so that nothing
        is rounded, and if it should look at the Witches, two entries or more of its query should change.

    Examples
    --------
    >>> steps(example(5))["scores"][0]
    array([6, 4, 2, 0])
    """
    drawn = (byhand.example((seed, attempt)) for attempt in itertools.count())
    return next(
        worked
        for worked in drawn
        if not (steps(worked)["scores"][0] % 2).any() and np.count_nonzero(gradients(worked)["dq"]) >= 2
    )


def _require_tokens(worked: WorkedExample, query, key):
    for name, place in (("query", query), ("key", key)):
        if require_count(name, place, 0) >= len(worked.tokens):
            raise ValueError(f"{name} must be less than {len(worked.tokens)}, got {place}")


def _fractions(matrix):
    return np.vectorize(Fraction, otypes=[object])(matrix)
