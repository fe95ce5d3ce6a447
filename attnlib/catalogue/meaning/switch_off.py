"""The output matrix of a block with some heads switched off."""

import numpy as np

from attnlib.catalogue.meaning import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import ablation


def _switch_off(w_o, heads, n_heads):
    name = "block0.self.w_o"
    return ablation.without_heads({name: w_o}, [(0, int(h)) for h in heads], n_heads=n_heads)[name].copy()


def off_by_columns(w_o, heads, n_heads):
    out, size = w_o.copy(), w_o.shape[1] // n_heads
    for h in heads:
        out[:, h * size : (h + 1) * size] = 0
    return out


def off_all_others(w_o, heads, n_heads):
    out, size = np.zeros_like(w_o), len(w_o) // n_heads
    for h in heads:
        out[h * size : (h + 1) * size] = w_o[h * size : (h + 1) * size]
    return out


def off_one_row_each(w_o, heads, n_heads):
    out = w_o.copy()
    out[np.asarray(heads, dtype=int)] = 0
    return out


def off_counted_from_one(w_o, heads, n_heads):
    out, size = w_o.copy(), len(w_o) // n_heads
    for h in heads:
        out[(h - 1) * size : h * size] = 0
    return out


def off_every_so_many(w_o, heads, n_heads):
    out = w_o.copy()
    for h in heads:
        out[h::n_heads] = 0
    return out


def off_only_the_first(w_o, heads, n_heads):
    out, size = w_o.copy(), len(w_o) // n_heads
    for h in heads[:1]:
        out[h * size : (h + 1) * size] = 0
    return out


def off_only_the_last(w_o, heads, n_heads):
    out, size = w_o, len(w_o) // n_heads
    for h in heads:
        out = w_o.copy()
        out[h * size : (h + 1) * size] = 0
    return out.copy()


def off_and_cut_out(w_o, heads, n_heads):
    size = len(w_o) // n_heads
    kept = [w_o[h * size : (h + 1) * size] for h in range(n_heads) if h not in list(heads)]
    return np.concatenate(kept) if kept else w_o[:0]


def off_with_the_rest_made_larger(w_o, heads, n_heads):
    out, size = w_o.copy(), len(w_o) // n_heads
    for h in heads:
        out[h * size : (h + 1) * size] = 0
    return out * n_heads / max(1, n_heads - len(heads))


def off_in_place(w_o, heads, n_heads):
    size = len(w_o) // n_heads
    for h in heads:
        w_o[h * size : (h + 1) * size] = 0
    return w_o


def _visible():
    numbers = np.random.default_rng(36).normal(size=(6, 6)).round(1)
    return [
        Case((numbers, [1], 3)),
        Case((numbers, [0, 2], 3)),
        Case((np.random.default_rng(24).normal(size=(8, 3)).round(1), [2, 1], 4)),
    ]


def _hidden(rng):
    return [
        Case((rng.normal(size=(10, 7)), [4, 0], 5)),
        Case((rng.normal(size=(9, 9)), [2, 0, 1], 3)),
        Case((rng.normal(size=(6, 11)), [1], 2)),
        Case((rng.normal(size=(12, 5)), [0, 3], 4)),
    ]


EXERCISE = Exercise(
    name="switch_off",
    section=f"{PAGE}#meaning-removed",
    reference=_switch_off,
    visible=_visible,
    hidden=_hidden,
    seals=(ablation.without_heads,),
    axes=("row", "column"),
    misconceptions=(
        Misconception(
            "columns for rows",
            "Columns are set to 0. What a head has gathered meets the rows of the matrix; a column is a "
            "feature of the sum, to which all heads add.",
            off_by_columns,
            section="chapters/08-many-heads#heads-output",
        ),
        Misconception(
            "the others are off",
            "Only the heads that were named are left; they are the ones to switch off.",
            off_all_others,
        ),
        Misconception(
            "one row a head",
            "One row of each head is set to 0; a head has as many rows as it has features.",
            off_one_row_each,
        ),
        Misconception(
            "counted from 1",
            "The heads are counted from 1 here; head 0 is the first.",
            off_counted_from_one,
        ),
        Misconception(
            "every so many rows",
            "The rows of a head are taken at equal distances; they stand together.",
            off_every_so_many,
            section="chapters/08-many-heads#heads-split",
        ),
        Misconception(
            "the first head alone",
            "Only the first of the heads that were named is off.",
            off_only_the_first,
        ),
        Misconception(
            "the last head alone",
            "Only the last of the heads that were named is off; each of them starts from the whole matrix "
            "again.",
            off_only_the_last,
        ),
        Misconception(
            "cut out",
            "The rows are cut out, and the contexts no longer fit the matrix; leave them in, as zeros.",
            off_and_cut_out,
        ),
        Misconception(
            "the rest made larger",
            "The other heads are made larger, as in dropout; they stay as they are.",
            off_with_the_rest_made_larger,
        ),
        Misconception(
            "changed in place",
            "The matrix that was given is changed; the model is still needed whole. Work on a copy.",
            off_in_place,
        ),
    ),
    properties=(
        Property(
            "Every number is either as it was or 0.",
            lambda case, got: bool(((got == case.args[0]) | (got == 0)).all()),
        ),
    ),
)
