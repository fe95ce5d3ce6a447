"""REINFORCE with three cells: two estimates, their mean, and their variance without and with a baseline."""

import numpy as np

from attnlib.catalogue.captions import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.variants import reinforce_gradient

WEIGHTS = np.array([0.25, 0.5, 0.25])
REWARDS = np.array([8.0, 6.0, 0.0])
ASKED = 1  # of which cell the score is meant


def _estimates(baseline):
    """Return the estimate for the score of the cell asked for, whichever cell is drawn."""
    return np.array(
        [
            reinforce_gradient(WEIGHTS, choice, reward, baseline=baseline)[ASKED]
            for choice, reward in zip(np.eye(3), REWARDS, strict=True)
        ]
    )


def _variance(estimates):
    return WEIGHTS @ (estimates - WEIGHTS @ estimates) ** 2


def _numbers():
    plain, centred = _estimates(0.0), _estimates(WEIGHTS @ REWARDS)
    return [plain[1], plain[0], WEIGHTS @ plain, _variance(plain), _variance(centred)]


def estimates_of_the_choice_alone():
    weights, rewards = np.array([0.25, 0.5, 0.25]), np.array([8.0, 6.0, 0.0])
    plain = rewards * np.eye(3)[1]
    centred = (rewards - weights @ rewards) * np.eye(3)[1]
    spread = [weights @ (drawn - weights @ drawn) ** 2 for drawn in (plain, centred)]
    return [plain[1], plain[0], weights @ plain, *spread]


def estimates_turned_round():
    weights, rewards = np.array([0.25, 0.5, 0.25]), np.array([8.0, 6.0, 0.0])
    plain = rewards * (0.5 - np.eye(3)[1])
    centred = (rewards - weights @ rewards) * (0.5 - np.eye(3)[1])
    spread = [weights @ (drawn - weights @ drawn) ** 2 for drawn in (plain, centred)]
    return [plain[1], plain[0], weights @ plain, *spread]


def estimates_of_the_cell_drawn():
    weights, rewards = np.array([0.25, 0.5, 0.25]), np.array([8.0, 6.0, 0.0])
    plain = rewards * (1 - weights)
    centred = (rewards - weights @ rewards) * (1 - weights)
    spread = [weights @ (drawn - weights @ drawn) ** 2 for drawn in (plain, centred)]
    return [plain[1], plain[0], weights @ plain, *spread]


def estimates_plain_mean():
    weights, rewards = np.array([0.25, 0.5, 0.25]), np.array([8.0, 6.0, 0.0])
    plain = rewards * (np.eye(3)[1] - 0.5)
    centred = (rewards - weights @ rewards) * (np.eye(3)[1] - 0.5)
    return [plain[1], plain[0], plain.mean(), plain.var(), centred.var()]


def estimates_mean_square():
    weights, rewards = np.array([0.25, 0.5, 0.25]), np.array([8.0, 6.0, 0.0])
    plain = rewards * (np.eye(3)[1] - 0.5)
    centred = (rewards - weights @ rewards) * (np.eye(3)[1] - 0.5)
    return [plain[1], plain[0], weights @ plain, weights @ plain**2, weights @ centred**2]


def estimates_standard_deviation():
    weights, rewards = np.array([0.25, 0.5, 0.25]), np.array([8.0, 6.0, 0.0])
    plain = rewards * (np.eye(3)[1] - 0.5)
    centred = (rewards - weights @ rewards) * (np.eye(3)[1] - 0.5)
    spread = [np.sqrt(weights @ (drawn - weights @ drawn) ** 2) for drawn in (plain, centred)]
    return [plain[1], plain[0], weights @ plain, *spread]


def estimates_baseline_shifts():
    weights, rewards = np.array([0.25, 0.5, 0.25]), np.array([8.0, 6.0, 0.0])
    plain = rewards * (np.eye(3)[1] - 0.5)
    spread = [weights @ (plain - weights @ plain) ** 2] * 2
    return [plain[1], plain[0], weights @ plain, *spread]


