"""Answer in one process what another asks, in text that holds numbers and nothing that runs.

The grader runs a student's function in the student's process and compares what it returns in its own. What
crosses between them is JSON: arrays as dtype, shape and bytes; never pickled, and checked when read.
"""

import base64
import builtins
import contextlib
import json
import math
import numbers
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attnlib.catalogue import EXERCISES
from attnlib.checking.judging import quiet
from attnlib.checking.outcome import DEEPEST, LONGEST_TEXT, NUMBERS, Outcome, call
from attnlib.checking.sealing import sealed_by
from attnlib.exercise import Case, SealedReference

LARGEST_REPLY = 8_000_000  # characters
MOST_ARGUMENTS = 100
LAST_LINE = 10**7  # of a student's cell


def encode(value):
    """Return a value as what JSON can hold.

    Parameters
    ----------
    value : array_like of numbers, bool, int, float, str, dict, list, tuple, None or Ellipsis
        The keys of a dict are text or whole numbers. Anything else is named by its type alone, and text
        is cut off.
    """
    return _encode(value, DEEPEST)


def _encode(value, depth):
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(np.asarray(value))
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, numbers.Real):  # a Fraction
        return float(value)
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, list | tuple) and depth:
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_encode(element, depth - 1) for element in value]}
    if isinstance(value, dict) and depth and all(map(_is_key, value)):
        return {"dict": [[key, _encode(element, depth - 1)] for key, element in value.items()]}
    return {"type": type(value).__name__[:LONGEST_TEXT]}


def _is_key(key):
    return type(key) is int or (type(key) is str and len(key) <= LONGEST_TEXT)


def _encode_array(array):
    if array.dtype.kind == "O":  # of Fractions, say
        try:
            array = array.astype(float)
        except (TypeError, ValueError):
            return {"type": "array of objects"}
    if array.dtype.kind not in NUMBERS:
        return {"type": f"array of {array.dtype}"[:LONGEST_TEXT]}
    data = base64.b64encode(array.tobytes()).decode()
    return {"dtype": array.dtype.str, "shape": array.shape, "data": data}


class Unlike:
    """Stands for a returned object that isn't made of numbers, of which only the type's name is known."""

    def __init__(self, name):
        self.__class__ = type(name, (Unlike,), {})


def decode(data):
    """Return the value that `encode` wrote.

    Raises
    ------
    ValueError
        If `data` is anything but what `encode` writes.
    """
    return _decode(data, DEEPEST)


def _decode(data, depth):
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if not isinstance(data, dict) or depth < 0:
        raise ValueError("not a value")
    match list(data):
        case ["dtype", "shape", "data"]:
            return _array(**data)
        case ["list"]:
            return [_decode(element, depth - 1) for element in _listed(data["list"])]
        case ["tuple"]:
            return tuple(_decode(element, depth - 1) for element in _listed(data["tuple"]))
        case ["dict"]:
            return _dict(_listed(data["dict"]), depth - 1)
        case ["type"] if isinstance(data["type"], str):
            return Ellipsis if data["type"] == "ellipsis" else Unlike(data["type"][:LONGEST_TEXT])
    raise ValueError("not a value")


def _dict(pairs, depth):
    value = {}
    for pair in pairs:
        match pair:
            case [key, data] if _is_key(key) and key not in value:
                value[key] = _decode(data, depth)
            case _:
                raise ValueError("not the pairs of a dict")
    return value


def _array(dtype, shape, data):
    if not (isinstance(dtype, str) and len(dtype) < 8 and isinstance(data, str)):
        raise ValueError("not an array")
    try:
        kind = np.dtype(dtype)
    except TypeError:
        raise ValueError("not a dtype") from None
    if kind.kind not in NUMBERS or kind.shape or kind.fields:
        raise ValueError("not a dtype of numbers")
    if any(type(size) is not int or size < 0 for size in _listed(shape)) or len(shape) > 32:
        raise ValueError("not a shape")
    raw = base64.b64decode(data, validate=True)
    if len(raw) != math.prod(shape) * kind.itemsize:
        raise ValueError("an array's bytes don't fill its shape")
    return np.frombuffer(raw, kind).reshape(shape).copy()


def _listed(data):
    if not isinstance(data, list):
        raise ValueError("not a list")
    return data


def request(cases):
    """Return cases as text that `answer` understands."""
    return json.dumps(
        [
            [[encode(arg) for arg in case.args], {name: encode(o) for name, o in case.options.items()}]
            for case in cases
        ]
    )


def answer(namespace, name, asked=None):
    """Return, as text, what a student's answer comes to; what it prints meanwhile is not kept.

    Parameters
    ----------
    namespace : dict
        The student's variables.
    name : str
        The exercise.
    asked : str, optional
        The cases to call a function on, as `request` writes them. Without it the variable itself is read.
    """
    if name not in namespace:
        return json.dumps({"missing": name})
    value = namespace[name]
    if asked is None:
        return json.dumps({"value": encode(value)})
    if not callable(value):
        return json.dumps({"uncallable": name})
    cases = [
        Case(tuple(map(decode, args)), {option: decode(given) for option, given in options.items()})
        for args, options in json.loads(asked)
    ]
    seals = sealed_by(EXERCISES[name])
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere), quiet():
        outcomes = [call(value, case, seals) for case in cases]
    return json.dumps({"outcomes": [_outcome(outcome) for outcome in outcomes]})


def _outcome(outcome):
    if outcome.error is None:
        return {"value": encode(outcome.value), "overwrote": list(outcome.overwrote)}
    line, code = outcome.stopped_at() or (0, "")
    return {
        "error": type(outcome.error).__name__[:LONGEST_TEXT],
        "says": str(outcome.error)[:LONGEST_TEXT],
        "stopped_at": [line, code[:LONGEST_TEXT]],
    }


@dataclass(frozen=True)
class Reported(Outcome):
    """The Outcome of a call that was made in another process."""

    place: tuple | None = None

    def stopped_at(self):
        """Return the line of the student's code at which it stopped, as (number, text), or None."""
        return self.place


def outcomes(data, count):
    """Return the outcomes of `count` cases that `answer` wrote, read as JSON, as a list of Outcome.

    Raises
    ------
    ValueError
        If they are anything else. Whoever wrote them may be hostile.
    """
    if not isinstance(data, list) or len(data) != count:
        raise ValueError(f"not {count} outcomes")
    return [_reported(one) for one in data]


def _reported(one):
    match one:
        case {"value": value, "overwrote": list(places)} if _are_places(places):
            return Reported(value=decode(value), overwrote=tuple(places))
        case {"error": str(name), "says": str(says), "stopped_at": [int(line), str(code)]}:
            place = (line, code[:LONGEST_TEXT]) if code and 0 < line < LAST_LINE else None
            return Reported(error=_error(name[:LONGEST_TEXT], says[:LONGEST_TEXT]), place=place)
    raise ValueError("not an outcome")


def _are_places(places):
    return len(places) <= MOST_ARGUMENTS and all(
        type(place) is int and 0 <= place < MOST_ARGUMENTS for place in places
    )


def _error(name, says):
    if name == SealedReference.__name__:
        return SealedReference(says)
    known = getattr(builtins, name, None)
    if not (isinstance(known, type) and issubclass(known, Exception)) or issubclass(known, UnicodeError):
        known = type(name.replace("\0", ""), (Exception,), {})
    return known(says)
