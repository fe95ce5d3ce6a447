"""Figures of the course: attention as beams, heat maps, bars, histograms and curves, in one style.

Figures are drawn in dark ink on white paper. The book's style sheet turns them light on dark where
the page is dark: it inverts lightness and keeps the hue, so a blue bar stays blue.
"""

from contextlib import contextmanager

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

# Okabe and Ito's palette, which stays apart under every common colour blindness
PALETTE = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#008F68",
    "purple": "#A8548A",
    "ink": "#1B2430",
    "grey": "#5A6472",
    "paper": "#FFFFFF",
}
SERIES = tuple(PALETTE[name] for name in ("blue", "orange", "green", "purple"))
DASHES = ("-", "--", "-.", ":")
BEAM = LinearSegmentedColormap.from_list("beam", [PALETTE["paper"], PALETTE["blue"]])

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


@contextmanager
def style():
    """Give new figures the course's style inside a with block; every function here uses it.

    Only the settings of the style are put back at the end: `matplotlib.rc_context` puts back all, and
    with them the interactive mode that a notebook's backend turns on when it draws its first figure.

    Examples
    --------
    >>> with style():
    ...     figure, axes = plt.subplots(1, 2)
    >>> plt.close(figure)
    """
    before = {name: plt.rcParams[name] for name in STYLE}
    plt.rcParams.update(STYLE)
    try:
        yield
    finally:
        plt.rcParams.update(before)


def heatmap(weights, queries, keys, *, ax=None, fmt=".2f"):
    """Draw attention weights as a matrix: a row for each query, a column for each key.

    Parameters
    ----------
    weights : array_like of float, shape (T_q, T_k)
        Weights between 0 and 1; 0 is drawn white and 1 in full colour.
    queries, keys : sequence of str, of length T_q and T_k
        The labels.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    fmt : str or callable, default ".2f"
        How a weight is written in its cell: a format specification, or a function that returns the text.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `weights` isn't a matrix with one row per query and one column per key, or not in [0, 1].

    Examples
    --------
    >>> ax = heatmap([[0.25, 0.75]], ["Macbeth"], ["Banquo", "Witches"])
    >>> [text.get_text() for text in ax.texts]
    ['0.25', '0.75']
    >>> plt.close(ax.figure)
    """
    queries, keys = list(queries), list(keys)
    weights = _numbers("weights", weights, (len(queries), len(keys)))
    _require_weights(weights)
    size = (1.5 + 0.9 * len(keys), 0.9 + 0.55 * len(queries))
    with style():
        ax = _axes(ax, figsize=size)
        ax.imshow(weights, cmap=BEAM, vmin=0, vmax=1, aspect="auto")
        ax.set_xticks(range(len(keys)), keys)
        ax.set_yticks(range(len(queries)), queries)
        ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
        ax.spines[:].set_visible(False)
        ax.set_xticks(np.arange(1, len(keys)) - 0.5, minor=True)
        ax.set_yticks(np.arange(1, len(queries)) - 0.5, minor=True)
        ax.grid(which="minor", color=PALETTE["paper"], linewidth=2)
        ax.tick_params(which="minor", length=0)
        for (i, j), weight in np.ndenumerate(weights):
            color = PALETTE["paper"] if weight > 0.85 else PALETTE["ink"]  # contrast is at least 4:1
            ax.text(j, i, _written(weight, fmt), ha="center", va="center", color=color)
        ax.set_xlabel("keys", color=PALETTE["grey"], labelpad=8)
        ax.set_ylabel("queries", color=PALETTE["grey"], labelpad=8)
        ax.xaxis.set_label_position("top")
    return ax


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
    >>> ax = spotlight(["Banquo", "Witches"], "Macbeth", [0.25, 0.75])
    >>> plt.close(ax.figure)
    """
    tokens = list(tokens)
    weights = _numbers("weights", weights, (len(tokens),))
    _require_weights(weights)
    asker = query
    if not isinstance(query, str):
        if not 0 <= query < len(tokens):
            raise ValueError(
                f"query must be a position in tokens: expected 0 to {len(tokens) - 1}, got {query}"
            )
        asker = tokens[query]
    with style():
        ax = _axes(ax)
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
            ax.text(place, -0.21, _written(weight, fmt), ha="center", va="top", color=PALETTE["grey"])
        ax.plot([-0.5, len(tokens) - 0.5], [0, 0], color=PALETTE["ink"], linewidth=2)
        ax.plot([lamp], [1.02], marker="v", markersize=13, color=PALETTE["ink"])
        ax.text(lamp, 1.1, f"{asker} asks", ha="center", va="bottom", weight="bold")
        ax.set(xlim=(-0.55, len(tokens) - 0.45), ylim=(-0.36, 1.25))
        ax.set_axis_off()
    return ax


def bars(weights, labels, *, ax=None, fmt=".2f"):
    """Draw weights as bars from 0 to 1, each with its value at its end.

    Parameters
    ----------
    weights : array_like of float, shape (n,)
        Weights between 0 and 1.
    labels : sequence of str, of length n
        From top to bottom.
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
        If there isn't one weight in [0, 1] for each label.

    Examples
    --------
    >>> ax = bars([0.25, 0.75], ["Banquo", "Witches"])
    >>> plt.close(ax.figure)
    """
    labels = list(labels)
    weights = _numbers("weights", weights, (len(labels),))
    _require_weights(weights)
    with style():
        ax = _axes(ax, figsize=(5.0, 0.7 + 0.45 * len(labels)))
        drawn = ax.barh(range(len(labels)), weights, color=PALETTE["blue"])
        ax.bar_label(drawn, [_written(weight, fmt) for weight in weights], padding=4)
        ax.set_yticks(range(len(labels)), labels)
        ax.set(xlim=(0, 1.15), xticks=[0, 0.5, 1])
        ax.tick_params(axis="y", length=0)
        ax.invert_yaxis()
    return ax


def score_histogram(scores, *, label=None, bins=40, ax=None):
    """Draw how scores are spread, as the share of scores per unit; call it again on `ax` to compare.

    Parameters
    ----------
    scores : array_like of float, any shape
        Finite scores.
    label : str, optional
        The name of these scores in the legend.
    bins : int or sequence of float, default 40
        As for `numpy.histogram`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are no scores, or one isn't finite.

    Examples
    --------
    >>> ax = score_histogram([0.0, 1.0, 1.0, 2.0], bins=3, label="raw")
    >>> plt.close(ax.figure)
    """
    scores = _numbers("scores", scores).ravel()
    if scores.size == 0:
        raise ValueError("scores must not be empty")
    with style():
        ax = _axes(ax)
        color = SERIES[len(ax.patches) % len(SERIES)]
        ax.hist(scores, bins=bins, density=True, histtype="stepfilled", color=color, alpha=0.7, label=label)
        ax.set(xlabel="score", ylabel="density")
        if label is not None:
            ax.legend(frameon=False)
    return ax


def curves(x, series, *, xlabel, ylabel, ax=None):
    """Draw named curves over a positive, logarithmic x axis, told apart by colour and by dashes.

    Parameters
    ----------
    x : array_like of float, shape (n,)
        Positive numbers.
    series : dict of str to array_like of float, shape (n,)
        The curves, by the name that the legend gives them.
    xlabel, ylabel : str
        What the axes show.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are more than four curves or none, if one isn't as long as `x`, or an x isn't positive.

    Examples
    --------
    >>> ax = curves([1, 10], {"rising": [0, 1]}, xlabel="temperature", ylabel="weight")
    >>> plt.close(ax.figure)
    """
    x = _numbers("x", x, (np.size(x),))
    if (x <= 0).any():
        raise ValueError(f"x must be positive, got {x.min():g}")
    if not 1 <= len(series) <= len(SERIES):
        raise ValueError(f"series must hold 1 to {len(SERIES)} curves, got {len(series)}")
    drawn = {name: _numbers(f"series[{name!r}]", y, x.shape) for name, y in series.items()}
    with style():
        ax = _axes(ax)
        for (name, y), color, dash in zip(drawn.items(), SERIES, DASHES, strict=False):
            ax.plot(x, y, color=color, linestyle=dash, label=name)
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.set(xlabel=xlabel, ylabel=ylabel)
        if len(drawn) > 1:
            ax.legend(frameon=False)
    return ax


def _axes(ax, figsize=None):
    """Return `ax`, or the axes of a new figure, with ticks of the course's style."""
    if ax is None:
        _, ax = plt.subplots(figsize=figsize)
    ax.tick_params(which="both", colors=PALETTE["ink"], labelsize=STYLE["xtick.labelsize"])
    return ax


