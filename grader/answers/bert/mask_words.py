"""Right answers to mask_words."""

import numpy as np


def mask_words_by_where(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    shown = np.where(fate < 0.8, mask, np.where(fate < 0.9, ids, other))
    return np.where(asked, shown, ids), asked


def mask_words_by_index(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = np.logical_and(keep, chance < rate)
    hidden = ids.copy()
    hidden[asked & (fate < 0.8)] = mask
    exchanged = asked & (fate >= 0.9)
    hidden[exchanged] = other[exchanged]
    return hidden, asked


def mask_words_one_by_one(ids, keep, chance, fate, other, *, mask, rate=0.15):
    hidden, asked = np.array(ids), np.zeros(ids.shape, dtype=bool)
    for place in np.ndindex(ids.shape):
        if not keep[place] or chance[place] >= rate:
            continue
        asked[place] = True
        if fate[place] < 0.8:
            hidden[place] = mask
        elif fate[place] >= 0.9:
            hidden[place] = other[place]
    return hidden, asked


def mask_words_by_select(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep * (chance < rate)
    return np.select([~asked, fate < 0.8, fate < 0.9], [ids, mask, ids], default=other), asked


def mask_words_by_choose(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = (np.where(keep, chance, np.inf) < rate).astype(bool)
    kind = np.where(asked, 1 + (fate >= 0.8) + (fate >= 0.9), 0)
    return np.choose(kind, [ids, np.full_like(ids, mask), ids, other]), asked


def mask_words_by_putmask(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = ~(~keep | (chance >= rate))
    hidden = ids + 0
    np.putmask(hidden, asked & (fate < 0.8), mask)
    np.copyto(hidden, other, where=asked & ~(fate < 0.9))
    return hidden, asked


def mask_words_by_sums(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    masked, exchanged = asked & (fate < 0.8), asked & (fate >= 0.9)
    return ids + masked * (mask - ids) + exchanged * (other - ids), asked


ANSWERS = (
    mask_words_by_where,
    mask_words_by_index,
    mask_words_one_by_one,
    mask_words_by_select,
    mask_words_by_choose,
    mask_words_by_putmask,
    mask_words_by_sums,
)
