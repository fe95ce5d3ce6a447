"""Close the reference while an answer to it is being checked."""

from contextlib import contextmanager
from types import CodeType, FunctionType

from attnlib.exercise import Closed

CATALOGUE = "attnlib.catalogue"


def opened(reference):
    """Return the function behind a reference, which a question answered by numbers keeps closed."""
    return reference.__wrapped__ if isinstance(reference, Closed) else reference


def sealed_by(exercise):
    """Return the functions to close while an answer to `exercise` is checked.

    They are what the exercise seals, its reference, and the functions of the catalogue that the reference
    calls: it may be no more than a call of its neighbour.
    """
    functions = list(dict.fromkeys([*exercise.seals, exercise.reference]))
    for function in functions:  # grows as it goes
        if _is_catalogued(function):
            called = (function.__globals__.get(name) for name in _names_in(function.__code__))
            functions += [f for f in called if _is_catalogued(f) and f not in functions]
    return tuple(function for function in functions if isinstance(function, FunctionType))


def _is_catalogued(function):
    return isinstance(function, FunctionType) and function.__module__.startswith(CATALOGUE)


def _names_in(code):
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return dict.fromkeys([*code.co_names, *(name for each in inner for name in _names_in(each))])


@contextmanager
def sealed(*functions):
    """Make every call of `functions` raise SealedReference inside the block.

    The code object is exchanged, so that names imported earlier are closed as well.
    """
    originals = [function.__code__ for function in functions]
    try:
        for function in functions:
            function.__code__ = _closed(function.__code__)
        yield
    finally:
        for function, code in zip(functions, originals, strict=True):
            function.__code__ = code


def _closed(code):
    """Return code that refuses, and takes what the function closes over, or it couldn't take its place."""
    refuse = _refuse.__code__
    return refuse.replace(co_freevars=code.co_freevars) if code.co_freevars else refuse


def _refuse(*args, **kwargs):
    from attnlib.exercise import SealedReference  # runs with the globals of the sealed function

    raise SealedReference("this is the function you are asked to write: attnlib's own is closed here")
