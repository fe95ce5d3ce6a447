"""Which row of the table of biases each query takes for each key."""

import numpy as np

from attnlib.catalogue.t5 import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _relative_rows(t_q, t_k, reach):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return np.clip(distances, -reach, reach) + reach


def sign_turned(t_q, t_k, reach):
    distances = np.arange(t_q)[:, None] + t_k - t_q - np.arange(t_k)
    return np.clip(distances, -reach, reach) + reach


def side_forgotten(t_q, t_k, reach):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return np.minimum(np.abs(distances), reach) + reach


def distance_for_a_row(t_q, t_k, reach):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return np.clip(distances, -reach, reach)


def far_ones_wrapped(t_q, t_k, reach):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return (distances + reach) % (2 * reach + 1)


def not_clipped(t_q, t_k, reach):
    return np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q) + reach


def clipped_one_early(t_q, t_k, reach):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return np.clip(distances, 1 - reach, reach - 1) + reach


def clipped_on_one_side(t_q, t_k, reach):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return np.maximum(distances, -reach) + reach


def clipped_after_the_shift(t_q, t_k, reach):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return np.clip(distances + reach, 0, reach)


def lined_up_at_the_first_key(t_q, t_k, reach):
    distances = np.arange(t_k) - np.arange(t_q)[:, None]
    return np.clip(distances, -reach, reach) + reach


def queries_in_the_columns(t_q, t_k, reach):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return (np.clip(distances, -reach, reach) + reach).T


def counted_from_one(t_q, t_k, reach):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return np.clip(distances, -reach, reach) + reach + 1


def _visible():
    return [Case((3, 3, 4)), Case((4, 4, 1)), Case((2, 5, 2)), Case((1, 4, 2)), Case((5, 3, 2))]


def _hidden(rng):
    few, many = int(rng.integers(2, 5)), int(rng.integers(6, 9))
    return [
        Case((many, many, 3)),
        Case((few, many, 2)),
        Case((many, few, 2)),
        Case((few, few, 1)),
        Case((1, many, 4)),
        Case((many, many, many + 3)),
    ]


EXERCISE = Exercise(
    name="relative_rows",
    section=f"{PAGE}#t5-relative",
    reference=_relative_rows,
    visible=_visible,
    hidden=_hidden,
    axes=("query", "key"),
    misconceptions=(
        Misconception(
            "sign turned round",
            "The distance is the query's place minus the key's, so that keys before a query get the rows "
            "of those after it.",
            sign_turned,
        ),
        Misconception(
            "side forgotten",
            "Keys before a query and keys after it share a row; each side has rows of its own.",
            side_forgotten,
        ),
        Misconception(
            "distance for a row",
            "These are distances; as numbers of rows, which begin at 0, they must be moved by the reach.",
            distance_for_a_row,
        ),
        Misconception(
            "far ones wrapped round",
            "A key beyond the reach comes in again at the other end of the table; it takes the last row on "
            "its own side.",
            far_ones_wrapped,
        ),
        Misconception(
            "not clipped",
            "Right within the reach; a key beyond it gets a row that isn't there: it takes the last one.",
            not_clipped,
        ),
        Misconception(
            "clipped one early",
            "The outermost rows are never used: a distance of just the reach has a row of its own.",
            clipped_one_early,
        ),
        Misconception(
            "clipped on one side",
            "Keys far before a query are clipped, and keys far after it aren't.",
            clipped_on_one_side,
        ),
        Misconception(
            "clipped to half the table",
            "All keys after a query share one row, although the table has rows for them: clip before you "
            "move, or up to twice the reach.",
            clipped_after_the_shift,
        ),
        Misconception(
            "lined up at the first key",
            "The first query is lined up with the first key; the queries are the newest words, so the "
            "last query belongs to the last key.",
            lined_up_at_the_first_key,
            section="chapters/07-masks#masks-causal",
        ),
        Misconception(
            "queries in the columns",
            "There is a row for each key; there must be one for each query.",
            queries_in_the_columns,
        ),
        Misconception(
            "counted from 1",
            "Every number is one too large: the first row of the table is row 0.",
            counted_from_one,
        ),
    ),
    properties=(
        Property(
            "The last query stands at the last key, whose distance is 0: that is the middle row.",
            lambda case, got: bool(got[-1, -1] == case.args[2]),
        ),
        Property(
            "The table has 2 · reach + 1 rows, counted from 0.",
            lambda case, got: bool(got.min() >= 0 and got.max() <= 2 * case.args[2]),
        ),
    ),
)
