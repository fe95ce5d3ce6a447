"""Strangers' text on a terminal, where some characters are commands, and in a spreadsheet."""

import logging

FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # the last four are their full-width forms


def plain(text, *, lines=True):
    r"""Return a text that a terminal shows and doesn't obey, with ``\x1b`` and the like for its commands.

    Parameters
    ----------
    text : str
        A message, or a student's name, which can hold anything.
    lines : bool, default True
        Whether line breaks and tabs are kept.

    Examples
    --------
    >>> print(plain("Zoë \x1b[2J"))
    Zoë \x1b[2J
    """
    kept = "\n\t" if lines else ""
    return "".join(c if c.isprintable() or c in kept else _escaped(c) for c in text)


class PlainLog(logging.Filter):
    """Makes each message of a log plain."""

    def filter(self, record):
        """Let every record through, with its text made plain."""
        record.msg, record.args = plain(record.getMessage()), ()
        return True


def _escaped(character):
    return character.encode("unicode_escape").decode("ascii")


def harmless(value):
    """Return a value that no spreadsheet computes.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-anna"), harmless("anna"), harmless(-1.5)
    ("'=1+1", "'-anna", 'anna', -1.5)
    """
    if not isinstance(value, str):
        return value
    computed = value.lstrip().startswith(FORMULA) or value.startswith(("\t", "\r", "\n"))
    return f"'{value}" if computed else value
