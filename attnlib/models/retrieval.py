"""Retrieval by learned keys: a text becomes one vector, and texts that mean the same come near."""

import math

import numpy as np

from attnlib._arrays import require_axis, require_count, shape_text
from attnlib.autodiff import differentiable, value_of
from attnlib.layers import attend, cross_entropy, embedding, linear

#: How the vectors of words become one: their mean, or attention with one learned query.
POOLS = ("mean", "attention")
#: A score is a cosine times this and times a parameter that begins at 1.
SCALE = 8.0


def retrieval_params(rng, *, n_words, d_model, pool="mean"):
    """Draw the parameters that an encoder of texts begins with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_words : int
        The size of the vocabulary; word 0 is padding.
    d_model : int
        The feature size of words and of texts.
    pool : str, default "mean"
        One of `POOLS`.

    Returns
    -------
    dict of str to ndarray of float32
        ``tokens``, ``out.w``, ``out.b``, ``scale``; for attention ``query`` and ``w_k`` as well.

    Raises
    ------
    TypeError
        If a size isn't an integer.
    ValueError
        If a size is less than 1, or `pool` is none of those.
    """
    require_count("n_words", n_words, 1)
    require_count("d_model", d_model, 1)
    if pool not in POOLS:
        raise ValueError(f"pool must be one of {', '.join(POOLS)}, got {pool!r}")
    reach = math.sqrt(3 / d_model)
    params = {
        "tokens": 0.3 * rng.standard_normal((n_words, d_model)),
        "out.w": rng.uniform(-reach, reach, (d_model, d_model)),
        "out.b": np.zeros(d_model),
        "scale": np.ones(1),
    }
    if pool == "attention":
        params["query"] = 0.3 * rng.standard_normal((1, d_model))
        params["w_k"] = rng.uniform(-reach, reach, (d_model, d_model))
    return {name: value.astype(np.float32) for name, value in params.items()}


def encode(params, ids):
    """Return a vector of length 1 for each text.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters, as from `retrieval_params`; with a ``query`` they pool by attention.
    ids : array_like of int, shape (n, T)
        The words of each text, 0 where there is none; every text has a word.

    Returns
    -------
    array of float, shape (n, d_model)
        The vectors.

    Raises
    ------
    TypeError
        If the words aren't integers.
    ValueError
        If one is outside the vocabulary, or a text has none.

    Examples
    --------
    >>> params = retrieval_params(np.random.default_rng(0), n_words=7, d_model=4)
    >>> vectors = encode(params, [[1, 2, 3], [3, 5, 0]])
    >>> np.linalg.norm(vectors, axis=-1).round(5)
    array([1., 1.], dtype=float32)
    """
    ids = np.asarray(ids)
    present = ids != 0
    if not present.any(axis=-1).all():
        raise ValueError("ids must hold a word in every text: one is all padding")
    words = embedding(params["tokens"], ids)  # (n, T, d_model)
    if "query" in params:
        k = linear(words, params["w_k"])
        query = params["query"] + np.zeros((len(ids), 1, 1), value_of(words).dtype)
        pooled = attend(query, k, words, mask=present[:, None, :]).reshape(len(ids), -1)
    else:
        share = present / present.sum(axis=-1, keepdims=True)
        pooled = (words * share[..., None].astype(value_of(words).dtype)).sum(axis=-2)
    return unit(linear(pooled, params["out.w"], params["out.b"]))


def score(params, queries, documents):
    r"""Return how well each document fits each query.

    .. math:: s_{ij} = \tau \; \frac{q_i \cdot k_j}{|q_i| \, |k_j|}

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    queries : array_like of int, shape (n, T_q)
        The words of each query.
    documents : array_like of int, shape (N, T)
        The words of each document.

    Returns
    -------
    array of float, shape (n, N)
        The scores: through `softmax` they are attention, with texts for queries and texts for keys.
    """
    return encode(params, queries) @ encode(params, documents).swapaxes(0, 1) * (params["scale"] * SCALE)


def in_batch_contrast(scores):
    r"""Return how surprising it is which document each query belongs to, and which query each document.

    .. math:: L = -\frac{1}{2n} \sum_i \left( \ln \frac{e^{s_{ii}}}{\sum_j e^{s_{ij}}}
        + \ln \frac{e^{s_{ii}}}{\sum_j e^{s_{ji}}} \right)

    Parameters
    ----------
    scores : array of float, shape (n, n)
        How well document j fits query i, which belongs to document i.

    Returns
    -------
    array of float, shape ()
        In nats: ln n for a blind guess.

    Raises
    ------
    ValueError
        If `scores` isn't square.

    Notes
    -----
    The other documents of the batch are the wrong answers, for nothing: n texts of each kind give n²
    scores.

    References
    ----------
    Karpukhin et al., "Dense passage retrieval for open-domain question answering", 2020, section 3.2;
    Radford et al., "Learning transferable visual models from natural language supervision", 2021, figure 3
    (both directions, and a learned scale).

    Examples
    --------
    >>> float(in_batch_contrast(np.zeros((4, 4))) - np.log(4))
    0.0
    """
    if len(scores.shape) != 2 or scores.shape[0] != scores.shape[1]:
        raise ValueError(
            f"scores must have a document for each query: expected (n, n), got {shape_text(scores.shape)}"
        )
    own = np.arange(scores.shape[0])
    return (cross_entropy(scores, own) + cross_entropy(scores.swapaxes(0, 1), own)) * 0.5


def fetch(scores, n):
    """Return the numbers of the n documents that fit each query best, the best first.

    Parameters
    ----------
    scores : array_like of float, shape (n_queries, n_documents)
        How well they fit.
    n : int
        How many to fetch.

    Returns
    -------
    ndarray of int, shape (n_queries, n)
        The documents; of those that fit equally well, the first.

    Examples
    --------
    >>> fetch([[0.0, 5.0, 3.0, 5.0]], 3)
    array([[1, 3, 2]])
    """
    return np.argsort(-np.asarray(scores), axis=1, kind="stable")[:, :n]


def ranks(scores):
    """Return the place of each query's own document among all that are fetched, 1 for the first.

    Parameters
    ----------
    scores : array_like of float, shape (n, n)
        How well document j fits query i, which belongs to document i.

    Returns
    -------
    ndarray of int, shape (n,)
        The places.

    Examples
    --------
    >>> ranks([[3.0, 1.0, 2.0], [5.0, 4.0, 4.0], [0.0, 0.0, 9.0]])
    array([1, 2, 1])
    """
    n = len(scores)
    return (fetch(scores, n) == np.arange(n)[:, None]).argmax(axis=1) + 1


@differentiable
def unit(x):
    r"""Return vectors of length 1 in the directions of others.

    .. math:: y = x / |x|, \qquad dx = (dy - y \, (y \cdot dy)) / |x|

    Examples
    --------
    >>> unit(np.array([[3.0, 4.0], [0.0, 2.0]]))
    array([[0.6, 0.8],
           [0. , 1. ]])
    """
    require_axis("x", x)
    length = np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), np.finfo(x.dtype).tiny)
    y = x / length
    return y, lambda dy: ((dy - y * (dy * y).sum(axis=-1, keepdims=True)) / length,)
