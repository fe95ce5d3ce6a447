"""Attention with the root of d_k and powers of e."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.byhand import PAGE
from attnlib.catalogue.byhand._shared import SEALS, SMALL_K, SMALL_Q, SMALL_V, integers, macbeth_qkv, within
from attnlib.exercise import Case, Exercise, Misconception, Property


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
        Case(macbeth_qkv()),
        Case(_normal(rng, (5, 2), (3, 2), (3, 7))),
        Case(_normal(rng, (2, 5, 7), (2, 3, 7), (2, 3, 4))),
        Case(_normal(rng, (2, 3, 3), (2, 3, 3), (2, 3, 3))),
        Case((np.array([[40.0, 0.0], [0.0, 40.0]]), np.array([[40.0, 0.0], [39.5, 1.0]]), np.eye(2))),
        integers(rng, (3, 2), (4, 2), (4, 3)),
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
        integers(rng, (5, 3), (2, 3), (2, 4)),
    ]


EXERCISE = Exercise(
    name="attention",
    section=f"{PAGE}#byhand-standard",
    reference=dot_product.attention,
    visible=_attention_visible,
    hidden=_attention_hidden,
    axes=("query", "feature"),
    seals=SEALS,
    misconceptions=(
        Misconception(
            "no scale",
            "The dot products go into the softmax as they are; divide them by the root of d_k.",
            attention_without_scale,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "divided by d_k",
            "The dot products are divided by d_k; divide them by its root.",
            attention_divided_by_d_k,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "multiplied by the root",
            "The dot products are multiplied by the root of d_k; divide, so that they stay moderate.",
            attention_times_root,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of the number of keys",
            "The scale is the root of the number of keys; it is the number of features, d_k, that "
            "makes dot products large.",
            attention_root_of_keys,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of d_v",
            "The scale is the root of the values' feature size; dot products sum over the features of "
            "queries and keys, d_k.",
            attention_root_of_values,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of 3 for every d_k",
            "The scale is always the root of 3; read d_k from the shape of the queries.",
            attention_root_of_three,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "scaled after the softmax",
            "The weights are divided by the root of d_k, and no longer sum to 1; divide the dot "
            "products, before the softmax.",
            attention_scaled_after_softmax,
        ),
        Misconception(
            "still by hand",
            "This halves, rounds down and takes powers of 3; here take the root of d_k and e.",
            attention_still_by_hand,
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs down the columns and shares each key out among the queries; the weights "
            "of each query must sum to 1.",
            attention_softmax_over_queries,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "keys ask queries",
            "The scores are K Qᵀ, so the keys ask and the queries answer; it is Q Kᵀ.",
            attention_keys_ask,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            ".T on a batch",
            "Right for matrices, but .T turns every axis of a batch round; swap the last two only.",
            attention_t_on_a_batch,
            section=f"{PAGE}#byhand-scores",
        ),
        Misconception(
            "weights on keys",
            "The weights mix the keys; they are there to mix the values.",
            attention_on_keys,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            "weights returned",
            "These are the weights; one step is missing: mix the values with them.",
            attention_weights_only,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            "values untouched",
            "The values come back as they were; mix them with the weights.",
            attention_values_untouched,
            section=f"{PAGE}#byhand-context",
        ),
        Misconception(
            "no softmax",
            "The scores mix the values as they are; turn each row of them into weights first.",
            attention_without_softmax,
            section=f"{PAGE}#byhand-softmax",
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest "
            "score of each row first.",
            attention_without_shift,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "changes its input",
            "The caller's queries are overwritten; work on a copy.",
            attention_changes_its_input,
        ),
    ),
    properties=(
        Property(
            "Each number must lie between the smallest and the largest value of its feature: the "
            "context is a mixture of the values.",
            lambda case, got: within(got, case.args[2]),
        ),
    ),
)
