"""Right answers to copy_distribution."""

import numpy as np


def copied_by_adding_at(written, weights, gate, text, n_extended):
    p = np.zeros((len(written), n_extended))
    p[:, : written.shape[1]] = gate * written
    for row, shares in zip(p, (1 - gate) * weights, strict=True):
        np.add.at(row, text, shares)
    return p


def copied_by_one_hot(written, weights, gate, text, n_extended):
    new = n_extended - written.shape[1]
    longer = np.pad(written, ((0, 0), (0, new)))
    return gate * longer + (1 - gate) * (weights @ np.eye(n_extended)[text])


def copied_place_by_place(written, weights, gate, text, n_extended):
    out = []
    for i in range(len(written)):
        g = gate[i, 0]
        row = [g * p for p in written[i]] + [0.0] * (n_extended - written.shape[1])
        for place, word in enumerate(text):
            row[word] += (1 - g) * weights[i, place]
        out.append(row)
    return np.array(out)


def copied_by_bincount(written, weights, gate, text, n_extended):
    copied = [np.bincount(text, weights=row, minlength=n_extended) for row in weights]
    new = np.zeros((len(written), n_extended - written.shape[1]))
    return np.concatenate([written, new], axis=1) * gate + np.array(copied) * (1 - gate)


def copied_by_comparing(written, weights, gate, text, n_extended):
    stands = text[:, None] == np.arange(n_extended)  # (T, n_extended)
    p = (1 - gate) * (weights[:, :, None] * stands).sum(axis=1)
    p[:, : written.shape[-1]] += gate * written
    return p


def copied_word_by_word(written, weights, gate, text, n_extended):
    columns = []
    for word in range(n_extended):
        copied = weights[:, text == word].sum(axis=1)
        said = written[:, word] if word < written.shape[1] else 0 * copied
        columns.append(copied + gate[:, 0] * (said - copied))
    return np.stack(columns, axis=1)


def copied_with_einsum(written, weights, gate, text, n_extended):
    known, every = np.eye(written.shape[1], n_extended), np.eye(n_extended)
    spread = np.einsum("iw,we->ie", written, known)
    return np.einsum("ig,ie->ie", gate, spread) + np.einsum("it,te->ie", weights * (1 - gate), every[text])


ANSWERS = (
    copied_by_adding_at,
    copied_by_one_hot,
    copied_place_by_place,
    copied_by_bincount,
    copied_by_comparing,
    copied_word_by_word,
    copied_with_einsum,
)
