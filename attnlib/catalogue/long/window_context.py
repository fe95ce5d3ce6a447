"""Attention to the last few tokens alone."""

import numpy as np

from attnlib.catalogue.long import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.long import windowed_attention
from attnlib.masks import window_mask


def _window_context(q, k, v, *, before):
    return windowed_attention(q, k, v, before=before)


def window_one_too_narrow(q, k, v, *, before):
    t = q.shape[-2]
    distance = np.arange(t)[:, None] - np.arange(t)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = np.where((distance >= 0) & (distance < max(before, 1)), s, -np.inf)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def window_one_too_wide(q, k, v, *, before):
    t = q.shape[-2]
    distance = np.arange(t)[:, None] - np.arange(t)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = np.where((distance >= 0) & (distance <= before + 1), s, -np.inf)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def window_on_both_sides(q, k, v, *, before):
    t = q.shape[-2]
    distance = np.arange(t)[:, None] - np.arange(t)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = np.where(np.abs(distance) <= before, s, -np.inf)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def window_of_the_future(q, k, v, *, before):
    t = q.shape[-2]
    distance = np.arange(t) - np.arange(t)[:, None]
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = np.where((distance >= 0) & (distance <= before), s, -np.inf)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def window_causal_alone(q, k, v, *, before):
    t = q.shape[-2]
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = np.where(np.tri(t, dtype=bool), s, -np.inf)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def window_outside_alone(q, k, v, *, before):
    t = q.shape[-2]
    distance = np.arange(t)[:, None] - np.arange(t)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = np.where((distance >= 0) & (distance <= before), -1e30, s)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def window_after_the_softmax(q, k, v, *, before):
    t = q.shape[-2]
    distance = np.arange(t)[:, None] - np.arange(t)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    p = p / p.sum(axis=-1, keepdims=True) * ((distance >= 0) & (distance <= before))
    return p @ v


def window_of_zero_scores(q, k, v, *, before):
    t = q.shape[-2]
    distance = np.arange(t)[:, None] - np.arange(t)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = s * ((distance >= 0) & (distance <= before))
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def window_in_blocks(q, k, v, *, before):
    t = q.shape[-2]
    block = np.arange(t) // (before + 1)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = np.where((block[:, None] == block) & np.tri(t, dtype=bool), s, -np.inf)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def window_without_itself(q, k, v, *, before):
    t = q.shape[-2]
    distance = np.arange(t)[:, None] - np.arange(t)
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = np.where((distance > 0) & (distance <= before), s, -1e30)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def window_without_scale(q, k, v, *, before):
    t = q.shape[-2]
    distance = np.arange(t)[:, None] - np.arange(t)
    s = q @ np.swapaxes(k, -1, -2)
    s = np.where((distance >= 0) & (distance <= before), s, -np.inf)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def window_mean(q, k, v, *, before):
    t = q.shape[-2]
    distance = np.arange(t)[:, None] - np.arange(t)
    seen = ((distance >= 0) & (distance <= before)) * 1.0
    return seen / seen.sum(axis=-1, keepdims=True) @ v


def window_round_the_corner(q, k, v, *, before):
    t = q.shape[-2]
    distance = (np.arange(t)[:, None] - np.arange(t)) % t
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    s = np.where(distance <= before, s, -np.inf)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True) @ v


def _drawn(rng, *lead, t, d, d_v, size=1.0):
    q, k = size * rng.standard_normal((2, *lead, t, d))
    return q, k, rng.standard_normal((*lead, t, d_v))


def _visible():
    rng = np.random.default_rng(2)
    return [
        Case((np.zeros((4, 2)), np.zeros((4, 2)), np.array([[1.0], [2.0], [4.0], [8.0]])), {"before": 1}),
        Case(_drawn(rng, t=6, d=3, d_v=2, size=2.0), {"before": 2}),
        Case(_drawn(rng, t=5, d=2, d_v=5), {"before": 0}),
        Case(_drawn(rng, 2, t=4, d=5, d_v=3), {"before": 9}),
    ]


def _hidden(rng):
    return [
        Case(_drawn(rng, t=13, d=5, d_v=3, size=2.0), {"before": 4}),
        Case(_drawn(rng, 2, 3, t=11, d=2, d_v=7), {"before": 1}),
        Case(_drawn(rng, 3, t=7, d=3, d_v=1, size=40.0), {"before": 3}),
        Case(_drawn(rng, t=1, d=2, d_v=2), {"before": 5}),
        Case(_drawn(rng, 5, t=8, d=4, d_v=2), {"before": 7}),
    ]


EXERCISE = Exercise(
    name="window_context",
    section=f"{PAGE}#long-window",
    reference=_window_context,
    visible=_visible,
    hidden=_hidden,
    seals=(windowed_attention, window_mask),
    misconceptions=(
        Misconception(
            "one too narrow",
            "A token sees itself and one fewer before it than asked for; `before` doesn't count itself.",
            window_one_too_narrow,
        ),
        Misconception(
            "one too wide",
            "A token sees itself and one more before it than asked for.",
            window_one_too_wide,
        ),
        Misconception(
            "both sides",
            "A token sees those after it as well; the window reaches back alone.",
            window_on_both_sides,
        ),
        Misconception(
            "looks ahead",
            "A token sees itself and those after it; it must be those before it.",
            window_of_the_future,
        ),
        Misconception(
            "all before it",
            "A token sees everything before it, and `before` makes no difference.",
            window_causal_alone,
        ),
        Misconception(
            "mask turned round",
            "What is in the window is hidden, and what is outside is seen.",
            window_outside_alone,
            section="chapters/07-masks#masks-true",
        ),
        Misconception(
            "masked after the softmax",
            "The weights outside the window are set to 0 after the softmax, so that the others no longer "
            "sum to 1; hide the scores before it.",
            window_after_the_softmax,
            section="chapters/07-masks#masks-before",
        ),
        Misconception(
            "hidden scores are 0",
            "Scores outside the window become 0, which is a score like any other; they must be −∞.",
            window_of_zero_scores,
            section="chapters/07-masks#masks-before",
        ),
        Misconception(
            "blocks for windows",
            "The text is cut into pieces, and a token at the beginning of one sees nothing before it; the "
            "window slides along with the token.",
            window_in_blocks,
        ),
        Misconception(
            "not even itself",
            "A token doesn't see itself; its window ends with it.",
            window_without_itself,
        ),
        Misconception(
            "scale forgotten",
            "The scores aren't divided by the root of d_k.",
            window_without_scale,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "plain mean",
            "All tokens of the window count the same; weigh them by their scores.",
            window_mean,
        ),
        Misconception(
            "round the corner",
            "The first tokens see the end of the text: a negative index, or a roll, goes round to it. "
            "Begin the window at 0 at the earliest.",
            window_round_the_corner,
        ),
    ),
    properties=(
        Property(
            "The first token sees itself alone, so its context is its own value.",
            lambda case, got: np.allclose(got[..., 0, :], case.args[2][..., 0, :]),
        ),
    ),
)
