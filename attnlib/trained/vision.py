"""Vision Transformers: on handwritten digits, and on pictures of two digits of which one is framed."""

import functools

import numpy as np

from attnlib._arrays import shape_text
from attnlib.data import digits as drawing
from attnlib.models.vision import from_patches, picture_loss, to_patches, vision_params, vit
from attnlib.probability import softmax
from attnlib.trained.experiment import Experiment

N_HEADS, N_CLASSES, BATCH = 4, 10, 64
#: Pixels on a side of a patch, of a digit and of a scene.
SIZES = {"digits": 2, "framed": 5}
SHAPES = {
    "digits": (drawing.SIDE, drawing.SIDE),
    "framed": (drawing.PLACES * drawing.CELL, drawing.PLACES * drawing.CELL),
}
WIDTHS = {"digits": 32, "framed": 48}
#: The first digits are to learn from. One hand's digits stand together: the others are by new hands.
N_TRAINING = 1287
N_SCENES, N_KNOWN = 500, 8000


@functools.cache
def data():
    """Return the digits to train on, and those held out, which other hands wrote."""
    images, labels = drawing.digits()
    parts = (slice(N_TRAINING), slice(N_TRAINING, None))
    return tuple(drawing.Digits(images[part], labels[part]) for part in parts)


@functools.cache
def held_out():
    """Return scenes of the digits that are held out."""
    return drawing.scenes(np.random.default_rng(170), *data()[1], N_SCENES)


def begin(rng, *, kind, positions=True, even=False):
    """Return the first parameters: two blocks.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    kind : {"digits", "framed"}
        Which pictures they are for.
    positions : bool, default True
        Whether the model learns where a patch stands.
    even : bool, default False
        Let queries and keys be 0. Then all scores are equal, and the gradient of either is 0, because the
        other is: the model gathers the mean of all tokens for ever.

    Returns
    -------
    dict of str to ndarray of float32
        As from `vision_params`.
    """
    sizes = {"n_layers": 2, "n_heads": N_HEADS, "d_model": WIDTHS[kind], "d_hidden": 2 * WIDTHS[kind]}
    picture = {"shape": SHAPES[kind], "size": SIZES[kind], "n_classes": N_CLASSES}
    params = vision_params(rng, **picture, **sizes, positions=positions)
    for name in params:
        if even and name.endswith((".w_q", ".w_k")):
            params[name] = np.zeros_like(params[name])
    return params


def batches(rng, *, kind):
    """Yield the patches of 64 pictures at a time, and what they show; digits are moved by up to a pixel."""
    images, labels = data()[0]
    while True:
        drawn = rng.integers(len(images), size=(2, BATCH))
        first, second = (drawing.shifted(rng, images[rows]) for rows in drawn)
        if kind == "framed":
            places = np.argsort(rng.random((BATCH, drawing.PLACES**2)), axis=1)[:, :2]
            first = drawing.scene(first, second, places)
        yield to_patches(first, SIZES[kind]), labels[drawn[0]]


def loss(params, patches, kinds):
    """Return the mean surprise at the digit that is asked for, in nats."""
    return picture_loss(params, patches, kinds, n_heads=N_HEADS)


def guess(params, images):
    """Return how likely each digit is.

    Parameters
    ----------
    params : dict of str to ndarray of float
        The weights.
    images : array_like of float, shape (..., H, W)
        Pictures of the kind that they were made for: digits, or scenes.

    Returns
    -------
    ndarray of float, shape (..., 10)
        Rows sum to 1.
    """
    return softmax(vit(params, cut(images), n_heads=N_HEADS))


def cut(images):
    """Return digits or scenes as patches of their size; ValueError for pictures of another shape."""
    for kind, shape in SHAPES.items():
        if np.shape(images)[-2:] == shape:
            return to_patches(images, SIZES[kind])
    expected = " or ".join(f"(..., {height}, {width})" for height, width in SHAPES.values())
    raise ValueError(
        f"images must be digits or scenes: expected {expected}, got {shape_text(np.shape(images))}"
    )


