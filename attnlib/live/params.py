"""The parameters of a trained model on their way into a page: two bytes a number, as text."""

import base64

import numpy as np

STORED = np.dtype("<f2")


def pack(params):
    """Return parameters as JSON can hold them.

    Parameters
    ----------
    params : dict of str to ndarray of float
        Vectors and matrices by name; they are rounded to float16, as those that are shipped already are.

    Returns
    -------
    shapes : dict of str to list of int
        The shape of each array.
    numbers : str
        The numbers of all, one after another, in base64.

    Raises
    ------
    ValueError
        If a number is too large for float16, infinite or NaN; the message names the array.

    Examples
    --------
    >>> pack({"w": np.array([[1.0, -2.0]])})
    ({'w': [1, 2]}, 'ADwAwA==')
    >>> unpack({"w": [1, 2]}, "ADwAwA==")
    {'w': array([[ 1., -2.]], dtype=float32)}
    """
    stored = {}
    for name, array in params.items():
        with np.errstate(over="ignore"):
            stored[name] = np.asarray(array).astype(STORED)
        if not np.isfinite(stored[name]).all():
            raise ValueError(f"params must be finite numbers up to 65504: one in {name!r} isn't")
    shapes = {name: list(array.shape) for name, array in stored.items()}
    return shapes, base64.b64encode(b"".join(array.tobytes() for array in stored.values())).decode("ascii")


def unpack(shapes, numbers):
    """Return the parameters as they are in the page, in float32: the inverse of `pack`."""
    array = np.frombuffer(base64.b64decode(numbers), STORED).astype(np.float32)
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes.values()])
    parts = zip(shapes.items(), np.split(array, ends[:-1]), strict=True)
    return {name: part.reshape(shape) for (name, shape), part in parts}


def ship(figure, params):
    """Set `shapes` and `numbers` of a figure; return the parameters as they are in the page."""
    shapes, numbers = pack(params)
    figure.set_trait("shapes", shapes)
    figure.set_trait("numbers", numbers)
    return unpack(shapes, numbers)
