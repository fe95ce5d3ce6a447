"""Softmax: from scores to weights that sum to 1, its derivative, and how sharp the result is."""

import math

import numpy as np

from attnlib._arrays import as_float, require_axis, require_shape, to_common_float


def softmax(x, axis=-1, *, base=math.e, temperature=1.0):
    r"""Turn scores into positive weights that sum to 1 along an axis.

    .. math:: p_i = \frac{b^{x_i / \tau}}{\sum_j b^{x_j / \tau}}

    Parameters
    ----------
    x : array_like of float, shape (..., n, ...)
        Scores; integers and booleans are read as float64.
    axis : int, default -1
        The axis along which the weights sum to 1. In an attention matrix that is the axis of the keys.
    base : float, default e
        The base b of the power, greater than 1. Base 3 makes every weight of integer scores a fraction.
    temperature : float, default 1.0
        The divisor :math:`\tau` of the scores, greater than 0: small is sharp, large is flat.

    Returns
    -------
    ndarray of float, shape of `x`
        The weights, in the dtype of `x` (float16 is computed in float32).

    Raises
    ------
    TypeError
        If `x` is complex or of dtype object.
    ValueError
        If `base` or `temperature` is out of range or not finite, or `x` has no such axis.

    Notes
    -----
    The largest score is subtracted before the exponential. That changes no weight, because the
    factor :math:`b^{-\max x}` stands above and below the line, and it keeps every power at most 1, so
    that no finite score overflows. A score of minus infinity gets the weight 0; where every score is
    minus infinity there is nothing to choose, and all weights are 0. NaN and plus infinity give NaN.

    References
    ----------
    Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990;
    Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax functions", 2021.

    Examples
    --------
    >>> softmax([0, 1, 2], base=3) * 13
    array([1., 3., 9.])
    >>> softmax([[1000.0, 1000.0], [0.0, float("-inf")]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    (x,), dtype = to_common_float(x=x)
    require_axis("x", x)
    factor = _factor(base, temperature, x.dtype)
    weights = x.copy()
    softmax_in_place(weights, axis, factor=factor)
    return weights.astype(dtype, copy=False)


def softmax_in_place(scores, axis=-1, factor=1.0):
    """Replace float `scores` by the softmax of ``factor * scores``, with one row of extra memory."""
    peak = scores.max(axis=axis, keepdims=True, initial=-np.inf)
    peak[np.isneginf(peak)] = 0.0
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        scores -= peak
        if factor != 1.0:
            scores *= factor
        np.exp(scores, out=scores)
        total = scores.sum(axis=axis, keepdims=True)
        total[total == 0.0] = 1.0
        scores /= total


def _factor(base, temperature, dtype):
    if not 1 < base < math.inf:
        raise ValueError(f"base must be greater than 1 and finite, got {base}")
    if not 0 < temperature < math.inf:
        raise ValueError(f"temperature must be greater than 0 and finite, got {temperature}")
    largest = float(np.finfo(dtype).max)  # past it, 0 times the factor is NaN
    return min(math.log(base) / temperature, largest)


def softmax_vjp(weights, dweights, axis=-1, *, base=math.e, temperature=1.0):
    r"""Carry a gradient back through softmax: from the weights to the scores.

    .. math:: dx_i = \frac{\ln b}{\tau} \, p_i \Big( dp_i - \sum_j p_j \, dp_j \Big)

    Parameters
    ----------
    weights : array_like of float, shape (..., n, ...)
        The output of `softmax` with the same `axis`, `base` and `temperature`.
    dweights : array_like of float, shape of `weights`
        The gradient of a number with respect to the weights.
    axis : int, default -1
        The axis along which the weights sum to 1.
    base, temperature : float
        Those of `softmax`.

    Returns
    -------
    ndarray of float, shape of `weights`
        The gradient with respect to the scores; it sums to 0 along `axis`.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object.
    ValueError
        If the shapes differ, `base` or `temperature` is out of range, or there is no such axis.

    Notes
    -----
    It is `softmax_jacobian` times `dweights`, without the n × n matrix. A score rises where its
    weight's gradient is above the mean, and only differences count: shifting all scores changes nothing.

    References
    ----------
    Bridle 1990, as for `softmax`.

    Examples
    --------
    >>> softmax_vjp([0.5, 0.25, 0.25], [1.0, 0.0, 0.0])
    array([ 0.25 , -0.125, -0.125])
    """
    (p, dp), dtype = to_common_float(weights=weights, dweights=dweights)
    require_axis("weights", p)
    require_shape("dweights", dp, p.shape, "the shape of weights")
    factor = _factor(base, temperature, p.dtype)
    mean = (p * dp).sum(axis=axis, keepdims=True)
    return (factor * p * (dp - mean)).astype(dtype, copy=False)


def softmax_jacobian(weights):
    r"""Return the derivative of every weight with respect to every score.

    .. math:: \frac{\partial p_i}{\partial x_j} = p_i (\delta_{ij} - p_j)

    Parameters
    ----------
    weights : array_like of float, shape (..., n)
        The output of a softmax over the last axis (temperature 1, base e).

    Returns
    -------
    ndarray of float, shape (..., n, n)
        Row i holds the derivatives of weight i. It is symmetric, and its rows and columns sum to 0.

    Raises
    ------
    TypeError
        If `weights` is complex or of dtype object.
    ValueError
        If `weights` has no axis.

    Notes
    -----
    Every entry is 0 where one weight is 1: a saturated softmax passes no gradient on.

    References
    ----------
    Bridle 1990, as for `softmax`.

    Examples
    --------
    >>> softmax_jacobian([0.5, 0.5])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    >>> bool(abs(softmax_jacobian([1.0, 0.0])).max() == 0)
    True
    """
    (p,), dtype = to_common_float(weights=weights)
    require_axis("weights", p)
    diagonal = np.eye(p.shape[-1], dtype=p.dtype) * p[..., None]  # (..., n, n)
    return (diagonal - p[..., :, None] * p[..., None, :]).astype(dtype, copy=False)


def entropy(weights, axis=-1):
    r"""Return how spread out weights are, in nats: 0 for one-hot weights, ln n for uniform ones.

    .. math:: H(p) = -\sum_i p_i \ln p_i, \qquad 0 \ln 0 = 0

    Parameters
    ----------
    weights : array_like of float, shape (..., n, ...)
        Weights that are at least 0 and sum to 1 along `axis`.
    axis : int, default -1
        The axis along which they sum to 1.

    Returns
    -------
    ndarray or scalar of float, shape of `weights` without `axis`
        The entropy in nats. :math:`e^H` is the number of keys that evenly shared attention would have.

    Raises
    ------
    TypeError
        If `weights` is complex or of dtype object.
    ValueError
        If a weight is negative, or `weights` has no such axis.

    References
    ----------
    Shannon, "A mathematical theory of communication", 1948, section 6.

    Examples
    --------
    >>> float(entropy([1.0, 0.0, 0.0]))
    0.0
    >>> round(float(entropy([0.25, 0.25, 0.25, 0.25])), 6) == round(math.log(4), 6)
    True
    """
    weights = as_float("weights", weights)
    require_axis("weights", weights)
    if (weights < 0).any():
        raise ValueError("weights must not be negative")
    (p,), dtype = to_common_float(weights=weights)
    logarithm = np.log(p, where=p > 0, out=np.zeros_like(p))
    return np.abs((p * logarithm).sum(axis=axis)).astype(dtype, copy=False)
