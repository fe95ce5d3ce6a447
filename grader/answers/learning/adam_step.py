"""Right answers to adam_step."""

import math

import numpy as np


def both_means_at_once(theta, g, m, v, t, rate):
    betas = np.reshape([0.9, 0.999], (2, *[1] * theta.ndim))
    means = betas * np.stack([m, v]) + (1 - betas) * np.stack([g, g * g])
    first, second = means / (1 - betas**t)
    return theta - rate * first / (second**0.5 + 1e-8), means[0], means[1]


def towards_the_new(theta, g, m, v, t, rate):
    m = m + 0.1 * (g - m)
    v = v + 0.001 * (g * g - v)
    size = (v / (1 - 0.999**t)) ** 0.5 + 1e-8
    return theta - rate / (1 - 0.9**t) * (m / size), m, v


def with_named_betas(theta, g, m, v, t, rate):
    beta_1, beta_2, epsilon = 0.9, 0.999, 1e-8
    means = beta_1 * m + (1 - beta_1) * g
    sizes = beta_2 * v + (1 - beta_2) * np.square(g)
    step = means / (1 - beta_1**t) / (epsilon + np.sqrt(sizes / (1 - beta_2**t)))
    return theta - rate * step, means, sizes


def number_by_number(theta, g, m, v, t, rate):
    new = np.zeros((3, *theta.shape))
    for place in np.ndindex(theta.shape):
        mean = 0.9 * float(m[place]) + 0.1 * float(g[place])
        size = 0.999 * float(v[place]) + 0.001 * float(g[place]) ** 2
        step = (mean / (1 - 0.9**t)) / (math.sqrt(size / (1 - 0.999**t)) + 1e-8)
        new[(0, *place)], new[(1, *place)], new[(2, *place)] = theta[place] - rate * step, mean, size
    return new[0], new[1], new[2]


def with_a_factor(theta, g, m, v, t, rate):
    m, v = m * 0.9 + g / 10, v * 0.999 + g**2 / 1000
    factor = np.sqrt(1 - 0.999**t)
    return theta - rate * m * factor / (1 - 0.9**t) / (np.sqrt(v) + 1e-8 * factor), m, v


def on_copies(theta, g, m, v, t, rate):
    theta, m, v = theta.copy(), m.copy(), v.copy()
    m *= 0.9
    m += 0.1 * g
    v *= 0.999
    v += 0.001 * g * g
    theta -= rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return theta, m, v


ANSWERS = (
    both_means_at_once,
    towards_the_new,
    with_named_betas,
    number_by_number,
    with_a_factor,
    on_copies,
)
