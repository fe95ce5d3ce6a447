"""Where the clocks stand, and states in which their numbers are compared with attnlib's."""

from itertools import product

import numpy as np

from attnlib.layers import rotate, sinusoids
from attnlib.live import Order
from attnlib.live.order import BASE, KEY, KINDS, PLACES, QUERY

CHAPTER = "10-block"


def states():
    """Yield figures, each with the numbers that its script should give."""
    for kind, (query_at, key_at) in product(KINDS, ((9, 6), (20, 17), (0, 31), (31, 0), (5, 5))):
        yield figure(QUERY, KEY, query_at, key_at, kind)
    rng = np.random.default_rng(10)
    for kind in (*KINDS, "rotary", "sinusoidal") * 4:
        q, k = rng.uniform(-1, 1, size=(2, len(QUERY)))
        yield figure(q, k, *map(int, rng.integers(PLACES, size=2)), kind)


def figure(query, key, query_at, key_at, kind):
    """Return a figure and its numbers."""
    places = np.arange(PLACES)
    every_query, every_key = (np.tile(np.array(vector), (PLACES, 1)) for vector in (query, key))
    if kind == "rotary":
        every_query, every_key = (rotate(x, positions=places, base=BASE) for x in (every_query, every_key))
    if kind == "sinusoidal":
        waves = sinusoids(PLACES, len(query), base=BASE)
        every_query, every_key = every_query + waves, every_key + waves
    q, k = every_query[query_at], every_key[key_at]
    numbers = {
        "q": q,
        "k": k,
        "parts": (q * k).reshape(-1, 2).sum(axis=-1),
        "score": q @ k,
        "curve": every_key @ q,
    }
    return Order(query=query, key=key, query_at=query_at, key_at=key_at, kind=kind), numbers
