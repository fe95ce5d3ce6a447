"""What a wrong result has to do with the right one: a factor, another order, one more softmax.

A relation is said only if it holds in every case that fails. Which numbers are right is never said; where
the question is answered by numbers on paper, neither is what could be undone with a calculator.
"""

import itertools

import numpy as np

from attnlib.checking.amounts import equal, explains, factors, same, shifts, symbols
from attnlib.checking.sentences import Says

MOST_ROWS = 64  # to look for in another order


def always(relation):
    """Return a function that says whether a relation of arrays holds wherever an answer is wrong."""

    def holds(evidence):
        pairs = evidence.numbers
        with np.errstate(all="ignore"):
            return bool(pairs) and all(relation(g, e) for g, e in pairs)

    return holds


def _by_line(axis, combined):
    """Return a relation: each line along `axis` is the right one combined with a number of its own."""

    def relation(g, e):
        if e.ndim < 2 or e.shape[axis] < 2:
            return False
        if combined is np.add:
            return same(g, e + (g - e).mean(axis=axis, keepdims=True))
        c = (g * e).sum(axis=axis, keepdims=True) / (e * e).sum(axis=axis, keepdims=True)
        return bool(np.all(c != 0)) and same(g, np.where(e == 0, 0, c * e))

    return relation


def _turned(g, e):
    return e.ndim >= 2 and same(g, e.swapaxes(-1, -2))


def _axes_exchanged(g, e):
    return 2 < e.ndim < 6 and any(
        e.shape == tuple(e.shape[i] for i in order) and same(g, e.transpose(order))
        for order in itertools.permutations(range(e.ndim))
    )


def _flipped(axis):
    return lambda g, e: e.ndim >= -axis and same(g, np.flip(e, axis))


def _rolled(axis):
    return lambda g, e: e.ndim >= -axis and any(same(g, np.roll(e, by, axis)) for by in (1, -1))


def _slid(axis):
    """Return a relation: what stands beside the border comes from one place further on."""

    def relation(g, e):
        if e.ndim < -axis or e.shape[axis] < 3:
            return False
        g, e = np.moveaxis(g, axis, 0), np.moveaxis(e, axis, 0)
        return same(g[1:], e[:-1]) or same(g[:-1], e[1:])

    return relation


def _reordered(axis):
    def relation(g, e):
        if e.ndim < -axis or e.shape[axis] > MOST_ROWS:
            return False
        g, e = (np.moveaxis(one, axis, 0).reshape(one.shape[axis], -1) for one in (g, e))
        left = list(e)
        for line in g:
            place = next((i for i, other in enumerate(left) if same(line, other)), None)
            if place is None:
                return False
            del left[place]
        return True

    return relation


def _misplaced(g, e):
    return e.size > 1 and same(np.sort(g, axis=None), np.sort(e, axis=None))


def _softmax(x, axis):
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _softmax_missing(axis):
    return lambda g, e: e.ndim >= -axis and e.shape[axis] > 1 and same(_softmax(g, axis), e)


def _softmax_twice(axis):
    return lambda g, e: e.ndim >= -axis and e.shape[axis] > 1 and same(g, _softmax(e, axis))


def _not_divided(axis):
    return lambda g, e: e.ndim >= -axis and same(g / g.sum(axis=axis, keepdims=True), e)


def _rounded(g, e):
    ways = [np.floor, np.ceil, np.trunc, *(lambda x, n=n: np.round(x, n) for n in range(6))]
    return any(np.array_equal(g, way(e)) for way in ways)


def many(relation):
    """Return a relation that is no accident of a few numbers."""
    holds = always(relation)
    return lambda evidence: holds(evidence) and explains(evidence.numbers)


# the first that holds is said
ON_PAPER_TOO = (
    (Says.TURNED, always(_turned)),
    (Says.AXES_EXCHANGED, always(_axes_exchanged)),
    (Says.ROWS_REVERSED, always(_flipped(-2))),
    (Says.REVERSED, always(_flipped(-1))),
    (Says.ROWS_OFF_BY_ONE, always(_rolled(-2))),
    (Says.OFF_BY_ONE, always(_rolled(-1))),
    (Says.ROWS_REORDERED, many(lambda g, e: e.ndim >= 2 and _reordered(-2)(g, e))),
    (Says.REORDERED, many(lambda g, e: e.ndim >= 2 and _reordered(-1)(g, e))),
    (Says.MISPLACED, many(_misplaced)),
    (Says.ROWS_SLID, many(_slid(-2))),
    (Says.SLID, many(_slid(-1))),
)
OF_FUNCTIONS = (
    (Says.NOT_DIVIDED, many(_not_divided(-1))),
    (Says.NOT_DIVIDED_DOWN, many(_not_divided(-2))),
    (Says.SOFTMAX_MISSING, many(_softmax_missing(-1))),
    (Says.SOFTMAX_TWICE, many(_softmax_twice(-1))),
    (Says.SOFTMAX_DOWN, many(_softmax_twice(-2))),
    (Says.COMPLEMENT, always(lambda g, e: same(g, 1 - e))),
    (Says.SIGN_LOST, always(lambda g, e: same(g, np.abs(e)))),
    (Says.SIGNS, always(lambda g, e: same(np.abs(g), np.abs(e)))),
    (Says.CLIPPED, always(lambda g, e: same(g, np.maximum(e, 0)))),
    (Says.SQUARED, many(lambda g, e: same(g, e * e))),
    (Says.ROOTED, many(lambda g, e: (e >= 0).all() and same(g, np.sqrt(e)))),
    (Says.INVERTED, many(lambda g, e: same(g * e, np.ones(e.shape)))),
    (Says.EXPONENTIATED, many(lambda g, e: same(g, np.exp(e)))),
    (Says.LOGGED, many(lambda g, e: (e > 0).all() and same(g, np.log(e)))),
    (Says.ROUNDED_OFF, many(_rounded)),
    (Says.ALL_ZERO, always(lambda g, e: not g.any())),
    (Says.ALL_EQUAL, always(lambda g, e: g.size > 1 and same(g, np.full(g.shape, g.flat[0])))),
    (
        Says.ROWS_EQUAL,
        always(lambda g, e: g.ndim > 1 and g.shape[-2] > 1 and same(g, g[..., :1, :] + 0 * e)),
    ),
)
BY_LINES = (
    (Says.ROWS_TIMES, many(_by_line(-1, np.multiply))),
    (Says.COLUMNS_TIMES, many(_by_line(-2, np.multiply))),
    (Says.ROWS_PLUS, many(_by_line(-1, np.add))),
    (Says.COLUMNS_PLUS, many(_by_line(-2, np.add))),
)


def related(evidence):
    """Return what the result has to do with the right one, as a sentence, or None."""
    found = factors(evidence)
    if found is not None:
        by_value = evidence.exercise.by_value
        if equal(found):
            return Says.SIGN_TURNED if equal([-1.0, *found]) and not by_value else Says.TIMES
        return Says.TIMES if symbols(evidence, found) else Says.TIMES_VARYING
    found = shifts(evidence)
    if found is not None:
        return Says.PLUS if equal(found) else Says.PLUS_VARYING
    relations = ON_PAPER_TOO if evidence.exercise.by_value else ON_PAPER_TOO + OF_FUNCTIONS
    return next((says for says, holds in relations if holds(evidence)), None)


def related_by_lines(evidence):
    """Return what rows or columns have to do with the right ones, as a sentence, or None."""
    if evidence.exercise.by_value:
        return None
    return next((says for says, holds in BY_LINES if holds(evidence)), None)
