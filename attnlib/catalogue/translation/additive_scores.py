"""The score of the first attention: a small network on each pair of a query and a key."""

import numpy as np

from attnlib import layers, variants
from attnlib.catalogue.translation import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _additive_scores(q, k, w_q, w_k, w_score):
    return variants.additive_scores(q, k, w_q, w_k, w_score)


def additive_no_bend(q, k, w_q, w_k, w_score):
    return ((q @ w_q)[..., :, None, :] + (k @ w_k)[..., None, :, :]) @ w_score


def additive_bend_at_the_end(q, k, w_q, w_k, w_score):
    return np.tanh(((q @ w_q)[..., :, None, :] + (k @ w_k)[..., None, :, :]) @ w_score)


def additive_bend_before_the_sum(q, k, w_q, w_k, w_score):
    return (np.tanh(q @ w_q)[..., :, None, :] + np.tanh(k @ w_k)[..., None, :, :]) @ w_score


def additive_keys_in_rows(q, k, w_q, w_k, w_score):
    return np.tanh((q @ w_q)[..., None, :, :] + (k @ w_k)[..., :, None, :]) @ w_score


def additive_projections_exchanged(q, k, w_q, w_k, w_score):
    return np.tanh((q @ w_k)[..., :, None, :] + (k @ w_q)[..., None, :, :]) @ w_score


def additive_one_projection(q, k, w_q, w_k, w_score):
    return np.tanh((q @ w_q)[..., :, None, :] + (k @ w_q)[..., None, :, :]) @ w_score


def additive_keys_not_projected(q, k, w_q, w_k, w_score):
    return np.tanh((q @ w_q)[..., :, None, :] + k[..., None, :, :]) @ w_score


def additive_place_by_place(q, k, w_q, w_k, w_score):
    return np.tanh(q @ w_q + k @ w_k) @ w_score


def additive_difference(q, k, w_q, w_k, w_score):
    return np.tanh((q @ w_q)[..., :, None, :] - (k @ w_k)[..., None, :, :]) @ w_score


def additive_product(q, k, w_q, w_k, w_score):
    return np.tanh((q @ w_q)[..., :, None, :] * (k @ w_k)[..., None, :, :]) @ w_score


def additive_scaled(q, k, w_q, w_k, w_score):
    hidden = np.tanh((q @ w_q)[..., :, None, :] + (k @ w_k)[..., None, :, :])
    return hidden @ w_score / np.sqrt(len(w_score))


def additive_not_weighed(q, k, w_q, w_k, w_score):
    return np.tanh((q @ w_q)[..., :, None, :] + (k @ w_k)[..., None, :, :]).sum(axis=-1)


def additive_sigmoid(q, k, w_q, w_k, w_score):
    return 1 / (1 + np.exp(-((q @ w_q)[..., :, None, :] + (k @ w_k)[..., None, :, :]))) @ w_score


def additive_weights(q, k, w_q, w_k, w_score):
    scores = np.tanh((q @ w_q)[..., :, None, :] + (k @ w_k)[..., None, :, :]) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def additive_one_sentence(q, k, w_q, w_k, w_score):
    return np.tanh((q @ w_q)[:, None] + (k @ w_k)[None, :]) @ w_score


def additive_dot(q, k, w_q, w_k, w_score):
    return (q @ w_q) @ (k @ w_k).swapaxes(-2, -1)


def _case(rng, *front, t_q, t_k, d_q=3, d_k=5, d_hidden=4, size=1.0):
    return Case(
        (
            size * rng.standard_normal((*front, t_q, d_q)),
            size * rng.standard_normal((*front, t_k, d_k)),
            rng.standard_normal((d_q, d_hidden)),
            rng.standard_normal((d_k, d_hidden)),
            rng.standard_normal(d_hidden),
        )
    )


def _visible():
    q = np.array([[1.0, 0.0], [0.5, -1.0]])
    k = np.array([[0.0, 1.0], [1.0, 1.0]])
    w_q = np.array([[1.0, 0.5], [0.0, -1.0]])
    w_k = np.array([[0.5, 1.0], [-1.0, 0.25]])
    w_score = np.array([2.0, -1.0])
    wide = np.array([[1.0, 0.0, -0.5], [0.5, 0.5, 0.0], [0.0, 1.0, 1.0]])
    w_wide = np.array([[0.5, 1.0], [-1.0, 0.25], [0.25, -0.5]])
    return [
        Case((q, k, w_q, w_k, w_score)),
        Case((q, wide, w_q, w_wide, w_score)),
        Case((np.stack([q, -q]), np.stack([wide, 0.5 * wide]), w_q, w_wide, w_score)),
    ]


