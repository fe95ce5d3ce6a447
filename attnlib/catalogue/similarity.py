"""Exercises on similarity and look-up: a mixture and a cosine by hand, the best key, a soft dictionary."""

import math

import numpy as np

from attnlib import dot_product, similarity, variants
from attnlib.exercise import Case, Exercise, Misconception, Property

STAGE = "chapters/01-spotlight"
PAGE = "chapters/02-similarity"

# --- a mixture by hand ----------------------------------------------------------------------------

HAND_WEIGHTS = np.array([3.0, 2.0, 1.0]) / 6.0
HAND_VALUES = np.array([[6.0, 0.0], [12.0, 3.0], [0.0, 18.0]])


def _mixture():
    log_weights = np.log(HAND_WEIGHTS)[:, None]
    return dot_product.attention([[1.0]], log_weights, HAND_VALUES, scale=1.0)[0]


def weighted_sum():
    return [6 / 2 + 12 / 3 + 0 / 6, 0 / 2 + 3 / 3 + 18 / 6]


def weights_times_values():
    return np.array([1 / 2, 1 / 3, 1 / 6]) @ np.array([[6, 0], [12, 3], [0, 18]])


def two_whole_numbers():
    return (7, 4)


def values_added():
    return [6 + 12 + 0, 0 + 3 + 18]


def values_averaged():
    return [(6 + 12 + 0) / 3, (0 + 3 + 18) / 3]


def heaviest_value():
    return [6, 0]


def last_value():
    return [0, 18]


def divided_by_the_count():
    return [7 / 3, 4 / 3]


def only_the_first_number():
    return 7


MIXTURE_BY_HAND = Exercise(
    name="mixture_by_hand",
    section=f"{STAGE}#spotlight-why",
    reference=_mixture,
    visible=lambda: [Case()],
    by_value=True,
    correct=(weighted_sum, weights_times_values, two_whole_numbers),
    misconceptions=(
        Misconception(
            "values added",
            "The values are added up without their weights; each counts only as much as the light on it.",
            f"{STAGE}#spotlight-stage",
            values_added,
        ),
        Misconception(
            "plain mean",
            "Every value counts equally: that is what you get without attention.",
            f"{STAGE}#spotlight-why",
            values_averaged,
        ),
        Misconception(
            "winner takes all",
            "Only the value with the greatest weight is used: that is hard attention; here every value "
            "adds its share.",
            f"{STAGE}#spotlight-kinds",
            heaviest_value,
        ),
        Misconception(
            "least weight takes all",
            "Only the value with the smallest weight is used; here every value adds its share, and the "
            "greatest weight the most.",
            f"{STAGE}#spotlight-stage",
            last_value,
        ),
        Misconception(
            "divided once more",
            "The weighted sum is divided by the number of values; the weights already sum to 1.",
            f"{STAGE}#spotlight-stage",
            divided_by_the_count,
        ),
        Misconception(
            "one feature only",
            "This is one number, but a value here has two; mix the second numbers in the same way.",
            f"{STAGE}#spotlight-stage",
            only_the_first_number,
        ),
    ),
    properties=(
        Property(
            "A mixture can't be greater than the greatest value, or smaller than the smallest.",
            lambda case, got: bool(
                ((got >= HAND_VALUES.min(axis=0)) & (got <= HAND_VALUES.max(axis=0))).all()
            ),
        ),
    ),
)

# --- cosines by hand ------------------------------------------------------------------------------

HAND_QUERY = np.array([3.0, 4.0])
HAND_KEYS = np.array([[4.0, 3.0], [6.0, 8.0], [-4.0, 3.0], [-3.0, -4.0]])


def _cosines():
    return similarity.cosine_similarity(HAND_QUERY, HAND_KEYS)


def product_over_lengths():
    return [(3 * 4 + 4 * 3) / (5 * 5), (18 + 32) / (5 * 10), 0 / 25, (-9 - 16) / 25]


def unit_vectors_first():
    query = np.array([3, 4]) / 5
    keys = np.array([[4, 3], [6, 8], [-4, 3], [-3, -4]]) / np.array([[5], [10], [5], [5]])
    return keys @ query


def decimals():
    return (0.96, 1, 0, -1)


def dot_products():
    return [24, 50, 0, -25]


def one_length():
    return [24 / 5, 50 / 5, 0 / 5, -25 / 5]


def length_of_the_query_twice():
    return [24 / 25, 50 / 25, 0 / 25, -25 / 25]


def squared_lengths():
    return [24 / (25 * 25), 50 / (25 * 100), 0, -25 / (25 * 25)]


def sums_as_lengths():
    return [24 / (7 * 7), 50 / (7 * 14), 0, -25 / (7 * 7)]


def signs_dropped():
    return [24 / 25, 1, 0, 1]


def angles_in_degrees():
    return np.degrees(np.arccos([24 / 25, 1, 0, -1]))


