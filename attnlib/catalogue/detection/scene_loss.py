"""The loss of a set: names and boxes of what was matched, and nothing for what was left over."""

import numpy as np

from attnlib import layers
from attnlib.catalogue.detection import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import detection


def _scene_loss(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    nothing = logits.shape[-1] - 1
    targets = np.full(len(logits), nothing)
    targets[queries] = kinds
    named = layers.cross_entropy(logits, targets, keep=targets != nothing)
    silent = layers.cross_entropy(logits, targets, keep=targets == nothing)
    apart = np.abs(boxes[queries] - true_boxes).sum(axis=-1)
    return named + silent + box_weight * apart.mean()


def loss_without_nothing(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    s = np.log(np.exp(logits).sum(axis=-1, keepdims=True)) - logits
    return s[queries, kinds].mean() + box_weight * np.abs(boxes[queries] - true_boxes).sum(axis=-1).mean()


def loss_nothing_of_all(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    s = np.log(np.exp(logits).sum(axis=-1, keepdims=True)) - logits
    apart = np.abs(boxes[queries] - true_boxes).sum(axis=-1).mean()
    return s[queries, kinds].mean() + s[:, -1].mean() + box_weight * apart


def loss_nothing_is_first(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    s = np.log(np.exp(logits).sum(axis=-1, keepdims=True)) - logits
    apart = np.abs(boxes[queries] - true_boxes).sum(axis=-1).mean()
    left = np.setdiff1d(np.arange(len(logits)), queries)
    return s[queries, kinds].mean() + s[left, 0].mean() + box_weight * apart


def loss_one_mean_of_names(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    s = np.log(np.exp(logits).sum(axis=-1, keepdims=True)) - logits
    targets = np.full(len(logits), logits.shape[-1] - 1)
    targets[queries] = kinds
    apart = np.abs(boxes[queries] - true_boxes).sum(axis=-1).mean()
    return s[np.arange(len(logits)), targets].mean() + box_weight * apart


def loss_in_order(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    s = np.log(np.exp(logits).sum(axis=-1, keepdims=True)) - logits
    first = np.arange(len(kinds))
    apart = np.abs(boxes[first] - true_boxes).sum(axis=-1).mean()
    return s[first, kinds].mean() + s[len(kinds) :, -1].mean() + box_weight * apart


def loss_boxes_averaged(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    s = np.log(np.exp(logits).sum(axis=-1, keepdims=True)) - logits
    left = np.setdiff1d(np.arange(len(logits)), queries)
    apart = np.abs(boxes[queries] - true_boxes).mean()
    return s[queries, kinds].mean() + s[left, -1].mean() + box_weight * apart


def loss_boxes_added_up(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    s = np.log(np.exp(logits).sum(axis=-1, keepdims=True)) - logits
    left = np.setdiff1d(np.arange(len(logits)), queries)
    apart = np.abs(boxes[queries] - true_boxes).sum()
    return s[queries, kinds].mean() + s[left, -1].mean() + box_weight * apart


def loss_names_added_up(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    s = np.log(np.exp(logits).sum(axis=-1, keepdims=True)) - logits
    left = np.setdiff1d(np.arange(len(logits)), queries)
    apart = np.abs(boxes[queries] - true_boxes).sum(axis=-1).mean()
    return s[queries, kinds].sum() + s[left, -1].sum() + box_weight * apart


def loss_boxes_squared(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    s = np.log(np.exp(logits).sum(axis=-1, keepdims=True)) - logits
    left = np.setdiff1d(np.arange(len(logits)), queries)
    apart = ((boxes[queries] - true_boxes) ** 2).sum(axis=-1).mean()
    return s[queries, kinds].mean() + s[left, -1].mean() + box_weight * apart


def loss_weight_fixed(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    s = np.log(np.exp(logits).sum(axis=-1, keepdims=True)) - logits
    left = np.setdiff1d(np.arange(len(logits)), queries)
    apart = np.abs(boxes[queries] - true_boxes).sum(axis=-1).mean()
    return s[queries, kinds].mean() + s[left, -1].mean() + 5.0 * apart


def loss_of_the_cost(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    left = np.setdiff1d(np.arange(len(logits)), queries)
    apart = np.abs(boxes[queries] - true_boxes).sum(axis=-1).mean()
    return -p[queries, kinds].mean() - p[left, -1].mean() + box_weight * apart


def loss_without_softmax(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    left = np.setdiff1d(np.arange(len(logits)), queries)
    apart = np.abs(boxes[queries] - true_boxes).sum(axis=-1).mean()
    return -logits[queries, kinds].mean() - logits[left, -1].mean() + box_weight * apart


def _visible():
    logits = np.array(
        [
            [0.0, 2.0, 1.0, -1.0],
            [1.0, 0.0, 3.0, 0.5],
            [-2.0, 1.0, 0.0, 2.0],
            [0.5, -1.0, 0.0, 1.0],
            [2.0, 0.0, 1.0, 0.0],
        ]
    )
    boxes = np.array(
        [
            [0.5, 0.25, 0.25, 0.5],
            [0.25, 0.75, 0.5, 0.25],
            [0.75, 0.5, 0.25, 0.25],
            [0.5, 0.5, 0.5, 0.75],
            [0.25, 0.25, 0.125, 0.25],
        ]
    )
    kinds = np.array([2, 0, 1])
    there = np.array([[0.25, 0.5, 0.5, 0.5], [0.25, 0.375, 0.25, 0.25], [0.5, 0.5, 0.25, 0.5]])
    return [
        Case((logits, boxes, kinds[:2], there[:2], np.array([1, 4]))),
        Case((logits, boxes, kinds, there, np.array([1, 4, 0])), {"box_weight": 2.0}),
        Case((logits, boxes, kinds[:1], there[:1], np.array([3]))),
        Case((logits[:2], boxes[:2], kinds[:1], there[:1], np.array([1])), {"box_weight": 0.5}),
    ]


def _hidden(rng):
    def drawn(n_queries, n_objects, n_kinds):
        return (
            2 * rng.standard_normal((n_queries, n_kinds + 1)),
            rng.random((n_queries, 4)),
            rng.integers(n_kinds, size=n_objects),
            rng.random((n_objects, 4)),
            rng.permutation(n_queries)[:n_objects],
        )

    return [
        Case(drawn(5, 3, 3)),
        Case(drawn(8, 2, 5), {"box_weight": 1.0}),
        Case(drawn(6, 5, 2)),
        Case(drawn(7, 4, 4), {"box_weight": 3.5}),
    ]


EXERCISE = Exercise(
    name="scene_loss",
    section=f"{PAGE}#detr-loss",
    reference=_scene_loss,
    visible=_visible,
    hidden=_hidden,
    seals=(layers.cross_entropy, layers.cross_entropy.vjp, detection.set_loss),
    misconceptions=(
        Misconception(
            "nothing left out",
            "The answers that are left over don't count, so that a model may say every object with all of "
            "its answers.",
            loss_without_nothing,
        ),
        Misconception(
            "nothing asked of all",
            "All answers are asked for nothing, those that were matched as well; take the others alone.",
            loss_nothing_of_all,
        ),
        Misconception(
            "nothing is the first kind",
            "Answers left over are to say kind 0; nothing is the last.",
            loss_nothing_is_first,
        ),
        Misconception(
            "one mean of all names",
            "The surprises of matched and left-over answers have one mean together; each has its own, and "
            "the two are added.",
            loss_one_mean_of_names,
        ),
        Misconception(
            "matching ignored",
            "The first answer is compared with the first object and so on; `queries` says which answer "
            "each object was given to.",
            loss_in_order,
            section=f"{PAGE}#detr-order",
        ),
        Misconception(
            "differences averaged",
            "The four differences of a box are averaged; they are added up, and then averaged over "
            "objects.",
            loss_boxes_averaged,
        ),
        Misconception(
            "boxes added up",
            "The distances of all boxes are added up; take their mean over the objects.",
            loss_boxes_added_up,
        ),
        Misconception(
            "surprises added up",
            "The surprises are added up; take the mean over those matched, and the mean over the others.",
            loss_names_added_up,
        ),
        Misconception(
            "differences squared",
            "The differences of the boxes are squared; they are taken without their sign.",
            loss_boxes_squared,
        ),
        Misconception(
            "weight fixed",
            "The boxes always weigh 5; it is the argument `box_weight`.",
            loss_weight_fixed,
        ),
        Misconception(
            "cost for loss",
            "Minus the probability is what the match costs; the loss takes minus its logarithm.",
            loss_of_the_cost,
            section=f"{PAGE}#detr-cost",
        ),
        Misconception(
            "softmax forgotten",
            "The logits are taken for logarithms of probabilities; they have to pass through a softmax "
            "first.",
            loss_without_softmax,
        ),
    ),
    properties=(
        Property("Neither a surprise nor a distance is negative.", lambda case, got: bool(got >= 0)),
    ),
)
