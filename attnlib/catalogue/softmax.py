"""Exercises on the softmax: by hand, the function, its entropy and its Jacobian."""

import math

import numpy as np

from attnlib import probability
from attnlib.exercise import Case, Exercise, Misconception, Property

PAGE = "chapters/05-softmax"

# --- softmax by hand: numbers, not a function ---------------------------------------------------

HAND_SCORES = (1, 0, 2, 1)
HAND_BASE = 3


def _by_hand():
    return probability.softmax(HAND_SCORES, base=HAND_BASE)


def powers_over_sum():
    powers = [3**score for score in [1, 0, 2, 1]]
    return [power / sum(powers) for power in powers]


def shifted_powers():
    powers = 3.0 ** (np.array([1, 0, 2, 1]) - 2)
    return powers / powers.sum()


def fractions_of_sixteen():
    return (3 / 16, 1 / 16, 9 / 16, 3 / 16)


def powers_not_divided():
    return [3, 1, 9, 3]


def scores_over_sum():
    return [1 / 4, 0 / 4, 2 / 4, 1 / 4]


def base_e():
    powers = np.exp([1, 0, 2, 1])
    return powers / powers.sum()


def equal_shares():
    return [1 / 4, 1 / 4, 1 / 4, 1 / 4]


def winner_takes_all():
    return [0, 0, 1, 0]


SOFTMAX_BY_HAND = Exercise(
    name="softmax_by_hand",
    section=f"{PAGE}#softmax-normalise",
    reference=_by_hand,
    visible=lambda: [Case()],
    by_value=True,
    correct=(powers_over_sum, shifted_powers, fractions_of_sixteen),
    misconceptions=(
        Misconception(
            "powers not divided",
            "The powers of 3 are right, but they are not yet divided by their sum.",
            f"{PAGE}#softmax-normalise",
            powers_not_divided,
        ),
        Misconception(
            "scores divided by their sum",
            "The scores themselves are divided by their sum; raise 3 to each score first.",
            f"{PAGE}#softmax-normalise",
            scores_over_sum,
        ),
        Misconception(
            "base e",
            "This is the softmax with base e; the question asks for powers of 3.",
            f"{PAGE}#softmax-normalise",
            base_e,
        ),
        Misconception(
            "equal shares",
            "Every key gets the same weight, so the scores make no difference.",
            f"{PAGE}#softmax-normalise",
            equal_shares,
        ),
        Misconception(
            "winner takes all",
            "The highest score gets everything: that is the arg max, which the softmax softens.",
            f"{PAGE}#softmax-hard",
            winner_takes_all,
        ),
    ),
    properties=(
        Property("The four weights must sum to 1.", lambda case, got: abs(got.sum() - 1) < 1e-6),
        Property(
            "Equal scores must have equal weights, and a higher score a higher weight.",
            lambda case, got: got[1] < got[0] == got[3] < got[2],
        ),
    ),
)

# --- softmax ------------------------------------------------------------------------------------


def shift_then_normalise(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x) / temperature
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def one_row_at_a_time(x, axis=-1, *, temperature=1.0):
    rows = np.moveaxis(np.array(x, dtype=float), axis, -1)
    out = np.empty_like(rows)
    for index in np.ndindex(rows.shape[:-1]):
        powers = [math.exp((score - max(rows[index])) / temperature) for score in rows[index]]
        out[index] = [power / sum(powers) for power in powers]
    return np.moveaxis(out, -1, axis)


def by_log_sum_exp(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x, dtype=float) / temperature
    return np.exp(x - np.logaddexp.reduce(x, axis=axis, keepdims=True))


def with_apply_along_axis(x, axis=-1, *, temperature=1.0):
    def one(row):
        powers = np.exp((row - np.max(row)) / temperature)
        return powers / np.sum(powers)

    return np.apply_along_axis(one, axis, np.asarray(x, dtype=float))


def in_place_on_a_copy(x, axis=-1, *, temperature=1.0):
    out = np.array(x, dtype=np.float64)
    out -= out.max(axis=axis, keepdims=True)
    out /= temperature
    np.exp(out, out=out)
    out /= out.sum(axis=axis, keepdims=True)
    return out


def in_single_precision(x, axis=-1, *, temperature=1.0):
    x = np.asarray(x, dtype=np.float32)
    powers = np.exp((x - x.max(axis=axis, keepdims=True)) / np.float32(temperature))
    return powers / powers.sum(axis=axis, keepdims=True)


