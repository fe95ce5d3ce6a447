"""Scenes, and states in which what is said and the looks are compared with attnlib's."""

import numpy as np

from attnlib.data.scenes import Thing, draw
from attnlib.live import Captions
from attnlib.live.captions import KINDS, SCENES, WAYS
from attnlib.trained import captions, load

CHAPTER = "19-captions"


def states():
    """Yield figures, each with the numbers that its script should give."""
    exact = {}
    for way in WAYS:
        params = load(f"captions-{way}").params
        assert all((array == array.astype(np.float16)).all() for array in params.values())
        exact[way] = {name: array.astype(np.float64) for name, array in params.items()}
    for cells in (*SCENES.values(), *drawn()):
        for way in WAYS:
            yield Captions(cells, way=way, asked=2), numbers(exact[way], cells, way)


def drawn():
    """Yield scenes in which every kind of thing stands somewhere."""
    rng = np.random.default_rng(7)
    for i in range(0, len(KINDS), 2):
        for n in (2, 3):
            cells = [""] * 16
            for place, kind in zip(
                rng.permutation(16), [*KINDS[i : i + 2], KINDS[-1 - i]][:n], strict=False
            ):
                cells[place] = kind
            yield cells


def numbers(params, cells, way):
    """Return what a script should give, from the shipped weights in float64."""
    things = [Thing(i, *kind.split()) for i, kind in enumerate(cells) if kind]
    (text,), (weights,) = captions.told(params, captions.cut(draw(things))[None], way=way)
    return {"said": captions.WORDS.encode(text), "weights": weights}
