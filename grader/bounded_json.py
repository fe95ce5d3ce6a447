"""JSON from strangers, read only if it holds no more than a fair number of values.

A few bytes of JSON become a hundred of Python's: 64 MiB of ``{},{},…`` are gigabytes. So the values are
counted before they are made.
"""

import json

MOST_VALUES = 2_000_000  # strings and numbers
MOST_CONTAINERS = 200_000  # lists and objects


class TooManyError(ValueError):
    """Some JSON holds more values than are read."""


def loads(data, errors="strict"):
    """Return what some JSON says.

    Parameters
    ----------
    data : bytes
        In UTF-8.
    errors : str, default "strict"
        What is done with bytes that aren't, as in `bytes.decode`.

    Raises
    ------
    TooManyError
        If it holds more than `MOST_VALUES` values or `MOST_CONTAINERS` lists and objects.
    ValueError
        If it is no JSON.

    Examples
    --------
    >>> loads(b'["a, b", {}]')
    ['a, b', {}]
    """
    if _is_large(data) and _is_large(_without_strings(data)):
        raise TooManyError(f"more than {MOST_VALUES} values, or {MOST_CONTAINERS} lists and objects")
    return json.loads(data.decode(errors=errors))


def _is_large(data):
    return data.count(b",") > MOST_VALUES or data.count(b"{") + data.count(b"[") > MOST_CONTAINERS


def _without_strings(data):
    """Return JSON without what its strings say, or a stand-in where these alone are too many."""
    data = data.replace(rb"\\", b"").replace(rb"\"", b"")
    if data.count(b'"') > 2 * MOST_VALUES:
        return b"," * (MOST_VALUES + 1)
    return b"".join(data.split(b'"')[::2])
