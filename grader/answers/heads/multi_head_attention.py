"""Right answers to multi_head_attention."""

import math

import numpy as np


def heads_step_by_step(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    q, k, v = (
        np.swapaxes(y.reshape(*y.shape[:-1], n_heads, -1), -3, -2)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.swapaxes(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


def heads_one_after_the_other(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    results = []
    for h in range(n_heads):
        d_head, d_v = w_q.shape[1] // n_heads, w_v.shape[1] // n_heads
        columns = slice(h * d_head, (h + 1) * d_head)
        q, k = x @ w_q[:, columns], context @ w_k[:, columns]
        v = context @ w_v[:, h * d_v : (h + 1) * d_v]
        scores = q @ np.swapaxes(k, -1, -2) / math.sqrt(d_head)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        results.append(powers / powers.sum(axis=-1, keepdims=True) @ v)
    return np.concatenate(results, axis=-1) @ w_o


def heads_added_through_w_o(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    other = x if context is None else context
    total = 0
    for part_q, part_k, part_v, part_o in zip(
        np.split(w_q, n_heads, axis=1),
        np.split(w_k, n_heads, axis=1),
        np.split(w_v, n_heads, axis=1),
        np.split(w_o, n_heads, axis=0),
        strict=True,
    ):
        scores = (x @ part_q / part_q.shape[1] ** 0.5) @ np.swapaxes(other @ part_k, -1, -2)
        weights = np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))
        total = total + weights @ (other @ part_v) @ part_o
    return total


def heads_by_einsum(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    c = x if context is None else context
    w_q, w_k, w_v = (w.reshape(w.shape[0], n_heads, -1) for w in (w_q, w_k, w_v))
    q = np.einsum("...tm,mhd->...thd", x, w_q) / np.sqrt(w_q.shape[-1])
    k, v = np.einsum("...tm,mhd->...thd", c, w_k), np.einsum("...tm,mhd->...thd", c, w_v)
    scores = np.einsum("...qhd,...khd->...hqk", q, k)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    mixed = np.einsum("...hqk,...khd->...qhd", weights, v)
    return np.einsum("...qhd,hdo->...qo", mixed, w_o.reshape(n_heads, w_v.shape[-1], -1))


def heads_by_concatenated_slices(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    other = context if context is not None else x
    queries, keys, values = (np.split(y, n_heads, axis=-1) for y in (x @ w_q, other @ w_k, other @ w_v))
    merged = []
    for q, k, v in zip(queries, keys, values, strict=True):
        scores = np.einsum("...id,...jd->...ij", q, k) / math.sqrt(q.shape[-1])
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        merged.append(scores @ v)
    return np.matmul(np.concatenate(merged, axis=-1), w_o)


def heads_in_single_precision(x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
    context = x if context is None else context
    x, context, w_q, w_k, w_v, w_o = (
        np.asarray(a, dtype=np.float32) for a in (x, context, w_q, w_k, w_v, w_o)
    )
    q, k, v = (
        np.moveaxis(y.reshape(*y.shape[:-1], n_heads, -1), -2, -3)
        for y in (x @ w_q, context @ w_k, context @ w_v)
    )
    scores = q @ np.swapaxes(k, -1, -2) / np.float32(math.sqrt(q.shape[-1]))
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = np.moveaxis(powers / powers.sum(axis=-1, keepdims=True) @ v, -3, -2)
    return mixed.reshape(*mixed.shape[:-2], -1) @ w_o


class Layer:
    """Multi-head attention as an object with one step in each method."""

    def split(self, y, n_heads):
        """Bring the heads before the tokens."""
        return np.moveaxis(y.reshape(*y.shape[:-1], n_heads, -1), -2, -3)

    def weigh(self, q, k):
        """Return the weights."""
        scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    def __call__(self, x, w_q, w_k, w_v, w_o, n_heads, *, context=None):
        """Return what each token gathers."""
        context = x if context is None else context
        q, k, v = (self.split(y, n_heads) for y in (x @ w_q, context @ w_k, context @ w_v))
        return np.concatenate(list(np.moveaxis(self.weigh(q, k) @ v, -3, 0)), axis=-1) @ w_o


ANSWERS = (
    heads_step_by_step,
    heads_one_after_the_other,
    heads_added_through_w_o,
    heads_by_einsum,
    heads_by_concatenated_slices,
    heads_in_single_precision,
    Layer(),
)