def as_a_ratio_of_pairs(x, axis=-1, *, temperature=1.0):
    rows = np.moveaxis(np.asarray(x, dtype=float), axis, -1) / temperature
    differences = rows[..., None, :] - rows[..., :, None]
    return np.moveaxis(1 / np.exp(differences).sum(axis=-1), -1, axis)


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
    ]


def _sums_to_one(case, got):
    return np.allclose(got.sum(axis=case.options.get("axis", -1)), 1.0, atol=1e-5)


def _keeps_the_order(case, got):
    axis = case.options.get("axis", -1)
    order = np.argsort(case.args[0], axis=axis, kind="stable")
    return (np.diff(np.take_along_axis(got, order, axis), axis=axis) >= -1e-6).all()


SOFTMAX = Exercise(
    name="softmax",
    section=f"{PAGE}#softmax-normalise",
    reference=probability.softmax,
    visible=_softmax_visible,
    hidden=_softmax_hidden,
    seals=(probability.softmax, probability.softmax_in_place),
    correct=(
        shift_then_normalise,
        one_row_at_a_time,
        by_log_sum_exp,
        with_apply_along_axis,
        in_place_on_a_copy,
        in_single_precision,
        as_a_ratio_of_pairs,
    ),
    misconceptions=(
        Misconception(
            "wrong axis",
            "The softmax always runs down axis 0, so with scores[query, key] it shares each key out "
            "among the queries; it must run along the axis that the argument names.",
            f"{PAGE}#softmax-axis",
            along_axis_0,
        ),
        Misconception(
            "axis ignored",
            "The softmax always runs along the last axis; the argument `axis` makes no difference.",
            f"{PAGE}#softmax-axis",
            along_the_last_axis,
        ),
        Misconception(
            "one sum for everything",
            "All numbers of the array together sum to 1; each row along `axis` must do so by itself.",
            f"{PAGE}#softmax-axis",
            over_everything,
        ),
        Misconception(
            "no normalisation",
            "The exponentials, shifted by the largest score, are returned as they are; divide them "
            "by their sum.",
            f"{PAGE}#softmax-normalise",
            not_normalised,
        ),
        Misconception(
            "exponentials only",
            "The answer is exp of the scores and nothing more; divide by the sum along `axis`.",
            f"{PAGE}#softmax-normalise",
            exponentials_only,
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold and exp(-1000) is "
            "rounded to 0; subtract the largest score first.",
            f"{PAGE}#softmax-shift",
            without_the_shift,
        ),
        Misconception(
            "one maximum for all rows",
            "The largest score of the whole array is subtracted from every row; a row far below it "
            "underflows to 0/0. Each row needs its own maximum.",
            f"{PAGE}#softmax-shift",
            one_shift_for_all_rows,
        ),
        Misconception(
            "keepdims forgotten",
            "The sum has lost its axis, so NumPy divides along the wrong one or not at all; pass "
            "keepdims=True.",
            f"{PAGE}#softmax-axis",
            keepdims_forgotten,
        ),
        Misconception(
            "keepdims forgotten in the maximum too",
            "Neither the maximum nor the sum keeps its axis, so NumPy lines them up with the wrong "
            "one; pass keepdims=True to both.",
            f"{PAGE}#softmax-axis",
            keepdims_forgotten_twice,
        ),
        Misconception(
            "temperature multiplied",
            "The scores are multiplied by the temperature; they must be divided, so that a high "
            "temperature flattens the weights.",
            f"{PAGE}#softmax-temperature",
            times_temperature,
        ),
        Misconception(
            "temperature ignored",
            "The argument `temperature` makes no difference.",
            f"{PAGE}#softmax-temperature",
            temperature_unused,
        ),
        Misconception(
            "no exponential",
            "The scores are divided by their sum without the exponential; that fails for negative "
            "scores and for scores that sum to 0.",
            f"{PAGE}#softmax-normalise",
            scores_not_exponentiated,
        ),
        Misconception(
            "changes its input",
            "The caller's array is overwritten; work on a copy.",
            f"{PAGE}#softmax-normalise",
            changes_its_input,
        ),
    ),
    properties=(
        Property("The weights must sum to 1 along `axis`.", _sums_to_one),
        Property("No weight may be negative.", lambda case, got: bool((got >= -1e-9).all())),
        Property("A higher score must never get a lower weight.", _keeps_the_order),
    ),
)

# --- entropy ------------------------------------------------------------------------------------


def sum_where_positive(weights, axis=-1):
    p = np.asarray(weights, dtype=float)
    return -np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0), axis=axis)


