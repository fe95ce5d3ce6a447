"""The small race of chapter 19: six scores, learnt by the exact gradient and from draws."""

import matplotlib.pyplot as plt
import numpy as np
import traitlets

from attnlib import plots
from attnlib.live.chance import Draws
from attnlib.live.figure import LiveFigure
from attnlib.probability import softmax, softmax_vjp
from attnlib.variants import reinforce_gradient

#: What the right word gets when each cell is seen.
LIKELY = (0.05, 0.05, 0.9, 0.05, 0.3, 0.05)
N_STEPS = 300
#: The racers, by what the page calls them.
RACERS = {"exact": "exact gradient", "bare": "one draw", "baseline": "one draw, with a baseline"}


class Race(LiveFigure, script="race"):
    """Six scores, learnt in three ways, and what has become of the best cell's weight after each step.

    Parameters
    ----------
    **traits
        The traits below, by name.

    Attributes
    ----------
    seed : int
        Of the draws, 1 to 9999.
    rate : int
        The rate, as a power of 2: from -6 to 1.
    less : int
        What all rewards are made smaller by, 0 to 10.
    steps : int
        How many steps have been taken, up to 300.
    rewards : list of float
        What a look at each cell earns. Read-only, as is `racers`.

    Examples
    --------
    >>> weights = Race(rate=-3).weights()
    >>> weights["exact"].shape, bool(weights["exact"][0].round(4) == 0.1667)
    ((301,), True)
    """

    seed = traitlets.Int(1, min=1, max=9999).tag(sync=True)
    rate = traitlets.Int(-3, min=-6, max=1).tag(sync=True)
    less = traitlets.Int(0, min=0, max=10).tag(sync=True)
    steps = traitlets.Int(N_STEPS, min=0, max=N_STEPS).tag(sync=True)
    rewards = traitlets.List(traitlets.Float(), np.log(LIKELY).tolist(), read_only=True).tag(sync=True)
    racers = traitlets.Dict(RACERS, read_only=True).tag(sync=True)

    def weights(self):
        """Return, for each racer, the weight of the best cell at the start and after each of 300 steps."""
        draws = Draws(self.seed)
        marks = [draws.random() for _ in range(N_STEPS)]
        return {name: self._run(name, marks) for name in RACERS}

    def _run(self, name, marks):
        rewards = np.array(self.rewards) - self.less
        scores, best, earned = np.zeros(len(rewards)), rewards.argmax(), []
        history = [softmax(scores)[best]]
        for mark in marks:
            weights = softmax(scores)
            if name == "exact":
                gradient = softmax_vjp(weights, rewards)
            else:
                chosen = int((weights.cumsum() > mark * weights.sum()).argmax())
                choice = np.eye(len(rewards))[chosen]
                expected = sum(earned) / len(earned) if earned and name == "baseline" else 0.0
                gradient = reinforce_gradient(weights, choice, rewards[chosen], baseline=expected)
                earned.append(rewards[chosen])
            scores = scores + 2.0**self.rate * gradient
            history.append(softmax(scores)[best])
        return np.array(history)

    def picture(self):
        """Draw the three curves up to the step that is shown."""
        colours = (plots.PALETTE[name] for name in ("blue", "orange", "green"))
        with plots.style():
            ax = plt.figure(figsize=(5.0, 3.2)).add_subplot()
        for title, weights, colour, dash in zip(
            RACERS.values(), self.weights().values(), colours, ("-", ":", "--"), strict=True
        ):
            ax.plot(weights[: self.steps + 1], color=colour, linestyle=dash, label=title)
        ax.set(xlim=(0, N_STEPS), ylim=(0, 1), xlabel="steps", ylabel="weight of the best cell")
        ax.legend(frameon=False)
        return ax

    def description(self):
        """Say what the weights are after the steps that are shown."""
        told = [f"{RACERS[name]} {w[self.steps]:.2f}" for name, w in self.weights().items()]
        return f"After {self.steps} steps the best cell has the weight: {', '.join(told)}."
