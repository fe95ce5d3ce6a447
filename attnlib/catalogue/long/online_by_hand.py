"""A softmax of six scores in three blocks, by hand."""

import numpy as np

from attnlib.catalogue.long import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.long import online_steps

SCORES = np.array([3.0, 3.0, 5.0, 4.0, 4.0, 6.0])
VALUES = np.array([6.0, 2.0, 4.0, 6.0, 4.0, 8.0])


def _online():
    steps = online_steps(SCORES, VALUES[:, None], block_size=2, base=2)
    return np.array([np.concatenate([step.peak, step.total, step.context]) for step in steps])


def online_never_mended():
    s, v = np.array([[3, 3], [5, 4], [4, 6]]), np.array([[6, 2], [4, 6], [4, 8]])
    peak = np.maximum.accumulate(s.max(axis=1))
    powers = 2.0 ** (s - peak[:, None])
    return np.stack([peak, np.cumsum(powers.sum(axis=1)), np.cumsum((powers * v).sum(axis=1))], axis=1)


def online_context_not_mended():
    s, v = np.array([[3, 3], [5, 4], [4, 6]]), np.array([[6, 2], [4, 6], [4, 8]])
    rows, m, total, c = [], -np.inf, 0.0, 0.0
    for scores, values in zip(s, v, strict=True):
        new = max(m, scores.max())
        powers = 2.0 ** (scores - new)
        total, c, m = 2.0 ** (m - new) * total + powers.sum(), c + powers @ values, new
        rows.append([m, total, c])
    return rows


def online_sum_not_mended():
    s, v = np.array([[3, 3], [5, 4], [4, 6]]), np.array([[6, 2], [4, 6], [4, 8]])
    rows, m, total, c = [], -np.inf, 0.0, 0.0
    for scores, values in zip(s, v, strict=True):
        new = max(m, scores.max())
        powers = 2.0 ** (scores - new)
        total, c, m = total + powers.sum(), 2.0 ** (m - new) * c + powers @ values, new
        rows.append([m, total, c])
    return rows


def online_mended_upwards():
    s, v = np.array([[3, 3], [5, 4], [4, 6]]), np.array([[6, 2], [4, 6], [4, 8]])
    rows, m, total, c = [], 3.0, 0.0, 0.0
    for scores, values in zip(s, v, strict=True):
        new = max(m, scores.max())
        powers = 2.0 ** (scores - new)
        total, c, m = 2.0 ** (new - m) * total + powers.sum(), 2.0 ** (new - m) * c + powers @ values, new
        rows.append([m, total, c])
    return rows


def online_each_block_alone():
    s, v = np.array([[3, 3], [5, 4], [4, 6]]), np.array([[6, 2], [4, 6], [4, 8]])
    powers = 2.0 ** (s - s.max(axis=1, keepdims=True))
    return np.stack([s.max(axis=1), powers.sum(axis=1), (powers * v).sum(axis=1)], axis=1)


def online_with_e():
    s, v = np.array([[3, 3], [5, 4], [4, 6]]), np.array([[6, 2], [4, 6], [4, 8]])
    rows, m, total, c = [], -np.inf, 0.0, 0.0
    for scores, values in zip(s, v, strict=True):
        new = max(m, scores.max())
        powers = np.exp(scores - new)
        total, c, m = np.exp(m - new) * total + powers.sum(), np.exp(m - new) * c + powers @ values, new
        rows.append([m, total, c])
    return rows


def online_nothing_subtracted():
    s, v = np.array([[3, 3], [5, 4], [4, 6]]), np.array([[6, 2], [4, 6], [4, 8]])
    powers = 2.0**s
    peak = np.maximum.accumulate(s.max(axis=1))
    return np.stack([peak, np.cumsum(powers.sum(axis=1)), np.cumsum((powers * v).sum(axis=1))], axis=1)


def online_already_divided():
    s, v = np.array([[3, 3], [5, 4], [4, 6]]), np.array([[6, 2], [4, 6], [4, 8]])
    rows, m, total, c = [], -np.inf, 0.0, 0.0
    for scores, values in zip(s, v, strict=True):
        new = max(m, scores.max())
        powers = 2.0 ** (scores - new)
        total, c, m = 2.0 ** (m - new) * total + powers.sum(), 2.0 ** (m - new) * c + powers @ values, new
        rows.append([m, total, c / total])
    return rows


EXERCISE = Exercise(
    name="online_by_hand",
    section=f"{PAGE}#long-online",
    reference=_online,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "never mended",
            "A new largest score changes nothing of what was summed before; sum and mixture must be "
            "multiplied by r, because they were measured from the old one.",
            online_never_mended,
        ),
        Misconception(
            "mixture not mended",
            "The sum is mended when the largest score rises, the mixture isn't; both are sums of the same "
            "powers.",
            online_context_not_mended,
        ),
        Misconception(
            "sum not mended",
            "The mixture is mended when the largest score rises, the sum isn't; both are sums of the same "
            "powers.",
            online_sum_not_mended,
        ),
        Misconception(
            "mended the wrong way",
            "Earlier sums are made larger where the largest score rises; measured from a larger score, "
            "powers are smaller.",
            online_mended_upwards,
        ),
        Misconception(
            "each block alone",
            "Each block is taken by itself; the second row is to hold what is known of two blocks.",
            online_each_block_alone,
        ),
        Misconception(
            "powers of e",
            "These are powers of e; the question asks for powers of 2.",
            online_with_e,
        ),
        Misconception(
            "nothing subtracted",
            "The powers are those of the scores themselves; subtract the largest score so far from each.",
            online_nothing_subtracted,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "divided already",
            "The last column is the context of each row; asked for is the mixture before it is divided by "
            "the sum.",
            online_already_divided,
        ),
    ),
    properties=(
        Property(
            "The largest score so far never falls.",
            lambda case, got: bool((np.diff(got[:, 0]) >= 0).all()),
        ),
    ),
)
