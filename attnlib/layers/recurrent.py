"""One step of an LSTM: a state that is carried along, and three gates that guard it."""

import numpy as np

from attnlib._arrays import require_shape
from attnlib.autodiff import differentiable


@differentiable
def lstm_step(x, h, c, w_x, w_h, b):
    r"""Return the next output and the next memory of an LSTM, side by side.

    .. math::

        [i, f, g, o] &= x W_x + h W_h + b \\
        c' &= \sigma(f) \, c + \sigma(i) \tanh(g) \\
        h' &= \sigma(o) \tanh(c')

    Parameters
    ----------
    x : array of float, shape (n, d_in)
        One token of each sequence.
    h, c : array of float, shape (n, d_hidden)
        The output and the memory after the token before.
    w_x : array of float, shape (d_in, 4 * d_hidden)
        What brings the token to the gates, in the order i, f, g, o.
    w_h : array of float, shape (d_hidden, 4 * d_hidden)
        What brings the output to the gates.
    b : array of float, shape (4 * d_hidden,)
        What is added to the gates.

    Returns
    -------
    array of float, shape (n, 2 * d_hidden)
        h' and then c'.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Notes
    -----
    The memory is only multiplied by a gate and added to, so that a gradient passes through many steps
    where the gate stays open.

    References
    ----------
    Hochreiter and Schmidhuber, "Long short-term memory", 1997; Gers, Schmidhuber and Cummins, "Learning to
    forget", 2000 (the gate f). The order of the gates is PyTorch's.
    """
    n, size = h.shape
    require_shape("x", x, (n, w_x.shape[0]), "a row for each of h, and the features of w_x")
    require_shape("c", c, h.shape, "the shape of h")
    require_shape("w_x", w_x, (x.shape[1], 4 * size), "four columns for each feature of h")
    require_shape("w_h", w_h, (size, 4 * size), "four columns for each feature of h")
    require_shape("b", b, (4 * size,), "four numbers for each feature of h")
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=-1)
    i, f, o = (0.5 * (np.tanh(0.5 * gate) + 1) for gate in (i, f, o))
    g = np.tanh(g)
    c_next = f * c + i * g
    t = np.tanh(c_next)

    def back(dy):
        dh, dc = np.split(dy, 2, axis=-1)
        dc = dc + dh * o * (1 - t * t)
        gates = (dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g), dh * t * o * (1 - o))
        dz = np.concatenate(gates, axis=-1)  # (n, 4 * d_hidden)
        return dz @ w_x.T, dz @ w_h.T, dc * f, x.T @ dz, h.T @ dz, dz.sum(axis=0)

    return np.concatenate([o * t, c_next], axis=-1), back
