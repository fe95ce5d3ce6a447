"""By what a wrong result was multiplied, or what was added to it, and where that number may come from."""

from fractions import Fraction

import numpy as np

from attnlib.checking.sentences import Says

ENOUGH = 3  # numbers that a relation must explain, or any two would have one
PRECISION = 1e-5  # also of what was computed in float32


def same(a, b):
    """Return whether two arrays are the same but for rounding."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    most = np.abs(b[np.isfinite(b)]).max(initial=0)
    return a.shape == b.shape and np.allclose(a, b, rtol=PRECISION, atol=PRECISION * most)


def explains(pairs, least=ENOUGH):
    """Return whether there are so many different numbers that a relation of them isn't an accident."""
    return sum(len(np.unique(e[e != 0])) for _, e in pairs) >= least


def factors(evidence):
    """Return the factor between the result and the right one in each case that fails, or None."""
    pairs = evidence.numbers
    if not pairs or not explains(pairs):
        return None
    found = [(g * e).sum() / ((e * e).sum() or 1) for g, e in pairs]
    if not all(same(g, c * e) for c, (g, e) in zip(found, pairs, strict=True)):
        return None
    alone = all(e.size < 2 for _, e in pairs)  # any number is some multiple of another
    if not all(found) or (alone and not (equal(found) or symbols(evidence, found))):
        return None
    return found


def shifts(evidence):
    """Return what was added to the right result in each case that fails, or None."""
    pairs = evidence.numbers
    if not pairs or not explains(pairs, least=ENOUGH - 1):
        return None
    found = [(g - e).mean() for g, e in pairs]
    if not all(same(g, e + c) for c, (g, e) in zip(found, pairs, strict=True)):
        return None
    alone = all(e.size < 2 for _, e in pairs)
    return None if alone and not (equal(found) and len(pairs) >= ENOUGH) else found


def equal(numbers):
    """Return whether numbers are all the same."""
    return np.allclose(numbers, numbers[0], rtol=1e-5)


def symbols(evidence, found):
    """Return expressions in the sizes of the inputs that are these numbers in every case that fails."""
    sizes = [evidence.sizes[i] for i in evidence.compared]
    shared = [name for name in sizes[0] if all(size.get(name, 0) > 0 for size in sizes)]  # 1/0 is nothing
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
    if not equal(found):
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


def amount(evidence):
    """Return which factor or which summand it is, as a sentence, or None."""
    if evidence.exercise.by_value:
        return None
    for says, find in ((Says.FACTOR, factors), (Says.SUMMAND, shifts)):
        found = find(evidence)
        if found is not None:
            words = None if equal([-1.0, *found]) else in_words(evidence, found)
            return words and says.format(number=words)
    return None