def nan_to_zero(weights, axis=-1):
    p = np.asarray(weights)
    return -np.nansum(p * np.log(p), axis=axis)


def log_of_a_clipped_weight(weights, axis=-1):
    p = np.asarray(weights)
    return (p * -np.log(np.clip(p, 1e-300, 1))).sum(axis)


def with_math_log(weights, axis=-1):
    def one(row):
        return sum(-p * math.log(p) for p in row if p > 0)

    return np.apply_along_axis(one, axis, np.asarray(weights, dtype=float))


def with_einsum(weights, axis=-1):
    p = np.moveaxis(np.asarray(weights), axis, -1)
    return -np.einsum("...i,...i->...", p, np.log(p, where=p > 0, out=np.zeros_like(p)))


def base_two_converted(weights, axis=-1):
    p = np.asarray(weights)
    return -np.log(2) * np.sum(p * np.log2(p + (p == 0)), axis=axis)


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


def _entropy_visible():
    rows = np.array([[0.5, 0.25, 0.25], [0.8, 0.1, 0.1]])
    columns = np.array([[0.5, 0.9, 0.75], [0.5, 0.1, 0.25]])
    return [
        Case((np.array([0.5, 0.5]),)),
        Case((np.array([0.25, 0.25, 0.25, 0.25]),)),
        Case((rows,)),
        Case((columns,), {"axis": 0}),
        Case((np.array([1.0, 0.0, 0.0]),)),
    ]


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
    ]


ENTROPY = Exercise(
    name="entropy",
    section=f"{PAGE}#softmax-entropy",
    reference=probability.entropy,
    visible=_entropy_visible,
    hidden=_entropy_hidden,
    seals=(probability.entropy,),
    correct=(
        sum_where_positive,
        nan_to_zero,
        log_of_a_clipped_weight,
        with_math_log,
        with_einsum,
        base_two_converted,
    ),
    misconceptions=(
        Misconception(
            "0 times minus infinity",
            "A weight of 0 gives 0 · log 0, which NumPy computes as NaN; a key without weight "
            "contributes nothing.",
            f"{PAGE}#softmax-entropy",
            nan_at_zero,
        ),
        Misconception(
            "bits",
            "The logarithm has base 2; the question asks for nats, the natural logarithm.",
            f"{PAGE}#softmax-entropy",
            in_bits,
        ),
        Misconception(
            "sign forgotten",
            "The logarithm of a weight is negative, and the minus sign that mends it is missing.",
            f"{PAGE}#softmax-entropy",
            minus_forgotten,
        ),
        Misconception(
            "mean for sum",
            "The terms are averaged; the entropy is their sum.",
            f"{PAGE}#softmax-entropy",
            mean_for_sum,
        ),
        Misconception(
            "axis ignored",
            "The sum always runs along the last axis; the argument `axis` makes no difference.",
            f"{PAGE}#softmax-axis",
            entropy_of_the_last_axis,
        ),
        Misconception(
            "one sum for everything",
            "All rows are summed into one number; each row along `axis` has its own entropy.",
            f"{PAGE}#softmax-axis",
            entropy_of_everything,
        ),
        Misconception(
            "weight forgotten",
            "The logarithms are summed as they are; each counts only as much as its weight.",
            f"{PAGE}#softmax-entropy",
            weight_forgotten,
        ),
    ),
    properties=(
        Property("An entropy is never negative.", lambda case, got: bool((got >= -1e-9).all())),
        Property(
            "The entropy of n weights is never above ln n.",
            lambda case, got: bool(
                (got <= math.log(case.args[0].shape[case.options.get("axis", -1)]) + 1e-6).all()
            ),
        ),
    ),
)

# --- the Jacobian -------------------------------------------------------------------------------


def diagonal_minus_outer(weights):
    p = np.asarray(weights)
    return np.eye(p.shape[-1]) * p[..., None] - p[..., :, None] * p[..., None, :]


def by_two_loops(weights):
    p = np.asarray(weights, dtype=float)
    n = p.shape[-1]
    out = np.zeros((*p.shape, n))
    for i in range(n):
        for j in range(n):
            out[..., i, j] = p[..., i] * ((i == j) - p[..., j])
    return out


def jacobian_with_einsum(weights):
    p = np.asarray(weights)
    return np.einsum("...i,ij->...ij", p, np.eye(p.shape[-1])) - np.einsum("...i,...j->...ij", p, p)


def factored(weights):
    p = np.asarray(weights)[..., :, None]
    return p * (np.eye(p.shape[-2]) - np.swapaxes(p, -1, -2))


