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
    """Return the path of an assignment's source.

    Raises
    ------
    FileNotFoundError
        If there is none; the text lists those there are.
    """
    text = SOLUTIONS / assignment / f"{assignment}.py"
    if not text.is_file():
        there = ", ".join(sorted(path.stem for path in SOLUTIONS.glob("*/*.py"))) or "none"
        raise FileNotFoundError(f"no assignment {assignment!r} in {SOLUTIONS}/; there are: {there}")
    return text
