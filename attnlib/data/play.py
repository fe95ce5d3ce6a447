"""Scenes of Shakespeare's Macbeth, for models of characters.

The text is in the public domain: the play of 1606, as in the Folio of 1623, in modern spelling. It is a
selection of about a fifth of the play, without stage directions; a speech begins with its speaker.
"""

from importlib import resources

#: One speech in so many is held out.
HELD_OUT = 10


def play():
    """Return the text.

    Returns
    -------
    str
        Speeches with an empty line between them.

    Examples
    --------
    >>> print(play()[:47])
    FIRST WITCH.
    When shall we three meet again?
    In
    """
    return (resources.files("attnlib.data") / "macbeth.txt").read_text("utf-8").strip() + "\n"


def split_play():
    """Return the speeches to train on, and those held out, each as one text.

    Returns
    -------
    training, held_out : str
        Every tenth speech is held out, the sixth first, so that both have a part of every scene.

    Examples
    --------
    >>> [len(text) // 1000 for text in split_play()]
    [19, 1]
    """
    speeches = play().strip().split("\n\n")
    held_out = [i % HELD_OUT == HELD_OUT // 2 for i in range(len(speeches))]
    parts = (
        [s for s, out in zip(speeches, held_out, strict=True) if out is kind] for kind in (False, True)
    )
    training, kept = ("\n\n".join(part) + "\n" for part in parts)
    return training, kept
