"""Exercises on one head over the cast of Macbeth: by hand, in code, in rows and in columns."""

import math

import numpy as np

from attnlib import byhand, dot_product, probability, variants
from attnlib.exercise import Case, Exercise, Misconception, Property

PAGE = "chapters/06-by-hand"

SEALS = (
    byhand.steps,
    byhand.mistakes,
    dot_product.attention,
    dot_product.attention_weights,
    dot_product.attention_scores,
    dot_product._scores,
    dot_product._weights,
    dot_product._write_context,
    probability.softmax,
    probability.softmax_in_place,
    variants.online_attention,
)

# --- the scores by hand -------------------------------------------------------------------------


def scores_as_a_product():
    from attnlib.byhand import MACBETH

    return MACBETH.x @ MACBETH.w_q @ (MACBETH.x @ MACBETH.w_k).T


def scores_one_by_one():
    from attnlib.byhand import MACBETH

    q, k = MACBETH.x @ MACBETH.w_q, MACBETH.x @ MACBETH.w_k
    return [[sum(a * b for a, b in zip(query, key, strict=True)) for key in k] for query in q]


def scores_from_columns_transposed():
    from attnlib import byhand

    return byhand.steps(convention="column")["scores"].T.astype(float)


def scores_transposed():
    from attnlib import byhand

    return byhand.steps()["scores"].T


def scores_of_queries_only():
    from attnlib import byhand

    q = byhand.steps()["q"]
    return q @ q.T


def scores_of_keys_only():
    from attnlib import byhand

    k = byhand.steps()["k"]
    return k @ k.T


def scores_of_bare_tokens():
    from attnlib import byhand

    return byhand.MACBETH.x @ byhand.MACBETH.x.T


def scores_already_halved():
    from attnlib import byhand

    return byhand.steps()["scaled_scores"]


def scores_of_values():
    from attnlib import byhand

    return byhand.steps()["q"] @ byhand.steps()["v"].T


SCORES_BY_HAND = Exercise(
    name="scores_by_hand",
    section=f"{PAGE}#byhand-scores",
    reference=lambda: byhand.steps()["scores"],
    visible=lambda: [Case()],
    by_value=True,
    correct=(scores_as_a_product, scores_one_by_one, scores_from_columns_transposed),
    misconceptions=(
        Misconception(
            "keys ask queries",
            "These are the scores K Qᵀ: keys in the rows and queries in the columns; a row belongs to "
            "the token that asks.",
            f"{PAGE}#byhand-scores",
            scores_transposed,
        ),
        Misconception(
            "queries with queries",
            "Each query is multiplied by the queries; it is compared with the keys.",
            f"{PAGE}#byhand-scores",
            scores_of_queries_only,
        ),
        Misconception(
            "keys with keys",
            "Each key is multiplied by the keys; a row starts from the query of the token that asks.",
            f"{PAGE}#byhand-scores",
            scores_of_keys_only,
        ),
        Misconception(
            "tokens with tokens",
            "The bare tokens are multiplied with each other; W_Q and W_K have not been used.",
            f"{PAGE}#byhand-qkv",
            scores_of_bare_tokens,
        ),
        Misconception(
            "halved already",
            "These are the scores after the scale; here the question asks for the dot products alone.",
            f"{PAGE}#byhand-scale",
            scores_already_halved,
        ),
        Misconception(
            "queries with values",
            "Each query is multiplied by the values; it is compared with the keys.",
            f"{PAGE}#byhand-scores",
            scores_of_values,
        ),
    ),
    properties=(
        Property(
            "Scores here are whole numbers, 0 or more: each is a sum of products of those.",
            lambda case, got: bool((got >= 0).all() and (got == np.round(got)).all()),
        ),
        Property(
            "Row 3 must be half of row 1: Banquo's query is half of Macbeth's.",
            lambda case, got: np.allclose(2 * got[2], got[0]),
        ),
    ),
)

# --- the weights by hand ------------------------------------------------------------------------


