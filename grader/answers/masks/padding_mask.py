"""Right answers to padding_mask."""

import numpy as np


def padding_by_comparison(lengths, t_k):
    return np.arange(t_k) < np.asarray(lengths)[:, None, None]


def padding_by_loop(lengths, t_k):
    mask = np.zeros((len(lengths), 1, t_k), dtype=bool)
    for b, length in enumerate(lengths):
        mask[b, 0, :length] = True
    return mask


def padding_in_two_steps(lengths, t_k):
    rows = np.less.outer(np.arange(t_k), np.array(lengths)).T
    return np.expand_dims(rows, axis=1)


def padding_of_lists(lengths, t_k):
    return np.array([[[j < length for j in range(t_k)]] for length in lengths])


def padding_by_repetition(lengths, t_k):
    positions = np.tile(np.arange(t_k), (len(lengths), 1, 1))
    return positions < np.reshape(lengths, (-1, 1, 1))


def padding_rows_of_a_triangle(lengths, t_k):
    return np.tri(t_k + 1, t_k, -1, dtype=bool)[np.asarray(lengths)][:, np.newaxis]


ANSWERS = (
    padding_by_comparison,
    padding_by_loop,
    padding_in_two_steps,
    padding_of_lists,
    padding_by_repetition,
    padding_rows_of_a_triangle,
    lambda lengths, t_k: np.arange(t_k)[None, None, :] < np.asarray(lengths)[..., None, None],
)
