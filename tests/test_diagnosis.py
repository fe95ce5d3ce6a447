"""Every wrong answer hears something true: mistakes are planted, and the sentences worked out again."""

import inspect
import itertools
import re
from functools import cache

import numpy as np
import pytest

from attnlib import CheckFailed, check
from attnlib.catalogue import EXERCISES
from attnlib.checking import LINE_LENGTH, Says, call, judge, opened, read_verdict, right
from attnlib.checking.known import HIDDEN_SEED
from attnlib.checking.sentences import said_by
from grader.results.names import Numbers

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

FUNCTIONS = [e for e in EXERCISES.values() if not e.by_value]
ON_PAPER = [e for e in EXERCISES.values() if e.by_value]


def softmax(x, axis=-1):
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def noise(e):
    return 1.5 + np.random.default_rng(e.size).standard_normal(e.shape)


# what becomes of the right result, and the sentence that says so
ON_EVERY_CASE = {
    "twice": (lambda e: 2 * e, Says.TIMES),
    "turned sign": (lambda e: -e, Says.SIGN_TURNED),
    "more": (lambda e: e + 0.75, Says.PLUS),
    "transposed": (lambda e: e.swapaxes(-1, -2).copy(), Says.AXES_RIGHT),
    "rows reversed": (lambda e: e[..., ::-1, :], Says.ROWS_REVERSED),
    "reversed": (lambda e: e[..., ::-1], Says.REVERSED),
    "rolled": (lambda e: np.roll(e, 1, axis=-1), Says.OFF_BY_ONE),
    "rows rolled": (lambda e: np.roll(e, 1, axis=-2), Says.ROWS_OFF_BY_ONE),
    "one softmax more": (lambda e: softmax(e), Says.SOFTMAX_TWICE),
    "logarithm": (lambda e: np.log(e), Says.LOGGED),
    "squared": (lambda e: e * e, Says.SQUARED),
    "without signs": (lambda e: np.abs(e), Says.SIGN_LOST),
    "clipped": (lambda e: np.maximum(e, 0), Says.CLIPPED),
    "rounded": (lambda e: np.round(e, 1), Says.ROUNDED_OFF),
    "three digits": (lambda e: e * (1 + 3e-4 * np.cos(np.arange(e.size).reshape(e.shape))), Says.NEARLY),
    "axis kept": (lambda e: e[..., None], Says.AXIS_OF_ONE),
    "in a row": (lambda e: e.ravel(), Says.NUMBERS_RIGHT),
    "zeros": (lambda e: 0 * e, Says.ALL_ZERO),
    "lower": (lambda e: e - 0.1 - noise(e) ** 2, Says.TOO_SMALL),
    "smaller": (lambda e: e * (0.3 + 0.3 * np.sin(noise(e))), Says.NEARER_TO_0),
    "larger": (lambda e: e * (1.6 + 0.3 * np.sin(noise(e))), Says.FARTHER_FROM_0),
    "bent": (lambda e: np.arctan(e), Says.RISES),
    "bent down": (lambda e: -np.arctan(e), Says.FALLS),
    "bent in rows": (lambda e: np.arctan(e) + 0 * noise(e), Says.ORDER_RIGHT),
    "moved about": (
        lambda e: e + noise(e) - noise(e).mean(axis=-1, keepdims=True) if e.ndim else e + 1,
        Says.SUMS_RIGHT,
    ),
    "noise": (lambda e: e + noise(e), None),
    "not a number": (lambda e: e * np.nan, Says.NAN),
}
PARTS = {
    "diagonal": (lambda e: np.eye(*e.shape[-2:]), Says.WRONG_DIAGONAL),
    "last row": (lambda e: np.arange(e.shape[-2])[:, None] == e.shape[-2] - 1, Says.WRONG_LAST_ROW),
    "first column": (lambda e: np.arange(e.shape[-1]) == 0, Says.WRONG_FIRST_COLUMN),
    "above": (lambda e: np.triu(np.ones(e.shape[-2:]), 1), Says.WRONG_ABOVE),
}
SOMEWHERE = {
    "batches": lambda args, options: max(map(np.ndim, args)) > 2,
    "integers": lambda args, options: any(np.asarray(a).dtype == int and np.ndim(a) for a in args),
    "float32": lambda args, options: any(getattr(a, "dtype", None) == np.float32 for a in args),
    "options": lambda args, options: bool(options),
    "negative": lambda args, options: any((np.asarray(a) < 0).any() for a in args),
    "large": lambda args, options: any((np.abs(a) >= 100).any() for a in args if np.ndim(a)),
    "different tokens": lambda args, options: (
        len(args) > 1 and np.ndim(args[0]) > 1 and np.shape(args[0])[-2] != np.shape(args[1])[-2]
    ),
}


