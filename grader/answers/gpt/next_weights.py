"""Right answers to next_weights."""

import math

import numpy as np

from attnlib.probability import softmax


def weights_by_softmax(logits, *, temperature=1.0, top_k=None):
    kept = logits
    if top_k is not None:
        least = np.sort(logits, axis=-1)[..., -top_k, None]
        kept = np.where(logits >= least, logits, -np.inf)
    if temperature == 0:
        top = kept == kept.max(axis=-1, keepdims=True)
        return top / top.sum(axis=-1, keepdims=True)
    powers = np.exp((kept - kept.max(axis=-1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_row_by_row(logits, *, temperature=1.0, top_k=None):
    out = np.zeros(logits.shape)
    for place in np.ndindex(logits.shape[:-1]):
        row = logits[place].tolist()
        least = min(row) if top_k is None else sorted(row, reverse=True)[top_k - 1]
        for i, score in enumerate(row):
            if temperature == 0:
                out[(*place, i)] = float(score == max(row))
            elif score >= least:
                out[(*place, i)] = math.exp((score - max(row)) / temperature)
        out[place] /= out[place].sum()
    return out


def weights_with_a_tiny_temperature(logits, *, temperature=1.0, top_k=None):
    powers = np.exp((logits - logits.max(axis=-1, keepdims=True)) / max(temperature, 1e-12))
    if top_k is not None:
        powers = powers * (logits >= np.partition(logits, -top_k, axis=-1)[..., -top_k, None])
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_by_the_library(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    least = -np.sort(-logits, axis=-1)[..., k - 1 : k]
    if temperature == 0:
        return softmax(np.where(logits == logits.max(axis=-1, keepdims=True), 0.0, -np.inf))
    return softmax(np.where(logits < least, -np.inf, logits), temperature=temperature)


def weights_by_rank(logits, *, temperature=1.0, top_k=None):
    larger = (logits[..., None, :] > logits[..., :, None]).sum(axis=-1)  # how many words are likelier
    kept = larger < (logits.shape[-1] if top_k is None else top_k)
    if temperature == 0:
        kept = larger == 0
        return kept / kept.sum(axis=-1, keepdims=True)
    top = logits.max(axis=-1, keepdims=True)
    powers = np.where(kept, np.exp((logits - top) / temperature), 0)
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_as_a_ratio_of_pairs(logits, *, temperature=1.0, top_k=None):
    k = logits.shape[-1] if top_k is None else top_k
    kept = logits >= np.sort(logits, axis=-1)[..., -k, None]
    differences = logits[..., None, :] - logits[..., :, None]
    if temperature == 0:
        with np.errstate(invalid="ignore"):
            differences = np.where(differences == 0, 0, np.sign(differences) * np.inf)
    else:
        differences = differences / temperature
    powers = np.where(kept[..., None, :], np.exp(differences), 0)
    return np.where(kept, 1 / powers.sum(axis=-1), 0)


ANSWERS = (
    weights_by_softmax,
    weights_row_by_row,
    weights_with_a_tiny_temperature,
    weights_by_the_library,
    weights_by_rank,
    weights_as_a_ratio_of_pairs,
)
