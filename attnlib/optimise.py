"""Training: Adam, a schedule for its rate, and the loop that takes the steps."""

import math
import sys
import time
from typing import NamedTuple

import numpy as np

from attnlib._arrays import require_count
from attnlib.autodiff import value_and_grad


class Adam:
    r"""Take steps along the gradient's running mean, in units of its running size.

    .. math::

        m &\leftarrow \beta_1 m + (1 - \beta_1) g \\
        v &\leftarrow \beta_2 v + (1 - \beta_2) g^2 \\
        \theta &\leftarrow (1 - \eta \lambda) \, \theta - \eta \, \frac{\hat m}{\sqrt{\hat v} + \epsilon}

    where the hats make up for the beginning at 0: :math:`\hat m = m / (1 - \beta_1^t)`, and so for v.

    Parameters
    ----------
    rate : float, default 1e-3
        The learning rate η: about how far each parameter moves in a step.
    betas : tuple of float, default (0.9, 0.99)
        How much of the running means is kept at each step.
    epsilon : float, default 1e-8
        What keeps a gradient of 0 from dividing by 0.
    clip : float or None, default 1.0
        The gradient is made this long where it is longer, all parameters taken together.
    decay : float, default 0.0
        The weight decay λ: the pull towards 0 of matrices; gains, shifts and biases are left alone.

    Raises
    ------
    ValueError
        If a number is out of range.

    References
    ----------
    Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1; Loshchilov and Hutter,
    "Decoupled weight decay regularization", 2019, algorithm 2; Pascanu, Mikolov and Bengio, "On the
    difficulty of training recurrent neural networks", 2013, section 3.2 (the clipping).

    Examples
    --------
    >>> adam, params = Adam(rate=0.1, clip=None), {"x": np.array(1.0)}
    >>> float(adam.step(params, {"x": np.array(1000.0)})["x"].round(9))
    0.9
    """

    def __init__(self, *, rate=1e-3, betas=(0.9, 0.99), epsilon=1e-8, clip=1.0, decay=0.0):
        for name, beta in zip(("the first of betas", "the second of betas"), betas, strict=True):
            if not 0 <= beta < 1:
                raise ValueError(f"{name} must be at least 0 and less than 1, got {beta}")
        for name, value in (("epsilon", epsilon), ("clip", clip)):
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be greater than 0, got {value}")
        self.rate, self.betas, self.epsilon, self.clip, self.decay = rate, betas, epsilon, clip, decay
        self.means, self.sizes, self.steps = {}, {}, 0

    def step(self, params, gradients, *, rate=None):
        """Return the parameters after one step.

        Parameters
        ----------
        params, gradients : dict of str to ndarray of float
            As in `value_and_grad`. They are not modified; what is kept is the running means.
        rate : float, optional
            The rate of this step: by default that of all.

        Returns
        -------
        dict of str to ndarray of float
            The new parameters.
        """
        self.steps += 1
        rate = self.rate if rate is None else rate
        (b1, b2), shrink = self.betas, self._shrink(gradients)
        unbias_mean, unbias_size = 1 - b1**self.steps, 1 - b2**self.steps
        moved = {}
        for name, value in params.items():
            g = gradients[name] * shrink
            m = self.means[name] = b1 * self.means.get(name, 0.0) + (1 - b1) * g
            v = self.sizes[name] = b2 * self.sizes.get(name, 0.0) + (1 - b2) * (g * g)
            kept = value * (1 - rate * self.decay) if self.decay and np.ndim(value) > 1 else value
            moved[name] = np.asarray(
                kept - (rate / unbias_mean) * m / (np.sqrt(v / unbias_size) + self.epsilon)
            )
        return moved

    def _shrink(self, gradients):
        if self.clip is None:
            return 1.0
        length = math.sqrt(sum(float((g * g).sum()) for g in gradients.values()))
        return min(1.0, self.clip / max(length, 1e-12))


