"""What the cases that fail have in common and the others have not: batches, integers, an option."""

import itertools

import numpy as np

from attnlib.checking.sentences import Says

LARGE, SMALL = 100, 0.01
AXES = {3: "three axes or more, such as a batch", 4: "four axes or more, such as two batch axes"}


def contrast(evidence):
    """Return what tells the cases that fail from those that pass, as a sentence, or None."""
    fails = np.zeros(len(evidence.cases), dtype=bool)
    fails[evidence.wrong] = True
    if fails.all() or evidence.exercise.by_value:
        return None
    found = features(evidence)
    where = next((where for where, has in found if (has == fails).all()), None)
    if where:
        return Says.ONLY.format(where=where)
    # the rarest feature that all have which fail
    spare = [(int((has & ~fails).sum()), where) for where, has in found if (has | ~fails).all()]
    passes, where = min(spare, key=lambda one: one[0], default=(0, None))
    return Says.AMONG.format(where=where) if where and 2 * passes <= int((~fails).sum()) else None


def features(evidence):
    """Return what may tell cases apart, each as words and whether it is so of each case."""
    given = evidence.given
    arrays = [[v for v in one.values() if isinstance(v, np.ndarray)] for one in given]
    kinds = [
        _axes(arrays),
        _any_option(evidence.cases),
        _options(given),
        _dtypes(arrays),
        _sizes(evidence.sizes),
        _masks(given),
    ]
    if not evidence.of_shapes:  # what numbers are given makes no difference to a shape
        kinds.append(_values(evidence.floats))
    found = [(where, np.array(has, dtype=bool)) for kind in kinds for where, has in kind]
    return [(where, has) for where, has in found if has.any() and not has.all()]


def _axes(arrays):
    most = [max((array.ndim for array in some), default=0) for some in arrays]
    for n in range(min(most) + 1, max(most) + 1):
        yield f"with {AXES.get(n, f'{n} axes or more')}", [m >= n for m in most]
        yield f"with fewer than {n} axes", [m < n for m in most]


def _dtypes(arrays):
    for letter, what in {"i": "of integers", "b": "of booleans"}.items():
        yield what, [any(array.dtype.kind == letter for array in some) for some in arrays]
    for dtype in ("float32", "float16"):
        yield f"of {dtype}", [any(array.dtype == dtype for array in some) for some in arrays]
    yield (
        "with an array that isn't contiguous",
        [any(not array.flags.c_contiguous for array in some) for some in arrays],
    )


def _values(numbers):
    for where, is_so in (
        (f"with numbers of {LARGE} and more", lambda a: (np.abs(a) >= LARGE).any()),
        ("with negative numbers", lambda a: (a < 0).any()),
        ("with nothing but zeros in an array", lambda a: not a.any()),
        ("with a row of zeros", lambda a: a.ndim > 0 and (~a.any(axis=-1)).any()),
        ("with a 0 in an array", lambda a: (a == 0).any()),
        (f"with numbers below {SMALL}", lambda a: ((np.abs(a) < SMALL) & (a != 0)).any()),
    ):
        yield where, [any(map(is_so, some)) for some in numbers]


def _any_option(cases):
    yield "with an option", [bool(case.options) for case in cases]
    yield "without options", [not case.options for case in cases]


def _options(given):
    for name in dict.fromkeys(name for one in given for name in one):
        values = [one.get(name) for one in given]
        yield f"with `{name}`", [name in one for one in given]
        yield f"without `{name}`", [name not in one for one in given]
        flags = [type(v) is bool for v in values]
        for value in (True, False):
            yield f"with {name}={value}", [f and v is value for f, v in zip(flags, values, strict=True)]
        numbers = [v if type(v) in (int, float) else None for v in values]
        for where, is_so in (
            (f"where {name} is negative", lambda v: v < 0),
            (f"where {name} is 0", lambda v: v == 0),
            (f"where {name} is 1", lambda v: v == 1),
            (f"where {name} lies between 0 and 1", lambda v: 0 < v < 1),
            (f"where {name} is above 1", lambda v: v > 1),
            (f"where {name} is neither 0 nor 1", lambda v: v not in (0, 1)),
        ):
            yield where, [v is not None and is_so(v) for v in numbers]


def _sizes(sizes):
    names = [name for name in sizes[0] if all(name in size for size in sizes)]
    for one, other in itertools.combinations(names, 2):
        if _comparable(one, other):
            a, b = (np.array([size[name] for size in sizes]) for name in (one, other))
            for sign, has in (("≠", a != b), ("=", a == b), (">", a > b), ("<", a < b)):
                yield f"where {one} {sign} {other}", has
    for name in names:
        yield f"where {name} = 1", [size[name] == 1 for size in sizes]
        yield f"where {name} > 1", [size[name] > 1 for size in sizes]


def _comparable(one, other):
    """Return whether two sizes are of one kind, such as the tokens of two sequences."""
    if "shape" in one and "shape" in other:
        (array, _, axis), (second, _, other_axis) = one.partition("."), other.partition(".")
        return array == second or axis == other_axis
    return "shape" not in one + other


def _masks(given):
    masks = [one.get("mask") for one in given]
    masks = [m if isinstance(m, np.ndarray) and m.dtype == bool and m.ndim else None for m in masks]
    for where, is_so in (
        ("with a mask that hides every key of a query", lambda mask: (~mask.any(axis=-1)).any()),
        ("with a mask of one axis", lambda mask: mask.ndim == 1),
        ("with a mask that hides nothing", lambda mask: mask.all()),
    ):
        yield where, [mask is not None and is_so(mask) for mask in masks]
