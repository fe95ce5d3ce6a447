"""The scores between the tokens of two sequences."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.projections import PAGE
from attnlib.catalogue.projections._shared import cross_scores, first_score_of
from attnlib.exercise import Case, Exercise, Misconception


def asks_itself(x, other, w_q, w_k):
    return x @ w_q @ (x @ w_k).swapaxes(-1, -2)


def answers_ask(x, other, w_q, w_k):
    return other @ w_q @ (x @ w_k).swapaxes(-1, -2)


def matrices_exchanged(x, other, w_q, w_k):
    return x @ w_k @ (other @ w_q).swapaxes(-1, -2)


def cross_keys_times_queries(x, other, w_q, w_k):
    return other @ w_k @ (x @ w_q).swapaxes(-1, -2)


def cross_transposed_batch(x, other, w_q, w_k):
    return x @ w_q @ (other @ w_k).T


def cross_w_q_for_both(x, other, w_q, w_k):
    return x @ w_q @ (other @ w_q).swapaxes(-1, -2)


def cross_no_projection(x, other, w_q, w_k):
    return x @ other.swapaxes(-1, -2)


def other_asks_itself(x, other, w_q, w_k):
    return other @ w_q @ (other @ w_k).swapaxes(-1, -2)


def cross_scaled(x, other, w_q, w_k):
    return x @ w_q @ (other @ w_k).swapaxes(-1, -2) / np.sqrt(w_q.shape[-1])


def cross_of_one_sequence(x, other, w_q, w_k):
    _t_q, _d_model = x.shape
    return x @ w_q @ (other @ w_k).swapaxes(-1, -2)


def cross_matrices_as_in_a_linear_layer(x, other, w_q, w_k):
    return x @ w_q.T @ (other @ w_k.T).swapaxes(-1, -2)


def cross_keys_not_projected(x, other, w_q, w_k):
    return x @ w_q @ other.swapaxes(-1, -2)


def cross_w_k_for_both(x, other, w_q, w_k):
    return x @ w_k @ (other @ w_k).swapaxes(-1, -2)


def cross_softmax_too(x, other, w_q, w_k):
    scores = x @ w_q @ (other @ w_k).swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _cross_visible():
    x = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
    other = np.array([[1.0, 1.0, 0.0], [2.0, 0.0, 1.0], [0.0, 3.0, 1.0], [1.0, 0.0, -2.0]])
    w_q = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]])
    w_k = np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 0.0]])
    wide = np.array([[1.0, 0.0, 2.0, 1.0], [0.0, -1.0, 1.0, 1.0], [2.0, 1.0, 0.0, 3.0]])
    tall = np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 0.0], [-1.0, 2.0]])
    small_q, small_k = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [3.0, 1.0]])
    batch = np.array([[[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]], [[1.0, 1.0], [0.0, -1.0], [2.0, 0.0]]])
    return [
        Case((x, other, w_q, w_k)),
        Case((x, wide, w_q, tall)),
        Case((small_q, small_k, small_k + 1.0, small_q - 1.0)),
        Case((batch, batch[::-1, 1:].copy(), small_q, small_k)),
        Case(
            (
                np.stack([batch, 1.0 - batch]).swapaxes(0, 1),
                np.stack([batch, 1.0 - batch]).swapaxes(0, 1)[..., :2, :] - 2.0,
                small_q,
                small_k,
            )
        ),
    ]


def _cross_hidden(rng):
    def drawn(*lead, t_q, t_k, d_model, d_other, d_k):
        shapes = ((*lead, t_q, d_model), (*lead, t_k, d_other), (d_model, d_k), (d_other, d_k))
        return Case(tuple(rng.standard_normal(shape) for shape in shapes))

    return [
        drawn(t_q=3, t_k=7, d_model=5, d_other=5, d_k=2),
        drawn(t_q=7, t_k=3, d_model=5, d_other=11, d_k=2),
        drawn(t_q=3, t_k=3, d_model=3, d_other=3, d_k=3),
        drawn(2, t_q=5, t_k=3, d_model=7, d_other=7, d_k=11),
        drawn(3, t_q=3, t_k=3, d_model=3, d_other=3, d_k=3),
        drawn(t_q=1, t_k=2, d_model=2, d_other=3, d_k=1),
        drawn(2, 3, t_q=2, t_k=5, d_model=3, d_other=4, d_k=2),
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
            "other sequence ignored",
            "Queries and keys both come from `x`: that is self-attention; the keys come from `other`.",
            asks_itself,
        ),
        Misconception(
            "other sequence asks itself",
            "Queries and keys both come from `other`; the queries come from `x`, the sequence that asks.",
            other_asks_itself,
        ),
        Misconception(
            "roles exchanged",
            "The queries come from `other` and the keys from `x`; `x` asks and `other` answers.",
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
        Misconception(
            "one sequence only",
            "Right for one pair of sequences, but a batch has more axes in front, so that its shape "
            "can't be taken apart into two numbers; count the axes from the end.",
            cross_of_one_sequence,
            section=f"{PAGE}#qkv-shapes",
        ),
        Misconception(
            "matrices as in nn.Linear",
            "The matrices are transposed, as a linear layer of PyTorch stores them; here they have a "
            "row for each feature of a token, so the tokens meet them as they are.",
            cross_matrices_as_in_a_linear_layer,
            section=f"{PAGE}#qkv-rows-columns",
        ),
        Misconception(
            "keys not projected",
            "The queries are compared with the tokens of `other` and not with their keys; multiply by "
            "`w_k` too.",
            cross_keys_not_projected,
            section=f"{PAGE}#qkv-projections",
        ),
        Misconception(
            "W_K for both",
            "Queries and keys both come from `w_k`; the queries have a matrix of their own.",
            cross_w_k_for_both,
            section=f"{PAGE}#qkv-why-three",
        ),
        Misconception(
            "softmax already",
            "These are weights and not scores: the softmax comes later, and the question asks for plain "
            "dot products.",
            cross_softmax_too,
        ),
    ),
    properties=(first_score_of(cross_scores),),
)
