"""What a message quotes: the call that fails, and the values that came."""

import inspect

import numpy as np

from attnlib._arrays import shape_text
from attnlib.checking.outcome import leaves
from attnlib.checking.wording import TRY

LARGEST_SHOWN = 12  # numbers in one argument


def seen_with(exercise, case, *, show_inputs):
    """Return sentences that say which call fails: the call itself if it is small and may be shown."""
    if exercise.by_value:
        return ()
    given = [*zip(names(exercise), case.args, strict=False), *case.options.items()]
    shapes = ", ".join(_described(name, value) for name, value in given)
    if not (show_inputs and all(_size(value) <= LARGEST_SHOWN for _, value in given)):
        return (f"Seen with {shapes}.",)
    options = [f"{name}={_source(value)}" for name, value in case.options.items()]
    call = f"{TRY}{exercise.name}({', '.join([*map(_source, case.args), *options])})"
    # brackets that nobody wants to count
    nested = any(np.ndim(leaf) > 2 for _, value in given for leaf in (leaves(value) or {}).values())
    return (call, f"That is {shapes}.") if nested else (call,)


def call_by_names(exercise, case):
    """Return a call with the names of arrays in place of their numbers."""
    options = [f"{n}={n if isinstance(v, np.ndarray) else repr(v)}" for n, v in case.options.items()]
    return f"{exercise.name}({', '.join([*names(exercise)[: len(case.args)], *options])})"


def names(exercise):
    """Return the names of the arguments that an exercise's function takes."""
    return list(inspect.signature(exercise.reference).parameters)


def kind(value):
    """Return what a value is, in words: itself if it is short, or its type."""
    return f"{value!r}" if isinstance(value, str | int | float) else f"a {type(value).__name__}"


def layout(value):
    """Return which parts a reference's value has, in words.

    Examples
    --------
    >>> layout((np.ones(2), np.ones(3))), layout({"w": np.ones(2)})
    ('a tuple of 2', "a dict with the keys 'w'")
    """
    if isinstance(value, dict):
        return f"a dict with the keys {keys(value)}"
    return (
        f"a {type(value).__name__} of {len(value)}" if isinstance(value, tuple | list) else "a NumPy array"
    )


def keys(value):
    """Return the keys of a dict as a list in words."""
    return ", ".join(map(repr, value))


def _size(value):
    found = leaves(value)
    return np.size(value) if found is None else sum(leaf.size for leaf in found.values())


def _described(name, value):
    if isinstance(value, np.ndarray):
        return f"{name} of shape {shape_text(value.shape)}"
    if isinstance(value, dict | tuple | list) and leaves(value):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        return ", ".join(_described(f"{name}[{key!r}]", part) for key, part in parts)
    return f"{name}={value}"


def _source(value):
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_source(part)}' for key, part in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_source, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_source, value))}{',' * (len(value) == 1)})"
    if not isinstance(value, np.ndarray):
        return repr(value)
    dtype = "" if value.dtype == np.asarray(value.tolist()).dtype else f", dtype=np.{value.dtype}"
    return f"np.array({value.tolist()}{dtype})"
