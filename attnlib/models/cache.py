"""What a stack of blocks need not compute again when a text goes on."""

import numpy as np


class Cache:
    """Keys and values of the tokens that a stack has seen, so that they aren't computed again.

    Attributes
    ----------
    length : int
        How many tokens it holds.
    """

    def __init__(self):
        self.length = 0
        self._arrays = {}

    def extend(self, name, new):
        """Put a layer's new keys or values behind its old ones, and return them all.

        Parameters
        ----------
        name : str
            Whose they are.
        new : ndarray of float, shape (..., T, d)
            Those of the new tokens.

        Returns
        -------
        ndarray of float, shape (..., length + T, d)
            A view that is valid until the next call.
        """
        end = self.length + new.shape[-2]
        held = self._arrays.get(name)
        if held is None or held.shape[-2] < end:
            grown = np.empty((*new.shape[:-2], max(2 * end, 16), new.shape[-1]), new.dtype)
            if held is not None:
                grown[..., : self.length, :] = held[..., : self.length, :]
            held = self._arrays[name] = grown
        held[..., self.length : end, :] = new
        return held[..., :end, :]
