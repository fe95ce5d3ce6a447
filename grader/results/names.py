"""What students are called on a page for others: their names, or numbers that tell nothing."""

import builtins
import hashlib
import hmac
import inspect
import re
from functools import cache

from attnlib.catalogue import EXERCISES
from attnlib.checking import judging
from grader.results import marks


class Names:
    """The names as they are; a text that a student had a part in stays as it is.

    Examples
    --------
    >>> names = Names()
    >>> names("anna"), names.text("NameError: name 'anna' is not defined")
    ('anna', "NameError: name 'anna' is not defined")
    """

    anonymous = False

    def __call__(self, student):
        """Return what a student is called."""
        return student

    def text(self, text):
        """Return a reason or a message, which may quote what a student wrote."""
        return text

    def sorted(self, students, of=lambda student: student):
        """Return students, or what `of` takes a student from, in the order of what they are called."""
        return sorted(students, key=lambda one: _in_order(self(of(one))))


class Numbers(Names):
    """``Student 1``, ``Student 2`` and so on, in an order that only the gradebook's owner could find again.

    The order comes from the gradebook's own random id of the assignment. So it is the same whenever the
    same class is reported, and nobody with a list of the class can work it out.

    Parameters
    ----------
    students : iterable of str
        All that can occur, by the names of their folders.
    key : str
        The secret that gives the order.
    people : dict of str to grader.gradebook.reading.Person
        What else they are called.

    Examples
    --------
    >>> names = Numbers(["anna", "bert"], key="of this class", people={})
    >>> names.text("no 05-softmax.ipynb; there is anna 05-softmax.ipynb")
    'no 05-softmax.ipynb'
    >>> names.text("it returns a AnnaBraun; return a NumPy array")
    'it returns a …'
    """

    anonymous = True

    def __init__(self, students, key, people):
        students = {*students, *people}
        order = sorted(students, key=lambda student: _digest(key, student))
        self._number = {student: f"Student {i}" for i, student in enumerate(order, start=1)}
        known = {name: student for student in students for name in _called(student, people.get(student))}
        self._known = {name.casefold(): self._number[student] for name, student in known.items()}
        longest_first = sorted(map(re.escape, known), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)

    def __call__(self, student):
        """Return a student's number."""
        return self._number[student]

    def text(self, text):
        """Return what the course says in a text, without the words that a student may have written."""
        says = re.split("[:;]", text)[0]
        says = re.sub(r"\w+", lambda word: word[0] if _is_ours(word[0]) else "…", says)
        return self._pattern.sub(lambda name: self._known.get(name[0].casefold(), "…"), says)


def _in_order(name):
    """Return a key with which 10 comes after 9."""
    parts = re.split(r"(\d+)", name.casefold())
    return [int(part) if i % 2 else part for i, part in enumerate(parts)]


def _digest(key, student):
    return hmac.digest(key.encode(), student.encode("utf-8", "surrogateescape"), hashlib.sha256)


def _called(student, person):
    names = {student}
    if person:
        names |= {f"{person.first_name} {person.last_name}", *vars(person).values()}
    return {name.strip() for name in names if len(name.strip()) > 1}


def _is_ours(word):
    return word in _our_words() or hasattr(builtins, word) or (word.isdigit() and len(word) < 4)


@cache
def _our_words():
    """Return every word with which a check or the grader can explain itself."""
    texts = [inspect.getsource(judging), inspect.getsource(marks), *EXERCISES]
    texts += [law.says for exercise in EXERCISES.values() for law in exercise.properties]
    return frozenset(re.findall(r"\w+", " ".join(texts)))
