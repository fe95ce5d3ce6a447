"""Right answers to layer_norm."""

import numpy as np


def with_var(x, gain, shift):
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5) + shift


def with_mean_of_squares(x, gain, shift):
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centred**2, axis=-1, keepdims=True)
    return centred * (variance + 1e-5) ** -0.5 * gain + shift


def with_sums(x, gain, shift):
    d = x.shape[-1]
    centred = x - x.sum(axis=-1, keepdims=True) / d
    variance = (centred * centred).sum(axis=-1, keepdims=True) / d
    return gain * (centred / np.sqrt(variance + 1e-5)) + shift


def token_by_token(x, gain, shift):
    out = np.zeros(x.shape)
    for token in np.ndindex(x.shape[:-1]):
        centred = x[token] - x[token].mean()
        out[token] = gain * centred / np.sqrt((centred @ centred) / len(centred) + 1e-5) + shift
    return out


def with_einsum(x, gain, shift):
    d = x.shape[-1]
    centred = x - np.einsum("...i->...", x)[..., None] / d
    variance = np.einsum("...i,...i->...", centred, centred)[..., None] / d
    return np.einsum("i,...i->...i", gain, centred / np.sqrt(variance + 1e-5)) + shift


def with_a_projection(x, gain, shift):
    d = x.shape[-1]
    centred = x @ (np.eye(d) - np.full((d, d), 1 / d))
    deviation = np.sqrt((centred * centred).mean(axis=-1) + 1e-5)
    return (centred.T / deviation.T).T * gain + shift


ANSWERS = (with_var, with_mean_of_squares, with_sums, token_by_token, with_einsum, with_a_projection)
