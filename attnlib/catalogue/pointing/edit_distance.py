"""How many changes, insertions and omissions make one word of another."""

import numpy as np

from attnlib.catalogue.pointing import PAGE
from attnlib.exercise import Case, Exercise, Misconception, Property
from attnlib.models import speech


def _edit_distance(heard, said):
    return speech.edit_distance(heard, said)


def place_by_place(heard, said):
    n = min(len(heard), len(said))
    return int((heard[:n] != said[:n]).sum()) + abs(len(heard) - len(said))


def place_by_place_and_cut(heard, said):
    n = min(len(heard), len(said))
    return int((heard[:n] != said[:n]).sum())


def difference_of_lengths(heard, said):
    return abs(len(heard) - len(said))


def letters_in_any_order(heard, said):
    n = 1 + int(max(heard.max(initial=0), said.max(initial=0)))
    more = np.bincount(heard, minlength=n) - np.bincount(said, minlength=n)
    return int(max(more.clip(0).sum(), (-more).clip(0).sum()))


def no_change(heard, said):
    row = list(range(len(said) + 1))
    for i, a in enumerate(heard, start=1):
        above, row = row, [i]
        for j, b in enumerate(said, start=1):
            row.append(above[j - 1] if a == b else min(above[j], row[j - 1]) + 1)
    return row[-1]


def no_insertion(heard, said):
    row = list(range(len(said) + 1))
    for i, a in enumerate(heard, start=1):
        above, row = row, [i]
        for j, b in enumerate(said, start=1):
            row.append(min(above[j] + 1, above[j - 1] + int(a != b)))
    return row[-1]


def no_omission(heard, said):
    row = list(range(len(said) + 1))
    for i, a in enumerate(heard, start=1):
        above, row = row, [i]
        for j, b in enumerate(said, start=1):
            row.append(min(row[j - 1] + 1, above[j - 1] + int(a != b)))
    return row[-1]


def the_same_costs_too(heard, said):
    row = list(range(len(said) + 1))
    for i, _ in enumerate(heard, start=1):
        above, row = row, [i]
        for j, _ in enumerate(said, start=1):
            row.append(1 + min(above[j], row[j - 1], above[j - 1]))
    return row[-1]


def first_row_of_zeros(heard, said):
    row = [0] * (len(said) + 1)
    for i, a in enumerate(heard, start=1):
        above, row = row, [i]
        for j, b in enumerate(said, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + int(a != b)))
    return row[-1]


def first_column_of_zeros(heard, said):
    row = list(range(len(said) + 1))
    for a in heard:
        above, row = row, [0]
        for j, b in enumerate(said, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + int(a != b)))
    return row[-1]


def first_row_from_one(heard, said):
    row = list(range(1, len(said) + 2))
    for i, a in enumerate(heard, start=2):
        above, row = row, [i]
        for j, b in enumerate(said, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + int(a != b)))
    return row[-1]


def letters_in_common(heard, said):
    row = [0] * (len(said) + 1)
    for a in heard:
        above, row = row, [0]
        for j, b in enumerate(said, start=1):
            row.append(above[j - 1] + 1 if a == b else max(above[j], row[j - 1]))
    return row[-1]


def share_of_the_letters(heard, said):
    row = list(range(len(said) + 1))
    for i, a in enumerate(heard, start=1):
        above, row = row, [i]
        for j, b in enumerate(said, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + int(a != b)))
    return row[-1] / max(len(said), 1)


def last_letter_left_out(heard, said):
    heard, said = heard[:-1], said[:-1]
    row = list(range(len(said) + 1))
    for i, a in enumerate(heard, start=1):
        above, row = row, [i]
        for j, b in enumerate(said, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + int(a != b)))
    return row[-1]


def _word(text):
    return np.array([ord(letter) - ord("a") for letter in text], dtype=int)


_PAIRS = (
    ("sir", "sue"),
    ("mera", "memera"),
    ("salmon", "lemon"),
    ("lemon", "salmon"),
    ("romeo", "romeo"),
    ("", "sun"),
    ("sun", ""),
    ("luna", "moon"),
    ("aeiou", "eioua"),
    ("nora", "noel"),
    ("o", "romeo"),
    ("romeo", "m"),
)


def _visible():
    return [Case((_word(heard), _word(said))) for heard, said in _PAIRS]


def _hidden(rng):
    cases = []
    for n, m in ((5, 5), (3, 7), (7, 3), (6, 6), (1, 4), (4, 1), (8, 6), (0, 5), (5, 0), (9, 9)):
        cases.append(Case((rng.integers(4, size=n), rng.integers(4, size=m))))
    for _ in range(6):
        said = rng.integers(6, size=8)
        at = int(rng.integers(1, 6))
        cases.append(Case((np.delete(said, [at, at + 1]), said)))
        cases.append(Case((np.insert(said, at, 7), said)))
        cases.append(Case((np.roll(said, 1), said)))
    return cases


EXERCISE = Exercise(
    name="edit_distance",
    section=f"{PAGE}#pointing-distance",
    reference=_edit_distance,
    visible=_visible,
    hidden=_hidden,
    seals=(speech.edit_distance,),
    misconceptions=(
        Misconception(
            "place by place",
            "The words are compared place by place, so that one letter left out makes all after it wrong.",
            place_by_place,
        ),
        Misconception(
            "as far as both go",
            "The words are compared place by place, as far as the shorter goes; what is left over isn't "
            "counted.",
            place_by_place_and_cut,
        ),
        Misconception(
            "lengths alone",
            "This is how much longer one word is than the other.",
            difference_of_lengths,
        ),
        Misconception(
            "letters in any order",
            "The order of the letters makes no difference.",
            letters_in_any_order,
        ),
        Misconception(
            "no change",
            "A letter changed into another costs as much as leaving it out and putting the other in; it is "
            "one edit.",
            no_change,
        ),
        Misconception(
            "one way missing: from the left",
            "A cell never comes from the one to its left, so that a letter of `said` can't be put in.",
            no_insertion,
        ),
        Misconception(
            "one way missing: from above",
            "A cell never comes from the one above, so that a letter of `heard` can't be left out.",
            no_omission,
        ),
        Misconception(
            "the same letter costs",
            "A letter that stays the same is counted as an edit.",
            the_same_costs_too,
        ),
        Misconception(
            "first row of zeros",
            "The first row of the table holds zeros, so that the beginning of `said` can be skipped for "
            "nothing; it counts up.",
            first_row_of_zeros,
        ),
        Misconception(
            "first column of zeros",
            "The first column of the table holds zeros, so that the beginning of `heard` can be skipped "
            "for nothing; it counts up.",
            first_column_of_zeros,
        ),
        Misconception(
            "counted from one",
            "The first row and column count from 1; nothing from nothing is no edit.",
            first_row_from_one,
        ),
        Misconception(
            "letters in common",
            "This is how many letters the two have in common, in order; count what must be changed.",
            letters_in_common,
        ),
        Misconception(
            "a share",
            "The edits are divided by the number of letters; the question asks for their number.",
            share_of_the_letters,
        ),
        Misconception(
            "last letters left out",
            "The last letter of both words is left out.",
            last_letter_left_out,
        ),
    ),
    properties=(
        Property(
            "It is at least the difference of the lengths.",
            lambda case, got: bool(got >= abs(len(case.args[0]) - len(case.args[1]))),
        ),
        Property(
            "It is at most the length of the longer word.",
            lambda case, got: bool(got <= max(map(len, case.args))),
        ),
    ),
)
