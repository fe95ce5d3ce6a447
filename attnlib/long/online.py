"""The softmax of a row that is never there as a whole: block by block, with every state on the way."""

import math
from typing import NamedTuple

import numpy as np

from attnlib._arrays import require_axis, require_count, require_size, require_tokens, to_common_float


class OnlineStep(NamedTuple):
    """What is known of a row of scores after a block of it.

    Attributes
    ----------
    start, stop : int
        The block: keys `start` to `stop`, the last not included.
    peak : ndarray of float, shape (..., 1)
        The largest score so far.
    shrink : ndarray of float, shape (..., 1)
        What the sums from before the block were multiplied by: 1 where the largest score stayed, 0 in the
        first block.
    total : ndarray of float, shape (..., 1)
        The sum of the powers so far, each of its score less `peak`.
    context : ndarray of float, shape (..., d_v)
        The values so far, each times its power, summed; divided by `total` it is their weighted mean.
    """

    start: int
    stop: int
    peak: np.ndarray
    shrink: np.ndarray
    total: np.ndarray
    context: np.ndarray


def online_steps(scores, v, *, block_size, base=math.e):
    r"""Mix values with the softmax of their scores, a block at a time, and return every state on the way.

    .. math::

        m' &= \max(m, \max_j s_j), \qquad r = b^{m - m'} \\
        l' &= r \, l + \sum_j b^{s_j - m'} \\
        c' &= r \, c + \sum_j b^{s_j - m'} v_j

    Parameters
    ----------
    scores : array_like of float, shape (..., T_k)
        The scores of one query or of several.
    v : array_like of float, shape (T_k, d_v)
        Values, one for each key.
    block_size : int
        The number of keys at a time.
    base : float, default e
        The base b of the powers. With base 2 whole scores can be followed by hand.

    Returns
    -------
    list of OnlineStep
        One for each block. ``step.context / step.total`` is the context of the keys up to there; after the
        last block, of all of them.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, or `block_size` isn't an integer.
    ValueError
        If the shapes don't fit, `block_size` is less than 1, or `base` isn't greater than 1 and finite.

    Notes
    -----
    It keeps all steps, to be looked at. `attnlib.online_attention` keeps the last one alone, makes the
    scores block by block as well, and is what to use.

    References
    ----------
    Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018, algorithm 3.

    Examples
    --------
    >>> scores, v = [0.0, 1.0, 2.0, 0.0], [[4.0], [8.0], [8.0], [0.0]]
    >>> first, second = online_steps(scores, v, block_size=2, base=2)
    >>> first.total, first.context / first.total
    (array([1.5]), array([6.66666667]))
    >>> second.shrink, second.total, second.context / second.total
    (array([0.5]), array([2.]), array([6.5]))
    """
    block_size = require_count("block_size", block_size, 1)
    (scores, v), dtype = to_common_float(scores=scores, v=v)
    require_axis("scores", scores)
    require_tokens("v", v)
    require_size("v", v, -2, scores.shape[-1], "one row for each score")
    if not 1 < base < math.inf:
        raise ValueError(f"base must be greater than 1 and finite, got {base}")
    peak = np.full((*scores.shape[:-1], 1), -np.inf, dtype=scores.dtype)
    total = np.zeros_like(peak)
    context = np.zeros((*scores.shape[:-1], v.shape[-1]), dtype=scores.dtype)
    steps = []
    for start in range(0, scores.shape[-1], block_size):
        block = scores[..., start : start + block_size]
        old_peak, peak = peak, np.maximum(peak, block.max(axis=-1, keepdims=True))
        subtracted = np.where(np.isneginf(peak), 0.0, peak).astype(peak.dtype)
        with np.errstate(under="ignore"):
            shrink = np.power(base, old_peak - subtracted, dtype=peak.dtype)
            powers = np.power(base, block - subtracted, dtype=peak.dtype)  # (..., block_size)
        total = shrink * total + powers.sum(axis=-1, keepdims=True)
        context = shrink * context + powers @ v[start : start + block_size]
        held = (array.astype(dtype, copy=False) for array in (peak, shrink, total, context))
        steps.append(OnlineStep(start, min(start + block_size, scores.shape[-1]), *held))
    return steps
