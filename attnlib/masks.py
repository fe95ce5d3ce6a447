"""Masks: which keys a query may attend to. True = may attend; combine them with ``&``."""

import numpy as np

from attnlib._arrays import require_count, shape_text


def causal_mask(t_q, t_k=None):
    r"""Let every query attend to its own position and to those before it.

    .. math:: M_{ij} = [\, j \le i + T_k - T_q \,]

    Parameters
    ----------
    t_q : int
        The number of queries.
    t_k : int, optional
        The number of keys: by default as many as queries.

    Returns
    -------
    ndarray of bool, shape (t_q, t_k)
        True where query i may attend to key j.

    Raises
    ------
    TypeError
        If a size isn't an integer.
    ValueError
        If a size is negative.

    Notes
    -----
    The last query sees the last key. With fewer queries than keys that is a decoder with a cache: the
    queries are the newest tokens, and the keys before them were computed earlier. With more queries
    than keys the first queries see nothing. PyTorch's ``is_causal=True`` lines up the first query with
    the first key instead; the two agree where ``t_q == t_k``.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.2.3.

    Examples
    --------
    >>> causal_mask(3).astype(int)
    array([[1, 0, 0],
           [1, 1, 0],
           [1, 1, 1]])
    >>> causal_mask(2, 4).astype(int)
    array([[1, 1, 1, 0],
           [1, 1, 1, 1]])
    """
    t_q = require_count("t_q", t_q, 0)
    t_k = t_q if t_k is None else require_count("t_k", t_k, 0)
    return np.tri(t_q, t_k, k=t_k - t_q, dtype=np.bool_)


def padding_mask(lengths, t_k):
    r"""Let every query attend to the tokens of its own sequence and not to the padding after it.

    .. math:: M_{b1j} = [\, j < \mathrm{length}_b \,]

    Parameters
    ----------
    lengths : array_like of int, shape (...)
        The number of real tokens in each sequence of a batch.
    t_k : int
        The number of keys, padding included.

    Returns
    -------
    ndarray of bool, shape (..., 1, t_k)
        The axis of size 1 stands for the queries, which all see the same keys.

    Raises
    ------
    TypeError
        If the lengths or the size aren't integers.
    ValueError
        If the size or a length is negative, or a length is greater than the size.

    Examples
    --------
    >>> padding_mask([3, 1], 3).astype(int)
    array([[[1, 1, 1]],
    <BLANKLINE>
           [[1, 0, 0]]])
    >>> (padding_mask([3, 1], 3) & causal_mask(3)).shape
    (2, 3, 3)
    """
    t_k = require_count("t_k", t_k, 0)
    lengths = np.asarray(lengths)
    if lengths.size == 0 and lengths.dtype.kind == "f":
        lengths = lengths.astype(np.intp)  # NumPy reads [] as floats
    if lengths.dtype.kind not in "iu":
        raise TypeError(f"lengths must hold integers, got dtype {lengths.dtype}")
    if ((lengths < 0) | (lengths > t_k)).any():
        raise ValueError(
            f"lengths must be between 0 and t_k: expected 0 to {t_k}, "
            f"got {lengths.min()} to {lengths.max()} in shape {shape_text(lengths.shape)}"
        )
    return np.arange(t_k) < lengths[..., None, None]  # (..., 1, t_k)


def window_mask(t_q, t_k=None, *, before, after=0):
    r"""Let every query attend to its own position and to a few before and after it.

    .. math::

        M_{ij} &= [\, -\mathrm{before} \le j - p_i \le \mathrm{after} \,] \\
        p_i &= i + T_k - T_q

    Parameters
    ----------
    t_q : int
        The number of queries.
    t_k : int, optional
        The number of keys: by default as many as queries.
    before : int or None
        How many keys before its own position a query sees; None for all of them.
    after : int or None, default 0
        How many after it; None for all of them.

    Returns
    -------
    ndarray of bool, shape (t_q, t_k)
        True where query i may attend to key j.

    Raises
    ------
    TypeError
        If a size isn't an integer.
    ValueError
        If a size is negative.

    Notes
    -----
    The last query stands at the last key, as in `causal_mask`, which is ``window_mask(t_q, t_k,
    before=None)``. A layer looks `before` tokens back and n layers, one on the other, n times as far.

    References
    ----------
    Beltagy, Peters and Cohan, "Longformer", 2020, section 3.1.

    Examples
    --------
    >>> window_mask(4, before=1).astype(int)
    array([[1, 0, 0, 0],
           [1, 1, 0, 0],
           [0, 1, 1, 0],
           [0, 0, 1, 1]])
    >>> window_mask(1, 4, before=2).astype(int)
    array([[0, 1, 1, 1]])
    """
    t_q = require_count("t_q", t_q, 0)
    t_k = t_q if t_k is None else require_count("t_k", t_k, 0)
    seen = np.ones((t_q, t_k), dtype=np.bool_)
    if after is not None:
        seen = np.tril(seen, t_k - t_q + require_count("after", after, 0))
    if before is not None:
        seen = np.triu(seen, t_k - t_q - require_count("before", before, 0))
    return seen
