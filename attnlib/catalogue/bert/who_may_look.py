"""The two masks: everything but padding, and what of that isn't later."""

import numpy as np

from attnlib import masks
from attnlib.catalogue.bert import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _who_may_look(keep, causal=False):
    t = keep.shape[-1]
    mask = masks.causal_mask(t) if causal else np.ones((t, t), dtype=bool)
    return mask & keep[..., None, :]


def look_without_padding_mask(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool) if causal else np.ones((t, t), dtype=bool)
    return np.broadcast_to(mask, (*keep.shape, t)).copy()


def look_always_everywhere(keep, causal=False):
    return np.ones((keep.shape[-1], 1), dtype=bool) & keep[..., None, :]


def look_always_causal(keep, causal=False):
    return np.tri(keep.shape[-1], dtype=bool) & keep[..., None, :]


def look_causal_turned_round(keep, causal=False):
    t = keep.shape[-1]
    mask = np.ones((t, t), dtype=bool) if causal else np.tri(t, dtype=bool)
    return mask & keep[..., None, :]


def look_at_the_future(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool).T if causal else np.ones((t, t), dtype=bool)
    return mask & keep[..., None, :]


def look_not_at_itself(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, k=-1, dtype=bool) if causal else np.ones((t, t), dtype=bool)
    return mask & keep[..., None, :]


def look_around_itself(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool) if causal else ~np.eye(t, dtype=bool)
    return mask & keep[..., None, :]


def look_queries_masked(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool) if causal else np.ones((t, t), dtype=bool)
    return mask & keep[..., :, None]


def look_both_masked(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool) if causal else np.ones((t, t), dtype=bool)
    return mask & keep[..., None, :] & keep[..., :, None]


def look_joined_by_or(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool) if causal else np.zeros((t, t), dtype=bool)
    return mask | keep[..., None, :]


def look_true_is_hidden(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool) if causal else np.ones((t, t), dtype=bool)
    return ~(mask & keep[..., None, :])


def look_at_padding_alone(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool) if causal else np.ones((t, t), dtype=bool)
    return mask & ~keep[..., None, :]


def look_in_numbers(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool) if causal else np.ones((t, t), dtype=bool)
    return (mask & keep[..., None, :]).astype(float)


def look_without_query_axis(keep, causal=False):
    t = keep.shape[-1]
    mask = np.tri(t, dtype=bool) if causal else np.ones((t, t), dtype=bool)
    return mask & keep


def _visible():
    keep = np.array([[True, True, True, True], [True, True, False, False]])
    return [
        Case((keep[1],)),
        Case((keep[1],), {"causal": True}),
        Case((keep,)),
        Case((keep,), {"causal": True}),
        Case((np.array([True, True, False]),), {"causal": False}),
    ]


def _hidden(rng):
    def drawn(*shape):
        return np.arange(shape[-1]) < rng.integers(1, shape[-1], size=shape[:-1])[..., None]

    return [
        Case((drawn(3, 5),)),
        Case((drawn(3, 5),), {"causal": True}),
        Case((drawn(2, 3, 7),)),
        Case((drawn(2, 3, 7),), {"causal": True}),
        Case((np.array([[False, True, True, False, True], [True, False, True, True, True]]),)),
        Case((np.ones(1, dtype=bool),), {"causal": True}),
    ]


EXERCISE = Exercise(
    name="who_may_look",
    section=f"{PAGE}#bert-masks",
    reference=_who_may_look,
    visible=_visible,
    hidden=_hidden,
    axes=("query", "key"),
    same_dtype=True,
    seals=(masks.causal_mask, masks.padding_mask),
    misconceptions=(
        Misconception(
            "padding may be seen",
            "Padding may be attended to; with either mask no token sees it.",
            look_without_padding_mask,
            section="chapters/07-masks#masks-padding",
        ),
        Misconception(
            "never causal",
            "The argument `causal` makes no difference; with it, a token sees nothing later than itself.",
            look_always_everywhere,
        ),
        Misconception(
            "always causal",
            "The argument `causal` makes no difference; without it, a token sees both sides.",
            look_always_causal,
        ),
        Misconception(
            "the models exchanged",
            "The staircase stands where it isn't asked for: with `causal` a token sees one side, without "
            "it both.",
            look_causal_turned_round,
        ),
        Misconception(
            "looks ahead",
            "The staircase is turned over: a token sees itself and later ones; it must be itself and "
            "earlier ones.",
            look_at_the_future,
            section="chapters/07-masks#masks-causal",
        ),
        Misconception(
            "not even itself",
            "With `causal` a token doesn't see itself, so that the first sees nothing at all.",
            look_not_at_itself,
            section="chapters/07-masks#masks-causal",
        ),
        Misconception(
            "itself barred",
            "Without `causal` a token may look everywhere but at itself. It is the word that is hidden, in "
            "the text; the mask lets every token see itself.",
            look_around_itself,
        ),
        Misconception(
            "queries masked",
            "The padding is closed as queries, along the rows; close it as keys, along the last axis.",
            look_queries_masked,
            section="chapters/07-masks#masks-padding",
        ),
        Misconception(
            "queries masked as well",
            "The rows of the padding are empty, which makes a softmax of nothing; close only its columns.",
            look_both_masked,
            section="chapters/07-masks#masks-padding",
        ),
        Misconception(
            "or for and",
            "A key may be seen here if one condition allows it; both must.",
            look_joined_by_or,
        ),
        Misconception(
            "polarity inverted",
            "True stands where a token must not look; in this course True means may attend.",
            look_true_is_hidden,
            section="chapters/07-masks#masks-true",
        ),
        Misconception(
            "keep turned round",
            "Only padding may be attended to: True in `keep` means a word.",
            look_at_padding_alone,
        ),
        Misconception(
            "numbers instead of booleans",
            "The mask holds numbers, 1 and 0; it must hold True and False (dtype bool).",
            look_in_numbers,
            section="chapters/07-masks#masks-true",
        ),
        Misconception(
            "no axis for the queries",
            "There is no axis for the queries in `keep`, so NumPy lines its texts up with them, or fails; "
            "put an axis of size 1 before the last.",
            look_without_query_axis,
            section="chapters/07-masks#masks-shapes",
        ),
    ),
    properties=(
        Property(
            "A column of padding has no True.",
            lambda case, got: not (got * ~case.args[0][..., None, :]).any(),
        ),
        Property(
            "Every word may look at itself.",
            lambda case, got: bool((got.diagonal(axis1=-2, axis2=-1) == case.args[0]).all()),
        ),
    ),
)
