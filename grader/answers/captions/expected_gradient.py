"""Right answers to expected_gradient."""

import numpy as np


def expected_by_comparison(weights, rewards):
    usual = np.sum(weights * rewards, axis=-1, keepdims=True)
    return weights * (rewards - usual)


def expected_by_einsum(weights, rewards):
    return weights * rewards - np.einsum("...i,...i,...j->...j", weights, rewards, weights)


def expected_draw_by_draw(weights, rewards):
    out = np.zeros(np.shape(rewards))
    for cell, choice in enumerate(np.eye(weights.shape[-1])):
        out += weights[..., [cell]] * rewards[..., [cell]] * (choice - weights)
    return out


def expected_by_jacobian(weights, rewards):
    jacobian = weights[..., :, None] * (np.eye(weights.shape[-1]) - weights[..., None, :])
    return (np.swapaxes(jacobian, -2, -1) @ rewards[..., None])[..., 0]


def expected_pair_by_pair(weights, rewards):
    gaps = rewards[..., :, None] - rewards[..., None, :]  # how much more the one earns than the other
    return weights * np.matmul(gaps, weights[..., None]).squeeze(-1)


def expected_word_by_word(weights, rewards):
    out = np.empty(weights.shape)
    for word in np.ndindex(weights.shape[:-1]):
        a, r = weights[word], rewards[word]
        out[word] = [a[j] * (r[j] - float(np.dot(a, r))) for j in range(len(a))]
    return out


ANSWERS = (
    expected_by_comparison,
    expected_by_einsum,
    expected_draw_by_draw,
    expected_by_jacobian,
    expected_pair_by_pair,
    expected_word_by_word,
)
