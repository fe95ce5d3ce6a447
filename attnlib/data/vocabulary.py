"""Words or characters and their numbers."""

import numpy as np


class Vocabulary:
    """The words that a model knows, in an order that gives each its number.

    Parameters
    ----------
    words : iterable of str
        The words, each once; a number is a place among them.
    joined_by : str, default " "
        What stands between two words of a text; nothing for characters.

    Raises
    ------
    ValueError
        If a word comes twice.

    Examples
    --------
    >>> vocabulary = Vocabulary.of_words(["the park", "the sea"])
    >>> vocabulary.words
    ('park', 'sea', 'the')
    >>> vocabulary.encode("the sea")
    array([2, 1])
    >>> vocabulary.decode([2, 0])
    'the park'
    """

    def __init__(self, words, *, joined_by=" "):
        self.words, self.joined_by = tuple(words), joined_by
        self._numbers = {word: i for i, word in enumerate(self.words)}
        if len(self._numbers) < len(self.words):
            raise ValueError("words must be different from each other: one comes twice")

    @classmethod
    def of_words(cls, texts, special=()):
        """Return the vocabulary of texts: their words, sorted.

        Parameters
        ----------
        texts : iterable of str
            Words with white space between them.
        special : iterable of str, default ()
            Words that come first, such as padding.

        Returns
        -------
        Vocabulary
            Its words differ from each other.
        """
        return cls([*special, *sorted({word for text in texts for word in text.split()} - set(special))])

    @classmethod
    def of_characters(cls, text):
        """Return the vocabulary of a text's characters, sorted.

        Parameters
        ----------
        text : str
            The text.

        Returns
        -------
        Vocabulary
            A word is a character, and nothing stands between two.
        """
        return cls(sorted(set(text)), joined_by="")

    def __len__(self):
        return len(self.words)

    def split(self, text):
        """Return the words of a text, or its characters, as a list of str."""
        return text.split(self.joined_by) if self.joined_by else list(text)

    def encode(self, text):
        """Return the numbers of a text's words.

        Parameters
        ----------
        text : str
            Words with one space between them, or any characters.

        Returns
        -------
        ndarray of int, shape (T,)
            Their numbers.

        Raises
        ------
        ValueError
            If it has words that aren't in the vocabulary; it says which.
        """
        words = self.split(text) if text else []
        unknown = list(dict.fromkeys(word for word in words if word not in self._numbers))
        if unknown:
            raise ValueError(f"text must be in words of the vocabulary: not in it are {unknown}")
        return np.array([self._numbers[word] for word in words], dtype=np.intp)

    def decode(self, ids):
        """Return the text of numbers.

        Parameters
        ----------
        ids : array_like of int, shape (T,)
            The words' numbers.

        Returns
        -------
        str
            The words, joined.

        Raises
        ------
        ValueError
            If a number is outside the vocabulary.
        """
        ids = np.asarray(ids)
        if ids.size and not 0 <= ids.min() <= ids.max() < len(self):
            raise ValueError(
                f"ids must be in the vocabulary: expected 0 to {len(self) - 1}, "
                f"got {ids.min()} to {ids.max()}"
            )
        return self.joined_by.join(self.words[i] for i in ids.tolist())

    def pad(self, texts, padding):
        """Return texts as rows of one length, and which of their places hold words.

        Parameters
        ----------
        texts : sequence of str
            The texts.
        padding : str
            The word that fills the rows.

        Returns
        -------
        ids : ndarray of int, shape (n, T)
            A row for each text.
        keep : ndarray of bool, shape (n, T)
            False at the padding.
        """
        rows = [self.encode(text) for text in texts]
        lengths = np.array([len(row) for row in rows])
        keep = np.arange(lengths.max()) < lengths[:, None]
        ids = np.full(keep.shape, self.encode(padding)[0])
        ids[keep] = np.concatenate(rows)
        return ids, keep
