"""Right answers to rotate."""

import math

import numpy as np


def turn_pairs_on_an_axis_of_their_own(x, positions):
    half = x.shape[-1] // 2
    speeds = 10000.0 ** -(np.arange(half) / half)
    phi = positions[:, np.newaxis] * speeds
    pairs = x.reshape(*x.shape[:-1], half, 2)
    left, right = pairs[..., 0], pairs[..., 1]
    turned = [np.cos(phi) * left - np.sin(phi) * right, np.sin(phi) * left + np.cos(phi) * right]
    return np.stack(turned, axis=-1).reshape(x.shape)


def turn_in_the_complex_plane(x, positions):
    d = x.shape[-1]
    numbers = x[..., 0::2] + 1j * x[..., 1::2]
    turned = numbers * np.exp(1j * positions[:, None] / 10000 ** (np.arange(0, d, 2) / d))
    return np.stack([turned.real, turned.imag], axis=-1).reshape(x.shape)


def turn_by_matrices(x, positions):
    d = x.shape[-1]
    angles = np.outer(positions, 10000.0 ** (-np.arange(0, d, 2) / d))
    cos, sin = np.cos(angles), np.sin(angles)
    turns = np.stack([np.stack([cos, -sin], axis=-1), np.stack([sin, cos], axis=-1)], axis=-2)
    pairs = x.reshape(*x.shape[:-1], d // 2, 2, 1)
    return (turns @ pairs).reshape(x.shape)


def turn_one_by_one(x, positions):
    y = np.zeros(x.shape)
    d = x.shape[-1]
    for place in np.ndindex(x.shape[:-1]):
        for i in range(0, d, 2):
            angle = positions[place[-1]] / 10000 ** (i / d)
            a, b = x[place][i], x[place][i + 1]
            y[place][i] = a * math.cos(angle) - b * math.sin(angle)
            y[place][i + 1] = a * math.sin(angle) + b * math.cos(angle)
    return y


def turn_with_a_swapped_copy(x, positions):
    d = x.shape[-1]
    angles = np.repeat(positions[:, None] / 10000 ** (np.arange(0, d, 2) / d), 2, axis=-1)
    swapped = np.stack([-x[..., 1::2], x[..., 0::2]], axis=-1).reshape(x.shape)
    return x * np.cos(angles) + swapped * np.sin(angles)


def turn_by_einsum(x, positions):
    d = x.shape[-1]
    angles = np.multiply.outer(positions, 1 / 10000 ** (np.arange(d // 2) * 2 / d))
    turns = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
    pairs = x.reshape(*x.shape[:-1], -1, 2)
    return np.einsum("abti,...tib->...tia", turns, pairs).reshape(x.shape)


ANSWERS = (
    turn_pairs_on_an_axis_of_their_own,
    turn_in_the_complex_plane,
    turn_by_matrices,
    turn_one_by_one,
    turn_with_a_swapped_copy,
    turn_by_einsum,
)
