"""The documents that fit a query best, in their order."""

import numpy as np

from attnlib import similarity
from attnlib.catalogue.similarity import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _retrieve(query, keys, n):
    return np.argsort(-similarity.cosine_similarity(query, keys), kind="stable")[:n]


def worst_first(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argsort(closeness)[:n]


def best_last(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argsort(closeness)[-n:]


def by_dot_product(query, keys, n):
    return np.argsort(-(keys @ query))[:n]


def by_distance(query, keys, n):
    return np.argsort(np.linalg.norm(keys - query, axis=-1))[:n]


def cosines_returned(query, keys, n):
    cosine = keys @ query / (np.linalg.norm(keys, axis=-1) * np.linalg.norm(query))
    return np.sort(cosine)[::-1][:n]


def keys_returned(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return keys[np.argsort(-closeness)[:n]]


def all_returned(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argsort(-closeness)


def places_of_the_keys(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argsort(np.argsort(-closeness))[:n]


def in_order_of_position(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.sort(np.argsort(-closeness)[:n])


def one_length_for_all_keys(query, keys, n):
    lengths = np.linalg.norm(keys, axis=-1)
    return np.argsort(-(keys @ query) / lengths**2)[:n]


def places_counted_from_one(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argsort(-closeness)[:n] + 1


def left_unsorted(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argpartition(-closeness, n - 1)[:n]


def only_the_best(query, keys, n):
    closeness = keys @ query / np.linalg.norm(keys, axis=-1)
    return np.argsort(-closeness)[:1]


def sign_ignored(query, keys, n):
    closeness = np.abs(keys @ query) / np.linalg.norm(keys, axis=-1)
    return np.argsort(-closeness)[:n]


def _many(rng, t_k, n):
    # equal steps of angle keep neighbours apart in float32 too
    angles = rng.permutation(np.linspace(0.05, 3.1, t_k))
    keys = np.stack([np.cos(angles), np.sin(angles)], axis=-1) * rng.uniform(0.5, 2.0, size=(t_k, 1))
    return Case((np.array([2.0, 0.0]), keys, n))


def _retrieve_visible():
    keys = np.array([[6.0, 9.0], [-1.0, 2.0], [3.0, 1.0], [0.5, 0.0], [-8.0, -1.0]])
    return [
        Case((np.array([2.0, 0.0]), keys, 3)),
        Case((np.array([1.0, 1.0]), keys, 2)),
        Case((np.array([0.0, 1.0]), keys, 1)),
        Case((np.array([-1.0, 0.5]), keys, 5)),
        _many(np.random.default_rng(2), 2000, 600),
    ]


def _retrieve_hidden(rng):
    def drawn(t_k, d_k, n):
        lengths = rng.choice([0.2, 1.0, 5.0], size=(t_k, 1))
        return Case((rng.standard_normal(d_k), lengths * rng.standard_normal((t_k, d_k)), n))

    return [
        drawn(11, 3, 4),
        drawn(5, 5, 2),
        drawn(7, 13, 7),
        drawn(23, 2, 5),
        drawn(3, 3, 1),
        drawn(1, 2, 1),
        _many(rng, 3000, 700),
    ]


EXERCISE = Exercise(
    name="retrieve",
    section=f"{PAGE}#similarity-retrieval",
    reference=_retrieve,
    visible=_retrieve_visible,
    hidden=_retrieve_hidden,
    misconceptions=(
        Misconception(
            "worst first",
            "The sort goes upwards, as np.argsort does, so the first n are the least similar keys.",
            worst_first,
        ),
        Misconception(
            "best last",
            "These are the right keys in the wrong order: the most similar one must come first.",
            best_last,
        ),
        Misconception(
            "dot product for cosine",
            "The keys are sorted by their dot product, so a long key comes before a similar one.",
            by_dot_product,
            section=f"{PAGE}#similarity-cosine",
        ),
        Misconception(
            "distance",
            "The keys are sorted by their distance; a key that points the same way may still be far away.",
            by_distance,
            section=f"{PAGE}#similarity-angles",
        ),
        Misconception(
            "cosines for positions",
            "The answer holds the highest cosines; the question asks at which keys they stand.",
            cosines_returned,
        ),
        Misconception(
            "keys for positions",
            "The answer holds the keys themselves; the question asks for their positions.",
            keys_returned,
        ),
        Misconception(
            "n ignored",
            "All keys are returned; the question asks for the best n.",
            all_returned,
        ),
        Misconception(
            "ranks for positions",
            "The answer says which place each of the first n keys takes; it should say which key takes "
            "each of the first n places.",
            places_of_the_keys,
        ),
        Misconception(
            "in order of position",
            "These are the right keys in the order in which they stand; the most similar one must come "
            "first.",
            in_order_of_position,
        ),
        Misconception(
            "root forgotten",
            "Each dot product is divided by a sum of squares; a length is the root of such a sum.",
            one_length_for_all_keys,
            section=f"{PAGE}#similarity-cosine",
        ),
        Misconception(
            "counted from 1",
            "Every position is one too high: the first key has the position 0.",
            places_counted_from_one,
        ),
        Misconception(
            "not sorted",
            "These are the right keys, but np.argpartition leaves them in no particular order; sort the "
            "n that it finds.",
            left_unsorted,
        ),
        Misconception(
            "only the best",
            "Only the best key is returned; the question asks for the best n.",
            only_the_best,
        ),
        Misconception(
            "sign dropped",
            "A strongly negative cosine counts like a strongly positive one; a key that points the "
            "opposite way is the worst match.",
            sign_ignored,
            section=f"{PAGE}#similarity-angles",
        ),
    ),
    properties=(
        Property(
            "Each answer must be the position of a key: a whole number from 0 to T_k - 1.",
            lambda case, got: bool(((got == np.round(got)) & (got >= 0) & (got < len(case.args[1]))).all()),
        ),
        Property(
            "No key may come twice.",
            lambda case, got: len(np.unique(got)) == got.size,
        ),
    ),
)
