"""What attention to a long text costs: seconds and bytes, measured on the machine that it runs on.

``python -m attnlib.long.costs`` prints the table for this machine, up to ``--to`` tokens. The table that
the book plots is `recorded`; ``--write FILE`` makes one like it.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import time
import tracemalloc
from importlib import resources
from pathlib import Path

import numpy as np

from attnlib._arrays import require_count
from attnlib.dot_product import attention, write_by_rows
from attnlib.long.linear import linear_attention
from attnlib.long.window import windowed_attention
from attnlib.tiled import THREADS
from attnlib.variants import online_attention

#: The features of a head, of a token of the layer, and how far the window reaches on either side.
D_HEAD, D_MODEL, REACH = 64, 256, 128
LENGTHS = (512, 1024, 2048, 4096, 8192, 16384, 32768)


def _whole(q, k, v):
    return attention(q, k, v, return_weights=True)[0]


def _rows(q, k, v):
    context = np.empty_like(q)
    write_by_rows(context, q, k, v)
    return context


def _window(q, k, v):
    return windowed_attention(q, k, v, before=REACH, after=REACH)


def _layer(q, k, v):
    x = np.tile(q, D_MODEL // D_HEAD)  # (T, D_MODEL)
    matrix = np.full((D_MODEL, D_MODEL), 1 / D_MODEL, dtype=q.dtype)
    wide = np.full((D_MODEL, 4 * D_MODEL), 1 / D_MODEL, dtype=q.dtype)
    heads = (_heads(x @ matrix) for _ in range(3))  # queries, keys, values
    mixed = _rows(*heads).swapaxes(0, 1).reshape(x.shape) @ matrix
    return np.maximum(mixed @ wide, 0) @ wide.T


def _heads(x):
    return np.ascontiguousarray(x.reshape(len(x), -1, D_HEAD).swapaxes(0, 1))  # (n_heads, T, D_HEAD)


#: The ways to attend that are measured: functions of q, k and v, of one head, or of a whole layer.
WAYS = {
    "whole table": _whole,
    "rows at a time": _rows,
    "online, blocks of keys": online_attention,
    "window": _window,
    "linear": linear_attention,
    "a layer": _layer,
}


def cost(way, t, *, repeats=1):
    """Measure one way to attend.

    Parameters
    ----------
    way : str
        One of `WAYS`.
    t : int
        The number of tokens.
    repeats : int, default 1
        How often; the fastest counts.

    Returns
    -------
    seconds : float
        Of the processor, summed over its threads, so that other programs don't count.
    nbytes : int
        The most that NumPy held at a time beside the inputs, the result included.

    Raises
    ------
    TypeError
        If a number isn't an integer.
    ValueError
        If `way` isn't one of `WAYS`, or a number is less than 1.

    Notes
    -----
    Memory is measured in a run of its own, since watching it takes time.

    Examples
    --------
    >>> seconds, nbytes = cost("whole table", 512)
    >>> nbytes > 512 * 512 * 4
    True
    """
    if way not in WAYS:
        raise ValueError(f"there is no way called {way!r}; there are {', '.join(WAYS)}")
    t, repeats = require_count("t", t, 1), require_count("repeats", repeats, 1)
    rng = np.random.default_rng(0)
    q, k, v = (rng.standard_normal((t, D_HEAD), dtype=np.float32) for _ in range(3))
    run, seconds = WAYS[way], []
    for _ in range(repeats):
        begun = time.process_time()
        run(q, k, v)
        seconds.append(time.process_time() - begun)
    watched = tracemalloc.is_tracing()
    if not watched:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        run(q, k, v)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        if not watched:
            tracemalloc.stop()
    return min(seconds), peak - before


def fit_quadratic(t, seconds):
    r"""Fit what grows with the length and what grows with its square.

    .. math:: \mathrm{seconds} \approx a \, T + b \, T^2

    Parameters
    ----------
    t : array_like of float, shape (n,)
        Lengths.
    seconds : array_like of float, shape (n,)
        What they took, greater than 0.

    Returns
    -------
    linear, square : float
        The coefficients a and b.

    Raises
    ------
    ValueError
        If there isn't one time, greater than 0, for each of two lengths or more.

    Notes
    -----
    The *relative* errors are made small: otherwise the longest text alone would decide.

    Examples
    --------
    >>> linear, square = fit_quadratic([1000, 2000, 4000], [3.0, 8.0, 24.0])
    >>> round(linear, 6), round(square, 9)
    (0.002, 1e-06)
    """
    t, seconds = np.asarray(t, dtype=float), np.asarray(seconds, dtype=float)
    if t.ndim != 1 or t.shape != seconds.shape or len(t) < 2 or (seconds <= 0).any():
        raise ValueError("t and seconds must be two vectors of the same length, with times greater than 0")
    terms = np.stack([t, t**2], axis=1) / seconds[:, None]
    linear, square = np.linalg.lstsq(terms, np.ones(len(t)), rcond=None)[0]
    return float(linear), float(square)


def recorded():
    """Return the table that was measured for the book.

    Returns
    -------
    dict
        ``machine``, in words; ``lengths``; and by the names of `WAYS` ``seconds`` and ``nbytes``, lists as
        long as the lengths.

    Examples
    --------
    >>> recorded()["lengths"][-1]
    32768
    """
    return json.loads((resources.files("attnlib.long") / "costs.json").read_text("utf-8"))


def measured(lengths, *, repeats=1, progress=print):
    """Measure all of `WAYS`, each time in a new process with one thread.

    Parameters
    ----------
    lengths : sequence of int
        Numbers of tokens.
    repeats : int, default 1
        As in `cost`.
    progress : callable, default print
        Is given a line for each measurement.

    Returns
    -------
    dict
        As `recorded`, without the machine.
    """
    table = {"lengths": list(lengths), "seconds": {}, "nbytes": {}}
    for way in WAYS:
        costs = []
        for t in lengths:
            with _one_thread(), multiprocessing.get_context("spawn").Pool(1) as pool:
                costs.append(pool.apply(cost, (way, t), {"repeats": repeats}))
            seconds, nbytes = costs[-1]
            progress(f"{way:24} {t:6} tokens {seconds:8.3f} s {nbytes / 2**20:8.1f} MiB")
        table["seconds"][way] = [round(seconds, 4) for seconds, _ in costs]
        table["nbytes"][way] = [nbytes for _, nbytes in costs]
    return table


@contextlib.contextmanager
def _one_thread():
    before = dict(os.environ)
    os.environ.update(dict.fromkeys(THREADS, "1"))  # read where a new process imports NumPy
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main(arguments=None):
    """Measure this machine, from the command line."""
    parser = argparse.ArgumentParser(description="Measure seconds and bytes of attention on this machine.")
    parser.add_argument("--to", type=int, default=LENGTHS[-1], metavar="T", help="the longest text")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--write", metavar="FILE", help="write the table as JSON")
    parser.add_argument("--machine", default="", help="what is written of the machine, in general terms")
    options = parser.parse_args(arguments)
    lengths = [t for t in LENGTHS if t <= options.to] or [options.to]
    table = {"machine": options.machine} | measured(lengths, repeats=options.repeats)
    if options.write:
        Path(options.write).write_text(json.dumps(table, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
