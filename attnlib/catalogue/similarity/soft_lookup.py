"""A dictionary that answers with a mixture of all its values."""

import numpy as np

from attnlib import dot_product, tiled, variants
from attnlib.catalogue.similarity import PAGE, STAGE
from attnlib.exercise import Case, Exercise, Misconception, Property


def _soft_lookup(q, k, v):
    return dot_product.attention(q, k, v, scale=1.0)


def hard_lookup(q, k, v):
    best = (q @ k.swapaxes(-1, -2)).argmax(axis=-1)
    return np.take_along_axis(v, best[..., None], axis=-2)


def mean_of_the_values(q, k, v):
    return np.repeat(v.mean(axis=-2, keepdims=True), q.shape[-2], axis=-2)


def scores_as_weights(q, k, v):
    return q @ k.swapaxes(-1, -2) @ v


def weights_not_divided(q, k, v):
    return np.exp(q @ k.swapaxes(-1, -2)) @ v


def scores_over_their_sum(q, k, v):
    scores = q @ k.swapaxes(-1, -2)
    return scores / scores.sum(axis=-1, keepdims=True) @ v


def shared_among_the_queries(q, k, v):
    scores = q @ k.swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(axis=-2, keepdims=True))
    return powers / powers.sum(axis=-2, keepdims=True) @ v


def keys_mixed(q, k, v):
    scores = q @ k.swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ k


def weights_returned(q, k, v):
    scores = q @ k.swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def values_untouched(q, k, v):
    return v


def scaled_already(q, k, v):
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def by_cosine(q, k, v):
    lengths = np.linalg.norm(q, axis=-1)[..., :, None] * np.linalg.norm(k, axis=-1)[..., None, :]
    scores = q @ k.swapaxes(-1, -2) / lengths
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def turned_the_wrong_way(q, k, v):
    scores = q @ k.T
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def keys_times_queries(q, k, v):
    scores = k @ q.swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def lookup_overflows(q, k, v):
    powers = np.exp(q @ k.swapaxes(-1, -2))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def lookup_shifted_by_the_mean(q, k, v):
    scores = q @ k.swapaxes(-1, -2)
    powers = np.exp(scores - scores.mean(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def lookup_keepdims_forgotten(q, k, v):
    scores = q @ k.swapaxes(-1, -2)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1) @ v


def lookup_in_one_sequence(q, k, v):
    n_queries, _d_k = q.shape
    out = np.zeros((n_queries, v.shape[-1]))
    for i in range(n_queries):
        powers = np.exp(k @ q[i] - (k @ q[i]).max())
        out[i] = powers / powers.sum() @ v
    return out


def lookup_with_powers_of_three(q, k, v):
    scores = q @ k.swapaxes(-1, -2)
    powers = 3.0 ** (scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def lookup_by_distance(q, k, v):
    scores = -((q[..., :, None, :] - k[..., None, :, :]) ** 2).sum(axis=-1)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


def _lookup_visible():
    q = np.array([[1.0, 0.0], [0.5, 2.0]])
    k = np.array([[2.0, 0.5], [0.0, 1.0], [1.0, 1.0]])
    v = np.array([[10.0], [20.0], [40.0]])
    square = np.array([[1.0, -1.0], [0.5, 2.0]])
    batch_q = np.array([[[1.0, 2.0]], [[0.5, -1.0]]])
    batch_k = np.array([[[1.0, 0.0], [0.0, 1.5]], [[1.0, 1.0], [2.0, 0.5]]])
    batch_v = np.array([[[1.0, 0.0, 4.0], [0.0, 2.0, 2.0]], [[3.0, 1.0, 0.0], [1.0, 5.0, 2.0]]])
    return [
        Case((q, k, v)),
        Case((q, k, np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 5.0], [3.0, 1.0, 0.0]]))),
        Case((square, np.array([[0.0, 1.0], [1.0, 0.5]]), np.array([[4.0, 0.0], [0.0, 6.0]]))),
        Case((batch_q, batch_k, batch_v)),
        Case(
            (
                np.stack([batch_q, -batch_q]),
                np.stack([batch_k] * 2).swapaxes(-1, -2),
                np.stack([batch_v] * 2),
            )
        ),
        Case((np.array([[1000.0, 0.0], [0.0, 500.0]]), np.array([[1.0, 2.0], [-1.0, 2.0], [0.0, 2.0]]), v)),
    ]


