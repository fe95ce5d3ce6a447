"""Matching: who goes with whom, one to one, so that all costs together are least."""

import itertools

import numpy as np

from attnlib._arrays import require_tokens, shape_text


def brute_force(costs):
    r"""Return the cheapest way to give each object a query of its own, by trying all ways.

    .. math:: \hat\sigma = \arg\min_\sigma \sum_j C_{\sigma(j), j}

    over all ways :math:`\sigma` to choose a different query for each object.

    Parameters
    ----------
    costs : array_like of float, shape (..., n_queries, n_objects)
        What it costs to give an object to a query. There are at least as many queries as objects.

    Returns
    -------
    ndarray of int, shape (..., n_objects)
        The query of each object; of several ways that are as cheap, the first in the order of a dictionary.

    Raises
    ------
    ValueError
        If there are fewer queries than objects.

    Notes
    -----
    Three objects and five queries make 60 ways, ten and ten make 3,628,800: for small sets alone.

    Examples
    --------
    >>> brute_force([[2.0, 1.0], [9.0, 3.0]])
    array([0, 1])
    """
    costs = _require_costs(costs)
    n_queries, n_objects = costs.shape[-2:]
    ways = list(itertools.permutations(range(n_queries), n_objects))
    ways = np.array(ways, dtype=np.intp).reshape(len(ways), n_objects)
    totals = costs[..., ways, np.arange(n_objects)].sum(axis=-1)  # (..., n_ways)
    return ways[totals.argmin(axis=-1)]


def hungarian(costs):
    """Return the same in time that grows with the cube of the numbers: the work is SciPy's.

    Parameters
    ----------
    costs : array_like of float, shape (..., n_queries, n_objects)
        As in `brute_force`.

    Returns
    -------
    ndarray of int, shape (..., n_objects)
        The query of each object. Of several ways that are as cheap it may be another than there.

    Raises
    ------
    ImportError
        If SciPy isn't installed; nothing else in attnlib needs it.
    ValueError
        If there are fewer queries than objects.

    References
    ----------
    Kuhn, "The Hungarian method for the assignment problem", 1955. SciPy's is a later one, of the same cost:
    Crouse, "On implementing 2D rectangular assignment algorithms", 2016.
    """
    from scipy.optimize import linear_sum_assignment  # nothing else in attnlib needs it

    costs = _require_costs(costs)
    out = np.empty((*costs.shape[:-2], costs.shape[-1]), dtype=np.intp)
    for i in np.ndindex(out.shape[:-1]):
        queries, objects = linear_sum_assignment(costs[i])
        out[i][objects] = queries
    return out


def matching_cost(likely, boxes, kinds, true_boxes, *, box_weight=5.0):
    r"""Return what it costs to give each object to each query.

    .. math:: C_{ij} = -p_i(c_j) + \lambda \, \lVert b_i - \hat b_j \rVert_1

    Parameters
    ----------
    likely : array_like of float, shape (..., n_queries, n_kinds + 1)
        How likely each query finds each kind; the last is "nothing".
    boxes : array_like of float, shape (..., n_queries, 4)
        The box of each query.
    kinds : array_like of int, shape (..., n_objects)
        What is there, and -1 for none.
    true_boxes : array_like of float, shape (..., n_objects, 4)
        Where.
    box_weight : float, default 5.0
        The weight λ.

    Returns
    -------
    ndarray of float, shape (..., n_queries, n_objects)
        The costs; 0 for an object that isn't there, which may then go to whom it will.

    References
    ----------
    Carion et al., "End-to-end object detection with transformers", 2020, section 3.1, equation 2; theirs
    adds how little two boxes overlap.

    Examples
    --------
    >>> matching_cost([[0.75, 0.25]], [[0.5, 0.5, 0.25, 0.25]], [0], [[0.5, 0.25, 0.25, 0.25]])
    array([[0.5]])
    """
    likely, boxes, kinds, true_boxes = map(np.asarray, (likely, boxes, kinds, true_boxes))
    there = kinds >= 0
    named = np.take_along_axis(likely, np.where(there, kinds, 0)[..., None, :], axis=-1)
    apart = np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :]).sum(axis=-1)
    return np.where(there[..., None, :], box_weight * apart - named, 0.0)  # (..., n_queries, n_objects)


def _require_costs(costs):
    costs = np.asarray(costs, dtype=float)
    require_tokens("costs", costs)
    if costs.shape[-2] < costs.shape[-1]:
        raise ValueError(
            "costs must have a query for each object: "
            f"expected {costs.shape[-1]} rows or more, got {shape_text(costs.shape)}"
        )
    return costs
