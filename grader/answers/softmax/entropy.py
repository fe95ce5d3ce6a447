"""Right answers to entropy."""

import math

import numpy as np


def sum_where_positive(weights, axis=-1):
    p = np.asarray(weights, dtype=float)
    return -np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0), axis=axis)


def nan_to_zero(weights, axis=-1):
    p = np.asarray(weights)
    return -np.nansum(p * np.log(p), axis=axis)


def log_of_a_clipped_weight(weights, axis=-1):
    p = np.asarray(weights)
    return (p * -np.log(np.clip(p, 1e-300, 1))).sum(axis)


def with_math_log(weights, axis=-1):
    def one(row):
        return sum(-p * math.log(p) for p in row if p > 0)

    return np.apply_along_axis(one, axis, np.asarray(weights, dtype=float))


def with_einsum(weights, axis=-1):
    p = np.moveaxis(np.asarray(weights), axis, -1)
    return -np.einsum("...i,...i->...", p, np.log(p, where=p > 0, out=np.zeros_like(p)))


def base_two_converted(weights, axis=-1):
    p = np.asarray(weights)
    return -np.log(2) * np.sum(p * np.log2(p + (p == 0)), axis=axis)


ANSWERS = (
    sum_where_positive,
    nan_to_zero,
    log_of_a_clipped_weight,
    with_math_log,
    with_einsum,
    base_two_converted,
)
