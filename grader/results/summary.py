"""What a class's marks say to the one who teaches it: which questions, which mistakes, who needs help."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from attnlib.catalogue import EXERCISES
from attnlib.checking import UNANSWERED
from grader.notebook.cells import is_verified, question_of
from grader.notebook.percent import read_source
from grader.results.items import Item, item_statistics
from grader.results.likeness import find_alike
from grader.results.own_code import find_own

NEEDS_HELP = 0.5  # less than this share of the points that are decided


@dataclass(frozen=True)
class Question:
    """How a class did in one question.

    Parameters
    ----------
    name, title : str
        Its id, and its heading in the notebook.
    max_score, mean : float
        The most points, and the mean of those whose answers are marked; None if nobody's is.
    item : grader.results.items.Item
        How hard it is, and how well it tells students apart.
    visible, hidden : float or None
        The share of the class that passes the tests of this kind, where there are some.
    by_hand : bool
        Whether a person marks it.
    waiting, again, blank : tuple of str
        The students whose answers wait for a person, those whose answers were marked and have been graded
        again since, and those without an answer.
    verified : bool
        Whether the tests' results are compared outside the students' process.
    """

    name: str
    title: str
    max_score: float
    mean: float | None
    item: Item
    visible: float | None = None
    hidden: float | None = None
    by_hand: bool = False
    waiting: tuple = ()
    again: tuple = ()
    blank: tuple = ()
    verified: bool = True

    def points_of(self, one):
        """Return what one student, by their Marks, got for it; empty if they couldn't be graded."""
        if one.reason is not None:
            return ""
        return sum(grade.score for cell, grade in one.grades.items() if question_of(cell)[0] == self.name)


@dataclass(frozen=True)
class Mistake:
    """One mistake and who makes it.

    Parameters
    ----------
    exercise, name : str
        The exercise, and the misconception's name or the first line of the message.
    students : tuple of str
        Who shows it.
    says : str or None
        What the course says to it, where it knows it.
    section : str
        Where the book puts it right, as ``page#target``.
    """

    exercise: str
    name: str
    students: tuple
    says: str | None
    section: str


@dataclass(frozen=True)
class Help:
    """Students with few points who can be told the same first thing, the fewest points first."""

    mistake: Mistake | None
    students: tuple
    blank: bool = False


@dataclass(frozen=True)
class Summary:
    """All that a report says about a class, by the names of the submissions' folders.

    Parameters
    ----------
    assignment : str
        Such as ``05-softmax``.
    marks, graded, failed : list of grader.results.marks.Marks
        Everybody's, and those of the submissions that could and could not be graded.
    max_score : float
        The most points.
    questions : list of Question
        In the order of the notebook.
    mistakes : list of Mistake
        The most frequent first.
    help : list of Help
        The largest group first.
    absent : list of str
        Those whom the gradebook knows and who handed nothing in.
    alike : dict of tuple to list of grader.results.likeness.Alike
        For some students, the questions in which their answers are suspiciously alike.
    own : dict of grader.results.own_code.Own to tuple of str
        What answers were recognised as, and whose, in the order of the questions.
    """

    assignment: str
    marks: list
    graded: list
    max_score: float
    questions: list
    mistakes: list
    help: list
    failed: list
    absent: list
    alike: dict
    own: dict

    @property
    def waiting(self):
        """The Marks of those with an answer that waits for a person."""
        return [one for one in self.graded if one.to_mark]

    @property
    def again(self):
        """The Marks of those with an answer that was marked and has been graded again since."""
        return [one for one in self.graded if one.again]


def summarise(class_marks, text, key=None):
    """Return the Summary of a class.

    Parameters
    ----------
    class_marks : grader.results.marks.ClassMarks
        The class.
    text : path-like
        The source of the assignment, which has the order of the questions and their headings.
    key : dict, optional
        The answers that only instructors have, as for `grader.results.own_code.find_own`.
    """
    graded, records = class_marks.graded, class_marks.records
    here = {one.student for one in class_marks.marks}
    mistakes = _mistakes(graded)
    alike = defaultdict(list)
    for one in find_alike(class_marks.answers, records.released):
        alike[one.students].append(one)
    own = defaultdict(list)
    for student, recognised in find_own(class_marks.answers, records.released, key).items():
        for one in recognised:
            own[one].append(student)
    questions = _questions(graded, records, _headings(read_source(text)))
    asked = [question.name for question in questions]
    return Summary(
        assignment=class_marks.assignment,
        marks=class_marks.marks,
        graded=graded,
        max_score=records.max_score,
        questions=questions,
        mistakes=mistakes,
        help=_help(graded, mistakes),
        failed=[one for one in class_marks.marks if one.reason is not None],
        absent=sorted(set(records.people) - here),
        alike=dict(alike),
        own={one: tuple(own[one]) for one in sorted(own, key=lambda one: asked.index(one.question))},
    )


