"""What came after the last few words before: the oldest model of language, and a strong baseline."""

from collections import Counter, defaultdict

import numpy as np

from attnlib._arrays import require_count
from attnlib.layers.dense import require_ids


class NGram:
    r"""Predict a word from the n - 1 words before it, by counting.

    .. math:: p_n(w \mid h) = \frac{c(h w) + k(h) \, p_{n-1}(w \mid h')}{c(h) + k(h)}

    with c how often a word or a history came, k(h) how many different words followed it, and h' the
    history without its first word. Before the first word every word is equally likely.

    Parameters
    ----------
    texts : iterable of array_like of int
        What is counted.
    n : int
        How many words are looked at, the predicted one among them.
    n_words : int
        The size of the vocabulary.

    Raises
    ------
    ValueError
        If `n` is less than 1, or a word is outside the vocabulary.

    References
    ----------
    Witten and Bell, "The zero-frequency problem: estimating the probabilities of novel events in adaptive
    text compression", 1991, method C.

    Examples
    --------
    >>> model = NGram([[0, 1, 0, 1, 0, 2]], 2, 3)
    >>> round(model.probability([0], 1), 3), round(model.probability([0], 2), 3)
    (0.533, 0.289)
    """

    def __init__(self, texts, n, n_words):
        self.n, self.n_words = require_count("n", n, 1), require_count("n_words", n_words, 1)
        self._counts = defaultdict(Counter)
        for text in texts:
            words = require_ids("texts", text, n_words).tolist()
            for i, word in enumerate(words):
                for size in range(min(self.n - 1, i) + 1):
                    self._counts[tuple(words[i - size : i])][word] += 1

    def probability(self, history, word):
        """Return how likely a word is after a history.

        Parameters
        ----------
        history : sequence of int
            The words before it, of which the last n - 1 count.
        word : int
            The word.

        Returns
        -------
        float
            Greater than 0; over all words they sum to 1.
        """
        p = 1 / self.n_words
        for size in range(min(self.n - 1, len(history)) + 1):
            counts = self._counts.get(tuple(history[len(history) - size :]))
            if counts:
                different = len(counts)
                p = (counts[word] + different * p) / (counts.total() + different)
        return p

    def surprise(self, texts, start=0):
        """Return the mean of -ln p over the words of texts.

        Parameters
        ----------
        texts : iterable of array_like of int
            What is judged.
        start : int, default 0
            The first place in each text that counts.

        Returns
        -------
        float
            In nats a word.
        """
        surprises = [
            -np.log(self.probability(words[:i], words[i]))
            for words in (list(map(int, text)) for text in texts)
            for i in range(start, len(words))
        ]
        return float(np.mean(surprises))
