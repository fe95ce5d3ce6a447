"""Right answers to sinusoidal_positions."""

import math

import numpy as np


def waves_into_every_second_column(t, d_model):
    angles = np.arange(t)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    waves = np.zeros((t, d_model))
    waves[:, 0::2] = np.sin(angles)
    waves[:, 1::2] = np.cos(angles)
    return waves


def waves_stacked_and_reshaped(t, d_model):
    speeds = 10000.0 ** (-2 * np.arange(d_model // 2) / d_model)
    angles = np.outer(np.arange(t), speeds)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(t, d_model)


def waves_one_by_one(t, d_model):
    waves = np.empty((t, d_model))
    for position in range(t):
        for j in range(d_model):
            angle = position / 10000 ** (2 * (j // 2) / d_model)
            waves[position, j] = math.cos(angle) if j % 2 else math.sin(angle)
    return waves


def waves_as_shifted_sines(t, d_model):
    j = np.arange(d_model)
    angles = np.arange(t)[:, None] / 10000 ** ((j - j % 2) / d_model)
    return np.sin(angles + (j % 2) * np.pi / 2)


def waves_by_complex_powers(t, d_model):
    speeds = np.exp(-np.log(10000) * np.arange(0, d_model, 2) / d_model)
    turned = np.exp(1j * np.arange(t)[:, None] * speeds)
    return np.stack([turned.imag, turned.real], axis=2).reshape(t, -1)


def waves_by_turning_on(t, d_model):
    speeds = 1 / 10000 ** (np.arange(0, d_model, 2) / d_model)
    sine, cosine = np.zeros_like(speeds), np.ones_like(speeds)
    rows = []
    for _ in range(t):
        rows.append(np.column_stack([sine, cosine]).ravel())
        sine, cosine = (
            sine * np.cos(speeds) + cosine * np.sin(speeds),
            cosine * np.cos(speeds) - sine * np.sin(speeds),
        )
    return np.array(rows)


ANSWERS = (
    waves_into_every_second_column,
    waves_stacked_and_reshaped,
    waves_one_by_one,
    waves_as_shifted_sines,
    waves_by_complex_powers,
    waves_by_turning_on,
)
