"""The cosine similarity of whatever vectors broadcast."""

import numpy as np

from attnlib import similarity
from attnlib.catalogue.similarity import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


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


def axes_counted_before_broadcasting(a, b, axis=-1):
    lengths = np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis)
    return (a * b).sum(axis=axis) / np.where(lengths > 0, lengths, 1)


def epsilon_added(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    return (a * b).sum(axis=axis) / (np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis) + 1e-8)


def zero_for_all_beside_a_zero_vector(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    lengths = np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis)
    dot = (a * b).sum(axis=axis)
    return dot / lengths if np.all(lengths > 0) else np.zeros_like(dot)


def ambiguous_truth(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    lengths = np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis)
    return 0.0 if lengths == 0 else (a * b).sum(axis=axis) / lengths


def lengths_at_least_one(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    lengths = np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis)
    return (a * b).sum(axis=axis) / np.maximum(lengths, 1)


def one_for_a_zero_vector(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    lengths = np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis)
    return np.where(lengths > 0, (a * b).sum(axis=axis) / np.where(lengths > 0, lengths, 1), 1)


def angle(a, b, axis=-1):
    a, b = np.broadcast_arrays(a, b)
    lengths = np.linalg.norm(a, axis=axis) * np.linalg.norm(b, axis=axis)
    return np.arccos(np.clip((a * b).sum(axis=axis) / np.where(lengths > 0, lengths, 1), -1, 1))


def _cosine_visible():
    a = np.array([[3.0, 4.0, 0.0], [1.0, 2.0, 2.0]])
    b = np.array([[4.0, 3.0, 0.0], [-2.0, 1.0, 2.0]])
    q = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
    k = np.array([[3.0, 4.0], [-1.0, 0.0]])
    cube = np.array([[1.0, 2.0, 0.0], [-1.0, 0.0, 3.0], [2.0, 1.0, 1.0]])
    return [
        Case((np.array([3.0, 4.0]), np.array([4.0, 3.0]))),
        Case((np.array([3.0, 4.0]), np.array([6.0, 8.0]))),
        Case((np.array([3.0, 4.0]), np.array([-3.0, -4.0]))),
        Case((np.array([0.0, 2.0]), np.array([5.0, 0.0]))),
        Case((a, b)),
        Case((a, b), {"axis": 0}),
        Case((q[:, None, :], k[None, :, :])),
        Case((np.array([1.0, 2.0]), np.array([0.0, 0.0]))),
        Case((np.array([0.3, 0.4]), np.array([0.4, 0.3]))),
        Case((np.array([0.003, 0.004]), np.array([0.004, 0.003]))),
        Case((np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([[4.0, 3.0], [1.0, 2.0]]))),
        Case((np.stack([cube, cube.T]), cube[::-1] + 1.0), {"axis": 1}),
        Case((np.stack([a, b, a - b]).swapaxes(0, 1), b[:, None]), {"axis": -1}),
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
        Case((0.01 * a, 0.01 * b)),
        Case((a, b[1]), {"axis": 1}),
        Case((square[0], a[..., :3]), {"axis": 1}),
        Case((rng.standard_normal((2, 1)), rng.standard_normal((2, 1)))),
        Case((rng.standard_normal((1, 11)), rng.standard_normal((1, 11)))),
    ]


def _has_the_sign_of_the_dot_product(case, got):
    a, b = case.args
    dot = (a * b).sum(axis=case.options.get("axis", -1))
    return bool((got * np.sign(dot) >= -1e-6).all())


