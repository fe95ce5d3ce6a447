"""What the first block of a Vision Transformer is given: class token, patches, and where each stands."""

import numpy as np

from attnlib import layers
from attnlib.catalogue.vision import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import vision


def _with_class_token(x, class_token, positions):
    nothing = np.zeros_like(x[..., :1, :])
    return layers.concat(nothing + class_token, x, axis=-2) + positions


def token_at_the_end(x, class_token, positions):
    token = np.broadcast_to(class_token, (*x.shape[:-2], 1, x.shape[-1]))
    return np.concatenate([x, token], axis=-2) + positions


def token_without_positions(x, class_token, positions):
    token = np.broadcast_to(class_token, (*x.shape[:-2], 1, x.shape[-1]))
    return np.concatenate([token, x], axis=-2)


def token_without_a_position(x, class_token, positions):
    token = np.broadcast_to(class_token, (*x.shape[:-2], 1, x.shape[-1]))
    return np.concatenate([token, x + positions[1:]], axis=-2)


def token_before_shifted_positions(x, class_token, positions):
    token = np.broadcast_to(class_token, (*x.shape[:-2], 1, x.shape[-1]))
    return np.concatenate([token, x + positions[:-1]], axis=-2)


def token_with_the_last_position(x, class_token, positions):
    token = np.broadcast_to(class_token + positions[-1], (*x.shape[:-2], 1, x.shape[-1]))
    return np.concatenate([token, x + positions[:-1]], axis=-2)


def token_added_to_all(x, class_token, positions):
    return x + class_token + positions[1:]


def token_is_the_mean(x, class_token, positions):
    return np.concatenate([x.mean(axis=-2, keepdims=True), x], axis=-2) + positions


def token_in_place_of_the_first(x, class_token, positions):
    token = np.broadcast_to(class_token, (*x.shape[:-2], 1, x.shape[-1]))
    return np.concatenate([token, x[..., 1:, :]], axis=-2) + positions[:-1]


def token_is_forgotten(x, class_token, positions):
    return x + positions[1:]


def token_multiplied(x, class_token, positions):
    token = np.broadcast_to(class_token, (*x.shape[:-2], 1, x.shape[-1]))
    return np.concatenate([token, x], axis=-2) * positions


def token_positions_beside(x, class_token, positions):
    token = np.broadcast_to(class_token, (*x.shape[:-2], 1, x.shape[-1]))
    all_tokens = np.concatenate([token, x], axis=-2)
    return np.concatenate([all_tokens, np.broadcast_to(positions, all_tokens.shape)], axis=-1)


def token_at_both_ends(x, class_token, positions):
    token = np.broadcast_to(class_token, (*x.shape[:-2], 1, x.shape[-1]))
    around = np.concatenate([positions, positions[:1]])
    return np.concatenate([token, x, token], axis=-2) + around


def _visible():
    x = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    positions = np.array([[0.5, 0.0], [0.0, 0.25], [0.125, 0.0], [0.0, 1.0]])
    return [
        Case((x, np.array([7.0, -7.0]), positions)),
        Case((x, np.array([7.0, -7.0]), np.zeros((4, 2)))),
        Case((x, np.zeros(2), positions)),
        Case((np.stack([x, x[::-1]]), np.array([9.0, 8.0]), positions)),
        Case((x[:1], np.array([7.0, -7.0]), positions[:2])),
    ]


def _hidden(rng):
    def drawn(*shape):
        *_, n, d = shape
        return rng.standard_normal(shape), rng.standard_normal(d), rng.standard_normal((n + 1, d))

    return [Case(drawn(*shape)) for shape in ((7, 5), (3, 11, 2), (2, 3, 5, 7), (1, 1, 3), (4, 2, 2))]


EXERCISE = Exercise(
    name="with_class_token",
    section=f"{PAGE}#vit-tokens",
    reference=_with_class_token,
    visible=_visible,
    hidden=_hidden,
    seals=(layers.concat, vision.see, vision.vit),
    axes=("token", "feature"),
    misconceptions=(
        Misconception(
            "class token at the end",
            "The class token comes last; it is the first, before all patches.",
            token_at_the_end,
        ),
        Misconception(
            "no positions",
            "The positions are missing, so that no order of the patches differs from any other.",
            token_without_positions,
            section=f"{PAGE}#vit-order",
        ),
        Misconception(
            "class token without a position",
            "The class token is left as it is; the first row of `positions` belongs to it.",
            token_without_a_position,
        ),
        Misconception(
            "positions off by one",
            "The first patch gets the first row of `positions`, which is the class token's; add them after "
            "that is put in front.",
            token_before_shifted_positions,
        ),
        Misconception(
            "last position for the first token",
            "The class token gets the last row of `positions`, and each patch that of the one before it.",
            token_with_the_last_position,
        ),
        Misconception(
            "class token added to the patches",
            "The class token is added to every patch; it is a token of its own.",
            token_added_to_all,
        ),
        Misconception(
            "mean for the class token",
            "The first token is the mean of the patches; it is the same for every picture, and gathers "
            "what it needs by attention.",
            token_is_the_mean,
        ),
        Misconception(
            "class token in place of a patch",
            "The first patch is gone; the class token stands before it, not in its place.",
            token_in_place_of_the_first,
        ),
        Misconception(
            "class token forgotten",
            "There are only the patches; the class token stands before them.",
            token_is_forgotten,
        ),
        Misconception(
            "positions multiplied",
            "Tokens are multiplied by their positions; add them.",
            token_multiplied,
        ),
        Misconception(
            "positions beside the features",
            "Positions stand beside the features, which makes tokens twice as wide; add them.",
            token_positions_beside,
        ),
        Misconception(
            "class token at both ends",
            "The class token comes at the end as well; once is enough.",
            token_at_both_ends,
        ),
    ),
    properties=(
        Property(
            "Before its position is added, the class token is the same for all pictures.",
            lambda case, got: bool(
                np.allclose(got[..., 0, :], got[..., 0, :].reshape(-1, got.shape[-1])[0])
            ),
        ),
    ),
)
