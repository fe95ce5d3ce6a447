"""Strangers' text on a terminal, where some characters are commands."""

import logging
import re

COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|[\ud800-\udfff]")


def plain(text):
    """Return a text with ``?`` for each character that a terminal would act on; lines and tabs are kept."""
    return COMMANDS.sub("?", text)


def printable(text):
    r"""Return a text that a terminal shows and doesn't obey: a student's name can hold anything.

    Examples
    --------
    >>> print(printable("anna \x1b[2J"))
    anna \x1b[2J
    """
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


class PlainLog(logging.Filter):
    """Makes each message of a log plain."""

    def filter(self, record):
        """Let every record through, with its text made plain."""
        record.msg, record.args = plain(record.getMessage()), ()
        return True
