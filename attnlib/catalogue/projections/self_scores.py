"""The scores of every pair of tokens within one sequence."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.projections import PAGE
from attnlib.catalogue.projections._shared import first_score_of, self_scores
from attnlib.exercise import Case, Exercise, Misconception


def no_projection(x, w_q, w_k):
    return x @ x.swapaxes(-1, -2)


def w_q_for_both(x, w_q, w_k):
    q = x @ w_q
    return q @ q.swapaxes(-1, -2)


def w_k_for_both(x, w_q, w_k):
    k = x @ w_k
    return k @ k.swapaxes(-1, -2)


def keys_not_projected(x, w_q, w_k):
    return x @ w_q @ x.swapaxes(-1, -2)


def self_keys_times_queries(x, w_q, w_k):
    return x @ w_k @ (x @ w_q).swapaxes(-1, -2)


def self_transposed_batch(x, w_q, w_k):
    return x @ w_q @ (x @ w_k).T


def self_scaled(x, w_q, w_k):
    return x @ w_q @ (x @ w_k).swapaxes(-1, -2) / np.sqrt(w_q.shape[-1])


def features_times_features(x, w_q, w_k):
    return (x @ w_q).swapaxes(-1, -2) @ (x @ w_k)


def only_its_own_key(x, w_q, w_k):
    return ((x @ w_q) * (x @ w_k)).sum(axis=-1)


def self_of_one_sequence(x, w_q, w_k):
    _t, _d_model = x.shape
    return x @ w_q @ (x @ w_k).swapaxes(-1, -2)


def self_matrices_as_in_a_linear_layer(x, w_q, w_k):
    return x @ w_q.T @ (x @ w_k.T).swapaxes(-1, -2)


def self_divided_by_d_k(x, w_q, w_k):
    return x @ w_q @ (x @ w_k).swapaxes(-1, -2) / w_q.shape[-1]


def self_softmax_too(x, w_q, w_k):
    scores = x @ w_q @ (x @ w_k).swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def queries_not_projected(x, w_q, w_k):
    return x @ (x @ w_k).swapaxes(-1, -2)


def queries_not_turned(x, w_q, w_k):
    return x @ w_q @ (x @ w_k)


def self_keys_reshaped(x, w_q, w_k):
    k = x @ w_k
    return x @ w_q @ k.reshape(*k.shape[:-2], k.shape[-1], k.shape[-2])


def _self_visible():
    x = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0], [1.0, 1.0, 0.0], [2.0, 0.0, 1.0]])
    w_q = np.array([[1.0, 0.0], [2.0, 1.0], [0.0, -1.0]])
    w_k = np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 0.0]])
    square = np.array([[1.0, 2.0], [-1.0, 0.5]])
    batch = np.array([[[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]], [[1.0, 1.0], [0.0, -1.0], [2.0, 0.0]]])
    return [
        Case((x, w_q, w_k)),
        Case((square, np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [3.0, 1.0]]))),
        Case((batch, np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [3.0, 1.0]]))),
        Case((np.stack([batch, 1.0 - batch]).swapaxes(0, 1), w_q[:2], w_k[1:])),
    ]


def _self_hidden(rng):
    def drawn(shape, d_k):
        w_q, w_k = rng.standard_normal((2, shape[-1], d_k))
        return Case((rng.standard_normal(shape), w_q, w_k))

    return [
        drawn((7, 5), 3),
        drawn((3, 3), 3),
        drawn((2, 3, 5, 7), 2),
        drawn((3, 3, 3), 3),
        drawn((2, 5), 1),
        drawn((1, 3), 2),
    ]


EXERCISE = Exercise(
    name="self_scores",
    section=f"{PAGE}#qkv-self-cross",
    reference=self_scores,
    visible=_self_visible,
    hidden=_self_hidden,
    axes=("query", "key"),
    seals=(dot_product.attention_scores, dot_product._scores),
    misconceptions=(
        Misconception(
            "no projection",
            "The tokens themselves are compared; multiply them by `w_q` and `w_k` first.",
            no_projection,
            section=f"{PAGE}#qkv-projections",
        ),
        Misconception(
            "W_Q for both",
            "Queries and keys both come from `w_q`, so i likes j as much as j likes i; the keys have a "
            "matrix of their own.",
            w_q_for_both,
            section=f"{PAGE}#qkv-why-three",
        ),
        Misconception(
            "W_K for both",
            "Queries and keys both come from `w_k`, so i likes j as much as j likes i; the queries have a "
            "matrix of their own.",
            w_k_for_both,
            section=f"{PAGE}#qkv-why-three",
        ),
        Misconception(
            "keys not projected",
            "The queries are compared with the tokens and not with their keys; multiply by `w_k` too.",
            keys_not_projected,
            section=f"{PAGE}#qkv-projections",
        ),
        Misconception(
            "keys times queries",
            "Row i holds the key of token i with every query: the product is K Qᵀ, or `w_q` and `w_k` are "
            "exchanged; the queries belong in the rows, Q Kᵀ.",
            self_keys_times_queries,
            section=f"{PAGE}#qkv-rows-columns",
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            self_transposed_batch,
            section=f"{PAGE}#qkv-shapes",
        ),
        Misconception(
            "scaled already",
            "The scores are divided by the root of d_k; that is the next chapter, and the question asks "
            "for plain dot products.",
            self_scaled,
        ),
        Misconception(
            "features for tokens",
            "The product is Qᵀ K, which sums over the tokens; turn the keys and not the queries, so that "
            "it sums over the features.",
            features_times_features,
            section=f"{PAGE}#qkv-shapes",
        ),
        Misconception(
            "own key only",
            "Each query is compared with the key of its own token only; it should meet every key.",
            only_its_own_key,
        ),
        Misconception(
            "one sequence only",
            "Right for one sequence, but a batch has more axes in front, so that its shape can't be "
            "taken apart into two numbers; count the axes from the end.",
            self_of_one_sequence,
            section=f"{PAGE}#qkv-shapes",
        ),
        Misconception(
            "matrices as in nn.Linear",
            "The matrices are transposed, as a linear layer of PyTorch stores them; here they have a "
            "row for each feature of a token, so `x` meets them as they are.",
            self_matrices_as_in_a_linear_layer,
            section=f"{PAGE}#qkv-rows-columns",
        ),
        Misconception(
            "divided by d_k",
            "The scores are divided by d_k; the question asks for plain dot products.",
            self_divided_by_d_k,
        ),
        Misconception(
            "softmax already",
            "These are weights and not scores: the softmax comes later, and the question asks for plain "
            "dot products.",
            self_softmax_too,
        ),
        Misconception(
            "queries not projected",
            "The tokens are compared with the keys, and `w_q` makes no difference; multiply by it too.",
            queries_not_projected,
            section=f"{PAGE}#qkv-projections",
        ),
        Misconception(
            "keys not turned",
            "The queries are multiplied by the keys as they are, which fails unless there are as many "
            "tokens as features; turn the keys, so that each query meets each key.",
            queries_not_turned,
            section=f"{PAGE}#qkv-shapes",
        ),
        Misconception(
            "reshape for transpose",
            "The keys are cut anew in reading order with reshape, which mixes up tokens and features; "
            "swap the last two axes instead.",
            self_keys_reshaped,
            section=f"{PAGE}#qkv-shapes",
        ),
    ),
    properties=(first_score_of(self_scores),),
)
