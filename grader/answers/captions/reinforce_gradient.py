"""Right answers to reinforce_gradient."""

import numpy as np


def reinforce_in_two_terms(weights, choice, reward, baseline=0.0):
    gained = np.expand_dims(reward - np.asarray(baseline), -1)
    return gained * choice - gained * weights


def reinforce_by_einsum(weights, choice, reward, baseline=0.0):
    return np.einsum("...,...j->...j", np.subtract(reward, baseline), choice - weights)


def reinforce_word_by_word(weights, choice, reward, baseline=0.0):
    expected = np.broadcast_to(baseline, np.shape(reward))
    out = np.empty(weights.shape)
    for word in np.ndindex(weights.shape[:-1]):
        chosen = choice[word].argmax()
        out[word] = -(reward[word] - expected[word]) * weights[word]
        out[(*word, chosen)] += reward[word] - expected[word]
    return out


def reinforce_last_axis_first(weights, choice, reward, baseline=0.0):
    first = np.moveaxis(choice - weights, -1, 0)
    return np.moveaxis(first * (reward - baseline), 0, -1)


def reinforce_by_jacobian(weights, choice, reward, baseline=0.0):
    n = weights.shape[-1]
    slopes = np.eye(n) - np.broadcast_to(weights[..., None, :], (*weights.shape, n))  # d log a_i / d s_j
    taken = (choice[..., None, :] @ slopes)[..., 0, :]
    return taken * (np.asarray(reward) - baseline)[..., None]


def reinforce_where_chosen(weights, choice, reward, baseline=0.0):
    gained = np.asarray(reward - baseline)[..., np.newaxis]
    return np.where(choice == 1, gained * (1 - weights), -gained * weights)


ANSWERS = (
    reinforce_in_two_terms,
    reinforce_by_einsum,
    reinforce_word_by_word,
    reinforce_last_axis_first,
    reinforce_by_jacobian,
    reinforce_where_chosen,
)
