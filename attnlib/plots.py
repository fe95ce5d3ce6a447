"""Figures of the course: attention as beams, heat maps, bars, histograms and curves, in one style.

Figures are drawn in dark ink on white paper, with no colours but those of `PALETTE`; a tint is a
transparent colour. So a dark page gets its figure by putting the colours of `DARK` in their place.
"""

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


def heatmap(weights, queries, keys, *, ax=None, fmt=".2f"):
    """Draw attention weights as a matrix: a row for each query, a column for each key.

    Parameters
    ----------
    weights : array_like of float, shape (T_q, T_k)
        Weights between 0 and 1; the larger, the more colour.
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
        for (i, j), weight in np.ndenumerate(weights):
            ax.add_patch(plt.Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=tint(STRONGEST * weight)))
            ax.text(j, i, _written(weight, fmt), ha="center", va="center", color=PALETTE["ink"])
        ax.set(xlim=(-0.5, len(keys) - 0.5), ylim=(len(queries) - 0.5, -0.5))
        ax.set_xticks(range(len(keys)), keys)
        ax.set_yticks(range(len(queries)), queries)
        ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
        ax.spines[:].set_visible(False)
        ax.set_xticks(np.arange(1, len(keys)) - 0.5, minor=True)
        ax.set_yticks(np.arange(1, len(queries)) - 0.5, minor=True)
        ax.grid(which="minor", color=PALETTE["paper"], linewidth=2)
        ax.tick_params(which="minor", length=0)
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


def _bare_axes(ax, figsize):
    """Return `ax`, or axes that fill a new figure."""
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout=None)
        ax.set_position([0, 0, 1, 1])
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
    >>> ax = arrows([[3, 1], [-1, 3]], ["query", "key"])
    >>> [text.get_text() for text in ax.texts]
    ['query', 'key']
    >>> plt.close(ax.figure)
    """
    labels = list(labels)
    vectors = _numbers("vectors", vectors, (len(labels), 2))
    if not 1 <= len(vectors) <= len(SERIES):
        raise ValueError(f"vectors must hold 1 to {len(SERIES)} vectors, got {len(vectors)}")
    lengths = np.hypot(*vectors.T)
    if (lengths == 0.0).any():
        raise ValueError("vectors must not hold a zero vector: it has no direction to draw")
    with style():
        ax = _axes(ax)
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


def grid(ax, entries, *, at=(0, 0), cell=(0.4, 0.3), name=None, rows=(), columns=(), fills=(), size=12):
    """Draw a matrix as ruled cells, one entry in each.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw, in the units of its data; y points up.
    entries : array_like, shape (n, m)
        What is written in the cells; None leaves a cell blank.
    at : tuple of float, default (0, 0)
        The upper left corner, (x, y).
    cell : tuple of float, default (0.4, 0.3)
        The width and the height of a cell.
    name : str, optional
        What is written below the matrix.
    rows, columns : sequence of str, optional
        The labels, at the left and, aslant, above.
    fills : collection of tuple of int
        The cells (i, j) to be tinted.
    size : float, default 12
        The size of the text in points.

    Returns
    -------
    matplotlib.axes.Axes
        `ax`.

    Examples
    --------
    >>> figure, ax = plt.subplots()
    >>> ax = grid(ax, [[1, None]], name="half filled")
    >>> [text.get_text() for text in ax.texts]
    ['1', 'half filled']
    >>> plt.close(figure)
    """
    entries = np.asarray(entries, dtype=object)
    (left, top), (width, height) = at, cell
    n, m = entries.shape
    centred = {"ha": "center", "va": "center", "fontsize": size}
    for (i, j), entry in np.ndenumerate(entries):
        corner = (left + j * width, top - (i + 1) * height)
        fill = tint(0.25) if (i, j) in fills else PALETTE["paper"]
        ax.add_patch(
            plt.Rectangle(corner, width, height, facecolor=fill, edgecolor=PALETTE["grey"], lw=0.8)
        )
        if entry is not None:
            ax.text(corner[0] + width / 2, corner[1] + height / 2, str(entry), **centred)
    outline = {"fill": False, "edgecolor": PALETTE["ink"], "lw": 1.6}
    ax.add_patch(plt.Rectangle((left, top - n * height), m * width, n * height, **outline))
    for i, label in enumerate(rows):
        y = top - (i + 0.5) * height
        ax.text(left - 0.1, y, label, ha="right", va="center", fontsize=size)
    for j, label in enumerate(columns):
        x = left + (j + 0.35) * width
        slant = {"rotation": 45, "rotation_mode": "anchor", "fontsize": size}
        ax.text(x, top + 0.08, label, ha="left", va="bottom", **slant)
    if name is not None:
        below = top - n * height - 0.08
        ax.text(left + m * width / 2, below, name, ha="center", va="top", fontsize=size, weight="bold")
    return ax


