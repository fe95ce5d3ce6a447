"""Linear attention: a similarity for which the sum over the keys is taken once, for all queries."""

import numpy as np

from attnlib._arrays import require_broadcast, require_count, to_common_float
from attnlib.dot_product import require_triple


def positive_features(x):
    r"""Make every feature positive, so that dot products can be weights.

    .. math:: \varphi(x) = \begin{cases} x + 1 & x > 0 \\ e^x & x \le 0 \end{cases}

    Parameters
    ----------
    x : array_like of float, any shape
        Queries or keys.

    Returns
    -------
    ndarray of float, shape of `x`

    Raises
    ------
    TypeError
        If `x` is complex or of dtype object.

    References
    ----------
    Katharopoulos et al., "Transformers are RNNs", 2020, equation 7.

    Examples
    --------
    >>> positive_features([-1.0, 0.0, 2.0]).round(3)
    array([0.368, 1.   , 3.   ])
    """
    (x,), dtype = to_common_float(x=x)
    with np.errstate(under="ignore"):
        powers = np.exp(np.minimum(x, 0.0))
    return np.where(x > 0, x + 1, powers).astype(dtype, copy=False)


def linear_attention(q, k, v, *, causal=False, block_size=64):
    r"""Mix values with weights that are dot products of positive features.

    .. math::

        c_i = \frac{\varphi(q_i) \sum_j \varphi(k_j)^\top v_j}{\varphi(q_i) \sum_j \varphi(k_j)^\top}

    with `positive_features` as φ. Both sums are taken once, for all queries.

    Parameters
    ----------
    q : array_like of float, shape (..., T_q, d_k)
        Queries.
    k : array_like of float, shape (..., T_k, d_k)
        Keys.
    v : array_like of float, shape (..., T_k, d_v)
        Values, one for each key.
    causal : bool, default False
        Let every query see its own position and those before it; there are as many queries as keys then.
    block_size : int, default 64
        How many positions are taken together where it is causal.

    Returns
    -------
    ndarray of float, shape (..., T_q, d_v)
        The context. It is *not* what `attention` returns.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, or `block_size` isn't an integer.
    ValueError
        If the shapes don't fit, or `block_size` is less than 1.

    Notes
    -----
    All that is kept of the keys are d_k (d_v + 1) numbers, however many keys there were. That is its
    speed, and its limit: it can't single one key out as the exponential does. Where it is causal the sums
    grow from block to block, and within a block the weights are computed one by one.

    References
    ----------
    Katharopoulos et al., "Transformers are RNNs", 2020, sections 3.2 and 3.3.

    Examples
    --------
    >>> linear_attention([[0.0]], [[0.0], [2.0]], [[0.0], [4.0]])
    array([[3.]])
    >>> linear_attention([[0.0], [0.0]], [[0.0], [2.0]], [[0.0], [4.0]], causal=True)
    array([[0.],
           [3.]])
    """
    block_size = require_count("block_size", block_size, 1)
    (q, k, v), dtype = to_common_float(q=q, k=k, v=v)
    lead = require_triple(q, k, v)
    t_q, t_k = q.shape[-2], k.shape[-2]
    if causal and t_q != t_k:
        raise ValueError(f"causal needs as many queries as keys: got {t_q} queries and {t_k} keys")
    q, k = positive_features(q), positive_features(k)
    if not causal:
        context, total = q @ (k.swapaxes(-2, -1) @ v), q @ k.sum(axis=-2)[..., None]
        return (context / _never_zero(total)).astype(dtype, copy=False)
    context = np.empty((*lead, t_q, v.shape[-1]), dtype=q.dtype)
    held = np.zeros((*require_broadcast(k=k, v=v), k.shape[-1], v.shape[-1]), dtype=q.dtype)
    held_total = np.zeros((*k.shape[:-2], k.shape[-1], 1), dtype=q.dtype)
    for start in range(0, t_q, block_size):
        block = slice(start, start + block_size)
        ours, keys, values = q[..., block, :], k[..., block, :], v[..., block, :]
        weights = np.tril(ours @ keys.swapaxes(-2, -1))  # (..., block_size, block_size)
        total = ours @ held_total + weights.sum(axis=-1, keepdims=True)
        context[..., block, :] = (ours @ held + weights @ values) / _never_zero(total)
        held = held + keys.swapaxes(-2, -1) @ values
        held_total = held_total + keys.sum(axis=-2)[..., None]
    return context.astype(dtype, copy=False)


def _never_zero(total):
    return np.where(total == 0.0, total.dtype.type(1), total)
