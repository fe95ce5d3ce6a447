"""What every public function does with its arguments before it computes."""

import operator

import numpy as np


def as_float(name, value):
    """Return `value` as an array of floats; the caller's array itself where it already is one.

    Integers and booleans become float64; every floating dtype is kept.

    Raises
    ------
    TypeError
        If `value` is complex, of dtype object, text or dates, or not an array at all.
    """
    array = np.asarray(value)
    if array.dtype.kind == "f":
        return array
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    raise TypeError(f"{name} must hold real numbers: expected floats or integers, got dtype {array.dtype}")


def to_common_float(**named):
    """Return the arrays in the dtype to compute in, and the dtype of the result.

    The result has the widest of the arrays' dtypes. float16 is computed in float32, because its
    largest number, 65504, is less than many a sum of products.

    Returns
    -------
    arrays : list of ndarray
        In the order of the arguments; an array is copied only where its dtype changes.
    dtype : numpy.dtype
        What the result is to be cast to.
    """
    arrays = [as_float(name, value) for name, value in named.items()]
    dtype = np.result_type(*arrays)
    compute = np.float32 if dtype == np.float16 else dtype
    return [array.astype(compute, copy=False) for array in arrays], dtype


def require_axis(name, array):
    """Raise ValueError if `array` is a single number."""
    if array.ndim == 0:
        raise ValueError(f"{name} must have at least one axis: expected (..., n), got ()")


def require_tokens(name, array):
    """Raise ValueError unless `array` has a token axis and a feature axis."""
    if array.ndim < 2:
        raise ValueError(
            f"{name} must have tokens and features as its last two axes: "
            f"expected (..., T, d), got {shape_text(array.shape)}"
        )


def require_size(name, array, axis, size, why):
    """Raise ValueError unless `array.shape[axis]` is `size`; `axis` is -1 or -2."""
    if array.shape[axis] != size:
        expected = f"(..., {size}, d)" if axis == -2 else f"(..., T, {size})"
        raise ValueError(f"{name} must have {why}: expected {expected}, got {shape_text(array.shape)}")


def require_broadcast(**named):
    """Return the common leading shape of the arrays (all axes but the last two).

    Raises
    ------
    ValueError
        If the leading axes don't broadcast.
    """
    try:
        return np.broadcast_shapes(*(array.shape[:-2] for array in named.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {shape_text(array.shape)}" for name, array in named.items())
        raise ValueError(f"the leading axes must broadcast, got {shapes}") from None


def require_mask(mask, shape):
    """Return `mask` as a boolean array that broadcasts to `shape`.

    Raises
    ------
    TypeError
        If it isn't boolean: a mask of 0 and 1, or of 0 and minus infinity, means other things elsewhere.
    ValueError
        If it doesn't broadcast to `shape`.
    """
    mask = np.asarray(mask)
    if mask.dtype != np.bool_:
        raise TypeError(f"mask must be boolean (True = may attend), got dtype {mask.dtype}")
    require_scores_shape("mask", mask, shape)
    return mask


def require_scores_shape(name, array, shape):
    """Raise ValueError unless `array` broadcasts to the `shape` of the scores."""
    try:
        fits = np.broadcast_shapes(array.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"{name} must broadcast to (..., T_q, T_k): expected {shape_text(shape)}, "
            f"got {shape_text(array.shape)}"
        )


def require_real(name, value):
    """Return `value` as a float.

    Raises
    ------
    TypeError
        If it isn't a single real number.
    """
    if isinstance(value, str) or np.ndim(value) or np.iscomplexobj(value):
        raise TypeError(f"{name} must be a real number, got {value!r}")
    return float(value)


def sum_to_shape(array, shape):
    """Return the sum of `array` over the axes along which broadcasting repeated an array of `shape`."""
    extra = array.ndim - len(shape)
    repeated = tuple(i for i, size in enumerate(shape, start=extra) if size == 1 and array.shape[i] != 1)
    return array.sum(axis=(*range(extra), *repeated), keepdims=True).reshape(shape)


def require_shape(name, array, shape, why):
    """Raise ValueError unless `array.shape` is `shape`."""
    if array.shape != shape:
        raise ValueError(
            f"{name} must have {why}: expected {shape_text(shape)}, got {shape_text(array.shape)}"
        )


def require_count(name, value, minimum):
    """Return `value` as an int.

    Raises
    ------
    TypeError
        If it isn't an integer: a boolean is not one.
    ValueError
        If it is less than `minimum`.
    """
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be an integer, got {value}")
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if count < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {count}")
    return count


def shape_text(shape):
    """Return a shape as it is written in Python, whatever integers it holds."""
    return str(tuple(int(size) for size in shape))
