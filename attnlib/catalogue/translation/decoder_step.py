"""One step of a decoder that looks back at the source."""

import numpy as np

from attnlib.catalogue.translation import PAGE
from attnlib.exercise import Case, Exercise, Misconception
from attnlib.layers import lstm_step
from attnlib.models import recurrent


def _decoder_step(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None, :] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    context = (weights[:, None, :] @ memory)[:, 0]
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def asks_with_the_state_after(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    blank = np.concatenate([last, np.zeros((len(h), memory.shape[-1]))], axis=-1)
    h, c = np.split(lstm_step(blank, h, c, w_x, w_h, b), 2, axis=-1)
    scores = np.tanh((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    return np.concatenate([h, context], axis=-1), h, c


def asks_with_the_memory_cell(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((c @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def query_not_projected(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh(h[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def weights_over_sentences(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=0))
    context = ((powers / powers.sum(axis=0))[:, None] @ memory)[:, 0]
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def weights_over_a_single_query(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    context = memory.sum(axis=1)
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def context_is_the_mean(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    context = memory.mean(axis=1)
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def step_with_dot_products(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = (keys @ (h @ w_q)[:, :, None])[:, :, 0]
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def step_without_tanh(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = ((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def context_not_in_the_features(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return h, h, c


def context_not_read(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    h, c = np.split(lstm_step(last, h, c, w_x[: last.shape[-1]], w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def context_before_the_word(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    h, c = np.split(lstm_step(np.concatenate([context, last], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def context_before_the_state(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([context, h], axis=-1), h, c


def features_of_the_state_before(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    after = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), *after


def state_not_moved(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    after = lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b)
    return np.concatenate([after[:, : h.shape[1]], context], axis=-1), h, c


def state_exchanged(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    h, c = np.split(lstm_step(np.concatenate([last, context], axis=-1), c, h, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def halves_exchanged(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = ((powers / powers.sum(axis=-1, keepdims=True))[:, None] @ memory)[:, 0]
    c, h = np.split(lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b), 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def _case(rng, n, t, *, d_model=3, d_hidden=4, d_memory=5):
    return Case(
        (
            rng.standard_normal((n, d_model)),
            rng.uniform(-1, 1, (n, d_hidden)),
            rng.standard_normal((n, d_hidden)),
            rng.standard_normal((n, t, d_memory)),
            rng.standard_normal((n, t, d_hidden)),
            rng.standard_normal((d_hidden, d_hidden)),
            2 * rng.standard_normal(d_hidden),
            rng.standard_normal((d_model + d_memory, 4 * d_hidden)),
            rng.standard_normal((d_hidden, 4 * d_hidden)),
            rng.standard_normal(4 * d_hidden),
        )
    )


def _visible():
    rng = np.random.default_rng(1214)
    return [_case(rng, 1, 3, d_model=2, d_hidden=2, d_memory=3), _case(rng, 3, 3), _case(rng, 2, 5)]


def _hidden(rng):
    return [
        _case(rng, 1, 4),
        _case(rng, 4, 4),
        _case(rng, 3, 6, d_model=5, d_hidden=3, d_memory=6),
        _case(rng, 2, 2, d_model=4),
    ]


EXERCISE = Exercise(
    name="decoder_step",
    section=f"{PAGE}#trans-decoder",
    reference=_decoder_step,
    visible=_visible,
    hidden=_hidden,
    seals=(recurrent.decode_step,),
    misconceptions=(
        Misconception(
            "query after the step",
            "The LSTM steps first, and its new state asks; the state before the word asks, so that the "
            "LSTM can read the context.",
            asks_with_the_state_after,
        ),
        Misconception(
            "the memory cell asks",
            "The query is made from `c`; what an LSTM shows is its output `h`.",
            asks_with_the_memory_cell,
        ),
        Misconception(
            "query not projected",
            "The output `h` is added to the keys as it is; multiply it by `w_q` first.",
            query_not_projected,
            section=f"{PAGE}#trans-by-hand",
        ),
        Misconception(
            "weights over the sentences",
            "The weights sum to 1 over the sentences of the batch; each sentence has a sum of its own, "
            "over its words.",
            weights_over_sentences,
        ),
        Misconception(
            "weights over one query",
            "The context is the plain sum of the memory: a softmax over the only query makes every weight "
            "1. It runs over the words of the source.",
            weights_over_a_single_query,
        ),
        Misconception(
            "plain mean",
            "Every word of the source has the same weight, whatever the decoder asks.",
            context_is_the_mean,
            section=f"{PAGE}#trans-look-back",
        ),
        Misconception(
            "dot product",
            "The scores are dot products; this decoder's are additive, with tanh and `w_score`.",
            step_with_dot_products,
            section=f"{PAGE}#trans-by-hand",
        ),
        Misconception(
            "tanh forgotten",
            "The sum of query and key is weighed without tanh; so the query has no say.",
            step_without_tanh,
            section=f"{PAGE}#trans-tanh",
        ),
        Misconception(
            "context not in the features",
            "The next word is told from the state alone; the context stands behind it.",
            context_not_in_the_features,
        ),
        Misconception(
            "context not read",
            "The LSTM reads the last word alone; the context stands behind it.",
            context_not_read,
        ),
        Misconception(
            "context before the word",
            "The LSTM reads the context and then the word; the word comes first.",
            context_before_the_word,
        ),
        Misconception(
            "context before the state",
            "In the features the context comes first; the state does.",
            context_before_the_state,
        ),
        Misconception(
            "features of the state before",
            "The next word is told from the state before the step; use the one after it.",
            features_of_the_state_before,
        ),
        Misconception(
            "state not moved",
            "The old `h` and `c` are given back; the next step begins from the new ones.",
            state_not_moved,
        ),
        Misconception(
            "h and c exchanged",
            "The LSTM gets `c` as its output and `h` as its memory; it is the other way round.",
            state_exchanged,
            section=f"{PAGE}#trans-vector",
        ),
        Misconception(
            "halves exchanged",
            "The two halves of what the LSTM returns are taken for each other: the output comes "
            "first, then the memory.",
            halves_exchanged,
            section=f"{PAGE}#trans-vector",
        ),
    ),
)
