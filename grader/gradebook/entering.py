"""Enter marks in the gradebook."""

from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task


def record(gradebook, assignment, student, name, notebook):
    """Enter a graded notebook's marks in the gradebook, as nbgrader's `SaveAutoGrades` does, at once."""
    entry = gradebook.find_submission_notebook(name, assignment, student)
    grades = {grade.name: grade for grade in entry.grades}
    comments = {comment.name: comment for comment in entry.comments}
    for cell in notebook.cells:
        if is_grade(cell):
            one = grades[cell.metadata.nbgrader["grade_id"]]
            one.auto_score, _ = determine_grade(cell)
            one.needs_manual_grade = one.manual_score is not None or one.auto_score is None
        if is_solution(cell) or is_task(cell):
            blank = not is_task(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            comments[cell.metadata.nbgrader["grade_id"]].auto_comment = "No response." if blank else None
    gradebook.db.commit()
