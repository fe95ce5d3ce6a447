"""Other ways to attend: additive scores, hard attention, and attention in one pass over the keys."""

import numpy as np

from attnlib._arrays import (
    require_axis,
    require_broadcast,
    require_count,
    require_shape,
    require_tokens,
    shape_text,
    to_common_float,
)
from attnlib.dot_product import attention_weights, fitting_mask, require_triple, scale_factor


def additive_scores(q, k, w_q, w_k, w_score):
    r"""Score every key for every query with a small network, as the first attention did.

    .. math:: s_{ij} = w \cdot \tanh(q_i W^Q + k_j W^K)

    Parameters
    ----------
    q : array_like of float, shape (..., T_q, d_q)
        Queries.
    k : array_like of float, shape (..., T_k, d_k)
        Keys; their feature size is free.
    w_q : array_like of float, shape (d_q, d_hidden)
        What brings the queries to the hidden size.
    w_k : array_like of float, shape (d_k, d_hidden)
        What brings the keys to the hidden size.
    w_score : array_like of float, shape (d_hidden,)
        What turns a hidden vector into a score.

    Returns
    -------
    ndarray of float, shape (..., T_q, T_k)
        The scores, for `softmax`.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object.
    ValueError
        If the shapes don't fit.

    Notes
    -----
    It holds T_q T_k d_hidden numbers where the dot product holds T_q T_k: that, and the fast matrix
    product, is why the dot product took its place.

    References
    ----------
    Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and translate",
    2015, appendix A.1.2.

    Examples
    --------
    >>> additive_scores([[0.0]], [[0.0], [1.0]], [[1.0]], [[1.0]], [2.0]).round(3)
    array([[0.   , 1.523]])
    """
    (q, k, w_q, w_k, w_score), dtype = to_common_float(q=q, k=k, w_q=w_q, w_k=w_k, w_score=w_score)
    require_tokens("q", q)
    require_tokens("k", k)
    require_broadcast(q=q, k=k)
    if w_score.ndim != 1:
        raise ValueError(f"w_score must be a vector: expected (d_hidden,), got {shape_text(w_score.shape)}")
    for name, matrix, of, tokens in (("w_q", w_q, "q", q), ("w_k", w_k, "k", k)):
        expected = (tokens.shape[-1], len(w_score))
        require_shape(name, matrix, expected, f"the feature size of {of} and the length of w_score")
    queries = (q @ w_q)[..., :, None, :]  # (..., T_q, 1, d_hidden)
    keys = (k @ w_k)[..., None, :, :]  # (..., 1, T_k, d_hidden)
    return (np.tanh(queries + keys) @ w_score).astype(dtype, copy=False)  # (..., T_q, T_k)


def hard_attention(q, k, v, *, mask=None, scale=None, rng=None, return_weights=False):
    r"""Return one value for each query: the best, or one drawn with the attention weights.

    .. math:: c_i = v_{j(i)}, \quad j(i) = \arg\max_j a_{ij} \;\; \text{or} \;\; j(i) \sim a_i

    Parameters
    ----------
    q, k, v, mask, scale
        As in `attention`.
    rng : numpy.random.Generator, optional
        Draw the keys with it. Without it the key with the greatest weight is taken, the first of several.
    return_weights : bool, default False
        Return the choice as well.

    Returns
    -------
    context : ndarray of float, shape (..., T_q, d_v)
        A query with nothing to attend to has the context 0.
    choice : ndarray of float, shape (..., T_q, T_k)
        Only with ``return_weights=True``: 1 at the chosen key and 0 elsewhere.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, or `mask` isn't boolean.
    ValueError
        If the shapes don't fit, or the weights to draw with are NaN.

    Notes
    -----
    The arg max has the derivative 0 wherever it has one, so nothing can be learnt through it. A drawn
    choice can be learnt from: see `reinforce_gradient`. The mean of many draws is `attention`.

    References
    ----------
    Xu et al., "Show, attend and tell", 2015, section 4.1.

    Examples
    --------
    >>> q, k, v = [[2.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], [[10.0], [20.0]]
    >>> hard_attention(q, k, v)
    array([[10.]])
    >>> rng = np.random.default_rng(0)
    >>> sum(float(hard_attention(q, k, v, rng=rng)[0, 0]) for _ in range(1000)) / 1000
    12.07
    >>> from attnlib import attention
    >>> attention(q, k, v).round(2)
    array([[11.96]])
    """
    (q, k, v), dtype = to_common_float(q=q, k=k, v=v)
    require_triple(q, k, v)
    weights = attention_weights(q, k, mask=mask, scale=scale)
    if k.shape[-2] == 0:
        weights = np.zeros_like(weights, shape=(*weights.shape[:-1], 1))
    chosen = weights.argmax(axis=-1) if rng is None else _draw(rng, weights)
    choice = (np.arange(k.shape[-2]) == chosen[..., None]) & (weights.sum(axis=-1, keepdims=True) > 0)
    choice = choice.astype(q.dtype)  # (..., T_q, T_k)
    context = (choice @ v).astype(dtype, copy=False)
    return (context, choice.astype(dtype, copy=False)) if return_weights else context


