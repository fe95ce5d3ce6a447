"""The key that fits each query best: hard look-up."""

import numpy as np

from attnlib import dot_product, similarity, variants
from attnlib.catalogue.similarity import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _best_key(q, k, *, cosine=False):
    if cosine:
        scores = similarity.cosine_similarity(q[..., :, None, :], k[..., None, :, :])
    else:
        scores = dot_product.attention_scores(q, k, scale=1.0)
    return scores.argmax(axis=-1)


def worst_key(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmin(axis=-1)


def best_query_for_each_key(q, k, *, cosine=False):
    scores = q @ k.swapaxes(-1, -2)
    if cosine:
        scores = scores / (
            np.linalg.norm(q, axis=-1)[..., :, None] * np.linalg.norm(k, axis=-1)[..., None, :]
        )
    return scores.argmax(axis=-2)


def flag_unused(q, k, *, cosine=False):
    return (q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def always_cosine(q, k, *, cosine=False):
    k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def flag_inverted(q, k, *, cosine=False):
    if not cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def nearest_by_distance(q, k, *, cosine=False):
    return ((q[..., :, None, :] - k[..., None, :, :]) ** 2).sum(axis=-1).argmin(axis=-1)


def best_of_all_scores(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmax()


def score_of_the_best(q, k, *, cosine=False):
    scores = q @ k.swapaxes(-1, -2)
    if cosine:
        scores = scores / (
            np.linalg.norm(q, axis=-1)[..., :, None] * np.linalg.norm(k, axis=-1)[..., None, :]
        )
    return scores.max(axis=-1)


def sign_of_the_score_lost(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return np.abs(q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def only_one_sequence(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.T).argmax(axis=-1)


def counted_from_one(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmax(axis=-1) + 1


def best_keys_themselves(q, k, *, cosine=False):
    lengths = np.linalg.norm(k, axis=-1)[..., None, :] if cosine else 1
    best = (q @ k.swapaxes(-1, -2) / lengths).argmax(axis=-1)
    return np.take_along_axis(k, best[..., None], axis=-2)


def keys_keepdims_forgotten(q, k, *, cosine=False):
    if cosine:
        k = k / np.linalg.norm(k, axis=-1)
    return (q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def squared_lengths_of_keys(q, k, *, cosine=False):
    if cosine:
        k = k / (k**2).sum(axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def shortens_the_callers_keys(q, k, *, cosine=False):
    if cosine:
        k /= np.linalg.norm(k, axis=-1, keepdims=True)
    return (q @ k.swapaxes(-1, -2)).argmax(axis=-1)


def _best_key_visible():
    q = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0]])
    k = np.array([[4.0, 5.0], [2.0, 0.0], [-1.0, 3.0], [-9.0, -4.0]])
    square = np.array([[2.0, 1.0], [-3.0, 0.5]])
    two_q = np.array([[[1.0, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [1.0, -1.0]]])
    two_k = np.array([[[3.0, 4.0], [1.0, 0.0], [-2.0, 2.0]], [[-3.0, 3.0], [1.0, 1.0], [-1.0, -0.5]]])
    rng = np.random.default_rng(5)
    four_q, four_k = rng.standard_normal((2, 2, 3, 2)), rng.standard_normal((2, 2, 2, 5)).swapaxes(-1, -2)
    return [
        Case((q, k)),
        Case((q, k), {"cosine": True}),
        Case((square, square[::-1].copy())),
        Case((square, square[::-1].copy()), {"cosine": True}),
        Case((two_q, two_k)),
        Case((two_q, two_k), {"cosine": True}),
        *(Case((four_q, four_k), {"cosine": cosine}) for cosine in (False, True)),
    ]


def _best_key_hidden(rng):
    def vectors(*shape):
        return rng.standard_normal(shape) * rng.choice([0.5, 1.0, 4.0], size=(*shape[:-1], 1))

    q, k = vectors(7, 3), vectors(11, 3)
    square_q, square_k = vectors(5, 5), vectors(5, 5)
    batch_q, batch_k = vectors(2, 3, 7, 5), vectors(2, 3, 11, 5)
    return [
        *(Case((q, k), {"cosine": cosine}) for cosine in (False, True)),
        *(Case((square_q, square_k), {"cosine": cosine}) for cosine in (False, True)),
        *(Case((batch_q, batch_k), {"cosine": cosine}) for cosine in (False, True)),
        Case((vectors(1, 2), vectors(3, 2))),
        Case((vectors(3, 2), vectors(1, 2)), {"cosine": True}),
    ]


EXERCISE = Exercise(
    name="best_key",
    section=f"{PAGE}#similarity-lookup",
    reference=_best_key,
    visible=_best_key_visible,
    hidden=_best_key_hidden,
    axes=("query",),
    seals=(variants.hard_attention,),
    misconceptions=(
        Misconception(
            "worst key",
            "Each query gets the key with the lowest score; it should get the one with the highest.",
            worst_key,
            section=f"{PAGE}#similarity-dot",
        ),
        Misconception(
            "wrong axis",
            "For each key the best query is chosen; choose for each query the best key, along the last "
            "axis of scores[query, key].",
            best_query_for_each_key,
        ),
        Misconception(
            "cosine ignored",
            "The dot product decides each time, or is divided by the query's length alone, which changes "
            "nothing; with cosine=True a long key must not win by its length.",
            flag_unused,
            section=f"{PAGE}#similarity-cosine",
        ),
        Misconception(
            "always the cosine",
            "The cosine decides each time; without cosine=True the dot product decides, in which length "
            "counts.",
            always_cosine,
            section=f"{PAGE}#similarity-dot",
        ),
        Misconception(
            "cosine turned round",
            "With cosine=True the dot product decides, and without it the cosine; it must be the other way "
            "round.",
            flag_inverted,
            section=f"{PAGE}#similarity-cosine",
        ),
        Misconception(
            "distance",
            "The key at the smallest distance is chosen; dot product and cosine ask about directions.",
            nearest_by_distance,
            section=f"{PAGE}#similarity-angles",
        ),
        Misconception(
            "one winner for all",
            "Without an axis, argmax finds one place in the whole array; each query has its own best key.",
            best_of_all_scores,
        ),
        Misconception(
            "score for position",
            "The answer holds the highest scores; the question asks at which key they stand.",
            score_of_the_best,
        ),
        Misconception(
            "sign dropped",
            "A strongly negative score wins like a strongly positive one; a key that points the opposite "
            "way is the worst match.",
            sign_of_the_score_lost,
            section=f"{PAGE}#similarity-angles",
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            only_one_sequence,
        ),
        Misconception(
            "counted from 1",
            "Every position is one too high: the first key has the position 0.",
            counted_from_one,
        ),
        Misconception(
            "key for position",
            "The answer holds the best keys themselves; the question asks where they stand.",
            best_keys_themselves,
        ),
        Misconception(
            "keepdims forgotten",
            "The lengths of the keys have lost their axis, so NumPy divides along the wrong one or not "
            "at all; pass keepdims=True.",
            keys_keepdims_forgotten,
            section=f"{PAGE}#similarity-cosine",
        ),
        Misconception(
            "root forgotten",
            "With cosine=True each dot product is divided by a sum of squares; a length is the root of "
            "such a sum.",
            squared_lengths_of_keys,
            section=f"{PAGE}#similarity-cosine",
        ),
        Misconception(
            "changes its input",
            "The caller's keys are overwritten by shorter ones; write `k = k / length`, which makes a "
            "new array, and not `k /= length`.",
            shortens_the_callers_keys,
        ),
    ),
    properties=(
        Property(
            "Each answer must be the position of a key: a whole number from 0 to T_k - 1.",
            lambda case, got: bool(
                ((got == np.round(got)) & (got >= 0) & (got < case.args[1].shape[-2])).all()
            ),
        ),
        Property(
            "Without cosine=True, at least one query gets a key that hasn't the greatest dot product.",
            lambda case, got: (
                bool(case.options.get("cosine")) or np.array_equal(got, _best_key(*case.args))
            ),
        ),
        Property(
            "With cosine=True, at least one query gets a key that hasn't the greatest cosine; does a key "
            "win by its length?",
            lambda case, got: np.array_equal(got, _best_key(*case.args, **case.options)),
        ),
    ),
)
