"""Exercises on the scale: variances by hand and measured, the factor that mends them, and saturation."""

import math

import numpy as np

from attnlib import dot_product, variants
from attnlib.exercise import Case, Exercise, Misconception, Property

PAGE = "chapters/04-scaling"

# --- a variance by hand ---------------------------------------------------------------------------

HAND_SCORES = np.array([-3.0, 1.0, 3.0, 3.0])


def _hand_variance():
    return dot_product.attention_scores(HAND_SCORES[:, None], [[1.0]], scale=1.0).var()


def mean_of_squared_deviations():
    return (16 + 0 + 4 + 4) / 4


def squares_minus_squared_mean():
    return np.mean(np.square([-3, 1, 3, 3])) - 1


def six():
    return 6


def divided_by_one_less():
    return 24 / 3


def root_taken():
    return 6**0.5


def mean_not_subtracted():
    return 28 / 4


def absolute_deviations():
    return (4 + 0 + 2 + 2) / 4


def sum_of_squares():
    return 24


def deviations_not_squared():
    return (-4 + 0 + 2 + 2) / 4


def one_of_each_score():
    return np.var([-3, 1, 3])


VARIANCE_BY_HAND = Exercise(
    name="variance_by_hand",
    section=f"{PAGE}#scaling-measure",
    reference=_hand_variance,
    visible=lambda: [Case()],
    by_value=True,
    correct=(mean_of_squared_deviations, squares_minus_squared_mean, six),
    misconceptions=(
        Misconception(
            "n - 1",
            "The squares are divided by one less than their number; the question asks for their mean.",
            f"{PAGE}#scaling-measure",
            divided_by_one_less,
        ),
        Misconception(
            "standard deviation",
            "This is the standard deviation, the root of the variance.",
            f"{PAGE}#scaling-root",
            root_taken,
        ),
        Misconception(
            "mean not subtracted",
            "The scores themselves are squared; subtract their mean first, which is not 0 here.",
            f"{PAGE}#scaling-measure",
            mean_not_subtracted,
        ),
        Misconception(
            "absolute deviations",
            "The deviations from the mean are averaged without their signs; square them instead.",
            f"{PAGE}#scaling-measure",
            absolute_deviations,
        ),
        Misconception(
            "sum for mean",
            "The squared deviations are summed; divide by their number.",
            f"{PAGE}#scaling-measure",
            sum_of_squares,
        ),
        Misconception(
            "deviations not squared",
            "The deviations are averaged as they are, and that mean is always 0; square them first.",
            f"{PAGE}#scaling-measure",
            deviations_not_squared,
        ),
        Misconception(
            "equal scores counted once",
            "Two scores are equal and only one of them is counted; each counts.",
            f"{PAGE}#scaling-measure",
            one_of_each_score,
        ),
    ),
    properties=(
        Property("A variance is never negative.", lambda case, got: bool(got >= 0)),
        Property(
            "A variance can't be greater than the square of the greatest deviation from the mean.",
            lambda case, got: bool(got <= np.square(HAND_SCORES - HAND_SCORES.mean()).max()),
        ),
    ),
)

# --- a table by hand ------------------------------------------------------------------------------

HAND_SIZES = (4, 16, 64)


def _table():
    factors = [
        [1.0, 1.0, dot_product.scale_factor(np.zeros((1, d_k)), None), 1 / d_k] for d_k in HAND_SIZES
    ]
    variances = np.array(HAND_SIZES)[:, None] * np.square(factors)
    return np.concatenate([variances[:, :1], np.sqrt(variances[:, :1]), variances[:, 2:]], axis=1)


def rows_by_fractions():
    return [[4, 2, 1, 1 / 4], [16, 4, 1, 1 / 16], [64, 8, 1, 1 / 64]]


def columns_by_powers():
    d_k = np.array([4.0, 16.0, 64.0])
    return np.stack([d_k, d_k**0.5, d_k**0, d_k**-1], axis=1)


def variance_times_squared_factor():
    return [[d, d**0.5, d * (d**-0.5) ** 2, d * (1 / d) ** 2] for d in (4, 16, 64)]


def factors_not_squared():
    return [[4, 2, 2, 1], [16, 4, 4, 1], [64, 8, 8, 1]]


def variance_and_deviation_exchanged():
    return [[2, 4, 1, 1 / 4], [4, 16, 1, 1 / 16], [8, 64, 1, 1 / 64]]


def scales_exchanged():
    return [[4, 2, 1 / 4, 1], [16, 4, 1 / 16, 1], [64, 8, 1 / 64, 1]]


def both_bring_it_to_1():
    return [[4, 2, 1, 1], [16, 4, 1, 1], [64, 8, 1, 1]]


def size_makes_no_difference():
    return [[1, 1, 1 / 4, 1 / 16], [1, 1, 1 / 16, 1 / 256], [1, 1, 1 / 64, 1 / 4096]]


def deviations_throughout():
    return [[4, 2, 1, 1 / 2], [16, 4, 1, 1 / 4], [64, 8, 1, 1 / 8]]


