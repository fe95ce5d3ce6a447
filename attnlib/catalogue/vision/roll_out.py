"""Weights followed through all blocks: what each token is mixed from in the end."""

import numpy as np

from attnlib.catalogue.vision import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import rollout


def _roll_out(weights, kept=0.5):
    return rollout.rollout(weights, kept=kept)


def rolled_past_the_sum(weights, kept=0.5):
    result = np.eye(weights.shape[-1])
    for block in weights:
        result = block.mean(axis=0) @ result
    return result


def rolled_backwards(weights, kept=0.5):
    t = weights.shape[-1]
    result = np.eye(t)
    for block in weights:
        result = result @ (kept * np.eye(t) + (1 - kept) * block.mean(axis=0))
    return result


def rolled_into_a_mean(weights, kept=0.5):
    return kept * np.eye(weights.shape[-1]) + (1 - kept) * weights.mean(axis=(0, 1))


def rolled_by_the_last_block(weights, kept=0.5):
    return kept * np.eye(weights.shape[-1]) + (1 - kept) * weights[-1].mean(axis=0)


def rolled_by_the_first_block(weights, kept=0.5):
    return kept * np.eye(weights.shape[-1]) + (1 - kept) * weights[0].mean(axis=0)


def rolled_entry_by_entry(weights, kept=0.5):
    t = weights.shape[-1]
    result = np.ones((t, t))
    for block in weights:
        result = result * (kept * np.eye(t) + (1 - kept) * block.mean(axis=0))
    return result


def rolled_without_halving(weights, kept=0.5):
    t = weights.shape[-1]
    result = np.eye(t)
    for block in weights:
        result = (np.eye(t) + block.mean(axis=0)) @ result
    return result


def rolled_with_a_half(weights, kept=0.5):
    t = weights.shape[-1]
    result = np.eye(t)
    for block in weights:
        result = (0.5 * np.eye(t) + 0.5 * block.mean(axis=0)) @ result
    return result


def rolled_with_the_other_share(weights, kept=0.5):
    t = weights.shape[-1]
    result = np.eye(t)
    for block in weights:
        result = ((1 - kept) * np.eye(t) + kept * block.mean(axis=0)) @ result
    return result


def rolled_transposed(weights, kept=0.5):
    t = weights.shape[-1]
    result = np.eye(t)
    for block in weights:
        result = (kept * np.eye(t) + (1 - kept) * block.mean(axis=0)) @ result
    return result.T


def rolled_with_summed_heads(weights, kept=0.5):
    t = weights.shape[-1]
    result = np.eye(t)
    for block in weights:
        result = (kept * np.eye(t) + (1 - kept) * block.sum(axis=0)) @ result
    return result


def rolled_with_the_strongest_head(weights, kept=0.5):
    t = weights.shape[-1]
    result = np.eye(t)
    for block in weights:
        result = (kept * np.eye(t) + (1 - kept) * block.max(axis=0)) @ result
    return result


def rolled_kept_once(weights, kept=0.5):
    result = np.eye(weights.shape[-1])
    for block in weights:
        result = block.mean(axis=0) @ result
    return kept * np.eye(weights.shape[-1]) + (1 - kept) * result


def rolled_head_by_head(weights, kept=0.5):
    t = weights.shape[-1]
    result = np.broadcast_to(np.eye(t), weights.shape[1:])
    for block in weights:
        result = (kept * np.eye(t) + (1 - kept) * block) @ result
    return result.mean(axis=0)


def _visible():
    first = [[[0.5, 0.5], [0.25, 0.75]]]
    second = [[[0.0, 1.0], [1.0, 0.0]]]
    three = [[0.5, 0.25, 0.25], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]
    other = [[0.25, 0.5, 0.25], [0.5, 0.5, 0.0], [0.0, 0.25, 0.75]]
    return [
        Case((np.array([first, second]),)),
        Case((np.array([[three, other], [other, np.eye(3)[[1, 2, 0]]]]),)),
        Case((np.array([[three, other]]),), {"kept": 0.25}),
        Case((np.array([[three], [other], [three]]),), {"kept": 0.75}),
        Case((np.array([[three, other], [other, other]]),), {"kept": 0.0}),
    ]


def _hidden(rng):
    def drawn(n_blocks, n_heads, t):
        return rng.dirichlet(np.full(t, 0.5), size=(n_blocks, n_heads, t))

    return [
        Case((drawn(2, 3, 5),)),
        Case((drawn(5, 2, 3),), {"kept": 0.3}),
        Case((drawn(3, 7, 4),), {"kept": 0.9}),
        Case((drawn(1, 5, 7),), {"kept": 0.6}),
        Case((drawn(4, 1, 2),), {"kept": 0.0}),
        Case((drawn(2, 2, 6),), {"kept": 1.0}),
    ]


EXERCISE = Exercise(
    name="roll_out",
    section=f"{PAGE}#vit-rollout",
    reference=_roll_out,
    visible=_visible,
    hidden=_hidden,
    seals=(rollout.rollout,),
    axes=("token", "source"),
    misconceptions=(
        Misconception(
            "past the sum",
            "The weights alone are multiplied; a part of every token, `kept`, comes past the attention.",
            rolled_past_the_sum,
        ),
        Misconception(
            "in the wrong order",
            "The blocks are multiplied in the wrong order; what a later block mixes has been mixed "
            "already, so its matrix stands on the left.",
            rolled_backwards,
        ),
        Misconception(
            "mean of the blocks",
            "The blocks are averaged, as though they stood side by side; they come one after another.",
            rolled_into_a_mean,
        ),
        Misconception(
            "the last block alone",
            "Only the last block is used; what it mixes, the blocks before it have mixed.",
            rolled_by_the_last_block,
        ),
        Misconception(
            "the first block alone",
            "Only the first block is used; all that come after it mix again.",
            rolled_by_the_first_block,
        ),
        Misconception(
            "entry by entry",
            "The blocks are multiplied entry by entry; the ways through them all are summed by a product "
            "of matrices.",
            rolled_entry_by_entry,
        ),
        Misconception(
            "rows that grow",
            "What passes by is added whole, so that the sum of a row doubles with each block; both parts "
            "are shares.",
            rolled_without_halving,
        ),
        Misconception(
            "kept fixed",
            "The share that passes by is always a half; it is the argument `kept`.",
            rolled_with_a_half,
        ),
        Misconception(
            "shares exchanged",
            "The attention gets `kept`; that is the share that passes by it.",
            rolled_with_the_other_share,
        ),
        Misconception(
            "transposed",
            "The result is transposed: a row is one token, its columns what that is mixed from.",
            rolled_transposed,
        ),
        Misconception(
            "heads summed",
            "The heads of a block are added up; take their mean, so that rows still sum to 1.",
            rolled_with_summed_heads,
        ),
        Misconception(
            "strongest head",
            "Of each weight only the largest among the heads is used; take the mean.",
            rolled_with_the_strongest_head,
        ),
        Misconception(
            "passed by once",
            "Past the attention goes something only once, after all blocks; each block has a sum of its "
            "own.",
            rolled_kept_once,
        ),
        Misconception(
            "each head for itself",
            "Each head is followed through the blocks alone, and the mean is taken at the end; between two "
            "blocks the heads are mixed, so take the mean in each block.",
            rolled_head_by_head,
        ),
    ),
    properties=(
        Property(
            "What a token is mixed from sums to 1.",
            lambda case, got: bool(np.allclose(got.sum(axis=-1), 1)),
        ),
        Property("No share is negative.", lambda case, got: bool((got >= 0).all())),
    ),
)