@cache
def cases_of(exercise_name):
    exercise = EXERCISES[exercise_name]
    cases = exercise.visible() + exercise.hidden(np.random.default_rng(HIDDEN_SEED))
    return cases, [call(opened(exercise.reference), case) for case in cases]


def answering(exercise, change, where=lambda args, options: True):
    """Return a function that answers as the reference does, but for a change of what it gives somewhere.

    Of several arrays the first is changed.
    """
    cases, expected = cases_of(exercise.name)
    known = {
        _key(case.args, case.options): outcome.value for case, outcome in zip(cases, expected, strict=True)
    }

    def answer(*args, **options):
        e = known[_key(args, options)]
        first, *others = e if isinstance(e, tuple) else [e]
        first = np.array(first)
        given = change(first) if where(args, options) else first
        return (given, *others) if others else given

    return answer


def _key(args, options):
    values = [*args, *itertools.chain(*sorted(options.items()))]
    return tuple(
        (v.dtype.str, v.shape, v.tobytes()) if isinstance(v, np.ndarray) else repr(v) for v in values
    )


def verdict_on(answer, exercise):
    with pytest.raises(CheckFailed) as caught:
        check(answer, exercise.name, hidden=True)
    verdict = caught.value.verdict
    assert max(map(len, str(verdict).split("\n"))) <= LINE_LENGTH
    assert read_verdict(str(verdict)) == verdict
    return verdict


def sentences(verdict):
    """Return the formats of all that a verdict says, and what stands in their fields."""
    for text in (verdict.headline, *verdict.details):
        says, fields = said_by(text[0].lower() + text[1:])
        if says is not None:
            yield says, fields


def outcomes_of(exercise, answer):
    cases, expected = cases_of(exercise.name)
    got = [call(answer, case) for case in cases]
    fails = [not right(g, e, same_dtype=exercise.same_dtype) for g, e in zip(got, expected, strict=True)]
    return cases, got, expected, fails


def near(a, b):
    return np.shape(a) == np.shape(b) and np.allclose(
        a, b, rtol=1e-4, atol=1e-4 * np.abs(b).max(initial=0), equal_nan=True
    )


def rows(a, axis):
    return sorted(map(tuple, np.round(np.moveaxis(a, axis, 0).reshape(a.shape[axis], -1), 4).tolist()))


def one_factor(g, e):
    large = np.abs(e) > 1e-3 * np.abs(e).max()
    return one_for_all([g[large] / e[large]]) if large.any() else near(g, e)


def one_for_all(differences):
    return all(np.ptp(d) < 1e-4 * (1 + np.abs(d).max()) for d in differences)


def near_to_the_last(g, e):
    return np.allclose(g, e, rtol=1e-6, atol=1e-9 + 5e-6 * np.abs(e).max(initial=0))


def axis_of(exercise, case):
    return inspect.signature(exercise.reference).bind(*case.args, **case.options).arguments.get("axis", -1)


def beyond(compare):
    return lambda g, e: all(
        compare(a, b) for a, b in zip(g.flat, e.flat, strict=True) if not close_to(a, b, e)
    )


def close_to(a, b, e):
    return abs(a - b) <= 1e-5 * abs(b) + 1e-5 * np.abs(e).max()


def in_region(mask_of):
    return lambda g, e: not (~np.isclose(g, e) & ~mask_of(g)).any()


