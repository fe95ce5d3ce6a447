"""Attention to what is near, at the price of what is near."""

import numpy as np

from attnlib._arrays import require_count, to_common_float
from attnlib.dot_product import attention, require_triple

#: The fewest queries that are taken together, however narrow their window is.
FEWEST = 32


def windowed_attention(q, k, v, *, before, after=0, scale=None, softcap=None):
    r"""Return what `attention` returns with a `window_mask`, without computing what the mask hides.

    Parameters
    ----------
    q, k, v, scale, softcap
        As in `attention`.
    before : int
        How many keys before its own position a query sees.
    after : int, default 0
        How many after it.

    Returns
    -------
    ndarray of float, shape (..., T_q, d_v)
        The context. A query with no key in its window has the context 0.

    Raises
    ------
    TypeError
        If an argument is complex or of dtype object, or a width isn't an integer.
    ValueError
        If the shapes don't fit, or a width is negative.

    Notes
    -----
    As many queries as the window is wide are taken together. They see the keys of two windows at most, and
    a small mask cuts off the corners: some 2 T w scores in place of T². One query at a time would compute
    half as many, and take far longer, since a processor likes matrices.

    References
    ----------
    Beltagy, Peters and Cohan, "Longformer", 2020, section 3.1 and appendix A (chunks).

    Examples
    --------
    >>> x = np.eye(4)
    >>> windowed_attention(0 * x, x, x, before=1)
    array([[1. , 0. , 0. , 0. ],
           [0.5, 0.5, 0. , 0. ],
           [0. , 0.5, 0.5, 0. ],
           [0. , 0. , 0.5, 0.5]])
    """
    before, after = require_count("before", before, 0), require_count("after", after, 0)
    (q, k, v), dtype = to_common_float(q=q, k=k, v=v)
    lead = require_triple(q, k, v)
    t_q, t_k = q.shape[-2], k.shape[-2]
    context = np.zeros((*lead, t_q, v.shape[-1]), dtype=q.dtype)
    together = max(before + after + 1, FEWEST)
    place = np.arange(t_q) + t_k - t_q  # where each query stands among the keys
    for start in range(0, t_q, together):
        queries = slice(start, min(start + together, t_q))
        keys = slice(max(0, place[start] - before), max(0, place[queries.stop - 1] + after + 1))
        distance = np.arange(t_k)[keys] - place[queries, None]  # (queries, keys)
        context[..., queries, :] = attention(
            q[..., queries, :],
            k[..., keys, :],
            v[..., keys, :],
            mask=(-before <= distance) & (distance <= after),
            scale=scale,
            softcap=softcap,
        )
    return context.astype(dtype, copy=False)
