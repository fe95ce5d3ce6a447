"""What spectators write of a play: a few words that praise or blame, among many that do neither."""

import numpy as np

from attnlib._arrays import require_count
from attnlib.data.vocabulary import Vocabulary

PRAISE = ("brave", "noble", "fair", "honest", "gentle", "valiant", "true", "loyal")
BLAME = ("foul", "bloody", "false", "cruel", "wicked", "weird", "dull", "hollow")
NEUTRAL = (
    "actor",
    "scene",
    "castle",
    "night",
    "crown",
    "dagger",
    "king",
    "queen",
    "witch",
    "ghost",
    "forest",
    "battle",
    "banquet",
    "letter",
    "candle",
    "thane",
    "stage",
    "speech",
    "drum",
    "owl",
    "storm",
    "hand",
    "voice",
    "door",
    "bell",
    "horse",
    "cloak",
    "throne",
    "supper",
    "heath",
)
WORDS = Vocabulary((*PRAISE, *BLAME, *NEUTRAL))
#: How many words a notice has.
LENGTH = 14


def notice_batch(rng, n):
    """Draw notices and say of each whether it praises.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n : int
        How many.

    Returns
    -------
    ids : ndarray of int, shape (n, 14)
        The words, as numbers of `WORDS`: 1, 3 or 5 of them judge, anywhere in the text.
    praises : ndarray of int, shape (n,)
        1 where most of the words that judge are of praise, 0 where they blame: by one word.

    Examples
    --------
    >>> ids, praises = notice_batch(np.random.default_rng(3), 1)
    >>> WORDS.decode(ids[0])
    'supper door witch ghost owl owl storm cloak honest supper actor castle heath supper'
    >>> praises
    array([1])
    """
    require_count("n", n, 0)
    praises = rng.integers(2, size=n)
    most = rng.integers(1, 4, size=n)  # so many of the one kind, and one less of the other
    rank = rng.permuted(np.tile(np.arange(LENGTH), (n, 1)), axis=1)
    kind = np.where(rank < most[:, None], praises[:, None], 1 - praises[:, None])
    judged = (1 - kind) * len(PRAISE) + rng.integers(len(PRAISE), size=(n, LENGTH))
    first = len(PRAISE) + len(BLAME)
    others = rng.integers(first, len(WORDS), size=(n, LENGTH))
    return np.where(rank < 2 * most[:, None] - 1, judged, others), praises


def judges(ids):
    """Return which words praise or blame."""
    return np.asarray(ids) < len(PRAISE) + len(BLAME)