# what a sentence says, worked out once more and in another way
TRUE_OF_EACH = {
    Says.SIGN_TURNED: lambda g, e: near(g, -e),
    Says.TIMES: lambda g, e: one_factor(g, e),
    Says.TIMES_VARYING: lambda g, e: one_factor(g, e),
    Says.PLUS: lambda g, e: one_for_all([g - e]),
    Says.PLUS_VARYING: lambda g, e: one_for_all([g - e]),
    Says.TURNED: lambda g, e: near(np.einsum("...ij->...ji", g), e),
    Says.AXES_EXCHANGED: lambda g, e: near(np.sort(g, axis=None), np.sort(e, axis=None)),
    Says.ROWS_REVERSED: lambda g, e: near(g[..., ::-1, :], e),
    Says.REVERSED: lambda g, e: near(g[..., ::-1], e),
    Says.ROWS_OFF_BY_ONE: lambda g, e: near(np.roll(g, -1, -2), e) or near(np.roll(g, 1, -2), e),
    Says.OFF_BY_ONE: lambda g, e: near(np.roll(g, -1, -1), e) or near(np.roll(g, 1, -1), e),
    Says.ROWS_REORDERED: lambda g, e: rows(g, -2) == rows(e, -2),
    Says.REORDERED: lambda g, e: rows(g, -1) == rows(e, -1),
    Says.MISPLACED: lambda g, e: near(np.sort(g, axis=None), np.sort(e, axis=None)),
    Says.ROWS_SLID: lambda g, e: near(g[..., 1:, :], e[..., :-1, :]) or near(g[..., :-1, :], e[..., 1:, :]),
    Says.SLID: lambda g, e: near(g[..., 1:], e[..., :-1]) or near(g[..., :-1], e[..., 1:]),
    Says.NOT_DIVIDED: lambda g, e: near(g, e * g.sum(axis=-1, keepdims=True)),
    Says.NOT_DIVIDED_DOWN: lambda g, e: near(g, e * g.sum(axis=-2, keepdims=True)),
    Says.SOFTMAX_MISSING: lambda g, e: near(softmax(g), e),
    Says.SOFTMAX_TWICE: lambda g, e: near(g, softmax(e)),
    Says.SOFTMAX_DOWN: lambda g, e: near(g, softmax(e, -2)),
    Says.COMPLEMENT: lambda g, e: near(g + e, np.ones(e.shape)),
    Says.SIGN_LOST: lambda g, e: near(g * g, e * e) and (g >= 0).all(),
    Says.SIGNS: lambda g, e: near(g * g, e * e),
    Says.CLIPPED: lambda g, e: near(g, np.where(e > 0, e, 0)),
    Says.SQUARED: lambda g, e: near(g, e**2),
    Says.ROOTED: lambda g, e: near(g**2, e),
    Says.INVERTED: lambda g, e: near(g * e, np.ones(e.shape)),
    Says.EXPONENTIATED: lambda g, e: near(np.log(g), e),
    Says.LOGGED: lambda g, e: near(np.exp(g), e),
    Says.ROUNDED_OFF: lambda g, e: any(near(g * 10**n, np.round(g * 10**n)) for n in range(6)),
    Says.ALL_ZERO: lambda g, e: not g.any(),
    Says.ALL_EQUAL: lambda g, e: np.ptp(g) < 1e-6 * (1 + np.abs(g).max()),
    Says.ROWS_EQUAL: lambda g, e: near(g, np.broadcast_to(g[..., -1:, :], g.shape)),
    Says.ROWS_TIMES: lambda g, e: all(one_for_all([a[b != 0] / b[b != 0]]) for a, b in lines(g, e, -1)),
    Says.COLUMNS_TIMES: lambda g, e: all(one_for_all([a[b != 0] / b[b != 0]]) for a, b in lines(g, e, -2)),
    Says.ROWS_PLUS: lambda g, e: all(one_for_all([a - b]) for a, b in lines(g, e, -1)),
    Says.COLUMNS_PLUS: lambda g, e: all(one_for_all([a - b]) for a, b in lines(g, e, -2)),
    Says.WRONG_LAST_ROW: lambda g, e: near(g[..., :-1, :], e[..., :-1, :]),
    Says.WRONG_FIRST_ROW: lambda g, e: near(g[..., 1:, :], e[..., 1:, :]),
    Says.WRONG_LAST_COLUMN: lambda g, e: near(g[..., :-1], e[..., :-1]),
    Says.WRONG_FIRST_COLUMN: lambda g, e: near(g[..., 1:], e[..., 1:]),
    Says.WRONG_DIAGONAL: in_region(lambda g: np.eye(*g.shape[-2:], dtype=bool) | (g != g)),
    Says.WRONG_OFF_DIAGONAL: lambda g, e: near(
        np.diagonal(g, axis1=-2, axis2=-1), np.diagonal(e, axis1=-2, axis2=-1)
    ),
    Says.WRONG_ABOVE: lambda g, e: near(np.tril(g), np.tril(e)),
    Says.WRONG_BELOW: lambda g, e: near(np.triu(g), np.triu(e)),
    Says.WRONG_LATER_ROWS: lambda g, e: near(g[..., 0, :], e[..., 0, :]),
    Says.WRONG_LATER_COLUMNS: lambda g, e: near(g[..., 0], e[..., 0]),
    Says.WRONG_EARLIER_ROWS: lambda g, e: near(g[..., -1, :], e[..., -1, :]),
    Says.WRONG_EARLIER_COLUMNS: lambda g, e: near(g[..., -1], e[..., -1]),
    Says.WRONG_LATER_SEQUENCES: lambda g, e: near(g[0], e[0]),
    Says.SUMS_RIGHT: lambda g, e: (
        np.abs((g - e) @ np.ones(e.shape[-1])).max() < 1e-4 * (np.abs(g).max() + np.abs(e).max())
    ),
    Says.ORDER_RIGHT: lambda g, e: all(
        b[i] <= b[j] or a[i] >= a[j] - 1e-4 * np.abs(g).max()
        for a, b in lines(g, e, -1)
        for i, j in itertools.permutations(range(len(a)), 2)
    ),
    Says.TOO_SMALL: beyond(lambda a, b: a < b),
    Says.TOO_LARGE: beyond(lambda a, b: a > b),
    Says.NEARER_TO_0: beyond(lambda a, b: abs(a) < abs(b)),
    Says.FARTHER_FROM_0: beyond(lambda a, b: abs(a) > abs(b)),
    Says.AXES_RIGHT: lambda g, e: near(np.sort(g, axis=None), np.sort(e, axis=None)),
    Says.NUMBERS_RIGHT: lambda g, e: near(g.flatten(), e.flatten()),
    Says.AXIS_OF_ONE: lambda g, e: near(g.flatten(), e.flatten()) and 1 in g.shape + e.shape,
    Says.OTHERS_RIGHT: lambda g, e: near(g[np.isfinite(g)], e[np.isfinite(g)]),
}
WRONG_MASKED = (Says.WRONG_HIDDEN, Says.WRONG_ALLOWED, Says.WRONG_WITHOUT_KEYS)


