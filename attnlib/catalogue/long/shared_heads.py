"""Several heads of queries that share one head of keys and values."""

import numpy as np

from attnlib.catalogue.long import PAGE
from attnlib.exercise import Case, Exercise, Misconception
from attnlib.long import grouped_attention


def _shared_heads(q, k, v):
    return grouped_attention(q, k, v)


def shared_by_turns(q, k, v):
    n = q.shape[-3] // k.shape[-3]
    k, v = np.concatenate([k] * n, axis=-3), np.concatenate([v] * n, axis=-3)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def shared_values_by_turns(q, k, v):
    n = q.shape[-3] // k.shape[-3]
    k, v = np.repeat(k, n, axis=-3), np.concatenate([v] * n, axis=-3)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def shared_first_alone(q, k, v):
    s = q @ np.swapaxes(k[..., :1, :, :], -1, -2) / np.sqrt(q.shape[-1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v[..., :1, :, :]


def shared_mean_of_heads(q, k, v):
    k, v = k.mean(axis=-3, keepdims=True), v.mean(axis=-3, keepdims=True)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def shared_queries_pooled(q, k, v):
    q = q.reshape(*q.shape[:-3], k.shape[-3], -1, *q.shape[-2:]).mean(axis=-3)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def shared_contexts_averaged(q, k, v):
    n = q.shape[-3] // k.shape[-3]
    keys, values = np.repeat(k, n, axis=-3), np.repeat(v, n, axis=-3)
    s = q @ np.swapaxes(keys, -1, -2) / np.sqrt(q.shape[-1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    c = p / p.sum(axis=-1, keepdims=True) @ values
    return c.reshape(*c.shape[:-3], -1, n, *c.shape[-2:]).mean(axis=-3)


def shared_heads_reversed(q, k, v):
    n = q.shape[-3] // k.shape[-3]
    k, v = np.repeat(k, n, axis=-3)[..., ::-1, :, :], np.repeat(v, n, axis=-3)[..., ::-1, :, :]
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def shared_without_scale(q, k, v):
    n = q.shape[-3] // k.shape[-3]
    k, v = np.repeat(k, n, axis=-3), np.repeat(v, n, axis=-3)
    s = q @ np.swapaxes(k, -1, -2)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def shared_scaled_by_groups(q, k, v):
    n = q.shape[-3] // k.shape[-3]
    k, v = np.repeat(k, n, axis=-3), np.repeat(v, n, axis=-3)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(n * q.shape[-1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def shared_over_queries(q, k, v):
    n = q.shape[-3] // k.shape[-3]
    k, v = np.repeat(k, n, axis=-3), np.repeat(v, n, axis=-3)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    p = np.exp(s - s.max(axis=-2, keepdims=True))
    return p / p.sum(axis=-2, keepdims=True) @ v


def shared_one_softmax(q, k, v):
    n = q.shape[-3] // k.shape[-3]
    k, v = np.repeat(k, n, axis=-3), np.repeat(v, n, axis=-3)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = s.reshape(*s.shape[:-3], -1, n, *s.shape[-2:])
    p = np.exp(s - s.max(axis=(-3, -1), keepdims=True))
    p = p / p.sum(axis=(-3, -1), keepdims=True)
    return p.reshape(*q.shape[:-1], -1) @ v


def _drawn(rng, *lead, heads, kv, t_q, t_k, d, d_v, size=1.0):
    q = size * rng.standard_normal((*lead, heads, t_q, d))
    k, v = (rng.standard_normal((*lead, kv, t_k, width)) for width in (d, d_v))
    return q, k, v


def _visible():
    rng = np.random.default_rng(3)
    q, k = np.zeros((4, 1, 2)), np.zeros((2, 2, 2))
    return [
        Case((q, k, np.array([[[1.0], [3.0]], [[10.0], [30.0]]]))),
        Case(_drawn(rng, heads=6, kv=2, t_q=3, t_k=5, d=4, d_v=2, size=2.0)),
        Case(_drawn(rng, heads=4, kv=4, t_q=2, t_k=3, d=2, d_v=3)),
        Case(_drawn(rng, 2, heads=3, kv=1, t_q=4, t_k=4, d=3, d_v=5)),
    ]


def _hidden(rng):
    return [
        Case(_drawn(rng, heads=8, kv=2, t_q=7, t_k=5, d=3, d_v=11, size=2.0)),
        Case(_drawn(rng, heads=6, kv=3, t_q=4, t_k=4, d=5, d_v=2)),
        Case(_drawn(rng, 3, 2, heads=4, kv=2, t_q=1, t_k=7, d=2, d_v=3)),
        Case(_drawn(rng, 5, heads=6, kv=1, t_q=3, t_k=2, d=4, d_v=1, size=2000.0)),
    ]


EXERCISE = Exercise(
    name="shared_heads",
    section=f"{PAGE}#long-grouped",
    reference=_shared_heads,
    visible=_visible,
    hidden=_hidden,
    seals=(grouped_attention,),
    misconceptions=(
        Misconception(
            "shared by turns",
            "The heads of keys take turns, first, second, first, second; neighbours share, so repeat each "
            "head and don't tile them.",
            shared_by_turns,
        ),
        Misconception(
            "values by turns",
            "Keys are shared by neighbours and values by turns, so that a head reads the values of other "
            "keys than it matched.",
            shared_values_by_turns,
        ),
        Misconception(
            "first head for all",
            "All heads of queries read the first head of keys and values; each group has its own.",
            shared_first_alone,
        ),
        Misconception(
            "mean of the heads",
            "The heads of keys and values are averaged; each group has one of its own.",
            shared_mean_of_heads,
        ),
        Misconception(
            "queries pooled",
            "The heads of queries that share keys are averaged; they stay apart, and there are as many "
            "contexts as heads of queries.",
            shared_queries_pooled,
        ),
        Misconception(
            "contexts averaged",
            "The contexts of a group are averaged; each head of queries keeps its own.",
            shared_contexts_averaged,
        ),
        Misconception(
            "groups reversed",
            "The first heads of queries read the last head of keys; they read the first.",
            shared_heads_reversed,
        ),
        Misconception(
            "scale forgotten",
            "The scores aren't divided by the root of d_k.",
            shared_without_scale,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "scaled by the group",
            "The size of the group is in the scale; it is the root of d_k alone, for each head.",
            shared_scaled_by_groups,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "over the queries",
            "The softmax runs over the queries; each query's weights sum to 1 over the keys.",
            shared_over_queries,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "one softmax for a group",
            "The heads of a group share one softmax; they share keys and values, and each has weights of "
            "its own.",
            shared_one_softmax,
        ),
    ),
)
