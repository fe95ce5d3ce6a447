"""Where the spotlight stands, and states in which its numbers are compared with attnlib's."""

from itertools import product

from attnlib import byhand
from attnlib.live import Spotlight

CHAPTER = "01-spotlight"


def states():
    """Yield figures, each with the numbers that its script should give."""
    heads = [byhand.MACBETH, byhand.example(1), byhand.example(2)]
    for head, mode, query in product(heads, ("hand", "standard"), range(4)):
        steps = byhand.steps(head, mode=mode)
        names = ("scores", "scaled_scores", "weights", "context")
        yield Spotlight(head, mode=mode, query=query), {n: steps[n][query].astype(float) for n in names}
