"""Right answers to masked_loss."""

import math

import numpy as np


def loss_by_log_softmax(logits, ids, asked):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0][asked].mean()


def loss_of_the_rows_asked(logits, ids, asked):
    rows, words = logits[asked], ids[asked]
    rows = rows - rows.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(rows).sum(axis=1)) - rows[np.arange(len(rows)), words])


def loss_word_by_word(logits, ids, asked):
    surprises = []
    for place in zip(*np.nonzero(asked), strict=True):
        row = logits[place].tolist()
        surprises.append(max(row) + math.log(sum(math.exp(z - max(row)) for z in row)) - row[ids[place]])
    return sum(surprises) / len(surprises)


def loss_by_logaddexp(logits, ids, asked):
    picked = np.take_along_axis(logits, ids[..., None], axis=-1).squeeze(-1)
    return np.average(np.logaddexp.reduce(logits, axis=-1) - picked, weights=asked)


def loss_by_one_hot(logits, ids, asked):
    came = np.eye(logits.shape[-1])[ids] * asked[..., None]
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -(came * log_p).sum() / came.sum()


def loss_against_the_answer(logits, ids, asked):
    ahead = logits - np.take_along_axis(logits, ids[..., None], axis=-1)
    most = ahead.max(axis=-1)
    surprise = most + np.log(np.exp(ahead - most[..., None]).sum(axis=-1))
    return surprise.sum(where=asked) / asked.sum()


def loss_in_single_precision(logits, ids, asked):
    rows = logits[asked].astype(np.float32)
    rows = rows - rows.max(axis=-1, keepdims=True)
    log_p = rows - np.log(np.exp(rows).sum(axis=-1, keepdims=True))
    return -log_p[np.arange(len(rows)), ids[asked]].mean()


ANSWERS = (
    loss_by_log_softmax,
    loss_of_the_rows_asked,
    loss_word_by_word,
    loss_by_logaddexp,
    loss_by_one_hot,
    loss_against_the_answer,
    loss_in_single_precision,
)
