"""Words hidden for a model to guess: behind a mask, behind another word, or not at all."""

import numpy as np

from attnlib.catalogue.bert import PAGE
from attnlib.data import masking
from attnlib.exercise import Case, Exercise, Misconception

MASK = 1


def _mask_words(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.9), other, hidden), asked


def masks_always(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    return np.where(asked, mask, ids), asked


def masks_padding_too(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = chance < rate
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.9), other, hidden), asked


def masks_padding_alone(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = ~keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.9), other, hidden), asked


def masks_asks_everywhere(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.9), other, hidden), keep


def masks_asks_where_changed(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    hidden = np.where(asked & (fate >= 0.9), other, hidden)
    return hidden, hidden != ids


def masks_asks_where_not_kept(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    hidden = np.where(asked & (fate >= 0.9), other, hidden)
    return hidden, asked & ((fate < 0.8) | (fate >= 0.9))


def masks_asks_at_masks(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.9), other, hidden), asked & (fate < 0.8)


def masks_other_two_exchanged(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.8) & (fate < 0.9), other, hidden), asked


def masks_never_leaves(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    return np.where(asked, np.where(fate < 0.8, mask, other), ids), asked


def masks_never_exchanges(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    return np.where(asked & (fate < 0.8), mask, ids), asked


def masks_exchanges_nine_tenths(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate < 0.9), other, hidden), asked


def masks_not_only_asked(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(keep & (fate < 0.8), mask, ids)
    return np.where(keep & (fate >= 0.9), other, hidden), asked


def masks_exchanges_unasked(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(keep & (fate >= 0.9), other, hidden), asked


def masks_rate_fixed(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < 0.15)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.9), other, hidden), asked


def masks_the_many(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance >= rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.9), other, hidden), asked


def masks_one_chance_for_both(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (chance < 0.8 * rate), mask, ids)
    return np.where(asked & (chance >= 0.9 * rate), other, hidden), asked


def masks_with_one(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), 1, ids)
    return np.where(asked & (fate >= 0.9), other, hidden), asked


