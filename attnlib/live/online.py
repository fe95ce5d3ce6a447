"""The online softmax of chapter 20: scores and values come in blocks, and three numbers are kept."""

import math

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.live.figure import LiveFigure, Vector
from attnlib.long import online_steps
from attnlib.probability import softmax

N_KEYS = 6
LARGEST = 1000.0
BLOCK_SIZES = (1, 2, 3, 6)
#: Scores and values to choose from, by what is to be seen in them.
EXAMPLES = {
    "as in the text": ([1.0, 2.0, 4.0, 1.0, 3.0, 3.0], [8.0, 4.0, 2.0, 8.0, 8.0, 2.0]),
    "rising": ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]),
    "falling": ([5.0, 4.0, 3.0, 2.0, 1.0, 0.0], [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]),
    "far too large": ([700.0, 710.0, 0.0, 720.0, 719.0, -50.0], [8.0, 4.0, 2.0, 8.0, 8.0, 2.0]),
}
#: What the powers are powers of: with 2, as in the text, they can be followed by hand.
BASES = {"2": 2.0, "e": math.e}
SYMBOLS = {"peak": "m", "shrink": "r", "total": "l", "context": "c", "mean": "c/l"}


class Online(LiveFigure, script="online"):
    """A softmax of six scores, a block at a time: the largest score, the sum and the mixture so far.

    Attributes
    ----------
    scores, values : list of float, of length 6
        From -1000 to 1000.
    base : {"2", "e"}
        What the powers are powers of.
    block_size : {1, 2, 3, 6}
        How many are taken at a time.
    step : int
        How many blocks have been taken; no more than there are.
    examples : dict of str to list
        Scores and values to choose from. Read-only, as is `limit`, the largest number.

    Examples
    --------
    >>> figure = Online(block_size=3)
    >>> list(figure.states()[1].values())
    [4.0, 1.0, 2.5, 10.0, 4.0]
    """

    scores = Vector(EXAMPLES["as in the text"][0]).tag(sync=True)
    values = Vector(EXAMPLES["as in the text"][1]).tag(sync=True)
    base = traitlets.Enum(tuple(BASES), "2").tag(sync=True)
    block_size = traitlets.Enum(BLOCK_SIZES, 2).tag(sync=True)
    step = traitlets.Int(2, min=0).tag(sync=True)
    examples = traitlets.Dict({name: list(both) for name, both in EXAMPLES.items()}, read_only=True).tag(
        sync=True
    )
    limit = traitlets.Float(LARGEST, read_only=True).tag(sync=True)

    @traitlets.validate("scores", "values")
    def _are_six(self, proposal):
        numbers = proposal["value"]
        if len(numbers) != N_KEYS or max(map(abs, numbers)) > LARGEST:
            raise traitlets.TraitError(
                f"{proposal['trait'].name} must be {N_KEYS} numbers from {-LARGEST:g} to {LARGEST:g}, "
                f"got {numbers}"
            )
        return numbers

    @traitlets.validate("step")
    def _is_a_block(self, proposal):
        n_blocks = N_KEYS // self.block_size
        if proposal["value"] > n_blocks:
            raise traitlets.TraitError(
                f"step must be at most {n_blocks}, the number of blocks, got {proposal['value']}"
            )
        return proposal["value"]

    @traitlets.observe("block_size")
    def _stay_among_the_blocks(self, _change):
        self.step = min(self.step, N_KEYS // self.block_size)

    def states(self):
        """Return what is kept after each block: ``peak, shrink, total, context, mean``."""
        values = np.reshape(self.values, (N_KEYS, 1))
        steps = online_steps(self.scores, values, block_size=self.block_size, base=BASES[self.base])
        return [
            {
                "peak": float(step.peak[0]),
                "shrink": float(step.shrink[0]),
                "total": float(step.total[0]),
                "context": float(step.context[0]),
                "mean": float(step.context[0] / step.total[0]),
            }
            for step in steps
        ]

    def powers(self):
        """Return the powers of the scores taken so far, measured from the largest of them."""
        taken = np.array(self.scores[: self.step * self.block_size])
        return BASES[self.base] ** (taken - taken.max(initial=-np.inf))

    def whole(self):
        """Return the context of all six at once, which the last block must give as well."""
        return float(softmax(self.scores, base=BASES[self.base]) @ self.values)

    def picture(self):
        """Draw the powers so far, and what was kept after each block, with `attnlib.plots`."""
        with plots.style():
            _, (above, below) = plt.subplots(2, 1, figsize=(5.4, 4.6), height_ratios=[2, 1.6])
        names = [
            f"score {score:g}, value {value:g}"
            for score, value in zip(self.scores, self.values, strict=True)
        ]
        powers = np.zeros(N_KEYS)
        powers[: self.step * self.block_size] = self.powers()
        plots.bars(powers, names, ax=above, fmt=lambda power: f"{power:.2f}" if power else "")
        above.set(title=f"powers after block {self.step}")
        rows = [list(SYMBOLS.values())]
        rows += [[_short(number) for number in state.values()] for state in self.states()[: self.step]]
        plots.grid(below, rows, cell=(1.0, 0.4), rows=["", *(f"block {i + 1}" for i in range(self.step))])
        below.axis("off")
        below.set_aspect("auto")
        below.autoscale_view()
        return above

    def description(self):
        """Say what is kept after the blocks taken so far, and what all six give at once."""
        told = [
            f"Scores {_listed(self.scores)} with values {_listed(self.values)}, "
            f"{self.block_size} at a time, powers of {self.base}."
        ]
        for i, state in enumerate(self.states()[: self.step]):
            told.append(
                f"After block {i + 1} the largest is {_short(state['peak'])}, earlier sums were multiplied "
                f"by {_short(state['shrink'])}, the sum is {_short(state['total'])}, the mixture "
                f"{_short(state['context'])}, their quotient {_short(state['mean'])}."
            )
        return " ".join([*told, f"All six at once give {_short(self.whole())}."])


def _short(number):
    return f"{number:.3f}".rstrip("0").rstrip(".")


def _listed(numbers):
    return ", ".join(f"{number:g}" for number in numbers)
