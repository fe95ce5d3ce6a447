"""How many patches, numbers, tokens and weights there are, and what smaller patches cost."""

import numpy as np

from attnlib.catalogue.vision import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models.vision import to_patches

SHAPE, SIZE = (48, 72), 6


def _patches_by_hand():
    large, small = (to_patches(np.zeros(SHAPE), size).shape for size in (SIZE, SIZE // 2))
    tokens = [n + 1 for n, _ in (large, small)]
    return [*large, tokens[0], tokens[0] ** 2, tokens[1] ** 2]


def counts_without_the_class_token():
    return [96, 36, 96, 96**2, 384**2]


def counts_twice_as_many():
    return [96, 36, 97, 97**2, 193**2]


def counts_of_one_side():
    return [96, 6, 97, 97**2, 385**2]


def counts_weights_as_tokens():
    return [96, 36, 97, 97, 385]


def counts_of_one_query():
    return [96, 36, 97, 96, 384]


def counts_of_a_column():
    return [8, 36, 9, 9**2, 17**2]


def counts_with_a_square():
    return [64, 36, 65, 65**2, 257**2]


def counts_four_times_the_weights():
    return [96, 36, 97, 97**2, 4 * 97**2]


def counts_sixteen_times_the_weights():
    return [96, 36, 97, 97**2, 16 * 97**2]


def counts_in_colour():
    return [96, 3 * 36, 97, 97**2, 385**2]


def counts_exchanged():
    return [36, 96, 37, 37**2, 145**2]


EXERCISE = Exercise(
    name="patches_by_hand",
    section=f"{PAGE}#vit-patches",
    reference=_patches_by_hand,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "class token forgotten",
            "Tokens and weights are counted without the class token, which is a token like the others.",
            counts_without_the_class_token,
            section=f"{PAGE}#vit-tokens",
        ),
        Misconception(
            "half the side, twice the patches",
            "Patches half as wide are taken to be twice as many; they are half as high as well.",
            counts_twice_as_many,
        ),
        Misconception(
            "one side of a patch",
            "The second number is one side of a patch; a patch has rows and columns of pixels.",
            counts_of_one_side,
        ),
        Misconception(
            "tokens for weights",
            "The last two numbers count tokens; every token gives a weight to every token.",
            counts_weights_as_tokens,
            section=f"{PAGE}#vit-tokens",
        ),
        Misconception(
            "weights of one query",
            "The last two numbers are the weights of one query on the patches; all tokens ask, and the "
            "class token answers, too.",
            counts_of_one_query,
            section=f"{PAGE}#vit-tokens",
        ),
        Misconception(
            "one column of patches",
            "Only the patches below each other are counted; there are as many again beside each of them.",
            counts_of_a_column,
        ),
        Misconception(
            "a square picture",
            "The picture is taken for a square of its height; it is wider than high.",
            counts_with_a_square,
        ),
        Misconception(
            "weights grow with the patches",
            "The number of weights grows by the same factor as that of the patches; it grows with its "
            "square.",
            counts_four_times_the_weights,
            section=f"{PAGE}#vit-tokens",
        ),
        Misconception(
            "the class token multiplied",
            "The weights are multiplied by a round number; there is one class token, however many patches.",
            counts_sixteen_times_the_weights,
            section=f"{PAGE}#vit-tokens",
        ),
        Misconception(
            "in colour",
            "Each pixel is counted three times; a grey one is a single number.",
            counts_in_colour,
        ),
        Misconception(
            "patches and pixels exchanged",
            "The number of patches and the numbers in each are exchanged.",
            counts_exchanged,
        ),
    ),
    properties=(
        Property("All five are whole numbers.", lambda case, got: bool((got == np.round(got)).all())),
        Property(
            "No pixel is lost and none comes twice: the first two numbers multiply to those of the "
            "picture.",
            lambda case, got: got[0] * got[1] == SHAPE[0] * SHAPE[1],
        ),
        Property(
            "The weights of a head are a square, with a row and a column for each token.",
            lambda case, got: got[3] == got[2] ** 2,
        ),
    ),
)