def masks_in_place(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    ids[asked & (fate < 0.8)] = mask
    exchanged = asked & (fate >= 0.9)
    ids[exchanged] = other[exchanged]
    return ids, asked


def masks_asked_as_numbers(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return np.where(asked & (fate >= 0.9), other, hidden), asked.astype(int)


def masks_original_first(ids, keep, chance, fate, other, *, mask, rate=0.15):
    asked = keep & (chance < rate)
    hidden = np.where(asked & (fate < 0.8), mask, ids)
    return asked, np.where(asked & (fate >= 0.9), other, hidden)


def _visible():
    ids = np.array([[5, 7, 4, 9, 6, 2], [8, 3, 6, 2, 0, 0]])
    keep = ids > 0
    chance = np.array([[0.1, 0.9, 0.05, 0.4, 0.01, 0.7], [0.12, 0.6, 0.02, 0.3, 0.1, 0.05]])
    fate = np.array([[0.3, 0.2, 0.85, 0.95, 0.97, 0.85], [0.79, 0.95, 0.91, 0.1, 0.4, 0.93]])
    other = np.array([[4, 4, 9, 3, 8, 7], [2, 5, 6, 8, 7, 3]])
    return [
        Case((ids[0], keep[0], chance[0], fate[0], other[0]), {"mask": MASK}),
        Case((ids, keep, chance, fate, other), {"mask": MASK}),
        Case((ids, keep, chance, fate, other), {"mask": 11, "rate": 0.5}),
        Case((ids[:1], keep[:1], np.full((1, 6), 0.15), fate[:1], other[:1]), {"mask": MASK}),
        Case(
            (
                ids[:1],
                keep[:1],
                np.full((1, 6), 0.1),
                np.array([[0.8, 0.9, 0.0, 0.8, 0.9, 0.7]]),
                other[:1],
            ),
            {"mask": MASK},
        ),
    ]


def _hidden(rng):
    def drawn(*shape):
        ids = rng.integers(2, 9, size=shape)
        keep = np.arange(shape[-1]) < rng.integers(2, shape[-1] + 1, size=shape[:-1])[..., None]
        return (
            np.where(keep, ids, 0),
            keep,
            rng.random(shape),
            rng.random(shape),
            rng.integers(2, 9, size=shape),
        )

    return [
        Case(drawn(40, 11), {"mask": MASK}),
        Case(drawn(23, 7), {"mask": 9, "rate": 0.6}),
        Case(drawn(2, 5, 13), {"mask": MASK, "rate": 0.3}),
        Case(drawn(31), {"mask": 12, "rate": 1.0}),
        Case(drawn(3, 4), {"mask": MASK, "rate": 0.0}),
    ]


EXERCISE = Exercise(
    name="mask_words",
    section=f"{PAGE}#bert-eighty",
    reference=_mask_words,
    visible=_visible,
    hidden=_hidden,
    seals=(masking.hide,),
    same_dtype=True,
    misconceptions=(
        Misconception(
            "always a mask",
            "Every word that is asked for becomes the mask; one tenth is exchanged, and one stays.",
            masks_always,
        ),
        Misconception(
            "padding asked for",
            "Padding is hidden and asked for like words; `keep` says where there are words.",
            masks_padding_too,
        ),
        Misconception(
            "keep turned round",
            "The padding is asked for and the words are left alone: True in `keep` means a word.",
            masks_padding_alone,
        ),
        Misconception(
            "every word asked for",
            "Every word is asked for; only the chosen ones are questions, the others the model sees.",
            masks_asks_everywhere,
            section=f"{PAGE}#bert-loss",
        ),
        Misconception(
            "asked only where it changed",
            "A word is asked for here only if it was changed, which leaves out the tenth that stays, and a "
            "word exchanged for itself.",
            masks_asks_where_changed,
        ),
        Misconception(
            "those that stay are not asked for",
            "The chosen words that stay as they are aren't asked for; they are questions like the others.",
            masks_asks_where_not_kept,
        ),
        Misconception(
            "asked only at masks",
            "Only the places of the mask are asked for; those exchanged "
            "and those that stay are questions, too.",
            masks_asks_at_masks,
        ),
        Misconception(
            "exchange and stay mixed up",
            "From 0.8 to 0.9 the word is exchanged, and from 0.9 on it stays; it is the other way "
            "round here.",
            masks_other_two_exchanged,
        ),
        Misconception(
            "nothing stays",
            "All that isn't masked is exchanged; half of it stays as it is.",
            masks_never_leaves,
        ),
        Misconception(
            "nothing exchanged",
            "All that isn't masked stays; half of it is exchanged for another word.",
            masks_never_exchanges,
        ),
        Misconception(
            "exchanged over the masks",
            "Words are exchanged below 0.9 in place of above it, and so the masks are written over.",
            masks_exchanges_nine_tenths,
        ),
        Misconception(
            "all words hidden",
            "Words are hidden whether they were chosen or not; only those asked for may change.",
            masks_not_only_asked,
        ),
        Misconception(
            "others exchanged as well",
            "Words are exchanged that nobody asks for; only those asked for may change.",
            masks_exchanges_unasked,
        ),
        Misconception(
            "rate ignored",
            "The share of words asked for is fixed; it is the argument `rate`.",
            masks_rate_fixed,
        ),
        Misconception(
            "the others chosen",
            "The words are chosen whose chance is at or above `rate`; it is those below it.",
            masks_the_many,
        ),
        Misconception(
            "one number for two choices",
            "What becomes of a word is read off `chance`; the second choice has numbers of its "
            "own, `fate`.",
            masks_one_chance_for_both,
        ),
        Misconception(
            "number of the mask fixed",
            "The mask is always number 1; it is the argument `mask`.",
            masks_with_one,
        ),
        Misconception(
            "changes its input",
            "The words are written into the caller's array, and the right answers are lost with them; "
            "make a copy.",
            masks_in_place,
        ),
        Misconception(
            "asked in numbers",
            "The second array holds 1 and 0; it must hold True and False (dtype bool).",
            masks_asked_as_numbers,
        ),
        Misconception(
            "results exchanged",
            "The two results are exchanged: first the words, then where they are asked for.",
            masks_original_first,
        ),
    ),
)
