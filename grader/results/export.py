"""The marks of a class as a file that Canvas, Moodle or a spreadsheet takes.

A platform's file is for the platform, so what identifies a student stays as it is. The file for a
spreadsheet is for a person, and no name in it is ever computed.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from grader.gradebook.reading import Person
from grader.results.marks import UNVERIFIED
from grader.results.missing import is_missing
from grader.results.roster import Roster, read_roster
from grader.results.tables import decimal, put_rows, spell, write_table
from grader.text import harmless, plain

CANVAS_IDS = ("SIS Login ID", "SIS User ID", "ID")
MOODLE_IDS = {"username": "Username", "idnumber": "ID number", "email": "Email address"}
MOODLE_NAMES = ("First name", "Last name", "Surname")


@dataclass
class Export:
    """A platform's file, and what an instructor has to know about it.

    Parameters
    ----------
    header, rows : list
        The table.
    written : int
        How many marks are in it.
    left_out : list of grader.results.marks.Marks
        Whose marks aren't, because the platform's list has nobody like them.
    unmarked : list of str
        Who of the platform's list has no mark here.
    notes : list of str
        What else there is to say.
    """

    header: list
    rows: list
    written: int
    left_out: list
    unmarked: list
    notes: list = field(default_factory=list)


def canvas(class_marks, roster, *, match=None, column=None):
    """Return the Export in the layout of Canvas's gradebook.

    Each of Canvas's own rows stays, with the columns that identify a student, and the assignment's. Who
    has no mark here keeps what Canvas has.

    Parameters
    ----------
    class_marks : grader.results.marks.ClassMarks
        The class.
    roster : path-like
        The gradebook that Canvas exported.
    match : str, optional
        The column with the names of the submissions' folders; by default any that identifies a student.
    column : str, optional
        The assignment's name in Canvas, where it isn't ours.

    Raises
    ------
    ValueError
        If the file isn't Canvas's, or has two columns of that name.
    """
    table = read_roster(roster)
    section = table.columns(["Section"])
    if not section or table.header[0].strip() not in ("Student", "LastName"):
        raise ValueError(
            f"{roster} is not Canvas's gradebook, whose columns begin with Student and ID: "
            "export it from Grades in Canvas"
        )
    wanted = column or class_marks.assignment
    known = [place for place, name in enumerate(table.header) if wanted in (name, _title(name))]
    if len(known) > 1:
        names = ", ".join(table.header[place] for place in known)
        raise ValueError(f"Canvas has more than one {wanted}; say which with --column: {names}")
    kept = [*range(section[0] + 1), *known]
    table, sure, left_out = _matched(class_marks, table, _columns(table, match, CANVAS_IDS))
    rows = [[row[place] for place in kept] + [""] * (not known) for row in table.rows]
    written = {
        place: one
        for place, one in sure.items()
        if not (is_missing(one) and rows[place][-1].strip())  # excused, or marked in Canvas
    }
    for place, one in written.items():
        rows[place][-1] = decimal(one.score)
    export = Export(
        header=[table.header[place] for place in kept] + [wanted] * (not known),
        rows=rows,
        written=len(written),
        left_out=left_out,
        unmarked=[
            row[0] for place, row in enumerate(rows) if _is_canvas_student(row) and place not in sure
        ],
    )
    _set_points_possible(export, class_marks.records.max_score, is_new=not known)
    export.rows = [row for row in export.rows if any(row)]
    return export


def moodle(class_marks, *, identifier="username", roster=None, match=None, column=None, feedback=False):
    """Return the Export in the layout of Moodle's grade import.

    Who has no mark is left out, because Moodle takes an empty cell for "no grade", and one whom Moodle
    doesn't know stops the whole import.

    Parameters
    ----------
    class_marks : grader.results.marks.ClassMarks
        The class.
    identifier : {"username", "idnumber", "email"}
        What the names of the submissions' folders are in Moodle, if there is no `roster`. A gradebook
        with the students' addresses or numbers gives these.
    roster : path-like, optional
        A list that Moodle exported: its grades or its participants.
    match : str, optional
        The column of `roster` with the names of the submissions' folders.
    column : str, optional
        The name of the grade; by default the assignment's.
    feedback : bool, default False
        Add a column with the mistake that each answer shows.
    """
    grade = column or class_marks.assignment
    if roster:
        table = read_roster(roster)
        ids = _columns(table, match, MOODLE_IDS.values())
        kept = sorted({*ids, *table.columns(MOODLE_NAMES)})
    else:
        table, ids, kept = _moodle_roster(class_marks, identifier), [0], [0]
    table, sure, left_out = _matched(class_marks, table, ids)
    return Export(
        header=[*(table.header[place] for place in kept), grade, *([f"Feedback: {grade}"] * feedback)],
        rows=[
            [*(table.rows[i][place] for place in kept), decimal(one.score), *([_feedback(one)] * feedback)]
            for i, one in sorted(sure.items())
        ],
        written=len(sure),
        left_out=left_out,
        unmarked=[
            " ".join(row[place] for place in kept) for i, row in enumerate(table.rows) if i not in sure
        ],
    )


def write_platform(export, path):
    """Write a platform's file, UTF-8 without a byte order mark; return its path."""
    return put_rows(path, [export.header, *export.rows])


