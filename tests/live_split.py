"""Where the blocks stand, and states in which their numbers are compared with attnlib's."""

from itertools import product

import numpy as np

import attnlib
from attnlib.live import Split
from attnlib.live.split import VIEWS

CHAPTER = "08-many-heads"


def states():
    """Yield figures, each with the numbers that its script should give."""
    x = np.random.default_rng(3).integers(-50, 50, size=(5, 6)).astype(float)
    for place, (n_heads, view) in enumerate(product((2, 3, 6), VIEWS)):
        yield Split(x=x, n_heads=n_heads, view=view, followed=place), expected(x, n_heads, view, place)
    numbered = 10 * np.arange(4)[:, None] + np.arange(4.0)
    for view in VIEWS:
        yield Split(view=view, followed=9), expected(numbered, 2, view, 9)


def expected(x, n_heads, view, followed):
    """Return what a view holds, where the number that is followed stands, and how many are astray."""
    places = np.arange(x.size).reshape(x.shape)
    here = seen(places, n_heads, view)
    right = seen(places, n_heads, {"unswapped": "heads", "unswapped_back": "tokens"}.get(view, view))
    index = tuple(np.argwhere(here == followed)[0])
    return {
        "array": seen(x, n_heads, view),
        "index": index,
        "belongs": x.flat[int(right[index])],
        "n_strayed": (here != right).sum(),
    }


def seen(x, n_heads, view):
    """Return a matrix as a view holds it."""
    t, d_model = x.shape
    heads = attnlib.split_heads(x, n_heads)
    return {
        "tokens": x,
        "reshaped": x.reshape(t, n_heads, d_model // n_heads),
        "heads": heads,
        "unswapped": x.reshape(heads.shape),
        "unswapped_back": heads.reshape(x.shape),
    }[view]
