"""Right answers to hand_attention_columns."""

import math

import numpy as np


def columns_step_by_step(q, k, v):
    powers = 3.0 ** np.floor(np.swapaxes(k, -1, -2) @ q / 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_by_way_of_rows(q, k, v):
    q, k, v = (np.moveaxis(matrix, -1, -2) for matrix in (q, k, v))
    powers = 3.0 ** (q @ np.moveaxis(k, -1, -2) // 2)
    return np.moveaxis(powers @ v / powers.sum(axis=-1, keepdims=True), -1, -2)


def columns_by_einsum(q, k, v):
    powers = 3.0 ** (np.einsum("...dj,...di->...ji", k, q) // 2)
    weights = powers / np.einsum("...ji->...i", powers)[..., None, :]
    return np.einsum("...dj,...ji->...di", v, weights)


def columns_by_loops(q, k, v):
    out = np.zeros(v.shape[:-1] + q.shape[-1:])
    for *lead, i in np.ndindex(q.shape[:-2] + q.shape[-1:]):
        lead = tuple(lead)
        query, keys, values = q[lead][:, i], k[lead], v[lead]
        powers = [3.0 ** math.floor(query @ keys[:, j] / 2) for j in range(keys.shape[1])]
        for j, power in enumerate(powers):
            out[lead][:, i] += power / sum(powers) * values[:, j]
    return out


def columns_shifted(q, k, v):
    scaled = k.swapaxes(-1, -2) @ q // 2
    powers = np.exp2(np.log2(3) * (scaled - scaled.max(axis=-2, keepdims=True)))
    return (v @ powers) / powers.sum(axis=-2, keepdims=True)


def columns_in_place_on_a_copy(q, k, v):
    weights = np.array(np.swapaxes(k, -1, -2) @ q, dtype=float)
    weights //= 2
    np.power(3.0, weights, out=weights)
    weights /= np.expand_dims(weights.sum(axis=-2), -2)
    return v @ weights


ANSWERS = (
    columns_step_by_step,
    columns_by_way_of_rows,
    columns_by_einsum,
    columns_by_loops,
    columns_shifted,
    columns_in_place_on_a_copy,
)
