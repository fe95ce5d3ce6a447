"""Where the framed digit stands, and states in which it is read as attnlib reads it."""

import numpy as np

from attnlib.layers import watching
from attnlib.live import Framed
from attnlib.models.rollout import rollout
from attnlib.models.vision import to_patches, vit
from attnlib.trained import load, vision

CHAPTER = "17-vision-transformer"


def states():
    """Yield figures, each with the numbers that its script should give."""
    params = load("framed").params
    assert all((array == array.astype(np.float16)).all() for array in params.values())
    exact = {name: array.astype(np.float64) for name, array in params.items()}
    rng = np.random.default_rng(17)
    for i in range(40):
        places = rng.permutation(9)[:2].tolist()
        figure = Framed(places=places, frame=[places[0], places[1], int(rng.integers(9))][i % 3])
        figure.first, figure.second = (figure.samples[digit] for digit in rng.integers(10, size=2))
        if i % 4 == 3:
            figure.first = rng.integers(0, 17, size=64).tolist()
        yield figure, numbers(exact, figure)


def numbers(exact, figure):
    """Return what a script should give, from the shipped weights in float64."""
    picture = np.zeros((30, 30))
    top, left = (10 * i for i in divmod(figure.frame, 3))
    picture[top : top + 10, left : left + 10] = 1
    picture[top + 1 : top + 9, left + 1 : left + 9] = 0
    for ink, place in zip((figure.first, figure.second), figure.places, strict=True):
        top, left = (10 * i for i in divmod(place, 3))
        picture[top + 1 : top + 9, left + 1 : left + 9] = np.reshape(ink, (8, 8)) / 16
    with watching() as seen:
        logits = vit(exact, to_patches(picture, 5), n_heads=vision.N_HEADS)
    powers = np.exp(logits - logits.max())
    return {
        "likely": powers / powers.sum(),
        "weights": np.stack(seen)[:, :, 0],
        "rolled": rollout(seen)[0],
    }
