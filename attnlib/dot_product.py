"""Scaled dot-product attention: scores, weights, context."""

import math

import numpy as np

from attnlib import tiled
from attnlib._arrays import (
    as_float,
    require_broadcast,
    require_mask,
    require_real,
    require_scores_shape,
    require_shape,
    require_size,
    require_tokens,
    shape_text,
    sum_to_shape,
    to_common_float,
)
from attnlib.probability import softmax_in_place, softmax_vjp

#: How many weights `attention` holds at a time where it doesn't return them.
BLOCK_SIZE = 2**18


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


def attention_weights(q, k, *, mask=None, bias=None, scale=None, softcap=None):
    r"""Return the share of each key in each query's attention.

    .. math::

        A &= \mathrm{softmax}(\mathrm{cap}(\mathrm{scale} \cdot Q K^\top) + B) \\
        \mathrm{cap}(s) &= c \tanh(s / c)

    Parameters
    ----------
    q : array_like of float, shape (..., T_q, d_k)
        Queries.
    k : array_like of float, shape (..., T_k, d_k)
        Keys.
    mask : array_like of bool, broadcastable to (..., T_q, T_k), optional
        True where a query may attend to a key.
    bias : array_like of float, broadcastable to (..., T_q, T_k), optional
        What is added to the scores, after the scale and the cap; minus infinity hides a key. It is cast
        to the dtype of the others.
    scale : float, optional
        The factor on the dot products: by default 1/sqrt(d_k).
    softcap : float, optional
        The bound c that the scaled scores are bent to stay within; by default there is none.

    Returns
    -------
    ndarray of float, shape (..., T_q, T_k)
        Each row sums to 1; a row with nothing to attend to is 0 throughout.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, or `mask` isn't boolean.
    ValueError
        If the shapes don't fit, or `softcap` isn't greater than 0.

    Notes
    -----
    A bias carries what depends on the place of a token and not on what it says, as in ALiBi and T5. The
    cap keeps one score from running away in training; near 0 it changes nothing.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.2.1; Gemma team, "Gemma 2", 2024, section 2
    (the cap).

    Examples
    --------
    >>> attention_weights([[1, 0]], [[1, 0], [1, 0], [1, 0]], mask=[[True, True, False]])
    array([[0.5, 0.5, 0. ]])
    >>> attention_weights([[1, 0]], [[1, 0], [1, 0], [1, 0]], bias=[0.0, math.log(3), -math.inf])
    array([[0.25, 0.75, 0.  ]])
    """
    (q, k), dtype = to_common_float(q=q, k=k)
    _require_pair(q, k)
    mask, bias = fitting_mask(mask, q, k), fitting_bias(bias, q, k)
    return _weights(q, k, mask, bias, scale, softcap).astype(dtype, copy=False)


def attention(q, k, v, *, mask=None, bias=None, scale=None, softcap=None, return_weights=False):
    r"""Return, for each query, the mean of the values, weighted by how well their keys match it.

    .. math:: \mathrm{Attention}(Q, K, V) = \mathrm{softmax}\left(\frac{Q K^\top}{\sqrt{d_k}}\right) V

    and, with a bias and a cap, with the weights of `attention_weights`.

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
    bias : array_like of float, broadcastable to (..., T_q, T_k), optional
        What is added to the scores, after the scale and the cap; minus infinity hides a key. It is cast
        to the dtype of the others.
    scale : float, optional
        The factor on the dot products: by default 1/sqrt(d_k).
    softcap : float, optional
        The bound c that the scaled scores are bent to stay within; by default there is none.
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
        If the shapes don't fit, or `softcap` isn't greater than 0.

    Notes
    -----
    The context of a query is in the convex hull of the values: attention mixes and never adds.
    A masked value has the weight 0, and 0 times NaN is NaN: padding must hold numbers.
    Where the weights aren't returned, they are computed and used by blocks that fit in the
    processor's cache, and never held all at once. Of two million scores (2^21) and more, of at least 512
    queries and 512 keys, with at most 128 features, no bias and no cap, each of which is sure to lie within
    20 of 0, the blocks are the tiles of `attnlib.tiled`, shared out to as many threads as
    ``OPENBLAS_NUM_THREADS`` allows: the same but for rounding.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, equation 1.

    Examples
    --------
    >>> attention([[0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], [[10.0], [20.0]])
    array([[15.]])

    Grouped queries: eight heads of queries share two heads of keys and values, four to each.

    >>> q, k, v = np.ones((8, 5, 16)), np.ones((2, 7, 16)), np.ones((2, 7, 16))
    >>> grouped = attention(q.reshape(2, 4, 5, 16), k[:, None], v[:, None])
    >>> grouped.reshape(8, 5, 16).shape
    (8, 5, 16)
    """
    (q, k, v), dtype = to_common_float(q=q, k=k, v=v)
    lead = require_triple(q, k, v)
    mask, bias = fitting_mask(mask, q, k), fitting_bias(bias, q, k)
    if return_weights:
        weights = _weights(q, k, mask, bias, scale, softcap)
        return (weights @ v).astype(dtype, copy=False), weights.astype(dtype, copy=False)
    by_tiles = _suit_tiles(q, k, v, bias, scale, softcap) and tiled.are_moderate(v)
    mask, bias = (_spread_over_scores(x, lead, q, k) for x in (mask, bias))
    q, k, v = _spread(lead, q, k, v)
    context = np.empty((*lead, q.shape[-2], v.shape[-1]), dtype=q.dtype)
    if by_tiles:
        tiled.write_context(context, q, k, v, mask, scale_factor(q, scale))
    else:
        write_by_rows(context, q, k, v, mask, bias, scale, softcap)
    return context.astype(dtype, copy=False)


