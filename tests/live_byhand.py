"""Where the sheet stands, and states in which its numbers are compared with attnlib's."""

from fractions import Fraction

import numpy as np

from attnlib import byhand
from attnlib.live import ByHand

CHAPTER = "06-by-hand"
LEFT_AND_RIGHT = {
    "q": ("x", "w_q"),
    "k": ("x", "w_k"),
    "v": ("x", "w_v"),
    "scores": ("q", "k"),
    "context": ("weights", "v"),
}


def negative():
    """Return a head whose scores are negative too, so that powers of 3 are fractions."""
    head = byhand.example(3)
    w_q = np.where(np.arange(6)[:, None] % 2, head.w_q, -head.w_q)
    return byhand.WorkedExample(head.tokens, head.features, head.x, w_q, head.w_k, head.w_v)


def states():
    """Yield figures, each with the numbers that its script should give."""
    for head in (byhand.MACBETH, byhand.example(1), byhand.example(2), negative()):
        steps = byhand.steps(head)
        for place, (shown, matrix) in enumerate(steps.items()):
            if shown not in ByHand.shown.values:
                continue
            i, j = place % 4, (place + place // 4) % matrix.shape[1]
            exact = np.vectorize(Fraction, otypes=[object])(matrix)
            expected = {name: step.astype(float) for name, step in steps.items()}
            expected["numerators"] = [[entry.numerator for entry in row] for row in exact]
            expected["denominators"] = [[entry.denominator for entry in row] for row in exact]
            expected["terms"] = [float(matrix[i, j])]
            if shown in LEFT_AND_RIGHT:
                left, right = (steps[name] for name in LEFT_AND_RIGHT[shown])
                column = right[j] if shown == "scores" else right[:, j]
                expected["terms"] = (left[i] * column).astype(float)
            yield ByHand(head, shown=shown, row=i, column=j), expected
