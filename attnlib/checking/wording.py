"""What a check says, as data: its sentences, and the verdict that a message is made of and read from."""

import re
import string
from dataclasses import dataclass
from enum import StrEnum

LINE_LENGTH = 80  # `nbgrader validate` cuts longer lines off
JOINED = "    "  # begins a line that goes on after a space
CUT = "  "  # begins the rest of a word that is longer than a line
TRY = "Try: "
BREAKS = re.compile("[\t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]")
SECTION = re.compile(r"(?P<page>[\w-]+(?:/[\w-]+)*)#(?P<target>[\w-]+)")
READ = re.compile(r"Read in the book: (?P<page>[\w-]+(?:/[\w-]+)*)\.html#(?P<target>[\w-]+)")


class Says(StrEnum):
    """Every sentence of a check but the laws of the exercises and the names of mistakes, as a format.

    A field called ``theirs`` holds what a student wrote; what goes into any other is the course's.
    """

    LOOKS_LIKE = "this looks like “{name}”."
    UNANSWERED = "not answered yet."
    NOTHING = "there is nothing of that name when the test has run."
    NO_FUNCTION = "this is not a function: got {theirs}."
    NO_FUNCTION_LEFT = "this is not a function when the test has run."
    NOT_CALLABLE_SO = "it can't be called as the question asks: {theirs}."
    TEXT = "these are not numbers yet: {theirs}. Write numbers without quotes."
    NO_NUMBERS = "these are not numbers yet: got {theirs}."
    RAGGED = "these are not numbers in rows of equal length."
    SEALED = "it calls attnlib's own version, which is closed while yours is checked. Write it yourself."
    RAISES = "it raises {error}: {theirs}"
    RAISES_ONLY = "it raises {error}."
    RETURNS_NONE = "it returns None. Is there a return at the end?"
    RETURNS_LIST = "it returns a list; return a NumPy array."
    RETURNS_OTHER = "it returns {theirs}; return a NumPy array."
    RETURNS_NO_PARTS = "it returns {theirs}; return {layout}."
    LACKS_KEY = "the result lacks {key}; its keys are to be {keys}."
    WRONG_KEYS = "the result has a key too many; its keys are to be {keys}."
    WRONG_COUNT = "the result has {got} parts; return {expected}."
    PART = "in {part}, {says}"
    OVERWRITES = "it changes {name}, which it is given; work on a copy."
    LAYOUT = "expected {expected}, got {got}."
    SHAPE = "the result has the wrong shape: expected {expected}, got {got}."
    MISSING = "some of the numbers are still missing."
    NAN = "the result contains NaN (0/0, 0 · inf or inf - inf)."
    INFINITE = "the result contains infinity (an overflow, or a division by 0)."
    ROUNDED = "the numbers are rounded too much; write fractions, such as 5/7."
    DTYPE = "the result has the wrong dtype: expected {expected}, got {got}."
    NONE_RIGHT = "these are not the right numbers."
    NOT_RIGHT = "this is not the right number."
    ONE_WRONG = "{wrong} of the {size} numbers is wrong{place}."
    SOME_WRONG = "{wrong} of the {size} numbers are wrong{place}."
    NO_NAME = "the result is wrong in {wrong} of {all} checks."
    WAVERS = "called again with the same input, it gives something else."
    SIGN_TURNED = "where it is wrong, the result is right but for its sign, which is turned."
    TIMES = "where it is wrong, the result is the right one times a factor."
    TIMES_VARYING = (
        "where it is wrong, the result is the right one times a number that varies from check to check."
    )
    PLUS = "where it is wrong, the result is the right one plus a number, the same everywhere."
    PLUS_VARYING = (
        "where it is wrong, the result is the right one plus a number that varies from check to check."
    )
    TURNED = "where it is wrong, the result is the right one transposed: rows and columns exchanged."
    AXES_EXCHANGED = "where it is wrong, the numbers are right and the axes in another order."
    ROWS_REVERSED = "where it is wrong, the rows are right and stand in reverse order."
    REVERSED = "where it is wrong, the numbers along the last axis stand in reverse order."
    ROWS_OFF_BY_ONE = "where it is wrong, the rows are right and stand one place off, all round."
    OFF_BY_ONE = "where it is wrong, the numbers are right and stand one column off, all round."
    ROWS_REORDERED = "where it is wrong, the rows are right and stand in another order."
    REORDERED = "where it is wrong, the columns are right and stand in another order."
    MISPLACED = "where it is wrong, the right numbers stand in the wrong places."
    ROWS_SLID = "where it is wrong, the rows are the right ones moved on by one place."
    SLID = "where it is wrong, the columns are the right ones moved on by one place."
    NOT_DIVIDED = "where it is wrong, it would be right with each row divided by its sum."
    NOT_DIVIDED_DOWN = "where it is wrong, it would be right with each column divided by its sum."
    SOFTMAX_MISSING = "where it is wrong, it would be right after a softmax along the last axis."
    SOFTMAX_TWICE = "where it is wrong, the right result went through one more softmax."
    SOFTMAX_DOWN = "where it is wrong, the right result went through one more softmax, down the columns."
    COMPLEMENT = "where it is wrong, the result is 1 minus the right one."
    SIGN_LOST = "where it is wrong, the result is the right one without its minus signs."
    SIGNS = "where it is wrong, the numbers are right but for some signs."
    CLIPPED = "where it is wrong, the result is right but for its negative numbers, which are 0."
    SQUARED = "where it is wrong, the result is the square of the right one."
    ROOTED = "where it is wrong, the result is the root of the right one."
    INVERTED = "where it is wrong, the result is 1 over the right one."
    EXPONENTIATED = "where it is wrong, the result is the exponential of the right one."
    LOGGED = "where it is wrong, the result is the logarithm of the right one."
    ROWS_TIMES = "where it is wrong, each row is the right one times a number of its own."
    COLUMNS_TIMES = "where it is wrong, each column is the right one times a number of its own."
    ROWS_PLUS = "where it is wrong, each row is the right one plus a number of its own."
    COLUMNS_PLUS = "where it is wrong, each column is the right one plus a number of its own."
    ALL_ZERO = "where it is wrong, the result is nothing but zeros."
    ALL_EQUAL = "where it is wrong, all numbers of the result are equal."
    ROWS_EQUAL = "where it is wrong, all rows of the result are equal."
    ROUNDED_OFF = "where it is wrong, the result is the right one rounded."
    WRONG_WITHOUT_KEYS = "where it is wrong, only the rows of queries that may attend to nothing are."
    WRONG_HIDDEN = "where it is wrong, only what the mask hides is."
    WRONG_ALLOWED = "where it is wrong, only what the mask allows is."
    WRONG_LAST_ROW = "where it is wrong, only the last row is."
    WRONG_FIRST_ROW = "where it is wrong, only the first row is."
    WRONG_LAST_COLUMN = "where it is wrong, only the last column is."
    WRONG_FIRST_COLUMN = "where it is wrong, only the first column is."
    WRONG_DIAGONAL = "where it is wrong, only the diagonal is."
    WRONG_OFF_DIAGONAL = "where it is wrong, the diagonal is right."
    WRONG_ABOVE = "where it is wrong, all below the diagonal is right."
    WRONG_BELOW = "where it is wrong, all above the diagonal is right."
    WRONG_LATER_ROWS = "where it is wrong, the first row is right."
    WRONG_LATER_COLUMNS = "where it is wrong, the first column is right."
    WRONG_EARLIER_ROWS = "where it is wrong, the last row is right."
    WRONG_EARLIER_COLUMNS = "where it is wrong, the last column is right."
    WRONG_LATER_SEQUENCES = "where it is wrong, the first sequence of a batch is right."
    FACTOR = "the factor is {number}."
    SUMMAND = "the number added is {number}."
    NEARLY = "no number is off by more than {part} of the largest."
    ONLY = "it fails in every check {where}, and in no other."
    AMONG = "it fails only in checks {where}, though not in all of them."
    SUMS_RIGHT = "each row has the right sum."
    ORDER_RIGHT = "the order from small to large is right in each row."
    FIRST_WRONG = "the first wrong number is at {place}: yours is {theirs}."
    YOURS_IS = "yours is {theirs}."
    OTHERS_RIGHT = "all numbers that are finite are right."
    NUMBERS_RIGHT = "the numbers are right, and only the shape is not."
    AXES_RIGHT = "the numbers are right, with the axes in another order."
    AXIS_OF_ONE = "but for an axis of size 1 the result is right."

    def read(self, headline):
        """Return what stands in the fields of a headline, as a dict, or None if it isn't this one."""
        found = re.fullmatch(_pattern(self), headline, re.DOTALL)
        return found and found.groupdict()


