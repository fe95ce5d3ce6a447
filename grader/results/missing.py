"""Work that nobody handed in, counted as zero where the instructor asks for it."""

from dataclasses import replace

from grader.results.marks import Marks


def with_zeros(class_marks):
    """Return a ClassMarks in which each student of the gradebook who handed nothing in has 0 points.

    Who handed in what couldn't be graded is not among them: that is for a person to settle.
    """
    here = {one.student for one in class_marks.marks}
    zeros = [
        Marks(student, 0.0, class_marks.records.max_score)
        for student in class_marks.records.people.keys() - here
    ]
    return replace(class_marks, marks=sorted([*class_marks.marks, *zeros], key=lambda one: one.student))


def is_missing(one):
    """Return whether a student's Marks are those of `with_zeros`."""
    return one.reason is None and not one.grades
