"""What a block makes of "man bites dog", by hand."""

import numpy as np

from attnlib import byhand_block
from attnlib.catalogue.block import PAGE
from attnlib.exercise import Case, Exercise, Misconception

SENTENCE = "man bites dog"


def dog_bites_man():
    return byhand_block.steps()["out"]


def first_sum():
    return byhand_block.steps(byhand_block.read("man bites dog"))["y"]


def what_is_added_last():
    return byhand_block.steps(byhand_block.read("man bites dog"))["fed"]


def no_residual():
    return byhand_block.mistakes(byhand_block.read("man bites dog"))["no_residual"]


def no_first_residual():
    return byhand_block.mistakes(byhand_block.read("man bites dog"))["no_first_residual"]


def added_to_the_normalised():
    return byhand_block.mistakes(byhand_block.read("man bites dog"))["added_to_the_normalised"]


def added_to_the_first():
    return byhand_block.mistakes(byhand_block.read("man bites dog"))["added_to_the_first"]


def no_norm():
    return byhand_block.mistakes(byhand_block.read("man bites dog"))["no_norm"]


def one_norm_for_both():
    return byhand_block.mistakes(byhand_block.read("man bites dog"))["one_norm_for_both"]


def no_mask():
    return byhand_block.mistakes(byhand_block.read("man bites dog"))["no_mask"]


def no_relu():
    return byhand_block.mistakes(byhand_block.read("man bites dog"))["no_relu"]


def mean_taken_off_alone():
    steps = byhand_block.steps(byhand_block.read("man bites dog"))
    block = byhand_block.BLOCK
    before = (steps["y"] - steps["mean_y"]) @ block.w_1 + block.b_1
    return steps["y"] + np.maximum(before, 0) @ block.w_2


def bias_left_out():
    steps = byhand_block.steps(byhand_block.read("man bites dog"))
    block = byhand_block.BLOCK
    return steps["y"] + np.maximum(steps["normed_y"] @ block.w_1, 0) @ block.w_2


def even_weights():
    block = byhand_block.read("man bites dog")
    steps = byhand_block.steps(block)
    seen = np.tri(3)
    y = (steps["x"] + seen / seen.sum(axis=1, keepdims=True) @ steps["v"] @ block.w_o).astype(float)
    n = (y - y.mean(axis=1, keepdims=True)) / y.std(axis=1, keepdims=True)
    hidden = np.maximum(n @ block.w_1.astype(float) + block.b_1.astype(float), 0)
    return y + hidden @ block.w_2.astype(float)


EXERCISE = Exercise(
    name="block_by_hand",
    section=f"{PAGE}#block-by-hand",
    reference=lambda: byhand_block.steps(byhand_block.read(SENTENCE))["out"],
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "dog bites man",
            "These are the numbers of the chapter's sentence; here the man comes first.",
            dog_bites_man,
        ),
        Misconception(
            "stopped at the first sum",
            "This is what the tokens are after attention; the feed-forward network comes next.",
            first_sum,
        ),
        Misconception(
            "second sum missing",
            "This is what the feed-forward network brings; add it to the first sum.",
            what_is_added_last,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "no residual sum",
            "What each step brings replaced the tokens; add it to them, twice.",
            no_residual,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "first sum missing",
            "What attention brings replaced the tokens; add it to them.",
            no_first_residual,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "added to the normalised tokens",
            "The steps were added to the normalised tokens; add them to the tokens as they were.",
            added_to_the_normalised,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "one sum for both halves",
            "The second step was added to the tokens that the block was given; add it to the first sum.",
            added_to_the_first,
            section=f"{PAGE}#block-residual",
        ),
        Misconception(
            "nothing normalised",
            "Both steps read the tokens as they are; normalise each row first.",
            no_norm,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "one norm for both halves",
            "The feed-forward network read what attention read; it reads the first sum, normalised.",
            one_norm_for_both,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "not divided in the second norm",
            "The second norm only took off the mean; divide by the root of the mean of the squares "
            "as well.",
            mean_taken_off_alone,
            section=f"{PAGE}#block-norm",
        ),
        Misconception(
            "no mask",
            "Every word saw every word; a word sees itself and those before it.",
            no_mask,
            section="chapters/07-masks#masks-causal",
        ),
        Misconception(
            "negative numbers kept",
            "Negative numbers went on to the second matrix; they become 0 first.",
            no_relu,
            section=f"{PAGE}#block-feed",
        ),
        Misconception(
            "bias left out",
            "The two 5s were not taken off before negative numbers became 0.",
            bias_left_out,
            section=f"{PAGE}#block-feed",
        ),
        Misconception(
            "even weights",
            "Every word that is seen got the same weight; take powers of 3 of the scores and divide "
            "by their sum.",
            even_weights,
            section="chapters/06-by-hand#byhand-softmax",
        ),
    ),
)