def _numbers(name, value, shape=None):
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers, got {value!r}") from None
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name} must have one number for each label: expected {shape}, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite")
    return array


def _require_weights(weights):
    if weights.size == 0:
        raise ValueError("weights must not be empty")
    if weights.min() < 0 or weights.max() > 1 + 1e-6:
        raise ValueError(
            f"weights must be between 0 and 1, got {weights.min():g} to {weights.max():g}; "
            "scores have to pass through softmax first"
        )


def _written(value, fmt):
    return fmt(value) if callable(fmt) else format(value, fmt)


def shapes(parts, *, ax=None):
    """Draw a product of matrices as rectangles to scale, each with its name above and its sizes around it.

    Parameters
    ----------
    parts : sequence of str or (name, rows, columns, (str, str))
        From left to right: a sign such as "=", or a matrix with its two sizes and the labels of its
        rows and columns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is no matrix among the parts, or a size isn't positive.

    Examples
    --------
    >>> ax = shapes([("q", 2, 3, ("T_q", "d_k")), "=", ("q", 2, 3, ("T_q", "d_k"))])
    >>> len(ax.patches)
    2
    >>> plt.close(ax.figure)
    """
    sizes = [part[1:3] for part in parts if not isinstance(part, str)]
    if not sizes:
        raise ValueError("parts must hold a matrix")
    if min(min(size) for size in sizes) <= 0:
        raise ValueError(f"sizes must be positive, got {sizes}")
    unit = 1 / max(rows for rows, _ in sizes)
    gap = 0.32
    with style():
        ax = _axes(ax, figsize=(5.0, 2.0))
        right, n_drawn = 0.0, 0
        for part in parts:
            if isinstance(part, str):
                ax.text(right, 0, part, ha="center", va="center")
                right += gap
                continue
            name, rows, columns, (row_label, column_label) = part
            width, height = columns * unit, rows * unit
            left = right + gap
            color = SERIES[n_drawn % len(SERIES)]
            corner = (left, -height / 2)
            ax.add_patch(plt.Rectangle(corner, width, height, facecolor=color, edgecolor=color, alpha=0.35))
            ax.text(left + width / 2, 0, name, ha="center", va="center", weight="bold")
            ax.text(left - 0.06, 0, row_label, ha="right", va="center", color=PALETTE["grey"])
            below = -height / 2 - 0.06
            ax.text(left + width / 2, below, column_label, ha="center", va="top", color=PALETTE["grey"])
            right = left + width + gap / 2
            n_drawn += 1
        ax.set(xlim=(-0.05, right), ylim=(-0.75, 0.55), aspect="equal")
        ax.set_axis_off()
    return ax
