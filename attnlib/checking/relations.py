"""What a wrong result has to do with the right one: a factor, another order, one more softmax.

A relation is said only if it holds in every case that fails. Which numbers are right is never said; where
the question is answered by numbers on paper, neither is what could be undone with a calculator.
"""

import itertools
from fractions import Fraction

import numpy as np

from attnlib.checking.wording import Says

ENOUGH = 3  # numbers that a relation must explain, or any two would have one
MOST_ROWS = 64  # to look for in another order
PRECISION = 1e-5  # also of what was computed in float32


def same(a, b):
    """Return whether two arrays are the same but for rounding."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    most = np.abs(b[np.isfinite(b)]).max(initial=0)
    return a.shape == b.shape and np.allclose(a, b, rtol=PRECISION, atol=PRECISION * most)


def always(relation):
    """Return a function that says whether a relation of arrays holds wherever an answer is wrong."""

    def holds(evidence):
        pairs = evidence.numbers
        with np.errstate(all="ignore"):
            return bool(pairs) and all(relation(g, e) for g, e in pairs)

    return holds


def _explains(pairs, least=ENOUGH):
    """Return whether there are so many different numbers that a relation of them isn't an accident."""
    return sum(len(np.unique(e[e != 0])) for _, e in pairs) >= least


def factors(evidence):
    """Return the factor between the result and the right one in each case that fails, or None."""
    pairs = evidence.numbers
    if not pairs or not _explains(pairs):
        return None
    found = [(g * e).sum() / ((e * e).sum() or 1) for g, e in pairs]
    if not all(same(g, c * e) for c, (g, e) in zip(found, pairs, strict=True)):
        return None
    alone = all(e.size < 2 for _, e in pairs)  # any number is some multiple of another
    if not all(found) or (alone and not (_equal(found) or symbols(evidence, found))):
        return None
    return found


def shifts(evidence):
    """Return what was added to the right result in each case that fails, or None."""
    pairs = evidence.numbers
    if not pairs or not _explains(pairs, least=ENOUGH - 1):
        return None
    found = [(g - e).mean() for g, e in pairs]
    if not all(same(g, e + c) for c, (g, e) in zip(found, pairs, strict=True)):
        return None
    alone = all(e.size < 2 for _, e in pairs)
    return None if alone and not (_equal(found) and len(pairs) >= ENOUGH) else found


def _equal(numbers):
    return np.allclose(numbers, numbers[0], rtol=1e-5)


def symbols(evidence, found):
    """Return expressions in the sizes of the inputs that are these numbers in every case that fails."""
    sizes = [evidence.sizes[i] for i in evidence.wrong]
    shared = [name for name in sizes[0] if all(name in size for size in sizes)]
    forms = (("√{}", 0.5), ("1/√{}", -0.5), ("{}", 1.0), ("1/{}", -1.0))
    return [
        form.format(name)
        for form, power in forms
        for name in shared
        if np.allclose([size[name] ** power for size in sizes], found, rtol=1e-5)
        and any(size[name] != 1 for size in sizes)
    ]


def in_words(evidence, found):
    """Return numbers, one for each case that fails, in words: one number, what it comes from, or None."""
    named = " or ".join(symbols(evidence, found)[:2])
    if not _equal(found):
        return named or None
    number = _number(found[0])
    return f"{number}, which is {named} there" if named and len(found) > 1 else number


def _number(c):
    for root, form in ((c, "{}"), (c * c, "√{}")):
        fraction = Fraction(float(root)).limit_denominator(64)
        if fraction and np.isclose(float(fraction), root, rtol=1e-5):
            simple = fraction.denominator == 1 or form == "{}"
            text = form.format(fraction if simple else f"({fraction})")
            return text if c > 0 or form == "{}" else f"-{text}"
    known = {"ln 2": np.log(2), "1/ln 2": 1 / np.log(2), "e": np.e, "1/e": 1 / np.e}
    return next((name for name, value in known.items() if np.isclose(c, value, rtol=1e-5)), f"{c:.3g}")


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


def _ordered(g, e):
    """Return whether the numbers of each row have the order that they ought to have."""
    if e.ndim == 0 or e.shape[-1] < 2:
        return False
    up = np.take_along_axis(g, np.argsort(e, axis=-1, kind="stable"), axis=-1)
    return bool((np.diff(up, axis=-1) >= -PRECISION * np.abs(g).max()).all())


def _many(relation):
    """Return a relation that is no accident of a few numbers."""
    holds = always(relation)
    return lambda evidence: holds(evidence) and _explains(evidence.numbers)