def with_matmul(weights):
    p = np.asarray(weights)[..., None]
    return p * np.eye(p.shape[-2]) - p @ p.swapaxes(-1, -2)


def diagonal_filled_in(weights):
    p = np.asarray(weights)
    out = -p[..., :, None] * p[..., None, :]
    index = np.arange(p.shape[-1])
    out[..., index, index] += p
    return out


def only_the_diagonal(weights):
    p = np.asarray(weights)
    return np.eye(p.shape[-1]) * (p * (1 - p))[..., None]


def no_outer_product(weights):
    p = np.asarray(weights)
    return np.eye(p.shape[-1]) * p[..., None]


def outer_product_added(weights):
    p = np.asarray(weights)
    return np.eye(p.shape[-1]) * p[..., None] + p[..., :, None] * p[..., None, :]


def delta_forgotten(weights):
    p = np.asarray(weights)
    return p[..., :, None] * (1 - p[..., None, :])


def one_number_for_each_weight(weights):
    p = np.asarray(weights)
    return p * (1 - p)


def sign_turned(weights):
    p = np.asarray(weights)
    return p[..., :, None] * p[..., None, :] - np.eye(p.shape[-1]) * p[..., None]


def one_row_only(weights):
    p = np.asarray(weights)
    return np.diag(p) - np.outer(p, p)


def _jacobian_visible():
    return [
        Case((np.array([0.5, 0.5]),)),
        Case((np.array([0.2, 0.3, 0.5]),)),
        Case((np.array([1.0, 0.0, 0.0]),)),
        Case((np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]]),)),
    ]


def _jacobian_hidden(rng):
    return [
        Case((rng.dirichlet(np.ones(7)),)),
        Case((rng.dirichlet(np.ones(3), size=3),)),
        Case((rng.dirichlet(np.ones(5), size=(2, 3)),)),
        Case((rng.dirichlet(np.ones(2), size=(1, 4)),)),
        Case((np.array([1.0]),)),
    ]


SOFTMAX_JACOBIAN = Exercise(
    name="softmax_jacobian",
    section=f"{PAGE}#softmax-jacobian",
    reference=probability.softmax_jacobian,
    visible=_jacobian_visible,
    hidden=_jacobian_hidden,
    seals=(probability.softmax_jacobian,),
    correct=(
        diagonal_minus_outer,
        by_two_loops,
        jacobian_with_einsum,
        factored,
        with_matmul,
        diagonal_filled_in,
    ),
    misconceptions=(
        Misconception(
            "only the diagonal",
            "Only the diagonal is filled, but raising one score also lowers every other weight.",
            f"{PAGE}#softmax-jacobian",
            only_the_diagonal,
        ),
        Misconception(
            "outer product forgotten",
            "The weights stand on the diagonal, but the product of each pair is not subtracted.",
            f"{PAGE}#softmax-jacobian",
            no_outer_product,
        ),
        Misconception(
            "outer product added",
            "The product of each pair of weights is added; raising one score must lower the others.",
            f"{PAGE}#softmax-jacobian",
            outer_product_added,
        ),
        Misconception(
            "delta forgotten",
            "The 1 stands in every entry; it belongs on the diagonal only, where i = j.",
            f"{PAGE}#softmax-jacobian",
            delta_forgotten,
        ),
        Misconception(
            "one number for each weight",
            "The answer has one derivative for each weight; the Jacobian has one for each pair.",
            f"{PAGE}#softmax-jacobian",
            one_number_for_each_weight,
        ),
        Misconception(
            "sign turned round",
            "Every sign is the wrong way round: raising a score raises its own weight.",
            f"{PAGE}#softmax-jacobian",
            sign_turned,
        ),
        Misconception(
            "only one row",
            "Right for one row of weights, but np.diag and np.outer don't take a stack of rows.",
            f"{PAGE}#softmax-jacobian",
            one_row_only,
        ),
    ),
    properties=(
        Property(
            "Each row must sum to 0: the weights always sum to 1, so what one gains the others lose.",
            lambda case, got: np.allclose(got.sum(axis=-1), 0.0, atol=1e-5),
        ),
        Property(
            "The matrix must be symmetric.",
            lambda case, got: np.allclose(got, got.swapaxes(-1, -2), atol=1e-5),
        ),
    ),
)

EXERCISES = (SOFTMAX_BY_HAND, SOFTMAX, ENTROPY, SOFTMAX_JACOBIAN)