def weights_by_whole_matrices():
    from attnlib.byhand import MACBETH

    scores = MACBETH.x @ MACBETH.w_q @ (MACBETH.x @ MACBETH.w_k).T
    powers = 3 ** (scores // 2)
    return powers / powers.sum(axis=1, keepdims=True)


def weights_as_fractions():
    from fractions import Fraction

    from attnlib.byhand import MACBETH

    rows = (MACBETH.x @ MACBETH.w_q @ (MACBETH.x @ MACBETH.w_k).T).tolist()
    powers = [[3 ** (score // 2) for score in row] for row in rows]
    return [[Fraction(power, sum(row)) for power in row] for row in powers]


def weights_from_columns_transposed():
    from attnlib import byhand

    return byhand.steps(convention="column")["weights"].T.astype(float)


def weights_not_divided():
    from attnlib import byhand

    return byhand.steps()["powers"].astype(float)


def weights_without_scale():
    from attnlib import byhand

    powers = 3.0 ** byhand.steps()["scores"]
    return powers / powers.sum(axis=1, keepdims=True)


def weights_not_rounded():
    from attnlib import byhand

    powers = 3.0 ** (byhand.steps()["scores"] / 2)
    return powers / powers.sum(axis=1, keepdims=True)


def weights_rounded_up():
    from attnlib import byhand

    powers = 3.0 ** np.ceil(byhand.steps()["scores"] / 2)
    return powers / powers.sum(axis=1, keepdims=True)


def weights_divided_by_three():
    from attnlib import byhand

    powers = 3.0 ** (byhand.steps()["scores"] // 3)
    return powers / powers.sum(axis=1, keepdims=True)


def weights_down_the_columns():
    from attnlib import byhand

    powers = byhand.steps()["powers"].astype(float)
    return powers / powers.sum(axis=0, keepdims=True)


def weights_transposed():
    from attnlib import byhand

    return byhand.steps()["weights"].T.astype(float)


def weights_of_e():
    from attnlib import byhand

    powers = np.exp(byhand.steps()["scaled_scores"])
    return powers / powers.sum(axis=1, keepdims=True)


def weights_without_powers():
    from attnlib import byhand

    scaled = byhand.steps()["scaled_scores"]
    return scaled / scaled.sum(axis=1, keepdims=True)


def weights_of_raw_scores():
    from attnlib import byhand

    scores = byhand.steps()["scores"]
    return scores / scores.sum(axis=1, keepdims=True)


def weights_cubed():
    from attnlib import byhand

    cubes = byhand.steps()["scaled_scores"] ** 3
    return cubes / cubes.sum(axis=1, keepdims=True)


WEIGHTS_BY_HAND = Exercise(
    name="weights_by_hand",
    section=f"{PAGE}#byhand-softmax",
    reference=lambda: byhand.steps()["weights"],
    visible=lambda: [Case()],
    by_value=True,
    correct=(weights_by_whole_matrices, weights_as_fractions, weights_from_columns_transposed),
    misconceptions=(
        Misconception(
            "powers not divided",
            "The powers of 3 are right, but they are not yet divided by the sum of their row.",
            f"{PAGE}#byhand-softmax",
            weights_not_divided,
        ),
        Misconception(
            "not halved",
            "The scores go into the powers of 3 as they are; halve each one first and round it down.",
            f"{PAGE}#byhand-scale",
            weights_without_scale,
        ),
        Misconception(
            "not rounded",
            "The scores are halved but not rounded, so the powers of 3 are no whole numbers.",
            f"{PAGE}#byhand-scale",
            weights_not_rounded,
        ),
        Misconception(
            "rounded up",
            "The halves are rounded up; half of 3 counts as 1 here.",
            f"{PAGE}#byhand-scale",
            weights_rounded_up,
        ),
        Misconception(
            "divided by d_k",
            "The scores are divided by 3, which is d_k; the stand-in for its root is 2.",
            f"{PAGE}#byhand-scale",
            weights_divided_by_three,
        ),
        Misconception(
            "columns instead of rows",
            "The columns sum to 1; a row belongs to the token that asks, and its weights sum to 1.",
            f"{PAGE}#byhand-softmax",
            weights_down_the_columns,
        ),
        Misconception(
            "transposed",
            "These are the right weights in the column convention; here a row belongs to the token "
            "that asks.",
            f"{PAGE}#byhand-columns",
            weights_transposed,
        ),
        Misconception(
            "base e",
            "The powers are those of e; by hand we take powers of 3.",
            f"{PAGE}#byhand-softmax",
            weights_of_e,
        ),
        Misconception(
            "no powers",
            "The halved scores are divided by their sum; raise 3 to each of them first.",
            f"{PAGE}#byhand-softmax",
            weights_without_powers,
        ),
        Misconception(
            "scores divided by their sum",
            "The scores themselves are divided by their sum; halve each, round it down and raise 3 to it "
            "first.",
            f"{PAGE}#byhand-softmax",
            weights_of_raw_scores,
        ),
        Misconception(
            "base and exponent swapped",
            "Each score is raised to the power of 3; raise 3 to the power of each score.",
            f"{PAGE}#byhand-softmax",
            weights_cubed,
        ),
    ),
    properties=(
        Property("A weight lies between 0 and 1.", lambda case, got: bool(((got >= 0) & (got <= 1)).all())),
        Property("Each row must sum to 1.", lambda case, got: np.allclose(got.sum(axis=1), 1, atol=1e-6)),
    ),
)

# --- the context by hand ------------------------------------------------------------------------


def context_as_a_product():
    from attnlib.byhand import MACBETH

    powers = 3 ** (MACBETH.x @ MACBETH.w_q @ (MACBETH.x @ MACBETH.w_k).T // 2)
    return powers @ (MACBETH.x @ MACBETH.w_v) / powers.sum(axis=1, keepdims=True)


def context_value_by_value():
    from attnlib import byhand

    steps = byhand.steps()
    rows = [
        sum(w * value for w, value in zip(row, steps["v"], strict=True))
        for row in steps["weights"].tolist()
    ]
    return [[float(entry) for entry in row] for row in rows]


def context_as_fractions():
    from attnlib import byhand

    return tuple(map(tuple, byhand.steps()["context"]))


def context_without_scale():
    from attnlib import byhand

    return byhand.mistakes()["no_scale"].astype(float)


def context_scaled_by_d_k():
    from attnlib import byhand

    return byhand.mistakes()["divide_by_d_k"].astype(float)


def context_scaled_up():
    from attnlib import byhand

    return byhand.mistakes()["multiply_by_root"].astype(float)


def context_softmax_over_queries():
    from attnlib import byhand

    return byhand.mistakes()["softmax_over_queries"].astype(float)


def context_mean_of_values():
    from attnlib import byhand

    return byhand.mistakes()["uniform_weights"].astype(float)


def context_best_value():
    from attnlib import byhand

    return byhand.mistakes()["hard_maximum"].astype(float)


def context_keys_ask():
    from attnlib import byhand

    return byhand.mistakes()["keys_times_queries"].astype(float)


def context_of_keys():
    from attnlib import byhand

    return byhand.mistakes()["weights_on_keys"].astype(float)


def context_from_cosines():
    from attnlib import byhand

    return byhand.mistakes()["cosine_scores"].astype(float)


def context_without_powers():
    from attnlib import byhand

    return byhand.mistakes()["sum_normalised"].astype(float)


def context_of_powers():
    from attnlib import byhand

    return (byhand.steps()["powers"] @ byhand.steps()["v"]).astype(float)


def context_with_weights_transposed():
    from attnlib import byhand

    return (byhand.steps()["weights"].T @ byhand.steps()["v"]).astype(float)


def context_values_untouched():
    from attnlib import byhand

    return byhand.steps()["v"]


CONTEXT_BY_HAND = Exercise(
    name="context_by_hand",
    section=f"{PAGE}#byhand-context",
    reference=lambda: byhand.steps()["context"],
    visible=lambda: [Case()],
    by_value=True,
    correct=(context_as_a_product, context_value_by_value, context_as_fractions),
    misconceptions=(
        Misconception(
            "not halved",
            "The scores went into the powers of 3 as they are; halve each one first and round it down.",
            f"{PAGE}#byhand-scale",
            context_without_scale,
        ),
        Misconception(
            "divided by d_k",
            "The scores were divided by 3, which is d_k; the stand-in for its root is 2.",
            f"{PAGE}#byhand-scale",
            context_scaled_by_d_k,
        ),
        Misconception(
            "doubled",
            "The scores were multiplied by 2; the scale makes them smaller: halve them.",
            f"{PAGE}#byhand-scale",
            context_scaled_up,
        ),
        Misconception(
            "columns instead of rows",
            "The powers were divided by the sums of their columns; each row of weights sums to 1.",
            f"{PAGE}#byhand-softmax",
            context_softmax_over_queries,
        ),
        Misconception(
            "plain mean",
            "Every value has the same weight, so the scores make no difference.",
            f"{PAGE}#byhand-context",
            context_mean_of_values,
        ),
        Misconception(
            "winner takes all",
            "Each row is the value of the best key alone; the other keys have a weight too.",
            f"{PAGE}#byhand-context",
            context_best_value,
        ),
        Misconception(
            "keys ask queries",
            "The weights come from K Qᵀ: the tokens that ask and those that answer have changed places.",
            f"{PAGE}#byhand-scores",
            context_keys_ask,
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            f"{PAGE}#byhand-context",
            context_of_keys,
        ),
        Misconception(
            "cosine",
            "The weights come from cosines, each dot product divided by both lengths; take the dot "
            "products themselves, halved.",
            f"{PAGE}#byhand-scores",
            context_from_cosines,
        ),
        Misconception(
            "no powers",
            "The halved scores were divided by their sum; raise 3 to each of them first.",
            f"{PAGE}#byhand-softmax",
            context_without_powers,
        ),
        Misconception(
            "powers not divided",
            "The values are added up powers of 3 times; divide by the sum of the powers in each row.",
            f"{PAGE}#byhand-softmax",
            context_of_powers,
        ),
        Misconception(
            "weights read down the columns",
            "The weights are right but read down each column; the weights of one token stand in one row.",
            f"{PAGE}#byhand-context",
            context_with_weights_transposed,
        ),
        Misconception(
            "values untouched",
            "These are the values themselves; mix them with the weights.",
            f"{PAGE}#byhand-context",
            context_values_untouched,
        ),
    ),
    properties=(
        Property(
            "Each entry must lie between the smallest and the largest value of its column: the context "
            "is a mixture of the values.",
            lambda case, got: _within(got, byhand.steps()["v"]),
        ),
    ),
)


def _within(context, v):
    low, high = v.min(axis=-2, keepdims=True), v.max(axis=-2, keepdims=True)
    return bool(((context >= low - 1e-5) & (context <= high + 1e-5)).all())


# --- one row of a head that the book doesn't work through ---------------------------------------

#: What the Witches find in another head. Every mistake below gives them another row.
ANOTHER_HEAD, WITCHES = 2, 3


def row_from_the_whole_matrix():
    from attnlib.byhand import example

    head = example(2)
    q, k, v = head.x @ head.w_q, head.x @ head.w_k, head.x @ head.w_v
    powers = 3 ** (q @ k.T // 2)
    return (powers @ v / powers.sum(axis=1, keepdims=True))[3]


def row_of_one_query():
    from attnlib.byhand import example

    head = example(2)
    query, k, v = (head.x @ head.w_q)[3], head.x @ head.w_k, head.x @ head.w_v
    powers = [3 ** (sum(a * b for a, b in zip(query, key, strict=True)) // 2) for key in k.tolist()]
    return [sum(p * n for p, n in zip(powers, column, strict=True)) / sum(powers) for column in v.T]


def row_as_fractions():
    from attnlib import byhand

    return tuple(byhand.steps(byhand.example(2))["context"][3])


def row_without_scale():
    from attnlib import byhand

    return byhand.mistakes(byhand.example(2))["no_scale"][3].astype(float)


def row_divided_by_d_k():
    from attnlib import byhand

    return byhand.mistakes(byhand.example(2))["divide_by_d_k"][3].astype(float)


def row_not_rounded():
    from attnlib import byhand

    steps = byhand.steps(byhand.example(2))
    powers = 3.0 ** (steps["scores"][3] / 2)
    return powers @ steps["v"] / powers.sum()


def row_rounded_up():
    from attnlib import byhand

    steps = byhand.steps(byhand.example(2))
    powers = 3.0 ** np.ceil(steps["scores"][3] / 2)
    return powers @ steps["v"] / powers.sum()


def row_of_keys_that_ask():
    from attnlib import byhand

    return byhand.mistakes(byhand.example(2))["keys_times_queries"][3].astype(float)


def row_without_powers():
    from attnlib import byhand

    return byhand.mistakes(byhand.example(2))["sum_normalised"][3].astype(float)


def row_of_powers():
    from attnlib import byhand

    steps = byhand.steps(byhand.example(2))
    return (steps["powers"][3] @ steps["v"]).astype(float)


def row_of_keys():
    from attnlib import byhand

    return byhand.mistakes(byhand.example(2))["weights_on_keys"][3].astype(float)


def row_of_plain_means():
    from attnlib import byhand

    return byhand.mistakes(byhand.example(2))["uniform_weights"][3].astype(float)


def row_of_the_best_value():
    from attnlib import byhand

    return byhand.mistakes(byhand.example(2))["hard_maximum"][3].astype(float)


def row_of_the_own_value():
    from attnlib import byhand

    return byhand.steps(byhand.example(2))["v"][3]


WITCHES_BY_HAND = Exercise(
    name="witches_by_hand",
    section=f"{PAGE}#byhand-context",
    reference=lambda: byhand.steps(byhand.example(ANOTHER_HEAD))["context"][WITCHES],
    visible=lambda: [Case()],
    by_value=True,
    correct=(row_from_the_whole_matrix, row_of_one_query, row_as_fractions),
    misconceptions=(
        Misconception(
            "not halved",
            "The scores went into the powers of 3 as they are; halve each one first and round it down.",
            f"{PAGE}#byhand-scale",
            row_without_scale,
        ),
        Misconception(
            "divided by d_k",
            "The scores were divided by 3, which is d_k; the stand-in for its root is 2.",
            f"{PAGE}#byhand-scale",
            row_divided_by_d_k,
        ),
        Misconception(
            "not rounded",
            "The scores were halved but not rounded, so the powers of 3 are no whole numbers.",
            f"{PAGE}#byhand-scale",
            row_not_rounded,
        ),
        Misconception(
            "rounded up",
            "The halves were rounded up; half of 3 counts as 1 here.",
            f"{PAGE}#byhand-scale",
            row_rounded_up,
        ),
        Misconception(
            "keys ask queries",
            "The key of the Witches was compared with the queries; they ask, so it is their query that is "
            "compared with the keys.",
            f"{PAGE}#byhand-scores",
            row_of_keys_that_ask,
        ),
        Misconception(
            "no powers",
            "The halved scores were divided by their sum; raise 3 to each of them first.",
            f"{PAGE}#byhand-softmax",
            row_without_powers,
        ),
        Misconception(
            "powers not divided",
            "The values are added up powers of 3 times; divide by the sum of the powers.",
            f"{PAGE}#byhand-softmax",
            row_of_powers,
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            f"{PAGE}#byhand-context",
            row_of_keys,
        ),
        Misconception(
            "plain mean",
            "Every value has the same weight, so the scores make no difference.",
            f"{PAGE}#byhand-context",
            row_of_plain_means,
        ),
        Misconception(
            "winner takes all",
            "This is the value of the best key alone; the other keys have a weight too.",
            f"{PAGE}#byhand-context",
            row_of_the_best_value,
        ),
        Misconception(
            "own value",
            "This is the value of the Witches themselves; mix the values of all four with the weights.",
            f"{PAGE}#byhand-context",
            row_of_the_own_value,
        ),
    ),
    properties=(
        Property(
            "Each number must lie between the smallest and the largest value of its column: the context "
            "is a mixture of the values.",
            lambda case, got: _within(got, byhand.steps(byhand.example(ANOTHER_HEAD))["v"]),
        ),
    ),
)

# --- the head of the worked example in code, a token in each row --------------------------------


def head_step_by_step(q, k, v):
    powers = 3.0 ** np.floor(q @ np.swapaxes(k, -1, -2) / 2)
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def head_by_loops(q, k, v):
    out = np.zeros(q.shape[:-1] + v.shape[-1:])
    for *lead, i in np.ndindex(q.shape[:-1]):
        lead = tuple(lead)
        powers = [3.0 ** math.floor(sum(q[(*lead, i)] * key) / 2) for key in k[lead]]
        for power, value in zip(powers, v[lead], strict=True):
            out[(*lead, i)] += power / sum(powers) * value
    return out


def head_by_einsum(q, k, v):
    powers = np.power(3.0, np.einsum("...id,...jd->...ij", q, k) // 2)
    mixed = np.einsum("...ij,...jd->...id", powers, v)
    return mixed / np.einsum("...ij->...i", powers)[..., None]


def head_shifted(q, k, v):
    scaled = np.floor_divide(q @ k.swapaxes(-1, -2), 2)
    powers = np.exp(np.log(3) * (scaled - scaled.max(axis=-1, keepdims=True)))
    return powers @ v / powers.sum(axis=-1)[..., None]


def head_in_place_on_a_copy(q, k, v):
    weights = np.array(q @ np.swapaxes(k, -1, -2), dtype=float)
    weights //= 2
    np.power(3.0, weights, out=weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ v


class HeadWithSettings:
    """A head whose base and divisor are kept on an object."""

    def __init__(self, base, divisor):
        self.base, self.divisor = float(base), divisor

    def __call__(self, q, k, v):
        """Return the context."""
        powers = self.base ** (q @ np.swapaxes(k, -1, -2) // self.divisor)
        return powers @ v / powers.sum(-1, keepdims=True)


def head_without_scale(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2))
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_not_rounded(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) / 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_rounded_to_the_nearest(q, k, v):
    powers = 3.0 ** np.round(q @ np.swapaxes(k, -1, -2) / 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_rounded_towards_zero(q, k, v):
    powers = 3.0 ** np.trunc(q @ np.swapaxes(k, -1, -2) / 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_divided_by_d_k(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // q.shape[-1])
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_of_e(q, k, v):
    powers = np.exp(q @ np.swapaxes(k, -1, -2) // 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_softmax_over_queries(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers / powers.sum(axis=-2, keepdims=True) @ v


def head_not_normalised(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers @ v


def head_one_sum_for_all(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers / powers.sum() @ v


def head_keys_ask(q, k, v):
    powers = 3.0 ** (k @ np.swapaxes(q, -1, -2) // 2)
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def head_t_on_a_batch(q, k, v):
    powers = 3.0 ** (q @ k.T // 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def head_scores_over_sum(q, k, v):
    scaled = q @ np.swapaxes(k, -1, -2) // 2
    return scaled / scaled.sum(axis=-1, keepdims=True) @ v


def head_floor_after_softmax(q, k, v):
    powers = np.floor(3.0 ** (q @ np.swapaxes(k, -1, -2) / 2))
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def _whole(rng, *shapes, low=-2, high=4):
    return tuple(rng.integers(low, high, size=shape).astype(float) for shape in shapes)


def _macbeth_qkv():
    m = byhand.MACBETH
    return tuple((m.x @ w).astype(float) for w in (m.w_q, m.w_k, m.w_v))


SMALL_Q = np.array([[1.0, 2.0], [0.0, 1.0]])
SMALL_K = np.array([[1.0, 0.0], [2.0, 1.0], [1.0, -2.0]])
SMALL_V = np.array([[6.0], [0.0], [12.0]])


def _head_visible():
    rng = np.random.default_rng(6)
    return [
        Case((SMALL_Q, SMALL_K, SMALL_V)),
        Case(_macbeth_qkv()),
        Case(_whole(rng, (5, 2), (3, 2), (3, 4))),
        Case(_whole(rng, (2, 5, 7), (2, 3, 7), (2, 3, 4))),
        Case(_whole(rng, (2, 3, 3), (2, 3, 3), (2, 3, 3))),
    ]


def _head_hidden(rng):
    return [
        Case(_whole(rng, (1, 3), (5, 3), (5, 2))),
        Case(_whole(rng, (7, 5), (2, 5), (2, 3))),
        Case(_whole(rng, (3, 3), (3, 3), (3, 3))),
        Case(_whole(rng, (2, 3, 5, 2), (2, 3, 7, 2), (2, 3, 7, 4))),
        Case(_whole(rng, (3, 1, 2), (3, 4, 2), (3, 4, 1))),
    ]


HAND_ATTENTION = Exercise(
    name="hand_attention",
    section=f"{PAGE}#byhand-softmax",
    reference=lambda q, k, v: _by_hand(q, k, v),
    visible=_head_visible,
    hidden=_head_hidden,
    seals=SEALS,
    correct=(
        head_step_by_step,
        head_by_loops,
        head_by_einsum,
        head_shifted,
        head_in_place_on_a_copy,
        HeadWithSettings(base=3, divisor=2),
        lambda q, k, v: (p := 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)) @ v / p.sum(axis=-1, keepdims=True),
    ),
    misconceptions=(
        Misconception(
            "not halved",
            "The scores go into the powers of 3 as they are; halve each one first and round it down.",
            f"{PAGE}#byhand-scale",
            head_without_scale,
        ),
        Misconception(
            "not rounded",
            "The scores are halved but not rounded down.",
            f"{PAGE}#byhand-scale",
            head_not_rounded,
        ),
        Misconception(
            "rounded to the nearest",
            "The halves are rounded to the nearest whole number; round them down.",
            f"{PAGE}#byhand-scale",
            head_rounded_to_the_nearest,
        ),
        Misconception(
            "rounded towards 0",
            "Negative halves are cut off towards 0; rounded down, half of -1 is -1.",
            f"{PAGE}#byhand-scale",
            head_rounded_towards_zero,
        ),
        Misconception(
            "rounded after the power",
            "The powers are rounded down; round the halved scores down, before 3 is raised to them.",
            f"{PAGE}#byhand-scale",
            head_floor_after_softmax,
        ),
        Misconception(
            "divided by d_k",
            "The scores are divided by the number of features; by hand they are halved.",
            f"{PAGE}#byhand-scale",
            head_divided_by_d_k,
        ),
        Misconception(
            "base e",
            "The powers are those of e; by hand we take powers of 3.",
            f"{PAGE}#byhand-softmax",
            head_of_e,
        ),
        Misconception(
            "softmax over the queries",
            "The powers are divided by the sums of their columns, so each key is shared out among the "
            "queries; the weights of each query must sum to 1.",
            f"{PAGE}#byhand-softmax",
            head_softmax_over_queries,
        ),
        Misconception(
            "not normalised",
            "The powers of 3 mix the values as they are; divide them by the sum of their row.",
            f"{PAGE}#byhand-softmax",
            head_not_normalised,
        ),
        Misconception(
            "one sum for everything",
            "All weights of the array together sum to 1; each row must do so by itself.",
            f"{PAGE}#byhand-softmax",
            head_one_sum_for_all,
        ),
        Misconception(
            "keys ask queries",
            "The scores are K Qᵀ, so the keys ask and the queries answer; it is Q Kᵀ.",
            f"{PAGE}#byhand-scores",
            head_keys_ask,
        ),
        Misconception(
            ".T on a batch",
            "Right for matrices, but .T turns every axis of a batch round; swap the last two only.",
            f"{PAGE}#byhand-scores",
            head_t_on_a_batch,
        ),
        Misconception(
            "no powers",
            "The halved scores are divided by their sum; raise 3 to each of them first.",
            f"{PAGE}#byhand-softmax",
            head_scores_over_sum,
        ),
    ),
    properties=(
        Property(
            "Each number must lie between the smallest and the largest value of its feature: the "
            "context is a mixture of the values.",
            lambda case, got: _within(got, case.args[2]),
        ),
    ),
)


def _by_hand(q, k, v):
    scores = dot_product.attention_scores(q, k, scale=1.0)
    return probability.softmax(np.floor(scores / 2), base=3) @ v


# --- the same, a token in each column -----------------------------------------------------------


def columns_step_by_step(q, k, v):
    powers = 3.0 ** np.floor(np.swapaxes(k, -1, -2) @ q / 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_by_way_of_rows(q, k, v):
    q, k, v = (np.moveaxis(matrix, -1, -2) for matrix in (q, k, v))
    powers = 3.0 ** (q @ np.moveaxis(k, -1, -2) // 2)
    return np.moveaxis(powers @ v / powers.sum(axis=-1, keepdims=True), -1, -2)


def columns_by_einsum(q, k, v):
    powers = 3.0 ** (np.einsum("...dj,...di->...ji", k, q) // 2)
    weights = powers / np.einsum("...ji->...i", powers)[..., None, :]
    return np.einsum("...dj,...ji->...di", v, weights)


def columns_by_loops(q, k, v):
    out = np.zeros(v.shape[:-1] + q.shape[-1:])
    for *lead, i in np.ndindex(q.shape[:-2] + q.shape[-1:]):
        lead = tuple(lead)
        query, keys, values = q[lead][:, i], k[lead], v[lead]
        powers = [3.0 ** math.floor(query @ keys[:, j] / 2) for j in range(keys.shape[1])]
        for j, power in enumerate(powers):
            out[lead][:, i] += power / sum(powers) * values[:, j]
    return out


def columns_shifted(q, k, v):
    scaled = k.swapaxes(-1, -2) @ q // 2
    powers = np.exp2(np.log2(3) * (scaled - scaled.max(axis=-2, keepdims=True)))
    return (v @ powers) / powers.sum(axis=-2, keepdims=True)


def columns_in_place_on_a_copy(q, k, v):
    weights = np.array(np.swapaxes(k, -1, -2) @ q, dtype=float)
    weights //= 2
    np.power(3.0, weights, out=weights)
    weights /= np.expand_dims(weights.sum(axis=-2), -2)
    return v @ weights


def columns_taken_for_rows(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def columns_softmax_along_rows(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)
    return v @ (powers / powers.sum(axis=-1, keepdims=True))


def columns_not_transposed_back(q, k, v):
    q, k, v = (np.swapaxes(matrix, -1, -2) for matrix in (q, k, v))
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers @ v / powers.sum(axis=-1, keepdims=True)


def columns_queries_first(q, k, v):
    powers = 3.0 ** (np.swapaxes(q, -1, -2) @ k // 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_weights_transposed(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)
    return v @ np.swapaxes(powers / powers.sum(axis=-2, keepdims=True), -1, -2)


def columns_without_scale(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_not_normalised(q, k, v):
    return v @ 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)


def columns_of_keys(q, k, v):
    powers = 3.0 ** (np.swapaxes(k, -1, -2) @ q // 2)
    return k @ (powers / powers.sum(axis=-2, keepdims=True))


def columns_t_on_a_batch(q, k, v):
    powers = 3.0 ** (k.T @ q // 2)
    return v @ (powers / powers.sum(axis=-2, keepdims=True))


def _in_columns(cases):
    return [Case(tuple(arg.swapaxes(-1, -2).copy() for arg in case.args)) for case in cases]


HAND_ATTENTION_COLUMNS = Exercise(
    name="hand_attention_columns",
    section=f"{PAGE}#byhand-columns",
    reference=lambda q, k, v: _by_hand(*(a.swapaxes(-1, -2) for a in (q, k, v))).swapaxes(-1, -2),
    visible=lambda: _in_columns(_head_visible()),
    hidden=lambda rng: _in_columns(_head_hidden(rng)),
    seals=SEALS,
    correct=(
        columns_step_by_step,
        columns_by_way_of_rows,
        columns_by_einsum,
        columns_by_loops,
        columns_shifted,
        columns_in_place_on_a_copy,
    ),
    misconceptions=(
        Misconception(
            "columns taken for rows",
            "This is the head for tokens in rows; here a token is a column of q, k and v.",
            f"{PAGE}#byhand-columns",
            columns_taken_for_rows,
        ),
        Misconception(
            "softmax along the rows",
            "The rows of the weights sum to 1; here a column belongs to the token that asks, and its "
            "weights sum to 1.",
            f"{PAGE}#byhand-columns",
            columns_softmax_along_rows,
        ),
        Misconception(
            "not turned back",
            "The context has a token in each row; it must have one in each column, as q has.",
            f"{PAGE}#byhand-columns",
            columns_not_transposed_back,
        ),
        Misconception(
            "queries first",
            "The scores are Qᵀ K, as if the queries were the rows; with tokens in columns they are "
            "Kᵀ Q, a column for each query.",
            f"{PAGE}#byhand-columns",
            columns_queries_first,
        ),
        Misconception(
            "weights transposed",
            "The weights are transposed before they meet the values; with tokens in columns the "
            "context is V times the weights as they are.",
            f"{PAGE}#byhand-columns",
            columns_weights_transposed,
        ),
        Misconception(
            "not halved",
            "The scores go into the powers of 3 as they are; halve each one first and round it down.",
            f"{PAGE}#byhand-scale",
            columns_without_scale,
        ),
        Misconception(
            "not normalised",
            "The powers of 3 mix the values as they are; divide them by the sum of their column.",
            f"{PAGE}#byhand-softmax",
            columns_not_normalised,
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            f"{PAGE}#byhand-context",
            columns_of_keys,
        ),
        Misconception(
            ".T on a batch",
            "Right for matrices, but .T turns every axis of a batch round; swap the last two only.",
            f"{PAGE}#byhand-columns",
            columns_t_on_a_batch,
        ),
    ),
    properties=(
        Property(
            "Each number must lie between the smallest and the largest value of its feature: the "
            "context is a mixture of the values.",
            lambda case, got: _within(got.swapaxes(-1, -2), case.args[2].swapaxes(-1, -2)),
        ),
    ),
)

# --- attention with the root and e --------------------------------------------------------------


def attention_step_by_step(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_by_loops(q, k, v):
    out = np.zeros(q.shape[:-1] + v.shape[-1:])
    for *lead, i in np.ndindex(q.shape[:-1]):
        lead = tuple(lead)
        scores = [sum(q[(*lead, i)] * key) / math.sqrt(len(key)) for key in k[lead]]
        powers = [math.exp(score - max(scores)) for score in scores]
        for power, value in zip(powers, v[lead], strict=True):
            out[(*lead, i)] += power / sum(powers) * value
    return out


def attention_by_einsum(q, k, v):
    scores = np.einsum("...id,...jd->...ij", q, k) * k.shape[-1] ** -0.5
    weights = np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))
    return np.einsum("...ij,...jd->...id", weights, v)


def attention_query_scaled_first(q, k, v):
    scores = (q / math.sqrt(q.shape[-1])) @ np.moveaxis(k, -1, -2)
    scores = np.exp(scores - np.max(scores, axis=-1)[..., None])
    return scores @ v / np.sum(scores, axis=-1)[..., None]


def attention_in_single_precision(q, k, v):
    q, k, v = (np.asarray(array, dtype=np.float32) for array in (q, k, v))
    scores = q @ np.swapaxes(k, -1, -2) / np.float32(math.sqrt(q.shape[-1]))
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_in_place_on_a_copy(q, k, v):
    scaled = np.array(q, dtype=float)
    scaled /= q.shape[-1] ** 0.25
    weights = scaled @ (np.swapaxes(k, -1, -2) / q.shape[-1] ** 0.25)
    weights -= weights.max(axis=-1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ v


class AttentionWithScale:
    """Attention as an object that knows its exponent of d_k."""

    exponent = -0.5

    def __call__(self, q, k, v):
        """Return the context."""
        scores = q @ np.swapaxes(k, -1, -2) * q.shape[-1] ** self.exponent
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return powers @ v / powers.sum(axis=-1, keepdims=True)


def attention_without_scale(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_divided_by_d_k(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / q.shape[-1]
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_times_root(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) * np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_root_of_keys(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(k.shape[-2])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_root_of_values(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(v.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_still_by_hand(q, k, v):
    powers = 3.0 ** (q @ np.swapaxes(k, -1, -2) // 2)
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_root_of_three(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(3)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_scaled_after_softmax(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) / np.sqrt(q.shape[-1]) @ v


def attention_softmax_over_queries(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-2, keepdims=True))
    return powers / powers.sum(axis=-2, keepdims=True) @ v


def attention_keys_ask(q, k, v):
    scores = k @ np.swapaxes(q, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_t_on_a_batch(q, k, v):
    scores = q @ k.T / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_on_keys(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ k


def attention_weights_only(q, k, v):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def attention_values_untouched(q, k, v):
    return v.copy()


def attention_without_shift(q, k, v):
    powers = np.exp(q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_without_softmax(q, k, v):
    return q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]) @ v


def attention_changes_its_input(q, k, v):
    q /= np.sqrt(q.shape[-1])
    scores = q @ np.swapaxes(k, -1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def _normal(rng, *shapes):
    return tuple(rng.standard_normal(shape) for shape in shapes)


def _attention_visible():
    rng = np.random.default_rng(6)
    return [
        Case((SMALL_Q, SMALL_K, SMALL_V)),
        Case(_macbeth_qkv()),
        Case(_normal(rng, (5, 2), (3, 2), (3, 7))),
        Case(_normal(rng, (2, 5, 7), (2, 3, 7), (2, 3, 4))),
        Case(_normal(rng, (2, 3, 3), (2, 3, 3), (2, 3, 3))),
        Case((np.array([[40.0, 0.0], [0.0, 40.0]]), np.array([[40.0, 0.0], [39.5, 1.0]]), np.eye(2))),
    ]


def _attention_hidden(rng):
    q, k, v = _normal(rng, (5, 13), (3, 13), (3, 2))
    return [
        Case(_normal(rng, (1, 3), (5, 3), (5, 2))),
        Case((q, k, v)),
        Case(tuple(array.astype(np.float32) for array in (q, k, v))),
        Case(_normal(rng, (3, 3), (3, 3), (3, 3))),
        Case(_normal(rng, (2, 3, 5, 2), (2, 3, 7, 2), (2, 3, 7, 4))),
        Case((60 * np.eye(5), 60 * rng.permutation(np.eye(5)), *_normal(rng, (5, 2)))),
    ]


ATTENTION = Exercise(
    name="attention",
    section=f"{PAGE}#byhand-standard",
    reference=dot_product.attention,
    visible=_attention_visible,
    hidden=_attention_hidden,
    seals=SEALS,
    correct=(
        attention_step_by_step,
        attention_by_loops,
        attention_by_einsum,
        attention_query_scaled_first,
        attention_in_single_precision,
        attention_in_place_on_a_copy,
        AttentionWithScale(),
    ),
    misconceptions=(
        Misconception(
            "no scale",
            "The dot products go into the softmax as they are; divide them by the root of d_k.",
            "chapters/04-scaling#scaling-root",
            attention_without_scale,
        ),
        Misconception(
            "divided by d_k",
            "The dot products are divided by d_k; divide them by its root.",
            "chapters/04-scaling#scaling-root",
            attention_divided_by_d_k,
        ),
        Misconception(
            "multiplied by the root",
            "The dot products are multiplied by the root of d_k; divide, so that they stay moderate.",
            "chapters/04-scaling#scaling-root",
            attention_times_root,
        ),
        Misconception(
            "root of the number of keys",
            "The scale is the root of the number of keys; it is the number of features, d_k, that "
            "makes dot products large.",
            "chapters/04-scaling#scaling-root",
            attention_root_of_keys,
        ),
        Misconception(
            "root of d_v",
            "The scale is the root of the values' feature size; dot products sum over the features of "
            "queries and keys, d_k.",
            "chapters/04-scaling#scaling-root",
            attention_root_of_values,
        ),
        Misconception(
            "root of 3 for every d_k",
            "The scale is always the root of 3; read d_k from the shape of the queries.",
            "chapters/04-scaling#scaling-root",
            attention_root_of_three,
        ),
        Misconception(
            "scaled after the softmax",
            "The weights are divided by the root of d_k, and no longer sum to 1; divide the dot "
            "products, before the softmax.",
            f"{PAGE}#byhand-standard",
            attention_scaled_after_softmax,
        ),
        Misconception(
            "still by hand",
            "This halves, rounds down and takes powers of 3; here take the root of d_k and e.",
            f"{PAGE}#byhand-standard",
            attention_still_by_hand,
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs down the columns and shares each key out among the queries; the weights "
            "of each query must sum to 1.",
            "chapters/05-softmax#softmax-axis",
            attention_softmax_over_queries,
        ),
        Misconception(
            "keys ask queries",
            "The scores are K Qᵀ, so the keys ask and the queries answer; it is Q Kᵀ.",
            f"{PAGE}#byhand-scores",
            attention_keys_ask,
        ),
        Misconception(
            ".T on a batch",
            "Right for matrices, but .T turns every axis of a batch round; swap the last two only.",
            f"{PAGE}#byhand-scores",
            attention_t_on_a_batch,
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            f"{PAGE}#byhand-context",
            attention_on_keys,
        ),
        Misconception(
            "weights returned",
            "These are the weights; one step is missing: mix the values with them.",
            f"{PAGE}#byhand-context",
            attention_weights_only,
        ),
        Misconception(
            "values untouched",
            "The values come back as they were; mix them with the weights.",
            f"{PAGE}#byhand-context",
            attention_values_untouched,
        ),
        Misconception(
            "no softmax",
            "The scores mix the values as they are; turn each row of them into weights first.",
            f"{PAGE}#byhand-softmax",
            attention_without_softmax,
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest "
            "score of each row first.",
            "chapters/05-softmax#softmax-shift",
            attention_without_shift,
        ),
        Misconception(
            "changes its input",
            "The caller's queries are overwritten; work on a copy.",
            f"{PAGE}#byhand-standard",
            attention_changes_its_input,
        ),
    ),
    properties=(
        Property(
            "Each number must lie between the smallest and the largest value of its feature: the "
            "context is a mixture of the values.",
            lambda case, got: _within(got, case.args[2]),
        ),
    ),
)

EXERCISES = (
    SCORES_BY_HAND,
    WEIGHTS_BY_HAND,
    CONTEXT_BY_HAND,
    WITCHES_BY_HAND,
    HAND_ATTENTION,
    HAND_ATTENTION_COLUMNS,
    ATTENTION,
)
