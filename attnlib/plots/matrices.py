"""Matrices: attention weights as a heat map, entries in a grid, and products."""

import matplotlib.pyplot as plt
import numpy as np

from attnlib.plots.styling import (
    PALETTE,
    STRONGEST,
    bare_axes,
    new_axes,
    numbers,
    require_weights,
    style,
    tint,
    written,
)


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
    weights = numbers("weights", weights, (len(queries), len(keys)))
    require_weights(weights)
    size = (1.5 + 0.9 * len(keys), 0.9 + 0.55 * len(queries))
    with style():
        ax = new_axes(ax, figsize=size)
        for (i, j), weight in np.ndenumerate(weights):
            ax.add_patch(plt.Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=tint(STRONGEST * weight)))
            ax.text(j, i, written(weight, fmt), ha="center", va="center", color=PALETTE["ink"])
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
        ax = bare_axes(ax, size)
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
