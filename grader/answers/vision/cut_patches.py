"""Right answers to cut_patches."""

import numpy as np


def cut_by_moving_an_axis(images, size):
    rows, columns = images.shape[-2] // size, images.shape[-1] // size
    split = images.reshape((*images.shape[:-2], rows, size, columns, size))
    return np.moveaxis(split, -2, -3).reshape((*images.shape[:-2], rows * columns, size**2))


def cut_square_by_square(images, size):
    patches = []
    for top in range(0, images.shape[-2], size):
        for left in range(0, images.shape[-1], size):
            square = images[..., top : top + size, left : left + size]
            patches.append(square.reshape(*images.shape[:-2], -1))
    return np.stack(patches, axis=-2)


def cut_by_windows(images, size):
    every = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(-2, -1))
    kept = every[..., ::size, ::size, :, :]
    return kept.reshape(*kept.shape[:-4], kept.shape[-4] * kept.shape[-3], size * size)


def cut_pixel_by_pixel(images, size):
    height, width = images.shape[-2:]
    across = width // size
    out = np.empty((*images.shape[:-2], height * width // size**2, size * size), images.dtype)
    for y in range(height):
        for x in range(width):
            out[..., y // size * across + x // size, y % size * size + x % size] = images[..., y, x]
    return out


def cut_by_an_index(images, size):
    height, width = images.shape[-2:]
    inside = (np.arange(size)[:, None] * width + np.arange(size)).ravel()
    corners = (np.arange(0, height, size)[:, None] * width + np.arange(0, width, size)).ravel()
    return images.reshape(*images.shape[:-2], height * width)[..., corners[:, None] + inside]


def cut_in_bands(images, size):
    bands = np.split(images, images.shape[-2] // size, axis=-2)
    squares = [part for band in bands for part in np.split(band, band.shape[-1] // size, axis=-1)]
    return np.concatenate([np.expand_dims(s.reshape(*s.shape[:-2], size * size), -2) for s in squares], -2)


def cut_by_einsum(images, size):
    *batch, h, w = images.shape
    blocks = np.einsum("...aibj->...abij", images.reshape(*batch, h // size, size, w // size, size))
    return blocks.reshape(*batch, h * w // size // size, size * size)


ANSWERS = (
    cut_by_moving_an_axis,
    cut_square_by_square,
    cut_by_windows,
    cut_pixel_by_pixel,
    cut_by_an_index,
    cut_in_bands,
    cut_by_einsum,
)
