"""Merging heads: the inverse of splitting."""

import numpy as np

from attnlib import heads
from attnlib.catalogue.heads import PAGE
from attnlib.catalogue.heads._shared import tokens
from attnlib.exercise import Case, Exercise, Misconception, Property


def merge_reshape_only(x):
    *lead, n_heads, t, d_head = x.shape
    return x.reshape(*lead, t, n_heads * d_head)


def merge_interleaved(x):
    *lead, n_heads, t, d_head = x.shape
    return np.moveaxis(x, -3, -1).reshape(*lead, t, n_heads * d_head)


def merge_averaged(x):
    return x.mean(axis=-3)


def merge_added(x):
    return x.sum(axis=-3)


def merge_one_below_the_other(x):
    *lead, n_heads, t, d_head = x.shape
    return x.reshape(*lead, n_heads * t, d_head)


def merge_first_head_only(x):
    return x[..., 0, :, :].copy()


def merge_swapped_only(x):
    return np.swapaxes(x, -3, -2).copy()


def merge_reversed(x):
    *lead, n_heads, t, d_head = x.shape
    return np.swapaxes(x[..., ::-1, :, :], -3, -2).reshape(*lead, t, n_heads * d_head)


def merge_one_sequence_only(x):
    n_heads, t, d_head = x.shape
    return x.transpose(1, 0, 2).reshape(t, n_heads * d_head)


def merge_first_axis_as_heads(x):
    return np.concatenate(list(x), axis=-1)


def merge_into_float64(x):
    n_heads, t, d_head = x.shape[-3:]
    out = np.zeros((*x.shape[:-3], t, n_heads * d_head))
    for h in range(n_heads):
        out[..., h * d_head : (h + 1) * d_head] = x[..., h, :, :]
    return out


def _merge_visible():
    return [
        Case((tokens(2, 2, 2),)),
        Case((tokens(2, 5, 3),)),
        Case((tokens(2, 3, 5, 2),)),
        Case((tokens(1, 3, 7, 2, dtype=np.float32),)),
        Case((tokens(2, 3, 2, 5, 4),)),
        Case((np.asfortranarray(tokens(2, 5, 3, 4)).swapaxes(-3, -2),)),
    ]


def _merge_hidden(rng):
    return [
        Case((rng.standard_normal((3, 7, 5)),)),
        Case((rng.standard_normal((3, 3, 3)),)),
        Case((rng.standard_normal((5, 2, 3, 7)),)),
        Case((rng.standard_normal((2, 3, 4, 5, 2)),)),
        Case((rng.standard_normal((2, 1, 5, 3)).astype(np.float32),)),
        Case((np.asfortranarray(rng.standard_normal((3, 2, 5))).swapaxes(0, 1),)),
    ]


EXERCISE = Exercise(
    name="merge_heads",
    section=f"{PAGE}#heads-merge",
    reference=heads.merge_heads,
    visible=_merge_visible,
    hidden=_merge_hidden,
    axes=("token", "feature"),
    seals=(heads.merge_heads,),
    same_dtype=True,
    misconceptions=(
        Misconception(
            "reshape without transpose",
            "The shape is right, but the array is only cut anew in reading order, which mixes up tokens "
            "and heads; swap heads and tokens first.",
            merge_reshape_only,
        ),
        Misconception(
            "features interleaved",
            "The heads' features alternate; all features of head 0 come first, then all of head 1.",
            merge_interleaved,
        ),
        Misconception(
            "heads averaged",
            "The heads are averaged, so what one of them found is lost; put them side by side.",
            merge_averaged,
        ),
        Misconception(
            "heads added",
            "The heads are added up, so what one of them found is lost; put them side by side.",
            merge_added,
        ),
        Misconception(
            "heads below each other",
            "The heads follow each other along the tokens; they belong side by side along the features.",
            merge_one_below_the_other,
        ),
        Misconception(
            "first head only",
            "Only the first head comes back; put all of them side by side.",
            merge_first_head_only,
        ),
        Misconception(
            "swapped but not joined",
            "Heads and tokens are swapped, but the heads are still an axis of their own; join the last "
            "two axes.",
            merge_swapped_only,
        ),
        Misconception(
            "heads in reverse",
            "The last head comes first; head 0 has the first features.",
            merge_reversed,
        ),
        Misconception(
            "only one sequence",
            "Right for one sequence, but a batch has more axes in front; leave them where they are.",
            merge_one_sequence_only,
        ),
        Misconception(
            "batch taken for heads",
            "Right for one sequence; in a batch the first axis is not that of the heads. Count the axes "
            "from the end: -3.",
            merge_first_axis_as_heads,
        ),
        Misconception(
            "float64 from float32",
            "The numbers are right, but float32 has become float64, which takes twice the memory; keep "
            "the dtype of x.",
            merge_into_float64,
        ),
    ),
    properties=(
        Property(
            "Each number of x must be used once.",
            lambda case, got: np.array_equal(np.sort(got, axis=None), np.sort(case.args[0], axis=None)),
        ),
        Property(
            "The first d_head features of every token must come from head 0.",
            lambda case, got: np.array_equal(
                got[..., : case.args[0].shape[-1]], case.args[0][..., 0, :, :]
            ),
        ),
    ),
)
