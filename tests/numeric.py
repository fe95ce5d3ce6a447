"""What the numeric tests share: central finite differences and an error relative to the largest entry."""

import numpy as np


def numeric_gradient(f, x, step=1e-6):
    """Return the gradient at float64 `x` of f, which returns a number, by central differences."""
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += step
        down[i] -= step
        gradient[i] = (f(up) - f(down)) / (2 * step)
    return gradient


def relative_error(actual, expected):
    """Return the largest difference, as a share of the largest expected entry."""
    assert actual.shape == expected.shape
    if expected.size == 0:
        return 0.0
    difference = np.abs(actual.astype(np.float64) - expected.astype(np.float64)).max()
    return difference / max(np.abs(expected.astype(np.float64)).max(), np.finfo(np.float64).tiny)