EXERCISE = Exercise(
    name="cosine_similarity",
    section=f"{PAGE}#similarity-cosine",
    reference=similarity.cosine_similarity,
    visible=_cosine_visible,
    hidden=_cosine_hidden,
    seals=(similarity.cosine_similarity, similarity._unit),
    misconceptions=(
        Misconception(
            "dot product",
            "The answer is the dot product; divide it by the lengths of both vectors.",
            dot_product_only,
            section=f"{PAGE}#similarity-dot",
        ),
        Misconception(
            "length of a only",
            "The dot product is divided by the length of `a` alone; a longer `b` still has a greater "
            "result.",
            divided_by_a_only,
        ),
        Misconception(
            "length of b only",
            "The dot product is divided by the length of `b` alone; a longer `a` still has a greater "
            "result.",
            divided_by_b_only,
        ),
        Misconception(
            "root forgotten",
            "The dot product is divided by sums of squares; a length is the root of such a sum.",
            lengths_not_rooted,
        ),
        Misconception(
            "one length for everything",
            "Without an axis, np.linalg.norm takes one length of the whole array; each vector along "
            "`axis` has its own.",
            length_of_everything,
        ),
        Misconception(
            "axis ignored",
            "The vectors are always read along the last axis; the argument `axis` makes no difference.",
            axis_unused,
        ),
        Misconception(
            "0/0",
            "Right for most vectors, but a vector of zeros has the length 0 and the answer is NaN; the "
            "question asks for 0 there.",
            nan_for_a_zero_vector,
        ),
        Misconception(
            "sign dropped",
            "The answer is never negative; vectors that point opposite ways have a negative cosine.",
            sign_lost,
            section=f"{PAGE}#similarity-angles",
        ),
        Misconception(
            "lengths added",
            "The dot product is divided by the sum of the two lengths; divide by their product.",
            lengths_added,
        ),
        Misconception(
            "sums taken for lengths",
            "The length of a vector is taken as the sum of its entries without their signs; square them, "
            "add, and take the root.",
            lengths_by_absolute_entries,
        ),
        Misconception(
            "one pair only",
            "Right for one pair of vectors, but np.dot is a matrix product where there are more axes; "
            "multiply entry by entry, and sum along `axis`.",
            one_pair_only,
            section=f"{PAGE}#similarity-dot",
        ),
        Misconception(
            "distance",
            "The answer is the distance between the two points; it grows as vectors become less alike, "
            "and depends on their lengths.",
            distance,
            section=f"{PAGE}#similarity-angles",
        ),
        Misconception(
            "axis kept",
            "The numbers are right, but the axis of the vectors is still there, with size 1; sum without "
            "keepdims.",
            axis_kept,
        ),
        Misconception(
            "changes its input",
            "The caller's vectors are overwritten by unit vectors; write `a = a / length`, which makes "
            "a new array, and not `a /= length`.",
            normalises_the_callers_arrays,
        ),
        Misconception(
            "axes counted before broadcasting",
            "Right where both arrays have as many axes, but with fewer axes the number `axis` names "
            "another one; bring both to their common shape first, with np.broadcast_arrays.",
            axes_counted_before_broadcasting,
        ),
        Misconception(
            "epsilon added",
            "A small number is added to the lengths, which makes the cosines of short vectors smaller; put "
            "another number only where a length is 0.",
            epsilon_added,
        ),
        Misconception(
            "one zero vector, all zero",
            "Where one vector is zero, every pair gets 0; decide it for each pair by itself, as "
            "np.where does.",
            zero_for_all_beside_a_zero_vector,
        ),
        Misconception(
            "if on an array",
            "Right for one pair of vectors; with more of them `if` doesn't know which length is meant. "
            "np.where decides for each by itself.",
            ambiguous_truth,
        ),
        Misconception(
            "lengths below 1 taken for 1",
            "Right for long vectors, but where the lengths multiply to less than 1 the product counts "
            "as 1; only a length of 0 needs another number.",
            lengths_at_least_one,
        ),
        Misconception(
            "1 for a zero vector",
            "Right for most vectors, but a vector of zeros gets 1; the question asks for 0 there.",
            one_for_a_zero_vector,
        ),
        Misconception(
            "angle",
            "The answer is the angle between the vectors; the question asks for its cosine.",
            angle,
            section=f"{PAGE}#similarity-angles",
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
