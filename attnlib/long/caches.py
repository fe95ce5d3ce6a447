"""How many bytes a model's keys and values take, for models whose sizes are public."""

from types import MappingProxyType
from typing import NamedTuple

from attnlib._arrays import require_count


class KeyValueCache(NamedTuple):
    """What decides the size of a model's KV cache.

    Attributes
    ----------
    n_layers : int
        Blocks, each with keys and values of its own.
    n_heads : int
        Heads of queries.
    n_kv_heads : int
        Heads of keys and values.
    d_head : int
        Features of a key, and of a value.
    window : int or None
        How many tokens a layer with a window keeps; None without windows.
    n_windowed : int
        How many of the layers have the window.
    source : str
        Where the numbers stand.

    Examples
    --------
    >>> CACHES["GPT-2"].of_token()
    307200
    >>> CACHES["Mistral 7B"].nbytes(4096) == CACHES["Mistral 7B"].nbytes(100_000)
    True
    """

    n_layers: int
    n_heads: int
    n_kv_heads: int
    d_head: int
    window: int | None = None
    n_windowed: int = 0
    source: str = ""

    def of_token(self, *, n_bytes=2):
        r"""Return the bytes of one token's keys and values in all layers.

        .. math:: 2 \, L \, n_\mathrm{kv} \, d_\mathrm{head} \cdot \mathrm{bytes}

        Parameters
        ----------
        n_bytes : int, default 2
            The bytes of a number.

        Returns
        -------
        int
        """
        return self.n_layers * self._of_token_and_layer(n_bytes)

    def nbytes(self, t, *, n_bytes=2):
        """Return the bytes for a text of `t` tokens; a layer with a window keeps the last of them alone.

        Parameters
        ----------
        t : int
            The length of the text.
        n_bytes : int, default 2
            The bytes of a number.

        Returns
        -------
        int
            Without what an implementation reserves in advance.

        Raises
        ------
        TypeError
            If a number isn't an integer.
        ValueError
            If `t` is negative, or `n_bytes` less than 1.
        """
        t = require_count("t", t, 0)
        kept = t if self.window is None else min(t, self.window)
        tokens = (self.n_layers - self.n_windowed) * t + self.n_windowed * kept
        return tokens * self._of_token_and_layer(require_count("n_bytes", n_bytes, 1))

    def _of_token_and_layer(self, n_bytes):
        return 2 * self.n_kv_heads * self.d_head * n_bytes


#: Public models, the oldest first.
CACHES = MappingProxyType(
    {
        "GPT-2": KeyValueCache(48, 25, 25, 64, source="Radford et al. 2019, table 2; heads as released"),
        "GPT-3": KeyValueCache(96, 96, 96, 128, source="Brown et al. 2020, table 2.1"),
        "Llama 2 70B": KeyValueCache(
            80, 64, 8, 128, source="Touvron et al. 2023; layers and heads as released"
        ),
        "Mistral 7B": KeyValueCache(
            32, 32, 8, 128, window=4096, n_windowed=32, source="Jiang et al. 2023, table 1"
        ),
        "Llama 3 8B": KeyValueCache(32, 32, 8, 128, source="Grattafiori et al. 2024, table 3"),
        "Gemma 2 27B": KeyValueCache(
            46, 32, 16, 128, window=4096, n_windowed=23, source="Gemma team 2024, table 1"
        ),
        "Llama 3 405B": KeyValueCache(126, 128, 8, 128, source="Grattafiori et al. 2024, table 3"),
    }
)
