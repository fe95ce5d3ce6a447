"""Scenes: who is lit, and where vectors point."""

import numpy as np

from attnlib.plots.styling import (
    PALETTE,
    SERIES,
    new_axes,
    numbers,
    require_weights,
    style,
    written,
)


def spotlight(tokens, query, weights, *, ax=None, fmt=".2f"):
    """Draw one query's attention as beams on a stage: as wide at the floor as the weights.

    Parameters
    ----------
    tokens : sequence of str, of length T_k
        The keys, from left to right.
    query : int or str
        Who asks: a position in `tokens`, or a name that needn't be among them.
    weights : array_like of float, shape (T_k,)
        The weights of the tokens, between 0 and 1.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    fmt : str or callable, default ".2f"
        How a weight is written.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there isn't one weight in [0, 1] for each token, or `query` is no position in `tokens`.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = spotlight(["Banquo", "Witches"], "Macbeth", [0.25, 0.75])
    >>> plt.close(ax.figure)
    """
    tokens = list(tokens)
    weights = numbers("weights", weights, (len(tokens),))
    require_weights(weights)
    asker = query
    if not isinstance(query, str):
        if not 0 <= query < len(tokens):
            raise ValueError(
                f"query must be a position in tokens: expected 0 to {len(tokens) - 1}, got {query}"
            )
        asker = tokens[query]
    with style():
        ax = new_axes(ax)
        lamp = (len(tokens) - 1) / 2
        for place, (token, weight) in enumerate(zip(tokens, weights, strict=True)):
            half = 0.48 * weight
            ax.fill(
                [lamp - 0.03, lamp + 0.03, place + half, place - half],
                [1, 1, 0, 0],
                color=PALETTE["orange"],
                alpha=0.35 + 0.45 * weight,
                linewidth=0.6,
            )
            own = not isinstance(query, str) and place == query
            ax.text(place, -0.07, token, ha="center", va="top", weight="bold" if own else "normal")
            ax.text(place, -0.21, written(weight, fmt), ha="center", va="top", color=PALETTE["grey"])
        ax.plot([-0.5, len(tokens) - 0.5], [0, 0], color=PALETTE["ink"], linewidth=2)
        ax.plot([lamp], [1.02], marker="v", markersize=13, color=PALETTE["ink"])
        ax.text(lamp, 1.1, f"{asker} asks", ha="center", va="bottom", weight="bold")
        ax.set(xlim=(-0.55, len(tokens) - 0.45), ylim=(-0.36, 1.25))
        ax.set_axis_off()
    return ax


def arrows(vectors, labels, *, ax=None):
    """Draw vectors in the plane as arrows from the origin, with equal units on both axes.

    Parameters
    ----------
    vectors : array_like of float, shape (n, 2)
        One to four vectors, none of them zero.
    labels : sequence of str, of length n
        What is written beside the tips.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there isn't one label for each vector, or there are more than four vectors, none, or one of
        length 0.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = arrows([[3, 1], [-1, 3]], ["query", "key"])
    >>> [text.get_text() for text in ax.texts]
    ['query', 'key']
    >>> plt.close(ax.figure)
    """
    labels = list(labels)
    vectors = numbers("vectors", vectors, (len(labels), 2))
    if not 1 <= len(vectors) <= len(SERIES):
        raise ValueError(f"vectors must hold 1 to {len(SERIES)} vectors, got {len(vectors)}")
    lengths = np.hypot(*vectors.T)
    if (lengths == 0.0).any():
        raise ValueError("vectors must not hold a zero vector: it has no direction to draw")
    with style():
        ax = new_axes(ax)
        colors = SERIES[: len(vectors)]
        ax.quiver(
            *np.zeros_like(vectors.T), *vectors.T, color=colors, angles="xy", scale_units="xy", scale=1
        )
        beside = vectors[:, ::-1] * [1, -1] / lengths[:, None]  # ahead, a longer arrow may go on
        for tip, (x, y), label, color in zip(vectors, beside, labels, colors, strict=True):
            ha = "left" if x > 0.3 else "right" if x < -0.3 else "center"
            va = "bottom" if y > 0.3 else "top" if y < -0.3 else "center"
            offset = {"xytext": (4 * x, 4 * y), "textcoords": "offset points"}
            ax.annotate(label, tip, color=color, ha=ha, va=va, weight="bold", **offset)
        corners = np.vstack([vectors, np.zeros((1, 2))])
        low, high = corners.min(axis=0), corners.max(axis=0)
        room = 0.18 * (high - low).max()
        ax.set(xlim=(low[0] - 2 * room, high[0] + 2 * room), ylim=(low[1] - room, high[1] + room))
        ax.set_aspect("equal")
        ax.axhline(0, color=PALETTE["grey"], linewidth=0.6, zorder=0)
        ax.axvline(0, color=PALETTE["grey"], linewidth=0.6, zorder=0)
    return ax
