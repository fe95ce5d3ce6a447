"""Where a course's folders are, and what nbgrader has to be told of a class in another one."""

from pathlib import Path

SOLUTIONS = Path("solutions")


def nbgrader_options(root, db=None):
    """Return the command-line options that make nbgrader work on a class in another folder.

    Parameters
    ----------
    root : path-like
        The folder of the class; `nbgrader` itself is run where ``nbgrader_config.py`` is.
    db : str, optional
        The gradebook's URL; by default that of ``gradebook.db`` in the folder.
    """
    root = Path(root)
    db = db or f"sqlite:///{(root / 'gradebook.db').resolve()}"
    steps = ("release", "submitted", "autograded", "feedback")
    return [
        *(f"--CourseDirectory.{step}_directory={root / step}" for step in steps),
        f"--CourseDirectory.db_url={db}",
    ]


def require_assignment(assignment):
    """Return the path of an assignment's source: its text, or the notebook where there is no text.

    Raises
    ------
    FileNotFoundError
        If there is none; the text lists those there are.
    """
    folder = SOLUTIONS / assignment
    for source in (folder / f"{assignment}.py", folder / f"{assignment}.ipynb"):
        if assignment and source.is_file():
            return source
    there = {path.stem for path in SOLUTIONS.glob("*/*") if path.suffix in (".py", ".ipynb")}
    listed = ", ".join(sorted(there & {path.name for path in SOLUTIONS.glob("*")})) or "none"
    raise FileNotFoundError(f"no assignment {assignment!r} in {SOLUTIONS}/; there are: {listed}")
