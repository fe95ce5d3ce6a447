"""What is known of a wrong answer: what it came to, what the reference does, and sizes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from attnlib.checking.outcome import alike, missed, right
from attnlib.checking.quoting import names

AXES_KEPT = (-1, -2)  # whose sizes have a meaning wherever the leading axes are free


@dataclass(frozen=True)
class Evidence:
    """An answer that is wrong somewhere: what it came to on every case, and what the reference does.

    Parameters
    ----------
    exercise : attnlib.exercise.Exercise
        What was asked.
    cases : list of attnlib.exercise.Case
        What it was tried on: what it is judged on first, then what only tells mistakes apart.
    got, expected : list of Outcome
        The answer's outcomes and the reference's, one for each case.
    judged : int, optional
        How many of the cases the answer is judged on; by default all of them.
    again : dict of int to Outcome, optional
        What the answer came to when some of the cases, by their places, were tried once more.
    """

    exercise: object
    cases: list
    got: list
    expected: list
    judged: int | None = None
    again: dict | None = None

    @cached_property
    def wrong(self):
        """The places of the cases that fail."""
        same_dtype = self.exercise.same_dtype
        pairs = enumerate(zip(self.got, self.expected, strict=True))
        return [i for i, (g, e) in pairs if not right(g, e, same_dtype=same_dtype)]

    @property
    def first(self):
        """The first case that fails, what the answer came to on it, and what the reference does."""
        i = self.wrong[0]
        return self.cases[i], self.got[i], self.expected[i]

    @property
    def share(self):
        """How many of the cases that the answer is judged on fail, and how many these are."""
        judged = len(self.cases) if self.judged is None else self.judged
        return sum(i < judged for i in self.wrong), judged

    @property
    def wavers(self):
        """Whether the answer came to something else when it was given the same again."""
        return any(not alike(self.got[i], outcome) for i, outcome in (self.again or {}).items())

    @cached_property
    def arrays(self):
        """What came and what was expected in each case that fails, or None if one is no array."""
        found = [(self.got[i], self.expected[i]) for i in self.wrong]
        if any(g.error is not None or g.array is None or e.array is None for g, e in found):
            return None
        return [(g.array, e.array) for g, e in found]

    @cached_property
    def compared(self):
        """The places of the cases in which only numbers are wrong, and all are finite."""
        return [i for i in self.wrong if self._only_numbers(self.got[i], self.expected[i])]

    @staticmethod
    def _only_numbers(got, expected):
        if got.error is not None or got.overwrote or got.array is None or expected.array is None:
            return False
        if got.array.shape != expected.array.shape:
            return False
        finite = np.isfinite(got.array).all() and np.isfinite(expected.array).all()
        return bool(finite and missed(got, expected).any())

    @cached_property
    def numbers(self):
        """What came and what was expected in each case in which only numbers are wrong."""
        return [(self.got[i].array, self.expected[i].array) for i in self.compared]

    @property
    def of_shapes(self):
        """Whether all that fails has another shape or raises."""
        found = [(self.got[i], self.expected[i]) for i in self.wrong]
        return all(
            g.error is not None
            or (g.array is not None and e.array is not None and g.array.shape != e.array.shape)
            for g, e in found
        )

    @cached_property
    def misses(self):
        """Which numbers are wrong in each case in which only numbers are."""
        return [missed(self.got[i], self.expected[i]) for i in self.compared]

    @cached_property
    def given(self):
        """The arguments and options of each case by their names."""
        order = names(self.exercise)
        return [{**dict(zip(order, case.args, strict=False)), **case.options} for case in self.cases]

    @cached_property
    def floats(self):
        """The arrays that each case is given, but for masks."""
        values = [list(given.values()) for given in self.given]
        return [[v for v in some if isinstance(v, np.ndarray) and v.dtype != bool] for some in values]

    @cached_property
    def sizes(self):
        """The sizes of each case by their symbols, such as ``d_k`` where there are queries and keys."""
        return [self._sizes(given) for given in self.given]

    def _sizes(self, given):
        sizes = {
            f"{name}.shape[{axis}]": value.shape[axis]
            for name, value in given.items()
            if isinstance(value, np.ndarray) and name not in self._symbols_of
            for axis in AXES_KEPT
            if value.ndim >= -axis
        }
        for name, axes in self._symbols_of.items():
            sizes |= {symbol: np.shape(given[name])[axis] for axis, symbol in axes.items()}
        whole = {name: value for name, value in given.items() if type(value) is int and value > 0}
        return sizes | whole

    @cached_property
    def _symbols_of(self):
        """Return what the axes of q, k and v are called; they are rows unless only columns fit."""
        if not all(np.ndim(given.get(name)) >= 2 for given in self.given for name in "qk"):
            return {}
        rows, columns = (
            all(given["q"].shape[axis] == given["k"].shape[axis] for given in self.given)
            for axis in (-1, -2)
        )
        tokens, features = (-1, -2) if columns and not rows else (-2, -1)
        symbols = {"q": {tokens: "T_q", features: "d_k"}, "k": {tokens: "T_k"}}
        if not rows and not columns:  # of two networks, and not to be compared as they are
            symbols["q"][features], symbols["k"][features] = "d_q", "d_k"
        return symbols | ({"v": {features: "d_v"}} if all("v" in given for given in self.given) else {})
