"""Right answers to scene_loss."""

import numpy as np


def loss_answer_by_answer(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    named, apart, silent = [], [], []
    given = {int(query): j for j, query in enumerate(queries)}
    for i, row in enumerate(logits):
        surprise = np.log(np.sum(np.exp(row))) - row
        if i in given:
            j = given[i]
            named.append(surprise[kinds[j]])
            apart.append(
                sum(abs(float(a) - float(b)) for a, b in zip(boxes[i], true_boxes[j], strict=True))
            )
        else:
            silent.append(surprise[-1])
    return np.mean(named) + np.mean(silent) + box_weight * np.mean(apart)


def loss_by_deleting(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    p = np.exp(logits)
    p /= p.sum(axis=1)[:, None]
    others = np.delete(p, queries, axis=0)
    distances = np.linalg.norm(boxes[queries] - true_boxes, ord=1, axis=1)
    return (
        box_weight * np.average(distances) - np.log(p[queries, kinds]).mean() - np.log(others[:, -1]).mean()
    )


def loss_by_weights(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    n_queries, n_objects = len(logits), len(kinds)
    share = np.full(n_queries, 1 / (n_queries - n_objects))
    share[queries] = 1 / n_objects
    wanted = np.zeros(logits.shape)
    wanted[:, -1] = 1
    wanted[queries] = np.eye(logits.shape[1])[kinds]
    log_p = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    gaps = np.abs(boxes[queries] - true_boxes)
    return -(share * (wanted * log_p).sum(axis=-1)).sum() + box_weight * gaps.sum() / n_objects


def loss_by_masks(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    pairs = np.arange(len(logits))[:, None] == queries  # (n_queries, n_objects)
    taken = pairs.any(axis=1)
    top = np.max(logits, axis=1)
    totals = top + np.log(np.exp((logits.T - top).T).sum(axis=1))
    hit = (logits[:, kinds] * pairs).sum(axis=1)
    names = (totals - hit)[taken].mean() + (totals - logits[:, -1])[~taken].mean()
    off = np.abs(boxes[:, None] - true_boxes)[pairs]  # (n_objects, 4)
    return names + box_weight * off.sum(axis=1).mean()


def loss_reordered(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    rest = [i for i in range(len(logits)) if i not in set(queries.tolist())]
    order = [*queries.tolist(), *rest]
    targets = np.concatenate([kinds, np.repeat(logits.shape[1] - 1, len(rest))])
    rows = logits[order]
    surprise = np.logaddexp.reduce(rows, axis=1) - np.take_along_axis(rows, targets[:, None], 1)[:, 0]
    matched, left = np.split(surprise, [len(kinds)])
    high, low = np.maximum(boxes[queries], true_boxes), np.minimum(boxes[queries], true_boxes)
    return matched.mean() + left.mean() + box_weight * (high - low).sum() / len(kinds)


def loss_object_by_object(logits, boxes, kinds, true_boxes, queries, box_weight=5.0):
    weights = np.exp(logits)
    total, open_rows = 0.0, np.ones(len(logits), dtype=bool)
    for query, kind, place in zip(queries, kinds, true_boxes, strict=True):
        open_rows[query] = False
        total -= np.log(weights[query, kind] / weights[query].sum())
        total += box_weight * np.abs(boxes[query] - place).sum()
    quiet = weights[open_rows]
    return total / len(queries) - np.log(quiet[:, -1] / quiet.sum(axis=1)).mean()


ANSWERS = (
    loss_answer_by_answer,
    loss_by_deleting,
    loss_by_weights,
    loss_by_masks,
    loss_reordered,
    loss_object_by_object,
)
