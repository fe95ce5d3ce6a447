"""Judge an answer to an exercise, and say what is wrong with it without saying what is right."""

from attnlib.checking.judging import (
    LINE_LENGTH,
    CheckFailed,
    Outcome,
    alike,
    call,
    check,
    find_exercise,
    judge,
    judge_outcomes,
    quiet,
    recognise,
    right,
)
from attnlib.checking.sealing import SealedReference, sealed

__all__ = [
    "LINE_LENGTH",
    "CheckFailed",
    "Outcome",
    "SealedReference",
    "alike",
    "call",
    "check",
    "find_exercise",
    "judge",
    "judge_outcomes",
    "quiet",
    "recognise",
    "right",
    "sealed",
]
