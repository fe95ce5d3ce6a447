"""A baseline for each caption's word: what the others of the batch earned."""

import numpy as np

from attnlib.catalogue.captions import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import captions


def others_all(rewards, keep):
    mean = np.where(keep, rewards, 0).sum(axis=0) / np.maximum(keep.sum(axis=0), 1)
    return np.broadcast_to(mean, rewards.shape) * 1.0


def others_divided_by_all(rewards, keep):
    kept = np.where(keep, rewards, 0)
    return (kept.sum(axis=0) - kept) / np.maximum(keep.sum(axis=0), 1)


def others_with_padding(rewards, keep):
    n = len(rewards)
    return (rewards.sum(axis=0) - rewards) / max(n - 1, 1)


def others_padding_as_zero(rewards, keep):
    kept = np.where(keep, rewards, 0)
    return (kept.sum(axis=0) - kept) / max(len(rewards) - 1, 1)


def others_along_the_words(rewards, keep):
    kept = np.where(keep, rewards, 0)
    n = keep.sum(axis=1, keepdims=True) - keep
    return (kept.sum(axis=1, keepdims=True) - kept) / np.maximum(n, 1)


def others_summed(rewards, keep):
    kept = np.where(keep, rewards, 0)
    return kept.sum(axis=0) - kept


def others_gain(rewards, keep):
    kept = np.where(keep, rewards, 0)
    n = keep.sum(axis=0) - keep
    return rewards - (kept.sum(axis=0) - kept) / np.maximum(n, 1)


def others_in_one(rewards, keep):
    kept = np.where(keep, rewards, 0)
    return (kept.sum() - kept) / np.maximum(keep.sum() - keep, 1)


def others_of_the_padding(rewards, keep):
    kept = np.where(keep, 0, rewards)
    n = (~keep).sum(axis=0) - ~keep
    return (kept.sum(axis=0) - kept) / np.maximum(n, 1)


def _visible():
    rewards = np.array([[-1.0, -4.0, -2.0], [-2.0, -1.0, -6.0], [-6.0, -2.0, -3.0], [-3.0, -5.0, -1.0]])
    keep = np.array([[True, True, False], [True, True, True], [True, False, False], [True, True, False]])
    return [
        Case((rewards[:, :1], keep[:, :1])),
        Case((rewards, np.ones_like(keep))),
        Case((rewards, keep)),
        Case((rewards[:3, :2], keep[:3, :2])),
    ]


def _hidden(rng):
    def drawn(n, t):
        keep = np.arange(t) < rng.integers(1, t + 1, size=n)[:, None]
        return rng.normal(size=(n, t)) - 2, keep

    return [Case(drawn(5, 5)), Case(drawn(11, 7)), Case(drawn(2, 3)), Case(drawn(1, 4))]


EXERCISE = Exercise(
    name="others_mean",
    section=f"{PAGE}#captions-baseline",
    reference=captions.others_mean,
    visible=_visible,
    hidden=_hidden,
    seals=(captions.others_mean,),
    axes=("captions", "words"),
    misconceptions=(
        Misconception(
            "one's own among them",
            "The mean is over all captions, one's own among them; a baseline must not know what the choice "
            "itself has earned.",
            others_all,
        ),
        Misconception(
            "divided by all",
            "The others' rewards are divided by the number of all; there is one less of the others.",
            others_divided_by_all,
        ),
        Misconception(
            "padding counted",
            "Rewards at padding are counted; `keep` says where there are words.",
            others_with_padding,
        ),
        Misconception(
            "padding as zero",
            "Padding is counted as a reward of 0; it must not be counted among the others, either.",
            others_padding_as_zero,
        ),
        Misconception(
            "along the words",
            "The mean is over the other words of the same caption; it is that of the same word in the"
            " other captions.",
            others_along_the_words,
        ),
        Misconception(
            "sums",
            "These are the sums of the others; divide by how many they are.",
            others_summed,
        ),
        Misconception(
            "already subtracted",
            "The baseline is already subtracted from the rewards; asked for is the baseline.",
            others_gain,
        ),
        Misconception(
            "one mean for all words",
            "The mean is over all words of all captions; each place in the sentence has a mean of its own.",
            others_in_one,
        ),
        Misconception(
            "keep turned round",
            "The padding is counted and the words are left out: True in `keep` means a word.",
            others_of_the_padding,
        ),
    ),
    properties=(
        Property(
            "A mean lies between the least and the greatest of what it is made of.",
            lambda case, got: _lies_between(case, got),
        ),
    ),
)


def _lies_between(case, got):
    rewards, keep = case.args
    low = np.where(keep, rewards, np.inf).min(axis=0)
    high = np.where(keep, rewards, -np.inf).max(axis=0)
    several = keep.sum(axis=0) > 1
    inside = (got >= low - 1e-9) & (got <= high + 1e-9)
    return bool(inside[:, several].all())
