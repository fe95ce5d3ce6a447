"""Order: what tells attention where a token stands, added to tokens, to scores, or turned into q and k."""

import numpy as np

from attnlib._arrays import require_count, require_size, require_tokens
from attnlib.autodiff import differentiable
from attnlib.layers.dense import embedding


def sinusoids(t, d_model, *, base=10000.0):
    r"""Return a vector of waves for each position, the same for every text.

    .. math:: p_{t, 2i} = \sin(t / b^{2i/d}), \qquad p_{t, 2i+1} = \cos(t / b^{2i/d})

    Parameters
    ----------
    t : int
        The number of positions.
    d_model : int
        The number of features.
    base : float, default 10000.0
        The base b of the wavelengths, which go from 2π to nearly 2πb.

    Returns
    -------
    ndarray of float64, shape (t, d_model)
        To be added to tokens.

    Raises
    ------
    TypeError
        If a size isn't an integer.
    ValueError
        If a size is negative.

    References
    ----------
    Vaswani et al., "Attention is all you need", 2017, section 3.5.

    Examples
    --------
    >>> sinusoids(3, 2).round(2)
    array([[ 0.  ,  1.  ],
           [ 0.84,  0.54],
           [ 0.91, -0.42]])
    """
    angles = _angles(np.arange(require_count("t", t, 0)), require_count("d_model", d_model, 0), base)
    waves = np.empty((t, 2 * angles.shape[1]))
    waves[:, 0::2], waves[:, 1::2] = np.sin(angles), np.cos(angles)
    return waves[:, :d_model]


@differentiable
def rotate(x, *, positions=None, n_heads=1, base=10000.0):
    r"""Turn every pair of features by an angle that grows with the position (RoPE).

    .. math::

        \begin{pmatrix} y_{2i} \\ y_{2i+1} \end{pmatrix} =
        \begin{pmatrix} \cos \phi & -\sin \phi \\ \sin \phi & \cos \phi \end{pmatrix}
        \begin{pmatrix} x_{2i} \\ x_{2i+1} \end{pmatrix}

    by the angle :math:`\phi = t / b^{2i/d}` at the position t, d being the size of a head.

    Parameters
    ----------
    x : array of float, shape (..., T, n_heads * d_head)
        Queries or keys; d_head is even.
    positions : array_like of float, shape (T,), optional
        Where the tokens stand: by default 0 to T - 1.
    n_heads : int, default 1
        The number of heads; each is turned by the same angles.
    base : float, default 10000.0
        The base b of the wavelengths.

    Returns
    -------
    array of float, shape of `x`
        Turned, and as long as before.

    Raises
    ------
    ValueError
        If the shapes don't fit, or d_head is odd.

    Notes
    -----
    A query turned by φ and a key turned by ψ have the dot product of the query turned by φ - ψ with the
    key as it was: the score depends on the distance alone. The step back turns back.

    References
    ----------
    Su et al., "RoFormer: enhanced Transformer with rotary position embedding", 2021, section 3.2.2.

    Examples
    --------
    >>> rotate(np.array([[1.0, 0.0], [1.0, 0.0]]), positions=[0, np.pi / 2]).round(6) + 0
    array([[1., 0.],
           [0., 1.]])
    """
    require_tokens("x", x)
    t, d_model = x.shape[-2:]
    if d_model % (2 * n_heads):
        raise ValueError(
            f"x must have an even number of features for each head: expected a multiple of {2 * n_heads}, "
            f"got {d_model}"
        )
    positions = np.arange(t) if positions is None else np.asarray(positions)
    require_size("positions", positions[..., None], -2, t, "one number for each token of x")
    angles = _angles(positions, d_model // n_heads, base)  # (T, d_head / 2)
    cos, sin = (np.tile(wave, n_heads).astype(x.dtype) for wave in (np.cos(angles), np.sin(angles)))

    def turned(x, sin):
        y = np.empty_like(x)
        even, odd = x[..., 0::2], x[..., 1::2]
        y[..., 0::2], y[..., 1::2] = even * cos - odd * sin, even * sin + odd * cos
        return y

    return turned(x, sin), lambda dy: (turned(dy, -sin),)


def alibi(t_q, t_k=None, *, n_heads):
    r"""Return a bias that falls with the distance of a key, for each head at its own rate (ALiBi).

    .. math:: B_{hij} = -2^{-8h/n} \, |p_i - j|, \qquad p_i = i + T_k - T_q

    for the heads h = 1 to n.

    Parameters
    ----------
    t_q : int
        The number of queries.
    t_k : int, optional
        The number of keys: by default as many as queries. The last query stands at the last key.
    n_heads : int
        The number of heads.

    Returns
    -------
    ndarray of float64, shape (n_heads, t_q, t_k)
        To be added to scores.

    Raises
    ------
    TypeError
        If a size isn't an integer.
    ValueError
        If a size is negative, or `n_heads` less than 1.

    References
    ----------
    Press, Smith and Lewis, "Train short, test long: attention with linear biases enables input length
    extrapolation", 2022, section 3.

    Examples
    --------
    >>> alibi(1, 4, n_heads=8)[0]
    array([[-1.5, -1. , -0.5, -0. ]])
    """
    n_heads = require_count("n_heads", n_heads, 1)
    slopes = 2.0 ** (-8 * np.arange(1, n_heads + 1) / n_heads)
    return -slopes[:, None, None] * np.abs(_distances(t_q, t_k))


def relative_bias(table, t_q, t_k=None):
    r"""Return a learned bias for each distance between query and key, for each head.

    .. math:: B_{hij} = E_{\mathrm{clip}(j - p_i, \, -r, \, r) + r, \; h}, \quad p_i = i + T_k - T_q

    Parameters
    ----------
    table : array of float, shape (2 r + 1, n_heads)
        A row for each distance up to the reach r; what is further away uses the last row.
    t_q : int
        The number of queries.
    t_k : int, optional
        The number of keys: by default as many as queries. The last query stands at the last key.

    Returns
    -------
    array of float, shape (n_heads, t_q, t_k)
        To be added to scores.

    Raises
    ------
    TypeError
        If a size isn't an integer.
    ValueError
        If a size is negative, or `table` has an even number of rows.

    Notes
    -----
    T5 has rows for ranges of distances that grow with the distance; here every distance has its own.

    References
    ----------
    Shaw, Uszkoreit and Vaswani, "Self-attention with relative position representations", 2018, section
    3.2 (the clipping); Raffel et al., "T5", 2020, section 2.1 (one number a distance and head).

    Examples
    --------
    >>> relative_bias(np.array([[-1.0], [0.0], [1.0]]), 2, 3)[0]
    array([[-1.,  0.,  1.],
           [-1., -1.,  0.]])
    """
    if table.shape[0] % 2 == 0:
        raise ValueError(f"table must have 2 r + 1 rows: expected an odd number, got {table.shape[0]}")
    reach = table.shape[0] // 2
    rows = embedding(table, np.clip(_distances(t_q, t_k), -reach, reach) + reach)  # (t_q, t_k, n_heads)
    return rows.swapaxes(0, 2).swapaxes(1, 2)


def _distances(t_q, t_k):
    t_q = require_count("t_q", t_q, 0)
    t_k = t_q if t_k is None else require_count("t_k", t_k, 0)
    return np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)  # (t_q, t_k)


def _angles(positions, size, base):
    return positions[:, None] / base ** (np.arange(0, size, 2) / size)