COSINE_BY_HAND = Exercise(
    name="cosine_by_hand",
    section=f"{PAGE}#similarity-cosine",
    reference=_cosines,
    visible=lambda: [Case()],
    by_value=True,
    correct=(product_over_lengths, unit_vectors_first, decimals),
    misconceptions=(
        Misconception(
            "dot products",
            "These are the dot products; divide each by the lengths of both vectors.",
            f"{PAGE}#similarity-dot",
            dot_products,
        ),
        Misconception(
            "one length only",
            "Each dot product is divided by one length; divide by the length of the other vector too.",
            f"{PAGE}#similarity-cosine",
            one_length,
        ),
        Misconception(
            "the query's length twice",
            "Each dot product is divided by the query's length twice; the second length is the key's.",
            f"{PAGE}#similarity-cosine",
            length_of_the_query_twice,
        ),
        Misconception(
            "root forgotten",
            "Each dot product is divided by sums of squares; a length is the root of such a sum.",
            f"{PAGE}#similarity-cosine",
            squared_lengths,
        ),
        Misconception(
            "sums taken for lengths",
            "The length of a vector is taken as the sum of its entries without their signs; square them, "
            "add, and take the root.",
            f"{PAGE}#similarity-cosine",
            sums_as_lengths,
        ),
        Misconception(
            "sign dropped",
            "Every cosine is positive here; vectors that point opposite ways have a negative one.",
            f"{PAGE}#similarity-angles",
            signs_dropped,
        ),
        Misconception(
            "angles",
            "These are the angles, in degrees; the question asks for their cosines.",
            f"{PAGE}#similarity-angles",
            angles_in_degrees,
        ),
    ),
    properties=(
        Property(
            "A cosine is never above 1 or below -1.",
            lambda case, got: bool((np.abs(got) <= 1 + 1e-9).all()),
        ),
        Property(
            "A cosine has the sign of the dot product, and vectors at right angles have the cosine 0.",
            lambda case, got: np.array_equal(np.sign(got), np.sign(HAND_KEYS @ HAND_QUERY)),
        ),
    ),
)

# --- cosine similarity ----------------------------------------------------------------------------


def product_over_norms(a, b, axis=-1):
    dot = (a * b).sum(axis=axis)
    a, b = np.broadcast_arrays(a, b)
    lengths = np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis)
    return np.where(lengths > 0, dot / np.where(lengths > 0, lengths, 1), 0)


def one_pair_at_a_time(a, b, axis=-1):
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    a, b = np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)
    out = np.zeros(a.shape[:-1])
    for index in np.ndindex(out.shape):
        dot = sum(x * y for x, y in zip(a[index], b[index], strict=True))
        lengths = math.hypot(*a[index]) * math.hypot(*b[index])
        out[index] = dot / lengths if lengths else 0.0
    return out


def normalised_by_einsum(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    a, b = np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1)
    squares = np.einsum("...i,...i->...", a, a) * np.einsum("...i,...i->...", b, b)
    return np.einsum("...i,...i->...", a, b) / np.sqrt(np.maximum(squares, 1e-30))