def lines(g, e, axis):
    g, e = (np.moveaxis(one, axis, -1).reshape(-1, one.shape[axis]) for one in (g, e))
    return [pair for pair in zip(g, e, strict=True) if pair[1].any()]


def in_parts(expected):
    """Return whether results are several arrays, which are judged one by one."""
    return any(isinstance(e.value, dict | tuple | list) for e in expected)


def is_true(says, fields, exercise, answer):
    """Return whether a sentence about an answer is true, or None if it is one that tells of no numbers."""
    cases, got, expected, fails = outcomes_of(exercise, answer)
    if says in (Says.ONLY, Says.AMONG):
        has = [meets(fields["where"], exercise, case) for case in cases]
        return has == fails if says is Says.ONLY else all(h for h, f in zip(has, fails, strict=True) if f)
    if in_parts(expected):
        return None
    wrong = [
        (case, g.array, np.asarray(e.value, dtype=float))
        for case, g, e, f in zip(cases, got, expected, fails, strict=True)
        if f
    ]
    compared = [
        (case, g, e)
        for case, g, e in wrong
        if g is not None and g.shape == e.shape and np.isfinite(g).all() and not near_to_the_last(g, e)
    ]
    if str(says).startswith("where only numbers"):
        wrong = compared
        assert wrong
    if says in (Says.RISES, Says.FALLS):
        g, e = (np.concatenate([one[i].ravel() for one in wrong]) for i in (1, 2))
        up = 1 if says is Says.RISES else -1
        slack = 1e-4 * np.abs(g).max()
        rises = [
            up * (b - a) >= -slack
            for (here, a), (there, b) in itertools.product(zip(e, g, strict=True), repeat=2)
            if there > here
        ]
        return all(rises)
    if says in (Says.SUMS_ALONG, Says.ORDER_ALONG):
        other = {Says.SUMS_ALONG: Says.SUMS_RIGHT, Says.ORDER_ALONG: Says.ORDER_RIGHT}[says]
        axes = [axis_of(exercise, case) for case, _, _ in wrong]
        moved = [
            [np.moveaxis(one, axis, -1) for one in pair[1:]] for axis, pair in zip(axes, wrong, strict=True)
        ]
        return all(TRUE_OF_EACH[other](g, e) for g, e in moved)
    if says in TRUE_OF_EACH:
        return all(TRUE_OF_EACH[says](g, e) for _, g, e in wrong)
    if says in WRONG_MASKED:
        part = {
            Says.WRONG_HIDDEN: np.logical_not,
            Says.WRONG_ALLOWED: lambda mask: mask,
            Says.WRONG_WITHOUT_KEYS: lambda mask: ~mask.any(axis=-1, keepdims=True),
        }[says]
        return all((np.isclose(g, e) | part(case.options["mask"])).all() for case, g, e in wrong)
    if says is Says.NEARLY:
        least = 1 / int(fields["part"].partition("/")[2])
        return all(np.abs(g - e).max() <= 1.0001 * least * np.abs(e).max() for _, g, e in wrong)
    if says is Says.NO_NAME:
        return (int(fields["wrong"]), int(fields["all"])) == (sum(fails), len(fails))
    if says in (Says.FIRST_WRONG, Says.YOURS_IS):
        _, g, e = wrong[0]
        at = tuple(map(int, re.findall(r"\d+", fields.get("place", "").partition("]")[0])))
        mine = float(
            fields["theirs"] == "True" if fields["theirs"] in ("True", "False") else fields["theirs"]
        )
        return not np.isclose(g[at], e[at], rtol=1e-7) and (
            near(mine, g[at]) or abs(mine - g[at]) < 1e-3 * abs(mine)
        )
    return None


