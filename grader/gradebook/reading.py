"""nbgrader's gradebook, read at one go: as fast for a thousand students as for one, and never written."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from grader.gradebook.troubles import trouble_with


@dataclass(frozen=True)
class Grade:
    """What one cell got.

    Parameters
    ----------
    score, max_score : float
        Points; a cell that waits for a person has the score 0.
    waiting : bool
        Whether a person has never marked it, and has to.
    again : bool
        Whether a person marked it before it was graded again, and has to look at it again; until then that
        mark counts.
    """

    score: float
    max_score: float
    waiting: bool = False
    again: bool = False


@dataclass(frozen=True)
class Person:
    """What the gradebook knows of a student beside the name of the submission's folder."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    @property
    def name(self):
        """First and last name, as far as they are known."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Records:
    """What the gradebook has of one assignment.

    Parameters
    ----------
    key : str
        The assignment's own random id.
    cells : dict of str to float
        The most points of each cell that is marked.
    released : dict of str to str
        The text of each cell as students got it.
    people : dict of str to Person
        Every student of the course.
    grades : dict of str to dict
        For each student with a graded submission, ``{cell: Grade}``.
    penalties : dict of str to float
        The points taken off for lateness, of those who lost some.
    late : dict of str to datetime.timedelta
        How late those are who handed in after the due date, or their own with an extension.
    by_hand : frozenset of str
        The cells that a person marks.
    """

    key: str
    cells: dict
    released: dict
    people: dict
    grades: dict = field(default_factory=dict)
    penalties: dict = field(default_factory=dict)
    late: dict = field(default_factory=dict)
    by_hand: frozenset = frozenset()

    @property
    def max_score(self):
        """The points of the whole assignment."""
        return sum(self.cells.values())


class NotInGradebookError(ValueError):
    """The gradebook has no such assignment, or there is no gradebook."""


def gradebook_url(root, given=None):
    """Return the URL of a class's gradebook.

    Parameters
    ----------
    root : path-like
        The folder of the class.
    given : str, optional
        The one that was asked for, a URL or the path of an SQLite file. By default it is what
        ``nbgrader_config.py`` in that folder says, and ``gradebook.db`` in it where nothing is said.
    """
    if given:
        return _as_url(given)
    config = Path(root) / "nbgrader_config.py"
    if config.is_file():
        from traitlets.config import PyFileConfigLoader

        said = PyFileConfigLoader(config.name, path=str(config.parent)).load_config()
        if isinstance(said.CourseDirectory.get("db_url"), str):
            return said.CourseDirectory.db_url
    return _as_url(Path(root) / "gradebook.db")


def read_records(assignment, gradebook):
    """Return the Records of an assignment.

    Parameters
    ----------
    assignment : str
        Such as ``05-softmax``.
    gradebook : str or path-like
        The URL of nbgrader's database, or the path of an SQLite file.

    Raises
    ------
    NotInGradebookError
        If there is no such database, or the assignment isn't in it.
    grader.gradebook.troubles.GradebookError
        If it can't be read.
    """
    import sqlalchemy as sql
    from nbgrader import api

    ungraded = NotInGradebookError(
        f"{assignment} is not in the gradebook: run nbgrader generate_assignment {assignment}, "
        f"then nbgrader autograde {assignment}"
    )
    try:
        url = sql.make_url(_as_url(gradebook))
    except sql.exc.ArgumentError:
        raise ValueError(f"{gradebook} is not the address of a gradebook: write FILE.db or a URL") from None
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise ungraded  # connecting would make an empty one
    try:
        engine = sql.create_engine(url)
    except (ImportError, sql.exc.ArgumentError) as error:  # the driver of another database
        raise trouble_with(_as_url(gradebook), error) from None
    try:
        with engine.connect() as connection:
            if not sql.inspect(connection).has_table(api.Assignment.__tablename__):
                raise ungraded
            return _read(connection, assignment, ungraded)
    except sql.exc.SQLAlchemyError as error:
        raise trouble_with(_as_url(gradebook), error) from None
    finally:
        engine.dispose()


def _as_url(gradebook):
    text = str(gradebook)
    return text if "://" in text else f"sqlite:///{Path(text).resolve()}"


def _read(connection, assignment, ungraded):
    from nbgrader import api
    from sqlalchemy import func, or_, select

    key = connection.scalar(select(api.Assignment.id).where(api.Assignment.name == assignment))
    if key is None:
        raise ungraded
    cell, code, task = (model.__table__ for model in (api.BaseCell, api.GradeCell, api.TaskCell))
    marked = (
        select(cell.c.id, cell.c.name, func.coalesce(code.c.max_score, task.c.max_score).label("max_score"))
        .select_from(cell.outerjoin(code, code.c.id == cell.c.id).outerjoin(task, task.c.id == cell.c.id))
        .join(api.Notebook, api.Notebook.id == cell.c.notebook_id)
        .where(api.Notebook.assignment_id == key, func.coalesce(code.c.id, task.c.id).is_not(None))
        .subquery()
    )
    cells = _pairs(connection.execute(select(marked.c.name, marked.c.max_score)))
    released = select(api.SourceCell.name, api.SourceCell.source).join(
        api.Notebook, api.Notebook.id == api.SourceCell.notebook_id
    )
    people = select(
        api.Student.id,
        api.Student.first_name,
        api.Student.last_name,
        api.Student.email,
        api.Student.lms_user_id,
    )
    submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
    graded = (
        select(
            submission.student_id,
            marked.c.name,
            api.Grade.score,
            marked.c.max_score,
            api.Grade.needs_manual_grade,
            api.Grade.manual_score,
        )
        .join(notebook, notebook.assignment_id == submission.id)
        .join(api.Grade, api.Grade.notebook_id == notebook.id)
        .join(marked, marked.c.id == api.Grade.cell_id)
        .where(submission.assignment_id == key)
    )
    late = (
        select(submission.student_id, func.sum(notebook.late_submission_penalty))
        .join(notebook, notebook.assignment_id == submission.id)
        .where(submission.assignment_id == key, notebook.late_submission_penalty > 0)
        .group_by(submission.student_id)
    )
    grades = {}
    for student, name, score, max_score, open_, by_hand in connection.execute(graded):
        marked_once = by_hand is not None
        grade = Grade(score, max_score, open_ and not marked_once, open_ and marked_once)
        grades.setdefault(student, {})[name] = grade
    times = select(
        submission.student_id, submission.timestamp, api.Assignment.duedate, submission.extension
    ).join(api.Assignment, api.Assignment.id == submission.assignment_id)
    solution = api.SolutionCell.__table__
    written = (
        select(cell.c.name)
        .join(api.Notebook, api.Notebook.id == cell.c.notebook_id)
        .outerjoin(code, code.c.id == cell.c.id)
        .outerjoin(task, task.c.id == cell.c.id)
        .outerjoin(solution, solution.c.id == cell.c.id)
        .where(
            api.Notebook.assignment_id == key,
            or_(solution.c.id.is_not(None), task.c.id.is_not(None), code.c.cell_type == "markdown"),
        )
    )
    return Records(
        key=key,
        cells=cells,
        released=_pairs(connection.execute(released.where(api.Notebook.assignment_id == key))),
        people={row[0]: Person(*(text or "" for text in row[1:])) for row in connection.execute(people)},
        grades=grades,
        penalties=_pairs(connection.execute(late)),
        late=_lateness(connection.execute(times.where(submission.assignment_id == key))),
        by_hand=frozenset(cells) & frozenset(connection.scalars(written)),
    )


def _lateness(times):
    """Return how late who is, from rows of a student, when it was handed in, when it was due, extension."""
    late = {}
    for student, handed_in, due, extension in times:
        if handed_in and due and handed_in > (allowed := due + (extension or timedelta())):
            late[student] = handed_in - allowed
    return late


def _pairs(rows):
    return {key: value for key, value in rows}  # noqa: C416 - a Row is no tuple to dict
