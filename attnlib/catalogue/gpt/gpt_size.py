"""The sizes of a small GPT and of its cache, by hand."""

import numpy as np

from attnlib.catalogue.gpt import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models.cache import Cache
from attnlib.models.parameters import transformer_params
from attnlib.models.transformer import gpt

D_MODEL, N_LAYERS, N_WORDS, LENGTH, N_READ = 6, 3, 20, 10, 4


def _sizes():
    params = transformer_params(
        np.random.default_rng(0),
        n_words=N_WORDS,
        d_model=D_MODEL,
        n_layers=N_LAYERS,
        n_heads=2,
        length=LENGTH,
    )
    matrices = {name: value.size for name, value in params.items() if value.ndim == 2}
    block = sum(size for name, size in matrices.items() if name.startswith("block0."))
    held = Cache()
    gpt(params, np.zeros(N_READ, dtype=int), n_heads=2, cache=held)
    kept = sum(
        held.extend(f"block{i}.self.{kind}", np.zeros((0, D_MODEL))).size
        for i in range(N_LAYERS)
        for kind in "kv"
    )
    return np.array([block, sum(matrices.values()), kept])


def sizes_attention_only():
    return [4 * 36, 3 * 4 * 36 + 20 * 6 + 10 * 6 + 6 * 20, 2 * 3 * 4 * 6]


def sizes_feed_forward_only():
    return [8 * 36, 3 * 8 * 36 + 20 * 6 + 10 * 6 + 6 * 20, 2 * 3 * 4 * 6]


def sizes_feed_forward_of_two_squares():
    return [6 * 36, 3 * 6 * 36 + 20 * 6 + 10 * 6 + 6 * 20, 2 * 3 * 4 * 6]


def sizes_without_w_o():
    return [11 * 36, 3 * 11 * 36 + 20 * 6 + 10 * 6 + 6 * 20, 2 * 3 * 4 * 6]


def sizes_without_positions():
    return [12 * 36, 3 * 12 * 36 + 20 * 6 + 6 * 20, 2 * 3 * 4 * 6]


def sizes_without_the_way_out():
    return [12 * 36, 3 * 12 * 36 + 20 * 6 + 10 * 6, 2 * 3 * 4 * 6]


def sizes_of_blocks_only():
    return [12 * 36, 3 * 12 * 36, 2 * 3 * 4 * 6]


def sizes_one_block():
    return [12 * 36, 12 * 36 + 20 * 6 + 10 * 6 + 6 * 20, 2 * 3 * 4 * 6]


def sizes_times_heads():
    return [
        2 * 4 * 36 + 8 * 36,
        3 * (2 * 4 + 8) * 36 + 20 * 6 + 10 * 6 + 6 * 20,
        2 * 2 * 3 * 4 * 6,
    ]


def sizes_keys_only():
    return [12 * 36, 3 * 12 * 36 + 20 * 6 + 10 * 6 + 6 * 20, 3 * 4 * 6]


def sizes_cache_of_one_block():
    return [12 * 36, 3 * 12 * 36 + 20 * 6 + 10 * 6 + 6 * 20, 2 * 4 * 6]


def sizes_cache_with_queries():
    return [12 * 36, 3 * 12 * 36 + 20 * 6 + 10 * 6 + 6 * 20, 3 * 3 * 4 * 6]


def sizes_cache_of_weights():
    return [12 * 36, 3 * 12 * 36 + 20 * 6 + 10 * 6 + 6 * 20, 3 * 2 * 4 * 4]


def sizes_cache_of_all_positions():
    return [12 * 36, 3 * 12 * 36 + 20 * 6 + 10 * 6 + 6 * 20, 2 * 3 * 10 * 6]


EXERCISE = Exercise(
    name="gpt_size",
    section=f"{PAGE}#gpt-parameters",
    reference=_sizes,
    visible=lambda: [Case()],
    by_value=True,
    misconceptions=(
        Misconception(
            "attention only",
            "The four matrices of attention are counted; a block has a feed-forward network as well.",
            sizes_attention_only,
        ),
        Misconception(
            "feed-forward only",
            "The feed-forward network is counted; a block has the four matrices of attention as well.",
            sizes_feed_forward_only,
        ),
        Misconception(
            "feed-forward without widening",
            "The feed-forward network is taken for two square matrices; between them it has four times as "
            "many features.",
            sizes_feed_forward_of_two_squares,
        ),
        Misconception(
            "W_O forgotten",
            "Attention is counted with three matrices; the one that mixes the heads, W_O, is missing.",
            sizes_without_w_o,
            section="chapters/08-many-heads#heads-parameters",
        ),
        Misconception(
            "no positions",
            "The table of positions is missing: it has a row for each position that the model can read.",
            sizes_without_positions,
        ),
        Misconception(
            "no way out",
            "The matrix that makes scores for the words is missing; this model doesn't use the table of "
            "words for it.",
            sizes_without_the_way_out,
        ),
        Misconception(
            "blocks only",
            "The blocks are counted; the tables of words and positions and the way out are missing.",
            sizes_of_blocks_only,
        ),
        Misconception(
            "one block in the whole",
            "The whole model is counted with one block; it has three.",
            sizes_one_block,
        ),
        Misconception(
            "multiplied by the heads",
            "Attention, and the cache, are counted once for each head; the heads share the features out.",
            sizes_times_heads,
            section="chapters/08-many-heads#heads-parameters",
        ),
        Misconception(
            "keys only",
            "The cache is counted with keys alone; it holds the values, too.",
            sizes_keys_only,
            section=f"{PAGE}#gpt-cache",
        ),
        Misconception(
            "cache of one block",
            "The cache of one block is counted; each block has keys and values of its own.",
            sizes_cache_of_one_block,
            section=f"{PAGE}#gpt-cache",
        ),
        Misconception(
            "queries kept",
            "The cache is counted with queries; no later token asks for them.",
            sizes_cache_with_queries,
            section=f"{PAGE}#gpt-cache",
        ),
        Misconception(
            "weights kept",
            "The attention weights are counted in the cache; it holds keys and values, whose size doesn't "
            "grow with the square of the length.",
            sizes_cache_of_weights,
            section=f"{PAGE}#gpt-cache",
        ),
        Misconception(
            "cache for all positions",
            "The cache is counted for all the tokens that the model can read; it has read fewer.",
            sizes_cache_of_all_positions,
            section=f"{PAGE}#gpt-cache",
        ),
    ),
    properties=(
        Property(
            "The parameters of a block must be a multiple of 36: each of its matrices has 6 features on "
            "one side, and 6 or 24 on the other.",
            lambda case, got: got[0] % D_MODEL**2 == 0,
        ),
        Property(
            "The whole has more parameters than its three blocks.", lambda case, got: got[1] > 3 * got[0]
        ),
        Property(
            "The cache holds vectors of 6 features: its size is a multiple of 6.",
            lambda case, got: got[2] % D_MODEL == 0,
        ),
    ),
)
