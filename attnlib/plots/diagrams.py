"""Diagrams: the way from tokens to context, the shapes of a product to scale, and a tape."""

import matplotlib.pyplot as plt

from attnlib.plots.styling import PALETTE, SERIES, bare_axes, new_axes, style, tint


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
        ax = bare_axes(ax, (5.0, 6.2))
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
        ax = new_axes(ax, figsize=(5.0, 2.0))
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


def tape(made_from, steps_back, *, ax=None):
    """Draw what a computation recorded: values go down from box to box, gradients come up again.

    Parameters
    ----------
    made_from : dict of str to sequence of str
        For each variable the names of those it was made from, which come before it; none for a parameter.
        A variable stands one row below the lowest of them.
    steps_back : sequence of str
        What is written beside each row, from the top: how its gradients are found.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a variable is made from one that doesn't come before it, or there isn't a text for each row.

    Examples
    --------
    >>> ax = tape({"w": (), "loss": ("w",)}, ["dw = x dL", "dL = 1"])
    >>> len(ax.patches)
    2
    >>> plt.close(ax.figure)
    """
    depth = {}
    for name, parents in made_from.items():
        if unknown := [parent for parent in parents if parent not in depth]:
            raise ValueError(
                f"{name} must come after what it is made from, got {unknown[0]} later or never"
            )
        depth[name] = 1 + max((depth[parent] for parent in parents), default=-1)
    n_rows = 1 + max(depth.values(), default=-1)
    if len(steps_back) != n_rows:
        raise ValueError(
            f"steps_back must hold a text for each row: expected {n_rows}, got {len(steps_back)}"
        )
    rows = [[name for name in depth if depth[name] == row] for row in range(n_rows)]
    places = {
        name: (2.7 * (place + 0.5) / len(names), -1.05 * row)
        for row, names in enumerate(rows)
        for place, name in enumerate(names)
    }
    with style():
        ax = bare_axes(ax, (5.0, 1.05 * n_rows))
        for name, (x, y) in places.items():
            box = {"facecolor": tint(0.12), "edgecolor": PALETTE["ink"], "lw": 1.4}
            ax.add_patch(plt.Rectangle((x - 0.48, y - 0.2), 0.96, 0.4, **box))
            ax.text(x, y, name, ha="center", va="center")
            for parent in made_from[name]:
                above = places[parent][0], places[parent][1] - 0.22
                for shift, color, ends in (
                    (-0.12, "grey", (above, (x, y + 0.22))),
                    (0.12, "orange", ((x, y + 0.22), above)),
                ):
                    (x0, y0), (x1, y1) = ends
                    arrow = {
                        "arrowstyle": "->",
                        "color": PALETTE[color],
                        "lw": 1.8,
                        "shrinkA": 0,
                        "shrinkB": 0,
                    }
                    ax.annotate("", (x1 + shift, y1), (x0 + shift, y0), arrowprops=arrow)
        for row, text in enumerate(steps_back):
            ax.text(
                3.0, -1.05 * row, text, ha="left", va="center", color=PALETTE["orange"], linespacing=1.4
            )
        ax.set(xlim=(0, 5.0), ylim=(-1.05 * (n_rows - 1) - 0.45, 0.45))
        ax.set_axis_off()
    return ax
