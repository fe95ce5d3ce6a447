"""The perplexity of two texts, and of both together, by hand."""

import numpy as np

from attnlib.catalogue.gpt import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

LONG = (1 / 2, 1 / 8, 1, 1)
SHORT = (1 / 16, 1 / 16)


def _perplexities():
    return np.array([np.exp(-np.mean(np.log(p))) for p in (LONG, SHORT, LONG + SHORT)])


def perplexity_is_the_loss():
    long, short = np.log([1 / 2, 1 / 8, 1, 1]), np.log([1 / 16, 1 / 16])
    return [-np.mean(long), -np.mean(short), -np.mean([*long, *short])]


def perplexity_in_bits():
    long, short = np.log2([1 / 2, 1 / 8, 1, 1]), np.log2([1 / 16, 1 / 16])
    return [-np.mean(long), -np.mean(short), -np.mean([*long, *short])]


def perplexity_of_the_sum():
    long, short = np.log([1 / 2, 1 / 8, 1, 1]), np.log([1 / 16, 1 / 16])
    return np.exp([-np.sum(long), -np.sum(short), -np.sum([*long, *short])])


def perplexity_of_the_mean_probability():
    long, short = [1 / 2, 1 / 8, 1, 1], [1 / 16, 1 / 16]
    return [1 / np.mean(long), 1 / np.mean(short), 1 / np.mean(long + short)]


def perplexity_upside_down():
    long, short = np.log([1 / 2, 1 / 8, 1, 1]), np.log([1 / 16, 1 / 16])
    return np.exp([np.mean(long), np.mean(short), np.mean([*long, *short])])


def perplexity_mean_of_losses():
    long, short = np.log([1 / 2, 1 / 8, 1, 1]), np.log([1 / 16, 1 / 16])
    losses = [-np.mean(long), -np.mean(short)]
    return np.exp([*losses, np.mean(losses)])


def perplexity_mean_of_perplexities():
    long, short = np.log([1 / 2, 1 / 8, 1, 1]), np.log([1 / 16, 1 / 16])
    both = np.exp([-np.mean(long), -np.mean(short)])
    return [*both, np.mean(both)]


def perplexity_with_padding():
    long, short = np.log([1 / 2, 1 / 8, 1, 1]), np.log([1 / 16, 1 / 16, 1, 1])
    return np.exp([-np.mean(long), -np.mean(short), -np.mean([*long, *short])])


def perplexity_of_the_uncertain():
    long, short = np.log([1 / 2, 1 / 8]), np.log([1 / 16, 1 / 16])
    return np.exp([-np.mean(long), -np.mean(short), -np.mean([*long, *short])])


def perplexity_base_mixed():
    long, short = np.log2([1 / 2, 1 / 8, 1, 1]), np.log2([1 / 16, 1 / 16])
    return np.exp([-np.mean(long), -np.mean(short), -np.mean([*long, *short])])


EXERCISE = Exercise(
    name="perplexity_by_hand",
    section=f"{PAGE}#gpt-loss",
    reference=_perplexities,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "the loss itself",
            "These are the losses in nats; the perplexity is e to the power of the loss.",
            perplexity_is_the_loss,
        ),
        Misconception(
            "the loss in bits",
            "These are the losses in bits; the perplexity is 2 to the power of such a loss.",
            perplexity_in_bits,
        ),
        Misconception(
            "sum for mean",
            "The surprises of a text are added up; the loss is their mean.",
            perplexity_of_the_sum,
        ),
        Misconception(
            "mean of the probabilities",
            "The probabilities are averaged as they are; average their logarithms.",
            perplexity_of_the_mean_probability,
        ),
        Misconception(
            "one over it",
            "These are the geometric means of the probabilities; the perplexity is one over that.",
            perplexity_upside_down,
        ),
        Misconception(
            "mean of means",
            "The last number gives both texts the same weight; every word has the same, and they have "
            "not the same number of words.",
            perplexity_mean_of_losses,
        ),
        Misconception(
            "mean of the perplexities",
            "The last number is the mean of the two before it; take the mean of the surprises first, "
            "over all words of both texts.",
            perplexity_mean_of_perplexities,
        ),
        Misconception(
            "padding counted",
            "The places of padding are counted as words of the second text; nobody asked about them.",
            perplexity_with_padding,
        ),
        Misconception(
            "certain words left out",
            "Words that came with the probability 1 are left out; they surprise by 0, but they count.",
            perplexity_of_the_uncertain,
        ),
        Misconception(
            "two bases",
            "The surprises are in bits, with the logarithm of base 2, and then e is raised to them; use "
            "the same base both times.",
            perplexity_base_mixed,
        ),
    ),
    properties=(
        Property("A perplexity is never below 1.", lambda case, got: bool((got >= 1).all())),
        Property(
            "Both texts together must lie between the one and the other.",
            lambda case, got: bool(got[:2].min() <= got[2] <= got[:2].max()),
        ),
    ),
)
