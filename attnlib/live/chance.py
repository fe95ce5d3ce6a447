"""The page's draws, in Python: what a seed gives there, it gives here."""

import math

import numpy as np


class Draws:
    """As much of a NumPy generator as the made-up voice needs, on the numbers of ``js/kit/chance.js``.

    Parameters
    ----------
    seed : int
        From 0 to 2³² - 1.

    References
    ----------
    Mulberry32 by Tommy Ettinger; Box and Muller, "A note on the generation of random normal deviates",
    1958.

    Examples
    --------
    >>> round(float(Draws(1).random()), 3)
    0.627
    """

    def __init__(self, seed):
        self._state = seed

    def random(self):
        """Return the next number from 0 up to 1."""
        self._state = (self._state + 0x6D2B79F5) % 2**32
        bits = (self._state ^ self._state >> 15) * (self._state | 1) % 2**32
        bits ^= (bits + (bits ^ bits >> 7) * (bits | 61)) % 2**32
        return (bits ^ bits >> 14) / 2**32

    def uniform(self, low, high, n=None):
        """Return a number from a range, or n of them."""
        if n is None:
            return low + (high - low) * self.random()
        return np.array([low + (high - low) * self.random() for _ in range(n)])

    def standard_normal(self, n):
        """Return n numbers of the standard normal distribution."""
        sizes_and_turns = ((self.random(), self.random()) for _ in range(n))
        return np.array(
            [
                math.sqrt(-2 * math.log(1 - size)) * math.cos(2 * math.pi * turn)
                for size, turn in sizes_and_turns
            ]
        )
