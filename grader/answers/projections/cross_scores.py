"""Right answers to cross_scores."""

import numpy as np


def who_asks_times_who_answers(x, other, w_q, w_k):
    q, k = x @ w_q, other @ w_k
    return q @ k.swapaxes(-1, -2)


def two_loops(x, other, w_q, w_k):
    out = np.zeros((*x.shape[:-1], other.shape[-2]))
    for i in range(x.shape[-2]):
        for j in range(other.shape[-2]):
            q, k = x[..., i, :] @ w_q, other[..., j, :] @ w_k
            out[..., i, j] = (q * k).sum(axis=-1)
    return out


def cross_by_einsum(x, other, w_q, w_k):
    q = np.einsum("...im,mk->...ik", x, w_q)
    k = np.einsum("...jn,nk->...jk", other, w_k)
    return np.einsum("...ik,...jk->...ij", q, k)


def one_matrix_between(x, other, w_q, w_k):
    return x @ (w_q @ w_k.T) @ np.moveaxis(other, -1, -2)


def cross_in_single_precision(x, other, w_q, w_k):
    x, other, w_q, w_k = (np.float32(a) for a in (x, other, w_q, w_k))
    return x @ w_q @ (other @ w_k).swapaxes(-1, -2)


def cross_turned_at_the_end(x, other, w_q, w_k):
    return np.swapaxes(other @ w_k @ np.swapaxes(x @ w_q, -1, -2), -1, -2)


class _CrossScores:
    """A class with __call__ is a function too."""

    def __call__(self, x, other, w_q, w_k):
        return np.inner(x @ w_q, other @ w_k) if x.ndim == 2 else self._batch(x, other, w_q, w_k)

    def _batch(self, x, other, w_q, w_k):
        return np.stack([self(a, b, w_q, w_k) for a, b in zip(x, other, strict=True)])


ANSWERS = (
    who_asks_times_who_answers,
    two_loops,
    cross_by_einsum,
    one_matrix_between,
    cross_in_single_precision,
    cross_turned_at_the_end,
    _CrossScores(),
)
