"""Functions of each number alone, and softmax: what bends between two products."""

import math

import numpy as np

from attnlib.autodiff import differentiable
from attnlib.probability import softmax as plain_softmax
from attnlib.probability import softmax_vjp


@differentiable
def relu(x):
    r"""Return what is positive, and 0 elsewhere.

    .. math:: y = \max(x, 0), \qquad dx = [\, x > 0 \,] \, dy

    Parameters
    ----------
    x : array of float, shape (...)
        Any numbers.

    Returns
    -------
    array of float, shape (...)
        Each number that is positive, and 0 in place of the others.

    Examples
    --------
    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    y = np.maximum(x, 0)
    return y, lambda dy: (dy * (y > 0),)


@differentiable
def gelu(x):
    r"""Return x times (nearly) the probability that a normal number is below x: a smooth `relu`.

    .. math::

        y &= \tfrac{x}{2} (1 + \tanh u) \\
        u &= \sqrt{2 / \pi} \, (x + 0.044715 \, x^3)

    Parameters
    ----------
    x : array of float, shape (...)
        Any numbers.

    Returns
    -------
    array of float, shape (...)
        Nearly x where x is large, nearly 0 where it is very negative.

    References
    ----------
    Hendrycks and Gimpel, "Gaussian error linear units", 2016, section 2; GPT-2 uses this form of it.

    Examples
    --------
    >>> gelu(np.array([-2.0, 0.0, 3.0])).round(3)
    array([-0.045,  0.   ,  2.996])
    """
    rate = math.sqrt(2 / math.pi)
    t = np.tanh(rate * (x + 0.044715 * x**3))

    def back(dy):
        slope = rate * (1 + 3 * 0.044715 * x * x)
        return (dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope),)

    return 0.5 * x * (1 + t), back


@differentiable
def tanh(x):
    r"""Return the hyperbolic tangent.

    .. math:: y = \tanh x, \qquad dx = (1 - y^2) \, dy

    Parameters
    ----------
    x : array of float, shape (...)
        Any numbers.

    Returns
    -------
    array of float, shape (...)
        Numbers between -1 and 1.

    Examples
    --------
    >>> tanh(np.array([-20.0, 0.0, 20.0]))
    array([-1.,  0.,  1.])
    """
    y = np.tanh(x)
    return y, lambda dy: (dy * (1 - y * y),)


@differentiable
def sigmoid(x):
    r"""Return a gate between 0, shut, and 1, open.

    .. math:: y = \frac{1}{1 + e^{-x}}, \qquad dx = y \, (1 - y) \, dy

    Parameters
    ----------
    x : array of float, shape (...)
        Any numbers.

    Returns
    -------
    array of float, shape (...)
        Numbers between 0 and 1.

    Notes
    -----
    It is a tanh, shifted and halved, which no x overflows.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    y = 0.5 * (np.tanh(0.5 * x) + 1)
    return y, lambda dy: (dy * y * (1 - y),)


@differentiable
def softmax(x, *, axis=-1):
    """Return `attnlib.softmax` along an axis; its step back is `attnlib.softmax_vjp`.

    Parameters
    ----------
    x : array of float, shape (..., n)
        Scores; -inf gives a weight of 0.
    axis : int, default -1
        The axis along which the weights sum to 1.

    Returns
    -------
    array of float, shape of `x`
        The weights.

    Examples
    --------
    >>> softmax(np.array([0.0, 0.0, -math.inf]))
    array([0.5, 0.5, 0. ])
    """
    y = plain_softmax(x, axis)
    return y, lambda dy: (softmax_vjp(y, dy, axis),)
