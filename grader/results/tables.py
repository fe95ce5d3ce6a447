"""The report of a class as CSV files, which a person opens in a spreadsheet."""

import csv
import io
import os
from pathlib import Path

from grader.text import harmless


def write_tables(summary, names, folder):
    """Write marks.csv, questions.csv, misconceptions.csv, similar.csv and own.csv.

    Parameters
    ----------
    summary : grader.results.summary.Summary
        What they say.
    names : grader.results.names.Names
        What students are called.
    folder : path-like
        Where to write them; it is made.

    Returns
    -------
    list of pathlib.Path
        The files.
    """

    def who(students):
        return ", ".join(map(names, names.sorted(students)))

    questions = [
        (
            q.name,
            q.title,
            q.max_score,
            *map(_rounded, (q.mean, q.visible, q.hidden, q.item.difficulty, q.item.discrimination)),
            len(q.blank),
            len(q.waiting),
            len(q.again),
            "by hand" if q.by_hand else "yes" if q.verified else "no",
        )
        for q in summary.questions
    ]
    misconceptions = [
        (
            m.exercise,
            m.name if m.says else names.text(m.name),
            len(m.students),
            _rounded(len(m.students) / len(summary.graded)),
            m.says or "",
            m.section,
            who(m.students),
        )
        for m in summary.mistakes
    ]
    similar = [
        (one.question, _rounded(one.likeness), "yes" if one.same_text else "no", who(students))
        for students, alikes in summary.alike.items()
        for one in alikes
    ]
    own = [(one.question, one.says, one.where, who(students)) for one, students in summary.own.items()]
    marks = [
        (
            names(one.student),
            names.person(one.student),
            one.score,
            one.max_score,
            one.to_mark,
            " ".join(one.again),
            spell(one.late),
            *(q.points_of(one) for q in summary.questions),
            names.text(one.reason or ""),
        )
        for one in names.sorted(summary.marks, of=lambda one: one.student)
    ]
    asked = [q.name for q in summary.questions]
    tables = {
        "marks": (
            [
                "student",
                "name",
                "points",
                "of",
                "waiting",
                "look again",
                "late",
                *asked,
                "not graded because",
            ],
            marks,
        ),
        "questions": (
            [
                *("question", "title", "of", "mean", "visible", "hidden", "difficulty", "discrimination"),
                *("not answered", "waiting", "look again", "verified outside the sandbox"),
            ],
            questions,
        ),
        "misconceptions": (
            ["question", "mistake", "students", "share", "says", "section", "who"],
            misconceptions,
        ),
        "similar": (["question", "likeness", "same text", "who"], similar),
        "own": (["question", "recognised as", "where", "who"], own),
    }
    return [write_table(Path(folder) / f"{name}.csv", *table) for name, table in tables.items()]


def write_table(path, header, rows):
    """Write a CSV file for a spreadsheet.

    A text that a spreadsheet would compute, such as the name ``=1+1``, gets an apostrophe before it.
    The file is UTF-8 with a byte order mark, without which Excel takes it for something else.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder is made.
    header : sequence of str
        The names of the columns.
    rows : iterable of sequence
        The values; numbers stay numbers.

    Returns
    -------
    pathlib.Path
        The file.
    """
    return put_rows(path, (map(harmless, row) for row in (header, *rows)), encoding="utf-8-sig")


def put_rows(path, rows, *, encoding="utf-8"):
    """Write rows as a CSV file, and return its path; what was there before stays if that can't be done."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return put(path, text.getvalue(), encoding=encoding)


def put(path, text, *, encoding="utf-8"):
    """Write a file, and return its path; what was there before stays if that can't be done."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_text(text, encoding, errors="replace", newline="")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def decimal(value, places=4):
    """Return a number without needless zeros.

    Examples
    --------
    >>> decimal(7.0), decimal(20 / 3), decimal(20 / 3, places=2), decimal(0.0)
    ('7', '6.6667', '6.67', '0')
    """
    return f"{value:.{places}f}".rstrip("0").rstrip(".")


def spell(time):
    """Return how long something took, in its two largest units; nothing for None.

    Examples
    --------
    >>> from datetime import timedelta
    >>> spell(timedelta(days=1, hours=2, minutes=3)), spell(timedelta(minutes=90)), spell(timedelta(0, 5))
    ('1 d 2 h', '1 h 30 min', '1 min')
    """
    if time is None:
        return ""
    minutes = max(1, round(time.total_seconds() / 60))
    units = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    return " ".join([f"{number} {unit}" for number, unit in units if number][:2])


def _rounded(value):
    return "" if value is None else round(value, 4)
