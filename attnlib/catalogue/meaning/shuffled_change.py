"""How far the probabilities of verdicts move when the weights are exchanged."""

import numpy as np

from attnlib.catalogue.meaning import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import other_weights
from attnlib.probability import softmax


def _verdict(weights, states, w, b):
    return softmax((weights[..., None, :] @ states)[..., 0, :] @ w + b)


def _shuffled_change(weights, states, w, b, order):
    other = np.take_along_axis(weights, order, axis=-1)
    return other_weights.distance(_verdict(other, states, w, b), _verdict(weights, states, w, b))


def change_without_the_half(weights, states, w, b, order):
    other = np.take_along_axis(weights, order, axis=-1)
    p, q = (softmax((a[..., None, :] @ states)[..., 0, :] @ w + b) for a in (other, weights))
    return np.abs(p - q).sum(axis=-1)


def change_of_logits(weights, states, w, b, order):
    other = np.take_along_axis(weights, order, axis=-1)
    p, q = ((a[..., None, :] @ states)[..., 0, :] @ w + b for a in (other, weights))
    return 0.5 * np.abs(p - q).sum(axis=-1)


def change_of_weights(weights, states, w, b, order):
    other = np.take_along_axis(weights, order, axis=-1)
    return 0.5 * np.abs(other - weights).sum(axis=-1)


def change_in_sum(weights, states, w, b, order):
    other = np.take_along_axis(weights, order, axis=-1)
    p, q = (softmax((a[..., None, :] @ states)[..., 0, :] @ w + b) for a in (other, weights))
    return 0.5 * (p - q).sum(axis=-1)


def change_of_the_first_verdict(weights, states, w, b, order):
    other = np.take_along_axis(weights, order, axis=-1)
    p, q = (softmax((a[..., None, :] @ states)[..., 0, :] @ w + b) for a in (other, weights))
    return np.abs(p - q)[..., 0]


def change_the_order_turned_round(weights, states, w, b, order):
    other = np.zeros_like(weights)
    np.put_along_axis(other, order, weights, axis=-1)
    p, q = (softmax((a[..., None, :] @ states)[..., 0, :] @ w + b) for a in (other, weights))
    return 0.5 * np.abs(p - q).sum(axis=-1)


def change_of_equal_weights(weights, states, w, b, order):
    other = np.full_like(weights, 1 / weights.shape[-1])
    p, q = (softmax((a[..., None, :] @ states)[..., 0, :] @ w + b) for a in (other, weights))
    return 0.5 * np.abs(p - q).sum(axis=-1)


def change_without_softmax_axis(weights, states, w, b, order):
    other = np.take_along_axis(weights, order, axis=-1)
    p, q = (softmax((a[..., None, :] @ states)[..., 0, :] @ w + b, axis=0) for a in (other, weights))
    return 0.5 * np.abs(p - q).sum(axis=-1)


def _drawn(rng, n, t, d, c):
    raw = rng.random((n, t)) ** 3 + 0.01
    weights = raw / raw.sum(axis=-1, keepdims=True)
    states, w, b = rng.normal(size=(n, t, d)), rng.normal(size=(d, c)), rng.normal(size=c)
    order = rng.permuted(np.tile(np.arange(t), (n, 1)), axis=1)
    return Case((weights, states, w, b, order))


def _visible():
    rng = np.random.default_rng(5)
    same = _drawn(rng, 2, 3, 2, 2)
    stays = np.tile(np.arange(3), (2, 1))
    return [_drawn(rng, 2, 4, 3, 3), _drawn(rng, 3, 5, 2, 4), Case((*same.args[:4], stays))]


def _hidden(rng):
    return [_drawn(rng, 3, 7, 5, 2), _drawn(rng, 2, 5, 3, 5), _drawn(rng, 1, 11, 7, 3)]


EXERCISE = Exercise(
    name="shuffled_change",
    section=f"{PAGE}#meaning-permuted",
    reference=_shuffled_change,
    visible=_visible,
    hidden=_hidden,
    seals=(other_weights.distance,),
    axes=("text",),
    misconceptions=(
        Misconception(
            "no half",
            "What one verdict gains another loses, so that every move is counted twice; take half of it.",
            change_without_the_half,
        ),
        Misconception(
            "logits for probabilities",
            "The logits are compared; make probabilities of them first.",
            change_of_logits,
        ),
        Misconception(
            "the weights compared",
            "This is how far the weights differ; what the model says is to be compared.",
            change_of_weights,
        ),
        Misconception(
            "nothing moves",
            "Every distance is 0: differences of probabilities add up to 0, and states that are moved "
            "along with their weights give the same sums.",
            change_in_sum,
        ),
        Misconception(
            "one verdict",
            "Only the first verdict is compared, which is enough where there are two.",
            change_of_the_first_verdict,
        ),
        Misconception(
            "the order turned round",
            "Key j hands its weight to key order[j], or the states are moved in place of the weights; key "
            "j is to get the weight that key order[j] had.",
            change_the_order_turned_round,
        ),
        Misconception(
            "equal weights",
            "All weights are made equal here; each keeps its size and goes elsewhere.",
            change_of_equal_weights,
        ),
        Misconception(
            "softmax over the texts",
            "The probabilities of a verdict sum to 1 over the texts; those of a text must sum to 1.",
            change_without_softmax_axis,
            section="chapters/05-softmax#softmax-axis",
        ),
    ),
    properties=(
        Property(
            "The distance lies between 0 and 1.",
            lambda case, got: bool(((got >= 0) & (got <= 1 + 1e-9)).all()),
        ),
    ),
)
