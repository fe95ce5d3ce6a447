"""The Vision Transformer: a picture is cut into patches, and read as a sentence of them."""

import math

import numpy as np

from attnlib._arrays import as_float, require_count, require_tokens, shape_text
from attnlib.autodiff import value_of
from attnlib.layers import concat, cross_entropy, layer_norm, linear
from attnlib.models.parameters import transformer_params
from attnlib.models.transformer import block


def to_patches(images, size, *, channels=False):
    """Return pictures as rows of their patches, from left to right and from top to bottom.

    Parameters
    ----------
    images : array_like, shape (..., H, W) or (..., H, W, C)
        Pictures, of one number a pixel, or of C numbers such as red, green and blue.
    size : int
        How many pixels a patch has on a side; it divides H and W.
    channels : bool, default False
        Whether the last axis holds the numbers of a pixel.

    Returns
    -------
    ndarray, shape (..., H / size * W / size, size ** 2) or (..., H / size * W / size, size ** 2 * C)
        The pixels of each patch, row by row, with all numbers of a pixel side by side.

    Raises
    ------
    TypeError
        If `size` isn't an integer.
    ValueError
        If the pictures can't be cut into such patches.

    Notes
    -----
    Two axes become four: the row of patches, the row within a patch, and the same for columns. The middle
    two change places.

    References
    ----------
    Dosovitskiy et al., "An image is worth 16x16 words", 2021, section 3.1.

    Examples
    --------
    >>> to_patches(np.arange(8).reshape(2, 4), 2)
    array([[0, 1, 4, 5],
           [2, 3, 6, 7]])
    >>> to_patches(np.zeros((32, 32, 3)), 8, channels=True).shape
    (16, 192)
    """
    images, size = np.asarray(images), require_count("size", size, 1)
    pixels = images if channels else images[..., None]
    if pixels.ndim < 3 or pixels.shape[-3] % size or pixels.shape[-2] % size:
        raise ValueError(
            f"images must have sides that {size} divides: "
            f"expected (..., H, W{', C' if channels else ''}), got {shape_text(images.shape)}"
        )
    *leading, height, width, depth = pixels.shape
    cut = pixels.reshape(*leading, height // size, size, width // size, size, depth)
    n_patches = (height // size) * (width // size)
    return cut.swapaxes(-4, -3).reshape(*leading, n_patches, size * size * depth)


def from_patches(patches, shape):
    """Return the pictures of one number a pixel that `to_patches` made these patches of.

    Parameters
    ----------
    patches : array_like, shape (..., n_patches, size ** 2)
        The pixels of each patch.
    shape : tuple of int
        Height and width of a picture.

    Returns
    -------
    ndarray, shape (..., H, W)
        The pictures.

    Raises
    ------
    ValueError
        If a picture of that shape has not so many patches.

    Examples
    --------
    >>> from_patches([[0, 1, 4, 5], [2, 3, 6, 7]], (2, 4))
    array([[0, 1, 2, 3],
           [4, 5, 6, 7]])
    """
    patches = np.asarray(patches)
    require_tokens("patches", patches)
    *leading, n, n_pixels = patches.shape
    if len(shape) != 2:
        raise ValueError(f"shape must be (H, W), got {shape_text(shape)}")
    (height, width), size = shape, math.isqrt(n_pixels)
    fits = size * size == n_pixels and n_pixels and height % size == 0 and width % size == 0
    if not fits or n * n_pixels != height * width:
        raise ValueError(
            f"patches must be squares that make up {shape_text(shape)}: got {shape_text(patches.shape)}"
        )
    rows = patches.reshape(*leading, height // size, width // size, size, size)
    return rows.swapaxes(-3, -2).reshape(*leading, height, width)


def vision_params(
    rng, *, shape, size, n_classes, d_model, n_layers, n_heads, d_hidden=None, positions=True
):
    """Draw the parameters that a Vision Transformer begins with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    shape : tuple of int
        Height and width of the pictures.
    size : int
        Pixels on a side of a patch.
    n_classes : int
        How many kinds of pictures there are.
    d_model, n_layers, n_heads, d_hidden
        As in `transformer_params`.
    positions : bool, default True
        Whether it learns where a patch stands.

    Returns
    -------
    dict of str to ndarray of float32
        Those of a stack of blocks, with ``patch.w, patch.b`` in place of a table of words, the ``class``
        token, and ``positions`` with a row for that token and one for each patch.

    Raises
    ------
    TypeError, ValueError
        As in `transformer_params`, or if pictures can't be cut into such patches.
    """
    n_patches, n_pixels = to_patches(np.zeros(shape), size).shape
    sizes = {"d_model": d_model, "n_layers": n_layers, "n_heads": n_heads, "d_hidden": d_hidden}
    kind = "learned" if positions else "none"
    params = transformer_params(rng, n_words=n_classes, positions=kind, length=n_patches + 1, **sizes)
    del params["tokens"]
    reach = math.sqrt(6 / (n_pixels + d_model))
    drawn = {
        "patch.w": rng.uniform(-reach, reach, (n_pixels, d_model)),
        "patch.b": np.zeros(d_model),
        "class": 0.1 * rng.standard_normal((1, d_model)),
    }
    return params | {name: value.astype(np.float32) for name, value in drawn.items()}


def see(params, patches, *, n_heads):
    """Return the tokens of pictures after all blocks: first the class token's, then one for each patch.

    Parameters
    ----------
    params : dict of str to array of float
        The parameters, as from `vision_params`.
    patches : array_like of float, shape (..., n_patches, size ** 2)
        The patches of each picture, as from `to_patches`.
    n_heads : int
        The number of heads that the parameters were made for.

    Returns
    -------
    array of float, shape (..., 1 + n_patches, d_model)
        The tokens.

    Raises
    ------
    TypeError
        If the patches don't hold numbers.
    ValueError
        If the patches have another size, or are more or fewer than there are positions.

    References
    ----------
    Dosovitskiy et al., "An image is worth 16x16 words", 2021, equations 1 to 4.
    """
    patches = as_float("patches", patches).astype(value_of(params["patch.w"]).dtype, copy=False)
    require_tokens("patches", patches)
    x = linear(patches, params["patch.w"], params["patch.b"])  # (..., n_patches, d_model)
    one_each = np.zeros((*x.shape[:-2], 1, x.shape[-1]), patches.dtype)
    x = concat(params["class"] + one_each, x, axis=-2)  # (..., 1 + n_patches, d_model)
    if "positions" in params:
        if params["positions"].shape[0] != x.shape[-2]:
            expected = params["positions"].shape[0] - 1
            raise ValueError(f"patches must be {expected} a picture, got {x.shape[-2] - 1}")
        x = x + params["positions"]
    for i in range(sum(name.endswith(".feed.w_1") for name in params)):
        x = block(params, f"block{i}", x, n_heads=n_heads)
    return layer_norm(x, params["norm.gain"], params["norm.shift"])


def vit(params, patches, *, n_heads):
    """Return a score for each kind of picture, read off the class token.

    Parameters
    ----------
    params, patches, n_heads
        As in `see`.

    Returns
    -------
    array of float, shape (..., n_classes)
        The logits, for `softmax` or `cross_entropy`.

    Raises
    ------
    TypeError, ValueError
        As in `see`.

    Notes
    -----
    It is given patches and not pictures, so that they can be shuffled on the way. Without positions, their
    order makes no difference.

    Examples
    --------
    >>> sizes = {"d_model": 8, "n_layers": 2, "n_heads": 2, "n_classes": 10}
    >>> params = vision_params(np.random.default_rng(0), shape=(6, 9), size=3, **sizes)
    >>> vit(params, to_patches(np.ones((5, 6, 9)), 3), n_heads=2).shape
    (5, 10)
    """
    return linear(see(params, patches, n_heads=n_heads)[..., 0, :], params["out.w"], params["out.b"])


def picture_loss(params, patches, kinds, *, n_heads):
    """Return the mean surprise at what pictures show.

    Parameters
    ----------
    params, patches, n_heads
        As in `see`.
    kinds : array_like of int, shape (...)
        What each shows.

    Returns
    -------
    array of float, shape ()
        In nats a picture.

    Raises
    ------
    TypeError, ValueError
        As in `see` and `cross_entropy`.
    """
    return cross_entropy(vit(params, patches, n_heads=n_heads), kinds)