def _pattern(template):
    parts = string.Formatter().parse(template)
    return "".join(re.escape(text) + (f"(?P<{name}>.*)" if name else "") for text, name, *_ in parts)


def said_by(headline):
    """Return the format that a headline was made with and what stands in its fields, or (None, {}).

    Examples
    --------
    >>> said_by("it returns 'x'; return a NumPy array.")[1]
    {'theirs': "'x'"}
    """
    for says in Says:
        fields = says.read(headline)
        if fields is not None:
            return says, fields
    return None, {}


UNANSWERED = Says.UNANSWERED.removesuffix(".")  # counted like a misconception


@dataclass(frozen=True)
class Verdict:
    """What is wrong with an answer. Its text is what the student reads, in lines that a terminal holds.

    Line breaks in what a student wrote become spaces, so that only the verdict decides where a line ends.

    Parameters
    ----------
    exercise : str
        The exercise's name.
    headline : str
        What is wrong, in one sentence.
    details : tuple of str
        More sentences, a line each; empty ones are left out.
    misconception : str, optional
        The name of the mistake, where it was recognised. Without it, it is taken from the headline.
    section : str, optional
        Where to read about it, as ``page#target``.

    Raises
    ------
    ValueError
        If the text could be read as another verdict's.

    Examples
    --------
    >>> headline = Says.SHAPE.format(expected=(3,), got=())
    >>> print(Verdict("softmax", headline, section="chapters/05-softmax#sums"))
    softmax: the result has the wrong shape: expected (3,), got ().
    Read in the book: chapters/05-softmax.html#sums
    """

    exercise: str
    headline: str
    details: tuple[str, ...] = ()
    misconception: str | None = None
    section: str | None = None

    def __post_init__(self):
        """Put every text on one line, and refuse what couldn't be read again."""
        headline = _on_one_line(self.headline)
        if not self.exercise.isidentifier() or not headline:
            raise ValueError(f"no exercise and headline: {self.exercise!r}, {self.headline!r}")
        if self.misconception not in (None, _named_by(headline)):
            raise ValueError(f"{headline!r} doesn't name {self.misconception!r}")
        details = tuple(filter(None, map(_on_one_line, self.details)))
        if any(map(READ.fullmatch, details)):
            raise ValueError("a detail that reads as the section")
        if self.section and not SECTION.fullmatch(self.section):
            raise ValueError(f"a section is page#target, got {self.section!r}")
        for name, value in {
            "headline": headline,
            "details": details,
            "misconception": _named_by(headline),
            "section": self.section or None,
        }.items():
            object.__setattr__(self, name, value)

    @classmethod
    def naming(cls, misconception, exercise, details=(), section=None):
        """Return the verdict that recognises a mistake, by its name."""
        return cls(exercise, Says.LOOKS_LIKE.format(name=misconception), details, section=section)

    def __str__(self):
        """Return the text: lines of at most `LINE_LENGTH` characters."""
        paragraphs = [f"{self.exercise}: {self.headline}", *self.details]
        if self.section:
            page, _, target = self.section.partition("#")
            paragraphs.append(f"Read in the book: {page}.html#{target}")
        return "\n".join(map(_wrap, paragraphs))


