"""Tell of each loss while a model is trained, so that its curve can be drawn meanwhile."""

import contextlib
import functools
import sys

from attnlib import optimise


@contextlib.contextmanager
def heard(hear=None):
    """Call `hear` with each loss that `attnlib.optimise.fit` comes to: by default, the page hears it."""
    original, hear = optimise.value_and_grad, hear or _print

    @functools.wraps(original)
    def told(*args, **options):
        value, gradients = original(*args, **options)
        hear(float(value))
        return value, gradients

    optimise.value_and_grad = told
    try:
        yield
    finally:
        optimise.value_and_grad = original


def _print(value):
    sys.__stdout__.write(f"{value!r}\n")
    sys.__stdout__.flush()
