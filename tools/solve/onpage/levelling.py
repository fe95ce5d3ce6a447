"""Make the NumPy of the page as like as can be to the NumPy that answers are graded with.

The page has NumPy 1.25, on a machine of 32 bits. What passes on the page is to pass when it is graded:
names that the other NumPy doesn't have are taken away, and the more useful ones of those that it has are
added.
"""

import contextlib
import ctypes
import functools
import gc
import importlib

import numpy as np

MODULES = ("numpy", "numpy.linalg", "numpy.random", "numpy.fft")
STANDING = ("core", "lib", "compat", "ma", "testing", "polynomial", "matrixlib")  # NumPy itself looks here

# Functions and methods that refuse places and counts of 64 bits, and which argument holds them
PLACES = (("bincount", 0, "x"), ("choose", 0, "a"), ("repeat", 1, "repeats"), ("take", 1, "indices"))
METHODS = (("repeat", 1, "repeats"), ("take", 1, "indices"))


def names():
    """Return the public names of this NumPy's modules, for `level` on another."""
    return {
        name: sorted(key for key in dir(importlib.import_module(name)) if not key.startswith("_"))
        for name in MODULES
    }


def level(like):
    """Give this NumPy the names of another, and its rules for types.

    Parameters
    ----------
    like : dict of str to list of str
        What `names` returns there.
    """
    if np.dtype(np.intp).itemsize < 8:
        _take_64_bits()
    if np.__version__ >= "2" or "concat" not in like["numpy"]:
        return
    np._set_promotion_state("weak")  # as NumPy 2: a Python number doesn't widen an array's type
    for module_name, added in _newer().items():
        module, wanted = importlib.import_module(module_name), set(like[module_name])
        for name, value in added.items():
            if name in wanted:
                setattr(module, name, value)
        for name in [name for name in dir(module) if not name.startswith("_")]:
            if name not in wanted and name not in STANDING:
                with contextlib.suppress(AttributeError):
                    delattr(module, name)
    _set_attributes(_ATTRIBUTES)


def _take_64_bits():
    for name, place, argument in PLACES:
        setattr(np, name, _narrowed(getattr(np, name), place, argument))
    _set_attributes(
        {name: _narrowed(getattr(np.ndarray, name), place, argument) for name, place, argument in METHODS}
    )


def _set_attributes(attributes):
    """Give arrays attributes: their class is not Python's to change, its dict is, and the cache is told."""
    gc.get_referents(np.ndarray.__dict__)[0].update(attributes)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))


def _newer():
    """Return what NumPy 2 has and this one lacks or does otherwise, by module and name."""
    same = {
        "acos": "arccos",
        "acosh": "arccosh",
        "asin": "arcsin",
        "asinh": "arcsinh",
        "atan": "arctan",
        "atan2": "arctan2",
        "atanh": "arctanh",
        "bitwise_invert": "invert",
        "bitwise_left_shift": "left_shift",
        "bitwise_right_shift": "right_shift",
        "bool": "bool_",
        "concat": "concatenate",
        "int_": "int64",
        "long": "int64",
        "permute_dims": "transpose",
        "pow": "power",
        "trapezoid": "trapz",
        "uint": "uint64",
        "ulong": "uint64",
    }
    same_in_linalg = ("cross", "diagonal", "matmul", "outer", "tensordot", "trace")
    own = (asarray, astype, cumulative_prod, cumulative_sum, isdtype, matrix_transpose, matvec)
    return {
        "numpy": {name: getattr(np, old) for name, old in same.items()}
        | {function.__name__: function for function in (*own, unstack, vecdot, vecmat)},
        "numpy.linalg": {name: getattr(np, name) for name in same_in_linalg}
        | {f.__name__: f for f in (matrix_norm, matrix_transpose, svdvals, vecdot, vector_norm)},
        "numpy.random": {},
        "numpy.fft": {},
    }


