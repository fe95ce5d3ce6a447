"""What the named mistakes look like from outside: their numbers, what right ones obey, and four names.

An exhibit is made of every mistake of the catalogue that gives finite numbers on some case. Whoever looks
at it has to tell the mistake from three others of the same exercise, all of which give other numbers there.
"""

import functools
import re
from dataclasses import asdict, dataclass
from zlib import crc32

import numpy as np

from attnlib.catalogue import EXERCISES
from attnlib.checking.by_value import require_numbers
from attnlib.checking.diagnosis import diagnose, remark
from attnlib.checking.evidence import Evidence
from attnlib.checking.judging import quiet
from attnlib.checking.known import known
from attnlib.checking.outcome import Outcome, alike, call, differs, right
from attnlib.checking.quoting import call_by_names, seen_with
from attnlib.checking.sealing import opened
from attnlib.checking.wording import TRY, Verdict

NAMES = 4  # to choose from
DIGITS = 4  # of each number that is shown
MOST = 48  # numbers in an exhibit, where there is a smaller case than that
WIDEST = 24  # numbers of a row; the shape tells how many there are
LONGEST_CALL = 400  # characters

HOW_OFTEN = "wrong in 1 of 1 checks"  # says nothing

#: What a check says of several cases begins so; of one case, what follows can stand alone.
OF_SEVERAL = re.compile("^[Ww]here only numbers are wrong, ")
ALONE = {
    "it is ": "what is wrong is ",
    "their order": "the order of the numbers",
    "they ": "the numbers ",
    "none is ": "no number is ",
}


@dataclass(frozen=True)
class Exhibit:
    """A mistake as it looks from outside.

    Parameters
    ----------
    exercise : str
        What was asked.
    call : str
        The call whose result is shown, with its numbers where they are few; empty for numbers by hand.
    given : str
        The shapes that it was given, where their numbers are too many.
    parts : list of dict
        The result: the ``label`` of each part of it, ``shape``, ``dtype`` and ``slices``, which are
        matrices with the place at which each stands.
    axes : tuple of str
        What the last axes of the result count.
    laws : list of str
        What right numbers obey.
    symptom : list of str
        What a check would say of these numbers if the mistake had no name.
    names : list of str
        Four names of mistakes, one of them right.
    right : int
        Which one.
    verdict : list of str
        What the check says of it.
    section : str
        Where to read about it, as ``page#target``.
    level : int
        How hard it is to see: 0 for a wrong shape, 1 for a broken law, 2 where most numbers are wrong, 3
        where a few are.
    """

    exercise: str
    call: str
    given: str
    parts: list
    axes: tuple
    laws: list
    symptom: list
    names: list
    right: int
    verdict: list
    section: str
    level: int


@functools.cache
def exhibits():
    """Return every exhibit, the plainest first and, of those that are as plain, in the order of the course.

    Returns
    -------
    tuple of dict
        The fields of `Exhibit`, for a page that knows no Python.
    """
    with quiet():
        found = [one for exercise in EXERCISES.values() for one in of_exercise(exercise)]
    return tuple(asdict(one) for one in sorted(found, key=lambda one: one.level))


def of_exercise(exercise):
    """Return the exhibits of one exercise; call it inside `attnlib.checking.quiet`.

    Examples
    --------
    >>> from attnlib.checking import quiet
    >>> with quiet():
    ...     first = of_exercise(EXERCISES["softmax_by_hand"])[0]
    >>> len(first.names), first.section
    (4, 'chapters/05-softmax#softmax-normalise')
    """
    visible, about = exercise.visible(), known(exercise)
    cases = about.cases
    expected = [_answered(exercise, call(opened(exercise.reference), case)) for case in cases]
    came = [
        [_answered(exercise, outcome) for outcome in about.outcomes(number)]
        for number in range(len(exercise.misconceptions))
    ]
    looks = [[_look(outcome) for outcome in outcomes] for outcomes in came]
    same_dtype = exercise.same_dtype
    found = []
    for which, mistake in enumerate(exercise.misconceptions):

        def others(at, which=which):
            """Return the mistakes that are told from this one by what a case shows."""
            return [
                i
                for i, some in enumerate(looks)
                if some[at] != looks[which][at]
                and not alike(came[i][at], came[which][at], same_dtype=same_dtype)
            ]

        def tells(at, which=which):
            return (
                not right(came[which][at], expected[at], same_dtype=same_dtype)
                and len(others(at)) >= NAMES - 1
            )

        shown = [at for at, look in enumerate(looks[which]) if look]
        shown.sort(key=lambda at, which=which: _awkward(looks[which][at], hidden=at >= len(visible)))
        at = next(filter(tells, shown), None)
        if at is not None:
            evidence = Evidence(exercise, [cases[at]], [came[which][at]], [expected[at]])
            draw = np.random.default_rng(crc32(f"{exercise.name} {mistake.name}".encode()))
            names = [which, *draw.choice(others(at), NAMES - 1, replace=False)]
            order = draw.permutation(NAMES)
            found.append(
                _exhibit(evidence, mistake, [exercise.misconceptions[names[i]].name for i in order])
            )
    return found


