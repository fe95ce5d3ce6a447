"""Right answers to dscores_by_hand."""

from fractions import Fraction

from attnlib.byhand import steps
from attnlib.byhand_learning import gradients


def weights_minus_wanted():
    weights = steps()["weights"][0]
    return [(weight - (place == 1)) / 2 for place, weight in enumerate(weights)]


def from_the_powers():
    powers = [3 ** (score // 2) for score in steps()["scores"][0].tolist()]
    shares = [Fraction(power, sum(powers)) for power in powers]
    shares[1] -= 1
    return [share * Fraction(1, 2) for share in shares]


def scores_as_fractions():
    return tuple(gradients(key=1)["dscores"][0])


ANSWERS = (weights_minus_wanted, from_the_powers, scores_as_fractions)
