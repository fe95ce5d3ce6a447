"""The worked example on paper: one attention head, from the tokens to the context."""

from attnlib.byhand import MACBETH, example, steps
from attnlib.plots import grid
from attnlib.worksheets._sheet import LEFT, Sheet, lines, step

CELL = (0.37, 0.32)
WIDE = (0.62, 0.32)  # holds a fraction
ASKED = ("q", "k", "v", "scores", "scaled_scores", "powers", "totals", "weights", "context")


def _example(seed):
    return MACBETH if seed is None else example(seed)


def _answers(worked):
    named = steps(worked)
    return {name: named[name] for name in ASKED}


def _first_page(ax, worked, boxes):
    lines(
        ax,
        10.4,
        "One attention head looks at four characters of Macbeth. Given are the tokens x, a row",
        "each, and the matrices that turn them into queries, keys and values. Fill in every box, in",
        "integers and fractions. Nothing is rounded, except where you are told to round down.",
    )
    step(ax, 9.1, "Given, and step 1: project", "q = x W_Q,   k = x W_K,   v = x W_V")
    n_features = len(worked.features)
    left, upper = 1.85, 8.3
    lower = upper - n_features * CELL[1] - 0.95
    grid(ax, worked.x, at=(left, lower), cell=CELL, name="x", rows=worked.tokens, size=11)
    for place, feature in enumerate(worked.features):
        x, y = left + (place + 0.5) * CELL[0], lower + 0.08
        ax.text(x, y, feature, fontsize=10, rotation=90, ha="center", va="bottom")
    width = worked.w_q.shape[-1] * CELL[0] + 0.2
    across = left + n_features * CELL[0] + 0.2
    for place, (given, name) in enumerate((("w_q", "W_Q"), ("w_k", "W_K"), ("w_v", "W_V"))):
        at = (across + place * width, upper)
        grid(ax, getattr(worked, given), at=at, cell=CELL, name=name, size=11)
        asked = given[-1]
        grid(ax, boxes[asked], at=(at[0], lower), cell=CELL, name=asked, size=11)
    for place, feature in enumerate(worked.features):
        y = upper - (place + 0.5) * CELL[1]
        ax.text(across - 0.1, y, feature, fontsize=10, ha="right", va="center")
    ax.text(
        LEFT,
        lower - 2.0,
        "An entry of q stands where the row of x and the column of W_Q that make it cross.\n"
        "Multiply in pairs, then add. The same goes for k and v.",
        fontsize=11,
        va="top",
        linespacing=1.5,
    )


def _second_page(ax, worked, boxes):
    tokens = worked.tokens
    step(ax, 10.45, "Step 2: compare", "scores = q kᵀ. Copy q, and k with its rows as columns.")
    left = 1.85
    q, k, v = boxes["q"], boxes["k"], boxes["v"]
    right = left + q.shape[-1] * CELL[0] + 0.25
    grid(ax, k.T, at=(right, 9.85), cell=CELL, name="kᵀ", size=11)
    lower = 9.85 - k.shape[-1] * CELL[1] - 0.38
    grid(ax, q, at=(left, lower), cell=CELL, name="q", rows=tokens, size=11)
    grid(ax, boxes["scores"], at=(right, lower), cell=CELL, name="scores", size=11)

    step(ax, 6.75, "Step 3: scale", "halve each score and round down")
    grid(ax, boxes["scaled_scores"], at=(left, 6.15), cell=CELL, name="scaled scores", rows=tokens, size=11)
    beside = 4.7
    step(ax, 6.75, "Step 4: softmax", "powers of three, row sums", x=beside)
    grid(ax, boxes["powers"], at=(beside, 6.15), cell=CELL, name="powers", size=11)
    far = beside + len(tokens) * CELL[0] + 0.2
    grid(ax, boxes["totals"], at=(far, 6.15), cell=WIDE, name="sum", size=11)

    step(ax, 4.2, "Step 4, continued", "weight = power divided by row sum")
    step(ax, 4.2, "Step 5: mix", "context = weights v", x=beside)
    lower = 3.6 - len(tokens) * CELL[1] - 0.38
    grid(ax, v, at=(beside, 3.6), cell=(WIDE[0] * 1.1, CELL[1]), name="v, copied", size=11)
    grid(ax, boxes["weights"], at=(left, lower), cell=WIDE, name="weights", rows=tokens, size=11)
    context = {"at": (beside, lower), "cell": (WIDE[0] * 1.1, CELL[1]), "name": "context", "size": 11}
    grid(ax, boxes["context"], **context)


SHEET = Sheet(
    title="Attention by hand",
    example=_example,
    answers=_answers,
    pages=(_first_page, _second_page),
    stem="worksheet",  # its address since it was the only one
)