def read_verdict(text):
    """Return the Verdict whose text this is, or None if it is no verdict's.

    Whoever wrote the text may be hostile: what is returned is text in fields, and true only if its source
    is to be trusted.

    Examples
    --------
    >>> verdict = Verdict("softmax", "it returns None. Is there a return at the end?")
    >>> read_verdict(str(verdict)) == verdict
    True
    >>> read_verdict("no verdict")
    """
    paragraphs = []
    for line in text.split("\n"):
        if paragraphs and line.startswith(JOINED):
            paragraphs[-1] += [" ", line.removeprefix(JOINED)]
        elif paragraphs and line.startswith(CUT):
            paragraphs[-1].append(line.removeprefix(CUT))
        else:
            paragraphs.append([line])
    first, *details = map("".join, paragraphs)
    exercise, _, headline = first.partition(": ")
    read = READ.fullmatch(details[-1]) if details else None
    section = f"{read['page']}#{read['target']}" if read else None
    try:
        verdict = Verdict(exercise, headline, tuple(details[:-1] if read else details), section=section)
    except ValueError:
        return None
    return verdict if str(verdict) == text else None


class CheckFailed(AssertionError):  # noqa: N818 - in a traceback it reads as the sentence it is
    """A wrong answer. Its text is written for the student; in a notebook it replaces the traceback.

    Attributes
    ----------
    verdict : attnlib.checking.Verdict
        What the text says, in its parts.
    """

    def __init__(self, verdict):
        super().__init__(str(verdict))
        self.verdict = verdict

    @property
    def exercise(self):
        """The exercise's name."""
        return self.verdict.exercise

    @property
    def misconception(self):
        """The name of the mistake, where it was recognised, or None."""
        return self.verdict.misconception

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self}"]


def _named_by(headline):
    if headline == Says.UNANSWERED:
        return UNANSWERED
    found = Says.LOOKS_LIKE.read(headline)
    return (found and found["name"]) or None


def _on_one_line(text):
    return BREAKS.sub(" ", text).strip(" ")


def _wrap(text):
    """Return a text in lines that `read_verdict` can put together again, spaces and all."""
    lines, indent = [], ""
    while len(indent) + len(text) > LINE_LENGTH:
        room = LINE_LENGTH - len(indent)
        space = text.rfind(" ", 1, room + 1)
        if space > 0:
            line, text, following = text[:space], text[space + 1 :], JOINED
        else:  # the rest doesn't begin with a space, or there would have been one to break at
            line, text, following = text[:room], text[room:], CUT
        lines.append(indent + line)
        indent = following
    return "\n".join([*lines, indent + text])
