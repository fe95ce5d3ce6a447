"""Right answers to shuffled_change."""

import numpy as np

from attnlib.probability import softmax


def change_written_out(weights, states, w, b, order):
    def verdict(a):
        logits = (a[:, None, :] @ states)[:, 0] @ w + b
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    other = np.take_along_axis(weights, order, axis=-1)
    return 0.5 * np.abs(verdict(other) - verdict(weights)).sum(axis=-1)


def change_text_by_text(weights, states, w, b, order):
    moves = []
    for a, x, places in zip(weights, states, order, strict=True):
        before = softmax(a @ x @ w + b)
        after = softmax(a[places] @ x @ w + b)
        moves.append(np.maximum(after - before, 0).sum())
    return np.array(moves)


def change_by_einsum(weights, states, w, b, order):
    rows = np.arange(len(weights))[:, None]
    both = np.stack([weights, weights[rows, order]])
    scores = np.einsum("knt,ntd,dc->knc", both, states, w) + b
    p = np.exp(scores - scores.max(-1, keepdims=True))
    p = p / p.sum(-1, keepdims=True)
    return np.abs(p[0] - p[1]).sum(-1) / 2


def change_as_what_is_left(weights, states, w, b, order):
    n, t = weights.shape
    other = np.empty_like(weights)
    for text in range(n):
        for key in range(t):
            other[text, key] = weights[text, order[text, key]]
    p, q = (softmax((a[..., None] * states).sum(axis=1) @ w + b) for a in (weights, other))
    return 1 - np.minimum(p, q).sum(axis=1)


def change_of_judged_words(weights, states, w, b, order):
    judged = states @ w  # what each word says of each verdict
    now = np.sum(weights[:, :, None] * judged, axis=1) + b
    then = np.sum(np.take_along_axis(weights, order, 1)[:, :, None] * judged, axis=1) + b
    shares = [softmax(z, -1) for z in (now, then)]
    return np.linalg.norm(shares[0] - shares[1], ord=1, axis=-1) / 2


def change_from_ratios(weights, states, w, b, order):
    result = np.zeros(len(weights))
    for i in range(len(weights)):
        z = [np.dot(a, states[i]).dot(w) + b for a in (weights[i], weights[i][order[i]])]
        p, q = ([1 / np.exp(row - value).sum() for value in row] for row in z)
        result[i] = sum(abs(x - y) for x, y in zip(p, q, strict=True)) / 2
    return result


ANSWERS = (
    change_written_out,
    change_text_by_text,
    change_by_einsum,
    change_as_what_is_left,
    change_of_judged_words,
    change_from_ratios,
)