def asarray(a, dtype=None, order=None, *, device=None, copy=None, like=None):
    """As `numpy.asarray`, which may be told to copy."""
    options = {} if like is None else {"like": like}
    made = np.array(a, dtype, copy=bool(copy), order=order or "K", **options)
    shared = made is a or (isinstance(a, np.ndarray) and np.may_share_memory(made, a))
    if copy is False and not shared:
        raise ValueError("Unable to avoid copy while creating an array as requested.")
    return made


def _narrowed(function, place, name):
    """Return a function of NumPy's that takes places and counts of 64 bits, as on other machines."""

    @functools.wraps(function)
    def narrowed(*args, **options):
        args = [_places(value) if at == place else value for at, value in enumerate(args)]
        return function(
            *args, **{key: _places(value) if key == name else value for key, value in options.items()}
        )

    return narrowed


def _places(value):
    return value.astype(np.intp) if isinstance(value, np.ndarray) and value.dtype == np.int64 else value


def astype(x, dtype, /, *, copy=True):
    """Return an array with another type."""
    return x.astype(dtype, copy=copy)


def cumulative_sum(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    """Return running sums, from 0 if the initial one is asked for."""
    return _running(np.cumsum, x, axis, dtype, out, include_initial)


def cumulative_prod(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    """Return running products, from 1 if the initial one is asked for."""
    return _running(np.cumprod, x, axis, dtype, out, include_initial)


def _running(function, x, axis, dtype, out, include_initial):
    x = np.atleast_1d(x)
    if axis is None and x.ndim > 1:
        raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
    axis = -1 if axis is None else axis
    found = function(x, axis=axis, dtype=dtype, out=out)
    if not include_initial:
        return found
    first = np.full_like(np.take(found, [0], axis=axis), function is np.cumprod)
    return np.concatenate([first, found], axis=axis)


def isdtype(dtype, kind):
    """Return whether a type is of a kind, or of one of several."""
    if isinstance(kind, tuple):
        return any(isdtype(dtype, one) for one in kind)
    kinds = {
        "bool": "b",
        "signed integer": "i",
        "unsigned integer": "u",
        "integral": "iu",
        "real floating": "f",
        "complex floating": "c",
        "numeric": "iufc",
    }
    return np.dtype(dtype).kind in kinds[kind] if isinstance(kind, str) else np.dtype(dtype) == kind


def matrix_transpose(x, /):
    """Exchange the last two axes."""
    x = np.asarray(x)
    if x.ndim < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {x.ndim}")
    return np.swapaxes(x, -1, -2)


def vecdot(x1, x2, /, *, axis=-1):
    """Return the products of the vectors along an axis."""
    x1, x2 = np.moveaxis(np.asarray(x1), axis, -1), np.moveaxis(np.asarray(x2), axis, -1)
    return np.matmul(x1.conj()[..., None, :], x2[..., None])[..., 0, 0]


def matvec(x1, x2, /):
    """Return matrices times vectors."""
    return np.matmul(x1, np.asarray(x2)[..., None])[..., 0]


def vecmat(x1, x2, /):
    """Return vectors times matrices."""
    return np.matmul(np.asarray(x1).conj()[..., None, :], x2)[..., 0, :]


def unstack(x, /, *, axis=0):
    """Return the parts of an array along an axis, in a tuple."""
    return tuple(np.moveaxis(np.asarray(x), axis, 0))


def svdvals(x, /):
    """Return the singular values."""
    return np.linalg.svd(x, compute_uv=False)


def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):  # noqa: A002 - NumPy's own name for it
    """Return the lengths of vectors."""
    x = np.asarray(x)
    if axis is not None:
        return np.linalg.norm(x, ord=ord, axis=axis, keepdims=keepdims)
    found = np.linalg.norm(x.ravel(), ord=ord)
    return found.reshape((1,) * x.ndim) if keepdims else found


def matrix_norm(x, /, *, keepdims=False, ord="fro"):  # noqa: A002 - the same
    """Return the norms of matrices."""
    return np.linalg.norm(x, ord=ord, axis=(-2, -1), keepdims=keepdims)


_ATTRIBUTES = {"mT": property(matrix_transpose), "device": property(lambda self: "cpu")}
