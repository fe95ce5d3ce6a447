"""Judge an answer to an exercise, and say what is wrong with it without saying what is right."""

from attnlib.checking.judging import check, find_exercise, judge, judge_outcomes, quiet, recognise
from attnlib.checking.outcome import Outcome, alike, call, leaves, right
from attnlib.checking.sealing import opened, sealed, sealed_by
from attnlib.checking.sentences import Says
from attnlib.checking.wording import LINE_LENGTH, UNANSWERED, CheckFailed, Verdict, read_verdict
from attnlib.exercise import SealedReference

__all__ = [
    "LINE_LENGTH",
    "UNANSWERED",
    "CheckFailed",
    "Outcome",
    "Says",
    "SealedReference",
    "Verdict",
    "alike",
    "call",
    "check",
    "find_exercise",
    "judge",
    "judge_outcomes",
    "leaves",
    "opened",
    "quiet",
    "read_verdict",
    "recognise",
    "right",
    "sealed",
    "sealed_by",
]
