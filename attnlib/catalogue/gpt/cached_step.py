"""One step of causal attention with a cache of keys and values."""

import numpy as np

from attnlib import dot_product, masks
from attnlib.catalogue.gpt import PAGE
from attnlib.exercise import Case, Exercise, Misconception


def _cached_step(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k = np.concatenate([k_cache, x @ w_k], axis=-2)
    v = np.concatenate([v_cache, x @ w_v], axis=-2)
    return dot_product.attention(x @ w_q, k, v, mask=masks.causal_mask(n, t + n)), k, v


def step_from_position_zero(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[:n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_one_position_late(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t + 1 : t + n + 1]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_without_positions(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_values_without_position(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    placed = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, placed @ w_k), (v_cache, x @ w_v)))
    scores = placed @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_without_itself(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    scores = x @ w_q @ k_cache.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = powers / powers.sum(axis=-1, keepdims=True) @ v_cache
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    return context, k, v


def step_not_even_itself(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t - 1, dtype=bool), scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    return powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300) @ v, k, v


def step_cache_given_back(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k_cache, v_cache


def step_only_the_new_kept(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, x @ w_k, x @ w_v


def step_cache_not_read(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = x @ w_k, x @ w_v
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_new_in_front(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((x @ w_k, k_cache), (x @ w_v, v_cache)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_without_mask(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_past_hidden(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_without_scale(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2)
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_root_of_d_model(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(x.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_root_of_the_length(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(t + n)
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_oldest_dropped(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    k, v = (z[..., n:, :] if t else z for z in (k, v))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, k.shape[-2], k.shape[-2] - n, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_written_over_the_last(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k_cache[..., -n:, :], v_cache[..., -n:, :] = (x @ w_k)[..., -t:, :], (x @ w_v)[..., -t:, :]
    scores = x @ w_q @ k_cache.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True, initial=-1e300))
    return powers / powers.sum(axis=-1, keepdims=True) @ v_cache, k_cache, v_cache


def step_caches_exchanged(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, v, k


def step_overwrites_x(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x += positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_of_one_sequence(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = len(k_cache), len(x)
    x = x + positions[t : t + n]
    k, v = np.concatenate([k_cache, x @ w_k]), np.concatenate([v_cache, x @ w_v])
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def step_softmax_over_queries(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    scores = np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-2, keepdims=True))
    return powers / powers.sum(axis=-2, keepdims=True) @ v, k, v


def step_overflow(x, positions, w_q, w_k, w_v, k_cache, v_cache):
    t, n = k_cache.shape[-2], x.shape[-2]
    x = x + positions[t : t + n]
    k, v = (np.concatenate(pair, axis=-2) for pair in ((k_cache, x @ w_k), (v_cache, x @ w_v)))
    scores = x @ w_q @ k.swapaxes(-1, -2) / np.sqrt(w_k.shape[-1])
    powers = np.exp(np.where(np.tri(n, t + n, t, dtype=bool), scores, -np.inf))
    return powers / powers.sum(axis=-1, keepdims=True) @ v, k, v


def _case(rng, *front, new, old, size=1.0, d_model=5, d_k=3, d_v=2):
    matrices = [rng.standard_normal((d_model, d)) for d in (d_k, d_k, d_v)]
    cached = [rng.standard_normal((*front, old, d)) for d in (d_k, d_v)]
    return Case(
        (
            size * rng.standard_normal((*front, new, d_model)),
            rng.standard_normal((old + new + 3, d_model)),
            *matrices,
            *cached,
        )
    )


def _visible():
    x = np.array([[1.0, 0.0]])
    positions = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0], [1.0, -1.0], [0.0, 2.0]])
    w_q = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    w_k = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, -1.0]])
    w_v = np.array([[2.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 3.0]])
    k_cache = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, -1.0]])
    v_cache = np.array([[1.0, 2.0, 0.0, 1.0], [0.0, -1.0, 1.0, 2.0]])
    matrices = (positions, w_q, w_k, w_v)
    pair = np.array([[1.0, 0.0], [-1.0, 1.0]])
    return [
        Case((x, *matrices, k_cache, v_cache)),
        Case((pair, *matrices, k_cache, v_cache)),
        Case((pair, *matrices, k_cache[:0], v_cache[:0])),
        Case((np.stack([pair, -pair]), *matrices, np.stack([k_cache] * 2), np.stack([v_cache, -v_cache]))),
        Case((900.0 * x, *matrices, k_cache, v_cache)),
    ]


def _hidden(rng):
    return [
        _case(rng, new=1, old=4),
        _case(rng, new=3, old=4),
        _case(rng, new=4, old=0),
        _case(rng, 2, new=1, old=3),
        _case(rng, 2, 3, new=2, old=5, d_k=4, d_v=6),
        _case(rng, new=2, old=3, size=500.0),
        _case(rng, new=3, old=3, size=500.0),
        _case(rng, new=4, old=4, size=100.0),
        _case(rng, new=1, old=1, d_model=3),
    ]


EXERCISE = Exercise(
    name="cached_step",
    section=f"{PAGE}#gpt-cache",
    reference=_cached_step,
    visible=_visible,
    hidden=_hidden,
    misconceptions=(
        Misconception(
            "position restarts at 0",
            "New tokens get the first positions of the table; those before them are in the cache, and its "
            "length is the position of the first new one.",
            step_from_position_zero,
        ),
        Misconception(
            "one position late",
            "Each new token gets the position after its own: positions are counted from 0, so the first "
            "new one has the number of those in the cache.",
            step_one_position_late,
        ),
        Misconception(
            "positions forgotten",
            "The tokens are used as they come; add their positions first.",
            step_without_positions,
        ),
        Misconception(
            "values without position",
            "Queries and keys know the position and values don't; all three are made from the same tokens.",
            step_values_without_position,
        ),
        Misconception(
            "without its own key",
            "The new tokens attend to the cache alone, and their keys join it only afterwards; a token "
            "sees itself.",
            step_without_itself,
        ),
        Misconception(
            "not even itself",
            "The mask is one diagonal too small: a new token may attend to those before it, and not to "
            "itself.",
            step_not_even_itself,
            section="chapters/07-masks#masks-causal",
        ),
        Misconception(
            "caches given back as they were",
            "The context is right, but the caches come back without the new keys and values; the next step "
            "needs them.",
            step_cache_given_back,
        ),
        Misconception(
            "only the new ones given back",
            "The context is right, but the caches come back with the new keys and values alone; the old "
            "ones are lost to the next step.",
            step_only_the_new_kept,
        ),
        Misconception(
            "cache not read",
            "The new tokens attend to each other alone; the old keys and values stand before theirs.",
            step_cache_not_read,
        ),
        Misconception(
            "new ones in front",
            "New keys and values are put before the old ones; they come after them, as in the text.",
            step_new_in_front,
        ),
        Misconception(
            "no mask",
            "Right for one new token; of several, the first see those after them. Use a causal mask.",
            step_without_mask,
            section="chapters/07-masks#masks-causal",
        ),
        Misconception(
            "the past hidden",
            "The mask lines the first new token up with the first key, so that most of the past is hidden; "
            "the last new token belongs to the last key.",
            step_past_hidden,
            section="chapters/07-masks#masks-causal",
        ),
        Misconception(
            "no scale",
            "The scores are not divided by the root of d_k.",
            step_without_scale,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of d_model",
            "The scores are divided by the root of the number of features of a token; a dot product runs "
            "over the d_k features of query and key.",
            step_root_of_d_model,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "root of the length",
            "The scores are divided by the root of the number of keys, so that the same tokens get other "
            "weights as the text grows; divide by the root of d_k.",
            step_root_of_the_length,
            section="chapters/04-scaling#scaling-root",
        ),
        Misconception(
            "oldest dropped",
            "For each new token the oldest in the cache is thrown out; the cache grows.",
            step_oldest_dropped,
        ),
        Misconception(
            "written over the last",
            "New keys and values are written over the last ones of the cache, in the caller's arrays; make "
            "longer arrays, and leave the caller's as they are.",
            step_written_over_the_last,
        ),
        Misconception(
            "caches exchanged",
            "The values come back where the keys belong, and the keys where the values do.",
            step_caches_exchanged,
        ),
        Misconception(
            "changes its input",
            "The positions are added to the caller's tokens; `x += ...` overwrites them, and `x = x + ...` "
            "doesn't.",
            step_overwrites_x,
        ),
        Misconception(
            "one sequence only",
            "Right for one text, but a batch has more axes in front: join along the axis of the tokens, "
            "the last but one, and count lengths there.",
            step_of_one_sequence,
        ),
        Misconception(
            "softmax over the queries",
            "The softmax runs down the columns and shares each key out among the new tokens; the weights "
            "of each new token must sum to 1.",
            step_softmax_over_queries,
            section="chapters/05-softmax#softmax-axis",
        ),
        Misconception(
            "overflow",
            "Right for small scores, but exp(1000) is more than a float can hold; subtract the largest "
            "score of each row first.",
            step_overflow,
            section="chapters/05-softmax#softmax-shift",
        ),
    ),
)
