"""What it costs to take an answer for an object: the name, and the way to the box."""

import numpy as np

from attnlib.catalogue.detection import PAGE
from attnlib.exercise import Case, Exercise, Misconception
from attnlib.models import matching


def _match_costs(likely, boxes, kinds, true_boxes, box_weight=5.0):
    return matching.matching_cost(likely, boxes, kinds, true_boxes, box_weight=box_weight)


def costs_name_added(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    apart = np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :]).sum(axis=-1)
    return box_weight * apart + named


def costs_weight_fixed(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    apart = np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :]).sum(axis=-1)
    return 5.0 * apart - named


def costs_weight_left_out(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    return np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :]).sum(axis=-1) - named


def costs_weight_on_the_name(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    apart = np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :]).sum(axis=-1)
    return apart - box_weight * named


def costs_by_squares(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    apart = ((boxes[..., :, None, :] - true_boxes[..., None, :, :]) ** 2).sum(axis=-1)
    return box_weight * apart - named


def costs_by_length(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    apart = np.sqrt(((boxes[..., :, None, :] - true_boxes[..., None, :, :]) ** 2).sum(axis=-1))
    return box_weight * apart - named


def costs_by_mean(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    apart = np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :]).mean(axis=-1)
    return box_weight * apart - named


def costs_signed(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    apart = (boxes[..., :, None, :] - true_boxes[..., None, :, :]).sum(axis=-1)
    return box_weight * apart - named


def costs_of_centres(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    apart = np.abs(boxes[..., :, None, :2] - true_boxes[..., None, :, :2]).sum(axis=-1)
    return box_weight * apart - named


def costs_by_surprise(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    apart = np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :]).sum(axis=-1)
    return box_weight * apart - np.log(named)


def costs_of_boxes_alone(likely, boxes, kinds, true_boxes, box_weight=5.0):
    return box_weight * np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :]).sum(axis=-1)


def costs_of_the_best_name(likely, boxes, kinds, true_boxes, box_weight=5.0):
    apart = np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :]).sum(axis=-1)
    return box_weight * apart - likely.max(axis=-1)[..., None]


def costs_objects_first(likely, boxes, kinds, true_boxes, box_weight=5.0):
    named = np.take_along_axis(likely, kinds[..., None, :], axis=-1)
    apart = np.abs(boxes[..., :, None, :] - true_boxes[..., None, :, :]).sum(axis=-1)
    return np.swapaxes(box_weight * apart - named, -1, -2)


def _visible():
    likely = np.array([[0.5, 0.25, 0.125, 0.125], [0.0, 0.25, 0.25, 0.5], [0.25, 0.0, 0.75, 0.0]])
    boxes = np.array([[0.5, 0.25, 0.25, 0.5], [0.25, 0.75, 0.5, 0.25], [0.75, 0.5, 0.25, 0.25]])
    kinds = np.array([2, 0])
    there = np.array([[0.75, 0.75, 0.25, 0.25], [0.5, 0.5, 0.25, 0.25]])
    pair = (np.stack([likely, likely[::-1]]), np.stack([boxes, boxes]), np.array([[2, 0], [1, 1]]))
    return [
        Case((likely, boxes, kinds, there)),
        Case((likely, boxes, kinds[:1], there[:1]), {"box_weight": 2.0}),
        Case((*pair, np.stack([there, there + 0.125]))),
    ]


def _hidden(rng):
    def drawn(*lead, n_queries, n_objects, n_kinds=3):
        return (
            rng.dirichlet(np.ones(n_kinds + 1), size=(*lead, n_queries)),
            rng.random((*lead, n_queries, 4)),
            rng.integers(n_kinds, size=(*lead, n_objects)),
            rng.random((*lead, n_objects, 4)),
        )

    return [
        Case(drawn(n_queries=5, n_objects=3)),
        Case(drawn(7, n_queries=4, n_objects=2, n_kinds=5), {"box_weight": 0.5}),
        Case(drawn(2, 3, n_queries=6, n_objects=1)),
        Case(drawn(n_queries=3, n_objects=3), {"box_weight": 0.0}),
    ]


EXERCISE = Exercise(
    name="match_costs",
    section=f"{PAGE}#detr-cost",
    reference=_match_costs,
    visible=_visible,
    hidden=_hidden,
    axes=("answer", "object"),
    seals=(matching.matching_cost,),
    misconceptions=(
        Misconception(
            "name added",
            "The probability of the name is added; the likelier the name, the less the match costs.",
            costs_name_added,
        ),
        Misconception(
            "weight fixed",
            "The boxes always weigh 5; it is the argument `box_weight`.",
            costs_weight_fixed,
        ),
        Misconception(
            "weight left out",
            "The distance of the boxes isn't multiplied by `box_weight`.",
            costs_weight_left_out,
        ),
        Misconception(
            "weight on the name",
            "The probability is multiplied by `box_weight`; the distance of the boxes is to be.",
            costs_weight_on_the_name,
        ),
        Misconception(
            "differences squared",
            "The differences of the boxes are squared; they are taken without their sign.",
            costs_by_squares,
        ),
        Misconception(
            "straight distance",
            "The boxes' distance is the root of a sum of squares; add up the four differences without "
            "sign.",
            costs_by_length,
        ),
        Misconception(
            "mean of the differences",
            "The four differences of the boxes are averaged; they are added up.",
            costs_by_mean,
        ),
        Misconception(
            "differences with their sign",
            "Differences keep their sign and cancel each other, so that a cost can be below that of a "
            "perfect box.",
            costs_signed,
        ),
        Misconception(
            "centres alone",
            "Only the centres of the boxes are compared; their widths and heights count as well.",
            costs_of_centres,
        ),
        Misconception(
            "surprise for probability",
            "The logarithm of the probability is taken; in the cost of a match it is the probability "
            "itself.",
            costs_by_surprise,
        ),
        Misconception(
            "boxes alone",
            "What the answers call the objects makes no difference; subtract the probability of the kind.",
            costs_of_boxes_alone,
        ),
        Misconception(
            "likeliest kind",
            "The probability of the answer's own favourite is subtracted; take that of the object's kind.",
            costs_of_the_best_name,
        ),
        Misconception(
            "objects first",
            "Rows and columns are exchanged: a row for each answer, a column for each object.",
            costs_objects_first,
        ),
    ),
)
