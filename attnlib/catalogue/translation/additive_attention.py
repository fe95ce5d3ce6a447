"""Additive attention in which padding changes nothing."""

import numpy as np

from attnlib import layers, variants
from attnlib.catalogue.translation import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _additive_attention(q, k, v, w_score, keep):
    return layers.additive_attend(q, k, v, w_score, mask=keep[..., None, :])


def attends_to_padding(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attends_to_padding_alone(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score
    scores = np.where(keep[..., None, :], -1e300, scores)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def padding_scores_zero(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score * keep[..., None, :]
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def padding_cut_after_softmax(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) * keep[..., None, :] @ v


def padding_keys_zero(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + (k * keep[..., :, None])[..., None, :, :]) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def padding_a_little_unlikely(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score
    scores = np.where(keep[..., None, :], scores, -10.0)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def padding_at_minus_one(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score
    scores = np.where(keep[..., None, :], scores, -1.0)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def softmax_over_queries(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score
    powers = np.exp(scores - scores.max(axis=-2, keepdims=True))
    return powers / powers.sum(axis=-2, keepdims=True) * keep[..., None, :] @ v


def attention_without_tanh(q, k, v, w_score, keep):
    scores = (q[..., :, None, :] + k[..., None, :, :]) @ w_score
    scores = np.where(keep[..., None, :], scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_scaled(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score / np.sqrt(len(w_score))
    scores = np.where(keep[..., None, :], scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_of_dot_products(q, k, v, w_score, keep):
    scores = np.where(keep[..., None, :], q @ k.swapaxes(-2, -1), -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_overflows(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score
    powers = np.exp(np.where(keep[..., None, :], scores, -np.inf))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def attention_not_normalised(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score
    scores = np.where(keep[..., None, :], scores, -np.inf)
    return np.exp(scores - scores.max(axis=-1, keepdims=True)) @ v


def attention_mean_of_words(q, k, v, w_score, keep):
    weights = keep / keep.sum(axis=-1, keepdims=True)
    return np.repeat(weights[..., None, :], q.shape[-2], axis=-2) @ v


def attention_returns_weights(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score
    scores = np.where(keep[..., None, :], scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def keep_of_the_first_sentence(q, k, v, w_score, keep):
    scores = np.tanh(q[..., :, None, :] + k[..., None, :, :]) @ w_score
    scores = np.where(keep.reshape(-1, keep.shape[-1])[0], scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def _case(rng, *front, t_q, t_k, d=4, d_v=3, size=1.0, padding=1.0):
    keep = np.ones((*front, t_k), bool)
    lengths = rng.integers(1, t_k + 1, size=front)
    lengths.flat[0] = t_k - 1
    keep &= np.arange(t_k) < lengths[..., None] if front else np.arange(t_k) < t_k - 1
    k, v = rng.standard_normal((*front, t_k, d)), rng.standard_normal((*front, t_k, d_v))
    k[~keep] *= padding
    v[~keep] = padding * (3.0 + v[~keep])
    return Case((rng.standard_normal((*front, t_q, d)), k, v, size * rng.standard_normal(d), keep))


def _visible():
    q = np.array([[1.0, 0.0], [0.0, -1.0]])
    k = np.array([[0.0, 1.0], [1.0, 1.0], [-0.5, 2.0]])
    v = np.array([[1.0, 0.0, 2.0], [0.0, 4.0, 1.0], [50.0, -30.0, 70.0]])
    w_score = np.array([2.0, -1.0])
    whole, short = np.array([True, True, True]), np.array([True, True, False])
    return [
        Case((q, k, v, w_score, whole)),
        Case((q, k, v, w_score, short)),
        Case(
            (np.stack([q, -q]), np.stack([k, 0.5 * k]), np.stack([v, v]), w_score, np.stack([whole, short]))
        ),
        Case((q, k, v, 900.0 * w_score, short)),
    ]


def _hidden(rng):
    return [
        _case(rng, t_q=3, t_k=5),
        _case(rng, t_q=1, t_k=4, d=5),
        _case(rng, 3, t_q=2, t_k=6),
        _case(rng, 4, t_q=4, t_k=4),
        _case(rng, 2, 3, t_q=2, t_k=5, padding=30.0),
        _case(rng, 2, t_q=3, t_k=5, size=800.0),
    ]


def _ignores_padding(case, got):
    *_, v, _w, keep = case.args
    low = np.where(keep[..., None], v, np.inf).min(axis=-2, keepdims=True)
    high = np.where(keep[..., None], v, -np.inf).max(axis=-2, keepdims=True)
    return bool(((got >= low - 1e-6) & (got <= high + 1e-6)).all())


EXERCISE = Exercise(
    name="additive_attention",
    section=f"{PAGE}#trans-padding",
    reference=_additive_attention,
    visible=_visible,
    hidden=_hidden,
    seals=(
        variants.additive_scores,
        layers.additive_attend,
        layers.additive_attend.vjp,
        layers.attend,
        layers.attend.vjp,
    ),
    axes=("query", "feature"),
    misconceptions=(
        Misconception(
            "padding not masked",
            "The argument `keep` makes no difference: padding is attended to like words.",
            attends_to_padding,
        ),
        Misconception(
            "padding alone",
            "The words are hidden and the padding is attended to; `keep` is True where there is a word.",
            attends_to_padding_alone,
        ),
        Misconception(
            "padding scores 0",
            "Padding gets the score 0, which is a score like others; minus infinity has the power 0.",
            padding_scores_zero,
        ),
        Misconception(
            "cut after the softmax",
            "Padding takes its share in the softmax and loses it afterwards, so that the words' weights "
            "don't sum to 1.",
            padding_cut_after_softmax,
            section="chapters/07-masks#masks-before",
        ),
        Misconception(
            "keys of padding set to 0",
            "The keys of padding are 0, and their scores are not; hide the scores.",
            padding_keys_zero,
        ),
        Misconception(
            "padding scores -10",
            "Padding gets the score -10, which is not small beside scores that are; only minus infinity "
            "hides it from all.",
            padding_a_little_unlikely,
        ),
        Misconception(
            "padding scores -1",
            "Padding gets the score -1, which is a score like others; minus infinity has the power 0.",
            padding_at_minus_one,
        ),
        Misconception(
            "softmax over the queries",
            "The weights sum to 1 over the queries; each query has a sum of its own, over the keys.",
            softmax_over_queries,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "tanh forgotten",
            "The sum of query and key is weighed without tanh; so every query gets the same weights.",
            attention_without_tanh,
            section=f"{PAGE}#trans-tanh",
        ),
        Misconception(
            "scaled",
            "The scores are divided by the root of the hidden size; that belongs to dot products.",
            attention_scaled,
            section=f"{PAGE}#trans-dot",
        ),
        Misconception(
            "dot product",
            "Queries and keys are multiplied; this score adds them and bends the sum.",
            attention_of_dot_products,
            section=f"{PAGE}#trans-by-hand",
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest "
            "score of each query first.",
            attention_overflows,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "not normalised",
            "The powers are not divided by their sum.",
            attention_not_normalised,
            section="chapters/05-softmax#softmax-normalise",
        ),
        Misconception(
            "plain mean",
            "All words get the same weight, whatever the scores are.",
            attention_mean_of_words,
            section=f"{PAGE}#trans-look-back",
        ),
        Misconception(
            "weights for contexts",
            "These are the weights; multiply them by the values.",
            attention_returns_weights,
            section=f"{PAGE}#trans-look-back",
        ),
        Misconception(
            "one mask for all sentences",
            "Every sentence gets the padding of the first one; each has its own row of `keep`.",
            keep_of_the_first_sentence,
        ),
    ),
    properties=(
        Property(
            "A context must lie between the values of the words; what padding holds must not reach it.",
            _ignores_padding,
        ),
    ),
)
