"""What a term asks of the gradebook beside marks: who is in the course, when work is due, extensions."""

from datetime import timedelta

from nbgrader.api import MissingEntry

from grader.gradebook.entering import one_transaction, submission_of
from grader.gradebook.reading import Person
from grader.gradebook.source import notebooks_of, opened


def people_of(url):
    """Return ``{name of the submission's folder: Person}`` of everybody in the gradebook."""
    with opened(url) as gradebook:
        return {
            student.id: Person(
                student.first_name or "",
                student.last_name or "",
                student.email or "",
                student.lms_user_id or "",
            )
            for student in gradebook.students
        }


def enter_people(url, people):
    """Enter students, or correct what the gradebook knows of them; nobody and nothing is removed.

    Parameters
    ----------
    url : str
        The gradebook's.
    people : dict of str to grader.gradebook.reading.Person
        The students, by the names of their submissions' folders.
    """
    with opened(url) as gradebook:
        for student, person in people.items():
            known = {name: value for name, value in vars(person).items() if value}
            gradebook.update_or_create_student(student, **known)


def due_date(url, assignment):
    """Return when an assignment is due, in UTC and without saying so, or None."""
    with opened(url) as gradebook:
        try:
            return gradebook.find_assignment(assignment).duedate
        except MissingEntry:
            return None


def extend(url, assignment, student, *, days=0, hours=0):
    """Give one student more time, in place of what they may have had; return when their work is due.

    Parameters
    ----------
    url : str
        The gradebook's.
    assignment, student : str
        Their names; the student must be in the gradebook.
    days, hours : float
        How much more; none takes an extension back.

    Returns
    -------
    datetime.datetime
        In UTC, and without saying so.

    Raises
    ------
    ValueError
        If the gradebook knows no such assignment or student, the assignment isn't released, or it has no
        due date: over an extension of nothing nbgrader would fail when it grades.
    """
    due = due_date(url, assignment)
    if due is None:
        raise ValueError(
            f'{assignment} has no due date: nbgrader db assignment add {assignment} --duedate="…"'
        )
    with opened(url) as gradebook:
        if not notebooks_of(gradebook, assignment):  # it would be a submission without notebooks for ever
            raise ValueError(f"{assignment} is not released: nbgrader generate_assignment {assignment}")
        with one_transaction(gradebook):
            submission = submission_of(gradebook, assignment, student, create=False)
            submission.extension = timedelta(days=days, hours=hours) or None
            return submission.duedate
