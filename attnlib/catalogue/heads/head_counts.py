"""The numbers that many heads take, by hand."""

import numpy as np

from attnlib import heads
from attnlib.catalogue.heads import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

D_MODEL, N_HEADS, N_TOKENS = 12, 3, 6


def _counts():
    layer = heads.MultiHeadAttention.random(np.random.default_rng(0), D_MODEL, N_HEADS)
    weights = layer(np.zeros((N_TOKENS, D_MODEL)), return_weights=True)[1]
    matrices = (layer.w_q, layer.w_k, layer.w_v, layer.w_o)
    return np.array([D_MODEL // N_HEADS, sum(matrix.size for matrix in matrices), weights.size])


def counts_without_w_o():
    return [12 // 3, 3 * 12 * 12, 3 * 6 * 6]


def counts_full_width_heads():
    return [12, 3 * 4 * 12 * 12, 3 * 6 * 6]


def counts_times_heads():
    return [12 // 3, 3 * 4 * 12 * 12, 3 * 6 * 6]


def counts_one_matrix_of_weights():
    return [12 // 3, 4 * 12 * 12, 6 * 6]


def counts_one_head_only():
    return [12 // 3, 4 * 12 * (12 // 3), 3 * 6 * 6]


def counts_exchanged():
    return [3, 4 * 12 * 12, 3 * 6 * 6]


def counts_with_biases():
    return [12 // 3, 4 * (12 * 12 + 12), 3 * 6 * 6]


def counts_weights_of_features():
    return [12 // 3, 4 * 12 * 12, 6 * 12]


def counts_of_others_only():
    return [12 // 3, 4 * 12 * 12, 3 * 6 * 5]


def counts_of_those_before():
    return [12 // 3, 4 * 12 * 12, 3 * (1 + 2 + 3 + 4 + 5 + 6)]


def counts_of_one_matrix():
    return [12 // 3, 12 * 12, 3 * 6 * 6]


EXERCISE = Exercise(
    name="head_counts",
    section=f"{PAGE}#heads-parameters",
    reference=_counts,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "W_O forgotten",
            "The matrices of queries, keys and values are counted; the one that mixes the heads at the "
            "end, W_O, is missing.",
            counts_without_w_o,
        ),
        Misconception(
            "heads of full width",
            "Every head has all the features here; the heads share them out.",
            counts_full_width_heads,
        ),
        Misconception(
            "multiplied by the heads",
            "The parameters are counted once for each head; the matrices of all heads together are four "
            "square ones.",
            counts_times_heads,
        ),
        Misconception(
            "weights of one head",
            "The weights of one head are counted; every head has its own for each query and key.",
            counts_one_matrix_of_weights,
        ),
        Misconception(
            "parameters of one head",
            "The parameters of one head are counted; the question asks for those of all heads together.",
            counts_one_head_only,
        ),
        Misconception(
            "number for size",
            "The first answer is the number of heads; the question asks how many features each has.",
            counts_exchanged,
        ),
        Misconception(
            "biases counted",
            "A bias is counted with each matrix; there are none here.",
            counts_with_biases,
        ),
        Misconception(
            "features for keys",
            "The weights are counted as tokens times features; there is one for each query and each key.",
            counts_weights_of_features,
        ),
        Misconception(
            "not itself",
            "Each token is taken to attend to the others only; it attends to itself as well.",
            counts_of_others_only,
        ),
        Misconception(
            "causal",
            "Each token is taken to attend to those before it and to itself; without a mask it attends "
            "to all.",
            counts_of_those_before,
        ),
        Misconception(
            "one matrix counted",
            "The parameters of one matrix are counted; queries, keys and values have one each, and one "
            "comes after the heads.",
            counts_of_one_matrix,
        ),
    ),
    properties=(
        Property(
            "The queries of all heads together must have the 12 features of the token.",
            lambda case, got: got[0] * N_HEADS == D_MODEL,
        ),
        Property(
            "The number of parameters must be a multiple of 12: every matrix has 12 rows.",
            lambda case, got: got[1] % D_MODEL == 0,
        ),
        Property(
            "The number of weights must be a multiple of 36: each of the 6 tokens asks each of the 6.",
            lambda case, got: got[2] % N_TOKENS**2 == 0,
        ),
    ),
)