def variances_squared():
    return [[16, 4, 4, 1], [256, 16, 16, 1], [4096, 64, 64, 1]]


SCALE_TABLE_BY_HAND = Exercise(
    name="scale_table_by_hand",
    section=f"{PAGE}#scaling-derive",
    reference=_table,
    visible=lambda: [Case()],
    by_value=True,
    correct=(rows_by_fractions, columns_by_powers, variance_times_squared_factor),
    misconceptions=(
        Misconception(
            "factor not squared",
            "The variance is divided by the same number as the scores; dividing scores by c divides their "
            "variance by c squared.",
            f"{PAGE}#scaling-root",
            factors_not_squared,
        ),
        Misconception(
            "first two columns exchanged",
            "The first two columns have changed places: a standard deviation is the root of a variance.",
            f"{PAGE}#scaling-derive",
            variance_and_deviation_exchanged,
        ),
        Misconception(
            "last two columns exchanged",
            "The last two columns have changed places; dividing by d_k does more than by its root.",
            f"{PAGE}#scaling-root",
            scales_exchanged,
        ),
        Misconception(
            "both scales alike",
            "Both scales seem to give the same variance; dividing by d_k goes too far.",
            f"{PAGE}#scaling-root",
            both_bring_it_to_1,
        ),
        Misconception(
            "size makes no difference",
            "The variance of the raw scores stays at 1; each of the d_k products adds its own variance.",
            f"{PAGE}#scaling-derive",
            size_makes_no_difference,
        ),
        Misconception(
            "standard deviation in the last column",
            "The last column holds standard deviations; the question asks for the variance there.",
            f"{PAGE}#scaling-root",
            deviations_throughout,
        ),
        Misconception(
            "variance grows as the square",
            "The variance of the raw scores is the square of d_k here; independent variances add up, so it "
            "grows as d_k.",
            f"{PAGE}#scaling-derive",
            variances_squared,
        ),
    ),
    properties=(
        Property(
            "In every row, the standard deviation must be the root of the variance before it.",
            lambda case, got: np.allclose(got[:, 1] ** 2, got[:, 0]),
        ),
        Property(
            "Dividing scores by c divides their variance by c squared: check the last two columns.",
            lambda case, got: np.allclose(
                got[:, 2:], got[:, :1] / [[d_k, d_k**2] for d_k in HAND_SIZES], rtol=1e-3
            ),
        ),
    ),
)

# --- the scale by hand ----------------------------------------------------------------------------

HAND_RAW = np.array([7, 4, 1, 0, -3])


def _floors():
    return np.floor(dot_product.attention_scores(HAND_RAW[:, None], [[1.0]], scale=0.5))[:, 0]


def halves_rounded_down():
    return [3, 2, 0, 0, -2]


def whole_division():
    return np.array([7, 4, 1, 0, -3]) // 2


def floors_of_halves():
    return tuple(int(np.floor(score / 2)) for score in (7, 4, 1, 0, -3))


def cut_towards_zero():
    return [3, 2, 0, 0, -1]


def rounded_up():
    return [4, 2, 1, 0, -1]


def not_rounded():
    return [7 / 2, 2, 1 / 2, 0, -3 / 2]


def divided_by_the_root_of_three():
    return np.array([7, 4, 1, 0, -3]) / np.sqrt(3)


def divided_by_three():
    return np.array([7, 4, 1, 0, -3]) // 3


def rounded_to_even():
    return np.round(np.array([7, 4, 1, 0, -3]) / 2)


FLOOR_BY_HAND = Exercise(
    name="floor_by_hand",
    section=f"{PAGE}#scaling-floor",
    reference=_floors,
    visible=lambda: [Case()],
    by_value=True,
    correct=(halves_rounded_down, whole_division, floors_of_halves),
    misconceptions=(
        Misconception(
            "cut towards 0",
            "The fraction is cut off, which moves a negative number up; rounding down always moves left on "
            "the number line.",
            f"{PAGE}#scaling-floor",
            cut_towards_zero,
        ),
        Misconception(
            "rounded up",
            "Every half is rounded up; round down, to the next whole number on the left.",
            f"{PAGE}#scaling-floor",
            rounded_up,
        ),
        Misconception(
            "not rounded",
            "The scores are halved but not rounded down.",
            f"{PAGE}#scaling-floor",
            not_rounded,
        ),
        Misconception(
            "the exact scale",
            "The scores are divided by the root of 3, as a computer does; by hand they are halved and "
            "rounded down.",
            f"{PAGE}#scaling-floor",
            divided_by_the_root_of_three,
        ),
        Misconception(
            "divided by d_k",
            "The scores are divided by 3, which is d_k, and rounded down; 2 stands for the root of 3.",
            f"{PAGE}#scaling-root",
            divided_by_three,
        ),
        Misconception(
            "rounded to the nearest",
            "The halves are rounded to an even number, as np.round does; round down each time.",
            f"{PAGE}#scaling-floor",
            rounded_to_even,
        ),
    ),
    properties=(
        Property(
            "The results must be whole numbers.",
            lambda case, got: np.array_equal(got, np.round(got)),
        ),
        Property(
            "No result may be greater than half its score.",
            lambda case, got: bool((got <= HAND_RAW / 2).all()),
        ),
    ),
)

