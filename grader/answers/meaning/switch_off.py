"""Right answers to switch_off."""

import numpy as np


def off_by_slices(w_o, heads, n_heads):
    left, size = w_o.copy(), len(w_o) // n_heads
    for head in heads:
        left[head * size : (head + 1) * size] = 0
    return left


def off_by_blocks(w_o, heads, n_heads):
    blocks = np.array(w_o).reshape(n_heads, -1, w_o.shape[-1])
    blocks[np.array(heads, dtype=int)] = 0
    return blocks.reshape(w_o.shape)


def off_by_asking_each_row(w_o, heads, n_heads):
    whose = np.arange(len(w_o)) * n_heads // len(w_o)
    return np.where(np.isin(whose, heads)[:, None], 0.0, w_o)


def off_by_a_factor(w_o, heads, n_heads):
    on = np.ones(n_heads)
    for head in heads:
        on[head] = 0
    return w_o * np.repeat(on, w_o.shape[0] // n_heads)[:, np.newaxis]


def off_by_putting_together(w_o, heads, n_heads):
    parts = np.split(w_o, n_heads)
    return np.concatenate([part * (number not in heads) for number, part in enumerate(parts)])


def off_row_by_row(w_o, heads, n_heads):
    rows, per_head = [], w_o.shape[0] // n_heads
    for number, row in enumerate(w_o):
        rows.append(np.zeros_like(row) if number // per_head in heads else row)
    return np.array(rows)


ANSWERS = (
    off_by_slices,
    off_by_blocks,
    off_by_asking_each_row,
    off_by_a_factor,
    off_by_putting_together,
    off_row_by_row,
)
