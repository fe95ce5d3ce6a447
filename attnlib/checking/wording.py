"""What a check says, as data: the verdict that a message is made of and read from."""

import re
from dataclasses import dataclass

from attnlib.checking.sentences import Says

LINE_LENGTH = 80  # `nbgrader validate` cuts longer lines off
JOINED = "    "  # begins a line that goes on after a space
CUT = "  "  # begins the rest of a word that is longer than a line
TRY = "Try: "
BREAKS = re.compile("[\t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]")
SECTION = re.compile(r"(?P<page>[\w-]+(?:/[\w-]+)*)#(?P<target>[\w-]+)")
READ = re.compile(r"Read in the book: (?P<page>[\w-]+(?:/[\w-]+)*)\.html#(?P<target>[\w-]+)")


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
