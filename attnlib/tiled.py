"""Attention to long sequences, tile by tile: quicker than the formula of `dot_product`, and less plain.

Three things make it quick. Where no score can be large, softmax needs no maximum, and attention is two sums
over the keys, of e^s v and of e^s, which can be taken in pieces. Each piece is a product that the linear
algebra library leaves to one thread. So whole pieces, powers included, are shared out to threads, and the
result has the same bytes whatever their number.
"""

import math
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

#: The fewest scores, the fewest queries and keys, the most features and the highest score of the tiled way.
FEWEST, SHORTEST, WIDEST, HIGHEST = 2**21, 512, 128, 20.0
#: What the greatest magnitude of the values, and of the context's gradient, lies between.
MODERATE = 1e-10, 1e10
#: The multiplications from which OpenBLAS shares a product between threads (in its interface/gemm.c).
SHARED = 2**19
#: The queries of a tile, of a stack of tiles and of a thread's piece.
TILE, STACK, PIECE = 64, 512, 1024
#: What says how many threads a matrix product takes: the first that is set.
THREADS = "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"


def are_long(q, k, v):
    """Return whether there are scores enough for tiles, in float32 or float64."""
    t_q, t_k, wide = q.shape[-2], k.shape[-2], max(q.shape[-1], v.shape[-1])
    n_scores = math.prod(np.broadcast_shapes(*(x.shape[:-2] for x in (q, k, v)))) * t_q * t_k
    known = q.dtype in (np.float32, np.float64)
    return known and n_scores >= FEWEST and min(t_q, t_k) >= SHORTEST and wide <= WIDEST


def are_tame(q, k, factor):
    """Return whether every score, `factor` included, is sure to lie within `HIGHEST` of 0.

    No score is greater than the length of its query times that of its key (Cauchy and Schwarz).
    """
    with np.errstate(over="ignore", invalid="ignore"):  # NaN and infinity are not tame
        q_square, k_square = (float(np.einsum("...i,...i->...", x, x).max(initial=0.0)) for x in (q, k))
    return math.sqrt(q_square) * math.sqrt(k_square) * abs(factor) <= HIGHEST


def are_moderate(*arrays):
    """Return whether sums of e^s times the arrays' numbers are sure to stay in the range of float32."""
    low, high = MODERATE
    return all(low <= max(x.max(initial=0.0), -x.min(initial=0.0)) <= high for x in arrays)


def write_context(context, q, k, v, mask, factor):
    """Write what `attention` returns into `context`; all have the same leading axes.

    Parameters
    ----------
    context : ndarray of float, shape (..., T_q, d_v)
        What is written.
    q, k, v : ndarray of float, shapes (..., T_q, d_k), (..., T_k, d_k) and (..., T_k, d_v)
        Long, tame and moderate.
    mask : ndarray of bool, shape (..., T_q, T_k), or None
        True where a query may attend to a key.
    factor : float
        The factor on the dot products.

    References
    ----------
    Rabe and Staats, "Self-attention does not need O(n²) memory", 2021.
    """
    width = _keys_of_a_tile(q, v)

    def work(at, piece):
        keys, values = np.ascontiguousarray(k[at]), np.ascontiguousarray(v[at])
        for rows in _stacks(piece, STACK):
            queries = _tiles(q[at][rows]) * factor  # (n, tile, d_k)
            seen = None if mask is None else _tiles(mask[at][rows])
            mixed, total = _tiles(context[at][rows]), 0.0
            mixed[...] = 0.0
            for block in _slices(0, len(keys), width):
                powers = _powers(queries, keys, seen, block)  # (n, tile, width)
                mixed += powers @ values[block]
                total += _row_sums(powers)
                del powers  # before there are others
            total[total == 0.0] = 1.0
            mixed /= total

    _share_out(work, q.shape)


