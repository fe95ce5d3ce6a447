"""The softmax along any axis, at any temperature."""

import numpy as np

from attnlib import probability
from attnlib.catalogue.softmax import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def along_axis_0(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    powers = np.exp(x - x.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=0, keepdims=True)


def along_the_last_axis(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def over_everything(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    powers = np.exp(x - x.max())
    return powers / powers.sum()


def not_normalised(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    return np.exp(x - x.max(axis=axis, keepdims=True))


def exponentials_only(x, axis=-1, *, temperature=1.0):
    return np.exp(np.asarray(x) / temperature)


def without_the_shift(x, axis=-1, *, temperature=1.0):
    powers = np.exp(np.asarray(x) / temperature)
    return powers / powers.sum(axis=axis, keepdims=True)


def one_shift_for_all_rows(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    powers = np.exp(x - x.max())
    return powers / powers.sum(axis=axis, keepdims=True)


def shifted_by_the_mean(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    powers = np.exp(x - x.mean(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def maximum_before_the_temperature(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x)
    powers = np.exp(x / temperature - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def keepdims_forgotten(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis)


def keepdims_forgotten_twice(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    powers = np.exp(x - x.max(axis=axis))
    return powers / powers.sum(axis=axis)


def times_temperature(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) * temperature
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def temperature_unused(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x)
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def scores_not_exponentiated(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    return x / x.sum(axis=axis, keepdims=True)


def changes_its_input(x, axis=-1, *, temperature=1.0):
    x -= x.max(axis=axis, keepdims=True)
    x /= temperature
    np.exp(x, out=x)
    x /= x.sum(axis=axis, keepdims=True)
    return x


def integers_kept(x, axis=-1, *, temperature=1.0):
    powers = np.empty_like(x)
    powers[...] = np.exp((x - x.max(axis=axis, keepdims=True)) / temperature)
    return powers / powers.sum(axis=axis, keepdims=True)


def powers_of_three(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    powers = 3.0 ** (x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def powers_of_three_without_shift(x, axis=-1, *, temperature=1.0):
    powers = 3.0 ** (np.asarray(x) / temperature)
    return powers / powers.sum(axis=axis, keepdims=True)


def _softmax_visible():
    rows = np.array([[0.0, 1.0, 2.0], [3.0, 0.0, 1.0]])
    return [
        Case((np.array([0.0, 1.0, 2.0]),)),
        Case((rows,)),
        Case((rows,), {"axis": 0}),
        Case((np.array([[2.0, 0.0, 1.0], [0.0, 0.0, 3.0], [1.0, 2.0, 0.0]]),)),
        Case((rows,), {"temperature": 2.0}),
        Case((rows,), {"temperature": 0.5, "axis": 0}),
        Case((np.array([1000.0, 1001.0, 1003.0]),)),
        Case((np.array([[1000.0, 1001.0], [0.0, 2.0]]),)),
        Case((np.array([-1000.0, -1002.0]),)),
        Case((np.array([1000.0, -1000.0]),)),
        Case((np.array([1000.0, 1001.0]),), {"temperature": 0.25}),
        Case((np.array([[3, 0, 1], [0, 2, 2]]),)),
        Case((np.stack([rows, 2.0 - rows]).swapaxes(0, 1),)),
    ]


def _softmax_hidden(rng):
    block = 3.0 * rng.standard_normal((2, 3, 5))
    square = rng.standard_normal((3, 3)) + 1.0
    return [
        Case((block,)),
        Case((block,), {"axis": 0}),
        Case((block,), {"axis": 1, "temperature": 0.25}),
        Case((block,), {"axis": -2, "temperature": 4.0}),
        Case((square,), {"axis": 0}),
        Case((square,), {"temperature": 3.0}),
        Case((rng.permutation(7) + 5000.0,)),
        Case((rng.standard_normal((5, 1)),)),
        Case((rng.integers(-4, 5, size=(2, 4)).astype(float),), {"axis": 1}),
        Case((np.array([[0.0, 900.0], [-900.0, 0.0]]),), {"axis": 1}),
        Case((np.array([[2000.0, 0.0, -2000.0]]) + rng.standard_normal(3),)),
        Case((rng.permutation(5) + 800.0,), {"temperature": 0.5}),
        Case((rng.integers(-4, 5, size=(3, 2, 4)),), {"axis": 1}),
    ]


def _sums_to_one(case, got):
    return np.allclose(got.sum(axis=case.options.get("axis", -1)), 1.0, atol=1e-5)


def _keeps_the_order(case, got):
    axis = case.options.get("axis", -1)
    order = np.argsort(case.args[0], axis=axis, kind="stable")
    return (np.diff(np.take_along_axis(got, order, axis), axis=axis) >= -1e-6).all()


def _has_the_ratios(case, got):
    axis = case.options.get("axis", -1)
    scaled = np.moveaxis(case.args[0] / case.options.get("temperature", 1.0), axis, -1)
    weights = np.moveaxis(got, axis, -1)
    seen = weights > 1e-30
    top = np.take_along_axis(scaled, weights.argmax(axis=-1)[..., None], axis=-1)
    expected = np.exp(np.clip(scaled - top, -700.0, 700.0)) * weights.max(axis=-1, keepdims=True)
    return np.allclose(weights[seen], expected[seen], rtol=1e-3, atol=1e-12)


EXERCISE = Exercise(
    name="softmax",
    section=f"{PAGE}#softmax-normalise",
    reference=probability.softmax,
    visible=_softmax_visible,
    hidden=_softmax_hidden,
    seals=(probability.softmax, probability.softmax_in_place),
    misconceptions=(
        Misconception(
            "wrong axis",
            "The softmax always runs down axis 0, so with scores[query, key] it shares each key out "
            "among the queries; it must run along the axis that the argument names.",
            along_axis_0,
            section=f"{PAGE}#softmax-axis",
        ),
        Misconception(
            "axis ignored",
            "The softmax always runs along the last axis; the argument `axis` makes no difference.",
            along_the_last_axis,
            section=f"{PAGE}#softmax-axis",
        ),
        Misconception(
            "one sum for everything",
            "All numbers of the array together sum to 1; each row along `axis` must do so by itself.",
            over_everything,
            section=f"{PAGE}#softmax-axis",
        ),
        Misconception(
            "no normalisation",
            "The exponentials, shifted by the largest score, are returned as they are; divide them "
            "by their sum.",
            not_normalised,
        ),
        Misconception(
            "exponentials only",
            "The answer is exp of the scores and nothing more; divide by the sum along `axis`.",
            exponentials_only,
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold and exp(-1000) is "
            "rounded to 0; subtract the largest score first.",
            without_the_shift,
            section=f"{PAGE}#softmax-shift",
        ),
        Misconception(
            "one maximum for all rows",
            "The largest score of the whole array is subtracted from every row; a row far below it "
            "underflows to 0/0. Each row needs its own maximum.",
            one_shift_for_all_rows,
            section=f"{PAGE}#softmax-shift",
        ),
        Misconception(
            "shift by the mean",
            "The mean is subtracted instead of the largest score; where scores lie far apart, the largest "
            "is still far above it and its exponential overflows.",
            shifted_by_the_mean,
            section=f"{PAGE}#softmax-shift",
        ),
        Misconception(
            "maximum before the temperature",
            "The scores are divided by the temperature but the largest of them is not; take the maximum "
            "of what goes into the exponential.",
            maximum_before_the_temperature,
            section=f"{PAGE}#softmax-shift",
        ),
        Misconception(
            "keepdims forgotten",
            "The sum has lost its axis, so NumPy divides along the wrong one or not at all; pass "
            "keepdims=True.",
            keepdims_forgotten,
            section=f"{PAGE}#softmax-axis",
        ),
        Misconception(
            "keepdims forgotten in the maximum too",
            "Neither the maximum nor the sum keeps its axis, so NumPy lines them up with the wrong "
            "one; pass keepdims=True to both.",
            keepdims_forgotten_twice,
            section=f"{PAGE}#softmax-axis",
        ),
        Misconception(
            "temperature multiplied",
            "The scores are multiplied by the temperature; they must be divided, so that a high "
            "temperature flattens the weights.",
            times_temperature,
            section=f"{PAGE}#softmax-temperature",
        ),
        Misconception(
            "temperature ignored",
            "The argument `temperature` makes no difference.",
            temperature_unused,
            section=f"{PAGE}#softmax-temperature",
        ),
        Misconception(
            "no exponential",
            "The scores are divided by their sum without the exponential; that fails for negative "
            "scores and for scores that sum to 0.",
            scores_not_exponentiated,
        ),
        Misconception(
            "changes its input",
            "The caller's array is overwritten; work on a copy.",
            changes_its_input,
        ),
        Misconception(
            "powers of 3",
            "The powers are those of 3, as on paper; in code they are powers of e.",
            powers_of_three,
        ),
        Misconception(
            "integers kept",
            "Right for floats, but an array made like one of integers cuts what is written into it to "
            "whole numbers; make an array of floats.",
            integers_kept,
        ),
        Misconception(
            "powers of 3, not shifted",
            "The powers are those of 3, as on paper, and overflow for large scores; in code they are "
            "powers of e, and the largest score is subtracted first.",
            powers_of_three_without_shift,
        ),
    ),
    properties=(
        Property("The weights must sum to 1 along `axis`.", _sums_to_one),
        Property("No weight may be negative.", lambda case, got: bool((got >= -1e-9).all())),
        Property("A higher score must never get a lower weight.", _keeps_the_order),
        Property(
            "The ratio of two weights must be e to the difference of their scores, divided by "
            "`temperature`.",
            _has_the_ratios,
        ),
    ),
)
