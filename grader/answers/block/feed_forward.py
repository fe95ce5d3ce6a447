"""Right answers to feed_forward."""

import numpy as np


def feed_with_maximum(x, w_1, b_1, w_2, b_2):
    hidden = np.maximum(x @ w_1 + b_1, 0)
    return hidden @ w_2 + b_2


def feed_with_where(x, w_1, b_1, w_2, b_2):
    hidden = x @ w_1 + b_1
    return np.where(hidden > 0, hidden, 0) @ w_2 + b_2


def feed_token_by_token(x, w_1, b_1, w_2, b_2):
    out = np.empty((*x.shape[:-1], w_2.shape[1]))
    for place in np.ndindex(x.shape[:-1]):
        hidden = [max(0.0, float(x[place] @ column) + b) for column, b in zip(w_1.T, b_1, strict=True)]
        out[place] = np.array(hidden) @ w_2 + b_2
    return out


def feed_hidden_feature_by_feature(x, w_1, b_1, w_2, b_2):
    total = np.zeros((*x.shape[:-1], len(b_2))) + b_2
    for column, b, row in zip(w_1.T, b_1, w_2, strict=True):
        fired = np.clip((x * column).sum(axis=-1) + b, 0, None)
        total = total + fired[..., None] * row
    return total


def feed_by_half_of_the_sum(x, w_1, b_1, w_2, b_2):
    z = np.add(np.dot(x, w_1), b_1)
    return np.dot((z + np.abs(z)) / 2, w_2) + b_2


def feed_by_einsum(x, w_1, b_1, w_2, b_2):
    z = np.einsum("...d,dh->...h", x, w_1) + b_1
    return np.einsum("...h,hd->...d", z * (z > 0), w_2) + b_2


def feed_in_single_precision(x, w_1, b_1, w_2, b_2):
    x, w_1, b_1, w_2, b_2 = (np.asarray(a, dtype=np.float32) for a in (x, w_1, b_1, w_2, b_2))
    return np.maximum(x @ w_1 + b_1, 0) @ w_2 + b_2


ANSWERS = (
    feed_with_maximum,
    feed_with_where,
    feed_token_by_token,
    feed_hidden_feature_by_feature,
    feed_by_half_of_the_sum,
    feed_by_einsum,
    feed_in_single_precision,
)