def _answered(exercise, outcome):
    """Return numbers that were found on paper as the check takes them: as an array."""
    return Outcome(require_numbers(exercise, outcome.value)) if exercise.by_value else outcome


def _exhibit(evidence, mistake, names):
    exercise = evidence.exercise
    case, got, expected = evidence.first
    verdict = Verdict.naming(mistake.name, exercise.name, (mistake.says,), mistake.section)
    written, given = _asked(exercise, case)
    return Exhibit(
        exercise=exercise.name,
        call=written,
        given=given,
        parts=_look(got),
        axes=exercise.axes,
        laws=[law.says for law in exercise.properties],
        symptom=_symptom(evidence),
        names=names,
        right=names.index(mistake.name),
        verdict=[f"{exercise.name}: {verdict.headline}", *verdict.details],
        section=verdict.section,
        level=_level(exercise, case, got, expected),
    )


def _symptom(evidence):
    says = diagnose(evidence)
    seen = (_alone(text) for text in (says, *remark(evidence, says)))
    return [text for text in seen if HOW_OFTEN not in text]


def _alone(text):
    text, of_several = OF_SEVERAL.subn("", text)
    start = next((start for start in ALONE if of_several and text.startswith(start)), "")
    text = ALONE.get(start, "") + text.removeprefix(start)
    return text[0].upper() + text[1:]


def _asked(exercise, case):
    if exercise.by_value:
        return "", ""
    first, *_ = seen_with(exercise, case, show_inputs=True)
    if first.startswith(TRY) and len(first) < LONGEST_CALL:
        return first.removeprefix(TRY), ""
    first, *_ = seen_with(exercise, case, show_inputs=False)
    return call_by_names(exercise, case), first.removeprefix("Seen with ")


def _awkward(look, *, hidden):
    """Return what makes a case worse to show than another."""
    size = sum(int(np.prod(part["shape"])) for part in look)
    return (size > MOST, hidden, size < NAMES, size)


def _look(outcome):
    """Return an outcome as it is shown, or None if there is nothing to show or it isn't all finite."""
    found = outcome.leaves
    if outcome.error is not None or outcome.overwrote or not found:
        return None
    if not all(leaf.size and np.isfinite(leaf.astype(float)).all() for leaf in found.values()):
        return None
    return [_part(place, leaf) for place, leaf in found.items()]


def _part(place, leaf):
    label = "".join(f"[{key!r}]" for _, key in place)
    if leaf.ndim < 2:
        slices = [{"at": "", "rows": [_plain(leaf.reshape(-1))]}]
    else:
        slices = [
            {"at": ", ".join(map(str, lead)), "rows": [_plain(row) for row in leaf[lead]]}
            for lead in np.ndindex(leaf.shape[:-2])
        ]
    return {"label": label, "shape": list(leaf.shape), "dtype": str(leaf.dtype), "slices": slices}


def _plain(row):
    some = row[:WIDEST].tolist()
    if row.dtype.kind in "iub":
        return some
    return [float(f"{x:.{DIGITS}g}") + 0.0 for x in some]  # + 0.0 makes a 0 of -0


def _level(exercise, case, got, expected):
    came, right_ones = got.leaves, expected.leaves
    shapes = [{place: leaf.shape for place, leaf in some.items()} for some in (came, right_ones)]
    if shapes[0] != shapes[1]:
        return 0
    if not all(law.holds(case, got.array) for law in exercise.properties):
        return 1
    wrong = [differs(came[place].astype(float), right_ones[place].astype(float)) for place in came]
    return 2 if np.concatenate(wrong, axis=None).mean() > 0.5 else 3
