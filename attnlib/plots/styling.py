"""The style of the course's figures, and what they have in common."""

from contextlib import contextmanager

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba

# Okabe and Ito's palette, which stays apart under every common colour blindness, dark enough for text
PALETTE = {
    "blue": "#0072B2",
    "orange": "#C25400",
    "green": "#007F5C",
    "purple": "#A8548A",
    "lamp": "#F0A830",  # the light of the logo; too pale for lines and text
    "ink": "#1B2430",
    "grey": "#5A6472",
    "paper": "#FFFFFF",
}
# the same on a dark page
DARK = {
    "blue": "#3391D6",
    "orange": "#E8863A",
    "green": "#2FA980",
    "purple": "#C77BAA",
    "lamp": "#F0A830",
    "ink": "#E4E9EF",
    "grey": "#A3AEBB",
    "paper": "#12181F",
}
STRONGEST = 0.7  # the opacity of a weight of 1: numbers on it have a contrast of 4.5:1, light or dark
SERIES = tuple(PALETTE[name] for name in ("blue", "orange", "green", "purple"))
DASHES = ("-", "--", "-.", ":")

# 5 inches wide with 12 point text: the text is still 11 px high on a phone of 390 px
STYLE = {
    "figure.figsize": (5.0, 3.0),
    "figure.dpi": 200,
    "figure.facecolor": PALETTE["paper"],
    "figure.constrained_layout.use": True,
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.labelsize": 12,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "legend.fontsize": 12,
    "text.color": PALETTE["ink"],
    "axes.labelcolor": PALETTE["ink"],
    "axes.edgecolor": PALETTE["grey"],
    "axes.facecolor": PALETTE["paper"],
    "xtick.color": PALETTE["ink"],
    "ytick.color": PALETTE["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 2.2,
}


def tint(weight):
    """Return the palette's blue, as opaque as a weight between 0 and 1.

    Examples
    --------
    >>> tint(0.25)
    (0.0, 0.4470588235294118, 0.6980392156862745, 0.25)
    """
    return to_rgba(PALETTE["blue"], float(weight))


@contextmanager
def style(more=None):
    """Give new figures the course's style inside a with block; every function here uses it.

    `more` are further settings of Matplotlib's for the same block, as a dict.

    Only the settings of the style are put back at the end: `matplotlib.rc_context` puts back all, and
    with them the interactive mode that a notebook's backend turns on when it draws its first figure.

    Examples
    --------
    >>> with style():
    ...     figure, axes = plt.subplots(1, 2)
    >>> plt.close(figure)
    """
    settings = STYLE | (more or {})
    before = {name: plt.rcParams[name] for name in settings}
    plt.rcParams.update(settings)
    try:
        yield
    finally:
        plt.rcParams.update(before)


def new_axes(ax, figsize=None):
    """Return `ax`, or the axes of a new figure, with ticks of the course's style."""
    if ax is None:
        _, ax = plt.subplots(figsize=figsize)
    ax.tick_params(which="both", colors=PALETTE["ink"], labelsize=STYLE["xtick.labelsize"])
    return ax


def bare_axes(ax, figsize):
    """Return `ax`, or axes that fill a new figure."""
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout=None)
        ax.set_position([0, 0, 1, 1])
    return ax


def numbers(name, value, shape=None):
    """Return a value as an array of floats.

    Raises
    ------
    ValueError
        If it isn't one, has another shape, or isn't finite.
    """
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers, got {value!r}") from None
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name} must have one number for each label: expected {shape}, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite")
    return array


def require_weights(weights):
    """Raise ValueError unless an array holds weights, between 0 and 1."""
    if weights.size == 0:
        raise ValueError("weights must not be empty")
    if weights.min() < 0 or weights.max() > 1 + 1e-6:
        raise ValueError(
            f"weights must be between 0 and 1, got {weights.min():g} to {weights.max():g}; "
            "scores have to pass through softmax first"
        )


def written(value, fmt):
    """Return a number as text, by a format specification or a function."""
    return fmt(value) if callable(fmt) else format(value, fmt)
