"""The entropy of attention weights, in nats."""

import math

import numpy as np

from attnlib import probability
from attnlib.catalogue.softmax import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def nan_at_zero(weights, axis=-1):
    p = np.asarray(weights)
    return -np.sum(p * np.log(p), axis=axis)


def in_bits(weights, axis=-1):
    p = np.asarray(weights)
    return -np.sum(p * np.log2(np.where(p > 0, p, 1)), axis=axis)


def minus_forgotten(weights, axis=-1):
    p = np.asarray(weights)
    return np.sum(p * np.log(np.where(p > 0, p, 1)), axis=axis)


def mean_for_sum(weights, axis=-1):
    p = np.asarray(weights)
    return -np.mean(p * np.log(np.where(p > 0, p, 1)), axis=axis)


def entropy_of_the_last_axis(weights, axis=-1):
    p = np.asarray(weights)
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=-1)


def entropy_of_everything(weights, axis=-1):
    p = np.asarray(weights)
    return -np.sum(p * np.log(np.where(p > 0, p, 1)))


def weight_forgotten(weights, axis=-1):
    p = np.asarray(weights)
    return -np.sum(np.log(np.where(p > 0, p, 1)), axis=axis)


def epsilon_in_the_logarithm(weights, axis=-1):
    p = np.asarray(weights)
    return -np.sum(p * np.log(p + 1e-8), axis=axis)


def only_where_above_a_threshold(weights, axis=-1):
    p = np.asarray(weights)
    return -np.sum(p * np.log(np.where(p > 0.01, p, 1)), axis=axis)


def base_ten(weights, axis=-1):
    p = np.asarray(weights)
    return -np.sum(p * np.log10(np.where(p > 0, p, 1)), axis=axis)


def ratio_to_the_greatest(weights, axis=-1):
    p = np.asarray(weights)
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=axis) / np.log(p.shape[axis])


def nan_made_zero_at_the_end(weights, axis=-1):
    p = np.asarray(weights)
    return np.nan_to_num(-np.sum(p * np.log(p), axis=axis))


def _entropy_visible():
    rows = np.array([[0.5, 0.25, 0.25], [0.8, 0.1, 0.1]])
    columns = np.array([[0.5, 0.9, 0.75], [0.5, 0.1, 0.25]])
    return [
        Case((np.array([0.5, 0.5]),)),
        Case((np.array([0.25, 0.25, 0.25, 0.25]),)),
        Case((rows,)),
        Case((columns,), {"axis": 0}),
        Case((np.stack([rows, rows[:, ::-1]]).swapaxes(0, 1),)),
        Case((np.array([1.0, 0.0, 0.0]),)),
        Case((np.array([[0.5, 0.0, 0.5], [0.25, 0.75, 0.0]]),)),
        Case((np.array([0.985, 0.0098, 0.005, 0.0002]),)),
    ]


def _with_small_weights(rng):
    small = 10.0 ** rng.uniform(-5, -2.1, size=(3, 4))
    return np.column_stack([small, 1 - small.sum(axis=-1)])


def _entropy_hidden(rng):
    block = rng.dirichlet(np.ones(5), size=(2, 3))
    gaps = np.array([[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]])
    square = rng.dirichlet(np.ones(3), size=3)
    return [
        Case((block,)),
        Case((np.moveaxis(block, -1, 0),), {"axis": 0}),
        Case((np.moveaxis(block, -1, 1),), {"axis": 1}),
        Case((square,)),
        Case((square.T.copy(),), {"axis": 0}),
        Case((gaps,)),
        Case((rng.dirichlet(np.ones(11)),)),
        Case((_with_small_weights(rng),)),
    ]


EXERCISE = Exercise(
    name="entropy",
    section=f"{PAGE}#softmax-entropy",
    reference=probability.entropy,
    visible=_entropy_visible,
    hidden=_entropy_hidden,
    seals=(probability.entropy,),
    misconceptions=(
        Misconception(
            "0 times minus infinity",
            "A weight of 0 gives 0 · log 0, which NumPy computes as NaN; a key without weight "
            "contributes nothing.",
            nan_at_zero,
        ),
        Misconception(
            "bits",
            "The logarithm has base 2; the question asks for nats, the natural logarithm.",
            in_bits,
        ),
        Misconception(
            "sign forgotten",
            "The logarithm of a weight is negative, and the minus sign that mends it is missing.",
            minus_forgotten,
        ),
        Misconception(
            "mean for sum",
            "The terms are averaged; the entropy is their sum.",
            mean_for_sum,
        ),
        Misconception(
            "axis ignored",
            "The sum always runs along the last axis; the argument `axis` makes no difference.",
            entropy_of_the_last_axis,
            section=f"{PAGE}#softmax-axis",
        ),
        Misconception(
            "one sum for everything",
            "All rows are summed into one number; each row along `axis` has its own entropy.",
            entropy_of_everything,
            section=f"{PAGE}#softmax-axis",
        ),
        Misconception(
            "weight forgotten",
            "The logarithms are summed as they are; each counts only as much as its weight.",
            weight_forgotten,
        ),
        Misconception(
            "epsilon in the logarithm",
            "A small number is added to every weight in the logarithm, which changes the entropy where "
            "one key has all the weight; take the logarithm only where the weight is positive.",
            epsilon_in_the_logarithm,
        ),
        Misconception(
            "small weights left out",
            "Weights below some threshold count as 0; only a weight of exactly 0 contributes nothing.",
            only_where_above_a_threshold,
        ),
        Misconception(
            "base 10",
            "The logarithm has base 10; the question asks for nats, the natural logarithm.",
            base_ten,
        ),
        Misconception(
            "divided by the greatest",
            "The entropy is divided by ln n, the greatest there can be; the question asks for the sum "
            "alone.",
            ratio_to_the_greatest,
        ),
        Misconception(
            "0 for a row with a 0",
            "Where a key has no weight, NaN is turned into 0 after the sum, and the other keys are "
            "lost; do it for each term, before the sum.",
            nan_made_zero_at_the_end,
        ),
    ),
    properties=(
        Property(
            "Where one key has all the weight, the entropy must be 0.",
            lambda case, got: bool(
                np.allclose(
                    got[np.max(case.args[0], axis=case.options.get("axis", -1)) == 1], 0, rtol=0, atol=1e-9
                )
            ),
        ),
        Property("An entropy is never negative.", lambda case, got: bool((got >= -1e-9).all())),
        Property(
            "The entropy of n weights is never above ln n.",
            lambda case, got: bool(
                (got <= math.log(case.args[0].shape[case.options.get("axis", -1)]) + 1e-6).all()
            ),
        ),
    ),
)
