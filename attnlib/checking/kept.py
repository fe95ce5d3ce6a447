"""What is right about wrong numbers: their sums, their order, on which side they are off, by how much."""

import numpy as np

from attnlib.checking.amounts import PRECISION, explains
from attnlib.checking.relations import many
from attnlib.checking.sentences import Says

ENOUGH = 6  # numbers whose order is no accident


def kept(evidence):
    """Return what is right about wrong numbers, as a sentence, or None."""
    if evidence.exercise.by_value or not evidence.numbers:
        return None
    along = [
        _along(*pair, evidence.given[i])
        for pair, i in zip(evidence.numbers, evidence.compared, strict=True)
    ]
    turned = any("axis" in evidence.given[i] for i in evidence.compared)
    if explains(evidence.numbers) and None not in along:
        if all(_same_sums(g, e) for g, e in along):
            return Says.SUMS_ALONG if turned else Says.SUMS_RIGHT
        if all(_ordered(g, e) for g, e in along):
            return Says.ORDER_ALONG if turned else Says.ORDER_RIGHT
    return _rises(evidence) or next((says for says, holds in SIDES if holds(evidence)), None)


def _along(g, e, given):
    """Return two arrays with the axis that `axis` names as the last, or None if they have it no more."""
    first = next(value for value in given.values())
    if "axis" in given:
        if np.ndim(first) != e.ndim:
            return None
        g, e = (np.moveaxis(one, given["axis"], -1) for one in (g, e))
    return (g, e) if e.ndim and e.shape[-1] > 1 else None


def _same_sums(g, e):
    off = np.abs((g - e).sum(axis=-1)).max()
    return bool(off <= PRECISION * max(np.abs(g).max(), np.abs(e).max()))


def _ordered(g, e):
    """Return whether the numbers of each row have the order that they ought to have."""
    up = np.take_along_axis(g, np.argsort(e, axis=-1, kind="stable"), axis=-1)
    return bool((np.diff(up, axis=-1) >= -PRECISION * np.abs(g).max()).all())


def _rises(evidence):
    """Return whether all numbers of all cases together have the order of the right ones, or its reverse."""
    g, e = (np.concatenate([pair[i].ravel() for pair in evidence.numbers]) for i in (0, 1))
    if len(np.unique(np.round(e, 6))) < ENOUGH or len(np.unique(np.round(g, 6))) < ENOUGH:
        return None
    steps = np.diff(g[np.lexsort((g, e))]), np.diff(g[np.lexsort((-g, e))])
    slack = PRECISION * np.abs(g).max()
    if (steps[0] >= -slack).all():
        return Says.RISES
    return Says.FALLS if (steps[1] <= slack).all() else None


def _off(far):
    return lambda g, e: bool(
        far(g, e)[~np.isclose(g, e, rtol=PRECISION, atol=PRECISION * np.abs(e).max())].all()
    )


SIDES = (
    (Says.TOO_SMALL, many(_off(lambda g, e: g < e))),
    (Says.TOO_LARGE, many(_off(lambda g, e: g > e))),
    (Says.NEARER_TO_0, many(_off(lambda g, e: np.abs(g) < np.abs(e)))),
    (Says.FARTHER_FROM_0, many(_off(lambda g, e: np.abs(g) > np.abs(e)))),
)


def nearly(evidence):
    """Return to how many digits a result is right where it is nearly right, as a sentence, or None."""
    pairs = evidence.numbers
    if not pairs or evidence.exercise.by_value:
        return None
    off = max(np.abs(g - e).max(initial=0) / (np.abs(e).max(initial=0) or 1) for g, e in pairs)
    return Says.NEARLY.format(part=f"1/{10 ** int(-np.log10(off))}") if 0 < off <= 1e-2 else None
