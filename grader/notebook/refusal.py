"""Why a submission can't be graded, as far as what lies there says it."""

from pathlib import Path

from grader.notebook.submission import UnreadableError, missing, read_submission, require_plain


def why_refused(folder, name):
    """Return why a student's notebook can't be graded, or None if it can be.

    Parameters
    ----------
    folder : path-like
        The folder of the submission, ``STUDENT/ASSIGNMENT``.
    name : str
        The notebook's name, without its ending.
    """
    folder = Path(folder)
    try:
        require_plain(folder.parent.name, folder)
        if not any(path.suffix == ".ipynb" and path.stem == name for path in folder.iterdir()):
            raise missing(folder, [name])
        read_submission(folder / f"{name}.ipynb")
    except UnreadableError as error:
        return str(error)
    return None
