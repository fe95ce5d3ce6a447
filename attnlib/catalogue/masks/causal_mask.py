"""The mask that hides the future."""

import numpy as np

from attnlib import masks, variants
from attnlib.catalogue.masks import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def causal_always_square(t_q, t_k=None):
    return np.tri(t_q, dtype=bool)


def causal_top_left(t_q, t_k=None):
    return np.tri(t_q, t_k, dtype=bool)


def causal_strict(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_k - t_q - 1, dtype=bool)


def causal_one_too_many(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_k - t_q + 1, dtype=bool)


def causal_true_is_masked(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return ~np.tri(t_q, t_k, t_k - t_q, dtype=bool)


def causal_upper_triangle(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.triu(np.ones((t_q, t_k), dtype=bool), t_k - t_q)


def causal_axes_swapped(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_k, t_q, t_q - t_k, dtype=bool)


def causal_numbers(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_k - t_q)


def causal_minus_infinity(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.where(np.tri(t_q, t_k, t_k - t_q, dtype=bool), 0.0, -np.inf)


def causal_wrong_offset(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_q - t_k, dtype=bool)


def causal_offset_never_negative(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, abs(t_k - t_q), dtype=bool)


def causal_integers(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.tri(t_q, t_k, t_k - t_q, dtype=int)


def causal_everything_allowed(t_q, t_k=None):
    return np.ones((t_q, t_q if t_k is None else t_k), dtype=bool)


def causal_only_the_diagonal(t_q, t_k=None):
    t_k = t_q if t_k is None else t_k
    return np.eye(t_q, t_k, t_k - t_q, dtype=bool)


def causal_needs_the_number_of_keys(t_q, t_k=None):
    return np.tri(t_q, t_k, t_k - t_q, dtype=bool)


def _causal_hidden(rng):
    few, many = rng.integers(3, 7), rng.integers(7, 12)
    return [
        Case((int(many),)),
        Case((int(few), int(many))),
        Case((int(many), int(few))),
        Case((1, int(many))),
        Case((1,)),
        Case((5,), {"t_k": 7}),
        Case((3, 3)),
    ]


EXERCISE = Exercise(
    name="causal_mask",
    section=f"{PAGE}#masks-causal",
    reference=masks.causal_mask,
    visible=lambda: [Case((3,)), Case((2,)), Case((2, 5)), Case((4, 4)), Case((5, 3)), Case((3, 7))],
    hidden=_causal_hidden,
    axes=("query", "key"),
    seals=(masks.causal_mask, variants._causal_block),
    same_dtype=True,
    misconceptions=(
        Misconception(
            "always square",
            "The argument `t_k` makes no difference; the mask has a row for each query and a column "
            "for each key.",
            causal_always_square,
            section=f"{PAGE}#masks-shapes",
        ),
        Misconception(
            "lined up at the first key",
            "The first query is lined up with the first key; the queries are the newest tokens, so the "
            "last query belongs to the last key.",
            causal_top_left,
        ),
        Misconception(
            "not even itself",
            "A token may not attend to itself here: the mask is one diagonal too small.",
            causal_strict,
        ),
        Misconception(
            "one token of the future",
            "Each token sees the one after it: the mask is one diagonal too large.",
            causal_one_too_many,
        ),
        Misconception(
            "polarity inverted",
            "True stands where attending is forbidden; in this course True means may attend.",
            causal_true_is_masked,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "upper triangle",
            "A token sees itself and what comes after it; it must see itself and what came before.",
            causal_upper_triangle,
        ),
        Misconception(
            "keys in the rows",
            "The mask has a row for each key; it must have a row for each query.",
            causal_axes_swapped,
            section=f"{PAGE}#masks-shapes",
        ),
        Misconception(
            "numbers instead of booleans",
            "The mask holds numbers, 1 and 0; it must hold True and False (dtype bool).",
            causal_numbers,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "0 and minus infinity",
            "This mask is made to be added to the scores; here a mask holds True and False.",
            causal_minus_infinity,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "offset turned round",
            "The diagonal moves the wrong way when there are more keys than queries: the newest query "
            "must see every key.",
            causal_wrong_offset,
        ),
        Misconception(
            "more queries than keys",
            "Right as long as there are at least as many keys as queries; with fewer keys the first "
            "queries stand before every key and see nothing.",
            causal_offset_never_negative,
        ),
        Misconception(
            "integers instead of booleans",
            "The mask holds the integers 1 and 0, which `~` turns into -2 and -1; it must hold True and "
            "False (dtype bool).",
            causal_integers,
            section=f"{PAGE}#masks-true",
        ),
        Misconception(
            "everything allowed",
            "Nothing is masked; a token may not attend to those after it.",
            causal_everything_allowed,
        ),
        Misconception(
            "only itself",
            "A token may attend to itself alone here; it may also attend to all tokens before it.",
            causal_only_the_diagonal,
        ),
        Misconception(
            "t_k is needed",
            "Right where `t_k` is given; without it there are as many keys as queries.",
            causal_needs_the_number_of_keys,
            section=f"{PAGE}#masks-shapes",
        ),
    ),
    properties=(
        Property(
            "The last query must see every key.",
            lambda case, got: bool(got[-1].all()),
        ),
        Property(
            "A later query must see all that an earlier one sees.",
            lambda case, got: bool((np.diff(got, axis=0) >= 0).all()),
        ),
    ),
)
