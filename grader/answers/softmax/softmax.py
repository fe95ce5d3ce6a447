"""Right answers to softmax."""

import math

import numpy as np


def shift_then_normalise(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def one_row_at_a_time(x, axis=-1, *, temperature=1.0):
    rows = np.moveaxis(np.array(x, dtype=float), axis, -1)
    out = np.empty_like(rows)
    for index in np.ndindex(rows.shape[:-1]):
        powers = [math.exp((score - max(rows[index])) / temperature) for score in rows[index]]
        out[index] = [power / sum(powers) for power in powers]
    return np.moveaxis(out, -1, axis)


def by_log_sum_exp(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x, dtype=float) / temperature
    return np.exp(x - np.logaddexp.reduce(x, axis=axis, keepdims=True))


def with_apply_along_axis(x, axis=-1, *, temperature=1.0):
    def one(row):
        powers = np.exp((row - np.max(row)) / temperature)
        return powers / np.sum(powers)

    return np.apply_along_axis(one, axis, np.asarray(x, dtype=float))


def in_place_on_a_copy(x, axis=-1, *, temperature=1.0):
    out = np.array(x, dtype=np.float64)
    out -= out.max(axis=axis, keepdims=True)
    out /= temperature
    np.exp(out, out=out)
    out /= out.sum(axis=axis, keepdims=True)
    return out


def in_single_precision(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x, dtype=np.float32)
    powers = np.exp((x - x.max(axis=axis, keepdims=True)) / np.float32(temperature))
    return powers / powers.sum(axis=axis, keepdims=True)


def as_a_ratio_of_pairs(x, axis=-1, *, temperature=1.0):
    rows = np.moveaxis(np.asarray(x, dtype=float), axis, -1) / temperature
    differences = rows[..., None, :] - rows[..., :, None]
    return np.moveaxis(1 / np.exp(differences).sum(axis=-1), -1, axis)


ANSWERS = (
    shift_then_normalise,
    one_row_at_a_time,
    by_log_sum_exp,
    with_apply_along_axis,
    in_place_on_a_copy,
    in_single_precision,
    as_a_ratio_of_pairs,
)
