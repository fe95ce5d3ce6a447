"""Layer normalisation."""

import numpy as np

from attnlib import layers
from attnlib.catalogue.learning import PAGE
from attnlib.exercise import Case, Exercise, Misconception


def _layer_norm(x, gain, shift):
    return layers.layer_norm(x, gain, shift)


def without_epsilon(x, gain, shift):
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * centred / centred.std(axis=-1, keepdims=True) + shift


def one_feature_less(x, gain, shift):
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt(x.var(axis=-1, ddof=1, keepdims=True) + 1e-5) + shift


def epsilon_outside(x, gain, shift):
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * centred / (x.std(axis=-1, keepdims=True) + 1e-5) + shift


def root_forgotten(x, gain, shift):
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * centred / (x.var(axis=-1, keepdims=True) + 1e-5) + shift


def mean_not_subtracted(x, gain, shift):
    return gain * x / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5) + shift


def root_mean_square(x, gain, shift):
    return gain * x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-5) + shift


def not_divided(x, gain, shift):
    return gain * (x - x.mean(axis=-1, keepdims=True)) + shift


def over_everything(x, gain, shift):
    return gain * (x - x.mean()) / np.sqrt(x.var() + 1e-5) + shift


def over_the_tokens(x, gain, shift):
    centred = x - x.mean(axis=0, keepdims=True)
    return gain * centred / np.sqrt(x.var(axis=0, keepdims=True) + 1e-5) + shift


def gain_forgotten(x, gain, shift):
    return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5) + shift


def shift_forgotten(x, gain, shift):
    return gain * (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)


def gain_and_shift_forgotten(x, gain, shift):
    return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)


def gain_and_shift_exchanged(x, gain, shift):
    centred = x - x.mean(axis=-1, keepdims=True)
    return shift * centred / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5) + gain


def shift_before_gain(x, gain, shift):
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * (centred / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5) + shift)


def what_was_given_is_changed(x, gain, shift):
    x -= x.mean(axis=-1, keepdims=True)
    x /= np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-5)
    return gain * x + shift


def _norm_visible():
    gain, shift = np.array([1.0, 2.0, 0.5]), np.array([0.0, 1.0, -1.0])
    return [
        Case((np.array([1.0, 5.0, 1.0, 5.0]), np.ones(4), np.zeros(4))),
        Case((np.array([[1.0, 2.0, 6.0], [0.0, -3.0, 3.0]]), gain, shift)),
        Case((np.array([[2.0, 2.0, 2.0], [0.001, 0.002, 0.004]]), gain, shift)),
        Case((np.array([[[1.0, 2.0], [4.0, 0.0]], [[-1.0, 3.0], [0.5, 0.25]]]), gain[:2], shift[1:])),
    ]


def _norm_hidden(rng):
    return [
        *(
            Case((3 * rng.standard_normal(shape) + 1, *rng.standard_normal((2, shape[-1]))))
            for shape in ((5,), (3, 7), (2, 3, 5), (4, 1))
        ),
        Case((0.003 * rng.standard_normal((3, 5)), *rng.standard_normal((2, 5)))),
        Case((np.full((2, 3), 7.0), *rng.standard_normal((2, 3)))),
    ]


EXERCISE = Exercise(
    name="layer_norm",
    section=f"{PAGE}#learning-norm",
    reference=_layer_norm,
    visible=_norm_visible,
    hidden=_norm_hidden,
    axes=("token", "feature"),
    seals=(layers.layer_norm, layers.layer_norm.vjp),
    misconceptions=(
        Misconception(
            "epsilon forgotten",
            "Nothing is added to the variance, so a token of equal features is divided by 0.",
            without_epsilon,
        ),
        Misconception(
            "n - 1",
            "The squared distances are divided by one feature less; layer norm divides by their number.",
            one_feature_less,
        ),
        Misconception(
            "epsilon outside the root",
            "Epsilon is added to the root of the variance; it belongs inside.",
            epsilon_outside,
        ),
        Misconception(
            "root forgotten",
            "The distances are divided by the variance; divide by its root.",
            root_forgotten,
        ),
        Misconception(
            "mean not subtracted",
            "The tokens are divided by the right root, but their mean is still in them.",
            mean_not_subtracted,
        ),
        Misconception(
            "root mean square",
            "Nothing is subtracted, and the mean of the squares stands for the variance: that is RMS norm.",
            root_mean_square,
        ),
        Misconception(
            "not divided",
            "The mean is subtracted, but nothing is divided by the root of the variance.",
            not_divided,
        ),
        Misconception(
            "one mean for everything",
            "One mean and one variance are taken over all entries; each token has its own.",
            over_everything,
        ),
        Misconception(
            "over the tokens",
            "Mean and variance are taken along the first axis; take them over the features, the last one.",
            over_the_tokens,
        ),
        Misconception(
            "gain forgotten",
            "The tokens are not multiplied by the gain.",
            gain_forgotten,
        ),
        Misconception(
            "shift forgotten",
            "The shift is not added.",
            shift_forgotten,
        ),
        Misconception(
            "gain and shift forgotten",
            "The tokens are normalised, but gain and shift are not applied.",
            gain_and_shift_forgotten,
        ),
        Misconception(
            "gain and shift exchanged",
            "The tokens are multiplied by the shift, and the gain is added.",
            gain_and_shift_exchanged,
        ),
        Misconception(
            "shift before gain",
            "The shift is multiplied by the gain too; multiply first, then add.",
            shift_before_gain,
        ),
        Misconception(
            "tokens changed",
            "The numbers are right, but x itself is changed on the way; work on a new array.",
            what_was_given_is_changed,
        ),
    ),
)
