"""Right answers to score_scale."""

import math

import numpy as np


def one_over_the_root(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / math.sqrt(d_k * q_variance * k_variance)


def negative_power(d_k, q_variance=1.0, k_variance=1.0):
    return (d_k * q_variance * k_variance) ** -0.5


def three_roots(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(d_k) / np.sqrt(q_variance) / np.sqrt(k_variance)


def root_of_a_fraction(d_k, q_variance=1.0, k_variance=1.0):
    return np.sqrt(1 / (d_k * q_variance * k_variance))


def variances_added_up(d_k, q_variance=1.0, k_variance=1.0):
    variance = sum(q_variance * k_variance for _ in range(d_k))
    return 1.0 / variance**0.5


def by_logarithms(d_k, q_variance=1.0, k_variance=1.0):
    return np.exp(-(np.log(d_k) + np.log(q_variance) + np.log(k_variance)) / 2)


def scale_in_single_precision(d_k, q_variance=1.0, k_variance=1.0):
    return np.float32(1) / np.sqrt(np.float32(d_k * q_variance * k_variance))


ANSWERS = (
    one_over_the_root,
    negative_power,
    three_roots,
    root_of_a_fraction,
    variances_added_up,
    by_logarithms,
    scale_in_single_precision,
    lambda d_k, q_variance=1.0, k_variance=1.0: 1 / np.sqrt(np.prod([d_k, q_variance, k_variance])),
)
