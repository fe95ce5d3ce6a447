"""The gradient of the worked head on paper: from one weight that is too small back to W_Q and W_K."""

import math

import numpy as np

from attnlib.byhand import MACBETH, steps
from attnlib.byhand_learning import descend, example, gradients
from attnlib.plots import grid
from attnlib.worksheets._sheet import LEFT, Sheet, lines, step

CELL = (0.37, 0.32)
WIDE = (0.62, 0.32)  # holds a fraction
GAP = 0.38  # between a matrix and the one below it, whose name stands there
ASKER, WANTED = 0, 3  # Macbeth, the Witches


def _example(seed):
    return MACBETH if seed is None else example(seed)


def _answers(worked):
    back = gradients(worked, query=ASKER, key=WANTED)
    new_w_q = descend(worked, query=ASKER, key=WANTED)[0]
    new_q = worked.x[[ASKER]] @ new_w_q
    new_scores = new_q @ steps(worked)["k"].T
    powers = [3 ** float(score / 2) for score in new_scores[0]]
    weight = powers[WANTED] / math.fsum(powers)
    return {
        "wanted": np.eye(len(worked.tokens), dtype=int)[[WANTED]],
        "dscaled_scores": back["dscaled_scores"][[ASKER]],
        "dscores": back["dscores"][[ASKER]],
        "dscores_copied": back["dscores"][[ASKER]].T,
        "dscores_turned": back["dscores"][[ASKER]].T,
        "dq": back["dq"][[ASKER]],
        "dq_copied": back["dq"][[ASKER]],
        "dk": back["dk"],
        "dk_copied": back["dk"],
        "dw_q": back["dw_q"],
        "dw_k": back["dw_k"],
        "new_w_q": new_w_q,
        "new_q": new_q,
        "new_scores": new_scores,
        "new_weight": np.array([[f"{weight:.2f}"]], dtype=object),
    }


def _first_page(ax, worked, boxes):
    named = steps(worked)
    lines(
        ax,
        10.4,
        "Macbeth should look at the Witches: the weight that he gives them should be 1. How",
        "does each number of $W_Q$ and $W_K$ change his surprise, -log₃ of that weight? Go back",
        "through the head. Fill in every box, in integers and fractions; nothing is rounded.",
    )
    step(
        ax,
        9.3,
        "Given: the head",
        "the tokens x and the matrices; below them Macbeth's query, and all keys",
    )
    left, upper = 1.85, 8.6
    lower = upper - len(worked.features) * CELL[1] - 0.85
    grid(ax, worked.x, at=(left, lower), cell=CELL, name="x", rows=worked.tokens, size=11)
    for place, feature in enumerate(worked.features):
        x = left + (place + 0.5) * CELL[0]
        ax.text(x, lower + 0.08, feature, fontsize=10, rotation=90, ha="center", va="bottom")
        y = upper - (place + 0.5) * CELL[1]
        across = left + len(worked.features) * CELL[0] + 0.2
        ax.text(across - 0.1, y, feature, fontsize=10, ha="right", va="center")
    width = worked.w_q.shape[-1] * CELL[0] + 0.2
    grid(ax, worked.w_q, at=(across, upper), cell=CELL, name="W_Q", size=11)
    grid(ax, worked.w_k, at=(across + width, upper), cell=CELL, name="W_K", size=11)
    grid(ax, named["q"][[ASKER]], at=(across, lower), cell=CELL, name="q", size=11)
    grid(ax, named["k"], at=(across + width, lower), cell=CELL, name="k", size=11)

    step(ax, 3.75, "Given: Macbeth's row", "his scores, halved, powers of three, and his weights")
    known = [named[name][ASKER] for name in ("scores", "scaled_scores", "powers", "weights")]
    short = [name.removeprefix("the ").split()[0] for name in worked.tokens]
    labels = ["scores", "halved", "powers", "weights"]
    grid(ax, known, at=(left, 2.6), cell=WIDE, rows=labels, columns=short, size=11)
    beside = 5.1
    step(ax, 3.75, "Step 1: softmax", "weights minus wanted", x=beside - 0.1)
    step(ax, 1.75, "Step 2: scale", "half of step 1", x=beside - 0.1)
    for name, label, y in (
        ("wanted", "wanted", 3.2),
        ("dscaled_scores", "d scaled scores", 2.52),
        ("dscores", "d scores", 1.17),
    ):
        grid(ax, boxes[name], at=(beside, y), cell=(WIDE[0] * 0.98, WIDE[1]), name=label, size=11)


