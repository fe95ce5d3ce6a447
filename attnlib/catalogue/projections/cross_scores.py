"""The scores between the tokens of two sequences."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.projections import PAGE
from attnlib.catalogue.projections._shared import cross_scores, first_score_of
from attnlib.exercise import Case, Exercise, Misconception


def asks_itself(x, context, w_q, w_k):
    return x @ w_q @ (x @ w_k).swapaxes(-1, -2)


def answers_ask(x, context, w_q, w_k):
    return context @ w_q @ (x @ w_k).swapaxes(-1, -2)


def matrices_exchanged(x, context, w_q, w_k):
    return x @ w_k @ (context @ w_q).swapaxes(-1, -2)


def cross_keys_times_queries(x, context, w_q, w_k):
    return context @ w_k @ (x @ w_q).swapaxes(-1, -2)


def cross_transposed_batch(x, context, w_q, w_k):
    return x @ w_q @ (context @ w_k).T


def cross_w_q_for_both(x, context, w_q, w_k):
    return x @ w_q @ (context @ w_q).swapaxes(-1, -2)


def cross_no_projection(x, context, w_q, w_k):
    return x @ context.swapaxes(-1, -2)


def context_asks_itself(x, context, w_q, w_k):
    return context @ w_q @ (context @ w_k).swapaxes(-1, -2)


def cross_scaled(x, context, w_q, w_k):
    return x @ w_q @ (context @ w_k).swapaxes(-1, -2) / np.sqrt(w_q.shape[-1])


def _cross_visible():
    x = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
    context = np.array([[1.0, 1.0, 0.0], [2.0, 0.0, 1.0], [0.0, 3.0, 1.0], [1.0, 0.0, -2.0]])
    w_q = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]])
    w_k = np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 0.0]])
    wide = np.array([[1.0, 0.0, 2.0, 1.0], [0.0, -1.0, 1.0, 1.0], [2.0, 1.0, 0.0, 3.0]])
    tall = np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 0.0], [-1.0, 2.0]])
    small_q, small_k = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [3.0, 1.0]])
    batch = np.array([[[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]], [[1.0, 1.0], [0.0, -1.0], [2.0, 0.0]]])
    return [
        Case((x, context, w_q, w_k)),
        Case((x, wide, w_q, tall)),
        Case((small_q, small_k, small_k + 1.0, small_q - 1.0)),
        Case((batch, batch[::-1, 1:].copy(), small_q, small_k)),
    ]


def _cross_hidden(rng):
    def drawn(*lead, t_q, t_k, d_model, d_context, d_k):
        shapes = ((*lead, t_q, d_model), (*lead, t_k, d_context), (d_model, d_k), (d_context, d_k))
        return Case(tuple(rng.standard_normal(shape) for shape in shapes))

    return [
        drawn(t_q=3, t_k=7, d_model=5, d_context=5, d_k=2),
        drawn(t_q=7, t_k=3, d_model=5, d_context=11, d_k=2),
        drawn(t_q=3, t_k=3, d_model=3, d_context=3, d_k=3),
        drawn(2, t_q=5, t_k=3, d_model=7, d_context=7, d_k=11),
        drawn(3, t_q=3, t_k=3, d_model=3, d_context=3, d_k=3),
        drawn(t_q=1, t_k=2, d_model=2, d_context=3, d_k=1),
    ]


EXERCISE = Exercise(
    name="cross_scores",
    section=f"{PAGE}#qkv-self-cross",
    reference=cross_scores,
    visible=_cross_visible,
    hidden=_cross_hidden,
    axes=("query", "key"),
    seals=(dot_product.attention_scores, dot_product._scores),
    misconceptions=(
        Misconception(
            "context ignored",
            "Queries and keys both come from `x`: that is self-attention; the keys come from `context`.",
            asks_itself,
        ),
        Misconception(
            "context asks itself",
            "Queries and keys both come from `context`; the queries come from `x`, the sequence that asks.",
            context_asks_itself,
        ),
        Misconception(
            "roles exchanged",
            "The queries come from `context` and the keys from `x`; `x` asks and `context` answers.",
            answers_ask,
        ),
        Misconception(
            "matrices exchanged",
            "The sequence that asks is multiplied by `w_k` and the one that answers by `w_q`; it is the "
            "other way round.",
            matrices_exchanged,
            section=f"{PAGE}#qkv-projections",
        ),
        Misconception(
            "keys times queries",
            "The scores are K Qᵀ, with the keys in the rows; put the queries in the rows: Q Kᵀ.",
            cross_keys_times_queries,
            section=f"{PAGE}#qkv-rows-columns",
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            cross_transposed_batch,
            section=f"{PAGE}#qkv-shapes",
        ),
        Misconception(
            "W_Q for both",
            "Queries and keys both come from `w_q`; the keys have a matrix of their own.",
            cross_w_q_for_both,
            section=f"{PAGE}#qkv-why-three",
        ),
        Misconception(
            "no projection",
            "The tokens themselves are compared, which fails where the two sequences have different "
            "widths; multiply them by `w_q` and `w_k` first.",
            cross_no_projection,
            section=f"{PAGE}#qkv-projections",
        ),
        Misconception(
            "scaled already",
            "The scores are divided by the root of d_k; that is the next chapter, and the question asks "
            "for plain dot products.",
            cross_scaled,
        ),
    ),
    properties=(first_score_of(cross_scores),),
)
