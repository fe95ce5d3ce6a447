"""The report of a class: one page that needs nothing else, and the same as tables."""

import os
import re
from collections import defaultdict
from datetime import datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from statistics import mean, median
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

from attnlib.checking import UNANSWERED
from grader.course import require_assignment
from grader.results.items import FEWEST
from grader.results.names import Names, Numbers
from grader.results.summary import distribution, summarise
from grader.results.tables import decimal, put, spell, write_tables

FEWEST_FOR_FIGURE = 5  # students; the marks of fewer are a sentence


def write_report(class_marks, output, *, book, key=None, csv=None, anonymous=False):
    """Write the page, and the tables if they are asked for.

    Parameters
    ----------
    class_marks : grader.results.marks.ClassMarks
        The class.
    output : path-like
        The page; its folder is made.
    book : str
        Where the book is, a URL or a folder, for the links to its sections.
    key : dict, optional
        The answers that only instructors have, as for `grader.results.own_code.find_own`.
    csv : path-like, optional
        The folder for the tables.
    anonymous : bool, default False
        Call students by numbers, and leave out what they wrote themselves.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    output = Path(output)
    summary = summarise(class_marks, require_assignment(class_marks.assignment), key)
    names = Names(class_marks.records.people)
    if anonymous:
        records = class_marks.records
        names = Numbers((one.student for one in summary.marks), records.key, records.people)
    page = render(summary, names, lambda section: _link(section, book, output.parent))
    put(output, page)
    return [output, *(write_tables(summary, names, csv) if csv else [])]


def render(summary, names, link):
    """Return the page.

    Parameters
    ----------
    summary : grader.results.summary.Summary
        What it says.
    names : grader.results.names.Names
        What students are called.
    link : callable
        Returns the address of a section of the book, or None.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.results"),
        autoescape=True,  # names, answers and messages are students' text
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["student_of"] = attrgetter("student")
    environment.filters |= {
        "points": partial(decimal, places=2),
        "percent": "{:.0%}".format,
        "ratio": _ratio,
        "code": _with_code,
        "spell": spell,
    }
    scores = sorted(one.score for one in summary.graded)
    return environment.get_template("report.html.jinja").render(
        summary=summary,
        names=names,
        link=link,
        UNANSWERED=UNANSWERED,
        FEWEST=FEWEST,
        made=datetime.now().astimezone(),
        points_of={one.student: one.score for one in summary.graded},
        scores=scores,
        mean=mean(scores) if scores else None,
        median=median(scores) if scores else None,
        named=[mistake for mistake in summary.mistakes if mistake.says],
        unnamed=_unnamed(summary.mistakes, names),
        **_figures(summary, scores),
    )


def _figures(summary, scores):
    if len(scores) < FEWEST_FOR_FIGURE:
        return {"marks_figure": None, "questions_figure": None}
    from grader.results.figures import marks_figure, questions_figure

    tested = [question for question in summary.questions if not question.by_hand]
    return {
        "marks_figure": marks_figure(*distribution(summary.graded, summary.max_score), summary.max_score),
        "questions_figure": questions_figure(tested) if tested else None,
    }


def _unnamed(mistakes, names):
    """Return ``((exercise, message), students)`` where a mistake has no name, the most frequent first."""
    students = defaultdict(list)
    for mistake in mistakes:
        if not mistake.says and mistake.name != UNANSWERED:
            students[mistake.exercise, names.text(mistake.name)] += mistake.students
    return sorted(students.items(), key=lambda item: -len(item[1]))


def _ratio(number):
    return "–" if number is None else f"{number:.2f}".replace("-", "−")


def _with_code(text):
    """Return a sentence of the course with what stands between backticks as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - it is escaped


def _link(section, book, folder):
    """Return the address of a section from a page in `folder`, or None where there is no such book."""
    page, _, target = section.partition("#")
    if "://" in book:
        return f"{book.rstrip('/')}/{page}.html#{target}"
    if not (Path(book) / f"{page}.html").is_file():
        return None
    return f"{quote(Path(os.path.relpath(book, folder)).as_posix())}/{page}.html#{target}"
