"""Other weights than a model's own, and how much they change: exchanged, of the same context, sought."""

import itertools

import numpy as np

from attnlib._arrays import as_float, require_axis, require_count, require_shape
from attnlib.autodiff import differentiable
from attnlib.layers import softmax
from attnlib.optimise import fit

#: Weights below this are as good as 0.
TINY = 1e-12


def permuted(rng, weights):
    """Return each row's weights in an order drawn at random: the same numbers on other keys.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    weights : array_like of float, shape (..., T)
        The weights of queries.

    Returns
    -------
    ndarray of float, shape of `weights`
        As sharp as before.

    References
    ----------
    Jain and Wallace, "Attention is not explanation", 2019, section 4.2.1.

    Examples
    --------
    >>> permuted(np.random.default_rng(0), [0.5, 0.25, 0.125, 0.125])
    array([0.125, 0.5  , 0.25 , 0.125])
    """
    weights = as_float("weights", weights)
    require_axis("weights", weights)
    return rng.permuted(weights, axis=-1)


def same_context(weights, values, key):
    r"""Return weights that give the same context with as little weight on a key as this search finds.

    It moves along directions n in which nothing is gathered and nothing lost,

    .. math:: \sum_j n_j v_j = 0, \qquad \sum_j n_j = 0,

    down the steepest of them until a weight is 0, leaves that at 0, and goes on.

    Parameters
    ----------
    weights : array_like of float, shape (T,)
        The weights of one query, which sum to 1.
    values : array_like of float, shape (T, d_v)
        The values.
    key : int
        The key that is to get less.

    Returns
    -------
    ndarray of float64, shape (T,)
        None is negative; their sum and the context are as before, up to rounding.

    Raises
    ------
    TypeError
        If `key` isn't an integer.
    ValueError
        If the shapes don't fit, or there is no such key.

    Notes
    -----
    T unknowns and d_v + 1 conditions: with more keys than that there always are such directions. Whether
    one can be walked without a weight below 0 is another matter: from weights of 0 and 1 often none can.

    References
    ----------
    Brunner et al., "On identifiability in Transformers", 2020, section 3.

    Examples
    --------
    >>> same_context([0.25, 0.5, 0.25], [[0.0], [1.0], [2.0]], key=1)
    array([0.5, 0. , 0.5])
    """
    weights, values = (
        np.asarray(as_float(*pair), float) for pair in (("weights", weights), ("values", values))
    )
    require_axis("weights", weights)
    require_shape("values", values, (*weights.shape, values.shape[-1]), "a row for each of the weights")
    if require_count("key", key, 0) >= len(weights):
        raise ValueError(f"key must be one of {len(weights)}, got {key}")
    conditions = np.column_stack([values, np.ones(len(weights))]).T  # (d_v + 1, T)
    moved, free = weights.copy(), np.ones(len(weights), dtype=bool)
    while free[key]:
        direction = np.zeros(len(weights))
        direction[free] = -_unchanging(conditions[:, free])[np.flatnonzero(free) == key][0]
        if direction[key] > -1e-9:
            break
        falling = direction < -TINY
        steps = np.where(falling, moved, np.inf) / np.where(falling, -direction, 1)
        first = steps.argmin()
        moved = np.maximum(moved + steps[first] * direction, 0)
        moved[first], free[first] = 0.0, False
    return moved


def _unchanging(conditions):
    """Return the projection on what a matrix turns to 0, of shape (T, T)."""
    _, sizes, rows = np.linalg.svd(conditions)
    rank = int((sizes > 1e-10 * sizes.max(initial=0)).sum())
    return rows[rank:].T @ rows[rank:]


def sought(logits_of, weights, *, rng, steps=300, rate=0.1, price=20.0):
    r"""Search for weights as different as possible that leave a model's logits as they are.

    Minimises, over the scores s of the other weights a = softmax(s) and with a's own logits z,

    .. math:: -\mathrm{JSD}(a, a_0) + \lambda \, \lVert z - z_0 \rVert^2

    Parameters
    ----------
    logits_of : callable
        ``logits_of(weights)`` returns the logits of each text, of shape (n, n_classes), computed by
        differentiable operations.
    weights : ndarray of float, shape (n, T)
        The model's own weights.
    rng : numpy.random.Generator
        Where to begin: near the weights, shaken.
    steps : int, default 300
        Of Adam.
    rate : float, default 0.1
        Its highest learning rate.
    price : float, default 20.0
        The price λ of another output.

    Returns
    -------
    ndarray of float, shape (n, T)
        The weights found. What they are worth, `divergence` and `distance` say.

    References
    ----------
    Jain and Wallace, "Attention is not explanation", 2019, section 4.2.2 (a penalty
    holds the output, as in theirs).
    """
    weights = as_float("weights", weights)
    aim = logits_of(weights)
    scores = np.log(weights + 1e-6) + rng.standard_normal(weights.shape).astype(weights.dtype)

    def loss(params):
        other = softmax(params["scores"])
        missed = logits_of(other) - aim
        return (missed * missed).sum() * price - divergence(other, weights).sum()

    fitted = fit(loss, {"scores": scores}, itertools.repeat(()), steps, rate=rate)
    return softmax(fitted.params["scores"])


@differentiable
def divergence(p, q):
    r"""Return the Jensen-Shannon divergence of distributions: how easily they can be told apart.

    .. math::

        \mathrm{JSD}(p, q) = \tfrac12 \sum_j p_j \ln \frac{2 p_j}{p_j + q_j}
                           + \tfrac12 \sum_j q_j \ln \frac{2 q_j}{p_j + q_j}

    Parameters
    ----------
    p, q : array of float, shape (..., T)
        Weights that sum to 1 along the last axis.

    Returns
    -------
    array of float, shape (...)
        In nats: 0 for the same weights, ln 2 for weights on different keys.

    References
    ----------
    Lin, "Divergence measures based on the Shannon entropy", 1991.

    Examples
    --------
    >>> round(float(divergence(np.array([1.0, 0.0]), np.array([0.0, 1.0])) / np.log(2)), 9)
    1.0
    """
    mean = (p + q) / 2 + TINY
    log_p, log_q = (np.log((x + TINY) / mean) for x in (p, q))

    def back(dy):
        return tuple(0.5 * log * dy[..., None] for log in (log_p, log_q))

    return np.asarray(0.5 * (p * log_p + q * log_q).sum(axis=-1)), back


def distance(p, q):
    r"""Return how far two distributions are apart: the most that the probability of anything differs.

    .. math:: \mathrm{TVD}(p, q) = \tfrac12 \sum_j |p_j - q_j|

    Parameters
    ----------
    p, q : array_like of float, shape (..., n)
        Probabilities that sum to 1 along the last axis.

    Returns
    -------
    ndarray of float, shape (...)
        The total variation distance, from 0 to 1.

    Examples
    --------
    >>> float(distance([0.5, 0.5, 0.0], [0.5, 0.25, 0.25]))
    0.25
    """
    return 0.5 * np.abs(as_float("p", p) - as_float("q", q)).sum(axis=-1)