# --- the variance of scores -----------------------------------------------------------------------


def _score_variance(q, k):
    return dot_product.attention_scores(q, k, scale=1.0).var()


def variance_of_the_product(q, k):
    return np.var(q @ k.swapaxes(-1, -2))


def variance_by_loops(q, k):
    scores = []
    for query in q.tolist():
        for key in k.tolist():
            scores.append(sum(x * y for x, y in zip(query, key, strict=True)))
    mean = math.fsum(scores) / len(scores)
    return math.fsum((score - mean) ** 2 for score in scores) / len(scores)


def deviations_squared(q, k):
    scores = np.einsum("id,jd->ij", q, k)
    return np.mean((scores - scores.mean()) ** 2)


def square_of_the_deviation(q, k):
    return np.std(np.dot(q, k.T)) ** 2


def variance_in_single_precision(q, k):
    return (q.astype(np.float32) @ k.astype(np.float32).T).var()


def from_covariance(q, k):
    scores = np.inner(q, k).ravel()
    return np.cov(scores, bias=True)


def _unbiased_corrected(q, k):
    scores = q @ k.T
    return np.var(scores, ddof=1) * (scores.size - 1) / scores.size if scores.size > 1 else np.var(scores)


def deviation_for_variance(q, k):
    return np.std(q @ k.T)


def one_less(q, k):
    return np.var(q @ k.T, ddof=1)


def variance_of_scaled_scores(q, k):
    return np.var(q @ k.T / np.sqrt(q.shape[-1]))


def variance_for_each_query(q, k):
    return np.var(q @ k.T, axis=-1)


def mean_square(q, k):
    return np.mean((q @ k.T) ** 2)


def partners_only(q, k):
    return np.var((q * k).sum(axis=-1))


def product_of_variances(q, k):
    return np.var(q) * np.var(k)


def size_times_variances(q, k):
    return q.shape[-1] * np.var(q) * np.var(k)


def variance_of_the_terms(q, k):
    return np.var(q[:, None, :] * k[None, :, :])


def mean_over_the_queries(q, k):
    return np.var(q @ k.T, axis=-1).mean()


def _variance_visible():
    q = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]])
    k = np.array([[2.0, 0.0], [1.0, 1.0], [-1.0, 4.0], [0.0, 2.0]])
    rng = np.random.default_rng(7)
    return [
        Case((q, k)),
        Case((q, q[::-1] + 1.0)),
        Case((k[:2], q)),
        Case((rng.standard_normal((30, 64)), rng.standard_normal((40, 64)))),
    ]


def _variance_hidden(rng):
    def pair(t_q, t_k, d_k, spread=1.0, shift=0.0):
        return Case(
            (spread * rng.standard_normal((t_q, d_k)) + shift, rng.standard_normal((t_k, d_k)) + shift)
        )

    return [
        pair(7, 11, 3),
        pair(5, 5, 5),
        pair(11, 7, 13, spread=3.0),
        pair(3, 2, 2, shift=1.0),
        pair(2, 3, 1),
        pair(40, 50, 128),
    ]


SCORE_VARIANCE = Exercise(
    name="score_variance",
    section=f"{PAGE}#scaling-measure",
    reference=_score_variance,
    visible=_variance_visible,
    hidden=_variance_hidden,
    correct=(
        variance_of_the_product,
        variance_by_loops,
        deviations_squared,
        square_of_the_deviation,
        variance_in_single_precision,
        from_covariance,
        _unbiased_corrected,
        lambda q, k: np.var([q @ key for key in k]),
    ),
    misconceptions=(
        Misconception(
            "standard deviation",
            "This is the standard deviation, the root of the variance.",
            f"{PAGE}#scaling-root",
            deviation_for_variance,
        ),
        Misconception(
            "n - 1",
            "The squares are divided by one less than their number; the question asks for their mean.",
            f"{PAGE}#scaling-measure",
            one_less,
        ),
        Misconception(
            "scaled scores",
            "The scores are divided by the root of d_k before they are measured; measure the raw ones.",
            f"{PAGE}#scaling-measure",
            variance_of_scaled_scores,
        ),
        Misconception(
            "one variance for each query",
            "Each query has a variance of its own here; measure all scores together, for one number.",
            f"{PAGE}#scaling-measure",
            variance_for_each_query,
        ),
        Misconception(
            "mean of the queries' variances",
            "Each query's scores are measured by themselves, around their own mean, and then averaged; "
            "measure all scores together, around one mean.",
            f"{PAGE}#scaling-measure",
            mean_over_the_queries,
        ),
        Misconception(
            "mean not subtracted",
            "This is the mean of the squared scores; subtract the mean of the scores first.",
            f"{PAGE}#scaling-measure",
            mean_square,
        ),
        Misconception(
            "partners only",
            "Each query meets only the key in the same row, which fails where there are more of one; score "
            "every query with every key.",
            f"{PAGE}#scaling-measure",
            partners_only,
        ),
        Misconception(
            "product of variances",
            "The variance of all entries of `q` is multiplied by that of `k`: that is the variance of one "
            "product, and a score is a sum of d_k of them.",
            f"{PAGE}#scaling-derive",
            product_of_variances,
        ),
        Misconception(
            "theory for measurement",
            "This is d_k times the two variances, what theory expects on average; the question asks to "
            "measure these very scores.",
            f"{PAGE}#scaling-derive",
            size_times_variances,
        ),
        Misconception(
            "products not summed",
            "The products are measured one by one; a score is the sum of a query's and a key's products.",
            f"{PAGE}#scaling-derive",
            variance_of_the_terms,
        ),
    ),
    properties=(
        Property("A variance is never negative.", lambda case, got: bool(got >= 0)),
        Property(
            "A variance can't be greater than the mean of the squared scores.",
            lambda case, got: bool(got <= np.square(case.args[0] @ case.args[1].T).mean() * (1 + 1e-4)),
        ),
    ),
)

