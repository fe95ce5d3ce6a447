"""BM25: how well a document fits a query by the words that they share, the rare ones above all."""

import numpy as np

from attnlib.layers.dense import require_ids


def bm25(queries, documents, *, n_words, k1=1.2, b=0.75):
    r"""Return how well each document fits each query.

    .. math::

        s(q, d) &= \sum_{w \in q} r_w \,
        \frac{c_{dw} (k_1 + 1)}{c_{dw} + k_1 (1 - b + b \, |d| / \overline{|d|})} \\
        r_w &= \ln\!\left(1 + \frac{N - n_w + 1/2}{n_w + 1/2}\right)

    with c how often a word comes in a document, n_w in how many of the N documents it comes at all.

    Parameters
    ----------
    queries : array_like of int, shape (n, T_q)
        The words of each query; 0 is padding.
    documents : array_like of int, shape (N, T)
        The words of each document.
    n_words : int
        The size of the vocabulary.
    k1 : float, default 1.2
        How soon a word that comes again counts no more.
    b : float, default 0.75
        How much a long document is held against it, from 0 to 1.

    Returns
    -------
    ndarray of float64, shape (n, N)
        The scores.

    Raises
    ------
    TypeError
        If the words aren't integers.
    ValueError
        If one is outside the vocabulary.

    References
    ----------
    Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009, section 3.4;
    the logarithm is that of Lucene, which is never negative.

    Examples
    --------
    >>> bm25([[1, 0]], [[1, 2, 2], [3, 2, 0]], n_words=4).round(3)
    array([[0.641, 0.   ]])
    """
    counts, asked = (count_words(ids, n_words) for ids in (documents, queries))
    present = (counts > 0).sum(axis=0)  # (n_words,)
    rarity = np.log1p((len(counts) - present + 0.5) / (present + 0.5))
    length = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * length / max(length.mean(), 1)))
    return (asked > 0) @ (rarity * fits).T


def count_words(ids, n_words):
    """Return how often each word comes in each text, 0 being padding that isn't counted.

    Parameters
    ----------
    ids : array_like of int, shape (n, T)
        The words.
    n_words : int
        The size of the vocabulary.

    Returns
    -------
    ndarray of float64, shape (n, n_words)
        The counts.

    Examples
    --------
    >>> count_words([[1, 2, 1], [2, 0, 0]], 3)
    array([[0., 2., 1.],
           [0., 0., 1.]])
    """
    ids = require_ids("ids", ids, n_words)
    counts = np.zeros((len(ids), n_words))
    np.add.at(counts, (np.arange(len(ids))[:, None], ids), 1)
    counts[:, 0] = 0
    return counts
