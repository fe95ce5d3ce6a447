"""Where the valley stands, and states in which its numbers are compared with attnlib's."""

import numpy as np

from attnlib.autodiff import value_and_grad
from attnlib.live import Descent
from attnlib.live.descent import loss

CHAPTER = "09-learning"


def states():
    """Yield figures, each with the numbers that its script should give."""
    rng = np.random.default_rng(9)
    for place in range(32):
        start = np.round(rng.uniform(-4, 4, 2), 2) if place else [0, 0]
        n_steps = (0, 1, 3, 12)[place % 4]
        method = ("descent", "Adam")[place // 4 % 2]
        rates = 2.0 ** rng.integers(-5, 4 if method == "descent" else 1, n_steps)
        shown = Descent(start=start, method=method, taken=rates.tolist())
        path = shown.path()
        values, gradients = zip(*(value_and_grad(loss, {"entries": p}) for p in path), strict=True)
        expected = {"path": path, "losses": values, "gradient": gradients[-1]["entries"]}
        yield shown, expected | {"weights": shown.weights()}