# the first that holds is said
ON_PAPER_TOO = (
    (Says.TURNED, always(_turned)),
    (Says.AXES_EXCHANGED, always(_axes_exchanged)),
    (Says.ROWS_REVERSED, always(_flipped(-2))),
    (Says.REVERSED, always(_flipped(-1))),
    (Says.ROWS_OFF_BY_ONE, always(_rolled(-2))),
    (Says.OFF_BY_ONE, always(_rolled(-1))),
    (Says.ROWS_REORDERED, _many(lambda g, e: e.ndim >= 2 and _reordered(-2)(g, e))),
    (Says.REORDERED, _many(lambda g, e: e.ndim >= 2 and _reordered(-1)(g, e))),
    (Says.MISPLACED, _many(_misplaced)),
    (Says.ROWS_SLID, _many(_slid(-2))),
    (Says.SLID, _many(_slid(-1))),
)
OF_FUNCTIONS = (
    (Says.NOT_DIVIDED, _many(_not_divided(-1))),
    (Says.NOT_DIVIDED_DOWN, _many(_not_divided(-2))),
    (Says.SOFTMAX_MISSING, _many(_softmax_missing(-1))),
    (Says.SOFTMAX_TWICE, _many(_softmax_twice(-1))),
    (Says.SOFTMAX_DOWN, _many(_softmax_twice(-2))),
    (Says.COMPLEMENT, always(lambda g, e: same(g, 1 - e))),
    (Says.SIGN_LOST, always(lambda g, e: same(g, np.abs(e)))),
    (Says.SIGNS, always(lambda g, e: same(np.abs(g), np.abs(e)))),
    (Says.CLIPPED, always(lambda g, e: same(g, np.maximum(e, 0)))),
    (Says.SQUARED, _many(lambda g, e: same(g, e * e))),
    (Says.ROOTED, _many(lambda g, e: (e >= 0).all() and same(g, np.sqrt(e)))),
    (Says.INVERTED, _many(lambda g, e: same(g * e, np.ones(e.shape)))),
    (Says.EXPONENTIATED, _many(lambda g, e: same(g, np.exp(e)))),
    (Says.LOGGED, _many(lambda g, e: (e > 0).all() and same(g, np.log(e)))),
    (Says.ROUNDED_OFF, _many(_rounded)),
    (Says.ALL_ZERO, always(lambda g, e: not g.any())),
    (Says.ALL_EQUAL, always(lambda g, e: g.size > 1 and same(g, np.full(g.shape, g.flat[0])))),
    (
        Says.ROWS_EQUAL,
        always(lambda g, e: g.ndim > 1 and g.shape[-2] > 1 and same(g, g[..., :1, :] + 0 * e)),
    ),
)
BY_LINES = (
    (Says.ROWS_TIMES, _many(_by_line(-1, np.multiply))),
    (Says.COLUMNS_TIMES, _many(_by_line(-2, np.multiply))),
    (Says.ROWS_PLUS, _many(_by_line(-1, np.add))),
    (Says.COLUMNS_PLUS, _many(_by_line(-2, np.add))),
)
KEPT = (
    (Says.SUMS_RIGHT, _many(lambda g, e: e.ndim > 0 and same(g.sum(axis=-1), e.sum(axis=-1)))),
    (Says.ORDER_RIGHT, _many(_ordered)),
)


def related(evidence):
    """Return what the result has to do with the right one, as a sentence, or None."""
    found = factors(evidence)
    if found is not None:
        by_value = evidence.exercise.by_value
        if _equal(found):
            return Says.SIGN_TURNED if _equal([-1.0, *found]) and not by_value else Says.TIMES
        return Says.TIMES if symbols(evidence, found) else Says.TIMES_VARYING
    found = shifts(evidence)
    if found is not None:
        return Says.PLUS if _equal(found) else Says.PLUS_VARYING
    relations = ON_PAPER_TOO if evidence.exercise.by_value else ON_PAPER_TOO + OF_FUNCTIONS
    return next((says for says, holds in relations if holds(evidence)), None)


def related_by_lines(evidence):
    """Return what rows or columns have to do with the right ones, as a sentence, or None."""
    if evidence.exercise.by_value:
        return None
    return next((says for says, holds in BY_LINES if holds(evidence)), None)


def rows_kept(evidence):
    """Return what is right about the rows of a wrong result, as a sentence, or None."""
    if evidence.exercise.by_value:
        return None
    return next((says for says, holds in KEPT if holds(evidence)), None)


def amount(evidence):
    """Return which factor or which summand it is, as a sentence, or None."""
    if evidence.exercise.by_value:
        return None
    for says, find in ((Says.FACTOR, factors), (Says.SUMMAND, shifts)):
        found = find(evidence)
        if found is not None:
            words = None if _equal([-1.0, *found]) else in_words(evidence, found)
            return words and says.format(number=words)
    return None


def nearly(evidence):
    """Return to how many digits a result is right where it is nearly right, as a sentence, or None."""
    pairs = evidence.numbers
    if not pairs or evidence.exercise.by_value:
        return None
    off = max(np.abs(g - e).max(initial=0) / (np.abs(e).max(initial=0) or 1) for g, e in pairs)
    return Says.NEARLY.format(part=f"1/{10 ** int(-np.log10(off))}") if 0 < off <= 1e-2 else None
