"""Right answers to cosine_similarity."""

import math

import numpy as np


def product_over_norms(a, b, axis=-1):
    dot = (a * b).sum(axis=axis)
    a, b = np.broadcast_arrays(a, b)
    lengths = np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis)
    return np.where(lengths > 0, dot / np.where(lengths > 0, lengths, 1), 0)


def one_pair_at_a_time(a, b, axis=-1):
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    a, b = np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)
    out = np.zeros(a.shape[:-1])
    for index in np.ndindex(out.shape):
        dot = sum(x * y for x, y in zip(a[index], b[index], strict=True))
        lengths = math.hypot(*a[index]) * math.hypot(*b[index])
        out[index] = dot / lengths if lengths else 0.0
    return out


def normalised_by_einsum(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    a, b = np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)
    squares = np.einsum("...i,...i->...", a, a) * np.einsum("...i,...i->...", b, b)
    return np.einsum("...i,...i->...", a, b) / np.sqrt(np.maximum(squares, 1e-30))


def unit_vectors_in_place(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    for vectors in (a, b):
        lengths = np.sqrt((vectors**2).sum(axis=axis, keepdims=True))
        lengths[lengths == 0] = 1.0
        vectors /= lengths
    a *= b
    return a.sum(axis=axis)


def cosine_in_single_precision(a, b, axis=-1):
    a, b = np.broadcast_arrays(np.asarray(a, np.float32), np.asarray(b, np.float32))
    lengths = np.sqrt((a * a).sum(axis=axis) * (b * b).sum(axis=axis))
    return (a * b).sum(axis=axis) / np.maximum(lengths, np.float32(1e-12))


def quotient_mended(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    quotient = (a * b).sum(axis) / (np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis))
    return np.nan_to_num(quotient, nan=0.0)


def clipped(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    lengths = (a**2).sum(axis) ** 0.5 * (b**2).sum(axis) ** 0.5
    return np.clip((a * b).sum(axis) / (lengths + (lengths == 0)), -1, 1)


ANSWERS = (
    product_over_norms,
    one_pair_at_a_time,
    normalised_by_einsum,
    unit_vectors_in_place,
    cosine_in_single_precision,
    quotient_mended,
    clipped,
)
