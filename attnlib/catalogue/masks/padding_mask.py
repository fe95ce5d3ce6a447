"""The mask that hides padding."""

import numpy as np

from attnlib import masks
from attnlib.catalogue.masks import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def padding_true_is_padding(lengths, t_k):
    return np.arange(t_k) >= np.asarray(lengths)[:, None, None]


def padding_one_too_many(lengths, t_k):
    return np.arange(t_k) <= np.asarray(lengths)[:, None, None]


def padding_one_too_few(lengths, t_k):
    return np.arange(1, t_k + 1) < np.asarray(lengths)[:, None, None]


def padding_on_the_left(lengths, t_k):
    return np.arange(t_k) >= t_k - np.asarray(lengths)[:, None, None]


def padding_without_query_axis(lengths, t_k):
    return np.arange(t_k) < np.asarray(lengths)[:, None]


def padding_of_queries(lengths, t_k):
    return (np.arange(t_k) < np.asarray(lengths)[:, None])[:, :, None]


def padding_square(lengths, t_k):
    real = np.arange(t_k) < np.asarray(lengths)[:, None]
    return real[:, :, None] & real[:, None, :]


def padding_numbers(lengths, t_k):
    return (np.arange(t_k) < np.asarray(lengths)[:, None, None]).astype(float)


def padding_first_length_for_all(lengths, t_k):
    return np.broadcast_to(np.arange(t_k) < lengths[0], (len(lengths), 1, t_k)).copy()


def padding_integers(lengths, t_k):
    return (np.arange(t_k) < np.asarray(lengths)[:, None, None]).astype(int)


def padding_row_for_each_place(lengths, t_k):
    real = np.arange(t_k) < np.asarray(lengths)[:, None, None]
    return np.repeat(real, t_k, axis=1)


def padding_without_any_axis(lengths, t_k):
    return np.arange(t_k) < lengths


def _padding_hidden(rng):
    return [
        Case((rng.integers(0, 6, size=3), 5)),
        Case((rng.integers(1, 8, size=7), 7)),
        Case((rng.integers(0, 4, size=2), 11)),
        Case((np.array([0, 3]), 3)),
        Case((rng.integers(0, 3, size=1), 2)),
    ]


EXERCISE = Exercise(
    name="padding_mask",
    section=f"{PAGE}#masks-padding",
    reference=masks.padding_mask,
    visible=lambda: [
        Case((np.array([3, 1]), 3)),
        Case((np.array([2, 5, 1]), 5)),
        Case((np.array([2, 0]), 7)),
        Case((np.array([1, 2, 3]), 3)),
    ],
    hidden=_padding_hidden,
    axes=("key",),
    seals=(masks.padding_mask,),
    same_dtype=True,
    misconceptions=(
        Misconception(
            "polarity inverted",
            "True stands at the padding; in this course True means may attend, so it stands at the "
            "real tokens.",
            padding_true_is_padding,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "one token of padding",
            "The first token of padding may be attended to as well; count from 0, and stop before the "
            "length.",
            padding_one_too_many,
        ),
        Misconception(
            "last token missing",
            "The last real token of each sequence is masked as well.",
            padding_one_too_few,
        ),
        Misconception(
            "padding on the left",
            "The real tokens are taken to stand at the end; here the padding comes after them.",
            padding_on_the_left,
        ),
        Misconception(
            "no axis for the queries",
            "The mask has the axes (batch, T_k); NumPy would take the batch for the queries. Put an "
            "axis of size 1 between them.",
            padding_without_query_axis,
            section=f"{PAGE}#masks-shapes",
        ),
        Misconception(
            "queries masked",
            "The mask runs along the queries; padding must be masked as keys, along the last axis.",
            padding_of_queries,
        ),
        Misconception(
            "queries masked as well",
            "The mask has a row for each query and closes the rows of the padding too; one row for all "
            "queries is asked for.",
            padding_square,
            section=f"{PAGE}#masks-shapes",
        ),
        Misconception(
            "numbers instead of booleans",
            "The mask holds numbers, 1 and 0; it must hold True and False (dtype bool).",
            padding_numbers,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "one length for all",
            "Every sequence gets the mask of the first; each has a length of its own.",
            padding_first_length_for_all,
        ),
        Misconception(
            "integers instead of booleans",
            "The mask holds the integers 1 and 0, which `~` turns into -2 and -1; it must hold True and "
            "False (dtype bool).",
            padding_integers,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "a row for each place",
            "The mask repeats its row for each of the `t_k` places; one row for all queries is asked for.",
            padding_row_for_each_place,
            section=f"{PAGE}#masks-shapes",
        ),
        Misconception(
            "no axes added",
            "The lengths are compared with the places one by one, which fails unless there are as many "
            "of both; give `lengths` two more axes.",
            padding_without_any_axis,
            section=f"{PAGE}#masks-shapes",
        ),
    ),
    properties=(
        Property(
            "Each sequence must have as many True as its length says.",
            lambda case, got: np.array_equal(got.sum(axis=-1)[:, 0], case.args[0]),
        ),
        Property(
            "The real tokens come first, the padding after them.",
            lambda case, got: bool((np.diff(got, axis=-1) <= 0).all()),
        ),
    ),
)