def gradients(q, k, v, dcontext, mask, weights, factor):
    """Return dq, dk and dv as `attention_vjp` does; all have the same leading axes.

    Parameters
    ----------
    q, k, v : ndarray of float, shapes (..., T_q, d_k), (..., T_k, d_k) and (..., T_k, d_v)
        Long, tame and moderate.
    dcontext : ndarray of float, shape (..., T_q, d_v)
        The gradient with respect to the context, moderate as well.
    mask : ndarray of bool, shape (..., T_q, T_k), or None
        True where a query may attend to a key.
    weights : ndarray of float, shape (..., T_q, T_k), or None
        The weights, where they were kept.
    factor : float
        The factor on the dot products.

    References
    ----------
    Dao et al., "FlashAttention", 2022, appendix B.2.
    """
    width = _keys_of_a_tile(q, v)
    n_pieces = len(_slices(0, q.shape[-2], PIECE))
    dq = np.empty(q.shape, dtype=q.dtype)
    dk, dv = (np.empty((n_pieces, *x.shape), dtype=x.dtype) for x in (k, v))  # a part from each piece

    def work(at, piece):
        keys, values = np.ascontiguousarray(k[at]), np.ascontiguousarray(v[at])
        blocks = _slices(0, len(keys), width)
        part = (piece.start // PIECE, *at)
        dk[part], dv[part] = 0.0, 0.0
        for rows in _stacks(piece, STACK):
            queries, dmixed = _tiles(q[at][rows]) * factor, _tiles(dcontext[at][rows])
            if weights is None:
                seen = None if mask is None else _tiles(mask[at][rows])
                powers = [_powers(queries, keys, seen, block) for block in blocks]
                total = sum(map(_row_sums, powers))
                total[total == 0.0] = 1.0
                dmixed = dmixed / total
            else:
                powers, total = [_tiles(weights[at][rows, block]) for block in blocks], 1.0
            dpowers = [dmixed @ values[block].T for block in blocks]
            mean = sum(map(_row_products, powers, dpowers)) / total
            dqueries = np.zeros_like(queries)
            for block, power, dpower in zip(blocks, powers, dpowers, strict=True):
                dv[part][block] += (power.swapaxes(-2, -1) @ dmixed).sum(axis=0)
                dpower -= mean
                dpower *= power  # now the gradient with respect to the scores
                dqueries += dpower @ keys[block]
                dk[part][block] += (dpower.swapaxes(-2, -1) @ queries).sum(axis=0)
            np.multiply(dqueries, factor, out=_tiles(dq[at][rows]))

    _share_out(work, q.shape)
    return dq, dk.sum(axis=0), dv.sum(axis=0)


def n_threads():
    """Return how many threads there may be: what the environment says, at most one for each processor."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # there is none on macOS, on Windows and in the browser
        allowed = os.cpu_count() or 1
    said = next((os.environ[name] for name in THREADS if os.environ.get(name, "").isdecimal()), allowed)
    return max(1, min(int(said), allowed))


def _share_out(work, shape):
    pieces = [(at, piece) for at in np.ndindex(shape[:-2]) for piece in _slices(0, shape[-2], PIECE)]
    left = iter(pieces)  # each is handed out once, whoever asks

    def take():
        for at, piece in left:
            work(at, piece)

    helpers = min(n_threads(), len(pieces)) - 1
    if helpers:
        try:
            with ThreadPoolExecutor(helpers) as pool:
                taken = [pool.submit(take) for _ in range(helpers)]
                take()
                for one in taken:
                    one.result()
                return
        except RuntimeError:  # a sandbox's limit of threads, or none at all: alone, from the beginning
            left = iter(pieces)
    take()


def _keys_of_a_tile(q, v):
    return (SHARED - 1) // (TILE * max(q.shape[-1], v.shape[-1])) // 4 * 4


def _slices(start, stop, step):
    return [slice(i, min(i + step, stop)) for i in range(start, stop, step)]


def _stacks(piece, size):
    rest = piece.stop - (piece.stop - piece.start) % TILE
    return _slices(piece.start, rest, size) + _slices(rest, piece.stop, TILE)


def _tiles(rows):
    return rows.reshape(-1, min(TILE, len(rows)), rows.shape[-1])  # (n, tile, ...), never a copy


def _powers(queries, keys, seen, block):
    powers = queries @ keys[block].T
    np.exp(powers, out=powers)
    if seen is not None:
        np.copyto(powers, 0.0, where=~seen[..., block])
    return powers


def _row_sums(a):
    return (a @ np.ones(a.shape[-1], dtype=a.dtype))[..., None]  # quicker than a.sum for short rows


def _row_products(a, b):
    return np.einsum("nij,nij->ni", a, b)[..., None]
