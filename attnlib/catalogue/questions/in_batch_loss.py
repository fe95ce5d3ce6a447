"""The loss of a search that learns: each query chooses its key among all keys of the batch."""

import numpy as np

from attnlib import layers
from attnlib.catalogue.questions import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import retrieval


def _in_batch_loss(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    return layers.cross_entropy(q @ k.T / temperature, np.arange(len(q)))


def keys_choose(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature
    top = scores.max(axis=0)
    return (top + np.log(np.exp(scores - top).sum(axis=0)) - np.diag(scores)).mean()


def both_choose(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature
    by_row = np.logaddexp.reduce(scores, axis=1) - np.diag(scores)
    by_column = np.logaddexp.reduce(scores, axis=0) - np.diag(scores)
    return (by_row.mean() + by_column.mean()) / 2


def own_key_not_in_the_sum(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature
    others = np.where(np.eye(len(q), dtype=bool), -np.inf, scores)
    return (np.logaddexp.reduce(others, axis=1) - np.diag(scores)).mean()


def mean_over_all_places(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature
    return (np.logaddexp.reduce(scores, axis=1)[:, None] - scores).mean()


def one_softmax_for_all(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature
    return np.logaddexp.reduce(scores, axis=None) - np.diag(scores).mean()


def temperature_multiplies(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T * temperature
    return (np.logaddexp.reduce(scores, axis=1) - np.diag(scores)).mean()


def temperature_unused(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T
    return (np.logaddexp.reduce(scores, axis=1) - np.diag(scores)).mean()


def dot_products(queries, keys, *, temperature=0.1):
    scores = queries @ keys.T / temperature
    return (np.logaddexp.reduce(scores, axis=1) - np.diag(scores)).mean()


def only_queries_made_unit(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    scores = q @ keys.T / temperature
    return (np.logaddexp.reduce(scores, axis=1) - np.diag(scores)).mean()


def one_length_for_all(queries, keys, *, temperature=0.1):
    q, k = queries / np.linalg.norm(queries), keys / np.linalg.norm(keys)
    scores = q @ k.T / temperature
    return (np.logaddexp.reduce(scores, axis=1) - np.diag(scores)).mean()


def scaled_by_the_root(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature / np.sqrt(q.shape[-1])
    return (np.logaddexp.reduce(scores, axis=1) - np.diag(scores)).mean()


def sum_for_mean(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature
    return (np.logaddexp.reduce(scores, axis=1) - np.diag(scores)).sum()


def minus_forgotten(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature
    return (np.diag(scores) - np.logaddexp.reduce(scores, axis=1)).mean()


def surprise_at_the_mean(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature
    return -np.log(np.exp(np.diag(scores) - np.logaddexp.reduce(scores, axis=1)).mean())


def powers_overflow(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    powers = np.exp(q @ k.T / temperature)
    return -np.log(np.diag(powers) / powers.sum(axis=1)).mean()


def log_after_softmax(queries, keys, *, temperature=0.1):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    k = keys / np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = q @ k.T / temperature
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return -np.log(np.diag(powers) / powers.sum(axis=1)).mean()


def changes_its_input(queries, keys, *, temperature=0.1):
    queries /= np.linalg.norm(queries, axis=-1, keepdims=True)
    keys /= np.linalg.norm(keys, axis=-1, keepdims=True)
    scores = queries @ keys.T / temperature
    return (np.logaddexp.reduce(scores, axis=1) - np.diag(scores)).mean()


def _visible():
    queries = np.array([[3.0, 4.0], [1.0, 0.0], [0.0, 2.0]])
    keys = np.array([[4.0, 3.0], [2.0, 0.0], [1.0, 1.0]])
    return [
        Case((queries, keys)),
        Case((queries, keys), {"temperature": 0.5}),
        Case((queries, keys), {"temperature": 2.0}),
        Case((queries, keys), {"temperature": 0.00002}),
    ]


def _hidden(rng):
    q, k = rng.standard_normal((2, 5, 3))
    many = rng.standard_normal((11, 7))
    return [
        Case((q, k)),
        Case((q, k), {"temperature": 0.25}),
        Case((3.0 * many, many + 0.5 * rng.standard_normal((11, 7)))),
        Case((many, rng.standard_normal((11, 7))), {"temperature": 0.0001}),
        Case((q[:1], k[:1])),
    ]


EXERCISE = Exercise(
    name="in_batch_loss",
    section=f"{PAGE}#questions-contrast",
    reference=_in_batch_loss,
    visible=_visible,
    hidden=_hidden,
    seals=(layers.cross_entropy, retrieval.in_batch_contrast, retrieval.unit),
    misconceptions=(
        Misconception(
            "keys choose",
            "The softmax runs down the columns, where each key chooses a query; let each query choose a "
            "key, along its row.",
            keys_choose,
        ),
        Misconception(
            "both directions",
            "This is the mean of both directions; only the queries choose here.",
            both_choose,
        ),
        Misconception(
            "own key not in the sum",
            "The query's own key is left out of the sum below; the loss then has no floor. It is one of "
            "those to choose from.",
            own_key_not_in_the_sum,
        ),
        Misconception(
            "mean over all places",
            "The surprise is averaged over all pairs; only a query's own key is right, on the diagonal.",
            mean_over_all_places,
        ),
        Misconception(
            "one softmax for all",
            "All scores share one softmax; each query has its own, along its row.",
            one_softmax_for_all,
        ),
        Misconception(
            "temperature multiplies",
            "The cosines are multiplied by the temperature; divide them, so that a low one makes them "
            "count.",
            temperature_multiplies,
        ),
        Misconception(
            "temperature unused",
            "The temperature makes no difference; divide the cosines by it.",
            temperature_unused,
        ),
        Misconception(
            "dot products",
            "The scores are dot products, and long vectors win; divide each vector by its length.",
            dot_products,
            section=f"{PAGE}#questions-keys",
        ),
        Misconception(
            "long keys",
            "The queries have length 1, and the keys don't.",
            only_queries_made_unit,
            section=f"{PAGE}#questions-keys",
        ),
        Misconception(
            "one length for all",
            "The whole array is divided by one length; each vector, a row, has its own.",
            one_length_for_all,
            section=f"{PAGE}#questions-keys",
        ),
        Misconception(
            "scaled by the root",
            "The scores are divided by the root of the size as well; between unit vectors the temperature "
            "alone is the scale.",
            scaled_by_the_root,
        ),
        Misconception(
            "sum for mean",
            "The surprises are added up; take their mean over the queries.",
            sum_for_mean,
        ),
        Misconception(
            "minus forgotten",
            "The sign is turned: a loss is the mean of −ln p.",
            minus_forgotten,
        ),
        Misconception(
            "surprise at the mean",
            "The probabilities are averaged before the logarithm; take the logarithm of each first.",
            surprise_at_the_mean,
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest of "
            "each row first.",
            powers_overflow,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "logarithm of 0",
            "A probability may be too small for a float, and its logarithm is infinite; subtract "
            "logarithms, in place of dividing powers.",
            log_after_softmax,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "changes its input",
            "The caller's vectors are made of length 1 in their place; work on copies.",
            changes_its_input,
        ),
    ),
    properties=(Property("A surprise is never negative.", lambda case, got: bool(got >= -1e-9)),),
)