# --- the factor that brings the variance to 1 -----------------------------------------------------


def _score_scale(d_k, q_variance=1.0, k_variance=1.0):
    return dot_product.scale_factor(np.zeros((1, d_k)), None) / math.sqrt(q_variance * k_variance)


def one_over_the_root(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / math.sqrt(d_k * q_variance * k_variance)


def negative_power(d_k, q_variance=1.0, k_variance=1.0):
    return (d_k * q_variance * k_variance) ** -0.5


def three_roots(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(d_k) / np.sqrt(q_variance) / np.sqrt(k_variance)


def root_of_a_fraction(d_k, q_variance=1.0, k_variance=1.0):
    return np.sqrt(1 / (d_k * q_variance * k_variance))


def variances_added_up(d_k, q_variance=1.0, k_variance=1.0):
    variance = sum(q_variance * k_variance for _ in range(d_k))
    return 1.0 / variance**0.5


def by_logarithms(d_k, q_variance=1.0, k_variance=1.0):
    return np.exp(-(np.log(d_k) + np.log(q_variance) + np.log(k_variance)) / 2)


def scale_in_single_precision(d_k, q_variance=1.0, k_variance=1.0):
    return np.float32(1) / np.sqrt(np.float32(d_k * q_variance * k_variance))


def one_over_the_variance(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / (d_k * q_variance * k_variance)


def the_root_itself(d_k, q_variance=1.0, k_variance=1.0):
    return np.sqrt(d_k * q_variance * k_variance)


def variances_ignored(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(d_k)


def root_of_the_size_only(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / (np.sqrt(d_k) * q_variance * k_variance)


def variances_summed(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(d_k * (q_variance + k_variance))


def size_ignored(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(q_variance * k_variance)


def size_not_rooted(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / (d_k * np.sqrt(q_variance * k_variance))


def keys_ignored(d_k, q_variance=1.0, k_variance=1.0):
    return 1 / np.sqrt(d_k * q_variance)


def factor_divided_by_variances(d_k, q_variance=1.0, k_variance=1.0):
    return np.sqrt(q_variance * k_variance / d_k)


def _scale_visible():
    return [
        Case((64,)),
        Case((3,)),
        Case((4,), {"q_variance": 9.0}),
        Case((16,), {"q_variance": 4.0, "k_variance": 0.25}),
        Case((5,), {"q_variance": 0.5, "k_variance": 3.0}),
    ]


def _scale_hidden(rng):
    sizes = rng.choice(np.arange(2, 512), size=5, replace=False).tolist()
    variances = rng.uniform(0.1, 9.0, size=(2, 3)).tolist()
    return [
        Case((1,)),
        Case((sizes[0],)),
        Case((sizes[1],)),
        *(
            Case((d_k,), {"q_variance": one, "k_variance": other})
            for d_k, one, other in zip(sizes[2:], *variances, strict=True)
        ),
    ]


def _brings_the_variance_to_1(case, got):
    spread = case.options.get("q_variance", 1.0) * case.options.get("k_variance", 1.0)
    return bool(np.allclose(got**2 * case.args[0] * spread, 1.0, rtol=1e-3))


SCORE_SCALE = Exercise(
    name="score_scale",
    section=f"{PAGE}#scaling-derive",
    reference=_score_scale,
    visible=_scale_visible,
    hidden=_scale_hidden,
    seals=(dot_product.scale_factor,),
    correct=(
        one_over_the_root,
        negative_power,
        three_roots,
        root_of_a_fraction,
        variances_added_up,
        by_logarithms,
        scale_in_single_precision,
        lambda d_k, q_variance=1.0, k_variance=1.0: 1 / np.sqrt(np.prod([d_k, q_variance, k_variance])),
    ),
    misconceptions=(
        Misconception(
            "root forgotten",
            "The factor is one over the variance of the scores; multiplying scores by c multiplies their "
            "variance by c squared, so a root is missing.",
            f"{PAGE}#scaling-root",
            one_over_the_variance,
        ),
        Misconception(
            "multiplied by the root",
            "The factor is the standard deviation of the scores, which makes great scores greater; it must "
            "be one over it.",
            f"{PAGE}#scaling-root",
            the_root_itself,
        ),
        Misconception(
            "variances ignored",
            "Right where queries and keys have variance 1, but `q_variance` and `k_variance` make no "
            "difference.",
            f"{PAGE}#scaling-derive",
            variances_ignored,
        ),
        Misconception(
            "root of d_k only",
            "Only d_k stands under the root; the variances of queries and keys belong there too.",
            f"{PAGE}#scaling-derive",
            root_of_the_size_only,
        ),
        Misconception(
            "variances only",
            "Only the variances stand under the root, and d_k outside it; it belongs there too.",
            f"{PAGE}#scaling-root",
            size_not_rooted,
        ),
        Misconception(
            "variances added",
            "The two variances are added; the variance of a product of independent numbers with mean 0 is "
            "the product of their variances.",
            f"{PAGE}#scaling-derive",
            variances_summed,
        ),
        Misconception(
            "d_k ignored",
            "The factor doesn't depend on `d_k`, but a score is a sum of d_k products, and each adds its "
            "variance.",
            f"{PAGE}#scaling-derive",
            size_ignored,
        ),
        Misconception(
            "keys ignored",
            "The variance of the keys makes no difference; keys with a greater spread give greater scores.",
            f"{PAGE}#scaling-derive",
            keys_ignored,
        ),
        Misconception(
            "variances in the numerator",
            "The factor grows with the variances of queries and keys; the wider they spread, the smaller "
            "it must be.",
            f"{PAGE}#scaling-derive",
            factor_divided_by_variances,
        ),
    ),
    properties=(
        Property("The factor must be positive.", lambda case, got: bool((got > 0).all())),
        Property(
            "The scaled scores would not have the variance 1: multiply the variance of the raw scores by "
            "your factor squared.",
            _brings_the_variance_to_1,
        ),
    ),
)

# --- scaled scores --------------------------------------------------------------------------------


def scores_times_scale(q, k, *, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(q.shape[-1])
    return scale * (q @ k.swapaxes(-1, -2))


def scores_by_loops(q, k, *, scale=None):
    factor = q.shape[-1] ** -0.5 if scale is None else scale
    out = np.zeros((*q.shape[:-1], k.shape[-2]))
    for index in np.ndindex(out.shape):
        *lead, i, j = index
        query, key = q[(*lead, i)], k[(*lead, j)]
        out[index] = factor * sum(x * y for x, y in zip(query, key, strict=True))
    return out


def scores_by_einsum(q, k, *, scale=None):
    scores = np.einsum("...id,...jd->...ij", q, k)
    return scores / np.sqrt(q.shape[-1]) if scale is None else scores * scale


def queries_scaled_first(q, k, *, scale=None):
    factor = 1 / np.sqrt(k.shape[-1]) if scale is None else scale
    return (q * factor) @ np.moveaxis(k, -1, -2)


def scores_in_single_precision(q, k, *, scale=None):
    q, k = np.asarray(q, dtype=np.float32), np.asarray(k, dtype=np.float32)
    factor = np.float32(1 / math.sqrt(q.shape[-1]) if scale is None else scale)
    return q @ k.swapaxes(-1, -2) * factor


def scaled_in_place_on_a_copy(q, k, *, scale=None):
    q = np.array(q, dtype=float)
    q *= 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    return np.matmul(q, k.swapaxes(-2, -1))


def half_on_each_side(q, k, *, scale=None):
    if scale is not None:
        return q @ k.swapaxes(-1, -2) * scale
    root = q.shape[-1] ** 0.25
    return (q / root) @ (k / root).swapaxes(-1, -2)


class _Scores:
    """A class with __call__ is a function too."""

    def __call__(self, q, k, *, scale=None):
        scores = (k @ q.swapaxes(-1, -2)).swapaxes(-1, -2)
        return scores * self._factor(q.shape[-1], scale)

    def _factor(self, d_k, scale):
        return d_k**-0.5 if scale is None else scale


def raw_scores(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (1.0 if scale is None else scale)


def divided_by_d_k(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (1 / q.shape[-1] if scale is None else scale)


def times_the_root(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (np.sqrt(q.shape[-1]) if scale is None else scale)


def root_of_the_number_of_keys(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (1 / np.sqrt(k.shape[-2]) if scale is None else scale)


def root_of_the_number_of_queries(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (1 / np.sqrt(q.shape[-2]) if scale is None else scale)


def root_of_the_first_axis(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (1 / np.sqrt(q.shape[0]) if scale is None else scale)


def scaled_keys_times_queries(q, k, *, scale=None):
    return k @ q.swapaxes(-1, -2) * (1 / np.sqrt(q.shape[-1]) if scale is None else scale)


def scaled_transposed_batch(q, k, *, scale=None):
    return q @ k.T * (1 / np.sqrt(q.shape[-1]) if scale is None else scale)


def scale_unused(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])


def divided_by_scale(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) / (np.sqrt(q.shape[-1]) if scale is None else scale)


def scale_and_root(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]) * (1.0 if scale is None else scale)


def zero_taken_for_none(q, k, *, scale=None):
    return q @ k.swapaxes(-1, -2) * (scale or 1 / np.sqrt(q.shape[-1]))


def scales_the_callers_queries(q, k, *, scale=None):
    q *= 1 / np.sqrt(q.shape[-1]) if scale is None else scale
    return q @ k.swapaxes(-1, -2)


def softmax_already(q, k, *, scale=None):
    scores = q @ k.swapaxes(-1, -2) * (1 / np.sqrt(q.shape[-1]) if scale is None else scale)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def divided_by_their_deviation(q, k, *, scale=None):
    scores = q @ k.swapaxes(-1, -2)
    return scores / scores.std() if scale is None else scores * scale


def _scores_visible():
    q = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]])
    k = np.array([[2.0, 0.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 4.0, 0.0], [0.0, 2.0, 2.0]])
    square = np.array([[1.0, 2.0], [3.0, -1.0]])
    batch_q = np.array([[[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]], [[1.0, 1.0], [0.0, -1.0], [2.0, 0.0]]])
    return [
        Case((q, k)),
        Case((q, k), {"scale": 1.0}),
        Case((q, k), {"scale": 0.25}),
        Case((square, square[::-1] + 1.0)),
        Case((batch_q, batch_q[::-1, 1:].copy())),
        Case((q, k), {"scale": 0.0}),
    ]


def _scores_hidden(rng):
    def pair(*lead, t_q, t_k, d_k, **options):
        q, k = rng.standard_normal((*lead, t_q, d_k)), rng.standard_normal((*lead, t_k, d_k))
        return Case((q, k), options)

    return [
        pair(t_q=5, t_k=7, d_k=3),
        pair(t_q=7, t_k=5, d_k=64, scale=2.0),
        pair(t_q=3, t_k=3, d_k=3),
        pair(2, 3, t_q=5, t_k=7, d_k=11),
        pair(3, t_q=3, t_k=3, d_k=3),
        pair(2, t_q=1, t_k=3, d_k=5, scale=-0.5),
        pair(t_q=2, t_k=1, d_k=1),
        pair(t_q=2, t_k=3, d_k=2, scale=0.0),
    ]


def _dot_products(q, k):
    return dot_product.attention_scores(q, k, scale=1.0)


ATTENTION_SCORES = Exercise(
    name="attention_scores",
    section=f"{PAGE}#scaling-derive",
    reference=dot_product.attention_scores,
    visible=_scores_visible,
    hidden=_scores_hidden,
    seals=(dot_product.attention_scores, dot_product._scores, dot_product.scale_factor),
    correct=(
        scores_times_scale,
        scores_by_loops,
        scores_by_einsum,
        queries_scaled_first,
        scores_in_single_precision,
        scaled_in_place_on_a_copy,
        half_on_each_side,
        _Scores(),
        lambda q, k, scale=None: q @ k.swapaxes(-1, -2) * (q.shape[-1] ** -0.5 if scale is None else scale),
    ),
    misconceptions=(
        Misconception(
            "no scale",
            "Without `scale` the raw dot products are returned; divide them by the root of d_k.",
            f"{PAGE}#scaling-derive",
            raw_scores,
        ),
        Misconception(
            "divided by d_k",
            "The scores are divided by d_k and not by its root, which leaves long vectors almost without "
            "preference.",
            f"{PAGE}#scaling-root",
            divided_by_d_k,
        ),
        Misconception(
            "multiplied by the root",
            "The scores are multiplied by the root of d_k, which makes great scores greater; divide.",
            f"{PAGE}#scaling-root",
            times_the_root,
        ),
        Misconception(
            "root of the number of keys",
            "The scores are divided by the root of the number of keys; a score is a sum over the features, "
            "and their number is d_k.",
            f"{PAGE}#scaling-derive",
            root_of_the_number_of_keys,
        ),
        Misconception(
            "root of the number of queries",
            "The scores are divided by the root of the number of queries; d_k is the number of features, "
            "the last axis.",
            f"{PAGE}#scaling-derive",
            root_of_the_number_of_queries,
        ),
        Misconception(
            "root of the first axis",
            "The scores are divided by the root of the size of the first axis, as len(q) gives it, which "
            "may be that of a batch; d_k is the size of the last axis.",
            f"{PAGE}#scaling-derive",
            root_of_the_first_axis,
        ),
        Misconception(
            "divided by the measured deviation",
            "The scores are divided by their own standard deviation, so that one changes with all the "
            "others; the root of d_k is the same for every input.",
            f"{PAGE}#scaling-derive",
            divided_by_their_deviation,
        ),
        Misconception(
            "keys times queries",
            "The scores are K Qᵀ, with the keys in the rows; put the queries in the rows: Q Kᵀ.",
            f"{PAGE}#scaling-measure",
            scaled_keys_times_queries,
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            "chapters/03-queries-keys-values#qkv-shapes",
            scaled_transposed_batch,
        ),
        Misconception(
            "scale ignored",
            "The scores are always divided by the root of d_k; the argument `scale` makes no difference.",
            f"{PAGE}#scaling-derive",
            scale_unused,
        ),
        Misconception(
            "divided by scale",
            "The scores are divided by `scale`; it is a factor, to multiply with.",
            f"{PAGE}#scaling-derive",
            divided_by_scale,
        ),
        Misconception(
            "scale and root",
            "The scores are multiplied by `scale` and divided by the root as well; `scale` takes the place "
            "of the root.",
            f"{PAGE}#scaling-derive",
            scale_and_root,
        ),
        Misconception(
            "0 taken for None",
            "Right but for scale=0.0, which counts as false in Python, so that `scale or ...` and "
            "`if scale` skip it; ask `scale is None`.",
            f"{PAGE}#scaling-derive",
            zero_taken_for_none,
        ),
        Misconception(
            "changes its input",
            "The caller's queries are overwritten by scaled ones; write `q = q * factor`, which makes a "
            "new array, and not `q *= factor`.",
            f"{PAGE}#scaling-derive",
            scales_the_callers_queries,
        ),
        Misconception(
            "softmax already",
            "These are weights and not scores: the softmax comes afterwards.",
            f"{PAGE}#scaling-saturation",
            softmax_already,
        ),
    ),
    properties=(
        Property(
            "With `scale` given, the scores must be the dot products times that number, and nothing else.",
            lambda case, got: (
                "scale" not in case.options
                or np.allclose(got, case.options["scale"] * _dot_products(*case.args), rtol=1e-4, atol=1e-5)
            ),
        ),
        Property(
            "A negative dot product must stay negative, and a positive one positive, unless `scale` is "
            "negative.",
            lambda case, got: bool(
                (got * _dot_products(*case.args) * (case.options.get("scale") or 1) >= -1e-6).all()
            ),
        ),
        Property(
            "Every score must be the dot product times one and the same factor.",
            lambda case, got: bool(
                np.linalg.matrix_rank(
                    np.stack([got.ravel(), _dot_products(*case.args).ravel()]),
                    tol=1e-4 * (1.0 + np.abs(got).max()),
                )
                <= 1
            ),
        ),
        Property(
            "Without `scale`, the scores are the dot products times one factor, but it isn't the one that "
            "belongs to d_k, the size of the last axis.",
            lambda case, got: np.allclose(
                got, dot_product.attention_scores(*case.args, **case.options), rtol=1e-4, atol=1e-5
            ),
        ),
    ),
)

# --- saturation -----------------------------------------------------------------------------------


def _mean_top_weight(q, k, *, scale=1.0):
    return dot_product.attention_weights(q, k, scale=scale).max(axis=-1).mean()


def greatest_weights_averaged(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def one_over_the_sum(q, k, *, scale=1.0):
    scores = (scale * q) @ k.T
    return np.mean(1 / np.exp(scores - scores.max(axis=-1, keepdims=True)).sum(axis=-1))


def top_weight_by_loops(q, k, *, scale=1.0):
    total = 0.0
    for query in q:
        scores = [scale * sum(x * y for x, y in zip(query, key, strict=True)) for key in k]
        powers = [math.exp(score - max(scores)) for score in scores]
        total += max(powers) / sum(powers)
    return total / len(q)


def by_log_sum_exp(q, k, *, scale=1.0):
    scores = scale * np.einsum("id,jd->ij", q, k)
    return np.exp(scores.max(-1) - np.logaddexp.reduce(scores, axis=-1)).mean()


def sorted_weights(q, k, *, scale=1.0):
    scores = np.inner(q, k) * scale
    scores -= scores.max(axis=1)[:, None]
    weights = np.exp(scores)
    weights /= weights.sum(axis=1)[:, None]
    return np.sort(weights, axis=1)[:, -1].sum() / len(q)


def top_weight_in_single_precision(q, k, *, scale=1.0):
    scores = np.float32(scale) * (q.astype(np.float32) @ k.astype(np.float32).T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.max(powers / powers.sum(axis=-1, keepdims=True), axis=-1).mean()


def mean_of_all_weights(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).mean()


def greatest_of_all_weights(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max()


def greatest_for_each_key(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=0).mean()


def softmax_over_the_queries(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=0, keepdims=True))
    return (powers / powers.sum(axis=0, keepdims=True)).max(axis=-1).mean()


def everything_over_the_queries(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=0, keepdims=True))
    return (powers / powers.sum(axis=0, keepdims=True)).max(axis=0).mean()


def greatest_scores_averaged(q, k, *, scale=1.0):
    return (scale * (q @ k.T)).max(axis=-1).mean()


def not_averaged(q, k, *, scale=1.0):
    scores = scale * (q @ k.T)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1)


def top_scale_unused(q, k, *, scale=1.0):
    scores = q @ k.T
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def top_always_rooted(q, k, *, scale=1.0):
    scores = q @ k.T / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def weights_scaled(q, k, *, scale=1.0):
    scores = q @ k.T
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (scale * powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def top_divided_by_scale(q, k, *, scale=1.0):
    scores = q @ k.T / scale
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True)).max(axis=-1).mean()


def _saturation_visible():
    q = np.array([[1.0, 2.0], [0.0, -1.0], [0.5, 1.0]])
    k = np.array([[1.0, 0.0], [0.5, 1.0], [-1.0, 0.5], [0.0, 1.5]])
    rng = np.random.default_rng(11)
    wide_q, wide_k = rng.standard_normal((2, 20, 64))
    return [
        Case((q, k)),
        Case((q, k), {"scale": 0.5}),
        Case((wide_q, wide_k[:17])),
        Case((wide_q, wide_k), {"scale": 0.125}),
    ]


def _saturation_hidden(rng):
    def pair(t_q, t_k, d_k, **options):
        return Case((rng.standard_normal((t_q, d_k)), rng.standard_normal((t_k, d_k))), options)

    return [
        pair(5, 7, 3),
        pair(7, 5, 3, scale=0.5),
        pair(3, 3, 3, scale=2.0),
        pair(11, 13, 64, scale=0.125),
        pair(1, 5, 2),
        pair(5, 1, 2, scale=3.0),
        pair(2, 3, 512, scale=4.0),
        Case((np.array([[0.0, 0.0], [50.0, 50.0]]), np.array([[1.0, 2.0], [3.0, 20.0]]))),
    ]


MEAN_TOP_WEIGHT = Exercise(
    name="mean_top_weight",
    section=f"{PAGE}#scaling-saturation",
    reference=_mean_top_weight,
    visible=_saturation_visible,
    hidden=_saturation_hidden,
    seals=(
        dot_product.attention_weights,
        dot_product.attention,
        dot_product._weights,
        variants.online_attention,
    ),
    correct=(
        greatest_weights_averaged,
        one_over_the_sum,
        top_weight_by_loops,
        by_log_sum_exp,
        sorted_weights,
        top_weight_in_single_precision,
    ),
    misconceptions=(
        Misconception(
            "mean of all weights",
            "All weights are averaged; each row sums to 1, so that only tells how many keys there are.",
            f"{PAGE}#scaling-saturation",
            mean_of_all_weights,
        ),
        Misconception(
            "greatest of all weights",
            "This is the greatest weight of the whole matrix; take the greatest of each query, then the "
            "mean of these.",
            f"{PAGE}#scaling-saturation",
            greatest_of_all_weights,
        ),
        Misconception(
            "greatest for each key",
            "The greatest weight is taken down each column; a query's weights stand in its row.",
            f"{PAGE}#scaling-saturation",
            greatest_for_each_key,
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs over the queries, down the columns; each query's row must sum to 1.",
            "chapters/05-softmax#softmax-axis",
            softmax_over_the_queries,
        ),
        Misconception(
            "queries and keys exchanged",
            "Softmax and maximum both run over the queries; both belong along the keys.",
            "chapters/05-softmax#softmax-axis",
            everything_over_the_queries,
        ),
        Misconception(
            "scores for weights",
            "The greatest scores are averaged; put them through the softmax first.",
            f"{PAGE}#scaling-saturation",
            greatest_scores_averaged,
        ),
        Misconception(
            "not averaged",
            "Each query has its number; the question asks for their mean.",
            f"{PAGE}#scaling-saturation",
            not_averaged,
        ),
        Misconception(
            "scale ignored",
            "The raw scores are used; the argument `scale` makes no difference.",
            f"{PAGE}#scaling-saturation",
            top_scale_unused,
        ),
        Misconception(
            "always the root",
            "The scores are always divided by the root of d_k; multiply them by `scale` and nothing else.",
            f"{PAGE}#scaling-saturation",
            top_always_rooted,
        ),
        Misconception(
            "weights scaled",
            "The weights are multiplied by `scale`, after the softmax; the scores must be, before it.",
            f"{PAGE}#scaling-saturation",
            weights_scaled,
        ),
        Misconception(
            "divided by scale",
            "The scores are divided by `scale`; it is a factor, to multiply with.",
            f"{PAGE}#scaling-derive",
            top_divided_by_scale,
        ),
    ),
    properties=(
        Property(
            "The greatest of T_k weights that sum to 1 is never below 1/T_k and never above 1, and neither "
            "is the mean of such.",
            lambda case, got: bool(1 / len(case.args[1]) - 1e-6 <= got <= 1 + 1e-6),
        ),
    ),
)

EXERCISES = (
    VARIANCE_BY_HAND,
    SCALE_TABLE_BY_HAND,
    FLOOR_BY_HAND,
    SCORE_VARIANCE,
    SCORE_SCALE,
    ATTENTION_SCORES,
    MEAN_TOP_WEIGHT,
)
