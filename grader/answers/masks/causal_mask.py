"""Right answers to causal_mask."""

import numpy as np


def causal_with_tri(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_k - t_q).astype(bool)


def causal_by_two_loops(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    mask = np.zeros((t_q, t_k), dtype=bool)
    for i in range(t_q):
        for j in range(t_k):
            mask[i, j] = j <= i + t_k - t_q
    return mask


def causal_by_positions(t_q, t_k=None):
    t_k = t_k if t_k is not None else t_q
    newest = np.arange(t_k - t_q, t_k)
    return np.arange(t_k)[None, :] <= newest[:, None]


def causal_not_the_future(t_q, t_k=None):
    if t_k is None:
        t_k = t_q
    future = np.triu(np.ones((t_q, t_k), dtype=bool), k=t_k - t_q + 1)
    return ~future


def causal_cut_from_a_square(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    size = max(t_q, t_k)
    square = np.tril(np.ones((size, size))) == 1
    return square[size - t_q :, size - t_k :]


def causal_from_a_function(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.fromfunction(lambda i, j: t_q - i <= t_k - j, (t_q, t_k))


ANSWERS = (
    causal_with_tri,
    causal_by_two_loops,
    causal_by_positions,
    causal_not_the_future,
    causal_cut_from_a_square,
    causal_from_a_function,
    lambda t_q, t_k=None: np.tri(t_q, t_k, (t_k or t_q) - t_q, dtype=bool),
)