def _lookup_hidden(rng):
    def triple(*lead, t_q, t_k, d_k, d_v):
        shapes = ((*lead, t_q, d_k), (*lead, t_k, d_k), (*lead, t_k, d_v))
        return Case(tuple(rng.standard_normal(shape) for shape in shapes))

    return [
        triple(t_q=3, t_k=7, d_k=5, d_v=2),
        triple(t_q=7, t_k=3, d_k=2, d_v=5),
        triple(t_q=3, t_k=3, d_k=3, d_v=3),
        triple(2, 3, t_q=5, t_k=7, d_k=2, d_v=11),
        triple(1, t_q=1, t_k=5, d_k=1, d_v=1),
        triple(t_q=2, t_k=1, d_k=3, d_v=2),
        triple(3, t_q=3, t_k=3, d_k=3, d_v=3),
        Case(
            (
                np.diag([900.0, 500.0]),
                np.array([[-1.0, 2.0], [1.0, 2.0], [0.0, 2.0]]),
                rng.standard_normal((3, 2)),
            )
        ),
    ]


def _within_the_values(case, got):
    v = case.args[2]
    low, high = v.min(axis=-2, keepdims=True), v.max(axis=-2, keepdims=True)
    return bool(((got >= low - 1e-5) & (got <= high + 1e-5)).all())


EXERCISE = Exercise(
    name="soft_lookup",
    section=f"{PAGE}#similarity-lookup",
    reference=_soft_lookup,
    visible=_lookup_visible,
    hidden=_lookup_hidden,
    axes=("query", "feature"),
    seals=(
        dot_product.attention,
        dot_product.attention_weights,
        dot_product._weights,
        tiled.write_context,
        variants.online_attention,
    ),
    misconceptions=(
        Misconception(
            "hard look-up",
            "Each query gets the value of its best key alone; in a soft look-up every value adds a share.",
            hard_lookup,
            section=f"{STAGE}#spotlight-kinds",
        ),
        Misconception(
            "plain mean",
            "Every query gets the mean of all values, whatever it asks; weigh each value by how well its "
            "key matches.",
            mean_of_the_values,
            section=f"{STAGE}#spotlight-why",
        ),
        Misconception(
            "scores for weights",
            "The values are multiplied by the scores; turn the scores into weights that sum to 1 first.",
            scores_as_weights,
        ),
        Misconception(
            "weights don't sum to 1",
            "The powers of the scores are not divided by their sum, so the result grows with the number of "
            "keys.",
            weights_not_divided,
        ),
        Misconception(
            "no exponential",
            "The scores themselves are divided by their sum; negative scores then give negative weights.",
            scores_over_their_sum,
        ),
        Misconception(
            "wrong axis",
            "Each key is shared out among the queries; the weights of each query must sum to 1 over the "
            "keys.",
            shared_among_the_queries,
        ),
        Misconception(
            "weights applied to keys",
            "The weights mix the keys; keys are what you search by, and the values are what you take home.",
            keys_mixed,
        ),
        Misconception(
            "weights returned",
            "The answer is the weights; one step is left: let them mix the values.",
            weights_returned,
        ),
        Misconception(
            "values returned untouched",
            "The values come back as they were, and the queries make no difference.",
            values_untouched,
        ),
        Misconception(
            "scaled",
            "The scores are divided by the root of d_k; that belongs to a later chapter, and the question "
            "asks for plain dot products.",
            scaled_already,
            section=f"{PAGE}#similarity-dot",
        ),
        Misconception(
            "cosine for dot product",
            "The cosines are used as scores; the question asks for dot products, in which length counts.",
            by_cosine,
            section=f"{PAGE}#similarity-dot",
        ),
        Misconception(
            ".T on a batch",
            "Right for one sequence, but `.T` turns all axes of a batch round; swap the last two only.",
            turned_the_wrong_way,
        ),
        Misconception(
            "keys times queries",
            "The scores are K Qᵀ, with the keys in the rows; put the queries in the rows: Q Kᵀ.",
            keys_times_queries,
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; use `softmax`, or "
            "subtract the largest score of each query first.",
            lookup_overflows,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "shift by the mean",
            "The mean is subtracted instead of the largest score; where scores lie far apart, the "
            "largest is still far above it and its exponential overflows.",
            lookup_shifted_by_the_mean,
            section="chapters/05-softmax#softmax-shift",
        ),
        Misconception(
            "keepdims forgotten",
            "The sum of the powers has lost its axis, so NumPy divides along the wrong one or not at "
            "all; pass keepdims=True.",
            lookup_keepdims_forgotten,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "one sequence only",
            "Right for one sequence, but a batch has more axes in front; leave them where they are.",
            lookup_in_one_sequence,
        ),
        Misconception(
            "powers of 3",
            "The weights come from powers of 3; the question asks for those of e, as `softmax` takes them.",
            lookup_with_powers_of_three,
            section="chapters/05-softmax#softmax-normalise",
        ),
        Misconception(
            "distance",
            "The scores are squared distances with a minus; the question asks for dot products.",
            lookup_by_distance,
            section=f"{PAGE}#similarity-angles",
        ),
    ),
    properties=(
        Property(
            "A mixture can't be greater than the greatest value, or smaller than the smallest: the weights "
            "of a query must be positive and sum to 1.",
            _within_the_values,
        ),
    ),
)
