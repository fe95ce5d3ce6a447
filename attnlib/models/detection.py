"""DETR: a Transformer that reads patches and says, with a fixed number of queries, what is where."""

from typing import NamedTuple

import numpy as np

from attnlib._arrays import require_count
from attnlib.autodiff import value_of
from attnlib.layers import cross_entropy, layer_norm, linear, relu, sigmoid
from attnlib.models.matching import brute_force, matching_cost
from attnlib.models.parameters import part, transformer_params
from attnlib.models.transformer import block
from attnlib.models.vision import to_patches
from attnlib.probability import softmax

#: How much all queries that should find nothing count beside all that should find something.
NOTHING_WEIGHT = 1.0
#: How much a box counts beside a name, in the costs and in the loss.
BOX_WEIGHT = 5.0


class Found(NamedTuple):
    """What each query says.

    Attributes
    ----------
    logits : array of float, shape (..., n_queries, n_kinds + 1)
        A score for each kind, and the last for nothing.
    boxes : array of float, shape (..., n_queries, 4)
        Centre (across, down), width and height, as shares of the side.
    """

    logits: np.ndarray
    boxes: np.ndarray


class Spoken(NamedTuple):
    """An object that a query has found.

    Attributes
    ----------
    kind : int
        Which kind it says.
    box : ndarray of float, shape (4,)
        Where.
    query : int
        Which query says so.
    likely : float
        How sure it is of the kind.
    """

    kind: int
    box: np.ndarray
    query: int
    likely: float


def detr_params(rng, *, patch, n_patches, d_model, n_layers, n_heads, n_queries, n_kinds, d_hidden=None):
    """Draw the parameters that a DETR begins with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    patch, n_patches : int
        The side of a patch in pixels, and how many there are.
    d_model, n_layers, n_heads, d_hidden
        As in `transformer_params`, for the encoder and for the decoder.
    n_queries : int
        The number of object queries: at least as many as objects in a scene.
    n_kinds : int
        How many kinds of objects there are.

    Returns
    -------
    dict of str to ndarray of float32
        ``patch.w, patch.b, positions, queries``; ``encoder.block0.self.w_q`` and so on, ``decoder.…``; and
        ``kind`` and ``box`` for what a query says.

    Raises
    ------
    TypeError, ValueError
        As in `transformer_params`.
    """
    require_count("n_queries", n_queries, 1)
    sizes = {"d_model": d_model, "n_layers": n_layers, "n_heads": n_heads, "d_hidden": d_hidden}
    encoder = transformer_params(rng, n_words=patch * patch, length=n_patches, **sizes)
    decoder = transformer_params(rng, n_words=n_queries, positions="none", cross=True, **sizes)
    heads = transformer_params(rng, n_words=n_kinds + 1, positions="none", **sizes)
    params = {
        "patch.w": 5 * encoder["tokens"],
        "patch.b": np.zeros(d_model),
        "positions": 3 * encoder["positions"],
        "queries": 10 * decoder["tokens"],  # of length 1 and not 0.1: what tells one from another
    }
    for name, half in (("encoder", encoder), ("decoder", decoder)):
        params |= {
            f"{name}.{key}": value for key, value in half.items() if key.startswith(("block", "norm"))
        }
    params |= {"kind.w": heads["out.w"], "kind.b": np.zeros(n_kinds + 1)}
    params |= {f"box.{key}": heads[f"block0.feed.{key}"] for key in ("w_1", "b_1")}
    params |= {"box.w_2": heads["block0.feed.w_2"][:, :4], "box.b_2": np.zeros(4)}
    return {name: np.asarray(value, dtype=np.float32) for name, value in params.items()}


def detr(params, images, *, n_heads, alone=False):
    """Return what each query says after each block of the decoder.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters, as from `detr_params`.
    images : array_like of float, shape (..., height, width)
        Scenes.
    n_heads : int
        The number of heads that the parameters were made for.
    alone : bool, default False
        Let no query see another: attention between them is masked, but for each to itself.

    Returns
    -------
    list of Found
        One for each block; the last is the answer, the others are trained to say the same.

    Raises
    ------
    ValueError
        If the images have another size than the positions were made for.

    Notes
    -----
    Queries are no words of a text and have no order: they are vectors that were learned, and what the
    decoder begins with. All are asked at once.

    References
    ----------
    Carion et al., "End-to-end object detection with transformers", 2020, section 3.2. Theirs looks at what
    a convolutional network made of the picture, and adds positions and queries anew in each block.

    Examples
    --------
    >>> sizes = {"patch": 2, "n_patches": 9, "d_model": 8, "n_layers": 1, "n_heads": 2}
    >>> params = detr_params(np.random.default_rng(0), **sizes, n_queries=5, n_kinds=3)
    >>> last = detr(params, np.zeros((6, 6)), n_heads=2)[-1]
    >>> last.logits.shape, last.boxes.shape
    ((5, 4), (5, 4))
    """
    memory = read(params, images, n_heads=n_heads)
    decoder = part(params, "decoder")
    n_queries = params["queries"].shape[0]
    mask = np.eye(n_queries, dtype=bool) if alone else None
    x = params["queries"] + np.zeros(
        (*value_of(memory).shape[:-2], 1, 1), np.float32
    )  # (..., n_queries, d_model)
    said = []
    for i in range(_n_layers(decoder)):
        x = block(decoder, f"block{i}", x, memory, n_heads=n_heads, mask=mask)
        y = layer_norm(x, decoder["norm.gain"], decoder["norm.shift"])
        hidden = relu(linear(y, params["box.w_1"], params["box.b_1"]))
        boxes = sigmoid(linear(hidden, params["box.w_2"], params["box.b_2"]))
        said.append(Found(linear(y, params["kind.w"], params["kind.b"]), boxes))
    return said


