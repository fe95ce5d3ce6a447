"""Ask a kernel for an answer again, and compare it with attnlib's outside the kernel."""

import codecs
import json
import zlib

import numpy as np

from attnlib.checking import CheckFailed, Says, Verdict, judge, judge_outcomes, quiet
from attnlib.checking.remote import LARGEST_REPLY, decode, outcomes, request

REMOTE = "__import__('attnlib.checking.remote', fromlist=['answer'])"
ASK = REMOTE + ".answer(get_ipython().user_ns, {name!r}, {asked!r})"


class NotAnswered(Exception):  # noqa: N818 - it is what happened, not an error of ours
    """A kernel's reply to a question of the grader's isn't one; the text says why."""


class Question:
    """What a test asks of a kernel, in one expression, and what becomes of the reply.

    Parameters
    ----------
    exercise : attnlib.exercise.Exercise
        What was asked for.
    seed : str
        Hexadecimal digits that the secret inputs are drawn from.
    hidden : bool
        Whether to compare on secret inputs too, and then not to show them.

    Attributes
    ----------
    name : str
        The exercise's.
    expression : str
        The kernel's answer is its value.
    """

    def __init__(self, exercise, *, seed, hidden):
        self._exercise, self._hidden, self.name = exercise, hidden, exercise.name
        self._cases = exercise.visible()
        if hidden and not exercise.by_value:
            self._cases = self._cases + secret_cases(exercise, seed)
        self.expression = self._about(self._cases)

    def verify(self, reply, ask):
        """Raise unless the answer to the exercise is right.

        Parameters
        ----------
        reply : dict
            The content of the ``execute_reply`` that has the expression's value as ``answer``.
        ask : callable
            Takes another expression and returns the same for it. A wrong answer is asked for more than a
            right one, to be told from others.

        Raises
        ------
        attnlib.CheckFailed
            If it is wrong; the text is for the student.
        NotAnswered
            If the kernel's reply can't be read.
        """
        if self._exercise.by_value:
            value = _read(lambda: decode(_found(reply, self._exercise)["value"]))
            judge(self._exercise, value, self._cases)
            return

        def answered(some):
            content = reply if some is self._cases else ask(self._about(some))
            found = _found(content, self._exercise)
            return _read(lambda: outcomes(found["outcomes"], len(some)))

        with quiet():
            judge_outcomes(self._exercise, answered, self._cases, show_inputs=not self._hidden)

    def _about(self, cases):
        asked = None if self._exercise.by_value else request(cases)
        return ASK.format(name=self._exercise.name, asked=asked)


def secret_cases(exercise, seed):
    """Return the hidden cases of an exercise: they follow from the seed and the exercise's name alone."""
    rng = np.random.default_rng([int(seed, 16), zlib.crc32(exercise.name.encode())])
    return exercise.hidden(rng)


def _found(content, exercise):
    text = _answer_in(content)
    reply = _read(lambda: json.loads(text))
    match reply:
        case {"missing": _}:
            raise CheckFailed(Verdict(exercise.name, Says.NOTHING))
        case {"uncallable": _}:
            raise CheckFailed(Verdict(exercise.name, Says.NO_FUNCTION_LEFT))
    return reply


def _answer_in(content):
    """Return the text with which the kernel answers `attnlib.checking.remote.answer`."""
    answer = content.get("user_expressions", {}).get("answer", {})
    text = answer.get("data", {}).get("text/plain", "")
    if not isinstance(text, str) or len(text) > LARGEST_REPLY:
        raise NotAnswered("the answer is too large.")
    if not (text.isascii() and text[:1] == text[-1:] == "'"):
        raise NotAnswered("the kernel gave no answer that can be read.")
    # the repr of a str, undone without Python's parser, which a stranger can make use gigabytes
    return _read(lambda: codecs.decode(text[1:-1], "unicode_escape"))


def _read(parse):
    try:
        return parse()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotAnswered(f"the answer can't be read ({error}).") from None
