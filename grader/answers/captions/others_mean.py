"""Right answers to others_mean."""

import numpy as np


def others_by_subtraction(rewards, keep):
    total = np.sum(rewards, axis=0, where=keep)
    number = np.count_nonzero(keep, axis=0)
    left = number - keep.astype(int)
    return np.divide(total - rewards * keep, left, out=np.zeros(rewards.shape), where=left > 0)


def others_by_product(rewards, keep):
    n = len(rewards)
    apart = 1.0 - np.eye(n)
    sums, counts = apart @ (rewards * keep), apart @ keep.astype(float)
    return np.where(counts > 0, sums / np.where(counts > 0, counts, 1), 0.0)


def others_entry_by_entry(rewards, keep):
    out = np.zeros(rewards.shape)
    for i, t in np.ndindex(rewards.shape):
        earned = [rewards[k, t] for k in range(len(rewards)) if k != i and keep[k, t]]
        out[i, t] = sum(earned) / len(earned) if earned else 0.0
    return out


def others_by_deleting(rewards, keep):
    rows = []
    for i in range(len(rewards)):
        r, k = np.delete(rewards, i, axis=0), np.delete(keep, i, axis=0)
        rows.append((r * k).sum(axis=0) / np.clip(k.sum(axis=0), 1, None))
    return np.stack(rows)


def others_by_three_axes(rewards, keep):
    counted = keep[None] & ~np.eye(len(rewards), dtype=bool)[:, :, None]  # (n, n, T)
    sums = np.where(counted, rewards[None], 0.0).sum(axis=1)
    return sums / np.maximum(1, counted.sum(axis=1))


def others_column_by_column(rewards, keep):
    out = np.empty_like(rewards)
    for t, (column, real) in enumerate(zip(rewards.T, keep.T, strict=True)):
        for i in range(len(column)):
            there = real.copy()
            there[i] = False
            out[i, t] = column[there].mean() if there.any() else 0
    return out


ANSWERS = (
    others_by_subtraction,
    others_by_product,
    others_entry_by_entry,
    others_by_deleting,
    others_by_three_axes,
    others_column_by_column,
)
