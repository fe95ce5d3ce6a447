"""How much of a head's attention is where two kinds of heads look: one back, or behind an earlier copy."""

import numpy as np

from attnlib._arrays import as_float, require_axis, shape_text


def previous_score(weights):
    r"""Return how much each head looks at the token before: the mean of that weight over the queries.

    .. math:: P = \frac{1}{T - 1} \sum_{i > 0} A_{i, i - 1}

    Parameters
    ----------
    weights : array_like of float, shape (..., T, T)
        The weights of heads, T at least 2.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 to 1.

    Raises
    ------
    ValueError
        If the weights aren't square, or there is no token before another.

    Examples
    --------
    >>> float(previous_score([[1, 0, 0], [1, 0, 0], [0.5, 0.25, 0.25]]))
    0.625
    """
    weights = _square(weights)
    if weights.shape[-1] < 2:
        raise ValueError("weights must be those of two tokens at least: the first has none before it")
    return np.diagonal(weights, -1, axis1=-2, axis2=-1).mean(axis=-1)


def behind_copies(ids):
    """Return which keys stand directly behind an earlier copy of each query's token: the stripe.

    Parameters
    ----------
    ids : array_like of int, shape (..., T)
        Texts.

    Returns
    -------
    ndarray of bool, shape (..., T, T)
        True at query i and key j if j is not after i, and token j - 1 is the same as token i.

    Raises
    ------
    ValueError
        If `ids` is a single number.

    Examples
    --------
    >>> print(behind_copies([3, 1, 4, 3, 1]).astype(int))
    [[0 0 0 0 0]
     [0 0 0 0 0]
     [0 0 0 0 0]
     [0 1 0 0 0]
     [0 0 1 0 0]]
    """
    ids = np.asarray(ids)
    require_axis("ids", ids)
    stripe = np.zeros((*ids.shape, ids.shape[-1]), dtype=bool)
    stripe[..., 1:] = ids[..., :, None] == ids[..., None, :-1]
    return np.tril(stripe)


def induction_score(weights, ids):
    r"""Return how much each head looks behind earlier copies of the token it looks from.

    .. math:: S = \frac{1}{|Q|} \sum_{i \in Q} \; \sum_{j \le i,\; x_{j-1} = x_i} A_{ij}

    with Q the queries for which there is such a key.

    Parameters
    ----------
    weights : array_like of float, shape (..., T, T)
        The weights of heads. Leading axes of `ids`, if any, come first among theirs.
    ids : array_like of int, shape (T,) or (n, T)
        The text that the weights were computed on, or several.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 to 1; of several texts, for each its own.

    Raises
    ------
    ValueError
        If the shapes don't fit, or a text has no token twice before its end.

    Notes
    -----
    Summed over all earlier copies: a head that divides its attention between them fetches the same token.

    References
    ----------
    Olsson et al., "In-context learning and induction heads", 2022 (their prefix-matching score).

    Examples
    --------
    >>> weights = np.tril(np.ones((5, 5))) / [[1], [2], [3], [4], [5]]
    >>> weights[3] = [0, 1, 0, 0, 0]
    >>> float(induction_score(weights, [3, 1, 4, 3, 1]))  # 1 of the fourth, 1/5 of the fifth
    0.6
    """
    weights, ids = _square(weights), np.asarray(ids)
    stripe = behind_copies(ids)
    if (
        ids.ndim > 2
        or stripe.shape[-1] != weights.shape[-1]
        or ids.shape[:-1] != weights.shape[: ids.ndim - 1]
    ):
        raise ValueError(
            "ids must be the text of the weights: expected "
            f"(..., {weights.shape[-1]}), got {shape_text(ids.shape)}"
        )
    counted = stripe.any(axis=-1)  # (..., T)
    if not counted.any(axis=-1).all():
        raise ValueError("ids must hold a token that has stood before, or no query can be counted")
    between = weights.ndim - stripe.ndim
    stripe = stripe.reshape((*stripe.shape[:-2], *[1] * between, *stripe.shape[-2:]))
    found = (weights * stripe).sum(axis=(-2, -1))
    return found / counted.sum(axis=-1).reshape((*counted.shape[:-1], *[1] * between))


def _square(weights):
    weights = as_float("weights", weights)
    if weights.ndim < 2 or weights.shape[-1] != weights.shape[-2]:
        raise ValueError(
            "weights must be those of tokens that attend to each other: "
            f"expected (..., T, T), got {shape_text(weights.shape)}"
        )
    return weights
