"""Right answers to linear_bias."""

import numpy as np


def bias_from_positions(t_q, t_k, slopes):
    query = np.arange(t_k - t_q, t_k)
    distance = np.abs(query[:, None] - np.arange(t_k))
    return -slopes[:, None, None] * distance


def bias_by_three_loops(t_q, t_k, slopes):
    bias = np.zeros((len(slopes), t_q, t_k))
    for h, slope in enumerate(slopes):
        for i in range(t_q):
            for j in range(t_k):
                bias[h, i, j] = -slope * abs(i + t_k - t_q - j)
    return bias


def bias_by_outer_product(t_q, t_k, slopes):
    rows = np.arange(t_q) + (t_k - t_q)
    away = np.abs(np.subtract.outer(rows, np.arange(t_k)))
    return np.multiply.outer(-slopes, away)


def bias_by_einsum(t_q, t_k, slopes):
    i, j = np.indices((t_q, t_k))
    return np.einsum("h,qk->hqk", slopes, -1.0 * np.abs(j - i + t_q - t_k))


def bias_head_by_head(t_q, t_k, slopes):
    away = np.array([[abs((t_k - j) - (t_q - i)) for j in range(t_k)] for i in range(t_q)])
    return np.stack([away * -slope for slope in slopes])


def bias_cut_from_a_square(t_q, t_k, slopes):
    size = max(t_q, t_k)
    places = np.arange(size)
    square = np.maximum(places[:, None] - places, places - places[:, None])
    return -slopes.reshape(-1, 1, 1) * square[size - t_q :, size - t_k :]


ANSWERS = (
    bias_from_positions,
    bias_by_three_loops,
    bias_by_outer_product,
    bias_by_einsum,
    bias_head_by_head,
    bias_cut_from_a_square,
)
