"""The weights of another head under a causal mask, one key hidden from all, by hand."""

import numpy as np

from attnlib import byhand, masks, probability
from attnlib.catalogue.masks import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property

MASKED_EXAMPLE = 33  # drawn quickly, since each mistake draws it again


def _masked_by_hand():
    scaled = byhand.steps(byhand.example(MASKED_EXAMPLE))["scaled_scores"].astype(float)
    mask = masks.causal_mask(4)
    mask[:, 0] = False
    weights = probability.softmax(np.where(mask[1:], scaled[1:], -np.inf), base=3)
    return np.vstack([np.zeros(4), weights])


def masked_not_renormalised():
    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights[:, 0] = 0
    return weights


def masked_with_zero_scores():
    scaled = byhand.steps(byhand.example(33))["scaled_scores"] * np.tri(4)
    scaled[:, 0] = 0
    return 3.0**scaled / (3.0**scaled).sum(axis=1, keepdims=True)


def masked_empty_row_uniform():
    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights[:, 0] = 0
    weights[0] = 1
    return weights / weights.sum(axis=1, keepdims=True)


def masked_empty_row_on_itself():
    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights[1:, 0] = 0
    return weights / weights.sum(axis=1, keepdims=True)


def masked_empty_row_nan():
    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights[:, 0] = 0
    with np.errstate(invalid="ignore"):
        return weights / weights.sum(axis=1, keepdims=True)


def masked_causally_only():
    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    return weights / weights.sum(axis=1, keepdims=True)


def masked_padding_only():
    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * [0, 1, 1, 1]
    return weights / weights.sum(axis=1, keepdims=True)


def masked_row_instead_of_column():
    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4)
    weights /= weights.sum(axis=1, keepdims=True)
    weights[0] = 0
    return weights


def masked_without_itself():
    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4, k=-1)
    weights[:, 0] = 0
    return weights / np.where(weights.any(axis=1, keepdims=True), weights.sum(axis=1, keepdims=True), 1)


def masked_the_future_kept():
    weights = byhand.steps(byhand.example(33))["weights"].astype(float) * np.tri(4).T
    weights[:, 0] = 0
    return weights / weights.sum(axis=1, keepdims=True)


def masked_without_powers_of_zero():
    scaled = byhand.steps(byhand.example(33))["scaled_scores"]
    powers = np.where(scaled == 0, 0, 3.0**scaled) * np.tri(4) * [0, 1, 1, 1]
    return powers / np.where(powers.any(axis=1, keepdims=True), powers.sum(axis=1, keepdims=True), 1)


def masked_of_e():
    powers = np.exp(byhand.steps(byhand.example(33))["scaled_scores"]) * np.tri(4) * [0, 1, 1, 1]
    return powers / np.where(powers.any(axis=1, keepdims=True), powers.sum(axis=1, keepdims=True), 1)


def masked_powers_not_divided():
    return 3.0 ** byhand.steps(byhand.example(33))["scaled_scores"] * np.tri(4) * [0, 1, 1, 1]


EXERCISE = Exercise(
    name="masked_by_hand",
    section=f"{PAGE}#masks-before",
    reference=_masked_by_hand,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "not normalised again",
            "Each sum runs over all four keys, and the masked weights are then struck out; what is left "
            "no longer sums to 1. Sum over the allowed keys only.",
            masked_not_renormalised,
        ),
        Misconception(
            "masked scores set to 0",
            "A masked score counts as 0, and 3 to the power of 0 is 1: that key still gets a weight. "
            "Its power must be 0.",
            masked_with_zero_scores,
        ),
        Misconception(
            "empty row uniform",
            "The row with nothing to attend to shares its weight out equally; it gives no weight at all.",
            masked_empty_row_uniform,
            section=f"{PAGE}#masks-empty",
        ),
        Misconception(
            "empty row on itself",
            "Macbeth attends to himself; nobody may attend to him, so there is nothing left in his row.",
            masked_empty_row_on_itself,
            section=f"{PAGE}#masks-empty",
        ),
        Misconception(
            "empty row NaN",
            "The row with nothing to attend to is 0/0; it gives no weight at all.",
            masked_empty_row_nan,
            section=f"{PAGE}#masks-empty",
        ),
        Misconception(
            "causal only",
            "The future is masked, but the key of Macbeth still gets weights.",
            masked_causally_only,
            section=f"{PAGE}#masks-padding",
        ),
        Misconception(
            "left out only",
            "The key of Macbeth is masked, but tokens still attend to those after them.",
            masked_padding_only,
            section=f"{PAGE}#masks-causal",
        ),
        Misconception(
            "row instead of column",
            "The row of Macbeth is struck out and his column is not: he no longer asks, but the others "
            "still attend to him. A key is a column.",
            masked_row_instead_of_column,
            section=f"{PAGE}#masks-padding",
        ),
        Misconception(
            "not even itself",
            "A token may not attend to itself here; it may, and to those before it.",
            masked_without_itself,
            section=f"{PAGE}#masks-causal",
        ),
        Misconception(
            "future instead of past",
            "A token attends to itself and to those after it; it must attend to those before.",
            masked_the_future_kept,
            section=f"{PAGE}#masks-causal",
        ),
        Misconception(
            "3 to the power of 0",
            "A score of 0 is treated as if it had no power; any number to the power of 0 is 1. Only "
            "what is masked has the power 0.",
            masked_without_powers_of_zero,
            section="chapters/06-by-hand#byhand-softmax",
        ),
        Misconception(
            "base e",
            "The powers are those of e; by hand we take powers of 3.",
            masked_of_e,
            section="chapters/06-by-hand#byhand-softmax",
        ),
        Misconception(
            "powers not divided",
            "The powers of 3 are right, but they are not yet divided by the sum of their row.",
            masked_powers_not_divided,
            section="chapters/06-by-hand#byhand-softmax",
        ),
    ),
    properties=(
        Property("A weight lies between 0 and 1.", lambda case, got: bool(((got >= 0) & (got <= 1)).all())),
        Property(
            "A key that a token may not attend to has the weight 0.",
            lambda case, got: not np.triu(got, k=1).any() and not got[:, 0].any(),
        ),
        Property(
            "Each row with something to attend to must sum to 1.",
            lambda case, got: np.allclose(got[1:].sum(axis=1), 1, atol=1e-6),
        ),
    ),
)
