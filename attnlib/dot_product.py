"""Scaled dot-product attention: scores, weights, context."""

import math

import numpy as np

from attnlib._arrays import (
    require_broadcast,
    require_mask,
    require_size,
    require_tokens,
    shape_text,
    to_common_float,
)
from attnlib.probability import softmax_in_place


def attention_scores(q, k, *, scale=None):
    r"""Return how well each query matches each key.

    .. math:: S = \mathrm{scale} \cdot Q K^\top

    Parameters
    ----------
    q : array_like of float, shape (..., T_q, d_k)
        Queries.
    k : array_like of float, shape (..., T_k, d_k)
        Keys.
    scale : float, optional
        The factor on the dot products: by default 1/sqrt(d_k); 1.0 gives the raw scores.

    Returns
    -------
    ndarray of float, shape (..., T_q, T_k)
        Entry [i, j] is the score of key j for query i.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object.
    ValueError
        If the shapes don't fit.

    Notes
    -----
    The queries are scaled and not the scores: the same product for T_q d_k multiplications instead
    of T_q T_k.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.2.1.

    Examples
    --------
    >>> attention_scores([[2, 0], [0, 2]], [[1, 0], [0, 1], [1, 1]], scale=1.0)
    array([[2., 0., 2.],
           [0., 2., 2.]])
    """
    (q, k), dtype = to_common_float(q=q, k=k)
    _require_pair(q, k)
    return _scores(q, k, scale).astype(dtype, copy=False)


def attention_weights(q, k, *, mask=None, scale=None):
    r"""Return the share of each key in each query's attention.

    .. math:: A = \mathrm{softmax}(\mathrm{scale} \cdot Q K^\top)

    Parameters
    ----------
    q : array_like of float, shape (..., T_q, d_k)
        Queries.
    k : array_like of float, shape (..., T_k, d_k)
        Keys.
    mask : array_like of bool, broadcastable to (..., T_q, T_k), optional
        True where a query may attend to a key.
    scale : float, optional
        The factor on the dot products: by default 1/sqrt(d_k).

    Returns
    -------
    ndarray of float, shape (..., T_q, T_k)
        Each row sums to 1; a row with nothing to attend to is 0 throughout.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, or `mask` isn't boolean.
    ValueError
        If the shapes don't fit.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.2.1.

    Examples
    --------
    >>> attention_weights([[1, 0]], [[1, 0], [1, 0], [1, 0]], mask=[[True, True, False]])
    array([[0.5, 0.5, 0. ]])
    """
    (q, k), dtype = to_common_float(q=q, k=k)
    _require_pair(q, k)
    return _weights(q, k, mask, scale).astype(dtype, copy=False)


def attention(q, k, v, *, mask=None, scale=None, return_weights=False):
    r"""Return, for each query, the mean of the values, weighted by how well their keys match it.

    .. math:: \mathrm{Attention}(Q, K, V) = \mathrm{softmax}\left(\frac{Q K^\top}{\sqrt{d_k}}\right) V

    Parameters
    ----------
    q : array_like of float, shape (..., T_q, d_k)
        Queries.
    k : array_like of float, shape (..., T_k, d_k)
        Keys.
    v : array_like of float, shape (..., T_k, d_v)
        Values, one for each key.
    mask : array_like of bool, broadcastable to (..., T_q, T_k), optional
        True where a query may attend to a key.
    scale : float, optional
        The factor on the dot products: by default 1/sqrt(d_k).
    return_weights : bool, default False
        Return the weights as well.

    Returns
    -------
    context : ndarray of float, shape (..., T_q, d_v)
        A query with nothing to attend to has the context 0.
    weights : ndarray of float, shape (..., T_q, T_k)
        Only with ``return_weights=True``.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, or `mask` isn't boolean.
    ValueError
        If the shapes don't fit.

    Notes
    -----
    The context of a query is in the convex hull of the values: attention mixes and never adds.
    A masked value has the weight 0, and 0 times NaN is NaN: padding must hold numbers.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, equation 1.

    Examples
    --------
    >>> attention([[0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], [[10.0], [20.0]])
    array([[15.]])
    """
    (q, k, v), dtype = to_common_float(q=q, k=k, v=v)
    require_tokens("v", v)
    _require_pair(q, k)
    require_size("v", v, -2, k.shape[-2], "one row for each key")
    require_broadcast(q=q, k=k, v=v)
    weights = _weights(q, k, mask, scale)
    context = (weights @ v).astype(dtype, copy=False)
    return (context, weights.astype(dtype, copy=False)) if return_weights else context


def _require_pair(q, k):
    require_tokens("q", q)
    require_tokens("k", k)
    if q.shape[-1] == 0:
        raise ValueError("q must have at least one feature: expected (..., T_q, d_k) with d_k > 0")
    if k.shape[-1] != q.shape[-1]:
        raise ValueError(
            "k must have the feature size of q: "
            f"expected (..., T_k, {q.shape[-1]}), got {shape_text(k.shape)}"
        )
    require_broadcast(q=q, k=k)


def _scores(q, k, scale):
    scale = 1.0 / math.sqrt(q.shape[-1]) if scale is None else float(scale)
    return (q * scale) @ k.swapaxes(-2, -1)  # (..., T_q, T_k)


def _weights(q, k, mask, scale):
    weights = _scores(q, k, scale)
    if mask is not None:
        mask = require_mask(mask, weights.shape)
        np.copyto(weights, -np.inf, where=~mask)
    softmax_in_place(weights)
    return weights
