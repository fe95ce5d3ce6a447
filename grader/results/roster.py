"""A learning platform's list of a class, as a CSV file, and who of it is who in the gradebook."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from grader.gradebook.reading import Person

SURNAMES = ("Last name", "Surname")


@dataclass(frozen=True)
class Roster:
    """A table that a platform wrote.

    Parameters
    ----------
    header : list of str
        The names of its columns.
    rows : list of list of str
        The rest, each as long as the header.
    """

    header: list
    rows: list

    def columns(self, names):
        """Return the places of those of these columns that it has, whatever the size of the letters."""
        here = {name.strip().casefold(): place for place, name in reversed([*enumerate(self.header)])}
        return [here[name.casefold()] for name in names if name.casefold() in here]

    def find(self, students, columns):
        """Return ``{student: row}`` for those who are in just one row, and alone in it.

        Parameters
        ----------
        students : dict of str to collection of str
            What each student is called, by the name of the submission's folder.
        columns : sequence of int
            The columns to look in, whatever the size of the letters.
        """
        rows_of = defaultdict(set)
        for place, row in enumerate(self.rows):
            for column in columns:
                rows_of[row[column].strip().casefold()].add(place)
        found = {
            student: set().union(*(rows_of[name.strip().casefold()] for name in called if name.strip()))
            for student, called in students.items()
        }
        claims = Counter(place for places in found.values() for place in places)
        return {
            student: place
            for student, (place, *others) in ((s, p) for s, p in found.items() if p)
            if not others and claims[place] == 1
        }


def read_roster(path):
    """Return the Roster in a CSV file, with commas, semicolons or tabs between its columns.

    Raises
    ------
    ValueError
        If it isn't such a file.
    """
    try:
        text = Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a CSV file in UTF-8") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if any(row)]
    if not rows or len(rows[0]) < 2:
        raise ValueError(f"{path} is not a table: its first line has no columns")
    header, *rest = rows
    return Roster(header, [(row + [""] * len(header))[: len(header)] for row in rest])


def people_in(roster):
    """Return ``{name of the submission's folder: Person}`` of a list of students.

    In Canvas's gradebook the folder is called by the *SIS Login ID* or else the *ID*, in Moodle's lists by
    the user name, or else the address or the number; in a table with nbgrader's columns by ``id``.

    Parameters
    ----------
    roster : Roster
        The list.

    Raises
    ------
    ValueError
        If it is no such list, or two students or a folder that can't be would be called the same.
    """
    people = {}
    for row in roster.rows:
        student, person = _read_person(roster, row)
        if not student:
            continue
        if "/" in student or student.startswith("."):
            raise ValueError(f"no folder can be called {student!r}")
        if student in people:
            raise ValueError(f"two students are called {student!r}")
        people[student] = person
    if not people:
        raise ValueError(
            "nobody is in that list: it needs a column id, or the columns of Canvas's gradebook or of "
            "Moodle's participants; there are: " + ", ".join(roster.header)
        )
    return people


def _read_person(roster, row):
    def cell(*names):
        """Return what the first of these columns has that has something."""
        return next((row[place].strip() for place in roster.columns(names) if row[place].strip()), "")

    if roster.columns(["id"]) and roster.columns(["Section"]):
        name, login = cell("Student"), cell("SIS Login ID")
        if "Points Possible" in row[0] or name == "Student, Test":
            return "", Person()
        last, _, first = map(str.strip, name.partition(","))
        return login or cell("ID"), Person(
            cell("FirstName") or first, cell("LastName") or last, login if "@" in login else "", cell("ID")
        )
    if roster.columns(["id"]):
        known = map(cell, ("first_name", "last_name", "email", "lms_user_id"))
        return cell("id"), Person(*known)
    person = Person(cell("First name"), cell(*SURNAMES), cell("Email address"), cell("ID number"))
    return cell("Username", "Email address", "ID number"), person