def _second_page(ax, worked, boxes):
    named, features = steps(worked), worked.features
    beside, middle = 4.85, 4.45
    step(ax, 10.45, "Step 3: the query", "dq = d scores k: keys times d scores, added up")
    column, left = boxes["dscores_copied"], LEFT + 1.15
    right = left + WIDE[0] + 0.2
    grid(ax, column, at=(left, 9.85), cell=WIDE, name="d scores", rows=worked.tokens, size=11)
    grid(ax, named["k"], at=(right, 9.85), cell=WIDE, name="k", size=11)
    lower = 9.85 - len(worked.tokens) * WIDE[1] - GAP
    grid(ax, boxes["dq"], at=(right, lower), cell=WIDE, name="dq", size=11)
    step(ax, 10.45, "Step 4: the keys", "dk = d scoresᵀ q", x=beside)
    query = {"above": named["q"][[ASKER]], "above_name": "q"}
    _crossed(ax, (beside, 9.85), boxes["dscores_turned"], "d scoresᵀ", boxes["dk"], "dk", **query)

    step(ax, 7.3, "Step 5: the matrix of the queries", "dW_Q = xᵀ dq, with Macbeth's row of x")
    mine = worked.x[[ASKER]].T
    down = {"above": boxes["dq_copied"], "above_name": "dq, copied", "rows": features}
    _crossed(ax, (LEFT + 0.85, 6.7), mine, "xᵀ", boxes["dw_q"], "dW_Q", left_cell=CELL, **down)
    step(ax, 7.3, "Step 6: the matrix of the keys", "dW_K = xᵀ dk, a feature in each row", x=middle)
    down = {"above": boxes["dk_copied"], "above_name": "dk, copied", "left_cell": (0.27, 0.32)}
    _crossed(ax, (middle, 6.7), worked.x.T, "xᵀ", boxes["dw_k"], "dW_K", **down)

    step(ax, 3.45, "Step 7: one step", "new W_Q = W_Q - dW_Q")
    at = (LEFT + 0.85, 2.85)
    grid(ax, boxes["new_w_q"], at=at, cell=WIDE, name="new W_Q", rows=features, size=11)
    lines(ax, 2.5, "Macbeth's new query and scores:", x=middle)
    grid(ax, boxes["new_q"], at=(middle, 2.2), cell=WIDE, name="new q", size=11)
    grid(ax, boxes["new_scores"], at=(middle, 1.5), cell=WIDE, name="new scores (old keys)", size=11)
    lines(ax, 0.78, "With a calculator, 3 to the half", "of each: the Witches' weight", x=middle)
    grid(ax, boxes["new_weight"], at=(6.95, 0.8), cell=WIDE, size=11)


def _crossed(
    ax, at, left, left_name, result, name, *, above, above_name, rows=(), cell=WIDE, left_cell=WIDE
):
    """Draw two factors and their product where they cross, the upper left corner of it all at `at`."""
    right = at[0] + left.shape[1] * left_cell[0] + 0.2
    lower = at[1] - above.shape[0] * WIDE[1] - GAP
    grid(ax, above, at=(right, at[1]), cell=WIDE, name=above_name, size=11)
    grid(ax, left, at=(at[0], lower), cell=left_cell, name=left_name, rows=rows, size=11)
    grid(ax, result, at=(right, lower), cell=WIDE, name=name, size=11)


SHEET = Sheet(
    title="The gradient by hand",
    example=_example,
    answers=_answers,
    pages=(_first_page, _second_page),
)
