"""Right answers to attention."""

import math

import numpy as np


def attention_step_by_step(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_by_loops(q, k, v):
    out = np.zeros(q.shape[:-1] + v.shape[-1:])
    for *lead, i in np.ndindex(q.shape[:-1]):
        lead = tuple(lead)
        scores = [sum(q[(*lead, i)] * key) / math.sqrt(len(key)) for key in k[lead]]
        powers = [math.exp(score - max(scores)) for score in scores]
        for power, value in zip(powers, v[lead], strict=True):
            out[(*lead, i)] += power / sum(powers) * value
    return out


def attention_by_einsum(q, k, v):
    scores = np.einsum("...id,...jd->...ij", q, k) * k.shape[-1] ** -0.5
    weights = np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))
    return np.einsum("...ij,...jd->...id", weights, v)


def attention_query_scaled_first(q, k, v):
    scores = (q / math.sqrt(q.shape[-1])) @ np.moveaxis(k, -1, -2)
    scores = np.exp(scores - np.max(scores, axis=-1)[..., None])
    return scores @ v / np.sum(scores, axis=-1)[..., None]


def attention_in_single_precision(q, k, v):
    q, k, v = (np.asarray(array, dtype=np.float32) for array in (q, k, v))
    scores = q @ np.swapaxes(k, -1, -2) / np.float32(math.sqrt(q.shape[-1]))
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_in_place_on_a_copy(q, k, v):
    scaled = np.array(q, dtype=float)
    scaled /= q.shape[-1] ** 0.25
    weights = scaled @ (np.swapaxes(k, -1, -2) / q.shape[-1] ** 0.25)
    weights -= weights.max(axis=-1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ v


class AttentionWithScale:
    """Attention as an object that knows its exponent of d_k."""

    exponent = -0.5

    def __call__(self, q, k, v):
        """Return the context."""
        scores = q @ np.swapaxes(k, -1, -2) * q.shape[-1] ** self.exponent
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return powers @ v / powers.sum(axis=-1, keepdims=True)


ANSWERS = (
    attention_step_by_step,
    attention_by_loops,
    attention_by_einsum,
    attention_query_scaled_first,
    attention_in_single_precision,
    attention_in_place_on_a_copy,
    AttentionWithScale(),
)
