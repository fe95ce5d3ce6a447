"""DETR on the scenes of `attnlib.data.shapes`: as it is, with every query alone, and in a fixed order."""

import functools

import numpy as np

from attnlib.data import shapes
from attnlib.models.boxes import detection_scores, overlap
from attnlib.models.components import detect_components
from attnlib.models.detection import by_cost, detr, detr_params, in_order, set_loss, spoken
from attnlib.trained.experiment import Experiment

N_HEADS = 4
N_QUERIES = 8
#: The side of a patch, in pixels.
PATCH = 4
#: How many scenes are held out.
HELD_OUT = 500
#: As it is; without attention between queries; with the objects from left to right and no matching.
WAYS = ("matched", "alone", "ordered")


@functools.cache
def held_out():
    """Return the scenes that models are judged on; to train on, new ones are drawn for every step."""
    return shapes.scenes(np.random.default_rng(18), HELD_OUT)


def begin(rng):
    """Return the first parameters: two layers of 40 features in each half, and the object queries."""
    sizes = {"d_model": 40, "d_hidden": 80, "n_layers": 2, "n_heads": N_HEADS}
    n_patches = (shapes.SIDE // PATCH) ** 2
    sizes |= {"patch": PATCH, "n_patches": n_patches, "n_queries": N_QUERIES}
    return detr_params(rng, **sizes, n_kinds=len(shapes.KINDS))


def batches(rng):
    """Yield 32 scenes at a time, drawn anew, their shapes in no order."""
    while True:
        yield shapes.scenes(rng, 32)


def loss(params, images, kinds, boxes, *, way):
    """Return the set loss, summed over the blocks of the decoder.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters.
    images, kinds, boxes
        As in `attnlib.data.shapes.Scenes`.
    way : str
        One of `WAYS`.

    Returns
    -------
    array of float, shape ()
        The loss.
    """
    if way == "ordered":
        kinds, boxes = from_left_to_right(kinds, boxes)
    match = in_order if way == "ordered" else by_cost
    said = detr(params, images, n_heads=N_HEADS, alone=way == "alone")
    losses = [set_loss(found, kinds, boxes, match=match) for found in said]
    return functools.reduce(lambda one, other: one + other, losses)


def from_left_to_right(kinds, boxes):
    """Return what is in scenes in the order of the centres, what isn't there last."""
    order = np.argsort(np.where(kinds >= 0, boxes[..., 0], np.inf), axis=-1, kind="stable")
    return np.take_along_axis(kinds, order, axis=-1), np.take_along_axis(boxes, order[..., None], axis=-2)


def find(params, images, *, alone=False):
    """Return what the queries say of scenes in the end.

    Parameters
    ----------
    params : dict of str to ndarray of float
        The weights.
    images : array_like of float, shape (..., SIDE, SIDE)
        Scenes.
    alone : bool, default False
        Let no query see another.

    Returns
    -------
    attnlib.models.detection.Found
        ``logits, boxes``.
    """
    return detr(params, images, n_heads=N_HEADS, alone=alone)[-1]


def evaluate(params, *, way):
    """Return how well the shapes of the held-out scenes are found.

    Returns
    -------
    dict of str to float
        ``f1``, ``precision``, ``recall`` and ``duplicates`` as in `detection_scores`; ``f1 apart`` and ``f1
        touching`` of the scenes in which there is ground between all boxes, and of the others; and
        ``right number``, the share of scenes of which as many objects were said as there are.
    """
    return judged(spoken(find(params, held_out().images, alone=way == "alone")))


def judged(said):
    """Return the same of what any detector said of the held-out scenes."""
    _, kinds, boxes = held_out()
    scores, apart = detection_scores(said, kinds, boxes), are_apart(kinds, boxes)
    parts = {
        name: detection_scores([said[i] for i in np.flatnonzero(part)], kinds[part], boxes[part]).f1
        for name, part in (("f1 apart", apart), ("f1 touching", ~apart))
    }
    n_said = np.array([len(found) for found in said])
    return scores._asdict() | parts | {"right number": float((n_said == (kinds >= 0).sum(axis=1)).mean())}


def are_apart(kinds, boxes):
    """Return, for each scene, whether there is a pixel of ground or more between any two of its boxes."""
    there = np.asarray(kinds) >= 0
    wider = np.where(there[..., None], boxes, 0.0) + np.array([0, 0, 1, 1]) / shapes.SIDE
    pairs = there[:, :, None] & there[:, None, :] & ~np.eye(there.shape[1], dtype=bool)
    return ~(pairs & (overlap(wider[:, :, None], wider[:, None, :]) > 0)).any(axis=(1, 2))


def baselines():
    """Return the same of a detector that learns nothing, `detect_components`.

    Returns
    -------
    dict of str to float
        The names of `evaluate`, each with ``of components`` behind it.
    """
    said = [detect_components(image) for image in held_out().images]
    return {f"{name} of components": float(value) for name, value in judged(said).items()}


#: An experiment for each of `WAYS`.
EXPERIMENTS = {
    way: Experiment(
        begin,
        batches,
        functools.partial(loss, way=way),
        functools.partial(evaluate, way=way),
        baselines,
        steps=2500,
        rate=3e-3,
    )
    for way in WAYS
}