def _headings(solution):
    """Return ``{marked cell: the heading above it}``, in the order of the notebook."""
    heading, headings = "", {}
    for cell in solution.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade"):
            headings[about["grade_id"]] = heading
        elif cell.cell_type == "markdown":
            found = [line for line in cell.source.splitlines() if line.startswith("## ")]
            heading = found[-1].removeprefix("## ") if found else heading
    return headings


def _questions(graded, records, headings):
    cells_of = defaultdict(list)
    for cell in sorted(records.cells, key=lambda cell: [*headings, cell].index(cell)):
        cells_of[question_of(cell)[0]].append(cell)
    most = {name: sum(records.cells[cell] for cell in own) for name, own in cells_of.items()}
    marked = {name: _marked(graded, own) for name, own in cells_of.items()}
    items = item_statistics(marked, most)
    return [
        _question(name, own, graded, records.by_hand, headings, marked[name], items[name], most[name])
        for name, own in cells_of.items()
    ]


def _marked(graded, own):
    """Return ``{student: points}`` of those of whose answer no part waits for a person."""
    got = {one.student: [one.grades[cell] for cell in own if cell in one.grades] for one in graded}
    return {
        student: sum(grade.score for grade in grades)
        for student, grades in got.items()
        if not any(grade.waiting for grade in grades)
    }


def _question(name, own, graded, by_hand, headings, marked, item, most):
    tests = [cell for cell in own if cell not in by_hand]
    return Question(
        name=name,
        title=headings.get(own[0]) or name,
        max_score=most,
        mean=sum(marked.values()) / len(marked) if marked else None,
        visible=_passing(graded, [cell for cell in tests if question_of(cell)[1] != "hidden"]),
        hidden=_passing(graded, [cell for cell in tests if question_of(cell)[1] == "hidden"]),
        by_hand=not tests,
        waiting=tuple(one.student for one in graded if one.student not in marked),
        again=tuple(one.student for one in graded if {*one.again} & {*own}),
        blank=tuple(one.student for one in graded if one.shows.get(name) == UNANSWERED),
        verified=all(map(is_verified, tests)),
        item=item,
    )


def _passing(graded, tests):
    """Return the share of students with full marks in these cells, or None without such cells."""
    if not tests or not graded:
        return None
    full = sum(all(_is_full(one.grades.get(cell)) for cell in tests) for one in graded)
    return full / len(graded)


def _is_full(grade):
    return grade is not None and grade.score >= grade.max_score


def _mistakes(graded):
    """Return the Mistakes of a class, the most frequent first."""
    students = defaultdict(list)
    for one in graded:
        for exercise, name in one.shows.items():
            students[exercise, name].append(one.student)
    mistakes = []
    for (exercise, name), who in students.items():
        catalogued = EXERCISES.get(exercise)  # an instructor's own question isn't
        known = {m.name: m for m in catalogued.misconceptions}.get(name) if catalogued else None
        section = known.section if known else catalogued.section if catalogued else ""
        mistakes.append(Mistake(exercise, name, tuple(who), known.says if known else None, section))
    return sorted(mistakes, key=lambda m: (-len(m.students), m.exercise, m.name))


def _help(graded, mistakes):
    """Return the groups of those with few points, by the first mistake each of them makes."""
    named = {(mistake.exercise, mistake.name): mistake for mistake in mistakes}
    groups = defaultdict(list)
    for one in sorted(graded, key=lambda one: (_share(one), one.student)):
        if _share(one) < NEEDS_HELP:
            blank = one.score == 0 and set(one.shows.values()) == {UNANSWERED}
            groups["blank" if blank else next(iter(one.shows.items()), None)].append(one.student)
    found = [
        Help(None if first == "blank" else named.get(first), tuple(students), blank=first == "blank")
        for first, students in groups.items()
    ]
    return sorted(found, key=lambda group: -len(group.students))


def _share(one):
    """Return which share of the points that are decided a student has."""
    decided = one.max_score - one.to_mark
    return one.score / decided if decided else 1.0


def distribution(graded, max_score, most_bars=20):
    """Return the edges of a histogram of the points, a whole number of points apart, and its counts."""
    top = max([max_score, *(one.score for one in graded)])
    width = max(1, -(-int(-(-top // 1)) // most_bars))
    edges = [width * i for i in range(int(top // width) + 2)]
    counts = Counter(int(one.score // width) for one in graded)
    return edges, [counts[i] for i in range(len(edges) - 1)]
