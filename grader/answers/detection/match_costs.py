"""Right answers to match_costs."""

import numpy as np


def costs_pair_by_pair(likely, boxes, kinds, true_boxes, box_weight=5.0):
    out = np.zeros((*boxes.shape[:-1], kinds.shape[-1]))
    for place in np.ndindex(out.shape):
        *scene, i, j = place
        answer, thing = (*scene, i), (*scene, j)
        far = sum(abs(a - b) for a, b in zip(boxes[answer], true_boxes[thing], strict=True))
        out[place] = box_weight * far - likely[answer][kinds[thing]]
    return out


def costs_by_one_hot(likely, boxes, kinds, true_boxes, box_weight=5.0):
    is_kind = np.arange(likely.shape[-1])[:, None] == kinds[..., None, :]  # (..., n_kinds + 1, n_objects)
    gaps = np.abs(np.expand_dims(boxes, -2) - np.expand_dims(true_boxes, -3))
    return np.einsum("...ijc->...ij", gaps) * box_weight - likely @ is_kind.astype(float)


def costs_coordinate_by_coordinate(likely, boxes, kinds, true_boxes, box_weight=5.0):
    shape = (*boxes.shape[:-1], kinds.shape[-1])
    total = -np.take_along_axis(likely, np.broadcast_to(kinds[..., None, :], shape), axis=-1)
    for c in range(boxes.shape[-1]):
        total = total + box_weight * np.abs(boxes[..., c, None] - true_boxes[..., None, :, c])
    return total


def costs_object_by_object(likely, boxes, kinds, true_boxes, box_weight=5.0):
    columns = []
    for j in range(kinds.shape[-1]):
        off = np.linalg.norm(boxes - true_boxes[..., j : j + 1, :], ord=1, axis=-1)
        kind = np.broadcast_to(kinds[..., j, None, None], (*off.shape, 1))
        columns.append(box_weight * off - np.take_along_axis(likely, kind, axis=-1)[..., 0])
    return np.stack(columns, axis=-1)


def costs_scene_by_scene(likely, boxes, kinds, true_boxes, box_weight=5.0):
    lead, n_objects = kinds.shape[:-1], kinds.shape[-1]
    result = np.empty((*boxes.shape[:-1], n_objects))
    for scene in np.ndindex(lead):
        gap = boxes[scene][:, None] - true_boxes[scene][None]
        result[scene] = box_weight * np.maximum(gap, -gap).sum(axis=2) - likely[scene][:, kinds[scene]]
    return result


def costs_high_minus_low(likely, boxes, kinds, true_boxes, box_weight=5.0):
    mine, theirs = boxes[..., None, :], true_boxes[..., None, :, :]
    distance = (np.maximum(mine, theirs) - np.minimum(mine, theirs)) @ np.ones(4)
    turned = np.moveaxis(likely, -1, 0)  # (n_kinds + 1, ..., n_queries)
    named = sum(p[..., None] * (kinds[..., None, :] == kind) for kind, p in enumerate(turned))
    return distance * box_weight - named


ANSWERS = (
    costs_pair_by_pair,
    costs_by_one_hot,
    costs_coordinate_by_coordinate,
    costs_object_by_object,
    costs_scene_by_scene,
    costs_high_minus_low,
)
