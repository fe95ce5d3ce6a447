"""What a question of the course must have, and what one lacks."""

import re
from functools import cache

import numpy as np
from conftest import ROOT

from attnlib.catalogue import EXERCISES
from grader.answers import answers_to
from grader.notebook.cells import grade_id_of
from grader.notebook.percent import read_solution

LEAST_MISTAKES = 4
LEAST_ANSWERS = {True: 3, False: 6}  # by numbers, by a function


def right_answers(name):
    """Return a question's right answers, or none where nobody has written them: `lacks` says so."""
    try:
        return answers_to(name)
    except FileNotFoundError:
        return ()


def lacks(name, *, catalogue=EXERCISES, root=ROOT):
    """Return what a question lacks, each a sentence that names the file where it belongs."""
    try:
        exercise = catalogue[name]
    except ValueError as error:
        return [str(error)]
    file = catalogue.file_of(name)
    return [
        *_lacks_in_the_catalogue(exercise, file),
        *_lacks_of_answers(exercise),
        *(
            f"{file}: the section {section} doesn't exist: there is no ({section.partition('#')[2]})= in "
            f"{section.partition('#')[0]}.md"
            for section in sorted({exercise.section, *(m.section for m in exercise.misconceptions)})
            if not has_section(section, root)
        ),
        *_lacks_of_cells(exercise, root),
    ]


def has_section(section, root=ROOT):
    """Return whether a chapter has the target that a section, ``page#target``, points at."""
    page, _, target = section.partition("#")
    chapter = root / f"{page}.md"
    return chapter.is_file() and f"({target})=" in chapter.read_text("utf-8").splitlines()


def unknown_questions(text, catalogue=EXERCISES):
    """Return a sentence for each test cell of a solution whose exercise the catalogue lacks."""
    tested = [re.fullmatch(r"(.+)_(?:visible|hidden)", grade_id) for grade_id in _points_in(text)]
    names = dict.fromkeys(match[1] for match in tested if match)
    return [f"{text}: no exercise {name!r} in attnlib/catalogue" for name in names if name not in catalogue]


def _lacks_in_the_catalogue(exercise, file):
    if not file.with_name("__init__.py").is_file():
        yield f"{file.with_name('__init__.py')} is missing: without it the topic isn't packed"
    if len(exercise.misconceptions) < LEAST_MISTAKES:
        yield f"{file} has fewer than {LEAST_MISTAKES} misconceptions"
    if not exercise.by_value and not exercise.hidden(np.random.default_rng(0)):
        yield f"{file} draws no hidden cases"


def _lacks_of_answers(exercise):
    try:
        found = len(answers_to(exercise.name))
    except (FileNotFoundError, ValueError) as error:
        return [str(error)]
    least = LEAST_ANSWERS[exercise.by_value]
    return (
        [f"{exercise.name} has too few right answers: {found} of at least {least}"] if found < least else []
    )


def _lacks_of_cells(exercise, root):
    points = {}
    for text in sorted(root.glob("solutions/*/*.py")):
        points |= _points_in(text)
    kinds = ("visible",) if exercise.by_value else ("visible", "hidden")
    if exercise.name not in points:
        yield f"no notebook asks for {exercise.name}: solutions/ has no cell {exercise.name!r}"
    for cell in (f"{exercise.name}_{kind}" for kind in kinds):
        if not points.get(cell):
            yield f"solutions/ has no cell {cell!r} with points"


@cache
def _points_in(text):
    cells = read_solution(text).cells
    return {grade_id_of(cell): cell.metadata.nbgrader.get("points") for cell in cells if grade_id_of(cell)}
