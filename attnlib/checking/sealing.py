"""Close the reference while an answer to it is being checked."""

from contextlib import contextmanager


class SealedReference(RuntimeError):  # noqa: N818 - the name says what was met, as StopIteration does
    """Raised where an answer calls the function that it was asked to write."""


@contextmanager
def sealed(*functions):
    """Make every call of `functions` raise SealedReference inside the block.

    The code object is exchanged, so that names imported earlier are closed as well. Only functions
    without a closure can be sealed.
    """
    originals = [function.__code__ for function in functions]
    try:
        for function in functions:
            function.__code__ = _refuse.__code__
        yield
    finally:
        for function, code in zip(functions, originals, strict=True):
            function.__code__ = code


def _refuse(*args, **kwargs):
    from attnlib.checking.sealing import SealedReference  # runs with the globals of the sealed function

    raise SealedReference("this is the function you are asked to write: attnlib's own is closed here")
