"""Right answers to additive_scores."""

import math

import numpy as np


def scores_by_the_formula(q, k, w_q, w_k, w_score):
    queries, keys = (q @ w_q)[..., np.newaxis, :], (k @ w_k)[..., np.newaxis, :, :]
    return np.tanh(queries + keys) @ w_score


def scores_with_expand_dims(q, k, w_q, w_k, w_score):
    queries, keys = np.expand_dims(q @ w_q, -2), np.expand_dims(k @ w_k, -3)
    return np.dot(np.tanh(queries + keys), w_score)


def scores_query_by_query(q, k, w_q, w_k, w_score):
    queries, keys = q @ w_q, k @ w_k
    rows = [np.tanh(queries[..., i : i + 1, :] + keys) @ w_score for i in range(q.shape[-2])]
    return np.stack(rows, axis=-2)


def scores_key_by_key(q, k, w_q, w_k, w_score):
    queries, keys = q @ w_q, k @ w_k
    columns = [(np.tanh(queries + keys[..., j, None, :]) * w_score).sum(-1) for j in range(k.shape[-2])]
    return np.stack(columns, axis=-1)


def scores_number_by_number(q, k, w_q, w_k, w_score):
    queries, keys = q @ w_q, k @ w_k
    out = np.zeros((*q.shape[:-1], k.shape[-2]))
    for place in np.ndindex(out.shape):
        *front, i, j = place
        pair = zip(queries[(*front, i)], keys[(*front, j)], w_score, strict=True)
        out[place] = sum(w * math.tanh(a + b) for a, b, w in pair)
    return out


def scores_with_einsum(q, k, w_q, w_k, w_score):
    queries, keys = np.einsum("...if,fh->...ih", q, w_q), np.einsum("...jf,fh->...jh", k, w_k)
    hidden = np.tanh(queries[..., None, :] + keys[..., None, :, :])
    return np.einsum("...ijh,h->...ij", hidden, w_score)


def scores_feature_by_feature(q, k, w_q, w_k, w_score):
    scores = 0.0
    for feature, weight in enumerate(w_score):
        queries, keys = q @ w_q[:, feature], k @ w_k[:, feature]
        scores = scores + weight * np.tanh(queries[..., :, None] + keys[..., None, :])
    return scores


ANSWERS = (
    scores_by_the_formula,
    scores_with_expand_dims,
    scores_query_by_query,
    scores_key_by_key,
    scores_number_by_number,
    scores_with_einsum,
    scores_feature_by_feature,
)
