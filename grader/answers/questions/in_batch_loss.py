"""Right answers to in_batch_loss."""

import math

import numpy as np


def loss_by_log_softmax(queries, keys, *, temperature=0.1):
    def directions(x):
        return x / np.linalg.norm(x, axis=-1, keepdims=True)

    cosines = directions(queries) @ directions(keys).T
    above = (cosines - cosines.max(axis=-1)[:, None]) / temperature
    log_p = above - np.log(np.sum(np.exp(above), axis=-1, keepdims=True))
    return -np.trace(log_p) / len(log_p)


def loss_by_logaddexp(queries, keys, *, temperature=0.1):
    lengths = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(keys, axis=1)
    scores = queries @ keys.T / (lengths * temperature)
    return np.mean(np.logaddexp.reduce(scores, axis=1) - np.diagonal(scores))


def loss_query_by_query(queries, keys, *, temperature=0.1):
    total = 0.0
    for i, q in enumerate(queries):
        row = [q @ k / math.hypot(*q) / math.hypot(*k) / temperature for k in keys]
        total += max(row) + math.log(sum(math.exp(s - max(row)) for s in row)) - row[i]
    return total / len(queries)


def loss_against_the_own_key(queries, keys, *, temperature=0.1):
    q = queries / np.sqrt((queries**2).sum(axis=1, keepdims=True))
    k = keys / np.sqrt((keys**2).sum(axis=1, keepdims=True))
    scores = np.einsum("id,jd->ij", q, k) / temperature
    ahead = scores - np.einsum("id,id->i", q, k)[:, None] / temperature
    most = ahead.max(axis=1)
    return np.mean(most + np.log(np.exp(ahead - most[:, None]).sum(axis=1)))


def loss_by_one_hot(queries, keys, *, temperature=0.1):
    unit = [x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (queries, keys)]
    scores = unit[0] @ unit[1].T / temperature
    top = scores.max(axis=-1, keepdims=True)
    log_p = scores - top - np.log(np.exp(scores - top).sum(axis=-1, keepdims=True))
    return -(np.eye(len(scores)) * log_p).sum() / len(scores)


def loss_with_the_transposed(queries, keys, *, temperature=0.1):
    q = queries.T / np.linalg.norm(queries, axis=1)
    k = keys.T / np.linalg.norm(keys, axis=1)
    scores = k.T @ q / temperature  # keys down, queries across
    top = scores.max(axis=0)
    own = np.arange(len(queries))
    return np.average(np.log(np.exp(scores - top).sum(axis=0)) + top - scores[own, own])


ANSWERS = (
    loss_by_log_softmax,
    loss_by_logaddexp,
    loss_query_by_query,
    loss_against_the_own_key,
    loss_by_one_hot,
    loss_with_the_transposed,
)
