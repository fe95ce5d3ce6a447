"""Attention as a layer: several heads, their step back, and a way to watch where they look."""

import contextlib
import contextvars

import numpy as np

from attnlib._arrays import (
    require_broadcast,
    require_mask,
    require_shape,
    require_size,
    require_tokens,
    shape_text,
)
from attnlib.autodiff import differentiable
from attnlib.dot_product import attention, attention_vjp
from attnlib.heads import merge_heads, split_heads
from attnlib.probability import softmax, softmax_vjp

_SEEN = contextvars.ContextVar("seen", default=None)


@contextlib.contextmanager
def watching():
    """Collect the weights of every attention that is computed meanwhile.

    Yields
    ------
    list of ndarray of float, shape (..., n_heads, T_q, T_k)
        The weights, in the order in which they were computed: in a model, layer by layer.

    Examples
    --------
    >>> x = np.eye(3)
    >>> with watching() as seen:
    ...     _ = attend(x, x, x)
    >>> seen[0].shape
    (1, 3, 3)
    """
    seen = []
    token = _SEEN.set(seen)
    try:
        yield seen
    finally:
        _SEEN.reset(token)


@differentiable
def attend(q, k, v, bias=None, *, n_heads=1, mask=None, scale=None, softcap=None):
    r"""Return what each query gathers from the values, with several heads side by side.

    .. math:: Y = [Y_1, \ldots, Y_n], \quad Y_h = \mathrm{Attention}(Q_h, K_h, V_h)

    Parameters
    ----------
    q : array of float, shape (..., T_q, n_heads * d_head)
        Queries; those of head h stand together, as in `split_heads`.
    k : array of float, shape (..., T_k, n_heads * d_head)
        Keys.
    v : array of float, shape (..., T_k, n_heads * d_v)
        Values.
    bias : array of float, broadcastable to (..., n_heads, T_q, T_k), optional
        What is added to the scaled and capped scores.
    n_heads : int, default 1
        The number of heads.
    mask : array_like of bool, broadcastable to (..., T_q, T_k), optional
        True where a query may attend to a key. It has no axis of heads: all heads share it.
    scale, softcap
        As in `attention`.

    Returns
    -------
    array of float, shape (..., T_q, n_heads * d_v)
        The heads' contexts side by side.

    Raises
    ------
    TypeError
        If `mask` isn't boolean or `n_heads` not an integer.
    ValueError
        If the shapes don't fit.

    Notes
    -----
    The step back is `attention_vjp` with the weights kept from the step forward.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.2.2.
    """
    heads = [split_heads(x, n_heads) for x in (q, k, v)]
    if mask is not None:
        require_tokens("k", k)
        mask = require_mask(mask, (*require_broadcast(q=q, k=k), q.shape[-2], k.shape[-2]))
        mask = mask[..., None, :, :] if mask.ndim > 2 else mask  # (..., 1, T_q, T_k)
    options = {"mask": mask, "bias": bias, "scale": scale, "softcap": softcap}
    context, weights = attention(*heads, **options, return_weights=True)
    _record(weights)

    def back(dy):
        dheads = attention_vjp(*heads, split_heads(dy, n_heads), **options, weights=weights)
        return (*map(merge_heads, dheads[:3]), *dheads[3:])

    return merge_heads(context), back


@differentiable
def additive_attend(q, k, v, w_score, *, mask=None):
    r"""Return what each query gathers from the values, scored by a small network.

    .. math::

        s_{ij} &= w \cdot \tanh(q_i + k_j) \\
        c_i &= \sum_j \mathrm{softmax}(s_i)_j \, v_j

    Parameters
    ----------
    q : array of float, shape (..., T_q, d_hidden)
        Queries, brought to the hidden size (by `linear`).
    k : array of float, shape (..., T_k, d_hidden)
        Keys, likewise.
    v : array of float, shape (..., T_k, d_v)
        Values; the leading axes of all three are the same.
    w_score : array of float, shape (d_hidden,)
        What turns a hidden vector into a score.
    mask : array_like of bool, broadcastable to (..., T_q, T_k), optional
        True where a query may attend to a key.

    Returns
    -------
    array of float, shape (..., T_q, d_v)
        The contexts.

    Raises
    ------
    TypeError
        If `mask` isn't boolean.
    ValueError
        If the shapes don't fit.

    References
    ----------
    Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and translate",
    2015, appendix A.1.2. `attnlib.additive_scores` projects queries and keys as well.
    """
    for name, array in (("q", q), ("k", k), ("v", v)):
        require_tokens(name, array)
        if array.shape[:-2] != q.shape[:-2]:
            raise ValueError(
                f"{name} must have the leading axes of q: "
                f"expected {shape_text(q.shape[:-2])}, got {shape_text(array.shape[:-2])}"
            )
    require_size("k", k, -1, q.shape[-1], "the feature size of q")
    require_size("v", v, -2, k.shape[-2], "one row for each key")
    require_shape("w_score", w_score, q.shape[-1:], "one number for each feature of q")
    hidden = np.tanh(q[..., :, None, :] + k[..., None, :, :])  # (..., T_q, T_k, d_hidden)
    scores = hidden @ w_score
    if mask is not None:
        scores[~np.broadcast_to(require_mask(mask, scores.shape), scores.shape)] = -np.inf
    weights = softmax(scores)
    _record(weights[..., None, :, :])

    def back(dy):
        dscores = softmax_vjp(weights, dy @ v.swapaxes(-2, -1))  # (..., T_q, T_k)
        dhidden = dscores[..., None] * w_score * (1 - hidden * hidden)
        dw_score = np.tensordot(dscores, hidden, dscores.ndim)
        return dhidden.sum(axis=-2), dhidden.sum(axis=-3), weights.swapaxes(-2, -1) @ dy, dw_score

    return weights @ v, back


def _record(weights):
    seen = _SEEN.get()
    if seen is not None:
        seen.append(weights)