def attention_vjp(q, k, v, dcontext, *, mask=None, bias=None, scale=None, softcap=None, weights=None):
    r"""Carry a gradient back through attention.

    .. math::

        dV &= A^\top dC, \qquad dA = dC \, V^\top \\
        dS &= \mathrm{softmax\_vjp}(A, dA) \\
        dQ &= \mathrm{scale} \cdot dS \, K \\
        dK &= \mathrm{scale} \cdot dS^\top Q

    With a bias, dB = dS; with a cap, dS is then multiplied by the cap's slope,
    :math:`1 - \tanh^2(s / c)`.

    Parameters
    ----------
    q, k, v, mask, bias, scale, softcap
        What `attention` was called with.
    dcontext : array_like of float, shape (..., T_q, d_v)
        The gradient of a number with respect to the context.
    weights : array_like of float, shape (..., T_q, T_k), optional
        What `attention` returned as weights, if they were kept. Otherwise they are computed again.

    Returns
    -------
    dq, dk, dv : ndarray of float, shapes of `q`, `k` and `v`
        The gradients; an argument that was broadcast gets the sum over its copies.
    dbias : ndarray of float, shape of `bias`
        Only where a bias was given.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, or `mask` isn't boolean.
    ValueError
        If the shapes don't fit, or `softcap` isn't greater than 0.

    Notes
    -----
    A masked weight is the constant 0, so no gradient passes through it. To keep the weights costs memory,
    to compute them again costs one more product: FlashAttention computes them again. Long sequences go by
    tiles as in `attention`.

    References
    ----------
    Dao et al., "FlashAttention", 2022, appendix B.2, where the same derivation is done by blocks.

    Examples
    --------
    >>> dq, dk, dv = attention_vjp([[0.0]], [[1.0], [-1.0]], [[3.0], [1.0]], [[1.0]])
    >>> dq, dv
    (array([[1.]]), array([[0.5],
           [0.5]]))
    """
    (q, k, v, dcontext), dtype = to_common_float(q=q, k=k, v=v, dcontext=dcontext)
    lead = require_triple(q, k, v)
    require_shape("dcontext", dcontext, (*lead, q.shape[-2], v.shape[-1]), "the shape of the context")
    mask, bias = fitting_mask(mask, q, k), fitting_bias(bias, q, k)
    if weights is not None:
        weights = as_float("weights", weights).astype(q.dtype, copy=False)
        require_shape("weights", weights, _scores_shape(q, k), "the shape of the scores")
    if _suit_tiles(q, k, v, bias, scale, softcap) and tiled.are_moderate(v, dcontext):
        of_scores = (_spread_over_scores(x, lead, q, k) for x in (mask, weights))
        gradients = tiled.gradients(*_spread(lead, q, k, v), dcontext, *of_scores, scale_factor(q, scale))
    else:
        gradients = _gradients(q, k, v, dcontext, mask, bias, scale, softcap, weights)
    shapes = (x.shape for x in (q, k, v, bias) if x is not None)
    return tuple(
        sum_to_shape(gradient, shape).astype(dtype, copy=False)
        for gradient, shape in zip(gradients, shapes, strict=True)
    )