def estimates_of_the_weight():
    weights, rewards = np.array([0.25, 0.5, 0.25]), np.array([8.0, 6.0, 0.0])
    plain = rewards * np.eye(3)[1] / 0.5
    centred = (rewards - weights @ rewards) * np.eye(3)[1] / 0.5
    spread = [weights @ (drawn - weights @ drawn) ** 2 for drawn in (plain, centred)]
    return [plain[1], plain[0], weights @ plain, *spread]


def estimates_exchanged():
    weights, rewards = np.array([0.25, 0.5, 0.25]), np.array([8.0, 6.0, 0.0])
    plain = rewards * (np.eye(3)[1] - 0.5)
    centred = (rewards - weights @ rewards) * (np.eye(3)[1] - 0.5)
    spread = [weights @ (drawn - weights @ drawn) ** 2 for drawn in (plain, centred)]
    return [plain[0], plain[1], weights @ plain, *spread]


def estimates_plain_mean_as_baseline():
    weights, rewards = np.array([0.25, 0.5, 0.25]), np.array([8.0, 6.0, 0.0])
    plain = rewards * (np.eye(3)[1] - 0.5)
    centred = (rewards - rewards.mean()) * (np.eye(3)[1] - 0.5)
    spread = [weights @ (drawn - weights @ drawn) ** 2 for drawn in (plain, centred)]
    return [plain[1], plain[0], weights @ plain, *spread]


EXERCISE = Exercise(
    name="estimates_by_hand",
    section=f"{PAGE}#captions-by-hand",
    reference=_numbers,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "the choice alone",
            "An estimate is taken to be the reward where the cell was drawn and 0 elsewhere; the "
            "weight has to be subtracted from the choice first.",
            estimates_of_the_choice_alone,
            section=f"{PAGE}#captions-log-derivative",
        ),
        Misconception(
            "turned round",
            "The signs are turned round: it is the choice minus the weight, times the reward.",
            estimates_turned_round,
            section=f"{PAGE}#captions-log-derivative",
        ),
        Misconception(
            "the score of the cell that was drawn",
            "Each estimate is that of the score of the cell drawn; all of them are asked for the "
            "score of the same, the second cell.",
            estimates_of_the_cell_drawn,
        ),
        Misconception(
            "all draws alike",
            "The mean and the variances count the three draws alike; each counts as often as it happens.",
            estimates_plain_mean,
        ),
        Misconception(
            "mean of the squares",
            "These are means of the squares; a variance is what remains of it after the square of the"
            " mean is subtracted.",
            estimates_mean_square,
        ),
        Misconception(
            "standard deviations",
            "These are standard deviations; a variance is their square.",
            estimates_standard_deviation,
        ),
        Misconception(
            "a baseline changes no variance",
            "The variance with a baseline is given as that without one; the baseline is subtracted "
            "from each reward before it is multiplied, and changes every estimate.",
            estimates_baseline_shifts,
            section=f"{PAGE}#captions-baseline",
        ),
        Misconception(
            "the gradient of the weight",
            "These are estimates for the cell's weight, not for its score: softmax stands between the two.",
            estimates_of_the_weight,
            section=f"{PAGE}#captions-log-derivative",
        ),
        Misconception(
            "draws exchanged",
            "The first two numbers are exchanged: the draw of the second cell comes first.",
            estimates_exchanged,
        ),
        Misconception(
            "the plain mean as baseline",
            "The baseline is the plain mean of the three rewards; the expected reward counts each as "
            "often as its cell is drawn.",
            estimates_plain_mean_as_baseline,
            section=f"{PAGE}#captions-baseline",
        ),
    ),
    properties=(
        Property("A variance is never negative.", lambda case, got: bool((got[3:] >= 0).all())),
        Property(
            "When its own cell is drawn and earns something, a score is to rise; when another one is,"
            " to fall.",
            lambda case, got: bool(got[0] > 0 > got[1]),
        ),
        Property(
            "With this baseline the estimates vary less.",
            lambda case, got: bool(got[4] < got[3]),
        ),
    ),
)
