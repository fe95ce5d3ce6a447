"""A decoder's words look at what the encoder made of the source."""

import numpy as np

from attnlib import dot_product
from attnlib.catalogue.t5 import PAGE
from attnlib.exercise import Case, Exercise, Misconception


def _cross_attention(x, memory, keep, w_q, w_k, w_v):
    return dot_product.attention(x @ w_q, memory @ w_k, memory @ w_v, mask=keep[..., None, :])


def roles_exchanged(x, memory, keep, w_q, w_k, w_v):
    scores = memory @ w_q @ (x @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (x @ w_v)


def self_for_cross(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (x @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (x @ w_v)


def encoder_alone(x, memory, keep, w_q, w_k, w_v):
    scores = memory @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    scores = np.where(keep[..., None, :], scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def padding_seen(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def mask_on_the_queries(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    scores = np.where(keep[..., :, None], scores, -1e30)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def mask_of_one_text(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    scores = np.where(keep, scores, -1e30)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def only_padding_seen(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    scores = np.where(keep[..., None, :], -1e30, scores)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def causal_too(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    scores = np.where(keep[..., None, :] & np.tri(*scores.shape[-2:], dtype=bool), scores, -1e30)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def masked_after_the_softmax(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) * keep[..., None, :] @ (memory @ w_v)


def masked_with_0(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1]) * keep[..., None, :]
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def not_scaled(x, memory, keep, w_q, w_k, w_v):
    scores = np.where(keep[..., None, :], x @ w_q @ (memory @ w_k).swapaxes(-2, -1), -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def scaled_by_the_model(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(x.shape[-1])
    scores = np.where(keep[..., None, :], scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def softmax_over_the_queries(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    scores = np.where(keep[..., None, :], scores, -1e30)
    powers = np.exp(scores - scores.max(axis=-2, keepdims=True))
    return powers / powers.sum(axis=-2, keepdims=True) @ (memory @ w_v)


def values_not_projected(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    scores = np.where(keep[..., None, :], scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ memory


def overflow(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    powers = np.exp(np.where(keep[..., None, :], scores, -np.inf))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def one_maximum_for_all(x, memory, keep, w_q, w_k, w_v):
    scores = x @ w_q @ (memory @ w_k).swapaxes(-2, -1) / np.sqrt(w_k.shape[-1])
    powers = np.exp(np.where(keep[..., None, :], scores - scores.max(), -np.inf))
    return powers / powers.sum(axis=-1, keepdims=True) @ (memory @ w_v)


def _visible():
    x = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, -1.0]])
    memory = np.array([[2.0, 1.0], [0.0, 1.0], [-1.0, 3.0], [1.0, 1.0]])
    w_q = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    w_k = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, -1.0]])
    w_v = np.array([[2.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 3.0]])
    matrices, all_of_it = (w_q, w_k, w_v), np.ones(4, dtype=bool)
    short, three = np.array([True, True, False, False]), np.array([True, True, False])
    xs, memories = np.stack([x, 1.0 - x]), np.stack([memory, memory[::-1] - 1.0])
    return [
        Case((x, memory, all_of_it, *matrices)),
        Case((x, memory, short, *matrices)),
        Case((x, memory[:3], three, *matrices)),
        Case((xs, memories, np.stack([short, all_of_it]), *matrices)),
        Case((np.stack([x[:2], x[1:]]), memories, np.stack([short, all_of_it]), *matrices)),
        Case((np.array([[1e3], [1.0], [-1e3]]) * x, memory, short, *matrices)),
    ]


def _case(rng, *lead, t_out, t, d_model=4, d_k=3, d_v=5, size=1.0):
    x, memory = (size * rng.standard_normal((*lead, n, d_model)) for n in (t_out, t))
    keep = np.arange(t) < rng.integers(1, t, size=(*lead, 1))
    matrices = [rng.standard_normal((d_model, d)) for d in (d_k, d_k, d_v)]
    return Case((x, memory, keep, *matrices))


def _hidden(rng):
    return [
        _case(rng, t_out=3, t=6),
        _case(rng, 2, t_out=5, t=4),
        _case(rng, 3, t_out=3, t=5),
        _case(rng, 2, 3, t_out=2, t=7, d_v=4),
        _case(rng, 4, t_out=4, t=4, d_k=2, d_v=3),
        _case(rng, 2, t_out=3, t=5, size=30.0),
    ]


EXERCISE = Exercise(
    name="cross_attention",
    section=f"{PAGE}#t5-cross",
    reference=_cross_attention,
    visible=_visible,
    hidden=_hidden,
    axes=("query", "feature"),
    misconceptions=(
        Misconception(
            "roles exchanged",
            "The source asks and the decoder's words answer; it is the decoder that asks.",
            roles_exchanged,
        ),
        Misconception(
            "self for cross",
            "The decoder's words look at one another, and the source isn't read; keys and values come from "
            "`memory`.",
            self_for_cross,
        ),
        Misconception(
            "encoder alone",
            "The source looks at itself; the queries come from `x`.",
            encoder_alone,
        ),
        Misconception(
            "padding seen",
            "The argument `keep` makes no difference; the padding of the source must be hidden.",
            padding_seen,
            section=f"{PAGE}#t5-masks",
        ),
        Misconception(
            "mask on the queries",
            "The mask of the source lies along the rows, which are the decoder's words; it belongs along "
            "the columns.",
            mask_on_the_queries,
            section=f"{PAGE}#t5-masks",
        ),
        Misconception(
            "mask of one text",
            "Right for one text, but in a batch the mask has an axis less than the scores and lines up "
            "with the wrong one; give it an axis for the queries.",
            mask_of_one_text,
            section=f"{PAGE}#t5-masks",
        ),
        Misconception(
            "polarity inverted",
            "Only the padding is seen: True in `keep` means a word.",
            only_padding_seen,
            section="chapters/07-masks#masks-true",
        ),
        Misconception(
            "causal too",
            "A word sees only as many words of the source as stand before it; nothing of the source is "
            "future.",
            causal_too,
            section=f"{PAGE}#t5-masks",
        ),
        Misconception(
            "masked after the softmax",
            "The weights of the padding are removed after the softmax, and the rest no longer sums to 1; "
            "mask the scores.",
            masked_after_the_softmax,
            section="chapters/07-masks#masks-padding",
        ),
        Misconception(
            "masked with 0",
            "The scores of the padding are set to 0, which is a score like any other; they need minus "
            "infinity.",
            masked_with_0,
            section="chapters/07-masks#masks-padding",
        ),
        Misconception(
            "not scaled",
            "The scores aren't divided by the root of d_k.",
            not_scaled,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "scaled by the model's width",
            "The scores are divided by the root of d_model; divide them by the root of d_k, the size of a "
            "key.",
            scaled_by_the_model,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs down the columns; each query shares a whole among the keys.",
            softmax_over_the_queries,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "values not projected",
            "The memory is mixed as it is; its values are products with `w_v`.",
            values_not_projected,
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest of "
            "each row first.",
            overflow,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "one maximum for all rows",
            "The largest score of the whole array is subtracted from every row; a row far below it "
            "underflows to 0. Each row needs its own maximum.",
            one_maximum_for_all,
            section="chapters/05-softmax#softmax-shift",
        ),
    ),
)