def product(left, right, result, names, *, rows, inner=(), columns=(), mark=None, ax=None):
    """Draw a matrix product with the second factor above the result: an entry stands where its parts cross.

    Parameters
    ----------
    left, right, result : array_like, shapes (n, m), (m, p) and (n, p)
        The factors and their product; the entries are written as they are.
    names : sequence of three str
        The names of the three.
    rows : sequence of str, of length n
        The labels of the rows of `left`.
    inner : sequence of str, of length m, optional
        The labels of the rows of `right`.
    columns : sequence of str, of length p, optional
        The labels of the columns of `right`.
    mark : tuple of int, optional
        An entry (i, j) of the result, to be tinted with the row and the column that make it.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Examples
    --------
    >>> ax = product([[1, 2]], [[3], [4]], [[11]], ["a", "b", "ab"], rows=["Macbeth"], mark=(0, 0))
    >>> plt.close(ax.figure)
    """
    left, right, result = (np.asarray(matrix, dtype=object) for matrix in (left, right, result))
    (n, m), p = left.shape, right.shape[-1]
    if right.shape != (m, p) or result.shape != (n, p):
        raise ValueError(
            f"left, right and result must be (n, m), (m, p) and (n, p): got {left.shape}, {right.shape}, "
            f"{result.shape}"
        )
    i, j = (None, None) if mark is None else mark
    height, gap = 0.3, 0.45
    width, result_width = (
        max(0.36, 0.1 + 0.105 * max(len(str(entry)) for matrix in matrices for entry in matrix.flat))
        for matrices in ([left], [right, result])
    )
    over = m * width + 0.2
    labels = 0.2 + 0.1 * max(map(len, rows))
    slant = 0.15 + 0.085 * max(map(len, columns), default=0)
    size = (labels + over + p * result_width + slant / 2 + 0.1, (m + n) * height + 2 * gap + slant)
    with style():
        ax = _bare_axes(ax, size)
        tinted = {
            "left": {(i, c) for c in range(m)},
            "right": {(r, j) for r in range(m)},
            "result": {(i, j)},
        }
        grid(ax, left, cell=(width, height), name=names[0], rows=rows, fills=tinted["left"])
        above = {"at": (over, m * height + gap), "rows": inner, "columns": columns}
        grid(ax, right, cell=(result_width, height), name=names[1], fills=tinted["right"], **above)
        beside = {"at": (over, 0), "name": names[2], "fills": tinted["result"]}
        grid(ax, result, cell=(result_width, height), **beside)
        ax.set(xlim=(-labels, size[0] - labels), ylim=(-n * height - gap, size[1] - n * height - gap))
        ax.set_axis_off()
    return ax


def roadmap(shapes, *, ax=None):
    """Draw the five steps of attention as a map, from the tokens to the context.

    Parameters
    ----------
    shapes : dict of str to tuple of int
        The shapes of ``x, q, k, v, scores, scaled_scores, weights`` and ``context``.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> names = "x q k v scores scaled_scores weights context".split()
    >>> ax = roadmap(dict.fromkeys(names, (4, 3)))
    >>> plt.close(ax.figure)
    """
    places = {
        "x": (2.0, 5.6),
        "q": (0.75, 4.5),
        "k": (2.0, 4.5),
        "v": (3.25, 4.5),
        "scores": (1.375, 3.4),
        "scaled_scores": (1.375, 2.3),
        "weights": (1.375, 1.2),
        "context": (2.0, 0.1),
    }
    wide = {"scores", "scaled_scores", "weights", "context"}
    with style():
        ax = _bare_axes(ax, (5.0, 6.2))
        for name, (x, y) in places.items():
            half = 0.85 if name in wide else 0.5
            corner = (x - half, y - 0.25)
            box = {"facecolor": tint(0.12), "edgecolor": PALETTE["ink"], "lw": 1.4}
            ax.add_patch(plt.Rectangle(corner, 2 * half, 0.5, **box))
            rows, columns = shapes[name]
            label = f"{name.replace('_', ' ')}\n{rows} × {columns}"
            ax.text(x, y, label, ha="center", va="center", linespacing=1.25)
        for start, end in (
            [(places["x"], places[name]) for name in "qkv"]
            + [((0.75, 4.5), (1.15, 3.4)), ((2.0, 4.5), (1.6, 3.4))]
            + [((1.375, y), (1.375, y - 1.1)) for y in (3.4, 2.3)]
            + [((1.375, 1.2), (1.75, 0.1)), ((3.25, 4.5), (2.65, 0.1))]
        ):
            (x0, y0), (x1, y1) = start, end
            arrow = {"arrowstyle": "->", "color": PALETTE["grey"], "lw": 1.6, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (x1, y1 + 0.27), (x0, y0 - 0.25), arrowprops=arrow)
        steps = ["project", "compare", "scale", "softmax", "mix"]
        for number, (step, y) in enumerate(zip(steps, (4.5, 3.4, 2.3, 1.2, 0.1), strict=True), start=1):
            badge = {"boxstyle": "circle,pad=0.25", "facecolor": PALETTE["orange"], "edgecolor": "none"}
            centred = {"ha": "center", "va": "center", "color": PALETTE["paper"]}
            ax.text(4.05, y, str(number), weight="bold", bbox=badge, **centred)
            ax.text(4.28, y, step, ha="left", va="center")
        ax.set(xlim=(0.15, 5.15), ylim=(-0.25, 5.95))
        ax.set_axis_off()
    return ax


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