def write_plain(class_marks, path):
    """Write a table for a spreadsheet, with everybody who handed something in; return its path."""
    people = class_marks.records.people
    header = [
        "student",
        "first name",
        "last name",
        "email",
        "points",
        "of",
        "waiting",
        "look again",
        "late",
        "not graded because",
    ]
    rows = []
    for one in class_marks.marks:
        person = people.get(one.student, Person())
        known = (one.student, person.first_name, person.last_name, person.email)
        looked = (one.to_mark, " ".join(one.again), spell(one.late))
        rows.append((*known, one.score, one.max_score, *looked, one.reason or ""))
    return write_table(Path(path), header, rows)


def remarks(export, class_marks):
    """Return, line by line, who and what the instructor has to look after."""
    lines = [f"marks written: {export.written}", *export.notes]
    lines += [
        f"not in the file, because the list has nobody like them: {one.student}, {decimal(one.score)}"
        for one in export.left_out
    ]
    lines += [f"in the list, but without a mark here: {name}" for name in export.unmarked]
    missing = sorted(one.student for one in class_marks.graded if is_missing(one))
    if missing:
        lines.append(f"nothing handed in, 0 unless the list has something already: {', '.join(missing)}")
    lines += [f"not graded: {one.student}: {one.reason}" for one in class_marks.marks if one.reason]
    lines += [f"newer than its mark: {one.student}: {one.newer}" for one in class_marks.graded if one.newer]
    waiting = sum(one.to_mark > 0 for one in class_marks.graded)
    if waiting:
        lines.append(f"answers that wait for a mark by hand and count 0 so far: those of {waiting}")
    again = sum(bool(one.again) for one in class_marks.graded)
    if again:
        lines.append(
            f"marked by hand before they were graded again, and to be looked at again: those of {again}"
        )
    if class_marks.unverified:
        lines.append(f"{UNVERIFIED}: {', '.join(class_marks.unverified)}")
    texts = {cell for row in export.rows for cell in row if _number(cell) is None}
    computed = sorted(text for text in texts if harmless(text) != text)
    if computed:
        lines.append(f"don't open this file in a spreadsheet, which would compute: {', '.join(computed)}")
    return [plain(line, lines=False) for line in lines]


def _matched(class_marks, table, columns):
    """Return the table, ``{place of the row: Marks}`` and the Marks of those who are in no row."""
    people = class_marks.records.people
    called = {}
    for one in class_marks.graded:
        person = people.get(one.student, Person())
        called[one.student] = {one.student, person.email, person.lms_user_id}
    found = table.find(called, columns)
    sure = {found[one.student]: one for one in class_marks.graded if one.student in found}
    return table, sure, [one for one in class_marks.graded if one.student not in found]


def _columns(table, match, usual):
    columns = table.columns([match] if match else usual)
    if not columns:
        raise ValueError(
            f"no column {match or ' or '.join(usual)} in that list; say --match with one of: "
            + ", ".join(table.header)
        )
    return columns


def _title(name):
    """Return an assignment's name from a column of Canvas, where its id follows in brackets."""
    return re.sub(r" \(\d+\)$", "", name)


def _is_canvas_student(row):
    return bool(row[1].strip()) and "Points Possible" not in row[0]


def _set_points_possible(export, points, *, is_new):
    rows = [row for row in export.rows if "Points Possible" in row[0]]
    if not rows:
        rows = [["    Points Possible", *[""] * (len(export.header) - 1)]]
        export.rows.insert(0, rows[0])
    name = export.header[-1]
    if is_new or not rows[0][-1]:
        rows[0][-1] = decimal(points)
        export.notes.append(
            f"Canvas has no {name} yet: the import offers to make it, of {decimal(points)} points"
        )
    elif _number(rows[0][-1]) != points:
        export.notes.append(
            f"in Canvas {name} has {rows[0][-1]} points, here {decimal(points)}: marks are as here"
        )


def _moodle_roster(class_marks, identifier):
    """Return a Roster of the graded students with the one column that Moodle knows them by."""
    people = class_marks.records.people
    rows = []
    for one in class_marks.graded:
        person = people.get(one.student, Person())
        known = {"username": "", "idnumber": person.lms_user_id, "email": person.email}[identifier]
        if known or identifier != "email" or "@" in one.student:
            rows.append([known or one.student])
    return Roster([MOODLE_IDS[identifier]], rows)


def _feedback(one):
    """Return which mistakes a student's answers show, in the course's words alone."""
    from attnlib.catalogue import EXERCISES
    from attnlib.checking import UNANSWERED

    shown = []
    for exercise, name in one.shows.items():
        catalogued = EXERCISES.get(exercise)
        known = name == UNANSWERED or (
            catalogued is not None and any(name == m.name for m in catalogued.misconceptions)
        )
        shown.append(f"{exercise}: {name if known else 'see the feedback page'}")
    return "; ".join(shown) or "All tests pass"


def _number(text):
    """Return the number in a cell, with a point or a comma before its decimals, or None."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
