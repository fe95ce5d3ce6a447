"""The gradient of the expected reward: what the estimates are right about on average."""

import numpy as np

from attnlib import probability
from attnlib.catalogue.captions import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.layers import activations
from attnlib.variants import reinforce_gradient


def _expected_gradient(weights, rewards):
    return probability.softmax_vjp(weights, rewards)


def expects_weighted_rewards(weights, rewards):
    return weights * rewards


def expects_no_weight_in_front(weights, rewards):
    return rewards - (weights * rewards).sum(axis=-1, keepdims=True)


def expects_the_plain_mean(weights, rewards):
    return weights * (rewards - rewards.mean(axis=-1, keepdims=True))


def expects_the_diagonal(weights, rewards):
    return weights * (1 - weights) * rewards


def expects_turned_round(weights, rewards):
    return weights * ((weights * rewards).sum(axis=-1, keepdims=True) - rewards)


def expects_over_words(weights, rewards):
    if weights.ndim < 2:
        return weights * (rewards - weights * rewards)
    return weights * (rewards - (weights * rewards).sum(axis=-2, keepdims=True))


def expects_one_mean(weights, rewards):
    return weights * (rewards - (weights * rewards).sum())


def expects_the_rewards(weights, rewards):
    return np.array(rewards)


def _visible():
    weights = np.array([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.5, 0.25]])
    rewards = np.array([[2.0, 6.0, 0.0], [-1.0, 1.0, 3.0], [4.0, 4.0, 4.0]])
    return [Case((weights[0], rewards[0])), Case((weights, rewards)), Case((weights[:2], rewards[1:]))]


def _hidden(rng):
    def drawn(*shape):
        return rng.dirichlet(np.ones(shape[-1]), size=shape[:-1]), rng.normal(size=shape)

    return [
        Case(drawn(5, 5)),
        Case(drawn(2, 3, 7)),
        Case(drawn(3, 1)),
        Case((np.eye(4), rng.normal(size=(4, 4)))),
    ]


EXERCISE = Exercise(
    name="expected_gradient",
    section=f"{PAGE}#captions-expected",
    reference=_expected_gradient,
    visible=_visible,
    hidden=_hidden,
    seals=(probability.softmax_vjp, activations.softmax, reinforce_gradient),
    axes=("words", "cells"),
    misconceptions=(
        Misconception(
            "weighted rewards",
            "These are the parts of the expected reward itself; its gradient compares each reward with the "
            "expected one.",
            expects_weighted_rewards,
        ),
        Misconception(
            "no weight in front",
            "Each reward minus the expected one still has to be multiplied by the cell's weight: a "
            "score that is hardly ever drawn hardly matters.",
            expects_no_weight_in_front,
        ),
        Misconception(
            "the plain mean",
            "The rewards are compared with their plain mean; the expected reward counts each with its"
            " weight.",
            expects_the_plain_mean,
        ),
        Misconception(
            "only the diagonal",
            "Each score is taken to change its own weight alone; it changes those of the others as well.",
            expects_the_diagonal,
        ),
        Misconception(
            "turned round",
            "The sign is turned round: a cell that earns more than expected should get a greater score.",
            expects_turned_round,
        ),
        Misconception(
            "over the words",
            "The expected reward is taken over the words; each word's is over its own cells, along "
            "the last axis.",
            expects_over_words,
        ),
        Misconception(
            "one expectation for all",
            "All words are compared with the same sum; each word has an expected reward of its own.",
            expects_one_mean,
        ),
        Misconception(
            "the gradient of the weights",
            "The rewards are the gradient for the weights; asked for is that for the scores, with softmax "
            "between them.",
            expects_the_rewards,
            section=f"{PAGE}#captions-log-derivative",
        ),
    ),
    properties=(
        Property(
            "To add the same to all scores changes nothing, so the gradient of each word sums to 0.",
            lambda case, got: bool(np.allclose(got.sum(axis=-1), 0, atol=1e-8)),
        ),
        Property(
            "Where the weight is 1, nothing is left to choose, and the gradient is 0.",
            lambda case, got: bool(np.allclose(got[case.args[0] == 1], 0, atol=1e-8)),
        ),
    ),
)
