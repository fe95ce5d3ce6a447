"""Right answers to induction_score."""

import numpy as np


def score_by_a_stripe(weights, ids):
    stripe = np.zeros((len(ids), len(ids)), dtype=bool)
    stripe[:, 1:] = ids[:, None] == ids[:-1]
    stripe = np.tril(stripe)
    return (weights * stripe).sum(axis=(-2, -1)) / stripe.any(axis=-1).sum()


def score_query_by_query(weights, ids):
    shares = []
    for i in range(len(ids)):
        behind = [j for j in range(1, i + 1) if ids[j - 1] == ids[i]]
        if behind:
            shares.append(weights[..., i, behind].sum(axis=-1))
    return np.mean(shares, axis=0)


def score_by_einsum(weights, ids):
    place = np.arange(len(ids))
    copies = (ids[:, None] == ids) & (place < place[:, None])  # earlier copies
    behind = np.roll(copies, 1, axis=1).astype(float)
    return np.einsum("...ij,ij->...", weights, behind) / np.count_nonzero(copies.any(axis=1))


def score_copy_by_copy(weights, ids):
    total, queries = np.zeros(weights.shape[:-2]), set()
    for copy, letter in enumerate(ids.tolist()):
        for query in range(copy + 1, len(ids)):
            if ids[query] == letter:
                total = total + weights[..., query, copy + 1]
                queries.add(query)
    return total / len(queries)


def score_with_a_memory(weights, ids):
    followed, found = {}, []
    for i, letter in enumerate(ids.tolist()):
        if i:
            followed.setdefault(int(ids[i - 1]), []).append(i)
        if letter in followed:
            found.append(np.take(weights[..., i, :], followed[letter], axis=-1).sum(-1))
    return np.stack(found).mean(0)


def score_from_shifted_weights(weights, ids):
    shifted = weights[..., 1:]  # column c: the key behind letter c
    n = len(ids)
    same = np.equal.outer(ids, ids[:-1]) & ~np.triu(np.ones((n, n - 1), dtype=bool))
    per_query = np.where(same, shifted, 0).sum(axis=-1)
    return per_query[..., same.any(axis=-1)].mean(axis=-1)


ANSWERS = (
    score_by_a_stripe,
    score_query_by_query,
    score_by_einsum,
    score_copy_by_copy,
    score_with_a_memory,
    score_from_shifted_weights,
)