WORDS = {"three": 3, "four": 4}
SIGNS = {"≠": np.not_equal, "=": np.equal, ">": np.greater, "<": np.less}


def meets(where, exercise, case):
    """Return whether a case is of the kind that a sentence names."""
    order = opened(exercise.reference).__code__.co_varnames
    given = dict(zip(order, case.args, strict=False)) | dict(case.options)
    arrays = [v for v in given.values() if isinstance(v, np.ndarray)]
    numbers = [a.astype(float) for a in arrays if a.dtype != bool and a.size]
    if found := re.match(r"with (\w+) axes or more", where):
        return max(a.ndim for a in arrays) >= int(WORDS.get(found[1], found[1]))
    if found := re.match(r"with fewer than (\d+) axes", where):
        return max(a.ndim for a in arrays) < int(found[1])
    if found := re.match(r"(with|without) `(\w+)`", where):
        return (found[2] in given) == (found[1] == "with")
    if found := re.match(r"with (\w+)=(True|False)", where):
        return given.get(found[1]) is (found[2] == "True")
    if found := re.match(r"where (\S+) ([≠=<>]) (\S+)", where):
        return bool(SIGNS[found[2]](size(found[1], given, exercise), size(found[3], given, exercise)))
    if found := re.match(r"where (\w+) (is|lies) (.*)", where):
        value = given.get(found[1])
        if type(value) not in (int, float):
            return False
        return {
            "negative": value < 0,
            "0": value == 0,
            "1": value == 1,
            "between 0 and 1": 0 < value < 1,
            "above 1": value > 1,
            "neither 0 nor 1": value not in (0, 1),
        }[found[3]]
    mask = given.get("mask")
    return {
        "with an option": bool(case.options),
        "without options": not case.options,
        "of integers": any(a.dtype == int for a in arrays),
        "of booleans": any(a.dtype == bool for a in arrays),
        "of float32": any(a.dtype == np.float32 for a in arrays),
        "of float16": any(a.dtype == np.float16 for a in arrays),
        "with an array that isn't contiguous": any(not a.flags.c_contiguous for a in arrays),
        "with numbers of 100 and more": any(np.abs(a).max() >= 100 for a in numbers),
        "with negative numbers": any(a.min() < 0 for a in numbers),
        "with nothing but zeros in an array": any(np.abs(a).max() == 0 for a in numbers),
        "with a row of zeros": any(np.abs(a).sum(axis=-1).min() == 0 for a in numbers if a.ndim),
        "with a 0 in an array": any(np.abs(a).min() == 0 for a in numbers),
        "with numbers below 0.01": any(((a != 0) & (np.abs(a) < 0.01)).any() for a in numbers),
        "with a mask that hides every key of a query": mask is not None and not mask.any(axis=-1).all(),
        "with a mask of one axis": mask is not None and mask.ndim == 1,
        "with a mask that hides nothing": mask is not None and bool(mask.all()),
    }[where]


