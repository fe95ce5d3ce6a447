"""Cosine similarity: how far two vectors point the same way, whatever their lengths."""

import numpy as np

from attnlib._arrays import shape_text, to_common_float


def cosine_similarity(a, b, axis=-1):
    r"""Return the cosine of the angle between vectors.

    .. math:: \cos(a, b) = \frac{a \cdot b}{\lVert a \rVert \, \lVert b \rVert}

    Parameters
    ----------
    a, b : array_like of float, shape (..., n, ...)
        Vectors along `axis`; the other axes broadcast.
    axis : int, default -1
        The axis of the vectors, counted in the broadcast shape.

    Returns
    -------
    ndarray or scalar of float, the broadcast shape without `axis`
        Between -1 and 1. A vector of zeros points nowhere: its similarity to every vector is 0.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object.
    ValueError
        If the shapes don't fit, or there is no such axis.

    Notes
    -----
    Each vector is divided by its largest entry before its length is taken, so that no square of a
    finite number overflows or vanishes. Rounding can carry a cosine past 1, where the arc cosine has
    no value; it is clipped.

    References
    ----------
    Salton, Wong and Yang, "A vector space model for automatic indexing", 1975.

    Examples
    --------
    >>> float(cosine_similarity([3, 0], [5, 0])), float(cosine_similarity([1, 0], [0, 2]))
    (1.0, 0.0)

    Every query with every key:

    >>> q, k = np.eye(2), np.array([[1.0, 0.0], [3.0, 4.0], [0.0, 0.0]])
    >>> cosine_similarity(q[:, None, :], k[None, :, :])
    array([[1. , 0.6, 0. ],
           [0. , 0.8, 0. ]])
    """
    (a, b), dtype = to_common_float(a=a, b=b)
    _require_same_length(a, b, axis)
    a, b = np.broadcast_arrays(a, b)
    cosine = (_unit(a, axis) * _unit(b, axis)).sum(axis=axis)
    return np.clip(cosine, -1.0, 1.0).astype(dtype, copy=False)


def _require_same_length(a, b, axis):
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        raise ValueError(
            f"b must broadcast with a: expected {shape_text(a.shape)}, got {shape_text(b.shape)}"
        ) from None
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"axis must be an axis of a and b, of shape {shape_text(shape)}, got {axis}")
    from_end = axis - len(shape) if axis >= 0 else axis
    length_a, length_b = (x.shape[from_end] if x.ndim >= -from_end else 1 for x in (a, b))
    if length_a != length_b:
        raise ValueError(f"b must have vectors as long as those of a: expected {length_a}, got {length_b}")


def _unit(x, axis):
    peak = np.abs(x).max(axis=axis, keepdims=True, initial=0.0)
    peak[peak == 0.0] = 1.0
    scaled = x / peak
    norm = np.sqrt((scaled * scaled).sum(axis=axis, keepdims=True))
    norm[norm == 0.0] = 1.0
    return scaled / norm
