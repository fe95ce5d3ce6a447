"""Right answers to the exercises, which students don't get: ``TOPIC/NAME.py``, named as in the catalogue.

Each file has functions that answer the exercise in different ways, and lists them in ``ANSWERS``. The
source of each stands alone with its module's imports, because sample submissions are made of it.
"""

import importlib
from pathlib import Path

from attnlib.catalogue import EXERCISES


def answers_to(name):
    """Return the right answers to an exercise, each a callable with the exercise's signature.

    For a question answered by numbers, each is a function without arguments that returns them.

    Raises
    ------
    KeyError
        If the catalogue has no such exercise.
    FileNotFoundError
        If nobody has written right answers to it yet; the text names the file where they belong.
    ValueError
        If the file lists none.
    """
    place = f"{EXERCISES.topic_of(name)}.{name}"
    file = Path(__path__[0], *place.split(".")).with_suffix(".py")
    if not file.is_file():
        raise FileNotFoundError(f"no right answers to {name!r}: write them into {file}")
    answers = getattr(importlib.import_module(f"{__name__}.{place}"), "ANSWERS", ())
    if not answers:
        raise ValueError(f"{file} lists no right answers: it must have ANSWERS = (one, another, ...)")
    return tuple(answers)
