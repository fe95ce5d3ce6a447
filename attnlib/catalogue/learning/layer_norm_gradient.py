"""The gradient of layer normalisation."""

import numpy as np

from attnlib import layers
from attnlib.catalogue.learning import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _layer_norm_gradient(x, gain, dy):
    return layers.layer_norm.vjp(x, gain, np.zeros(gain.shape))[1](dy)[0]


def mean_and_variance_forgotten(x, gain, dy):
    return gain * dy / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)


def variance_forgotten(x, gain, dy):
    dn = gain * dy
    return (dn - dn.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)


def mean_forgotten(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    n, dn = (x - x.mean(axis=-1, keepdims=True)) / deviation, gain * dy
    return (dn - n * (dn * n).mean(axis=-1, keepdims=True)) / deviation


def gain_forgotten(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    n = (x - x.mean(axis=-1, keepdims=True)) / deviation
    return (dy - dy.mean(axis=-1, keepdims=True) - n * (dy * n).mean(axis=-1, keepdims=True)) / deviation


def gain_at_the_end(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    n = (x - x.mean(axis=-1, keepdims=True)) / deviation
    inner = dy - dy.mean(axis=-1, keepdims=True) - n * (dy * n).mean(axis=-1, keepdims=True)
    return gain * inner / deviation


def sums_for_means(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    n, dn = (x - x.mean(axis=-1, keepdims=True)) / deviation, gain * dy
    return (dn - dn.sum(axis=-1, keepdims=True) - n * (dn * n).sum(axis=-1, keepdims=True)) / deviation


def not_divided(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    n, dn = (x - x.mean(axis=-1, keepdims=True)) / deviation, gain * dy
    return dn - dn.mean(axis=-1, keepdims=True) - n * (dn * n).mean(axis=-1, keepdims=True)


def multiplied_by_the_root(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    n, dn = (x - x.mean(axis=-1, keepdims=True)) / deviation, gain * dy
    return (dn - dn.mean(axis=-1, keepdims=True) - n * (dn * n).mean(axis=-1, keepdims=True)) * deviation


def tokens_not_normalised(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    centred, dn = x - x.mean(axis=-1, keepdims=True), gain * dy
    inner = dn - dn.mean(axis=-1, keepdims=True) - centred * (dn * centred).mean(axis=-1, keepdims=True)
    return inner / deviation


def one_feature_less(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, ddof=1, keepdims=True) + 1e-5)
    n, dn = (x - x.mean(axis=-1, keepdims=True)) / deviation, gain * dy
    return (dn - dn.mean(axis=-1, keepdims=True) - n * (dn * n).mean(axis=-1, keepdims=True)) / deviation


def epsilon_forgotten(x, gain, dy):
    deviation = x.std(axis=-1, keepdims=True)
    n, dn = (x - x.mean(axis=-1, keepdims=True)) / deviation, gain * dy
    return (dn - dn.mean(axis=-1, keepdims=True) - n * (dn * n).mean(axis=-1, keepdims=True)) / deviation


def over_everything(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    n, dn = (x - x.mean(axis=-1, keepdims=True)) / deviation, gain * dy
    return (dn - dn.mean() - n * (dn * n).mean()) / deviation


def variance_added(x, gain, dy):
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    n, dn = (x - x.mean(axis=-1, keepdims=True)) / deviation, gain * dy
    return (dn - dn.mean(axis=-1, keepdims=True) + n * (dn * n).mean(axis=-1, keepdims=True)) / deviation


def gradient_of_the_gain(x, gain, dy):
    return dy * (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)


def _gradient_visible():
    gain = np.array([1.0, 2.0, 0.5])
    return [
        Case((np.array([1.0, 5.0, 1.0, 5.0]), np.ones(4), np.array([1.0, 0.0, 0.0, 0.0]))),
        Case((np.array([[1.0, 2.0, 6.0], [0.0, -3.0, 3.0]]), gain, np.array([[1.0, 0, -1], [0.5, 2, 1]]))),
        Case((np.array([[2.0, 2, 2], [0.001, 0.002, 0.004]]), gain, np.array([[1.0, 0, 0], [0, 1, 2]]))),
        Case(
            (
                np.array([[[1.0, 2, 4], [4, 0, 1]], [[-1, 3, 0], [0.5, 0.25, 1]]]),
                gain[::-1].copy(),
                np.array([[[1.0, 1, 0], [-1, 2, 0]], [[0, 0, 1], [3, 1, -1]]]),
            )
        ),
    ]


def _gradient_hidden(rng):
    return [
        *(
            Case(
                (
                    3 * rng.standard_normal(shape) + 1,
                    rng.standard_normal(shape[-1]),
                    rng.standard_normal(shape),
                )
            )
            for shape in ((5,), (3, 7), (2, 3, 5), (3, 4, 3))
        ),
        Case((0.003 * rng.standard_normal((3, 5)), rng.standard_normal(5), rng.standard_normal((3, 5)))),
        Case((np.full((2, 3), 7.0), rng.standard_normal(3), rng.standard_normal((2, 3)))),
    ]


EXERCISE = Exercise(
    name="layer_norm_gradient",
    section=f"{PAGE}#learning-norm",
    reference=_layer_norm_gradient,
    visible=_gradient_visible,
    hidden=_gradient_hidden,
    axes=("token", "feature"),
    seals=(layers.layer_norm, layers.layer_norm.vjp),
    misconceptions=(
        Misconception(
            "mean and variance forgotten",
            "Mean and variance are treated as if they were fixed; each entry of x is in both of them.",
            mean_and_variance_forgotten,
        ),
        Misconception(
            "variance forgotten",
            "The way through the mean is there, the way through the variance isn't.",
            variance_forgotten,
        ),
        Misconception(
            "mean forgotten",
            "The way through the variance is there, the way through the mean isn't.",
            mean_forgotten,
        ),
        Misconception(
            "gain forgotten",
            "The gain is left out; on the way back dy is multiplied by it first.",
            gain_forgotten,
        ),
        Misconception(
            "gain at the end",
            "The gain is multiplied by at the end; it came last on the way there, so it is first now.",
            gain_at_the_end,
        ),
        Misconception(
            "sums for means",
            "Sums are subtracted where the means over the features belong.",
            sums_for_means,
        ),
        Misconception(
            "not divided",
            "Nothing is divided by the root of the variance; the way back has the same factor as the way "
            "there.",
            not_divided,
        ),
        Misconception(
            "multiplied by the root",
            "The root of the variance is multiplied by; on the way back one divides by it once more.",
            multiplied_by_the_root,
        ),
        Misconception(
            "tokens not normalised",
            "In the way through the variance stand the distances from the mean; n belongs there, in both "
            "places.",
            tokens_not_normalised,
        ),
        Misconception(
            "n - 1",
            "The variance is divided by one feature less; layer norm divides by their number.",
            one_feature_less,
        ),
        Misconception(
            "epsilon forgotten",
            "Nothing is added to the variance, so a token of equal features is divided by 0.",
            epsilon_forgotten,
        ),
        Misconception(
            "one mean for everything",
            "The means are taken over all entries; each token has its own.",
            over_everything,
        ),
        Misconception(
            "variance added",
            "The way through the variance is added; it is subtracted like the mean.",
            variance_added,
        ),
        Misconception(
            "gradient of the gain",
            "This is dy times n, which leads to the gradient of the gain; the question asks for that of x.",
            gradient_of_the_gain,
        ),
    ),
    properties=(
        Property(
            "Each token's gradient must sum to 0: to shift a token changes nothing.",
            lambda case, got: np.allclose(got.sum(axis=-1), 0, atol=1e-6 * max(1, np.abs(got).max())),
        ),
    ),
)
