"""A question that looks among facts, is turned by what it read, and looks again."""

import numpy as np

from attnlib.catalogue.questions import PAGE
from attnlib.exercise import Case, Exercise, Misconception
from attnlib.models import memory
from attnlib.probability import softmax


def _answer_by_hops(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        weights = softmax(scores)
        seen.append(weights)
        u = u @ turn + (weights[..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def query_not_updated(u, keys, values, w):
    first, seen = u, []
    for c, turn in zip(values, w, strict=True):
        scores = (keys @ first[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u @ turn + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def only_the_last_hop(u, keys, values, w):
    first, seen = u, []
    for c, turn in zip(values, w, strict=True):
        scores = (keys @ first[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = first @ turn + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def never_turned(u, keys, values, w):
    seen = []
    for c in values:
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def question_dropped(u, keys, values, w):
    seen = []
    for c in values:
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def nothing_read(u, keys, values, w):
    seen = []
    for turn in w:
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u @ turn
    return u, np.stack(seen)


def what_was_read_turned_too(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = (u + (seen[-1][..., None, :] @ c)[..., 0, :]) @ turn
    return u, np.stack(seen)


def turned_before_it_looks(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        u = u @ turn
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def matrix_transposed(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u @ turn.T + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def keys_for_values(u, keys, values, w):
    seen = []
    for turn in w:
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u @ turn + (seen[-1][..., None, :] @ keys)[..., 0, :]
    return u, np.stack(seen)


def values_for_keys(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        scores = (c @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u @ turn + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def first_values_again(u, keys, values, w):
    seen = []
    for turn in w:
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u @ turn + (seen[-1][..., None, :] @ values[0])[..., 0, :]
    return u, np.stack(seen)


def first_matrix_again(u, keys, values, w):
    seen = []
    for c in values:
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u @ w[0] + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def scale_forgotten(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        scores = (keys @ u[..., None])[..., 0]
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u @ turn + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def softmax_left_out(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        seen.append((keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1]))
        u = u @ turn + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def one_softmax_for_all_stories(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        scores = (keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max())
        seen.append(powers / powers.sum())
        u = u @ turn + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def over_the_queries(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        scores = (u[..., None, :] @ keys.swapaxes(-1, -2)) / np.sqrt(u.shape[-1])
        powers = np.exp(scores - scores.max(axis=-2, keepdims=True))
        weights = powers / powers.sum(axis=-2, keepdims=True)
        seen.append(weights[..., 0, :])
        u = u @ turn + (weights @ c)[..., 0, :]
    return u, np.stack(seen)


def overflow(u, keys, values, w):
    seen = []
    for c, turn in zip(values, w, strict=True):
        powers = np.exp((keys @ u[..., None])[..., 0] / np.sqrt(u.shape[-1]))
        seen.append(powers / powers.sum(axis=-1, keepdims=True))
        u = u @ turn + (seen[-1][..., None, :] @ c)[..., 0, :]
    return u, np.stack(seen)


def _castle():
    keys = np.zeros((4, 6))
    keys[[0, 0, 1, 1, 2, 2, 3, 3], [0, 2, 1, 3, 0, 4, 1, 4]] = 1
    whom, place = np.zeros((2, 4, 6))
    whom[[0, 1], [0, 1]] = 1
    place[[2, 3], [2, 3]] = 1
    first, last = np.zeros((2, 6, 6))
    first[5, 4] = 1
    last[4, 5] = 1
    return 12 * keys, np.stack([whom, place]), np.stack([first, last])


def _visible():
    keys, values, w = _castle()
    where = np.array([0.0, 0, 1, 0, 0, 1])
    both = np.array([[0.0, 0, 1, 0, 0, 1], [0.0, 0, 0, 1, 0, 1]])
    stories = np.stack([keys, keys[::-1]])
    return [
        Case((where, keys, values, w)),
        Case((where, keys, values[:1], w[:1])),
        Case((both, stories, np.stack([values, values[:, ::-1]], axis=1), w)),
        Case((where, 300.0 * keys, values, w)),
    ]


def _hidden(rng):
    def drawn(*front, n_facts, d, n_hops):
        return Case(
            (
                rng.standard_normal((*front, d)),
                1.5 * rng.standard_normal((*front, n_facts, d)),
                rng.standard_normal((n_hops, *front, n_facts, d)),
                rng.standard_normal((n_hops, d, d)),
            )
        )

    far = drawn(n_facts=3, d=5, n_hops=2)
    return [
        drawn(n_facts=7, d=5, n_hops=2),
        drawn(n_facts=4, d=3, n_hops=3),
        drawn(n_facts=5, d=2, n_hops=1),
        drawn(3, n_facts=4, d=5, n_hops=2),
        drawn(2, 3, n_facts=5, d=7, n_hops=2),
        drawn(n_facts=1, d=3, n_hops=2),
        Case((2000.0 * far.args[0], *far.args[1:])),
    ]


EXERCISE = Exercise(
    name="answer_by_hops",
    section=f"{PAGE}#questions-by-hand",
    reference=_answer_by_hops,
    visible=_visible,
    hidden=_hidden,
    seals=(memory.memory_network, memory.hops),
    misconceptions=(
        Misconception(
            "query not updated",
            "Every hop looks with the first question; a later one with what the hop before made of it.",
            query_not_updated,
            section=f"{PAGE}#questions-hop-mistakes",
        ),
        Misconception(
            "each hop from the beginning",
            "Every hop starts again from the first question, so that only the last one counts.",
            only_the_last_hop,
            section=f"{PAGE}#questions-hop-mistakes",
        ),
        Misconception(
            "never turned",
            "What was read is added to the question as it was; multiply it by the `w` of the hop first.",
            never_turned,
            section=f"{PAGE}#questions-hop-mistakes",
        ),
        Misconception(
            "question dropped",
            "Only what was read goes on to the next hop; the turned question belongs to it, too.",
            question_dropped,
            section=f"{PAGE}#questions-hop-mistakes",
        ),
        Misconception(
            "nothing read",
            "The question is turned, and what was read is left out; add it.",
            nothing_read,
        ),
        Misconception(
            "what was read is turned, too",
            "The sum is multiplied by `w`; only the question is, and what was read is added after that.",
            what_was_read_turned_too,
        ),
        Misconception(
            "turned before it looks",
            "The question is turned before the hop looks; it looks first.",
            turned_before_it_looks,
        ),
        Misconception(
            "matrix transposed",
            "The question is multiplied by the transposed `w`.",
            matrix_transposed,
        ),
        Misconception(
            "keys for values",
            "The hops read keys; keys are for finding a fact, the values of the hop for reading it.",
            keys_for_values,
        ),
        Misconception(
            "values for keys",
            "The question is compared with values; compare it with the keys.",
            values_for_keys,
        ),
        Misconception(
            "the first values again",
            "Every hop reads the values of the first; each has its own.",
            first_values_again,
        ),
        Misconception(
            "the first matrix again",
            "Every hop turns the question by the first matrix; each has its own.",
            first_matrix_again,
        ),
        Misconception(
            "scale forgotten",
            "The scores are not divided by the root of d.",
            scale_forgotten,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "softmax left out",
            "The scores are used as weights as they are; take their softmax.",
            softmax_left_out,
        ),
        Misconception(
            "one softmax for all stories",
            "All stories share one softmax; each question has its own, over the facts of its story.",
            one_softmax_for_all_stories,
            section=f"{PAGE}#questions-hop-mistakes",
        ),
        Misconception(
            "over the queries",
            "The softmax runs over the queries; there is one for a story, so every fact gets the weight 1. "
            "Let it run over the facts.",
            over_the_queries,
            section=f"{PAGE}#questions-hop-mistakes",
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float holds; subtract the largest first.",
            overflow,
            section="chapters/05-softmax#softmax-shift",
        ),
    ),
)
