"""`nbgrader export`, with names that have commas, and with none that a spreadsheet computes."""

import csv
import os
from pathlib import Path

from nbgrader.plugins import ExportPlugin

from grader.text import harmless

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


class QuotedCsv(ExportPlugin):
    """Writes nbgrader's own table, ``grades.csv``, as a CSV file that every reader takes as it is meant."""

    def export(self, gradebook):
        """Write the marks of the assignments and students that are asked for, or of all."""
        path = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", path)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        try:
            with unfinished.open("w", newline="", encoding="utf-8", errors="replace") as stream:
                writer = csv.writer(stream)
                writer.writerow(COLUMNS)
                writer.writerows(self._rows(gradebook))
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def _rows(self, gradebook):
        assignments, students = ({*map(str, asked)} for asked in (self.assignment, self.student))
        for assignment in gradebook.assignments:
            if assignments and assignment.name not in assignments:
                continue
            handed_in = {one.student_id: one for one in gradebook.assignment_submissions(assignment.name)}
            for student in gradebook.students:
                if not students or student.id in students:
                    yield map(_cell, _row(assignment, student, handed_in.get(student.id)))


def _row(assignment, student, submission):
    about = (student.id, student.last_name, student.first_name, student.email)
    if submission is None:
        return assignment.name, assignment.duedate, "", *about, 0.0, 0.0, 0.0, assignment.max_score
    penalty = submission.late_submission_penalty
    marks = (submission.score, penalty, max(0.0, submission.score - (penalty or 0.0)))
    return assignment.name, assignment.duedate, submission.timestamp, *about, *marks, assignment.max_score


def _cell(value):
    return "" if value is None else harmless(value)
