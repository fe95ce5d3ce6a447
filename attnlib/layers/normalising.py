"""Layer normalisation: every token brought to mean 0 and variance 1."""

import numpy as np

from attnlib._arrays import require_axis, require_shape
from attnlib.autodiff import differentiable

#: What is added to the variance, so that a token of equal features isn't divided by 0.
EPSILON = 1e-5


@differentiable
def layer_norm(x, gain, shift):
    r"""Return every token with mean 0 and variance 1, scaled and shifted feature by feature.

    .. math::

        n &= \frac{x - \bar x}{\sqrt{\mathrm{var}(x) + \epsilon}}, \qquad y = g \, n + b \\
        dx &= \frac{dn - \overline{dn} - n \, \overline{dn \, n}}{\sqrt{\mathrm{var}(x) + \epsilon}},
        \quad dn = g \, dy

    Parameters
    ----------
    x : array of float, shape (..., d_model)
        Tokens.
    gain, shift : array of float, shape (d_model,)
        g and b; 1 and 0 before training.

    Returns
    -------
    array of float, shape of `x`
        The tokens, normalised.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Notes
    -----
    The gradient has no part along the ones and none along n: to shift or to stretch a token changes
    nothing, so neither can be learnt.

    References
    ----------
    Ba, Kiros and Hinton, "Layer normalization", 2016, equation 4.

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0], [20.0, 0.0]]), np.ones(2), np.zeros(2)).round(3)
    array([[-1.,  1.],
           [ 1., -1.]])
    """
    require_axis("x", x)
    for name, array in (("gain", gain), ("shift", shift)):
        require_shape(name, array, x.shape[-1:], "one number for each feature of x")
    centred = x - x.mean(axis=-1, keepdims=True)
    rate = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPSILON)  # (..., 1)
    n = centred * rate

    def back(dy):
        dn = gain * dy
        dx = rate * (dn - dn.mean(axis=-1, keepdims=True) - n * (dn * n).mean(axis=-1, keepdims=True))
        tokens = tuple(range(dy.ndim - 1))
        return dx, (dy * n).sum(axis=tokens), dy.sum(axis=tokens)

    return gain * n + shift, back
