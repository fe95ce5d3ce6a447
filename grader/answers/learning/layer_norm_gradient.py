"""Right answers to layer_norm_gradient."""

import numpy as np


def by_the_formula(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    n, dn = (x - x.mean(axis=-1, keepdims=True)) / deviation, gain * dy
    return (dn - dn.mean(axis=-1, keepdims=True) - n * (dn * n).mean(axis=-1, keepdims=True)) / deviation


def link_by_link(x, gain, dy):
    d = x.shape[-1]
    centred = x - x.mean(axis=-1, keepdims=True)
    rate = (x.var(axis=-1, keepdims=True) + 1e-5) ** -0.5
    dn = dy * gain
    drate = (dn * centred).sum(axis=-1, keepdims=True)
    dvariance = drate * rate**3 / -2
    dcentred = dn * rate + dvariance * 2 * centred / d
    return dcentred - dcentred.sum(axis=-1, keepdims=True) / d


def by_the_jacobian(x, gain, dy):
    d = x.shape[-1]
    deviation = np.sqrt(x.var(axis=-1) + 1e-5)[..., None, None]
    n = (x - x.mean(axis=-1, keepdims=True)) / deviation[..., 0]
    jacobian = (np.eye(d) - 1 / d - n[..., :, None] * n[..., None, :] / d) / deviation
    return ((gain * dy)[..., None, :] @ jacobian)[..., 0, :]


def norm_token_by_token(x, gain, dy):
    out = np.zeros(x.shape)
    for token in np.ndindex(x.shape[:-1]):
        centred, dn = x[token] - x[token].mean(), gain * dy[token]
        deviation = np.sqrt(np.mean(centred**2) + 1e-5)
        n = centred / deviation
        out[token] = (dn - dn.mean() - n * np.mean(dn * n)) / deviation
    return out


def norm_with_einsum(x, gain, dy):
    d = x.shape[-1]
    centred = x - np.einsum("...i->...", x)[..., None] / d
    squared = np.einsum("...i,...i->...", centred, centred)[..., None] / d + 1e-5
    dn = np.einsum("i,...i->...i", gain, dy)
    along = np.einsum("...i,...i->...", dn, centred)[..., None] / d
    return (dn - np.einsum("...i->...", dn)[..., None] / d - centred * along / squared) / np.sqrt(squared)


def with_averages(x, gain, dy):
    def average(z):
        return np.average(z, axis=-1)[..., None]

    centred = x - average(x)
    variance = average(centred * centred) + 1e-5
    dn = gain * dy
    return (dn - average(dn)) / np.sqrt(variance) - centred * average(dn * centred) / variance**1.5


ANSWERS = (
    by_the_formula,
    link_by_link,
    by_the_jacobian,
    norm_token_by_token,
    norm_with_einsum,
    with_averages,
)