def size(symbol, given, exercise):
    tokens, features = (-1, -2) if "columns" in exercise.name else (-2, -1)
    if found := re.match(r"([Td])_([qkv])$", symbol):
        return given[found[2]].shape[tokens if found[1] == "T" else features]
    if found := re.match(r"(\w+)\.shape\[(-\d)\]", symbol):
        return given[found[1]].shape[int(found[2])]
    return given[symbol] if symbol in given else int(symbol)


def hears(exercise, answer, says=None):
    """Assert that all that an answer hears is true, and that it hears a sentence, or its name."""
    verdict = verdict_on(answer, exercise)
    said = list(sentences(verdict))
    for one, fields in said:
        assert is_true(one, fields, exercise, answer) in (True, None), (one, fields, str(verdict))
    if says is not None and verdict.misconception is None:
        assert says in [one for one, _ in said], str(verdict)
    return verdict


def makes_sense(exercise, change):
    """Return whether a change makes a difference of its own kind in every case of an exercise."""
    _, expected = cases_of(exercise.name)
    if in_parts(expected):
        return False
    values = [np.asarray(e.value) for e in expected]
    if exercise.same_dtype and any(v.dtype == bool for v in values):
        return False
    try:
        changed = [np.asarray(change(v.astype(float))) for v in values]
    except (ValueError, IndexError):
        return False
    return not any(
        c.shape == v.shape and np.allclose(c, v, atol=1e-3 * (1 + np.abs(v).max()), equal_nan=True)
        for c, v in zip(changed, values, strict=True)
    )


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda e: e.name)
@pytest.mark.parametrize("kind", ON_EVERY_CASE)
def test_planted_relation_is_heard_and_nothing_false(exercise, kind):
    change, says = ON_EVERY_CASE[kind]
    answer = answering(exercise, change)
    _, _, _, fails = outcomes_of(exercise, answer)
    if not any(fails):
        return
    always = makes_sense(exercise, change)
    verdict = hears(exercise, answer, says if always and kind in CERTAIN else None)
    names = Numbers(["anna"], key="", people={})
    if verdict.misconception is None:
        says, fields = said_by(verdict.headline)
        assert says is not None or verdict.headline in {law.says for law in exercise.properties}
        if says not in TRUE_OF_EACH:
            return
        headline = verdict.headline.removesuffix(".")
        assert names.text(headline) == headline.replace(fields.get("theirs") or "\0", "…")


