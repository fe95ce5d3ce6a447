"""Splitting the features of each token among the heads."""

import numpy as np

from attnlib import heads
from attnlib.catalogue.heads import PAGE
from attnlib.catalogue.heads._shared import tokens
from attnlib.exercise import Case, Exercise, Misconception, Property


def split_reshape_only(x, n_heads):
    *lead, t, d_model = x.shape
    return x.reshape(*lead, n_heads, t, d_model // n_heads)


def split_without_swap(x, n_heads):
    *lead, t, d_model = x.shape
    return x.reshape(*lead, t, n_heads, d_model // n_heads)


def split_in_turn(x, n_heads):
    *lead, t, d_model = x.shape
    return np.moveaxis(x.reshape(*lead, t, d_model // n_heads, n_heads), -1, -3)


def split_size_for_number(x, n_heads):
    *lead, t, d_model = x.shape
    return np.swapaxes(x.reshape(*lead, t, d_model // n_heads, n_heads), -3, -2)


def split_one_sequence_only(x, n_heads):
    t, d_model = x.shape
    return x.reshape(t, n_heads, d_model // n_heads).transpose(1, 0, 2)


def split_heads_before_batch(x, n_heads):
    return np.array(np.split(x, n_heads, axis=-1))


def split_first_axes_swapped(x, n_heads):
    *lead, t, d_model = x.shape
    return np.swapaxes(x.reshape(*lead, t, n_heads, d_model // n_heads), 0, 1)


def split_transposed(x, n_heads):
    *lead, t, d_model = x.shape
    return np.moveaxis(x.reshape(*lead, t, n_heads, d_model // n_heads), -3, -1)


def split_into_float64(x, n_heads):
    d_head = x.shape[-1] // n_heads
    out = np.zeros((*x.shape[:-2], n_heads, x.shape[-2], d_head))
    for h in range(n_heads):
        out[..., h, :, :] = x[..., h * d_head : (h + 1) * d_head]
    return out


def split_batch_forgotten(x, n_heads):
    t, d_model = x.shape[-2:]
    return x.reshape(-1, t, n_heads, d_model // n_heads)[0].swapaxes(0, 1)


def split_not_even(x, n_heads):
    return x.reshape(*x.shape[:-2], x.shape[-2] * n_heads, x.shape[-1] // n_heads)


def split_reversed(x, n_heads):
    *lead, t, d_model = x.shape
    return np.swapaxes(x.reshape(*lead, t, n_heads, d_model // n_heads)[..., ::-1, :], -3, -2)


def _split_visible():
    return [
        Case((tokens(2, 4), 2)),
        Case((tokens(3, 6), 3)),
        Case((tokens(5, 6), 2)),
        Case((tokens(2, 3, 10), 5)),
        Case((tokens(1, 7, 6, dtype=np.float32), 3)),
        Case((tokens(2, 3, 5, 6), 3)),
        Case((np.asfortranarray(tokens(3, 5, 4)), 2)),
    ]


def _split_hidden(rng):
    return [
        Case((rng.standard_normal((7, 15)), 3)),
        Case((rng.standard_normal((4, 4)), 2)),
        Case((rng.standard_normal((3, 5, 14)), 7)),
        Case((rng.standard_normal((2, 3, 4, 6)), 2)),
        Case((rng.standard_normal((2, 5, 6)).astype(np.float32), 1)),
        Case((rng.standard_normal((2, 1, 6)), 6)),
        Case((np.asfortranarray(rng.standard_normal((2, 3, 8))), 4)),
    ]


EXERCISE = Exercise(
    name="split_heads",
    section=f"{PAGE}#heads-split",
    reference=heads.split_heads,
    visible=_split_visible,
    hidden=_split_hidden,
    axes=("head", "token", "feature"),
    seals=(heads.split_heads, heads._project),
    same_dtype=True,
    misconceptions=(
        Misconception(
            "reshape without transpose",
            "The shape is right, but the array is only cut anew in reading order, which mixes up tokens "
            "and heads; cut the feature axis in two, then swap the axes.",
            split_reshape_only,
        ),
        Misconception(
            "axes not swapped",
            "The features are cut into heads, but the heads still come after the tokens; bring them "
            "before.",
            split_without_swap,
        ),
        Misconception(
            "dealt out in turn",
            "The features are dealt out to the heads in turn; head 0 gets the first d_head features, "
            "head 1 the next, and so on.",
            split_in_turn,
        ),
        Misconception(
            "n_heads and d_head exchanged",
            "There are d_head heads of n_heads features; it is the other way round.",
            split_size_for_number,
        ),
        Misconception(
            "only one sequence",
            "Right for one sequence, but a batch has more axes in front; leave them where they are.",
            split_one_sequence_only,
        ),
        Misconception(
            "heads before the batch",
            "Right for one sequence; in a batch the heads come first of all, and they must come after "
            "the batch and just before the tokens.",
            split_heads_before_batch,
        ),
        Misconception(
            "first two axes swapped",
            "Right for one sequence; in a batch the first two axes are others. Count the axes from the "
            "end: -3 and -2.",
            split_first_axes_swapped,
        ),
        Misconception(
            "tokens moved to the end",
            "The tokens are the last axis; the features of a head must be last.",
            split_transposed,
        ),
        Misconception(
            "float64 from float32",
            "The numbers are right, but float32 has become float64, which takes twice the memory; keep "
            "the dtype of x.",
            split_into_float64,
        ),
        Misconception(
            "only a batch of one",
            "Only the first sequence of the batch comes back.",
            split_batch_forgotten,
        ),
        Misconception(
            "heads below each other",
            "The heads follow each other along the tokens; they have an axis of their own, before the "
            "tokens.",
            split_not_even,
        ),
        Misconception(
            "heads in reverse",
            "The last head comes first; head 0 has the first features.",
            split_reversed,
        ),
    ),
    properties=(
        Property(
            "Each number of x must be used once.",
            lambda case, got: np.array_equal(np.sort(got, axis=None), np.sort(case.args[0], axis=None)),
        ),
        Property(
            "Head 0 must have the first d_head features of every token.",
            lambda case, got: np.array_equal(got[..., 0, :, :], case.args[0][..., : got.shape[-1]]),
        ),
    ),
)
