"""One vector for a whole text: the mean of its words', without padding."""

import numpy as np

from attnlib.catalogue.bert import PAGE
from attnlib.dot_product import attention
from attnlib.exercise import Case, Exercise, Misconception, Property


def _mean_vector(x, keep):
    nobody = np.zeros_like(x[..., :1, :])  # a query that all words fit alike
    return attention(nobody, x, x, mask=keep[..., None, :])[..., 0, :]


def mean_with_padding(x, keep):
    return x.mean(axis=-2)


def mean_divided_by_all(x, keep):
    return (x * keep[..., None]).mean(axis=-2)


def mean_not_divided(x, keep):
    return (x * keep[..., None]).sum(axis=-2)


def mean_is_the_first(x, keep):
    return x[..., 0, :]


def mean_is_the_largest(x, keep):
    return np.where(keep[..., None], x, -np.inf).max(axis=-2)


def mean_of_features(x, keep):
    return x.mean(axis=-1)


def mean_of_padding(x, keep):
    keep = ~keep
    return (x * keep[..., None]).sum(axis=-2) / np.maximum(keep.sum(axis=-1, keepdims=True), 1)


def mean_over_all_texts(x, keep):
    return np.broadcast_to(x[keep].mean(axis=0), (*x.shape[:-2], x.shape[-1])).copy()


def mean_with_one_length(x, keep):
    return (x * keep[..., None]).sum(axis=-2) / keep.sum(axis=-1).max()


def mean_without_axis(x, keep):
    return (x * keep[..., None]).sum(axis=-2) / keep.sum(axis=-1)


def mean_of_what_is_not_zero(x, keep):
    kept = x * keep[..., None]
    return kept.sum(axis=-2) / np.maximum((kept != 0).sum(axis=-2), 1)


def mean_of_length_one(x, keep):
    mean = (x * keep[..., None]).sum(axis=-2) / keep.sum(axis=-1, keepdims=True)
    return mean / np.maximum(np.linalg.norm(mean, axis=-1, keepdims=True), 1e-12)


def mean_kept_alive(x, keep):
    return np.where(keep[..., None], x, 0).sum(axis=-2) / (keep.sum(axis=-1, keepdims=True) + 1)


def _visible():
    x = np.array(
        [
            [[1.0, 2.0], [3.0, 0.0], [5.0, -2.0], [7.0, 6.0]],
            [[2.0, 0.0], [4.0, 6.0], [9.0, 9.0], [-8.0, 5.0]],
        ]
    )
    keep = np.array([[True, True, True, True], [True, True, False, False]])
    return [
        Case((x[0], keep[0])),
        Case((x[1], keep[1])),
        Case((x, keep)),
        Case((x[:, :, :1], np.array([[True, False, False, False], [True, True, True, False]]))),
        Case((x[:, :3] - 3.0, keep[:, :3])),
    ]


def _hidden(rng):
    def drawn(*shape):
        lengths = rng.integers(1, shape[-2], size=shape[:-2])
        return rng.standard_normal(shape), np.arange(shape[-2]) < lengths[..., None]

    return [
        Case(drawn(3, 5, 7)),
        Case(drawn(2, 3, 7, 5)),
        Case(drawn(11, 2)),
        Case((rng.standard_normal((2, 5, 3)), np.array([[False, True, True, False, True], [True] * 5]))),
        Case((rng.standard_normal((1, 1, 3)), np.ones((1, 1), dtype=bool))),
    ]


EXERCISE = Exercise(
    name="mean_vector",
    section=f"{PAGE}#bert-tuning",
    reference=_mean_vector,
    visible=_visible,
    hidden=_hidden,
    axes=("feature",),
    misconceptions=(
        Misconception(
            "padding in the mean",
            "The vectors of padding are averaged with the others; `keep` says which are words.",
            mean_with_padding,
        ),
        Misconception(
            "divided by all places",
            "Padding is left out of the sum, but the sum is divided by the number of all places; divide by "
            "the number of words.",
            mean_divided_by_all,
        ),
        Misconception(
            "sum for mean",
            "The vectors are added up; divide by the number of words.",
            mean_not_divided,
        ),
        Misconception(
            "the first word for all",
            "This is the vector of the first word; the question asks for the mean of all of them.",
            mean_is_the_first,
        ),
        Misconception(
            "largest for mean",
            "Each feature has its largest value among the words; the question asks for the mean.",
            mean_is_the_largest,
        ),
        Misconception(
            "mean over the features",
            "Each word's features are averaged; average over the words, along the last axis but one.",
            mean_of_features,
        ),
        Misconception(
            "keep turned round",
            "The padding is averaged and the words are left out: True in `keep` means a word.",
            mean_of_padding,
        ),
        Misconception(
            "one mean for all texts",
            "All texts are thrown together; each has a mean of its own.",
            mean_over_all_texts,
        ),
        Misconception(
            "one length for all",
            "Every sum is divided by the length of the longest text; each has a length of its own.",
            mean_with_one_length,
        ),
        Misconception(
            "number of words without its axis",
            "The number of words has lost its axis, so NumPy lines the texts up with the features, or "
            "fails; pass keepdims=True.",
            mean_without_axis,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "zeros taken for padding",
            "Features that happen to be 0 are not counted; count words by `keep`.",
            mean_of_what_is_not_zero,
        ),
        Misconception(
            "scaled to length 1",
            "The mean is divided by its length; the question asks for the mean as it is.",
            mean_of_length_one,
        ),
        Misconception(
            "one word too many",
            "The sum is divided by one more than the number of words.",
            mean_kept_alive,
        ),
    ),
    properties=(
        Property(
            "A mean lies between the smallest and the largest of what it is the mean of.",
            lambda case, got: bool(
                (got <= np.where(case.args[1][..., None], case.args[0], -np.inf).max(axis=-2) + 1e-9).all()
                and (
                    got >= np.where(case.args[1][..., None], case.args[0], np.inf).min(axis=-2) - 1e-9
                ).all()
            ),
        ),
    ),
)
