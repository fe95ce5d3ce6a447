"""REINFORCE: how scores should change, from a drawn choice and what it earned."""

import numpy as np

from attnlib import variants
from attnlib.catalogue.captions import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def reinforces_the_choice_alone(weights, choice, reward, baseline=0.0):
    return (reward - baseline)[..., None] * choice


def reinforces_turned_round(weights, choice, reward, baseline=0.0):
    return (reward - baseline)[..., None] * (weights - choice)


def reinforces_without_baseline(weights, choice, reward, baseline=0.0):
    return reward[..., None] * (choice - weights)


def reinforces_baseline_added(weights, choice, reward, baseline=0.0):
    return (reward + baseline)[..., None] * (choice - weights)


def reinforces_baseline_late(weights, choice, reward, baseline=0.0):
    return reward[..., None] * (choice - weights) - np.asarray(baseline)[..., None]


def reinforces_the_weights(weights, choice, reward, baseline=0.0):
    return (reward - baseline)[..., None] * choice / weights


def reinforces_by_weight(weights, choice, reward, baseline=0.0):
    return (reward - baseline)[..., None] * (choice - weights) * weights


def reinforces_what_is_expected(weights, choice, reward, baseline=0.0):
    return (reward - baseline)[..., None] * (choice - 1 / weights.shape[-1])


def reinforces_one_reward(weights, choice, reward, baseline=0.0):
    return (reward - baseline).mean() * (choice - weights)


def reinforces_the_probability(weights, choice, reward, baseline=0.0):
    taken = (weights * choice).sum(axis=-1, keepdims=True)
    return (reward - baseline)[..., None] * taken * (choice - weights)


def _visible():
    weights = np.array([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.25, 0.5, 0.25]])
    choice = np.eye(3)[[0, 2, 1]]
    reward = np.array([2.0, -1.0, 4.0])
    return [
        Case((weights[0], choice[0], np.array(reward[0]))),
        Case((weights, choice, reward)),
        Case((weights, choice, reward), {"baseline": np.array([1.0, -3.0, 4.0])}),
        Case((weights, choice, reward), {"baseline": 1.5}),
    ]


def _hidden(rng):
    def drawn(*shape):
        weights = rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])
        choice = np.eye(shape[-1])[rng.integers(shape[-1], size=shape[:-1])]
        return weights, choice, rng.normal(size=shape[:-1])

    return [
        Case(drawn(5, 5)),
        Case(drawn(2, 3, 7), {"baseline": rng.normal(size=(2, 3))}),
        Case(drawn(3, 2), {"baseline": -2.5}),
        Case(drawn(4, 3, 3), {"baseline": rng.normal(size=3)}),
    ]


EXERCISE = Exercise(
    name="reinforce_gradient",
    section=f"{PAGE}#captions-log-derivative",
    reference=variants.reinforce_gradient,
    visible=_visible,
    hidden=_hidden,
    seals=(variants.reinforce_gradient,),
    axes=("words", "cells"),
    misconceptions=(
        Misconception(
            "the choice alone",
            "Only the score of the chosen cell changes; where one becomes likelier, the others become"
            " less so: subtract the weights from the choice.",
            reinforces_the_choice_alone,
        ),
        Misconception(
            "turned round",
            "The sign is turned round, so that what earns much becomes less likely.",
            reinforces_turned_round,
        ),
        Misconception(
            "baseline ignored",
            "The baseline is ignored; subtract it from the reward.",
            reinforces_without_baseline,
            section=f"{PAGE}#captions-baseline",
        ),
        Misconception(
            "baseline added",
            "The baseline is added to the reward; what counts is how much more came than was expected.",
            reinforces_baseline_added,
            section=f"{PAGE}#captions-baseline",
        ),
        Misconception(
            "baseline subtracted at the end",
            "The baseline is subtracted from the gradient; subtract it from the reward, before the "
            "product.",
            reinforces_baseline_late,
            section=f"{PAGE}#captions-baseline",
        ),
        Misconception(
            "the gradient of the weights",
            "This is the gradient for the weights, choice over weight; asked for is that for the "
            "scores, with softmax between them.",
            reinforces_the_weights,
        ),
        Misconception(
            "times the weights",
            "The estimate is multiplied by the weights once more; the draws come with these weights "
            "already.",
            reinforces_by_weight,
        ),
        Misconception(
            "as if all were equally likely",
            "Every cell is taken to be equally likely; subtract the weight that each was drawn with.",
            reinforces_what_is_expected,
        ),
        Misconception(
            "one reward for all",
            "All words get the mean of the rewards; each look is worth what its own word earned.",
            reinforces_one_reward,
        ),
        Misconception(
            "the probability's gradient",
            "This is the gradient of the probability of the choice; it is that of its logarithm that "
            "is needed.",
            reinforces_the_probability,
        ),
    ),
    properties=(
        Property(
            "To add the same to all scores changes nothing, so the gradient of each word sums to 0.",
            lambda case, got: bool(np.allclose(got.sum(axis=-1), 0, atol=1e-8)),
        ),
    ),
)