def reinforce_gradient(weights, choice, reward, *, baseline=0.0):
    r"""Estimate how the scores should change so that drawn choices earn more.

    .. math:: \widehat{\frac{\partial \, E[R]}{\partial s_j}} = (R - b) \, (\mathrm{choice}_j - a_j)

    Parameters
    ----------
    weights : array_like of float, shape (..., T_k)
        The probabilities that the keys were drawn with: the softmax of the scores.
    choice : array_like of float, shape of `weights`
        1 at the key that was drawn and 0 elsewhere, as `hard_attention` returns it.
    reward : array_like of float, shape (...)
        What each query earned with its choice.
    baseline : array_like of float, broadcastable to (...), default 0
        What a query is expected to earn. It must not depend on the choice.

    Returns
    -------
    ndarray of float, shape (..., T_k)
        The estimate of the gradient with respect to the (scaled) scores.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object.
    ValueError
        If the shapes don't fit.

    Notes
    -----
    ``choice - weights`` is the derivative of the log probability of the choice. The mean over the
    draws is the true gradient, ``softmax_vjp(weights, reward of each key)``, for every baseline; a
    baseline near the mean reward makes the estimate vary less.

    References
    ----------
    Williams, "Simple statistical gradient-following algorithms for connectionist reinforcement
    learning", 1992; Xu et al., "Show, attend and tell", 2015, equations 11 and 12.

    Examples
    --------
    >>> reinforce_gradient([0.75, 0.25], [0.0, 1.0], 2.0)
    array([-1.5,  1.5])
    >>> reinforce_gradient([0.75, 0.25], [0.0, 1.0], 2.0, baseline=2.0)
    array([-0.,  0.])
    """
    (weights, choice, reward, baseline), dtype = to_common_float(
        weights=weights, choice=choice, reward=reward, baseline=baseline
    )
    require_axis("weights", weights)
    require_shape("choice", choice, weights.shape, "the shape of weights")
    require_shape("reward", reward, weights.shape[:-1], "one number for each query")
    try:
        baseline = np.broadcast_to(baseline, reward.shape)
    except ValueError:
        raise ValueError(
            "baseline must broadcast to the shape of reward: "
            f"expected {shape_text(reward.shape)}, got {shape_text(baseline.shape)}"
        ) from None
    return ((reward - baseline)[..., None] * (choice - weights)).astype(dtype, copy=False)


def online_attention(q, k, v, *, mask=None, causal=False, scale=None, block_size=128):
    r"""Return what `attention` returns, in one pass over the keys, without the matrix of weights.

    For each block of keys, with m the running maximum and l the running sum:

    .. math::

        m' &= \max(m, \max_j s_j), \qquad r = e^{m - m'} \\
        l' &= r \, l + \sum_j e^{s_j - m'} \\
        c' &= r \, c + \sum_j e^{s_j - m'} v_j

    and in the end the context is c / l.

    Parameters
    ----------
    q, k, v, scale
        As in `attention`.
    mask : array_like of bool, broadcastable to (..., T_q, T_k), optional
        True where a query may attend to a key.
    causal : bool, default False
        Apply ``causal_mask(T_q, T_k)``, made block by block, together with `mask`.
    block_size : int, default 128
        The number of keys at a time.

    Returns
    -------
    ndarray of float, shape (..., T_q, d_v)
        The context. A query with nothing to attend to has the context 0.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, `mask` isn't boolean, or `block_size` isn't an
        integer.
    ValueError
        If the shapes don't fit, or `block_size` is less than 1.

    Notes
    -----
    What is held grows with T_q and `block_size`, not with T_q T_k. When a block brings a new maximum,
    all that was summed before is scaled down by the same factor r, so it never has to be seen again.

    References
    ----------
    Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018, algorithm 3; Rabe and
    Staats, "Self-attention does not need O(n²) memory", 2021; Dao et al., "FlashAttention", 2022.

    Examples
    --------
    >>> online_attention([[0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], [[10.0], [20.0]], block_size=1)
    array([[15.]])
    """
    block_size = require_count("block_size", block_size, 1)
    (q, k, v), dtype = to_common_float(q=q, k=k, v=v)
    lead = require_triple(q, k, v)
    mask = fitting_mask(mask, q, k)
    t_q, t_k = q.shape[-2], k.shape[-2]
    q = q * scale_factor(q, scale)
    peak = np.full((*require_broadcast(q=q, k=k), t_q, 1), -np.inf, dtype=q.dtype)
    total = np.zeros_like(peak)
    context = np.zeros((*lead, t_q, v.shape[-1]), dtype=q.dtype)
    for start in range(0, t_k, block_size):
        keys = slice(start, start + block_size)
        scores = q @ k[..., keys, :].swapaxes(-2, -1)  # (..., T_q, block_size)
        if mask is not None:
            np.copyto(scores, -np.inf, where=~(mask[..., keys] if mask.shape[-1] > 1 else mask))
        if causal:
            np.copyto(scores, -np.inf, where=~_causal_block(t_q, t_k, keys))
        old_peak, peak = peak, np.maximum(peak, scores.max(axis=-1, keepdims=True))
        subtracted = np.where(np.isneginf(peak), q.dtype.type(0), peak)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            shrink = np.exp(old_peak - subtracted)
            scores -= subtracted
            np.exp(scores, out=scores)
        total = shrink * total + scores.sum(axis=-1, keepdims=True)
        context *= shrink
        context += scores @ v[..., keys, :]
    total[total == 0.0] = 1.0
    context /= total
    return context.astype(dtype, copy=False)


def _causal_block(t_q, t_k, keys):
    last_seen = np.arange(t_q)[:, None] + t_k - t_q  # (T_q, 1)
    return np.arange(t_k)[keys] <= last_seen  # (T_q, block_size)


def _draw(rng, weights):
    if np.isnan(weights).any():
        raise ValueError("the weights to draw with are NaN: q and k must hold finite numbers")
    cumulative = weights.cumsum(axis=-1, dtype=np.float64)
    mark = rng.random(weights.shape[:-1])[..., None] * cumulative[..., -1:]
    return (cumulative > mark).argmax(axis=-1)
