"""Right answers to next_token_loss."""

import math

import numpy as np


def loss_by_log_softmax(logits, ids, keep=None):
    logits, ids = logits[..., :-1, :], ids[..., 1:]
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    surprise = -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0]
    return surprise.mean() if keep is None else surprise[keep[..., 1:]].mean()


def loss_word_by_word(logits, ids, keep=None):
    total, count = 0.0, 0
    for place in np.ndindex(ids.shape):
        if place[-1] == 0 or not (keep is None or keep[place]):
            continue
        row = logits[(*place[:-1], place[-1] - 1)].tolist()
        total += max(row) + math.log(sum(math.exp(z - max(row)) for z in row)) - row[ids[place]]
        count += 1
    return total / count


def loss_by_logaddexp(logits, ids, keep=None):
    questions = logits[..., :-1, :]
    picked = np.take_along_axis(questions, ids[..., 1:, None], axis=-1).squeeze(-1)
    surprise = np.logaddexp.reduce(questions, axis=-1) - picked
    return np.average(surprise, weights=None if keep is None else keep[..., 1:])


def loss_by_rows(logits, ids, keep=None):
    n_words = logits.shape[-1]
    rows, answers = logits[..., :-1, :].reshape(-1, n_words), ids[..., 1:].ravel()
    if keep is not None:
        real = keep[..., 1:].ravel()
        rows, answers = rows[real], answers[real]
    rows = rows - rows.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(rows).sum(axis=1)) - rows[np.arange(len(rows)), answers])


def loss_by_one_hot(logits, ids, keep=None):
    keep = np.ones(ids.shape) if keep is None else keep * 1.0
    came = np.eye(logits.shape[-1])[ids[..., 1:]] * keep[..., 1:, None]
    shifted = logits[..., :-1, :] - logits[..., :-1, :].max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -(came * log_p).sum() / came.sum()


def loss_against_the_answer(logits, ids, keep=None):
    picked = np.take_along_axis(logits[..., :-1, :], ids[..., 1:, None], axis=-1)
    ahead = logits[..., :-1, :] - picked  # how far each word is ahead of the one that came
    most = ahead.max(axis=-1)
    surprise = most + np.log(np.exp(ahead - most[..., None]).sum(axis=-1))
    real = np.ones(surprise.shape, dtype=bool) if keep is None else keep[..., 1:]
    return surprise.sum(where=real) / real.sum()


def loss_in_single_precision(logits, ids, keep=None):
    scores, came = np.float32(logits)[..., :-1, :], np.expand_dims(ids[..., 1:], -1)
    top = np.amax(scores, -1, keepdims=True)
    behind = np.squeeze(top - np.take_along_axis(scores, came, -1), -1)
    lost = behind + np.log(np.sum(np.exp(scores - top), -1))
    return np.mean(lost[... if keep is None else keep[..., 1:]])


ANSWERS = (
    loss_by_log_softmax,
    loss_word_by_word,
    loss_by_logaddexp,
    loss_by_rows,
    loss_by_one_hot,
    loss_against_the_answer,
    loss_in_single_precision,
)
