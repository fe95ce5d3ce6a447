"""Right answers to bm25_scores."""

import math

import numpy as np


def scores_by_the_formula(counts, asked, *, k1=1.2, b=0.75):
    counts = counts[:, :] * 1.0
    relative = counts.sum(axis=1) / counts.sum(axis=1).mean()
    picked = counts[:, sorted(set(asked.tolist()))]
    rarity = np.log((len(counts) + 1) / ((picked > 0).sum(axis=0) + 0.5))
    fits = picked * (k1 + 1) / (picked + k1 * (1 - b + b * relative)[:, None])
    return fits @ rarity


def scores_word_by_word(counts, asked, *, k1=1.2, b=0.75):
    n = len(counts)
    mean = counts.sum() / n
    out = np.zeros(n)
    for w in set(asked.tolist()):
        n_with = sum(1 for row in counts if row[w] > 0)
        rarity = math.log(1 + (n - n_with + 0.5) / (n_with + 0.5))
        for d in range(n):
            c, length = counts[d, w], counts[d].sum()
            out[d] += rarity * c * (k1 + 1) / (c + k1 * (1 - b + b * length / mean))
    return out


def scores_with_a_mask(counts, asked, *, k1=1.2, b=0.75):
    wanted = np.zeros(counts.shape[1], dtype=bool)
    wanted[asked] = True
    n_with = np.count_nonzero(counts, axis=0)
    rarity = np.log1p((len(counts) - n_with + 0.5) / (n_with + 0.5))
    lengths = counts.sum(axis=1, keepdims=True)
    fits = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths / lengths.mean()))
    return np.sum(rarity * fits, axis=1, where=wanted)


def scores_as_a_difference_of_logs(counts, asked, *, k1=1.2, b=0.75):
    asked = np.unique(asked)
    n, held = len(counts), counts[:, asked]
    rarity = np.log(n + 1) - np.log(np.sum(held > 0, axis=0) + 0.5)
    damping = k1 * (1 + b * (counts.sum(axis=1) * n / counts.sum() - 1))
    return np.einsum("w,dw->d", rarity, (k1 + 1) * held / (held + damping[:, None]))


def scores_one_minus_the_rest(counts, asked, *, k1=1.2, b=0.75):
    counts = np.asarray(counts, float)
    lengths = counts.sum(axis=-1)
    damping = k1 * (1 - b) + k1 * b * lengths / np.average(lengths)
    total = np.zeros(len(counts))
    for w in np.unique(asked):
        c = counts[:, w]
        n_with = np.sum(np.sign(c))
        total += np.log((len(c) + 1) / (n_with + 0.5)) * (k1 + 1) * (1 - damping / (c + damping))
    return total


def scores_document_by_document(counts, asked, *, k1=1.2, b=0.75):
    present = (counts > 0).sum(axis=0)
    words = list(dict.fromkeys(asked.tolist()))
    mean = np.mean([row.sum() for row in counts])
    return np.array(
        [
            sum(
                math.log((len(counts) + 1) / (present[w] + 0.5))
                * (row[w] * (k1 + 1))
                / (row[w] + k1 * (1 - b + b * row.sum() / mean))
                for w in words
            )
            for row in counts
        ]
    )


ANSWERS = (
    scores_by_the_formula,
    scores_word_by_word,
    scores_with_a_mask,
    scores_as_a_difference_of_logs,
    scores_one_minus_the_rest,
    scores_document_by_document,
)
