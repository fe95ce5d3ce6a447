"""How much heads look behind earlier copies of the letter they look from."""

import numpy as np

from attnlib.catalogue.meaning import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import induction


def _induction_score(weights, ids):
    return induction.induction_score(weights, ids)


def score_on_the_copies(weights, ids):
    t = len(ids)
    stripe = np.tril(ids[:, None] == ids, -1)
    counted = stripe.any(axis=-1)
    return (weights * stripe).sum(axis=(-2, -1)) / counted.sum() if t else 0.0


def score_over_all_queries(weights, ids):
    stripe = np.zeros((len(ids), len(ids)), dtype=bool)
    stripe[:, 1:] = ids[:, None] == ids[:-1]
    return (weights * np.tril(stripe)).sum(axis=(-2, -1)) / len(ids)


def score_over_all_keys(weights, ids):
    stripe = np.zeros((len(ids), len(ids)), dtype=bool)
    stripe[:, 1:] = ids[:, None] == ids[:-1]
    stripe = np.tril(stripe)
    return (weights * stripe).sum(axis=(-2, -1)) / stripe.sum()


def score_of_the_last_copy(weights, ids):
    found, n = 0.0, 0
    for i in range(1, len(ids)):
        keys = [j for j in range(1, i + 1) if ids[j - 1] == ids[i]]
        if keys:
            found = found + weights[..., i, keys[-1]]
            n += 1
    return found / n


def score_of_the_first_copy(weights, ids):
    found, n = 0.0, 0
    for i in range(1, len(ids)):
        keys = [j for j in range(1, i + 1) if ids[j - 1] == ids[i]]
        if keys:
            found = found + weights[..., i, keys[0]]
            n += 1
    return found / n


def score_before_the_copies(weights, ids):
    stripe = np.zeros((len(ids), len(ids)), dtype=bool)
    stripe[:, :-1] = np.tril(ids[:, None] == ids, -1)[:, 1:]
    counted = np.tril(ids[:, None] == ids, -1).any(axis=-1)
    return (weights * stripe).sum(axis=(-2, -1)) / counted.sum()


def score_of_one_back(weights, ids):
    return np.diagonal(weights, -1, axis1=-2, axis2=-1).mean(axis=-1)


def score_turned_round(weights, ids):
    stripe = np.zeros((len(ids), len(ids)), dtype=bool)
    stripe[:, 1:] = ids[:, None] == ids[:-1]
    stripe = np.tril(stripe)
    return (weights.swapaxes(-2, -1) * stripe).sum(axis=(-2, -1)) / stripe.any(axis=-1).sum()


def score_of_all_heads(weights, ids):
    stripe = np.zeros((len(ids), len(ids)), dtype=bool)
    stripe[:, 1:] = ids[:, None] == ids[:-1]
    stripe = np.tril(stripe)
    per_head = (weights * stripe).sum(axis=(-2, -1)) / stripe.any(axis=-1).sum()
    return np.mean(per_head)


def score_in_sum(weights, ids):
    stripe = np.zeros((len(ids), len(ids)), dtype=bool)
    stripe[:, 1:] = ids[:, None] == ids[:-1]
    return (weights * np.tril(stripe)).sum(axis=(-2, -1))


def _drawn(rng, shape, ids):
    t = len(ids)
    raw = np.tril(rng.random((*shape, t, t)) ** 3)
    return raw / raw.sum(axis=-1, keepdims=True)


def _visible():
    rng = np.random.default_rng(18)
    sharp = np.eye(5)[[0, 1, 1, 1, 2]]
    short, long = np.array([0, 1, 2, 0, 1]), np.array([3, 1, 4, 1, 5, 3, 1])
    return [
        Case((_drawn(rng, (2,), short), short)),
        Case((np.stack([sharp, np.eye(5)]), short)),
        Case((_drawn(rng, (2, 3), long), long)),
        Case((_drawn(rng, (), np.array([7, 7, 7, 2])), np.array([7, 7, 7, 2]))),
    ]


def _hidden(rng):
    texts = [rng.integers(most, size=t) for most, t in ((3, 7), (5, 13), (2, 5))]
    texts = [np.concatenate([text[:1], text]) for text in texts]
    return [
        Case((_drawn(rng, shape, ids), ids)) for shape, ids in zip(((2,), (3, 2), ()), texts, strict=True)
    ]


EXERCISE = Exercise(
    name="induction_score",
    section=f"{PAGE}#meaning-induction",
    reference=_induction_score,
    visible=_visible,
    hidden=_hidden,
    seals=(induction.induction_score, induction.behind_copies),
    axes=("head",),
    misconceptions=(
        Misconception(
            "the copies themselves",
            "The weight on earlier copies of the letter is counted; count that on what stands directly "
            "behind them.",
            score_on_the_copies,
            section=f"{PAGE}#meaning-steps",
        ),
        Misconception(
            "over all queries",
            "The sum is divided by the number of all queries; those whose letter is new don't count.",
            score_over_all_queries,
        ),
        Misconception(
            "over all keys",
            "The mean is taken over the keys of the stripe; add them up for each query, and take the mean "
            "over the queries.",
            score_over_all_keys,
        ),
        Misconception(
            "the last copy alone",
            "Only what stands behind the last copy is counted; every earlier copy counts.",
            score_of_the_last_copy,
        ),
        Misconception(
            "the first copy alone",
            "Only what stands behind the first copy is counted; every earlier copy counts.",
            score_of_the_first_copy,
        ),
        Misconception(
            "before the copies",
            "The weight on what stands before the copies is counted; it is what stands behind them.",
            score_before_the_copies,
            section=f"{PAGE}#meaning-steps",
        ),
        Misconception(
            "one back",
            "This is the weight on the letter before, whatever letter it is: the other score.",
            score_of_one_back,
        ),
        Misconception(
            "queries and keys exchanged",
            "The weights are read by columns; queries are the rows, and keys are the last axis.",
            score_turned_round,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "heads mixed",
            "All heads are taken together; each head has a score of its own.",
            score_of_all_heads,
        ),
        Misconception(
            "a sum",
            "This is a sum over the queries; the score is their mean.",
            score_in_sum,
        ),
    ),
    properties=(
        Property(
            "A score lies between 0 and 1.", lambda case, got: bool(((got >= 0) & (got <= 1 + 1e-9)).all())
        ),
    ),
)