def _hidden(rng):
    return [
        _case(rng, t_q=3, t_k=4),
        _case(rng, t_q=1, t_k=6, d_hidden=7),
        _case(rng, t_q=4, t_k=4, d_q=4, d_k=4),
        _case(rng, 2, t_q=3, t_k=5),
        _case(rng, 3, t_q=3, t_k=3),
        _case(rng, 2, 3, t_q=2, t_k=4, size=0.3),
        _case(rng, t_q=5, t_k=2, size=20.0),
    ]


def _in_bounds(case, got):
    return bool((np.abs(got) <= np.abs(case.args[4]).sum() + 1e-9).all())


EXERCISE = Exercise(
    name="additive_scores",
    section=f"{PAGE}#trans-by-hand",
    reference=_additive_scores,
    visible=_visible,
    hidden=_hidden,
    seals=(variants.additive_scores, layers.additive_attend, layers.additive_attend.vjp),
    axes=("query", "key"),
    misconceptions=(
        Misconception(
            "tanh forgotten",
            "The sum of query and key is weighed as it is; without tanh between, every query gets the same "
            "weights.",
            additive_no_bend,
            section=f"{PAGE}#trans-tanh",
        ),
        Misconception(
            "tanh at the end",
            "The finished score goes through tanh; the hidden features do, before the product with "
            "`w_score`.",
            additive_bend_at_the_end,
        ),
        Misconception(
            "tanh before the sum",
            "Query and key go through tanh one by one; without a bend after the sum, every query gets the "
            "same weights.",
            additive_bend_before_the_sum,
            section=f"{PAGE}#trans-tanh",
        ),
        Misconception(
            "keys in the rows",
            "Rows belong to keys and columns to queries; a row of scores belongs to the query that asks.",
            additive_keys_in_rows,
        ),
        Misconception(
            "projections exchanged",
            "Queries are multiplied by `w_k` and keys by `w_q`; it is the other way round.",
            additive_projections_exchanged,
        ),
        Misconception(
            "one projection for both",
            "Keys are multiplied by `w_q` as well; theirs is `w_k`.",
            additive_one_projection,
        ),
        Misconception(
            "keys not projected",
            "The keys are added as they come; multiply them by `w_k` first.",
            additive_keys_not_projected,
        ),
        Misconception(
            "place by place",
            "Each query meets the key at its own place only; an axis of size 1 lets every query meet every "
            "key.",
            additive_place_by_place,
        ),
        Misconception(
            "difference for sum",
            "The key is subtracted from the query; the two are added.",
            additive_difference,
        ),
        Misconception(
            "product for sum",
            "Query and key are multiplied feature by feature; the two are added.",
            additive_product,
        ),
        Misconception(
            "scaled",
            "The scores are divided by the root of the hidden size; that belongs to dot products.",
            additive_scaled,
            section=f"{PAGE}#trans-dot",
        ),
        Misconception(
            "not weighed",
            "The hidden features are added up alike; `w_score` says what each of them counts.",
            additive_not_weighed,
        ),
        Misconception(
            "sigmoid for tanh",
            "The bend is a sigmoid, from 0 to 1; tanh goes from -1 to 1.",
            additive_sigmoid,
        ),
        Misconception(
            "weights for scores",
            "A softmax was taken as well; the scores are asked for.",
            additive_weights,
        ),
        Misconception(
            "one sentence at a time",
            "Right for one sentence; with axes in front, the new axes are in the wrong place. Count them "
            "from the end.",
            additive_one_sentence,
        ),
        Misconception(
            "dot product",
            "Queries and keys are multiplied; this score adds them and bends the sum.",
            additive_dot,
            section=f"{PAGE}#trans-dot",
        ),
    ),
    properties=(Property("No score can be larger than the sizes of `w_score` together.", _in_bounds),),
)
