"""Grouped queries: several heads of queries share one head of keys and values."""

import numpy as np

from attnlib._arrays import require_broadcast, require_count, shape_text, to_common_float
from attnlib.dot_product import attention


def grouped_attention(q, k, v, *, mask=None, scale=None, softcap=None):
    r"""Attend with more heads of queries than heads of keys and values.

    .. math:: \mathrm{head}_h = \mathrm{Attention}(Q_h, K_g, V_g), \qquad g = \lfloor h / n \rfloor

    where n heads of queries share each head of keys and values.

    Parameters
    ----------
    q : array_like of float, shape (..., n_heads, T_q, d_k)
        Queries.
    k : array_like of float, shape (..., n_kv_heads, T_k, d_k)
        Keys; `n_kv_heads` divides `n_heads`.
    v : array_like of float, shape (..., n_kv_heads, T_k, d_v)
        Values.
    mask : array_like of bool, broadcastable to (T_q, T_k), optional
        True where a query may attend to a key; all heads share it.
    scale, softcap
        As in `attention`.

    Returns
    -------
    ndarray of float, shape (..., n_heads, T_q, d_v)
        The contexts, one for each head of queries.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, or `mask` isn't boolean.
    ValueError
        If the shapes don't fit, or `n_kv_heads` doesn't divide `n_heads`.

    Notes
    -----
    Neighbours share: with eight heads and two of keys, heads 0 to 3 read the first. No key is copied. With
    as many heads of keys as of queries it is plain attention in several heads, with one multi-query
    attention.

    References
    ----------
    Shazeer, "Fast Transformer decoding", 2019, section 3; Ainslie et al., "GQA", 2023, section 2.2.

    Examples
    --------
    >>> q, k = np.zeros((4, 1, 2)), np.zeros((2, 1, 2))
    >>> grouped_attention(q, k, [[[1.0]], [[2.0]]]).ravel()
    array([1., 1., 2., 2.])
    """
    (q, k, v), dtype = to_common_float(q=q, k=k, v=v)
    for name, array in (("q", q), ("k", k), ("v", v)):
        if array.ndim < 3:
            raise ValueError(
                f"{name} must have heads, tokens and features as its last three axes: "
                f"expected (..., n_heads, T, d), got {shape_text(array.shape)}"
            )
    n_heads, n_kv_heads = q.shape[-3], k.shape[-3]
    if n_kv_heads == 0 or n_heads % n_kv_heads:
        raise ValueError(
            f"the heads of keys must divide the heads of queries: got {n_kv_heads} for {n_heads}"
        )
    if v.shape[-3] != n_kv_heads:
        raise ValueError(f"v must have the heads of k: expected {n_kv_heads}, got {v.shape[-3]}")
    groups = q.reshape(*q.shape[:-3], n_kv_heads, n_heads // n_kv_heads, *q.shape[-2:])
    context = attention(
        groups, k[..., None, :, :], v[..., None, :, :], mask=mask, scale=scale, softcap=softcap
    )
    lead = require_broadcast(q=q[..., 0, :, :], k=k[..., 0, :, :], v=v[..., 0, :, :])
    return context.reshape(*lead, n_heads, *context.shape[-2:]).astype(dtype, copy=False)


def pool_heads(weights, n_heads, n_kv_heads):
    r"""Make a projection for fewer heads: the mean of those of each group.

    Parameters
    ----------
    weights : array_like of float, shape (d_model, n_heads d)
        The matrix of keys, or of values, of a layer with `n_heads` heads side by side.
    n_heads : int
        The heads that it has.
    n_kv_heads : int
        The heads that it is to have; it divides `n_heads`.

    Returns
    -------
    ndarray of float, shape (d_model, n_kv_heads d)

    Raises
    ------
    TypeError
        If `weights` is complex or of dtype object, or a number of heads isn't an integer.
    ValueError
        If a number of heads doesn't divide what it must.

    Notes
    -----
    The model isn't the same afterwards, and has to be trained on for a while.

    References
    ----------
    Ainslie et al., "GQA", 2023, section 2.1.

    Examples
    --------
    >>> pool_heads([[1.0, 2.0, 3.0, 4.0]], n_heads=4, n_kv_heads=2)
    array([[1.5, 3.5]])
    """
    (weights,), dtype = to_common_float(weights=weights)
    n_heads, n_kv_heads = require_count("n_heads", n_heads, 1), require_count("n_kv_heads", n_kv_heads, 1)
    if weights.ndim != 2 or weights.shape[1] % n_heads:
        raise ValueError(
            f"weights must be a matrix with columns for {n_heads} heads, got {shape_text(weights.shape)}"
        )
    if n_heads % n_kv_heads:
        raise ValueError(
            f"n_kv_heads must divide n_heads: expected a divisor of {n_heads}, got {n_kv_heads}"
        )
    grouped = weights.reshape(len(weights), n_kv_heads, n_heads // n_kv_heads, -1)
    return np.mean(grouped, axis=2).reshape(len(weights), -1).astype(dtype, copy=False)
