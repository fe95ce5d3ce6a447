"""Right answers to roll_out."""

import numpy as np


def rolled_upon_the_first(weights, kept=0.5):
    passed = kept * np.eye(weights.shape[-1])
    mixing = passed + (1 - kept) * np.mean(weights, axis=1)
    below, *above = mixing
    for step in above:
        below = np.tensordot(step, below, axes=1)
    return below


def rolled_by_multi_dot(weights, kept=0.5):
    t = weights.shape[-1]
    steps = [(1.0 - kept) * sum(heads) / len(heads) + kept * np.identity(t) for heads in weights]
    return np.linalg.multi_dot([*reversed(steps), np.identity(t)])


def rolled_token_by_token(weights, kept=0.5):
    shares = np.eye(weights.shape[-1])
    for heads in weights:
        before = shares.copy()
        for i in range(len(shares)):
            gathered = np.mean([head[i] @ before for head in heads], axis=0)
            shares[i] = kept * before[i] + (1 - kept) * gathered
    return shares


def rolled_by_einsum(weights, kept=0.5):
    n_heads = weights.shape[1]
    found = np.eye(weights.shape[-1])
    for block in weights:
        found = kept * found + (1 - kept) / n_heads * np.einsum("hij,jk->ik", block, found)
    return found


def rolled_down_from_the_last(weights, kept=0.5):
    shares = np.diag(np.ones(weights.shape[-1]))
    for block in np.flip(weights.mean(axis=1), axis=0):
        shares = shares * kept + (shares - shares * kept) @ block
    return shares


def rolled_by_recursion(weights, kept=0.5):
    if len(weights) == 0:
        return np.eye(weights.shape[-1])
    below = rolled_by_recursion(weights[:-1], kept)
    return below - (1 - kept) * (below - np.average(weights[-1], axis=0) @ below)


ANSWERS = (
    rolled_upon_the_first,
    rolled_by_multi_dot,
    rolled_token_by_token,
    rolled_by_einsum,
    rolled_down_from_the_last,
    rolled_by_recursion,
)
