"""Multi-head attention: several attentions side by side, each in its own slice of the features."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from attnlib._arrays import (
    as_float,
    require_broadcast,
    require_count,
    require_mask,
    require_shape,
    require_tokens,
    shape_text,
    sum_to_shape,
    to_common_float,
)
from attnlib.dot_product import attention, attention_vjp


def split_heads(x, n_heads):
    r"""Cut the features of every token into heads, and bring the heads before the tokens.

    .. math:: y_{h t i} = x_{t, \; h d_{\mathrm{head}} + i}

    Parameters
    ----------
    x : array_like of float, shape (..., T, d_model)
        Tokens.
    n_heads : int
        The number of heads; it divides d_model.

    Returns
    -------
    ndarray of float, shape (..., n_heads, T, d_head)
        Head h holds the features ``h * d_head`` to ``(h + 1) * d_head - 1``. It is a view of `x` where
        NumPy can make one.

    Raises
    ------
    TypeError
        If `x` is complex or of dtype object, or `n_heads` isn't an integer.
    ValueError
        If `x` has no token axis, or `n_heads` is less than 1 or doesn't divide d_model.

    Notes
    -----
    A reshape to (..., n_heads, T, d_head) alone has the right shape and mixes up the tokens: the
    features are the last axis, so they are split where they are, and then the axes are swapped.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.2.2.

    Examples
    --------
    >>> split_heads([[0, 1, 2, 3], [10, 11, 12, 13]], 2)
    array([[[ 0.,  1.],
            [10., 11.]],
    <BLANKLINE>
           [[ 2.,  3.],
            [12., 13.]]])
    """
    x = as_float("x", x)
    require_tokens("x", x)
    n_heads = require_count("n_heads", n_heads, 1)
    *lead, t, d_model = x.shape
    d_head = _head_size("d_model", d_model, n_heads)
    return x.reshape(*lead, t, n_heads, d_head).swapaxes(-3, -2)  # (..., n_heads, T, d_head)


def merge_heads(x):
    r"""Put the heads of every token side by side again: the inverse of `split_heads`.

    .. math:: y_{t, \; h d_{\mathrm{head}} + i} = x_{h t i}

    Parameters
    ----------
    x : array_like of float, shape (..., n_heads, T, d_head)
        Heads.

    Returns
    -------
    ndarray of float, shape (..., T, n_heads * d_head)
        Tokens.

    Raises
    ------
    TypeError
        If `x` is complex or of dtype object.
    ValueError
        If `x` has fewer than three axes.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.2.2.

    Examples
    --------
    >>> x = np.arange(8.0).reshape(2, 4)
    >>> bool((merge_heads(split_heads(x, 2)) == x).all())
    True
    """
    x = as_float("x", x)
    if x.ndim < 3:
        raise ValueError(
            "x must have heads, tokens and features as its last three axes: "
            f"expected (..., n_heads, T, d_head), got {shape_text(x.shape)}"
        )
    *lead, n_heads, t, d_head = x.shape
    return x.swapaxes(-3, -2).reshape(*lead, t, n_heads * d_head)  # (..., T, d_model)


@dataclass(frozen=True, eq=False)
class MultiHeadAttention:
    r"""Attend with several heads at once, and mix what they bring back.

    .. math::

        \mathrm{head}_h &= \mathrm{Attention}(X W^Q_h, C W^K_h, C W^V_h) \\
        Y &= [\mathrm{head}_1, \ldots, \mathrm{head}_n] \, W^O

    with C = X in self-attention, and another sequence in cross-attention.

    Parameters
    ----------
    w_q : array_like of float, shape (d_model, n_heads * d_head)
        What turns tokens into queries; the columns of head h stand together, as in `split_heads`.
    w_k : array_like of float, shape (d_context, n_heads * d_head)
        What turns the tokens attended to into keys; d_context is d_model in self-attention.
    w_v : array_like of float, shape (d_context, n_heads * d_v)
        What turns them into values.
    w_o : array_like of float, shape (n_heads * d_v, d_out)
        What mixes the heads' results.
    n_heads : int
        The number of heads.

    Raises
    ------
    TypeError
        If a matrix is complex or of dtype object, or `n_heads` isn't an integer.
    ValueError
        If the shapes don't fit together, or `n_heads` doesn't divide them.

    Notes
    -----
    Vaswani et al. take d_head = d_v = d_model / n_heads and all four matrices square. There are no
    biases, as in the paper's formula.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.2.2.

    Examples
    --------
    >>> heads = MultiHeadAttention.random(np.random.default_rng(0), d_model=8, n_heads=2)
    >>> x = np.ones((5, 8))
    >>> y, weights = heads(x, return_weights=True)
    >>> y.shape, weights.shape
    ((5, 8), (2, 5, 5))
    """

    w_q: np.ndarray
    w_k: np.ndarray
    w_v: np.ndarray
    w_o: np.ndarray
    n_heads: int

    def __post_init__(self):
        object.__setattr__(self, "n_heads", require_count("n_heads", self.n_heads, 1))
        for name in ("w_q", "w_k", "w_v", "w_o"):
            matrix = as_float(name, getattr(self, name))
            if matrix.ndim != 2:
                raise ValueError(
                    f"{name} must be a matrix: expected 2 axes, got {shape_text(matrix.shape)}"
                )
            object.__setattr__(self, name, matrix)
        _head_size("the columns of w_q", self.w_q.shape[1], self.n_heads)
        _head_size("the columns of w_v", self.w_v.shape[1], self.n_heads)
        for name, expected, why in (
            ("w_k", (self.w_k.shape[0], self.w_q.shape[1]), "as many columns as w_q"),
            ("w_v", (self.w_k.shape[0], self.w_v.shape[1]), "as many rows as w_k"),
            ("w_o", (self.w_v.shape[1], self.w_o.shape[1]), "as many rows as w_v has columns"),
        ):
            require_shape(name, getattr(self, name), expected, why)

    @classmethod
    def random(cls, rng, d_model, n_heads):
        r"""Draw the four square matrices from the Glorot uniform distribution.

        .. math:: w \sim U(-a, a), \qquad a = \sqrt{6 / (d_{\mathrm{in}} + d_{\mathrm{out}})}

        Parameters
        ----------
        rng : numpy.random.Generator
            The source of randomness.
        d_model : int
            The feature size of the tokens.
        n_heads : int
            The number of heads; it divides `d_model`.

        Returns
        -------
        MultiHeadAttention
            With matrices of float64, shape (d_model, d_model).

        Raises
        ------
        TypeError
            If `d_model` or `n_heads` isn't an integer.
        ValueError
            If `d_model` is less than 1, or `n_heads` is or doesn't divide it.

        Notes
        -----
        The variance 2 / (d_in + d_out) keeps the size of what flows through the matrix, forward and
        backward. PyTorch's ``nn.MultiheadAttention`` draws its separate query, key and value matrices
        so (``xavier_uniform_``); its default, one packed matrix of shape (3 d_model, d_model), has a
        smaller bound.

        References
        ----------
        Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
        networks", 2010, equation 16.
        """
        n_heads = require_count("n_heads", n_heads, 1)
        d_model = require_count("d_model", d_model, 1)
        _head_size("d_model", d_model, n_heads)
        bound = math.sqrt(6 / (d_model + d_model))
        return cls(*rng.uniform(-bound, bound, size=(4, d_model, d_model)), n_heads)

    def __call__(self, x, context=None, *, mask=None, return_weights=False):
        """Return what each token of `x` gathers from `x` itself, or from `context`.

        Parameters
        ----------
        x : array_like of float, shape (..., T_q, d_model)
            The tokens that ask.
        context : array_like of float, shape (..., T_k, d_context), optional
            The tokens that are attended to: by default `x` (self-attention).
        mask : array_like of bool, broadcastable to (..., T_q, T_k), optional
            True where a query may attend to a key. It has no axis of heads: all heads share it.
        return_weights : bool, default False
            Return the weights as well.

        Returns
        -------
        y : ndarray of float, shape (..., T_q, d_out)
            A token with nothing to attend to gets 0.
        weights : ndarray of float, shape (..., n_heads, T_q, T_k)
            Only with ``return_weights=True``: those of every head, not their mean.

        Raises
        ------
        TypeError
            If an argument is complex or of dtype object, or `mask` isn't boolean.
        ValueError
            If the shapes don't fit.
        """
        at = _project(self, x, context, mask)
        context = attention(at.q, at.k, at.v, mask=at.mask, return_weights=return_weights)
        heads, *weights = context if return_weights else (context,)
        y = (merge_heads(heads) @ at.w_o).astype(at.dtype, copy=False)
        return (y, weights[0].astype(at.dtype, copy=False)) if return_weights else y


class MultiHeadGradients(NamedTuple):
    """What `multi_head_vjp` returns: one gradient for each input and matrix, in its shape.

    Attributes
    ----------
    dx : ndarray of float, shape of `x`
        In self-attention the sum over the three uses of `x`.
    dcontext : ndarray of float, shape of `context`, or None
        None in self-attention.
    dw_q, dw_k, dw_v, dw_o : ndarray of float, shapes of the matrices
        Gradients of the matrices.
    """

    dx: np.ndarray
    dcontext: np.ndarray | None
    dw_q: np.ndarray
    dw_k: np.ndarray
    dw_v: np.ndarray
    dw_o: np.ndarray


def multi_head_vjp(heads, dy, x, context=None, *, mask=None):
    r"""Carry a gradient back through multi-head attention.

    .. math::

        dW^O &= H^\top dY, \quad dH = dY {W^O}^\top \\
        dW^Q &= X^\top dQ, \quad dX = dQ {W^Q}^\top

    with H the merged heads and dQ, dK, dV from `attention_vjp` (keys and values like the queries).

    Parameters
    ----------
    heads : MultiHeadAttention
        The layer.
    dy : array_like of float, shape (..., T_q, d_out)
        The gradient of a number with respect to the layer's result.
    x, context, mask
        What the layer was called with.

    Returns
    -------
    MultiHeadGradients
        ``dx, dcontext, dw_q, dw_k, dw_v, dw_o``. A matrix is used for every token of every sequence,
        so its gradient is summed over them all.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, or `mask` isn't boolean.
    ValueError
        If the shapes don't fit.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.2.2.

    Examples
    --------
    >>> heads = MultiHeadAttention.random(np.random.default_rng(0), d_model=8, n_heads=2)
    >>> grads = multi_head_vjp(heads, np.ones((5, 8)), np.ones((5, 8)))
    >>> grads.dx.shape, grads.dcontext, grads.dw_q.shape
    ((5, 8), None, (8, 8))
    """
    at = _project(heads, x, context, mask)
    (dy,), dy_dtype = to_common_float(dy=dy)
    merged = merge_heads(attention(at.q, at.k, at.v, mask=at.mask))
    require_shape("dy", dy, merged.shape[:-1] + at.w_o.shape[1:], "the shape of the result")
    dmerged = dy @ at.w_o.T
    dq, dk, dv = (
        merge_heads(d)
        for d in attention_vjp(at.q, at.k, at.v, split_heads(dmerged, heads.n_heads), mask=at.mask)
    )
    dx = dq @ at.w_q.T
    dcontext = dk @ at.w_k.T + dv @ at.w_v.T
    if context is None:
        dx, dcontext = dx + dcontext, None
    dtype = np.result_type(at.dtype, dy_dtype)
    gradients = (
        dx,
        dcontext,
        _matrix_gradient(at.x, dq),
        _matrix_gradient(at.context, dk),
        _matrix_gradient(at.context, dv),
        _matrix_gradient(merged, dy),
    )
    return MultiHeadGradients(*(None if d is None else d.astype(dtype, copy=False) for d in gradients))


class _Projected(NamedTuple):
    """What the forward and the backward pass both start from; q, k and v are split into heads."""

    x: np.ndarray
    context: np.ndarray
    w_q: np.ndarray
    w_k: np.ndarray
    w_v: np.ndarray
    w_o: np.ndarray
    q: np.ndarray
    k: np.ndarray
    v: np.ndarray
    mask: np.ndarray | None
    dtype: np.dtype


def _project(heads, x, context, mask):
    context = x if context is None else context
    (x, context, w_q, w_k, w_v, w_o), dtype = to_common_float(
        x=x, context=context, w_q=heads.w_q, w_k=heads.w_k, w_v=heads.w_v, w_o=heads.w_o
    )
    for name, tokens, matrix in (("x", x, w_q), ("context", context, w_k)):
        require_tokens(name, tokens)
        if tokens.shape[-1] != matrix.shape[0]:
            raise ValueError(
                f"{name} must have the feature size of the layer: "
                f"expected (..., T, {matrix.shape[0]}), got {shape_text(tokens.shape)}"
            )
    lead = require_broadcast(x=x, context=context)
    q, k, v = (
        split_heads(tokens @ w, heads.n_heads) for tokens, w in ((x, w_q), (context, w_k), (context, w_v))
    )
    if mask is not None:
        mask = require_mask(mask, (*lead, x.shape[-2], context.shape[-2]))
        if mask.ndim > 2:
            mask = mask[..., None, :, :]  # (..., 1, T_q, T_k)
    return _Projected(x, context, w_q, w_k, w_v, w_o, q, k, v, mask, dtype)


def _matrix_gradient(inputs, doutputs):
    return sum_to_shape(inputs.swapaxes(-2, -1) @ doutputs, (inputs.shape[-1], doutputs.shape[-1]))


def _head_size(name, size, n_heads):
    if size % n_heads:
        raise ValueError(f"n_heads must divide {name}: expected a divisor of {size}, got {n_heads}")
    return size // n_heads
