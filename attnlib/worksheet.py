"""The worked example on paper: a sheet with empty boxes, and its key."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_pdf import PdfPages

from attnlib.byhand import MACBETH, example, steps
from attnlib.plots import grid

A4 = (8.27, 11.69)  # inches
CELL = (0.37, 0.32)
WIDE = (0.62, 0.32)  # holds a fraction
# print is black on white; a font of type 42 keeps its text searchable, so that answers can be checked
PRINT = {"pdf.fonttype": 42, "text.color": "black", "font.family": "DejaVu Sans"}


def write_worksheet(folder, *, seed=None):
    """Write the blank worksheet and its key as A4 PDFs.

    Parameters
    ----------
    folder : path-like
        Where to write; it is made if it doesn't exist.
    seed : int, optional
        Which example of `attnlib.byhand.example`; by default the first one, `MACBETH`.

    Returns
    -------
    list of pathlib.Path
        The worksheet and the key: ``worksheet.pdf`` and ``worksheet-key.pdf``, or with a seed of 7
        ``worksheet-7.pdf`` and ``worksheet-7-key.pdf``.

    Raises
    ------
    OSError
        If the folder can't be made or written to.

    Notes
    -----
    The same seed gives the same bytes.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    worked = MACBETH if seed is None else example(seed)
    stem = "worksheet" if seed is None else f"worksheet-{seed}"
    written = []
    for solved, name in ((False, f"{stem}.pdf"), (True, f"{stem}-key.pdf")):
        target = folder / name
        _write(target, worked, solved=solved, heading=_heading(seed, solved=solved))
        written.append(target)
    return written


def _heading(seed, *, solved):
    sheet = "Attention by hand" if seed is None else f"Attention by hand, sheet {seed}"
    return f"{sheet}: key" if solved else sheet


def _write(target, worked, *, solved, heading):
    with plt.rc_context(PRINT), PdfPages(target, metadata={"CreationDate": None, "Title": heading}) as pdf:
        for page in (_first_page, _second_page):
            figure = plt.figure(figsize=A4, layout=None)
            ax = figure.add_axes([0, 0, 1, 1], xlim=(0, A4[0]), ylim=(0, A4[1]))
            ax.set_axis_off()
            ax.text(0.7, 11.0, heading, fontsize=18, weight="bold", va="top")
            if not solved:
                ax.text(7.57, 11.0, "Name ____________________", fontsize=11, va="top", ha="right")
            named = steps(worked)
            answers = {name: m if solved else np.full(m.shape, None) for name, m in named.items()}
            page(ax, worked, answers)
            pdf.savefig(figure)
            plt.close(figure)


def _first_page(ax, worked, answers):
    top = 10.4
    for line in (
        "One attention head looks at four characters of Macbeth. Given are the tokens x, a row",
        "each, and the matrices that turn them into queries, keys and values. Fill in every box, in",
        "integers and fractions. Nothing is rounded, except where you are told to round down.",
    ):
        ax.text(0.7, top, line, fontsize=11, va="top")
        top -= 0.25
    _step(ax, 9.1, "Given, and step 1: project", "q = x W_Q,   k = x W_K,   v = x W_V")
    n_features = len(worked.features)
    left, upper = 1.85, 8.3
    lower = upper - n_features * CELL[1] - 0.95
    grid(ax, worked.x, at=(left, lower), cell=CELL, name="x", rows=worked.tokens, size=11)
    for place, feature in enumerate(worked.features):
        x, y = left + (place + 0.5) * CELL[0], lower + 0.08
        ax.text(x, y, feature, fontsize=10, rotation=90, ha="center", va="bottom")
    step = worked.w_q.shape[-1] * CELL[0] + 0.2
    across = left + n_features * CELL[0] + 0.2
    for place, (given, name) in enumerate((("w_q", "W_Q"), ("w_k", "W_K"), ("w_v", "W_V"))):
        at = (across + place * step, upper)
        grid(ax, getattr(worked, given), at=at, cell=CELL, name=name, size=11)
        answer = given[-1]
        grid(ax, answers[answer], at=(at[0], lower), cell=CELL, name=answer, size=11)
    for place, feature in enumerate(worked.features):
        y = upper - (place + 0.5) * CELL[1]
        ax.text(across - 0.1, y, feature, fontsize=10, ha="right", va="center")
    ax.text(
        0.7,
        lower - 2.0,
        "An entry of q stands where the row of x and the column of W_Q that make it cross.\n"
        "Multiply in pairs, then add. The same goes for k and v.",
        fontsize=11,
        va="top",
        linespacing=1.5,
    )


def _second_page(ax, worked, answers):
    tokens = worked.tokens
    _step(ax, 10.45, "Step 2: compare", "scores = q kᵀ. Copy q, and k with its rows as columns.")
    left = 1.85
    q, k, v = answers["q"], answers["k"], answers["v"]
    right = left + q.shape[-1] * CELL[0] + 0.25
    grid(ax, k.T, at=(right, 9.85), cell=CELL, name="kᵀ", size=11)
    lower = 9.85 - k.shape[-1] * CELL[1] - 0.38
    grid(ax, q, at=(left, lower), cell=CELL, name="q", rows=tokens, size=11)
    grid(ax, answers["scores"], at=(right, lower), cell=CELL, name="scores", size=11)

    _step(ax, 6.75, "Step 3: scale", "halve each score and round down")
    grid(
        ax, answers["scaled_scores"], at=(left, 6.15), cell=CELL, name="scaled scores", rows=tokens, size=11
    )
    beside = 4.7
    _step(ax, 6.75, "Step 4: softmax", "powers of three, row sums", x=beside)
    grid(ax, answers["powers"], at=(beside, 6.15), cell=CELL, name="powers", size=11)
    far = beside + len(tokens) * CELL[0] + 0.2
    grid(ax, answers["totals"], at=(far, 6.15), cell=WIDE, name="sum", size=11)

    _step(ax, 4.2, "Step 4, continued", "weight = power divided by row sum")
    _step(ax, 4.2, "Step 5: mix", "context = weights v", x=beside)
    lower = 3.6 - len(tokens) * CELL[1] - 0.38
    grid(ax, v, at=(beside, 3.6), cell=(WIDE[0] * 1.1, CELL[1]), name="v, copied", size=11)
    grid(ax, answers["weights"], at=(left, lower), cell=WIDE, name="weights", rows=tokens, size=11)
    context = {"at": (beside, lower), "cell": (WIDE[0] * 1.1, CELL[1]), "name": "context", "size": 11}
    grid(ax, answers["context"], **context)


def _step(ax, y, title, rule="", x=0.7):
    ax.text(x, y, title, fontsize=12, weight="bold", va="top")
    ax.text(x, y - 0.24, rule, fontsize=11, va="top")
