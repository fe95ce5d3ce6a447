"""Differentiation: every operation brings its own step back, and the tape takes these steps in reverse."""

import functools

import numpy as np

from attnlib._arrays import sum_to_shape


class Variable:
    """An array that remembers the operation it came from.

    Parameters
    ----------
    value : ndarray of float
        The array itself.
    parents : tuple, default ()
        The operation's arguments, variables or not, in their order.
    back : callable, optional
        From the gradient of `value` to those of `parents`; None for a parameter, where the tape begins.
    """

    __slots__ = ("back", "depth", "parents", "value")
    __array_ufunc__ = None  # array + variable asks the variable

    def __init__(self, value, parents=(), back=None):
        self.value, self.parents, self.back = value, parents, back
        self.depth = 1 + max((p.depth for p in parents if isinstance(p, Variable)), default=-1)

    @property
    def shape(self):
        """The shape of the value."""
        return self.value.shape

    def __add__(self, other):
        return add(self, other)

    def __sub__(self, other):
        return add(self, multiply(other, -1))

    def __rsub__(self, other):
        return add(other, multiply(self, -1))

    def __mul__(self, other):
        return multiply(self, other)

    def __neg__(self):
        return multiply(self, -1)

    def __matmul__(self, other):
        return matmul(self, other)

    def __rmatmul__(self, other):
        return matmul(other, self)

    def __getitem__(self, index):
        return take(self, index=index)

    def sum(self, axis=None):
        """Return the sum along `axis`, or of all entries."""
        return add_up(self, axis=axis)

    def mean(self, axis=None):
        """Return the mean along `axis`, or of all entries."""
        total = add_up(self, axis=axis)
        return multiply(total, total.value.size / self.value.size)

    def reshape(self, *shape):
        """Return the entries in another shape."""
        return reshape(self, shape=shape)

    def swapaxes(self, first, second):
        """Return the array with two axes exchanged."""
        return swapaxes(self, first=first, second=second)

    __radd__ = __add__
    __rmul__ = __mul__


def differentiable(operation):
    """Let an operation that brings its own step back take part in differentiation.

    Parameters
    ----------
    operation : callable
        ``operation(*arrays, **options)`` returns its result and a function ``back``, which turns the
        gradient with respect to the result into a tuple of gradients, one for each array that it can be
        given: None for what has none, such as integers.

    Returns
    -------
    callable
        Given variables it returns a variable. Given arrays alone it returns the array, so that a model
        is evaluated by the lines that train it. ``.vjp`` is the operation itself.

    Raises
    ------
    TypeError
        On a call with a variable among the options: no gradient would come back to it.

    Examples
    --------
    >>> @differentiable
    ... def square(x):
    ...     return x * x, lambda dy: (2 * x * dy,)
    >>> square(3.0)
    9.0
    >>> value_and_grad(lambda params: square(params["x"]), {"x": np.array(3.0)})
    (9.0, {'x': array(6.)})
    """

    @functools.wraps(operation)
    def call(*arrays, **options):
        for name, option in options.items():
            if isinstance(option, Variable):
                raise TypeError(f"{name} is an option of {operation.__name__} and can't be a variable")
        if not any(isinstance(array, Variable) for array in arrays):
            return operation(*arrays, **options)[0]
        value, back = operation(*map(value_of, arrays), **options)
        return Variable(value, arrays, back)

    call.vjp = operation
    return call


def value_of(x):
    """Return the array of a variable, and anything else as it is."""
    return x.value if isinstance(x, Variable) else x


def backward(result):
    r"""Return the gradient of a variable with respect to every variable that it was computed from.

    .. math:: \frac{\partial L}{\partial x} = \sum_{y \text{ made from } x}
        \frac{\partial L}{\partial y} \frac{\partial y}{\partial x}

    Parameters
    ----------
    result : Variable
        A single number L.

    Returns
    -------
    dict of Variable to ndarray
        The gradients of the parameters.

    Notes
    -----
    A variable is deeper than all it was made from. From the deepest to the shallowest, each has
    collected the gradients of all its uses by the time its own step back is taken.
    """
    found, waiting = {result: None}, [result]  # in one order, so that sums are the same at every run
    while waiting:
        for parent in waiting.pop().parents:
            if isinstance(parent, Variable) and parent not in found:
                found[parent] = None
                waiting.append(parent)
    gradients = {result: np.ones_like(result.value)}
    for variable in sorted(found, key=lambda x: x.depth, reverse=True):
        if variable.back is None or variable not in gradients:
            continue
        dparents = variable.back(gradients.pop(variable))
        for parent, gradient in zip(variable.parents, dparents, strict=False):
            if isinstance(parent, Variable) and gradient is not None:
                gradients[parent] = gradients[parent] + gradient if parent in gradients else gradient
    return gradients


