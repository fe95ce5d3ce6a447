"""REINFORCE as a layer: what a drawn choice learns from what it earned."""

import math

import numpy as np

from attnlib._arrays import require_shape
from attnlib.autodiff import differentiable
from attnlib.dot_product import attention_weights
from attnlib.variants import reinforce_gradient


@differentiable
def reinforce(q, k, *, choice, reward, baseline=0.0):
    r"""Return 0, to be added to a loss: its step back makes choices likelier that earned much.

    .. math:: dS = -(R - b) \, (\mathrm{choice} - A)

    Parameters
    ----------
    q : array of float, shape (..., T_q, d_k)
        Queries.
    k : array of float, shape (..., T_k, d_k)
        Keys, with the leading axes of the queries.
    choice : array_like of float, shape (..., T_q, T_k)
        1 at the key that was drawn and 0 elsewhere, as `attnlib.variants.hard_attention` returns it for
        these queries and keys.
    reward : array_like of float, shape (..., T_q)
        What each query earned: the larger the better, whereas a loss is to be small.
    baseline : array_like of float, broadcastable to (..., T_q), default 0
        What a query was expected to earn, whatever it chose.

    Returns
    -------
    array of float, shape ()
        Zero.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object.
    ValueError
        If the shapes don't fit.

    Notes
    -----
    A reward is taken as a number: no gradient goes through it. That of what was seen goes through the
    values as usual, ``choice @ v``.

    References
    ----------
    Williams, "Simple statistical gradient-following algorithms for connectionist reinforcement learning",
    1992, section 3. `attnlib.variants.reinforce_gradient` has the formula.

    Examples
    --------
    >>> from attnlib.autodiff import value_and_grad
    >>> q, k = np.array([[1.0]]), np.array([[0.0], [0.0]])
    >>> choice = np.array([[0.0, 1.0]])
    >>> loss = lambda params: reinforce(params["q"], params["k"], choice=choice, reward=[2.0])
    >>> value, gradients = value_and_grad(loss, {"q": q, "k": k})
    >>> value, gradients["k"].ravel()
    (0.0, array([ 1., -1.]))
    """
    weights = attention_weights(q, k)  # (..., T_q, T_k)
    choice, reward = np.asarray(choice), np.asarray(reward)
    require_shape("choice", choice, weights.shape, "a row for each query, and a number for each key")
    towards = reinforce_gradient(weights, choice, reward, baseline=baseline)
    dtype = np.result_type(q, k)

    def back(dy):
        dscores = (-dy / math.sqrt(q.shape[-1]) * towards).astype(dtype, copy=False)
        return dscores @ k, dscores.swapaxes(-2, -1) @ q

    return np.zeros((), dtype), back
