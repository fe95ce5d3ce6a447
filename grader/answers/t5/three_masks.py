"""Right answers to three_masks."""

import numpy as np


def masks_by_repetition(keep, t_out):
    n, t = keep.shape
    source = keep.reshape(n, 1, t)
    places = np.arange(t_out)
    earlier = places[np.newaxis, :] <= places[:, np.newaxis]
    return source.repeat(t, axis=-2), earlier, source.repeat(t_out, axis=-2)


def masks_by_and(keep, t_out):
    t = keep.shape[-1]
    encoder = keep[:, None, :] & np.ones((t, 1), dtype=bool)
    cross = keep[:, None, :] & np.ones((t_out, 1), dtype=bool)
    return encoder, np.arange(t_out) <= np.arange(t_out)[:, None], cross


def masks_by_loop(keep, t_out):
    n, t = keep.shape
    encoder = np.zeros((n, t, t), dtype=bool)
    cross = np.zeros((n, t_out, t), dtype=bool)
    decoder = np.zeros((t_out, t_out), dtype=bool)
    for b in range(n):
        encoder[b, :] = keep[b]
        cross[b, :] = keep[b]
    for i in range(t_out):
        decoder[i, : i + 1] = True
    return encoder, decoder, cross


def masks_of_lists(keep, t_out):
    rows = keep.tolist()
    encoder = np.array([[row for _ in row] for row in rows])
    cross = np.array([[row for _ in range(t_out)] for row in rows])
    return encoder, np.array([[j <= i for j in range(t_out)] for i in range(t_out)]), cross


def masks_by_tile(keep, t_out):
    t = keep.shape[-1]
    encoder = np.tile(keep[:, np.newaxis], (1, t, 1))
    cross = np.tile(keep[:, np.newaxis], (1, t_out, 1))
    return encoder, np.tril(np.ones((t_out, t_out), dtype=bool)), cross


def masks_cut_from_one(keep, t_out):
    t = keep.shape[-1]
    every = np.stack([keep] * (t + t_out), axis=1)
    return every[:, :t], np.triu(np.ones((t_out, t_out))).T > 0, every[:, t:]


ANSWERS = (
    masks_by_repetition,
    masks_by_and,
    masks_by_loop,
    masks_of_lists,
    masks_by_tile,
    masks_cut_from_one,
)
