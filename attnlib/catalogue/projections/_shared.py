"""What the exercises on projections share: products and scores, and a law of theirs."""

import numpy as np

from attnlib import dot_product
from attnlib.exercise import Property


def product(x, w):
    """Return x @ w, by the one product that attnlib seals while an answer is checked."""
    return dot_product.attention_scores(x, np.swapaxes(w, -1, -2), scale=1.0)


def first_score_of(reference):
    """Return the law that the first score of all is right."""
    return Property(
        "The first score, of the first query with the first key, is wrong already: work it out with a "
        "pencil and compare.",
        lambda case, got: np.allclose(
            got[..., 0, 0], reference(*case.args)[..., 0, 0], rtol=1e-4, atol=1e-5
        ),
    )


def self_scores(x, w_q, w_k):
    """Return the unscaled scores of every pair within one sequence."""
    return cross_scores(x, x, w_q, w_k)


def cross_scores(x, other, w_q, w_k):
    """Return the unscaled scores between the tokens of two sequences."""
    return dot_product.attention_scores(product(x, w_q), product(other, w_k), scale=1.0)
