"""The block on paper: one head, a feed-forward network, and a norm before each, over three words."""

from attnlib.byhand_block import BLOCK, example, steps
from attnlib.plots import grid
from attnlib.worksheets._sheet import LEFT, Sheet, lines, step

CELL = (0.44, 0.34)
WIDE = (0.58, 0.34)  # holds a fraction
ROW = 1.25  # where the first matrix of a line begins, beside the words
ASKED = (
    *("x", "mean_x", "deviation_x", "normed_x", "q", "k", "v", "scores", "powers", "totals", "weights"),
    *(
        "context",
        "attended",
        "y",
        "mean_y",
        "deviation_y",
        "normed_y",
        "before_relu",
        "hidden",
        "fed",
        "out",
    ),
)


def _example(seed):
    return BLOCK if seed is None else example(seed)


def _answers(worked):
    named = steps(worked)
    return {name: named[name] for name in ASKED}


def _line(ax, y, worked, *matrices):
    """Draw matrices side by side, the words before the first."""
    x = ROW
    for place, (entries, name, cell) in enumerate(matrices):
        rows = worked.tokens if place == 0 else ()
        grid(ax, entries, at=(x, y), cell=cell, name=name, rows=rows, size=11)
        x += entries.shape[1] * cell[0] + 0.22


def _given(ax, y, worked, *names, x=ROW):
    """Draw what is given, the features before the first."""
    for name, title in names:
        matrix = getattr(worked, name)
        matrix = matrix[None] if matrix.ndim == 1 else matrix
        rows = worked.features if len(matrix) == len(worked.features) and x == ROW else ()
        grid(ax, matrix, at=(x, y), cell=CELL, name=title, rows=rows, size=11)
        x += matrix.shape[1] * CELL[0] + 0.3


def _first_page(ax, worked, boxes):
    lines(
        ax,
        10.4,
        "One block of a Transformer reads three words. Fill in every box, in whole numbers and",
        "fractions; nothing is rounded. Each word sees itself and those before it.",
    )
    step(ax, 9.7, "Step 1: tokens", "x = words + positions; " + ", ".join(worked.features))
    _line(
        ax, 9.1, worked,
        (worked.words, "words", CELL), (worked.positions, "positions", CELL), (boxes["x"], "x", CELL),
    )  # fmt: skip
    step(ax, 7.5, "Step 2: norm", "subtract the row's mean; divide by the root of the mean of the squares")
    _line(
        ax, 6.9, worked,
        (boxes["mean_x"], "mean", WIDE), (boxes["deviation_x"], "root", WIDE),
        (boxes["normed_x"], "n", WIDE),
    )  # fmt: skip
    step(ax, 5.3, "Step 3: queries, keys, values", "q = n W_Q,   k = n W_K,   v = n W_V")
    _given(ax, 4.7, worked, ("w_q", "W_Q"), ("w_k", "W_K"), ("w_v", "W_V"), ("w_o", "W_O (for step 6)"))
    _line(ax, 2.6, worked, *((boxes[name], name, WIDE) for name in "qkv"))
    lines(ax, 0.9, "A head with d_k = 1: the root of d_k is 1, and the scores are not scaled.")


def _second_page(ax, worked, boxes):
    step(
        ax, 10.4, "Step 4: scores and weights", "scores = q kᵀ. What comes later is hidden: its power is 0."
    )
    lines(ax, 9.9, "power = 3 to how far the score lies above the lowest that is seen in its row")
    _line(
        ax, 9.4, worked,
        (boxes["scores"], "scores", WIDE), (boxes["powers"], "powers", CELL),
        (boxes["totals"], "sum", CELL), (boxes["weights"], "weights", WIDE),
    )  # fmt: skip
    step(ax, 7.8, "Step 5: context", "context = weights v")
    _line(ax, 7.2, worked, (boxes["context"], "context", WIDE))
    step(ax, 7.8, "Step 6: back to the features", "a = context W_O", x=3.4)
    grid(ax, boxes["attended"], at=(3.4, 7.2), cell=WIDE, name="a", size=11)
    step(ax, 5.6, "Step 7: the first sum, and its norm", "y = x + a, then as in step 2")
    _line(
        ax, 5.0, worked,
        (boxes["y"], "y", WIDE), (boxes["mean_y"], "mean", CELL), (boxes["deviation_y"], "root", WIDE),
        (boxes["normed_y"], "n", WIDE),
    )  # fmt: skip
    lines(
        ax,
        3.2,
        "The roots are fractions again. On the next page a small network works on each row of n",
        "by itself, and what it gives is added to y.",
        x=LEFT,
    )


def _third_page(ax, worked, boxes):
    step(ax, 10.4, "Step 8: the feed-forward network", "n W_1 + b_1, negative numbers become 0, then W_2")
    _given(ax, 9.8, worked, ("w_1", "W_1"), ("w_2", "W_2"))
    _given(ax, 7.9, worked, ("b_1", "b_1"))
    _line(
        ax, 6.9, worked,
        (boxes["before_relu"], "n W_1 + b_1", WIDE), (boxes["hidden"], "hidden", WIDE),
    )  # fmt: skip
    step(ax, 5.2, "Step 9: the second sum", "f = hidden W_2,   out = y + f")
    _line(ax, 4.6, worked, (boxes["fed"], "f", WIDE), (boxes["out"], "out", WIDE))


SHEET = Sheet(
    title="A block by hand",
    example=_example,
    answers=_answers,
    pages=(_first_page, _second_page, _third_page),
)