def read(params, images, *, n_heads):
    """Return the patches of images, each informed by all the others: what the queries look at.

    Parameters
    ----------
    params, images, n_heads
        As in `detr`.

    Returns
    -------
    array of float, shape (..., n_patches, d_model)
        The memory.

    Raises
    ------
    ValueError
        As in `detr`.
    """
    side = round(params["patch.w"].shape[0] ** 0.5)
    patches = to_patches(images, side).astype(value_of(params["patch.w"]).dtype)
    n_patches = params["positions"].shape[0]
    if patches.shape[-2] != n_patches:
        raise ValueError(f"images must have {n_patches} patches of side {side}, got {patches.shape[-2]}")
    encoder = part(params, "encoder")
    x = linear(patches, params["patch.w"], params["patch.b"]) + params["positions"]
    for i in range(_n_layers(encoder)):
        x = block(encoder, f"block{i}", x, n_heads=n_heads)
    return layer_norm(x, encoder["norm.gain"], encoder["norm.shift"])


def spoken(found):
    """Return what queries say, those that say something, the surest first.

    Parameters
    ----------
    found : Found
        What the queries of n scenes say.

    Returns
    -------
    list of list of Spoken
        For each scene; as `attnlib.models.boxes.detection_scores` takes it.

    Notes
    -----
    Nothing is taken away: two queries may say the same object.
    """
    likely = softmax(found.logits)
    kinds = likely.argmax(axis=-1)
    scenes = []
    for p, names, boxes in zip(likely, kinds, found.boxes, strict=True):
        queries = np.flatnonzero(names < p.shape[-1] - 1)
        queries = queries[np.argsort(-p[queries, names[queries]], kind="stable")]
        scenes.append([Spoken(int(names[i]), boxes[i], int(i), float(p[i, names[i]])) for i in queries])
    return scenes


def in_order(found, kinds, boxes):
    """Return the matching of a fixed order: the first object to the first query, and so on.

    Parameters
    ----------
    found : Found
        What the queries say: it makes no difference.
    kinds : array_like of int, shape (..., n_objects)
        What is there.
    boxes : array_like of float, shape (..., n_objects, 4)
        Where.

    Returns
    -------
    ndarray of int, shape (..., n_objects)
        The query of each object.
    """
    return np.broadcast_to(np.arange(np.shape(kinds)[-1]), np.shape(kinds))


def by_cost(found, kinds, boxes):
    """Return the cheapest matching, as `in_order` does that of a fixed order."""
    likely = softmax(value_of(found.logits))
    return brute_force(matching_cost(likely, value_of(found.boxes), kinds, boxes, box_weight=BOX_WEIGHT))


def set_loss(found, kinds, boxes, *, match=by_cost):
    r"""Return how far what the queries say is from what is there, each object with its own query.

    .. math::

        L = \frac{1}{n} \sum_j \left( -\ln p_{\sigma(j)}(c_j)
            + \lambda \, \lVert b_{\sigma(j)} - \hat b_j \rVert_1 \right)
            - \frac{\mu}{m} \sum_{i \text{ left}} \ln p_i(\varnothing)

    with n objects and m queries that are left without one.

    Parameters
    ----------
    found : Found
        What the queries say.
    kinds : array_like of int, shape (..., n_objects)
        What is there, and -1 for none.
    boxes : array_like of float, shape (..., n_objects, 4)
        Where.
    match : callable, default by_cost
        ``match(found, kinds, boxes)`` gives each object a query.

    Returns
    -------
    array of float, shape ()
        The loss. Nothing comes back through the choice of σ; the gradient is that of its result.

    References
    ----------
    Carion et al., "End-to-end object detection with transformers", 2020, section 3.1.
    """
    kinds, boxes = np.asarray(kinds), np.asarray(boxes)
    logits = found.logits
    nothing = logits.shape[-1] - 1
    queries = np.asarray(match(found, kinds, boxes))
    targets = np.full(logits.shape[:-1], nothing)  # (..., n_queries)
    places = np.zeros((*logits.shape[:-1], 4), value_of(found.boxes).dtype)
    *lead, objects = np.nonzero(kinds >= 0)
    at = (*lead, queries[(*lead, objects)])
    targets[at], places[at] = kinds[(*lead, objects)], boxes[(*lead, objects)]
    matched = targets != nothing
    off = (found.boxes - places) * matched[..., None].astype(places.dtype)
    apart = (relu(off) + relu(-off)).sum() * places.dtype.type(BOX_WEIGHT / matched.sum())
    named = cross_entropy(logits, targets, keep=matched)
    loss = named + apart
    if not matched.all():
        silent = cross_entropy(logits, targets, keep=~matched)
        loss = loss + silent * places.dtype.type(NOTHING_WEIGHT)
    return loss


def _n_layers(params):
    return sum(name.endswith(".feed.w_1") for name in params)
