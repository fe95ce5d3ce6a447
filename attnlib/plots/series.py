"""Numbers along an axis: bars, histograms and curves."""

import numpy as np

from attnlib.plots.styling import (
    DASHES,
    PALETTE,
    SERIES,
    new_axes,
    numbers,
    require_weights,
    style,
    written,
)


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
    >>> import matplotlib.pyplot as plt
    >>> ax = bars([0.25, 0.75], ["Banquo", "Witches"])
    >>> plt.close(ax.figure)
    """
    labels = list(labels)
    weights = numbers("weights", weights, (len(labels),))
    require_weights(weights)
    with style():
        ax = new_axes(ax, figsize=(5.0, 0.7 + 0.45 * len(labels)))
        drawn = ax.barh(range(len(labels)), weights, color=PALETTE["blue"])
        ax.bar_label(drawn, [written(weight, fmt) for weight in weights], padding=4)
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
    >>> import matplotlib.pyplot as plt
    >>> ax = score_histogram([0.0, 1.0, 1.0, 2.0], bins=3, label="raw")
    >>> plt.close(ax.figure)
    """
    scores = numbers("scores", scores).ravel()
    if scores.size == 0:
        raise ValueError("scores must not be empty")
    with style():
        ax = new_axes(ax)
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
    >>> import matplotlib.pyplot as plt
    >>> ax = curves([1, 10], {"rising": [0, 1]}, xlabel="temperature", ylabel="weight")
    >>> plt.close(ax.figure)
    """
    x = numbers("x", x, (np.size(x),))
    if (x <= 0).any():
        raise ValueError(f"x must be positive, got {x.min():g}")
    if not 1 <= len(series) <= len(SERIES):
        raise ValueError(f"series must hold 1 to {len(SERIES)} curves, got {len(series)}")
    drawn = {name: numbers(f"series[{name!r}]", y, x.shape) for name, y in series.items()}
    with style():
        ax = new_axes(ax)
        for (name, y), color, dash in zip(drawn.items(), SERIES, DASHES, strict=False):
            ax.plot(x, y, color=color, linestyle=dash, label=name)
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        ax.set(xlabel=xlabel, ylabel=ylabel)
        if len(drawn) > 1:
            ax.legend(frameon=False)
    return ax
