"""Where the shapes are moved, and states in which what the queries say is compared with attnlib's."""

import numpy as np

from attnlib.data.shapes import SIDE, draw, scenes
from attnlib.layers import watching
from attnlib.live import Detector
from attnlib.live.detector import SCENES, WAYS, WEIGHTS
from attnlib.models.detection import detr
from attnlib.trained import load
from attnlib.trained.detection import N_HEADS

CHAPTER = "18-detection"


def states():
    """Yield figures, each with the numbers that its script should give."""
    exact = {}
    for name in set(WEIGHTS.values()):
        params = load(f"detr-{name}").params
        assert all((array == array.astype(np.float16)).all() for array in params.values())
        exact[name] = {key: array.astype(np.float64) for key, array in params.items()}
    for name, (kinds, boxes, shades) in SCENES.items():
        for query, way in enumerate(WAYS):
            yield Detector(name, way=way, query=query), numbers(exact, kinds, boxes, shades, way)
    drawn = scenes(np.random.default_rng(0), 8)
    for kinds, boxes in zip(drawn.kinds, drawn.boxes, strict=True):
        there = kinds >= 0
        kinds, shades = kinds[there].tolist(), [0.5, 0.75, 1.0][: there.sum()]
        boxes = np.round(boxes[there].astype(float) * SIDE * 4) / 4
        boxes[:, :2] = np.clip(boxes[:, :2], boxes[:, 2:] / 2, SIDE - boxes[:, 2:] / 2)
        for way in WAYS:
            figure = Detector(kinds=kinds, boxes=boxes, shades=shades, way=way)
            yield figure, numbers(exact, kinds, boxes, shades, way)


def numbers(exact, kinds, boxes, shades, way):
    """Return what a script should give, from the shipped weights in float64."""
    image = draw(kinds, np.divide(boxes, SIDE), shades)
    with watching() as seen:
        said = detr(exact[WEIGHTS[way]], image, n_heads=N_HEADS, alone=way != "together")[-1]
    powers = np.exp(said.logits - said.logits.max(axis=-1, keepdims=True))
    return {
        "image": image,
        "likely": powers / powers.sum(axis=-1, keepdims=True),
        "boxes": said.boxes,
        "looks": seen[-1].mean(axis=0),
    }