def write_by_rows(context, q, k, v, mask=None, bias=None, scale=None, softcap=None):
    """Write what `attention` returns into `context`; all have the same leading axes, or there is none.

    The weights are computed and used by blocks of rows that fit in the processor's cache.
    """
    n_weights = math.prod(context.shape[:-1]) * k.shape[-2]
    if n_weights <= BLOCK_SIZE or n_weights == k.shape[-2]:
        np.matmul(_weights(q, k, mask, bias, scale, softcap), v, out=context)
        return
    axis = next(i for i, size in enumerate(context.shape) if size > 1)
    middle = context.shape[axis] // 2
    for half in (slice(None, middle), slice(middle, None)):
        at = (slice(None),) * axis + (half,)
        keys = at if axis < context.ndim - 2 else ...  # halves of the queries share all the keys
        of_half = (None if x is None else x[at] for x in (mask, bias))
        write_by_rows(context[at], q[at], k[keys], v[keys], *of_half, scale, softcap)


def require_triple(q, k, v):
    """Raise ValueError unless the shapes of q, k and v fit; return their common leading shape."""
    require_tokens("v", v)
    _require_pair(q, k)
    require_size("v", v, -2, k.shape[-2], "one row for each key")
    return require_broadcast(q=q, k=k, v=v)


def fitting_mask(mask, q, k):
    """Return `mask` as booleans that broadcast to the scores of q and k, or None for None."""
    if mask is None:
        return None
    return require_mask(mask, _scores_shape(q, k))


def fitting_bias(bias, q, k):
    """Return `bias` in the dtype of q, broadcastable to the scores of q and k, or None for None."""
    if bias is None:
        return None
    bias = as_float("bias", bias)
    require_scores_shape("bias", bias, _scores_shape(q, k))
    with np.errstate(over="ignore"):  # what is too low for float32 hides
        return bias.astype(q.dtype, copy=False)


def scale_factor(q, scale):
    """Return the factor on the dot products: 1/sqrt(d_k) where `scale` is None."""
    return 1.0 / math.sqrt(q.shape[-1]) if scale is None else require_real("scale", scale)


def cap_bound(softcap):
    """Return the bound of the scores as a float.

    Raises
    ------
    TypeError
        If it isn't a real number.
    ValueError
        If it isn't greater than 0 and finite.
    """
    bound = require_real("softcap", softcap)
    if not 0 < bound < math.inf:
        raise ValueError(f"softcap must be greater than 0 and finite, got {softcap}")
    return bound


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


def _scores_shape(q, k):
    return (*require_broadcast(q=q, k=k), q.shape[-2], k.shape[-2])


def _scores(q, k, scale):
    return (q * scale_factor(q, scale)) @ k.swapaxes(-2, -1)  # (..., T_q, T_k)


def _weights(q, k, mask, bias, scale, softcap):
    weights = _scores(q, k, scale)
    if softcap is not None:
        bound = cap_bound(softcap)
        weights /= bound
        np.tanh(weights, out=weights)
        weights *= bound
    if bias is not None:
        with np.errstate(invalid="ignore"):  # infinity minus infinity, which the next line hides
            weights += bias
        np.copyto(weights, -np.inf, where=np.isneginf(bias))
    if mask is not None:
        np.copyto(weights, -np.inf, where=~mask)
    softmax_in_place(weights)
    return weights


def _gradients(q, k, v, dcontext, mask, bias, scale, softcap, weights):
    if weights is None:
        weights = _weights(q, k, mask, bias, scale, softcap)
    dv = weights.swapaxes(-2, -1) @ dcontext  # (..., T_k, d_v)
    dweights = dcontext @ v.swapaxes(-2, -1)  # (..., T_q, T_k)
    dscores = softmax_vjp(np.broadcast_to(weights, dweights.shape), dweights)
    dbias = () if bias is None else (sum_to_shape(dscores, bias.shape),)  # before the scores change
    if softcap is not None:
        dscores *= 1.0 - np.tanh(_scores(q, k, scale) / cap_bound(softcap)) ** 2
    dscores *= scale_factor(q, scale)
    dq = dscores @ k  # (..., T_q, d_k)
    dk = dscores.swapaxes(-2, -1) @ q  # (..., T_k, d_k)
    return dq, dk, dv, *dbias


def _suit_tiles(q, k, v, bias, scale, softcap):
    plain = bias is None and softcap is None
    return plain and tiled.are_long(q, k, v) and tiled.are_tame(q, k, scale_factor(q, scale))


def _spread(lead, *arrays):
    return [np.broadcast_to(x, lead + x.shape[-2:]) for x in arrays]


def _spread_over_scores(x, lead, q, k):
    return None if x is None else np.broadcast_to(x, (*lead, q.shape[-2], k.shape[-2]))
