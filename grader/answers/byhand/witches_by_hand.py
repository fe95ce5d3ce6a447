"""Right answers to witches_by_hand."""

from attnlib import byhand
from attnlib.byhand import example


def row_from_the_whole_matrix():
    head = example(2)
    q, k, v = head.x @ head.w_q, head.x @ head.w_k, head.x @ head.w_v
    powers = 3 ** (q @ k.T // 2)
    return (powers @ v / powers.sum(axis=1, keepdims=True))[3]


def row_of_one_query():
    head = example(2)
    query, k, v = (head.x @ head.w_q)[3], head.x @ head.w_k, head.x @ head.w_v
    powers = [3 ** (sum(a * b for a, b in zip(query, key, strict=True)) // 2) for key in k.tolist()]
    return [sum(p * n for p, n in zip(powers, column, strict=True)) / sum(powers) for column in v.T]


def row_as_fractions():
    return tuple(byhand.steps(byhand.example(2))["context"][3])


ANSWERS = (row_from_the_whole_matrix, row_of_one_query, row_as_fractions)