def unit_vectors_in_place(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    for vectors in (a, b):
        lengths = np.sqrt((vectors**2).sum(axis=axis, keepdims=True))
        lengths[lengths == 0] = 1.0
        vectors /= lengths
    a *= b
    return a.sum(axis=axis)


def cosine_in_single_precision(a, b, axis=-1):
    a, b = np.broadcast_arrays(np.asarray(a, np.float32), np.asarray(b, np.float32))
    lengths = np.sqrt((a * a).sum(axis=axis) * (b * b).sum(axis=axis))
    return (a * b).sum(axis=axis) / np.maximum(lengths, np.float32(1e-12))


def quotient_mended(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    quotient = (a * b).sum(axis) / (np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis))
    return np.nan_to_num(quotient, nan=0.0)


def clipped(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    lengths = (a**2).sum(axis) ** 0.5 * (b**2).sum(axis) ** 0.5
    return np.clip((a * b).sum(axis) / (lengths + (lengths == 0)), -1, 1)


def dot_product_only(a, b, axis=-1):
    return (a * b).sum(axis=axis)


def divided_by_a_only(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    return (a * b).sum(axis=axis) / np.linalg.norm(a, axis=axis)


def divided_by_b_only(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    return (a * b).sum(axis=axis) / np.linalg.norm(b, axis=axis)


def lengths_not_rooted(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    return (a * b).sum(axis=axis) / ((a**2).sum(axis=axis) * (b**2).sum(axis=axis))


def length_of_everything(a, b, axis=-1):
    return (a * b).sum(axis=axis) / (np.linalg.norm(a) * np.linalg.norm(b))


def axis_unused(a, b, axis=-1):
    return (a * b).sum(axis=-1) / (np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1))


def nan_for_a_zero_vector(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    return (a * b).sum(axis=axis) / (np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis))


def sign_lost(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    lengths = np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis)
    return np.abs((a * b).sum(axis=axis)) / lengths


def lengths_added(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    return (a * b).sum(axis=axis) / (np.linalg.norm(a, axis=axis) + np.linalg.norm(b, axis=axis))


def lengths_by_absolute_entries(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    return (a * b).sum(axis=axis) / (np.abs(a).sum(axis=axis) * np.abs(b).sum(axis=axis))


def one_pair_only(a, b, axis=-1):
    return np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))


def distance(a, b, axis=-1):
    return np.sqrt(((a - b) ** 2).sum(axis=axis))


def axis_kept(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    lengths = np.linalg.norm(a, axis=axis, keepdims=True) * np.linalg.norm(b, axis=axis, keepdims=True)
    return (a * b).sum(axis=axis, keepdims=True) / np.where(lengths > 0, lengths, 1)


def normalises_the_callers_arrays(a, b, axis=-1):
    for vectors in (a, b):
        lengths = np.sqrt((vectors**2).sum(axis=axis, keepdims=True))
        lengths[lengths == 0] = 1.0
        vectors /= lengths
    return (a * b).sum(axis=axis)


def _cosine_visible():
    a = np.array([[3.0, 4.0, 0.0], [1.0, 2.0, 2.0]])
    b = np.array([[4.0, 3.0, 0.0], [-2.0, 1.0, 2.0]])
    q = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
    k = np.array([[3.0, 4.0], [-1.0, 0.0]])
    return [
        Case((np.array([3.0, 4.0]), np.array([4.0, 3.0]))),
        Case((np.array([3.0, 4.0]), np.array([6.0, 8.0]))),
        Case((np.array([3.0, 4.0]), np.array([-3.0, -4.0]))),
        Case((np.array([0.0, 2.0]), np.array([5.0, 0.0]))),
        Case((a, b)),
        Case((a, b), {"axis": 0}),
        Case((q[:, None, :], k[None, :, :])),
        Case((np.array([1.0, 2.0]), np.array([0.0, 0.0]))),
    ]


def _cosine_hidden(rng):
    a, b = rng.standard_normal((2, 2, 3, 5))
    square = rng.standard_normal((2, 3, 3))
    q, k = rng.standard_normal((7, 1, 5)), rng.standard_normal((1, 3, 5))
    gap = rng.standard_normal((3, 5))
    gap[1] = 0.0
    return [
        Case((a, 100.0 * b)),
        Case((a, b), {"axis": 0}),
        Case((a, b), {"axis": 1}),
        Case((a, b), {"axis": -2}),
        Case((square[0], square[1])),
        Case((square[0], square[1]), {"axis": 0}),
        Case((q, k)),
        Case((gap, rng.standard_normal((3, 5)))),
        Case((gap, np.zeros(5))),
        Case((rng.standard_normal((2, 1)), rng.standard_normal((2, 1)))),
        Case((rng.standard_normal((1, 11)), rng.standard_normal((1, 11)))),
    ]


def _has_the_sign_of_the_dot_product(case, got):
    a, b = case.args
    dot = (a * b).sum(axis=case.options.get("axis", -1))
    return bool((got * np.sign(dot) >= -1e-6).all())


COSINE_SIMILARITY = Exercise(
    name="cosine_similarity",
    section=f"{PAGE}#similarity-cosine",
    reference=similarity.cosine_similarity,
    visible=_cosine_visible,
    hidden=_cosine_hidden,
    seals=(similarity.cosine_similarity, similarity._unit),
    correct=(
        product_over_norms,
        one_pair_at_a_time,
        normalised_by_einsum,
        unit_vectors_in_place,
        cosine_in_single_precision,
        quotient_mended,
        clipped,
    ),
    misconceptions=(
        Misconception(
            "dot product",
            "The answer is the dot product; divide it by the lengths of both vectors.",
            f"{PAGE}#similarity-dot",
            dot_product_only,
        ),
        Misconception(
            "length of a only",
            "The dot product is divided by the length of `a` alone; a longer `b` still has a greater "
            "result.",
            f"{PAGE}#similarity-cosine",
            divided_by_a_only,
        ),
        Misconception(
            "length of b only",
            "The dot product is divided by the length of `b` alone; a longer `a` still has a greater "
            "result.",
            f"{PAGE}#similarity-cosine",
            divided_by_b_only,
        ),
        Misconception(
            "root forgotten",
            "The dot product is divided by sums of squares; a length is the root of such a sum.",
            f"{PAGE}#similarity-cosine",
            lengths_not_rooted,
        ),
        Misconception(
            "one length for everything",
            "Without an axis, np.linalg.norm takes one length of the whole array; each vector along "
            "`axis` has its own.",
            f"{PAGE}#similarity-cosine",
            length_of_everything,
        ),
        Misconception(
            "axis ignored",
            "The vectors are always read along the last axis; the argument `axis` makes no difference.",
            f"{PAGE}#similarity-cosine",
            axis_unused,
        ),
        Misconception(
            "0/0",
            "Right for most vectors, but a vector of zeros has the length 0 and the answer is NaN; the "
            "question asks for 0 there.",
            f"{PAGE}#similarity-cosine",
            nan_for_a_zero_vector,
        ),
        Misconception(
            "sign dropped",
            "The answer is never negative; vectors that point opposite ways have a negative cosine.",
            f"{PAGE}#similarity-angles",
            sign_lost,
        ),
        Misconception(
            "lengths added",
            "The dot product is divided by the sum of the two lengths; divide by their product.",
            f"{PAGE}#similarity-cosine",
            lengths_added,
        ),
        Misconception(
            "sums taken for lengths",
            "The length of a vector is taken as the sum of its entries without their signs; square them, "
            "add, and take the root.",
            f"{PAGE}#similarity-cosine",
            lengths_by_absolute_entries,
        ),
        Misconception(
            "one pair only",
            "Right for one pair of vectors, but np.dot is a matrix product where there are more axes; "
            "multiply entry by entry, and sum along `axis`.",
            f"{PAGE}#similarity-dot",
            one_pair_only,
        ),
        Misconception(
            "distance",
            "The answer is the distance between the two points; it grows as vectors become less alike, "
            "and depends on their lengths.",
            f"{PAGE}#similarity-angles",
            distance,
        ),
        Misconception(
            "axis kept",
            "The numbers are right, but the axis of the vectors is still there, with size 1; sum without "
            "keepdims.",
            f"{PAGE}#similarity-cosine",
            axis_kept,
        ),
        Misconception(
            "changes its input",
            "The caller's vectors are overwritten by unit vectors; write `a = a / length`, which makes "
            "a new array, and not `a /= length`.",
            f"{PAGE}#similarity-cosine",
            normalises_the_callers_arrays,
        ),
    ),
    properties=(
        Property(
            "A cosine is never above 1 or below -1.",
            lambda case, got: bool((np.abs(got) <= 1 + 1e-5).all()),
        ),
        Property(
            "A cosine has the sign of the dot product: positive for vectors that point roughly the same "
            "way, negative for opposite ones.",
            _has_the_sign_of_the_dot_product,
        ),
    ),
)

# --- the best key ---------------------------------------------------------------------------------


def _best_key(q, k, *, cosine=False):
    if cosine:
        scores = similarity.cosine_similarity(q[..., :, None, :], k[..., None, :, :])
    else:
        scores = dot_product.attention_scores(q, k, scale=1.0)
    return scores.argmax(axis=-1)


def keys_shortened(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return np.argmax(q @ np.swapaxes(k, -1, -2), axis=-1)


def best_by_loops(q, k, *, cosine=False):
    best = np.zeros(q.shape[:-1], dtype=int)
    for index in np.ndindex(best.shape):
        keys = k[index[:-1]] if k.ndim > 2 else k
        scores = []
        for key in keys:
            score = sum(x * y for x, y in zip(q[index], key, strict=True))
            scores.append(score / math.sqrt(sum(y * y for y in key)) if cosine else score)
        best[index] = scores.index(max(scores))
    return best


def best_by_einsum(q, k, *, cosine=False):
    scores = np.einsum("...id,...jd->...ij", q, k)
    if cosine:
        scores = scores / np.sqrt(np.einsum("...jd,...jd->...j", k, k))[..., None, :]
    return scores.argmax(-1)


def both_shortened(q, k, *, cosine=False):
    q, k = np.array(q), np.array(k)
    if cosine:
        q /= np.linalg.norm(q, axis=-1, keepdims=True)
        k /= np.linalg.norm(k, axis=-1, keepdims=True)
    return (q[..., :, None, :] * k[..., None, :, :]).sum(-1).argmax(-1)


def last_of_the_sorted(q, k, *, cosine=False):
    scores = np.matmul(k, q.swapaxes(-1, -2))
    if cosine:
        scores = scores / np.sqrt((k * k).sum(-1, keepdims=True))
    return np.argsort(scores, axis=-2)[..., -1, :]


def positions_as_floats(q, k, *, cosine=False):
    q, k = q.astype(np.float32), k.astype(np.float32)
    lengths = np.linalg.norm(k, axis=-1)[..., None, :] if cosine else 1
    return np.argmax(q @ k.swapaxes(-1, -2) / lengths, axis=-1).astype(float)


class _Nearest:
    """A class with __call__ is a function too."""

    def __call__(self, q, k, *, cosine=False):
        lengths = np.linalg.norm(k, axis=-1)[..., None, :] ** float(cosine)
        return (q @ k.swapaxes(-1, -2) / lengths).argmax(axis=-1)


def worst_key(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmin(axis=-1)


def best_query_for_each_key(q, k, *, cosine=False):
    scores = q @ k.swapaxes(-1, -2)
    if cosine:
        scores = scores / (
            np.linalg.norm(q, axis=-1)[..., :, None] * np.linalg.norm(k, axis=-1)[..., None, :]
        )
    return scores.argmax(axis=-2)


def flag_unused(q, k, *, cosine=False):
    return (q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def always_cosine(q, k, *, cosine=False):
    k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def flag_inverted(q, k, *, cosine=False):
    if not cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def nearest_by_distance(q, k, *, cosine=False):
    return ((q[..., :, None, :] - k[..., None, :, :]) ** 2).sum(axis=-1).argmin(axis=-1)


def best_of_all_scores(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmax()


def score_of_the_best(q, k, *, cosine=False):
    scores = q @ k.swapaxes(-1, -2)
    if cosine:
        scores = scores / (
            np.linalg.norm(q, axis=-1)[..., :, None] * np.linalg.norm(k, axis=-1)[..., None, :]
        )
    return scores.max(axis=-1)


def sign_of_the_score_lost(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return np.abs(q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def only_one_sequence(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.T).argmax(axis=-1)


def _best_key_visible():
    q = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0]])
    k = np.array([[4.0, 5.0], [2.0, 0.0], [-1.0, 3.0], [-9.0, -4.0]])
    square = np.array([[2.0, 1.0], [-3.0, 0.5]])
    two_q = np.array([[[1.0, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [1.0, -1.0]]])
    two_k = np.array([[[3.0, 4.0], [1.0, 0.0], [-2.0, 2.0]], [[-3.0, 3.0], [1.0, 1.0], [-1.0, -0.5]]])
    return [
        Case((q, k)),
        Case((q, k), {"cosine": True}),
        Case((square, square[::-1].copy())),
        Case((square, square[::-1].copy()), {"cosine": True}),
        Case((two_q, two_k)),
        Case((two_q, two_k), {"cosine": True}),
    ]


def _best_key_hidden(rng):
    def vectors(*shape):
        return rng.standard_normal(shape) * rng.choice([0.5, 1.0, 4.0], size=(*shape[:-1], 1))

    q, k = vectors(7, 3), vectors(11, 3)
    square_q, square_k = vectors(5, 5), vectors(5, 5)
    batch_q, batch_k = vectors(2, 3, 7, 5), vectors(2, 3, 11, 5)
    return [
        *(Case((q, k), {"cosine": cosine}) for cosine in (False, True)),
        *(Case((square_q, square_k), {"cosine": cosine}) for cosine in (False, True)),
        *(Case((batch_q, batch_k), {"cosine": cosine}) for cosine in (False, True)),
        Case((vectors(1, 2), vectors(3, 2))),
        Case((vectors(3, 2), vectors(1, 2)), {"cosine": True}),
    ]


BEST_KEY = Exercise(
    name="best_key",
    section=f"{PAGE}#similarity-lookup",
    reference=_best_key,
    visible=_best_key_visible,
    hidden=_best_key_hidden,
    seals=(variants.hard_attention,),
    correct=(
        keys_shortened,
        best_by_loops,
        best_by_einsum,
        both_shortened,
        last_of_the_sorted,
        positions_as_floats,
        _Nearest(),
        lambda q, k, cosine=False: np.argmax(
            q @ np.moveaxis(k / (np.linalg.norm(k, axis=-1, keepdims=True) if cosine else 1), -1, -2), -1
        ),
    ),
    misconceptions=(
        Misconception(
            "worst key",
            "Each query gets the key with the lowest score; it should get the one with the highest.",
            f"{PAGE}#similarity-dot",
            worst_key,
        ),
        Misconception(
            "wrong axis",
            "For each key the best query is chosen; choose for each query the best key, along the last "
            "axis of scores[query, key].",
            f"{PAGE}#similarity-lookup",
            best_query_for_each_key,
        ),
        Misconception(
            "cosine ignored",
            "The dot product decides each time; with cosine=True a long key must not win by its length.",
            f"{PAGE}#similarity-cosine",
            flag_unused,
        ),
        Misconception(
            "always the cosine",
            "The cosine decides each time; without cosine=True the dot product decides, in which length "
            "counts.",
            f"{PAGE}#similarity-dot",
            always_cosine,
        ),
        Misconception(
            "cosine turned round",
            "With cosine=True the dot product decides, and without it the cosine; it must be the other way "
            "round.",
            f"{PAGE}#similarity-cosine",
            flag_inverted,
        ),
        Misconception(
            "distance",
            "The key at the smallest distance is chosen; dot product and cosine ask about directions.",
            f"{PAGE}#similarity-angles",
            nearest_by_distance,
        ),
        Misconception(
            "one winner for all",
            "Without an axis, argmax finds one place in the whole array; each query has its own best key.",
            f"{PAGE}#similarity-lookup",
            best_of_all_scores,
        ),
        Misconception(
            "score for position",
            "The answer holds the highest scores; the question asks at which key they stand.",
            f"{PAGE}#similarity-lookup",
            score_of_the_best,
        ),
        Misconception(
            "sign dropped",
            "A strongly negative score wins like a strongly positive one; a key that points the opposite "
            "way is the worst match.",
            f"{PAGE}#similarity-angles",
            sign_of_the_score_lost,
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            f"{PAGE}#similarity-lookup",
            only_one_sequence,
        ),
    ),
    properties=(
        Property(
            "Each answer must be the position of a key: a whole number from 0 to T_k - 1.",
            lambda case, got: bool(
                ((got == np.round(got)) & (got >= 0) & (got < case.args[1].shape[-2])).all()
            ),
        ),
        Property(
            "Without cosine=True, at least one query gets a key that hasn't the greatest dot product.",
            lambda case, got: (
                bool(case.options.get("cosine")) or np.array_equal(got, _best_key(*case.args))
            ),
        ),
        Property(
            "With cosine=True, at least one query gets a key that hasn't the greatest cosine; does a key "
            "win by its length?",
            lambda case, got: np.array_equal(got, _best_key(*case.args, **case.options)),
        ),
    ),
)

# --- a soft look-up -------------------------------------------------------------------------------


def _soft_lookup(q, k, v):
    return dot_product.attention(q, k, v, scale=1.0)


def scores_weights_mixture(q, k, v):
    scores = q @ k.swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def one_query_at_a_time(q, k, v):
    out = np.zeros((*q.shape[:-1], v.shape[-1]))
    for index in np.ndindex(q.shape[:-1]):
        keys, values = k[index[:-1]], v[index[:-1]]
        powers = [math.exp(sum(x * y for x, y in zip(q[index], key, strict=True))) for key in keys]
        for power, value in zip(powers, values, strict=True):
            out[index] += power / sum(powers) * value
    return out


def lookup_by_einsum(q, k, v):
    powers = np.exp(np.einsum("...id,...jd->...ij", q, k))
    return np.einsum("...ij,...jv->...iv", powers, v) / np.einsum("...ij->...i", powers)[..., None]


def divided_at_the_end(q, k, v):
    powers = np.exp(q @ np.moveaxis(k, -1, -2))
    return (powers @ v) / powers.sum(-1, keepdims=True)


def keys_down_the_rows(q, k, v):
    powers = np.exp(k @ q.swapaxes(-1, -2))
    weights = powers / powers.sum(axis=-2, keepdims=True)
    return weights.swapaxes(-1, -2) @ v


def lookup_in_single_precision(q, k, v):
    q, k, v = (np.asarray(x, dtype=np.float32) for x in (q, k, v))
    powers = np.exp(q @ k.swapaxes(-1, -2))
    return powers / powers.sum(-1, keepdims=True) @ v


def mean_of_pairs(q, k, v):
    scores = (q[..., :, None, :] * k[..., None, :, :]).sum(-1)
    weights = np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))
    return (weights[..., None] * v[..., None, :, :]).sum(-2)


def hard_lookup(q, k, v):
    best = (q @ k.swapaxes(-1, -2)).argmax(axis=-1)
    return np.take_along_axis(v, best[..., None], axis=-2)


def mean_of_the_values(q, k, v):
    return np.repeat(v.mean(axis=-2, keepdims=True), q.shape[-2], axis=-2)


def scores_as_weights(q, k, v):
    return q @ k.swapaxes(-1, -2) @ v


def weights_not_divided(q, k, v):
    return np.exp(q @ k.swapaxes(-1, -2)) @ v


def scores_over_their_sum(q, k, v):
    scores = q @ k.swapaxes(-1, -2)
    return scores / scores.sum(axis=-1, keepdims=True) @ v


def shared_among_the_queries(q, k, v):
    powers = np.exp(q @ k.swapaxes(-1, -2))
    return powers / powers.sum(axis=-2, keepdims=True) @ v


def keys_mixed(q, k, v):
    powers = np.exp(q @ k.swapaxes(-1, -2))
    return powers / powers.sum(axis=-1, keepdims=True) @ k


def weights_returned(q, k, v):
    powers = np.exp(q @ k.swapaxes(-1, -2))
    return powers / powers.sum(axis=-1, keepdims=True)


def values_untouched(q, k, v):
    return v


def scaled_already(q, k, v):
    powers = np.exp(q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def by_cosine(q, k, v):
    lengths = np.linalg.norm(q, axis=-1)[..., :, None] * np.linalg.norm(k, axis=-1)[..., None, :]
    powers = np.exp(q @ k.swapaxes(-1, -2) / lengths)
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def turned_the_wrong_way(q, k, v):
    powers = np.exp(q @ k.T)
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def keys_times_queries(q, k, v):
    powers = np.exp(k @ q.swapaxes(-1, -2))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def _lookup_visible():
    q = np.array([[1.0, 0.0], [0.5, 2.0]])
    k = np.array([[2.0, 0.5], [0.0, 1.0], [1.0, 1.0]])
    v = np.array([[10.0], [20.0], [40.0]])
    square = np.array([[1.0, -1.0], [0.5, 2.0]])
    batch_q = np.array([[[1.0, 2.0]], [[0.5, -1.0]]])
    batch_k = np.array([[[1.0, 0.0], [0.0, 1.5]], [[1.0, 1.0], [2.0, 0.5]]])
    batch_v = np.array([[[1.0, 0.0, 4.0], [0.0, 2.0, 2.0]], [[3.0, 1.0, 0.0], [1.0, 5.0, 2.0]]])
    return [
        Case((q, k, v)),
        Case((q, k, np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 5.0], [3.0, 1.0, 0.0]]))),
        Case((square, np.array([[0.0, 1.0], [1.0, 0.5]]), np.array([[4.0, 0.0], [0.0, 6.0]]))),
        Case((batch_q, batch_k, batch_v)),
    ]


def _lookup_hidden(rng):
    def triple(*lead, t_q, t_k, d_k, d_v):
        shapes = ((*lead, t_q, d_k), (*lead, t_k, d_k), (*lead, t_k, d_v))
        return Case(tuple(rng.standard_normal(shape) for shape in shapes))

    return [
        triple(t_q=3, t_k=7, d_k=5, d_v=2),
        triple(t_q=7, t_k=3, d_k=2, d_v=5),
        triple(t_q=3, t_k=3, d_k=3, d_v=3),
        triple(2, 3, t_q=5, t_k=7, d_k=2, d_v=11),
        triple(1, t_q=1, t_k=5, d_k=1, d_v=1),
        triple(t_q=2, t_k=1, d_k=3, d_v=2),
        triple(3, t_q=3, t_k=3, d_k=3, d_v=3),
    ]


def _within_the_values(case, got):
    v = case.args[2]
    low, high = v.min(axis=-2, keepdims=True), v.max(axis=-2, keepdims=True)
    return bool(((got >= low - 1e-5) & (got <= high + 1e-5)).all())


SOFT_LOOKUP = Exercise(
    name="soft_lookup",
    section=f"{PAGE}#similarity-lookup",
    reference=_soft_lookup,
    visible=_lookup_visible,
    hidden=_lookup_hidden,
    seals=(
        dot_product.attention,
        dot_product.attention_weights,
        dot_product._weights,
        variants.online_attention,
    ),
    correct=(
        scores_weights_mixture,
        one_query_at_a_time,
        lookup_by_einsum,
        divided_at_the_end,
        keys_down_the_rows,
        lookup_in_single_precision,
        mean_of_pairs,
    ),
    misconceptions=(
        Misconception(
            "hard look-up",
            "Each query gets the value of its best key alone; in a soft look-up every value adds a share.",
            f"{STAGE}#spotlight-kinds",
            hard_lookup,
        ),
        Misconception(
            "plain mean",
            "Every query gets the mean of all values, whatever it asks; weigh each value by how well its "
            "key matches.",
            f"{STAGE}#spotlight-why",
            mean_of_the_values,
        ),
        Misconception(
            "scores for weights",
            "The values are multiplied by the scores; turn the scores into weights that sum to 1 first.",
            f"{PAGE}#similarity-lookup",
            scores_as_weights,
        ),
        Misconception(
            "weights don't sum to 1",
            "The powers of the scores are not divided by their sum, so the result grows with the number of "
            "keys.",
            f"{PAGE}#similarity-lookup",
            weights_not_divided,
        ),
        Misconception(
            "no exponential",
            "The scores themselves are divided by their sum; negative scores then give negative weights.",
            f"{PAGE}#similarity-lookup",
            scores_over_their_sum,
        ),
        Misconception(
            "wrong axis",
            "Each key is shared out among the queries; the weights of each query must sum to 1 over the "
            "keys.",
            f"{PAGE}#similarity-lookup",
            shared_among_the_queries,
        ),
        Misconception(
            "weights applied to keys",
            "The weights mix the keys; keys are what you search by, and the values are what you take home.",
            f"{PAGE}#similarity-lookup",
            keys_mixed,
        ),
        Misconception(
            "weights returned",
            "The answer is the weights; one step is left: let them mix the values.",
            f"{PAGE}#similarity-lookup",
            weights_returned,
        ),
        Misconception(
            "values returned untouched",
            "The values come back as they were, and the queries make no difference.",
            f"{PAGE}#similarity-lookup",
            values_untouched,
        ),
        Misconception(
            "scaled",
            "The scores are divided by the root of d_k; that belongs to a later chapter, and the question "
            "asks for plain dot products.",
            f"{PAGE}#similarity-dot",
            scaled_already,
        ),
        Misconception(
            "cosine for dot product",
            "The cosines are used as scores; the question asks for dot products, in which length counts.",
            f"{PAGE}#similarity-dot",
            by_cosine,
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            f"{PAGE}#similarity-lookup",
            turned_the_wrong_way,
        ),
        Misconception(
            "keys times queries",
            "The scores are K Qᵀ, with the keys in the rows; put the queries in the rows: Q Kᵀ.",
            f"{PAGE}#similarity-lookup",
            keys_times_queries,
        ),
    ),
    properties=(
        Property(
            "A mixture can't be greater than the greatest value, or smaller than the smallest: the weights "
            "of a query must be positive and sum to 1.",
            _within_the_values,
        ),
    ),
)

# --- retrieval ------------------------------------------------------------------------------------


def _retrieve(query, keys, n):
    return np.argsort(-similarity.cosine_similarity(query, keys), kind="stable")[:n]


def sorted_downwards(query, keys, n):
    cosine = keys @ query / (np.linalg.norm(keys, axis=-1) * np.linalg.norm(query))
    return np.argsort(-cosine)[:n]


def sorted_with_a_key(query, keys, n):
    def closeness(j):
        dot = sum(x * y for x, y in zip(query, keys[j], strict=True))
        return dot / math.sqrt(sum(y * y for y in keys[j]))

    return np.array(sorted(range(len(keys)), key=closeness, reverse=True)[:n])


def reversed_at_the_end(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return closeness.argsort()[::-1][:n]


def best_taken_out(query, keys, n):
    left = np.einsum("jd,d->j", keys, query) / np.sqrt(np.einsum("jd,jd->j", keys, keys))
    found = np.zeros(n, dtype=int)
    for place in range(n):
        found[place] = left.argmax()
        left[found[place]] = -np.inf
    return found


def partition_then_sort(query, keys, n):
    closeness = keys @ query / np.sqrt((keys**2).sum(axis=1))
    some = np.argpartition(-closeness, n - 1)[:n]
    return some[np.argsort(-closeness[some])]


def by_angle(query, keys, n):
    keys = np.float32(keys) / np.linalg.norm(keys, axis=-1, keepdims=True)
    cosine = keys @ (query / np.linalg.norm(query))
    return np.argsort(np.arccos(np.clip(cosine, -1, 1)))[:n]


def worst_first(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argsort(closeness)[:n]


def best_last(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argsort(closeness)[-n:]


def by_dot_product(query, keys, n):
    return np.argsort(-(keys @ query))[:n]


def by_distance(query, keys, n):
    return np.argsort(np.linalg.norm(keys - query, axis=-1))[:n]


def cosines_returned(query, keys, n):
    cosine = keys @ query / (np.linalg.norm(keys, axis=-1) * np.linalg.norm(query))
    return np.sort(cosine)[::-1][:n]


def keys_returned(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return keys[np.argsort(-closeness)[:n]]


def all_returned(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argsort(-closeness)


def places_of_the_keys(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argsort(np.argsort(-closeness))[:n]


def in_order_of_position(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.sort(np.argsort(-closeness)[:n])


def one_length_for_all_keys(query, keys, n):
    lengths = np.linalg.norm(keys, axis=-1)
    return np.argsort(-(keys @ query) / lengths**2)[:n]


def _retrieve_visible():
    keys = np.array([[6.0, 9.0], [-1.0, 2.0], [3.0, 1.0], [0.5, 0.0], [-8.0, -1.0]])
    return [
        Case((np.array([2.0, 0.0]), keys, 3)),
        Case((np.array([1.0, 1.0]), keys, 2)),
        Case((np.array([0.0, 1.0]), keys, 1)),
        Case((np.array([-1.0, 0.5]), keys, 5)),
    ]


def _retrieve_hidden(rng):
    def drawn(t_k, d_k, n):
        lengths = rng.choice([0.2, 1.0, 5.0], size=(t_k, 1))
        return Case((rng.standard_normal(d_k), lengths * rng.standard_normal((t_k, d_k)), n))

    return [
        drawn(11, 3, 4),
        drawn(5, 5, 2),
        drawn(7, 13, 7),
        drawn(23, 2, 5),
        drawn(3, 3, 1),
        drawn(1, 2, 1),
    ]


RETRIEVE = Exercise(
    name="retrieve",
    section=f"{PAGE}#similarity-retrieval",
    reference=_retrieve,
    visible=_retrieve_visible,
    hidden=_retrieve_hidden,
    correct=(
        sorted_downwards,
        sorted_with_a_key,
        reversed_at_the_end,
        best_taken_out,
        partition_then_sort,
        by_angle,
        lambda query, keys, n: (-(keys @ query) / (keys * keys).sum(-1) ** 0.5).argsort(kind="stable")[:n],
    ),
    misconceptions=(
        Misconception(
            "worst first",
            "The sort goes upwards, as np.argsort does, so the first n are the least similar keys.",
            f"{PAGE}#similarity-retrieval",
            worst_first,
        ),
        Misconception(
            "best last",
            "These are the right keys in the wrong order: the most similar one must come first.",
            f"{PAGE}#similarity-retrieval",
            best_last,
        ),
        Misconception(
            "dot product for cosine",
            "The keys are sorted by their dot product, so a long key comes before a similar one.",
            f"{PAGE}#similarity-cosine",
            by_dot_product,
        ),
        Misconception(
            "distance",
            "The keys are sorted by their distance; a key that points the same way may still be far away.",
            f"{PAGE}#similarity-angles",
            by_distance,
        ),
        Misconception(
            "cosines for positions",
            "The answer holds the highest cosines; the question asks at which keys they stand.",
            f"{PAGE}#similarity-retrieval",
            cosines_returned,
        ),
        Misconception(
            "keys for positions",
            "The answer holds the keys themselves; the question asks for their positions.",
            f"{PAGE}#similarity-retrieval",
            keys_returned,
        ),
        Misconception(
            "n ignored",
            "All keys are returned; the question asks for the best n.",
            f"{PAGE}#similarity-retrieval",
            all_returned,
        ),
        Misconception(
            "ranks for positions",
            "The answer says which place each of the first n keys takes; it should say which key takes "
            "each of the first n places.",
            f"{PAGE}#similarity-retrieval",
            places_of_the_keys,
        ),
        Misconception(
            "in order of position",
            "These are the right keys in the order in which they stand; the most similar one must come "
            "first.",
            f"{PAGE}#similarity-retrieval",
            in_order_of_position,
        ),
        Misconception(
            "root forgotten",
            "Each dot product is divided by a sum of squares; a length is the root of such a sum.",
            f"{PAGE}#similarity-cosine",
            one_length_for_all_keys,
        ),
    ),
    properties=(
        Property(
            "Each answer must be the position of a key: a whole number from 0 to T_k - 1.",
            lambda case, got: bool(((got == np.round(got)) & (got >= 0) & (got < len(case.args[1]))).all()),
        ),
        Property(
            "No key may come twice.",
            lambda case, got: len(np.unique(got)) == got.size,
        ),
    ),
)

EXERCISES = (MIXTURE_BY_HAND, COSINE_BY_HAND, COSINE_SIMILARITY, BEST_KEY, SOFT_LOOKUP, RETRIEVE)
