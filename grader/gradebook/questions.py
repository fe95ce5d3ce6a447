"""The questions of an assignment: whether the gradebook knows those that students get."""

from dataclasses import dataclass

from nbgrader.api import MissingEntry
from nbgrader.preprocessors import SaveCells

from grader.gradebook.entering import complete, one_transaction

KINDS = ("grade", "solution", "task")


@dataclass(frozen=True)
class Difference:
    """How two lists of questions differ.

    Parameters
    ----------
    lacking, unknown : list of str
        Questions that the gradebook doesn't have, and those that it has alone.
    changed : list of str
        Questions that have other points there, or are of another kind.
    retyped : list of str
        Those of another kind, where what the gradebook has of them would be lost.
    """

    lacking: list
    unknown: list
    changed: list
    retyped: list

    def __bool__(self):
        return bool(self.lacking or self.unknown or self.changed)

    def in_words(self):
        """Return what differs, for a person."""
        parts = {
            "the gradebook lacks": self.lacking,
            "the gradebook alone has": self.unknown,
            "of another kind or with other points:": self.changed,
        }
        return "; ".join(f"{what} {', '.join(names)}" for what, names in parts.items() if names)


def questions_of(notebook):
    """Return ``{question: (what kind, points)}`` for a notebook's cells that are marked or answered."""
    found = {}
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        kind = tuple(name for name in KINDS if about.get(name))
        if kind:
            points = float(about["points"]) if "solution" not in kind[:1] and "points" in about else None
            found[about["grade_id"]] = (kind, points)
    return found


def questions_known(gradebook, assignment, notebook):
    """Return the same as the gradebook has it; None, where it doesn't have the notebook."""
    try:
        entry = gradebook.find_notebook(notebook, assignment)
    except MissingEntry:
        return None
    cells = {"grade": entry.grade_cells, "solution": entry.solution_cells, "task": entry.task_cells}
    kinds, points = {}, {}
    for kind in KINDS:
        for cell in cells[kind]:
            kinds[cell.name] = (*kinds.get(cell.name, ()), kind)
            if kind != "solution":
                points[cell.name] = cell.max_score
    return {name: (kind, points.get(name)) for name, kind in kinds.items()}


def difference(asked, known):
    """Return the Difference between the questions that are asked and those that the gradebook knows."""
    both = asked.keys() & known.keys()
    return Difference(
        lacking=sorted(asked.keys() - known.keys()),
        unknown=sorted(known.keys() - asked.keys()),
        changed=sorted(name for name in both if asked[name] != known[name]),
        retyped=sorted(name for name in both if not {*known[name][0]} <= {*asked[name][0]}),
    )


def has_submissions(gradebook, assignment):
    """Return whether the gradebook has entries of students for an assignment."""
    try:
        return bool(gradebook.find_assignment(assignment).submissions)
    except MissingEntry:
        return False


class SaveQuestions(SaveCells):
    """Enters an assignment's questions, also where students have handed it in: nbgrader's own refuses.

    What is there stays with all its marks, comments and dates; what is new is added to the assignment
    and to each student's entry.
    """

    def _create_notebook(self, nb):
        about = (self.notebook_id, self.assignment_id)
        known = questions_known(self.gradebook, self.assignment_id, self.notebook_id)
        if known is None or not has_submissions(self.gradebook, self.assignment_id):
            super()._create_notebook(nb)
            return
        new = {
            "grade": self.new_grade_cells,
            "solution": self.new_solution_cells,
            "task": self.new_task_cells,
            "source": self.new_source_cells,
        }
        for kind, cells in new.items():
            enter = getattr(self.gradebook, f"update_or_create_{kind}_cell")
            for name, info in cells.items():
                enter(name, *about, **info)
        with one_transaction(self.gradebook):
            for submission in self.gradebook.find_assignment(self.assignment_id).submissions:
                complete(self.gradebook, submission)