def schedule(step, steps, peak, *, warm_up=0.05):
    r"""Return the learning rate of a step: up in a line, then down along a cosine.

    Parameters
    ----------
    step : int
        The number of steps before this one.
    steps : int
        How many there will be.
    peak : float
        The highest rate.
    warm_up : float, default 0.05
        The share of the steps on the way up.

    Returns
    -------
    float
        The rate; after the last step it would be a fiftieth of the peak.

    Notes
    -----
    Adam's first steps are long whatever the gradient, and its running means know little yet: a small rate
    at the beginning keeps them from leading astray. A small rate at the end settles.

    References
    ----------
    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, equation 5.

    Examples
    --------
    >>> [round(schedule(step, 100, 1.0), 2) for step in (0, 4, 52, 99)]
    [0.2, 1.0, 0.52, 0.02]
    """
    rising = max(1, round(warm_up * steps))
    if step < rising:
        return peak * (step + 1) / rising
    share = (step - rising) / max(1, steps - rising)
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))


class Fitted(NamedTuple):
    """What `fit` returns.

    Attributes
    ----------
    params : dict of str to ndarray of float
        The parameters after the last step.
    losses : list of float
        The loss on each batch, before the step that it led to.
    """

    params: dict
    losses: list


def fit(loss, params, batches, steps, *, rate=1e-3, total=None, decay=0.0, progress=False, watch=None):
    """Minimise a loss by Adam, its rate on a `schedule`.

    Parameters
    ----------
    loss : callable
        ``loss(params, *batch)``, as in `value_and_grad`.
    params : dict of str to ndarray of float
        What to begin with; it is not modified.
    batches : iterable of tuple
        The data, one batch for each step.
    steps : int
        How many steps to take.
    rate : float, default 1e-3
        The highest learning rate.
    total : int, optional
        How many steps the schedule is made for: by default `steps`. A fit of the first steps alone then
        takes the same steps as the whole.
    decay : float, default 0.0
        The weight decay.
    progress : bool, default False
        Print a bar that shows how far it is, and the loss.
    watch : callable, optional
        ``watch(step, params)`` is called with the parameters before every step, and after the last.

    Returns
    -------
    Fitted
        ``params, losses``.

    Raises
    ------
    FloatingPointError
        If the loss stops being a number: the rate is too high, or the data holds NaN.
    ValueError
        If there are fewer batches than steps.

    Examples
    --------
    >>> def loss(params, x):
    ...     error = params["x"] - x
    ...     return (error * error).sum()
    >>> fitted = fit(loss, {"x": np.zeros(1)}, iter(lambda: (3.0,), None), 200, rate=0.1)
    >>> fitted.params["x"].round(2), len(fitted.losses)
    (array([3.]), 200)
    """
    steps = require_count("steps", steps, 0)
    total = steps if total is None else require_count("total", total, steps)
    adam, losses, batches, begun = Adam(decay=decay), [], iter(batches), time.monotonic()
    watch = watch or (lambda step, params: None)
    for step in range(steps):
        watch(step, params)
        batch = next(batches, None)
        if batch is None:
            raise ValueError(f"batches must hold one for each step: expected {steps}, got {step}")
        value, gradients = value_and_grad(loss, params, *batch)
        if not math.isfinite(value):
            raise FloatingPointError(f"the loss is {value} after {step} steps")
        params = adam.step(params, gradients, rate=schedule(step, total, rate))
        losses.append(value)
        if progress:
            _show(step + 1, steps, value, time.monotonic() - begun)
    watch(steps, params)
    return Fitted(params, losses)


def _show(done, steps, value, seconds):
    if done % max(1, steps // 100) and done < steps:
        return
    bar = "█" * (30 * done // steps)
    end = "\n" if done == steps else ""
    sys.stdout.write(f"\r{bar:30} {done}/{steps}  loss {value:.3f}  {seconds:.0f} s{end}")
    sys.stdout.flush()
