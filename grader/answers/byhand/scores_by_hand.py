"""Right answers to scores_by_hand."""

from attnlib import byhand
from attnlib.byhand import MACBETH


def scores_as_a_product():
    return MACBETH.x @ MACBETH.w_q @ (MACBETH.x @ MACBETH.w_k).T


def scores_one_by_one():
    q, k = MACBETH.x @ MACBETH.w_q, MACBETH.x @ MACBETH.w_k
    return [[sum(a * b for a, b in zip(query, key, strict=True)) for key in k] for query in q]


def scores_from_columns_transposed():
    return byhand.steps(convention="column")["scores"].T.astype(float)


ANSWERS = (scores_as_a_product, scores_one_by_one, scores_from_columns_transposed)
