"""Products with a matrix: of every token, of a token's number, and vectors side by side."""

import numpy as np

from attnlib._arrays import require_axis, require_shape, shape_text
from attnlib.autodiff import differentiable


@differentiable
def linear(x, w, b=None):
    r"""Return every token times a matrix, plus a bias.

    .. math::

        Y &= X W + b \\
        dX &= dY \, W^\top, \quad dW = X^\top dY, \quad db = \sum dY

    Parameters
    ----------
    x : array of float, shape (..., d_in)
        Tokens.
    w : array of float, shape (d_in, d_out)
        The matrix.
    b : array of float, shape (d_out,), optional
        What is added to every token.

    Returns
    -------
    array of float, shape (..., d_out)
        The new tokens.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Examples
    --------
    >>> linear(np.array([[1.0, 2.0]]), np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]), np.ones(3))
    array([[2., 3., 4.]])
    """
    require_axis("x", x)
    if w.ndim != 2 or w.shape[0] != x.shape[-1]:
        raise ValueError(
            "w must have a row for each feature of x: "
            f"expected ({x.shape[-1]}, d_out), got {shape_text(w.shape)}"
        )
    flat = x.reshape(-1, x.shape[-1])  # (n, d_in)
    y = flat @ w
    if b is not None:
        require_shape("b", b, w.shape[1:], "one number for each column of w")
        y += b

    def back(dy):
        dy = dy.reshape(-1, w.shape[1])  # (n, d_out)
        return (dy @ w.T).reshape(x.shape), flat.T @ dy, None if b is None else dy.sum(axis=0)

    return y.reshape(*x.shape[:-1], w.shape[1]), back


@differentiable
def embedding(table, ids):
    r"""Return the row of a table for each token's number.

    .. math:: Y_t = E_{i_t}, \qquad dE_i = \sum_{t : \, i_t = i} dY_t

    Parameters
    ----------
    table : array of float, shape (n_words, d_model)
        A row for each word of the vocabulary.
    ids : array_like of int, shape (...)
        The tokens' numbers.

    Returns
    -------
    array of float, shape (..., d_model)
        The rows.

    Raises
    ------
    TypeError
        If `ids` doesn't hold integers.
    ValueError
        If a number is outside the table.

    Notes
    -----
    It is `linear` on rows that are 1 at the word's number and 0 elsewhere, without the product. A word
    that comes twice gets both gradients.

    Examples
    --------
    >>> embedding(np.array([[0.0, 1.0], [2.0, 3.0]]), [1, 1, 0])
    array([[2., 3.],
           [2., 3.],
           [0., 1.]])
    """
    ids = require_ids("ids", ids, len(table))

    def back(dy):
        dtable = np.zeros_like(table)
        np.add.at(dtable, ids.reshape(-1), dy.reshape(-1, table.shape[-1]))
        return dtable, None

    return table[ids], back


@differentiable
def concat(*arrays, axis=-1):
    """Return arrays side by side; each gets its part of the gradient.

    Parameters
    ----------
    *arrays : array of float
        Of one shape, but for `axis`.
    axis : int, default -1
        The axis along which they are joined.

    Returns
    -------
    array of float
        The arrays, joined.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Examples
    --------
    >>> concat(np.zeros((2, 3)), np.ones((2, 1)))
    array([[0., 0., 0., 1.],
           [0., 0., 0., 1.]])
    """
    ends = np.cumsum([x.shape[axis] for x in arrays])[:-1]
    return np.concatenate(arrays, axis), lambda dy: tuple(np.split(dy, ends, axis))


def require_ids(name, ids, n_words):
    """Return `ids` as an array of integers between 0 and `n_words` - 1.

    Raises
    ------
    TypeError
        If they aren't integers.
    ValueError
        If one is outside.
    """
    ids = np.asarray(ids)
    if ids.size == 0 and ids.dtype.kind == "f":
        ids = ids.astype(np.intp)  # NumPy reads [] as floats
    if ids.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integers, got dtype {ids.dtype}")
    if ids.size and not 0 <= ids.min() <= ids.max() < n_words:
        raise ValueError(
            f"{name} must be in the vocabulary: expected 0 to {n_words - 1}, got {ids.min()} to {ids.max()}"
        )
    return ids
