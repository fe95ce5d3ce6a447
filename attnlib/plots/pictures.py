"""Pictures as a model is given them, with what it finds in them and where it looks."""

import numpy as np
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from attnlib.plots.styling import PALETTE, SERIES, STRONGEST, new_axes, numbers, require_weights, style

GROUND = 0.25  # what is darker is noise on the ground, and isn't drawn
STEPS = 10  # so many greys are told apart


def picture(image, boxes=(), labels=(), *, colours=SERIES, weights=None, ax=None):
    """Draw a picture in greys, boxes around what was found, and weights of patches over it.

    Parameters
    ----------
    image : array_like of float, shape (height, width)
        Greys from 0, the ground, to 1; noise on the ground isn't drawn.
    boxes : sequence of array_like, shape (4,)
        Centre (across, down), width and height of each, as shares of the sides.
    labels : sequence of str, optional
        What is written at each box.
    colours : sequence of str, optional
        Of the boxes, one after another, and from the beginning again.
    weights : array_like of float, shape (rows, columns), optional
        Of the patches, between 0 and 1; the larger, the more blue.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `image` isn't a matrix of numbers, or `weights` aren't between 0 and 1.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = picture(np.eye(4), [(0.5, 0.5, 1.0, 1.0)], ["all"])
    >>> [text.get_text() for text in ax.texts]
    ['all']
    >>> plt.close(ax.figure)
    """
    image = numbers("image", image)
    if image.ndim != 2:
        raise ValueError(f"image must be a matrix, got the shape {image.shape}")
    height, width = image.shape
    with style():
        ax = new_axes(ax, figsize=(3.0, 3.0))
        _squares(ax, np.round(np.clip(image, 0, 1) * STEPS) / STEPS * (image > GROUND), 1, 1, "ink")
        if weights is not None:
            weights = numbers("weights", weights)
            require_weights(weights)
            rows, columns = weights.shape
            _squares(ax, weights * STRONGEST, height / rows, width / columns, "blue")
        for i, box in enumerate(boxes):
            across, down, wide, high = np.asarray(box, dtype=float) * (width, height, width, height)
            colour = colours[i % len(colours)]
            corner = (across - wide / 2, down - high / 2)
            ax.add_patch(Rectangle(corner, wide, high, fill=False, edgecolor=colour, linewidth=2))
            if i < len(labels):
                above = corner[1] > 0.12 * height
                y, va = (corner[1], "bottom") if above else (corner[1] + high, "top")
                ax.text(across, y, labels[i], ha="center", va=va, color=colour, weight="bold")
        ax.set(xlim=(0, width), ylim=(height, 0), xticks=[], yticks=[], aspect="equal")
        ax.spines[:].set(visible=True, color=PALETTE["grey"])
    return ax


def _squares(ax, opacities, high, wide, colour):
    """Draw the squares of a colour that are as opaque as each other as one patch."""
    for opacity in np.unique(opacities[opacities > 0]):
        at = np.argwhere(opacities == opacity) * (high, wide)
        squares = [Path.unit_rectangle().vertices * (wide, high) + corner[::-1] for corner in at]
        codes = np.tile(Path.unit_rectangle().codes, len(squares))
        options = {"facecolor": PALETTE[colour], "alpha": float(opacity), "linewidth": 0}
        ax.add_patch(PathPatch(Path(np.concatenate(squares), codes), **options))
