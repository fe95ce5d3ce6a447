"""Right answers to answer_by_hops."""

import math

import numpy as np

from attnlib.dot_product import attention, attention_weights
from attnlib.probability import softmax


def hops_by_the_formula(u, keys, values, w):
    seen = []
    for i in range(len(w)):
        scores = (keys * u[..., None, :]).sum(axis=-1) / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = powers / powers.sum(axis=-1, keepdims=True)
        seen.append(weights)
        u = u @ w[i] + (weights[..., None] * values[i]).sum(axis=-2)
    return u, np.array(seen)


def hops_by_the_library(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        context, weights = attention(u[..., None, :], keys, c, return_weights=True)
        seen.append(weights[..., 0, :])
        u = u @ turn + context[..., 0, :]
    return u, np.stack(seen)


def hops_with_einsum(u, keys, values, w):
    seen = np.empty((len(w), *keys.shape[:-1]))
    for i, turn in enumerate(w):
        scores = np.einsum("...nd,...d->...n", keys, u) * keys.shape[-1] ** -0.5
        seen[i] = np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))
        u = np.einsum("...d,de->...e", u, turn) + np.einsum("...n,...nd->...d", seen[i], values[i])
    return u, seen


def hops_by_recursion(u, keys, values, w):
    if len(w) == 0:
        return u, np.empty((0, *keys.shape[:-1]))
    weights = attention_weights(u[..., None, :], keys)
    read = np.squeeze(weights @ values[0], axis=-2)
    u, later = hops_by_recursion(u @ w[0] + read, keys, values[1:], w[1:])
    return u, np.concatenate([weights[None, ..., 0, :], later])


def hops_story_by_story(u, keys, values, w):
    out, seen = np.zeros(u.shape), np.zeros((len(w), *keys.shape[:-1]))
    for story in np.ndindex(u.shape[:-1]):
        asked = u[story]
        for i, turn in enumerate(w):
            scores = [float(key @ asked) / math.sqrt(len(asked)) for key in keys[story]]
            powers = [math.exp(score - max(scores)) for score in scores]
            read = np.zeros(len(asked))
            for n, power in enumerate(powers):
                seen[(i, *story, n)] = power / sum(powers)
                read += power / sum(powers) * values[(i, *story, n)]
            asked = asked @ turn + read
        out[story] = asked
    return out, seen


def hops_with_softmax(u, keys, values, w):
    root, seen = math.sqrt(u.shape[-1]), []
    for c, turn in zip(values, w, strict=True):
        weights = softmax(np.matmul(keys, u[..., None]).squeeze(-1) / root)
        seen.append(weights)
        turned = np.matmul(u, turn)
        u = turned + np.matmul(weights[..., None, :], c).squeeze(-2)
    return u, np.stack(seen)


ANSWERS = (
    hops_by_the_formula,
    hops_by_the_library,
    hops_with_einsum,
    hops_by_recursion,
    hops_story_by_story,
    hops_with_softmax,
)
