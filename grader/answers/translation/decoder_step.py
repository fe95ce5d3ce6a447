"""Right answers to decoder_step."""

import numpy as np

from attnlib.layers import additive_attend, lstm_step
from attnlib.probability import softmax
from attnlib.variants import additive_scores


def step_by_the_formula(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = np.tanh((h @ w_q)[:, None, :] + keys) @ w_score
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    context = (weights[:, :, None] * memory).sum(axis=1)
    state = lstm_step(np.concatenate([last, context], axis=-1), h, c, w_x, w_h, b)
    h, c = np.split(state, 2, axis=-1)
    return np.concatenate([h, context], axis=-1), h, c


def step_with_the_librarys_attention(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    context = additive_attend((h @ w_q)[:, None], keys, memory, w_score)[:, 0]
    state = lstm_step(np.hstack([last, context]), h, c, w_x, w_h, b)
    d_hidden = h.shape[1]
    return np.hstack([state[:, :d_hidden], context]), state[:, :d_hidden], state[:, d_hidden:]


def step_with_the_librarys_scores(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    scores = additive_scores(h[:, None], keys, w_q, np.eye(keys.shape[-1]), w_score)
    context = np.squeeze(softmax(scores) @ memory, axis=1)
    h, c = np.split(lstm_step(np.append(last, context, axis=1), h, c, w_x, w_h, b), 2, axis=1)
    return np.append(h, context, axis=1), h, c


def step_with_gates_of_its_own(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    weights = softmax(np.tanh(np.expand_dims(h @ w_q, 1) + keys) @ w_score)
    context = np.einsum("nt,ntf->nf", weights, memory)
    i, f, g, o = np.split(np.concatenate([last, context, h], axis=1) @ np.vstack([w_x, w_h]) + b, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
    c = f * c + i * np.tanh(g)
    h = o * np.tanh(c)
    return np.concatenate([h, context], axis=1), h, c


def step_sentence_by_sentence(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    features, outputs, cells = [], [], []
    for n in range(len(h)):
        scores = np.array([np.tanh(h[n] @ w_q + key) @ w_score for key in keys[n]])
        context = softmax(scores) @ memory[n]
        read = np.concatenate([last[n], context])[None]
        state = lstm_step(read, h[n][None], c[n][None], w_x, w_h, b)[0]
        outputs.append(state[: h.shape[1]])
        cells.append(state[h.shape[1] :])
        features.append(np.concatenate([outputs[-1], context]))
    return np.array(features), np.array(outputs), np.array(cells)


def step_word_by_word(last, h, c, memory, keys, w_q, w_score, w_x, w_h, b):
    query, total, context = h @ w_q, 0.0, 0.0
    for t in range(memory.shape[1]):
        power = np.exp(np.tanh(query + keys[:, t]) @ w_score)[:, None]
        total, context = total + power, context + power * memory[:, t]
    context = context / total
    state = lstm_step(np.concatenate((last, context), axis=1), h, c, w_x, w_h, b)
    h, c = state[:, : h.shape[1]], state[:, h.shape[1] :]
    return np.concatenate((h, context), axis=1), h, c


ANSWERS = (
    step_by_the_formula,
    step_with_the_librarys_attention,
    step_with_the_librarys_scores,
    step_with_gates_of_its_own,
    step_sentence_by_sentence,
    step_word_by_word,
)