def cells(places):
    """Return which patches of a scene belong to a place, of shape (..., 36)."""
    n = SHAPES["framed"][0] // SIZES["framed"]
    across, (rows, columns) = drawing.CELL // SIZES["framed"], np.divmod(np.arange(n * n), n)
    return rows // across * drawing.PLACES + columns // across == np.asarray(places)[..., None]


def evaluate(params, *, kind):
    """Return how often the likeliest digit is right, on pictures that were held out.

    Returns
    -------
    dict of str to float
        ``right``; ``right, shuffled``, each picture's patches in an order of its own; ``nats`` a picture.
    """
    images, labels = _judged(kind)
    patches = cut(images)
    likely, mixed = (_guesses(params, each) for each in (patches, shuffled(patches)))
    return {
        "right": float((likely.argmax(axis=-1) == labels).mean()),
        "right, shuffled": float((mixed.argmax(axis=-1) == labels).mean()),
        "nats": float(-np.log(likely[np.arange(len(labels)), labels]).mean()),
    }


def shuffled(patches, *, seed=171):
    """Return the patches of pictures, each picture's in an order of its own."""
    order = np.argsort(np.random.default_rng(seed).random(patches.shape[:2]), axis=1)
    return np.take_along_axis(patches, order[..., None], axis=1)


def baselines(*, kind):
    """Return what needs no training: to look for the most similar pictures that are known.

    Returns
    -------
    dict of str to float
        For digits, ``right by 3 neighbours``, and the same where all hands are known, because digits were
        drawn to be held out. For scenes, ``right by 3 neighbours`` among 8,000 scenes; among known digits,
        the framed one being ``cut out``; and if one of the two digits is named ``at random``.
    """
    known, new = data()
    if kind == "digits":
        images, labels = (
            array[np.random.default_rng(172).permutation(len(array))] for array in drawing.digits()
        )
        mixed = drawing.neighbours(images[:N_TRAINING], labels[:N_TRAINING], images[N_TRAINING:])
        return {
            "right by 3 neighbours": _share(drawing.neighbours(*known, new.images), new.labels),
            "right by 3 neighbours, known hands": _share(mixed, labels[N_TRAINING:]),
        }
    asked = held_out()
    scenes = drawing.scenes(np.random.default_rng(173), *known, N_KNOWN)
    inside = [
        from_patches(picture[cell], (drawing.CELL, drawing.CELL))
        for picture, cell in zip(cut(asked.images), cells(asked.places[:, 0]), strict=True)
    ]
    framed = np.array(inside)[:, 1:-1, 1:-1]
    return {
        "right by 3 neighbours": _share(
            drawing.neighbours(scenes.images, scenes.labels, asked.images), asked.labels
        ),
        "right by 3 neighbours, cut out": _share(drawing.neighbours(*known, framed), asked.labels),
        "right at random": float(1 + (asked.labels == asked.others).mean()) / 2,
    }


def _judged(kind):
    return data()[1] if kind == "digits" else (held_out().images, held_out().labels)


def _guesses(params, patches):
    parts = [vit(params, patches[i : i + 100], n_heads=N_HEADS) for i in range(0, len(patches), 100)]
    return softmax(np.concatenate(parts))


def _share(guesses, labels):
    return float((guesses == labels).mean())


def _experiment(kind, *, steps, rate, **options):
    return Experiment(
        functools.partial(begin, kind=kind, **options),
        functools.partial(batches, kind=kind),
        loss,
        functools.partial(evaluate, kind=kind),
        functools.partial(baselines, kind=kind),
        steps=steps,
        rate=rate,
        decay=0.05,
    )


_DIGITS = {"kind": "digits", "steps": 2000, "rate": 4e-3}
_FRAMED = {"kind": "framed", "steps": 2000, "rate": 3e-3}
#: On digits and on scenes, each also without positions; and on scenes with heads that can't choose.
EXPERIMENTS = {
    "digits": _experiment(**_DIGITS),
    "digits-unordered": _experiment(**_DIGITS, positions=False),
    "framed": _experiment(**_FRAMED),
    "framed-unordered": _experiment(**_FRAMED, positions=False),
    "framed-even": _experiment(**_FRAMED, even=True),
}
