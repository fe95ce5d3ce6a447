"""What is known of an exercise before anyone answers it: cases that stay the same, and mistakes on them."""

from functools import cache

import numpy as np

from attnlib.checking.outcome import call

HIDDEN_SEED = 2017


class Known:
    """The cases that tell an exercise's mistakes apart, and what each mistake comes to on them.

    Both are worked out when they are first asked for, and remembered.

    Parameters
    ----------
    exercise : attnlib.exercise.Exercise
        The exercise.

    Attributes
    ----------
    cases : list of attnlib.exercise.Case
        The visible ones, then the hidden ones of `HIDDEN_SEED`.
    """

    def __init__(self, exercise):
        self.cases = exercise.visible() + exercise.hidden(np.random.default_rng(HIDDEN_SEED))
        self._mistakes = [[None] * len(self.cases) for _ in exercise.misconceptions]
        self._exercise = exercise

    def outcomes(self, mistake):
        """Yield the Outcome of a mistake, by its number, on each of the cases."""
        remembered = self._mistakes[mistake]
        for place, case in enumerate(self.cases):
            if remembered[place] is None:
                remembered[place] = call(self._exercise.misconceptions[mistake].answer, case)
            yield remembered[place]

    def complete(self):
        """Work out all of it."""
        for mistake in range(len(self._mistakes)):
            list(self.outcomes(mistake))


@cache
def known(exercise):
    """Return the Known of an exercise: the same each time."""
    return Known(exercise)
