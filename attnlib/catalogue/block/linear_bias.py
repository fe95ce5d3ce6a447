"""What a key loses for being far away."""

import numpy as np

from attnlib.catalogue.block import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.layers import positions


def _linear_bias(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return -np.asarray(slopes)[:, None, None] * np.abs(distances)


def far_is_better(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return slopes[:, None, None] * np.abs(distances)


def lined_up_at_the_first_key(t_q, t_k, slopes):
    distances = np.arange(t_k) - np.arange(t_q)[:, None]
    return -slopes[:, None, None] * np.abs(distances)


def later_keys_rewarded(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return slopes[:, None, None] * distances


def earlier_keys_rewarded(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return -slopes[:, None, None] * distances


def distance_from_the_last(t_q, t_k, slopes):
    distances = np.broadcast_to(np.arange(t_k) - (t_k - 1), (t_q, t_k))
    return -slopes[:, None, None] * np.abs(distances)


def squared_distance(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return -slopes[:, None, None] * distances**2


def slopes_of_queries(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return np.moveaxis(-slopes * np.abs(distances)[..., None], -1, 0)[::-1]


def heads_last(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return -np.abs(distances)[..., None] * slopes


def keys_in_the_rows(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return -slopes[:, None, None] * np.abs(distances).T


def no_slopes(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return np.repeat(-np.abs(distances)[None].astype(float), len(slopes), axis=0)


def divided_by_the_slopes(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return -np.abs(distances) / slopes[:, None, None]


def future_hidden(t_q, t_k, slopes):
    distances = np.arange(t_k) - (np.arange(t_q)[:, None] + t_k - t_q)
    return np.where(distances > 0, -1e9, -slopes[:, None, None] * np.abs(distances))


def _visible():
    return [
        Case((3, 3, np.array([1.0, 0.5]))),
        Case((2, 5, np.array([0.5, 0.25, 2.0]))),
        Case((1, 4, np.array([0.75]))),
        Case((5, 3, np.array([1.0, 0.125]))),
        Case((4, 6, np.array([0.5, 0.25, 0.125, 3.0, 0.1]))),
    ]


def _hidden(rng):
    few, many = int(rng.integers(2, 6)), int(rng.integers(6, 10))
    return [
        Case((many, many, rng.uniform(0.1, 2, size=3))),
        Case((few, many, rng.uniform(0.1, 2, size=2))),
        Case((many, few, rng.uniform(0.1, 2, size=5))),
        Case((1, 1, rng.uniform(0.1, 2, size=2))),
        Case((3, 3, rng.uniform(0.1, 2, size=3))),
    ]


EXERCISE = Exercise(
    name="linear_bias",
    section=f"{PAGE}#block-alibi",
    reference=_linear_bias,
    visible=_visible,
    hidden=_hidden,
    seals=(positions.alibi, positions._distances),
    axes=("head", "query", "key"),
    misconceptions=(
        Misconception(
            "far is better",
            "A key gains by being far away; it must lose.",
            far_is_better,
        ),
        Misconception(
            "lined up at the first key",
            "The first query is lined up with the first key; the queries are the newest tokens, so "
            "the last "
            "query belongs to the last key.",
            lined_up_at_the_first_key,
            section="chapters/07-masks#masks-causal",
        ),
        Misconception(
            "later keys rewarded",
            "The distance has kept its sign: keys before the query lose, and keys after it gain. Take its "
            "absolute value.",
            later_keys_rewarded,
        ),
        Misconception(
            "earlier keys rewarded",
            "The distance has kept its sign: keys after the query lose, and keys before it gain. Take its "
            "absolute value.",
            earlier_keys_rewarded,
        ),
        Misconception(
            "the same for all queries",
            "Distances are counted from the last key in every row; each query has a place of its own.",
            distance_from_the_last,
        ),
        Misconception(
            "squared distance",
            "The distance is squared; here a key loses the same for each step.",
            squared_distance,
        ),
        Misconception(
            "heads in reverse",
            "The heads have the slopes in reverse order.",
            slopes_of_queries,
        ),
        Misconception(
            "heads last",
            "The heads are the last axis; they come first, so that the bias fits on the scores.",
            heads_last,
            section="chapters/08-many-heads#heads-split",
        ),
        Misconception(
            "keys in the rows",
            "Each head has a row for each key; it must have a row for each query.",
            keys_in_the_rows,
        ),
        Misconception(
            "slopes not used",
            "Every head loses 1 for each step; each has a slope of its own.",
            no_slopes,
        ),
        Misconception(
            "divided by the slopes",
            "The distance is divided by the slope; multiply it.",
            divided_by_the_slopes,
        ),
        Misconception(
            "mask mixed in",
            "Later keys are hidden here as well; that is the mask's part, and the bias goes by "
            "distance alone.",
            future_hidden,
        ),
    ),
    properties=(
        Property("No key can gain: the bias is never above 0.", lambda case, got: bool((got <= 0).all())),
        Property(
            "The last query stands at the last key, where the bias is 0.",
            lambda case, got: np.allclose(got[:, -1, -1], 0),
        ),
    ),
)