# what these do is told from every other relation in every exercise
CERTAIN = ("twice", "turned sign", "more", "axis kept", "not a number", "zeros")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("attention_scores", "transposed"),
        ("cross_scores", "transposed"),
        ("hand_attention", "in a row"),
        ("score_variance", "logarithm"),
        ("softmax_jacobian", "without signs"),
        ("attention_scores", "without signs"),
        ("project", "clipped"),
        ("attention", "squared"),
        ("multi_head_attention", "rounded"),
        ("hand_attention", "three digits"),
        ("attention", "three digits"),
        ("split_heads", "rows reversed"),
        ("merge_heads", "rolled"),
        ("split_heads", "reversed"),
        ("multi_head_attention", "rows rolled"),
        ("attention_scores", "one softmax more"),
        ("soft_lookup", "lower"),
        ("self_scores", "smaller"),
        ("self_scores", "larger"),
        ("score_variance", "bent"),
        ("score_variance", "bent down"),
        ("cross_scores", "bent in rows"),
        ("attention_scores", "moved about"),
    ],
)
def test_planted_relation_has_its_sentence(name, kind):
    change, says = ON_EVERY_CASE[kind]
    hears(EXERCISES[name], answering(EXERCISES[name], change), says)


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda e: e.name)
@pytest.mark.parametrize("part", PARTS)
def test_part_that_is_wrong_is_named(exercise, part):
    place, says = PARTS[part]
    _, expected = cases_of(exercise.name)
    if in_parts(expected) or any(np.ndim(e.value) < 2 or min(np.shape(e.value)[-2:]) < 2 for e in expected):
        exercise = EXERCISES["attention_scores"]
    elif any(e.dtype == bool for e in expected):
        return

    def large(args, options):
        return min(np.shape(args[0])[-2:] + np.shape(args[1])[-2:]) > 1

    answer = answering(
        exercise,
        lambda e: e + place(e) * noise(e),
        large if exercise.name == "attention_scores" else lambda args, options: True,
    )
    hears(exercise, answer, says)


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda e: e.name)
@pytest.mark.parametrize("kind", SOMEWHERE)
def test_what_fails_is_told_from_what_passes(exercise, kind):
    change = np.logical_not if cases_of(exercise.name)[1][0].dtype == bool else lambda e: e + noise(e)
    if kind == "different tokens" and exercise.name == "cosine_similarity":
        return  # whatever broadcasts has no tokens
    answer = answering(exercise, change, SOMEWHERE[kind])
    _, _, _, fails = outcomes_of(exercise, answer)
    if all(fails) or not any(fails):
        return
    verdict = hears(exercise, answer)
    said = [says for says, _ in sentences(verdict)]
    if verdict.misconception is None:
        assert Says.ONLY in said, str(verdict)


@pytest.mark.parametrize(
    ("name", "power", "words"),
    [
        ("attention_scores", 0.5, "√d_k"),
        ("attention", -0.5, "1/√d_k"),
        ("hand_attention", 1, "d_k"),
        ("hand_attention_columns", 0.5, "√d_k"),
        ("score_variance", -1, "1/d_k"),
        ("mean_top_weight", 1, "d_k"),
    ],
)
def test_factor_is_named_by_the_sizes_that_it_comes_from(name, power, words):
    exercise = EXERCISES[name]
    axis = -2 if "columns" in name else -1
    cases, expected = cases_of(name)
    values = {_key(c.args, c.options): e.value for c, e in zip(cases, expected, strict=True)}

    def answer(*args, **options):
        return np.asarray(values[_key(args, options)]) * float(args[0].shape[axis]) ** power

    verdict = hears(exercise, answer, Says.TIMES)
    assert verdict.misconception or f"The factor is {words}." in verdict.details


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda e: e.name)
def test_answer_that_differs_from_call_to_call_is_told_so(exercise):
    times = itertools.count()
    bools = cases_of(exercise.name)[1][0].dtype == bool

    def drawn(e):
        return np.random.default_rng(next(times)).random(e.shape)

    answer = answering(exercise, lambda e: (drawn(e) < 0.5) if bools else e + next(times))
    assert verdict_on(answer, exercise).headline == Says.WAVERS


@pytest.mark.parametrize("exercise", ON_PAPER, ids=lambda e: e.name)
def test_relation_on_paper_gives_no_number_away(exercise):
    right_numbers = np.asarray(opened(exercise.reference)(), dtype=float)
    for change in (
        lambda e: 2 * e,
        lambda e: -e,
        lambda e: e + 3,
        lambda e: e * e,
        lambda e: e.T,
        lambda e: e[::-1],
    ):
        if right_numbers.ndim == 0 or np.array_equal(change(right_numbers), right_numbers):
            continue
        answer = change(right_numbers)
        if answer.shape != right_numbers.shape:
            continue
        verdict = verdict_on(answer, exercise)
        said = [says for says, _ in sentences(verdict)]
        assert not {Says.FACTOR, Says.SUMMAND, Says.SIGN_TURNED, Says.SQUARED, Says.NEARLY} & {*said}


def test_first_wrong_number_is_the_students_own_with_its_place():
    exercise = EXERCISES["attention_scores"]

    answer = answering(exercise, lambda e: e + (np.arange(e.shape[-1]) == e.shape[-1] - 1) * 10)
    verdict = hears(exercise, answer, Says.FIRST_WRONG)
    assert "The first wrong number is at [0, 3] (query 0, key 3): yours is 12.31." in verdict.details


