"""Prepare the Python of a page, before the first request."""

import json
import sys

from onpage import levelling


def begin(like):
    """Level NumPy with that which answers are graded with, and return what runs a request.

    Parameters
    ----------
    like : str
        What `onpage.levelling.names` returns there, as JSON.
    """
    sys.dont_write_bytecode = True  # it would be lost with the page
    levelling.level(json.loads(like))
    from onpage import running  # imports attnlib, which is to see NumPy as it will be

    return running.run
