"""The words by which a graded notebook says how it was graded."""

import json

RECORD = "spotlight"  # where its metadata say so; the last thing that is written
ENDED = "GradingStopped"  # the error of tests that couldn't be run any more
NOT_ANSWERED = "NotAnswered"  # the error of a test whose question the kernel gave no answer to


def is_finished(path):
    """Return whether the notebook at a path was graded to its end."""
    try:
        return RECORD in json.loads(path.read_text("utf-8"))["metadata"]
    except (OSError, ValueError, KeyError):
        return False
