"""The worked example on paper: one attention head, from the tokens to the context."""

from attnlib.byhand import MACBETH, example, steps
from attnlib.plots import grid
from attnlib.worksheets._sheet import LEFT, RIGHT, Sheet, lines, step

CELL = (0.34, 0.32)
WIDE = (0.62, 0.38)  # holds a fraction
GAP = 0.2
LABELS = LEFT + 1.15  # the tokens stand before it
SYMBOLS = {"w_q": "W_Q", "w_k": "W_K", "w_v": "W_V"}
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
    step(ax, 9.45, "Given, and step 1: project", "q = x $W_Q$,   k = x $W_K$,   v = x $W_V$")
    n_features = len(worked.features)
    upper = 8.9
    lower = upper - n_features * CELL[1] - 0.95
    note = ("An entry of q stands", "where the row of x and", "the column of $W_Q$ that")
    note += ("make it cross. Multiply", "in pairs, then add. The", "same goes for k and v.")
    lines(ax, upper - 0.05, *note)
    grid(ax, worked.x, at=(LABELS, lower), cell=CELL, name="x", rows=worked.tokens, size=11)
    for place, feature in enumerate(worked.features):
        x, y = LABELS + (place + 0.5) * CELL[0], lower + 0.08
        ax.text(x, y, feature, fontsize=10, rotation=90, ha="center", va="bottom")
    width = worked.w_q.shape[-1] * CELL[0] + GAP
    across = RIGHT + GAP - len(SYMBOLS) * width
    for place, (given, symbol) in enumerate(SYMBOLS.items()):
        at, name = (across + place * width, upper), rf"$\mathbf{{{symbol}}}$"
        grid(ax, getattr(worked, given), at=at, cell=CELL, name=name, size=11)
        asked = given[-1]
        grid(ax, boxes[asked], at=(at[0], lower), cell=CELL, name=asked, size=11)
    for place, feature in enumerate(worked.features):
        y = upper - (place + 0.5) * CELL[1]
        ax.text(across - 0.1, y, feature, fontsize=10, ha="right", va="center")

    step(ax, 4.3, "Step 2: compare", "scores = q kᵀ. Copy q, and k with its rows as columns.")
    q, k = boxes["q"], boxes["k"]
    right, upper = LABELS + q.shape[-1] * CELL[0] + GAP, 3.6
    named = {"cell": (WIDE[0], CELL[1]), "size": 11}
    grid(ax, k.T, at=(right, upper), name="kᵀ", **named)
    _head(ax, worked, at=(right, upper), width=WIDE[0])
    lower = upper - k.shape[-1] * CELL[1] - 0.35
    grid(ax, q, at=(LABELS, lower), cell=CELL, name="q", rows=worked.tokens, size=11)
    grid(ax, boxes["scores"], at=(right, lower), name="scores", **named)


def _second_page(ax, worked, boxes):
    tokens = worked.tokens
    n, d_v = len(tokens), boxes["v"].shape[-1]
    narrow = (0.52, WIDE[1])
    third = n * narrow[0] + GAP + WIDE[0]
    beside, upper = RIGHT - third, 9.65
    step(ax, 10.4, "Step 3: scale", "halve each score and round down")
    step(ax, 10.4, "Step 4: softmax", "powers of three, row sums", x=beside)
    grid(
        ax,
        boxes["scaled_scores"],
        at=(LABELS, upper),
        cell=WIDE,
        name="scaled scores",
        rows=tokens,
        size=11,
    )
    _head(ax, worked, at=(LABELS, upper), width=WIDE[0])
    grid(ax, boxes["powers"], at=(beside, upper), cell=narrow, name="powers", size=11)
    _head(ax, worked, at=(beside, upper), width=narrow[0])
    grid(ax, boxes["totals"], at=(RIGHT - WIDE[0], upper), cell=WIDE, name="sum", size=11)

    step(ax, 7.1, "Step 4, continued", "weight = power divided by row sum")
    step(ax, 7.1, "Step 5: mix", "context = weights v. Copy v.", x=beside)
    upper, cell = 6.35, (third / d_v, WIDE[1])
    grid(ax, boxes["v"], at=(beside, upper), cell=cell, name="v, copied", size=11)
    lower = upper - n * WIDE[1] - 0.6
    grid(ax, boxes["weights"], at=(LABELS, lower), cell=WIDE, name="weights", rows=tokens, size=11)
    _head(ax, worked, at=(LABELS, lower), width=WIDE[0])
    grid(ax, boxes["context"], at=(beside, lower), cell=cell, name="context", size=11)


def _head(ax, worked, *, at, width):
    """Write the tokens above the columns of a matrix, "Lady" and "Witches" for the longer names."""
    for place, token in enumerate(worked.tokens):
        x, y = at[0] + (place + 0.5) * width, at[1] + 0.06
        ax.text(x, y, token.removeprefix("the ").split()[0], fontsize=8.5, ha="center", va="bottom")


SHEET = Sheet(
    title="Attention by hand",
    example=_example,
    answers=_answers,
    pages=(_first_page, _second_page),
    stem="worksheet",  # its address since it was the only one
)
