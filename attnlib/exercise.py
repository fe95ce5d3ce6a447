"""What an exercise is: a reference, inputs, and the mistakes that people make, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """One call: positional arguments and options, of which arrays are copied before each use."""

    args: tuple = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Misconception:
    """A mistake with a name.

    Parameters
    ----------
    name : str
        A few words, unique within the exercise.
    says : str
        One sentence to the student: what the answer does. It contains no expected number.
    answer : callable
        A short implementation of the mistake, with the exercise's signature. Its source stands alone
        with its module's imports, because sample submissions are made of it.
    section : str, optional
        Where the book puts it right, as ``page#target``; by default, where it teaches the exercise.
    """

    name: str
    says: str
    answer: Callable
    section: str | None = None


@dataclass(frozen=True)
class Property:
    """A law that every right answer obeys, for answers whose mistake has no name.

    `holds` is called with the case and the returned array, which has the right shape and is finite.
    """

    says: str
    holds: Callable[[Case, np.ndarray], bool]


class SealedReference(RuntimeError):  # noqa: N818 - the name says what was met, as StopIteration does
    """Raised where an answer calls the function that it was asked to write."""


class Closed:
    """The reference of a question answered by numbers: calling it would be the answer.

    `attnlib.checking.sealing.opened` gives the function to who judges an answer. That keeps nobody out who
    reads this, and gives nothing away to who only tries.
    """

    def __init__(self, function):
        self.__wrapped__ = function

    def __call__(self):
        """Refuse."""
        raise SealedReference("these numbers are what the question asks for: they are compared, not shown")


@dataclass(frozen=True)
class Exercise:
    """A question with everything needed to judge an answer to it.

    Parameters
    ----------
    name : str
        What `check` knows it by; the name of the function where one is asked for.
    section : str
        Where the book teaches it, as ``page#target``.
    reference : callable
        The right answer. For a question answered by numbers, a function without arguments, which is
        `Closed`.
    visible : callable
        Returns the fixed cases that a student's own check uses.
    hidden : callable
        Returns more cases, drawn from the `numpy.random.Generator` that it is given.
    misconceptions : tuple of Misconception
        The mistakes that the check recognises. Those without a section get the exercise's.
    properties : tuple of Property
        Laws, the plainest first.
    seals : tuple of callable
        Functions of attnlib that raise SealedReference while an answer is being checked.
    by_value : bool
        Whether the answer is an array of numbers and not a function.
    same_dtype : bool
        Whether the result must have the reference's dtype, because the question promises one: booleans
        for a mask, float32 where the input is.
    axes : tuple of str
        What the last axes of the result count, such as queries and keys, for messages that name a place.
    """

    name: str
    section: str
    reference: Callable
    visible: Callable[[], list[Case]]
    misconceptions: tuple[Misconception, ...]
    hidden: Callable[["np.random.Generator"], list[Case]] = lambda rng: []
    properties: tuple[Property, ...] = ()
    seals: tuple[Callable, ...] = ()
    by_value: bool = False
    same_dtype: bool = False
    axes: tuple[str, ...] = ()

    def __post_init__(self):
        """Give mistakes the exercise's section, and close a reference that would be the answer."""
        placed = tuple(replace(m, section=m.section or self.section) for m in self.misconceptions)
        object.__setattr__(self, "misconceptions", placed)
        if self.by_value and not isinstance(self.reference, Closed):
            object.__setattr__(self, "reference", Closed(self.reference))
