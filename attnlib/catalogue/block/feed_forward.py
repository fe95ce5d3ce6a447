"""Two products with a bend between them, for each token alone."""

import numpy as np

from attnlib.catalogue.block import PAGE
from attnlib.exercise import Case, Exercise, Misconception
from attnlib.models import transformer


def _feed_forward(x, w_1, b_1, w_2, b_2):
    return np.maximum(x @ w_1 + b_1, 0) @ w_2 + b_2


def no_bend(x, w_1, b_1, w_2, b_2):
    return (x @ w_1 + b_1) @ w_2 + b_2


def bent_at_the_end(x, w_1, b_1, w_2, b_2):
    return np.maximum((x @ w_1 + b_1) @ w_2 + b_2, 0)


def bent_twice(x, w_1, b_1, w_2, b_2):
    return np.maximum(np.maximum(x @ w_1 + b_1, 0) @ w_2 + b_2, 0)


def bent_before_the_bias(x, w_1, b_1, w_2, b_2):
    return (np.maximum(x @ w_1, 0) + b_1) @ w_2 + b_2


def bent_before_everything(x, w_1, b_1, w_2, b_2):
    return (np.maximum(x, 0) @ w_1 + b_1) @ w_2 + b_2


def no_biases(x, w_1, b_1, w_2, b_2):
    return np.maximum(x @ w_1, 0) @ w_2


def first_bias_forgotten(x, w_1, b_1, w_2, b_2):
    return np.maximum(x @ w_1, 0) @ w_2 + b_2


def second_bias_forgotten(x, w_1, b_1, w_2, b_2):
    return np.maximum(x @ w_1 + b_1, 0) @ w_2


def added_to_the_tokens(x, w_1, b_1, w_2, b_2):
    return x + np.maximum(x @ w_1 + b_1, 0) @ w_2 + b_2


def absolute_values(x, w_1, b_1, w_2, b_2):
    return np.abs(x @ w_1 + b_1) @ w_2 + b_2


def negatives_kept(x, w_1, b_1, w_2, b_2):
    return np.minimum(x @ w_1 + b_1, 0) @ w_2 + b_2


def ones_for_what_fires(x, w_1, b_1, w_2, b_2):
    return (x @ w_1 + b_1 > 0) @ w_2 + b_2


def a_softmax_between(x, w_1, b_1, w_2, b_2):
    hidden = x @ w_1 + b_1
    powers = np.exp(hidden - hidden.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ w_2 + b_2


def _drawn(rng, *shape, d_hidden):
    d = shape[-1]
    sizes = (shape, (d, d_hidden), (d_hidden,), (d_hidden, d), (d,))
    return Case(tuple(rng.normal(size=size) for size in sizes))


def _visible():
    rng = np.random.default_rng(11)
    pairs = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    both = (np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0]))
    back = (np.array([[1.0, 0.5], [-2.0, 0.0]]), np.array([0.25, -1.0]))
    return [
        Case((pairs, *both, *back)),
        _drawn(rng, 3, 2, d_hidden=5),
        _drawn(rng, 2, 3, 5, d_hidden=7),
        _drawn(rng, 4, 3, d_hidden=3),
    ]


def _hidden(rng):
    return [
        _drawn(rng, 5, 3, d_hidden=2),
        _drawn(rng, 2, 3, 2, 5, d_hidden=11),
        _drawn(rng, 2, 5, d_hidden=5),
        _drawn(rng, 1, 7, d_hidden=5),
    ]


EXERCISE = Exercise(
    name="feed_forward",
    section=f"{PAGE}#block-feed",
    reference=_feed_forward,
    visible=_visible,
    hidden=_hidden,
    seals=(transformer.feed_forward,),
    misconceptions=(
        Misconception(
            "no bend",
            "Nothing happens between the two products, so they are one; negative numbers must become "
            "0 there.",
            no_bend,
        ),
        Misconception(
            "bent at the end",
            "Negative numbers become 0 after the second product; it must happen between the two.",
            bent_at_the_end,
        ),
        Misconception(
            "bent twice",
            "Negative numbers become 0 after the second product as well; what is added to the tokens "
            "may be "
            "negative.",
            bent_twice,
        ),
        Misconception(
            "bent before the bias",
            "The first bias is added after negative numbers have become 0; add it before.",
            bent_before_the_bias,
        ),
        Misconception(
            "bent before everything",
            "Negative numbers of the tokens become 0; it must happen after the first product.",
            bent_before_everything,
        ),
        Misconception("no biases", "Both biases are left out.", no_biases),
        Misconception("first bias forgotten", "The first bias is left out.", first_bias_forgotten),
        Misconception("second bias forgotten", "The second bias is left out.", second_bias_forgotten),
        Misconception(
            "added to the tokens",
            "The tokens are added already; that is the block's part, and here only what is added is "
            "asked for.",
            added_to_the_tokens,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "absolute values",
            "Negative numbers lose their sign between the products; they must become 0.",
            absolute_values,
        ),
        Misconception(
            "negative numbers kept",
            "Positive numbers become 0 between the products, and negative ones stay; it is the other "
            "way round.",
            negatives_kept,
        ),
        Misconception(
            "ones for what fires",
            "What is positive becomes 1 between the products; it must stay as it is.",
            ones_for_what_fires,
        ),
        Misconception(
            "a softmax between",
            "There is a softmax between the products; that is attention's way, and here negative "
            "numbers become 0.",
            a_softmax_between,
        ),
    ),
)
