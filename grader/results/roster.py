"""A learning platform's list of a class, as a CSV file, and who of it is who in the gradebook."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path


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
