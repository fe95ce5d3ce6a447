"""Right answers to with_class_token."""

import numpy as np


def token_into_zeros(x, class_token, positions):
    *leading, n, d = x.shape
    tokens = np.zeros((*leading, n + 1, d))
    tokens[..., 0, :] = class_token
    tokens[..., 1:, :] = x
    return tokens + positions


def token_on_the_positions(x, class_token, positions):
    out = np.tile(positions, (*x.shape[:-2], 1, 1))
    out[..., 0, :] += class_token
    out[..., 1:, :] += x
    return out


def token_by_padding(x, class_token, positions):
    room = [(0, 0)] * (x.ndim - 2) + [(1, 0), (0, 0)]
    is_class = np.eye(1, x.shape[-2] + 1)[0][:, None]
    return np.pad(x, room) + is_class * class_token + positions


def token_picture_by_picture(x, class_token, positions):
    flat = x.reshape(-1, *x.shape[-2:])
    rows = [np.vstack([class_token, picture]) + positions for picture in flat]
    return np.array(rows).reshape(*x.shape[:-2], *positions.shape)


def token_by_insert(x, class_token, positions):
    return positions + np.insert(x, 0, class_token, axis=-2)


def token_after_the_positions(x, class_token, positions):
    first = (class_token + positions[0]) * np.ones((*x.shape[:-2], 1, 1))
    return np.concatenate((first, x + positions[1:]), axis=-2)


ANSWERS = (
    token_into_zeros,
    token_on_the_positions,
    token_by_padding,
    token_picture_by_picture,
    token_by_insert,
    token_after_the_positions,
)
