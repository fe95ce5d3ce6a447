"""What students are called on a page for others: their names, or numbers that tell nothing."""

import builtins
import hashlib
import hmac
import re
from functools import cache

from attnlib.catalogue import EXERCISES
from attnlib.checking.sentences import Says, said_by
from grader.notebook.causes import ENDLESS, STOPPED
from grader.results.marks import PARTLY, STDERR, UNGRADED

# what else a report says of a submission: why it couldn't be graded, and what ended its Python
REASONS = (
    "CheckFailed NotAnswered GradingStopped UnreadableError",
    "the student's name begins with a dot, and nbgrader doesn't see such folders",
    "the student's name has characters that can't be written",
    "is a symbolic link, which may lead to another's file",
    "is not a folder, is no ordinary file, is a folder, not a file, is not there, or is no ordinary file",
    "no ipynb or ipynb, the folder is empty, is empty, can't be read",
    "is too large: MiB, cells with characters, of at most",
    "is not UTF-8 text, byte is, is not JSON, in line, is not a notebook: it has no nbformat",
    "is in nbformat, newer than this Python can read",
    UNGRADED,
    STOPPED,
    ENDLESS,
    STDERR,
    PARTLY,
)


class Names:
    """The names as they are; a text that a student had a part in stays as it is.

    Parameters
    ----------
    people : dict of str to grader.gradebook.reading.Person, optional
        What else they are called.

    Examples
    --------
    >>> names = Names()
    >>> names("anna"), names.text("NameError: name 'anna' is not defined")
    ('anna', "NameError: name 'anna' is not defined")
    """

    anonymous = False

    def __init__(self, people=None):
        self._people = people or {}

    def person(self, student):
        """Return the name that the gradebook has beside a student's id, or nothing."""
        return self._people[student].name if student in self._people else ""

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
    'it returns …; return a NumPy array'
    """

    anonymous = True

    def __init__(self, students, key, people):
        super().__init__()  # nobody's name
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
        says, fields = said_by(text)
        if says is None:  # the full stop of a headline that names a mistake is left out
            says, fields = said_by(f"{text}.")
        if says is not None:
            clean = {name: "…" if name == "theirs" else _our_own(value) for name, value in fields.items()}
            text = says.format(**clean).removesuffix(".")
        elif f"{text}." not in _laws():
            text = _our_own(re.split("[:;]", text)[0])
        return self._pattern.sub(lambda name: self._known.get(name[0].casefold(), "…"), text)


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


def _our_own(text):
    return re.sub(r"[^\W\d_]\w*|\d{4,}|_\w+", lambda word: word[0] if _is_ours(word[0]) else "…", text)


def _is_ours(word):
    return word in _our_words() or hasattr(builtins, word)


@cache
def _laws():
    """Return the sentences that exercises add to those of `attnlib.checking.wording.Says`."""
    return frozenset(law.says for exercise in EXERCISES.values() for law in exercise.properties)


@cache
def _our_words():
    """Return every word with which a check or the grader can explain itself."""
    formats = (re.sub(r"{\w+}", "", says) for says in Says)
    return frozenset(re.findall(r"\w+", " ".join([*formats, *REASONS, *EXERCISES, *_laws()])))
