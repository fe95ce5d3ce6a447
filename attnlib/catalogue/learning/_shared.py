"""What the exercises by hand share: the gradients of another wish, that Macbeth look at his wife."""

from attnlib import byhand_learning

WANTED = 1  # Lady Macbeth
IN_THE_CHAPTER = 3  # the Witches


def gradient(name, wanted=WANTED):
    """Return a gradient of the worked head as floats."""
    return byhand_learning.gradients(key=wanted)[name].astype(float)