# each fails on a batch in another way than `.T` does
FAIL_ON_A_BATCH = {
    "np.dot": lambda q, k: np.dot(q, k.swapaxes(-1, -2)),
    "einsum": lambda q, k: np.einsum("id,jd->ij", q, k),
    "loops": lambda q, k: np.array([[a @ b for b in k] for a in q]),
    "two sizes": lambda q, k: (lambda t, d: q @ k.swapaxes(-1, -2))(*q.shape),
    "inner": lambda q, k: np.inner(q, k) if q.ndim == 2 else np.inner(q, k)[0],
}


@pytest.mark.parametrize("how", FAIL_ON_A_BATCH)
def test_what_fails_on_a_batch_is_not_called_by_the_name_of_another_failure(how):
    def attention_scores(q, k, *, scale=None):
        return FAIL_ON_A_BATCH[how](q, k) * (1 / np.sqrt(q.shape[-1]) if scale is None else scale)

    verdict = verdict_on(attention_scores, EXERCISES["attention_scores"])
    assert verdict.misconception is None
    assert any("three axes or more, such as a batch" in detail for detail in verdict.details)


def test_transposed_batch_keeps_its_name():
    def attention_scores(q, k, *, scale=None):
        return np.matmul(q, np.transpose(k)) * (1 / np.sqrt(q.shape[-1]) if scale is None else scale)

    assert verdict_on(attention_scores, EXERCISES["attention_scores"]).misconception == ".T on a batch"


def test_argument_that_is_overwritten_is_named():
    def attention_scores(q, k, *, scale=None):
        k *= 1 / np.sqrt(q.shape[-1]) if scale is None else scale
        return q @ k.swapaxes(-1, -2)

    verdict = verdict_on(attention_scores, EXERCISES["attention_scores"])
    assert "changes k, which it is given" in verdict.headline


def test_overflow_leads_to_the_shift_and_another_nan_to_where_the_question_is_taught():
    def nan_where(where):
        return answering(EXERCISES["softmax"], lambda e: e * np.nan, where)

    section = verdict_on(nan_where(SOMEWHERE["large"]), EXERCISES["softmax"]).section
    assert section == "chapters/05-softmax#softmax-shift"
    section = verdict_on(nan_where(SOMEWHERE["batches"]), EXERCISES["softmax"]).section
    assert section == EXERCISES["softmax"].section


@pytest.mark.parametrize("answer", [[[0, 1], None], [None, [1, 2]], [[0, 1], [..., 2]], [[1, None], [2]]])
def test_row_that_is_still_none_is_still_missing(answer):
    assert verdict_on(answer, EXERCISES["scores_by_hand"]).headline == Says.MISSING


def is_moderate(case):
    """Return whether a case has no numbers whose scores float32 rounds to other weights."""
    return all(np.abs(value).max() < 10 for value in case.args if isinstance(value, np.ndarray))


@pytest.mark.parametrize(
    "name", ["attention", "attention_scores", "cosine_similarity", "multi_head_attention", "soft_lookup"]
)
def test_step_in_float32_passes(name):
    from questions import right_answers

    def single(value):
        return value.astype(np.float32) if isinstance(value, np.ndarray) and value.dtype == float else value

    for right_answer in right_answers(name):

        def answer(*args, right_answer=right_answer, **options):
            options = {option: single(value) for option, value in options.items()}
            return np.asarray(right_answer(*map(single, args), **options), dtype=float)

        judge(EXERCISES[name], answer, [case for case in cases_of(name)[0] if is_moderate(case)])


def test_mask_that_does_not_lie_on_the_result_names_no_part_of_it():
    from questions import right_answers

    right_answer = right_answers("block")[0]

    def queries_from_the_keys_matrix(x, w_q, w_k, *others, mask=None):
        return right_answer(x, w_k, w_k, *others, mask=mask)

    with pytest.raises(CheckFailed):
        check(queries_from_the_keys_matrix, "block")


def test_inputs_of_length_0_are_no_factor():
    def edit_distance(heard, said):
        row = list(range(len(said) + 1))
        for i, a in enumerate(heard, start=2):  # the column counts from 1, the row from 0
            above, row = row, [i]
            for j, b in enumerate(said, start=1):
                row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + int(a != b)))
        return row[-1]

    with pytest.raises(CheckFailed):
        check(edit_distance, "edit_distance", hidden=True)