def value_and_grad(loss, params, *data):
    """Return a loss and its gradient with respect to every parameter.

    Parameters
    ----------
    loss : callable
        ``loss(params, *data)`` returns a single number, computed by differentiable operations.
    params : dict of str to ndarray of float
        The parameters.
    *data
        What else the loss is given.

    Returns
    -------
    value : float
        The loss.
    gradients : dict of str to ndarray of float
        One in the shape of each parameter; zeros for one that the loss doesn't use.

    Raises
    ------
    TypeError
        If the loss comes from none of the parameters.
    ValueError
        If it isn't a single number.

    Examples
    --------
    >>> value_and_grad(lambda params: (params["w"] * params["w"]).sum(), {"w": np.array([1.0, 2.0])})
    (5.0, {'w': array([2., 4.])})
    """
    leaves = {name: Variable(np.asarray(value)) for name, value in params.items()}
    result = loss(leaves, *data)
    if not isinstance(result, Variable):
        raise TypeError(f"the loss must be computed from params, got {type(result).__name__}")
    if result.value.size != 1:
        raise ValueError(f"the loss must be a single number, got the shape {result.shape}")
    gradients = backward(result)
    return result.value.item(), {
        name: np.asarray(gradients[leaf]) if leaf in gradients else np.zeros_like(leaf.value)
        for name, leaf in leaves.items()
    }


def check_gradient(loss, params, *data, step=1e-6, seed=0):
    r"""Compare the gradient of a loss with differences of the loss itself, in float64.

    .. math:: \frac{L(\theta + hu) - L(\theta - hu)}{2h} \approx \frac{\partial L}{\partial \theta} \cdot u

    Parameters
    ----------
    loss, params, *data
        As in `value_and_grad`; the parameters are read as float64.
    step : float, default 1e-6
        The length h of the step.
    seed : int, default 0
        Of the directions u, which are random and of length 1.

    Returns
    -------
    float
        The largest difference over the parameters, as a share of the length of a parameter's gradient
        (of a thousandth of the whole gradient's, where that is longer).

    Notes
    -----
    One random direction for each parameter moves all its entries at once: a wrong entry of the gradient
    shows in it, for two evaluations of the loss instead of two an entry. A longer step would measure the
    curvature as well, a shorter one the rounding.

    References
    ----------
    Baydin et al., "Automatic differentiation in machine learning: a survey", 2018, section 2.1.

    Examples
    --------
    >>> check_gradient(lambda params: (params["w"] * params["w"]).sum(), {"w": np.ones(3)}) < 1e-9
    True
    """
    rng = np.random.default_rng(seed)
    params = {name: np.asarray(value, dtype=np.float64) for name, value in params.items()}
    gradients = value_and_grad(loss, params, *data)[1]
    whole = np.sqrt(sum((g * g).sum() for g in gradients.values()))
    worst = 0.0
    for name, value in params.items():
        direction = rng.standard_normal(value.shape)
        direction /= np.linalg.norm(direction)
        up, down = (
            float(loss({**params, name: value + sign * step * direction}, *data)) for sign in (1, -1)
        )
        difference = abs((up - down) / (2 * step) - (gradients[name] * direction).sum())
        length = max(np.linalg.norm(gradients[name]), 1e-3 * whole, np.finfo(np.float64).tiny)
        worst = max(worst, difference / length)
    return float(worst)


@differentiable
def add(a, b):
    """Return ``a + b``; where one was broadcast, its gradient is the sum over the copies."""
    return a + b, lambda dy: (sum_to_shape(dy, np.shape(a)), sum_to_shape(dy, np.shape(b)))


@differentiable
def multiply(a, b):
    """Return ``a * b``, entry by entry: each factor is the other's slope."""
    return a * b, lambda dy: (sum_to_shape(dy * b, np.shape(a)), sum_to_shape(dy * a, np.shape(b)))


@differentiable
def matmul(a, b):
    """Return ``a @ b``, matrices in the last two axes."""

    def back(dy):
        da, db = dy @ np.swapaxes(b, -1, -2), np.swapaxes(a, -1, -2) @ dy
        return sum_to_shape(da, np.shape(a)), sum_to_shape(db, np.shape(b))

    return a @ b, back


@differentiable
def take(x, *, index):
    """Return ``x[index]``: what was taken twice gets both gradients, what was left gets 0."""

    def back(dy):
        dx = np.zeros_like(x)
        if _is_plain(index):
            dx[index] = dy  # takes nothing twice
        else:
            np.add.at(dx, index, dy)
        return (dx,)

    return x[index], back


def _is_plain(index):
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or part is ... or type(part) in (int, slice) for part in parts)


@differentiable
def add_up(x, *, axis=None):
    """Return the sum along `axis`, or of all entries."""

    def back(dy):
        return (np.broadcast_to(dy if axis is None else np.expand_dims(dy, axis), x.shape),)

    return np.asarray(x.sum(axis=axis)), back


@differentiable
def reshape(x, *, shape):
    """Return the entries in another shape."""
    return x.reshape(shape), lambda dy: (dy.reshape(x.shape),)


@differentiable
def swapaxes(x, *, first, second):
    """Return the array with two axes exchanged."""
    return x.swapaxes(first, second), lambda dy: (dy.swapaxes(first, second),)
