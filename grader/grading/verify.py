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


def verify(exercise, ask, *, seed, hidden):
    """Raise unless the answer to an exercise is right.

    Parameters
    ----------
    exercise : attnlib.exercise.Exercise
        What was asked for.
    ask : callable
        Takes an expression and returns what the kernel replies to it, the content of an ``execute_reply``
        with the expression's value as ``answer``.
    seed : str
        Hexadecimal digits that the secret inputs are drawn from.
    hidden : bool
        Whether to compare on secret inputs too, and then not to show them.

    Raises
    ------
    attnlib.CheckFailed
        If it is wrong; the text is for the student.
    NotAnswered
        If the kernel's reply can't be read.
    """
    if exercise.by_value:
        reply = _reply(ask, exercise)
        judge(exercise, _read(lambda: decode(reply["value"])), exercise.visible())
        return
    cases = exercise.visible()
    if hidden:
        cases = cases + secret_cases(exercise, seed)

    def answered(some):
        reply = _reply(ask, exercise, request(some))
        return _read(lambda: outcomes(reply["outcomes"], len(some)))

    with quiet():
        judge_outcomes(exercise, answered, cases, show_inputs=not hidden)


def secret_cases(exercise, seed):
    """Return the hidden cases of an exercise: they follow from the seed and the exercise's name alone."""
    rng = np.random.default_rng([int(seed, 16), zlib.crc32(exercise.name.encode())])
    return exercise.hidden(rng)


def _reply(ask, exercise, asked=None):
    text = _answer_in(ask(ASK.format(name=exercise.name, asked=asked)))
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
