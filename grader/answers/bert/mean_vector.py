"""Right answers to mean_vector."""

import numpy as np


def mean_by_weights(x, keep):
    real = np.expand_dims(keep, -1)
    return np.sum(np.where(real, x, 0.0), axis=-2) / np.count_nonzero(real, axis=-2)


def mean_by_nan(x, keep):
    return np.nanmean(np.where(keep[..., None], x, np.nan), axis=-2)


def mean_text_by_text(x, keep):
    out = np.zeros((*x.shape[:-2], x.shape[-1]))
    for text in np.ndindex(x.shape[:-2]):
        out[text] = x[text][keep[text]].mean(axis=0)
    return out


def mean_by_product(x, keep):
    shares = keep / keep.sum(axis=-1, keepdims=True)
    return (shares[..., None, :] @ x)[..., 0, :]


def mean_by_einsum(x, keep):
    return np.einsum("...tf,...t->...f", x, keep / keep.sum(axis=-1)[..., None])


def mean_by_where(x, keep):
    return np.mean(x, axis=-2, where=keep[..., None])


ANSWERS = (
    mean_by_weights,
    mean_by_nan,
    mean_text_by_text,
    mean_by_product,
    mean_by_einsum,
    mean_by_where,
)
