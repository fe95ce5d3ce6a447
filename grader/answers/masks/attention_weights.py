"""Right answers to attention_weights."""

import math

import numpy as np


def weights_where_minus_infinity(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is None:
        mask = np.ones(scores.shape, dtype=bool)
    scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)


def weights_masked_and_renormalised(q, k, *, mask=None):
    scores = (q / math.sqrt(q.shape[-1])) @ np.moveaxis(k, -1, -2)
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    low = scores.min(axis=-1, keepdims=True)
    top = np.where(allowed, scores, low).max(axis=-1, keepdims=True)
    powers = np.exp(np.minimum(scores - top, 0)) * allowed
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1, total)


def weights_row_by_row(q, k, *, mask=None):
    scores = np.einsum("...id,...jd->...ij", q, k) / math.sqrt(k.shape[-1])
    mask = np.broadcast_to(np.array(True) if mask is None else mask, scores.shape)
    weights = np.zeros(scores.shape)
    for row in np.ndindex(scores.shape[:-1]):
        seen = [j for j in range(scores.shape[-1]) if mask[row][j]]
        if seen:
            powers = np.exp(scores[row][seen] - scores[row][seen].max())
            weights[row][seen] = powers / powers.sum()
    return weights


def weights_additive(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = scores + np.where(mask, 0.0, -np.inf)
    powers = np.exp(scores - np.nan_to_num(scores.max(axis=-1, keepdims=True), neginf=0.0))
    return np.nan_to_num(powers / powers.sum(axis=-1, keepdims=True), nan=0.0)


def weights_large_negative_then_cleared(q, k, *, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    allowed = np.broadcast_to(np.bool_(True) if mask is None else mask, scores.shape)
    scores = np.where(allowed, scores, np.finfo(scores.dtype).min)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.where(allowed, powers / powers.sum(axis=-1, keepdims=True), 0)


def weights_in_place_on_a_copy(q, k, *, mask=None):
    weights = np.array(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]), dtype=float)
    if mask is not None:
        np.copyto(weights, -np.inf, where=~mask)
    weights -= np.maximum(weights.max(axis=-1, keepdims=True), -1e300)
    np.exp(weights, out=weights)
    total = weights.sum(axis=-1, keepdims=True)
    return np.divide(weights, total, out=weights, where=total > 0)


def weights_in_single_precision(q, k, *, mask=None):
    q, k = q.astype(np.float32), k.astype(np.float32)
    scores = q @ np.swapaxes(k, -1, -2) / np.float32(math.sqrt(q.shape[-1]))
    scores = scores if mask is None else np.where(mask, scores, np.float32(-np.inf))
    powers = np.exp(scores - np.maximum(scores.max(axis=-1, keepdims=True), np.float32(-3e38)))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), np.float32(1e-30))


class MaskedWeights:
    """Attention weights as an object that remembers how it fills masked scores."""

    def __init__(self, fill):
        self.fill = fill

    def __call__(self, q, k, *, mask=None):
        """Return the weights."""
        scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
        allowed = True if mask is None else mask
        scores = np.where(allowed, scores, self.fill)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True)) * allowed
        return powers / (powers.sum(axis=-1, keepdims=True) + (powers.max(axis=-1, keepdims=True) == 0))


ANSWERS = (
    weights_where_minus_infinity,
    weights_masked_and_renormalised,
    weights_row_by_row,
    weights_additive,
    weights_large_negative_then_cleared,
    weights_in_place_on_a_copy,
    weights_in_single_precision,
    MaskedWeights(fill=-1e300),
)
