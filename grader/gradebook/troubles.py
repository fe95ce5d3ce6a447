"""What is wrong with a gradebook, in one line, and what to do about it, in another."""

from pathlib import Path

from sqlalchemy import make_url

OLD = ("no such column", "no such table", "undefinedcolumn", "undefinedtable", "does not exist")


class GradebookError(Exception):
    """The gradebook can't be used: one line says why, the next what to do."""


def trouble_with(url, error):
    """Return the GradebookError for what a database said.

    Parameters
    ----------
    url : str
        The gradebook's.
    error : Exception
        What SQLAlchemy raised.
    """
    what, do = _told(_place(url), file_of(url), " ".join(str(getattr(error, "orig", error)).split()))
    return GradebookError(f"{what}\n{do}")


def file_of(url):
    """Return the path of an SQLite gradebook, or None for a server's."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(address.database)


def _place(url):
    file = file_of(url)
    return f"the gradebook {file or make_url(url).render_as_string(hide_password=True)}"


def _told(place, file, said):
    low = said.lower()
    if file is not None and not file.parent.is_dir():
        return f"there is no folder for {place}", "Make the folder, and run the same command."
    if file is not None and not file.exists():
        return (
            f"{place} is not there any more",
            "Put it back, or a copy of it; the same command then grades what it lacks.",
        )
    if "readonly" in low or "read-only" in low or "permission denied" in low:
        return f"{place} can't be written", "Make it and its folder writable for you, and run it again."
    if "is full" in low or "no space" in low:
        return f"no room is left for {place}", "Make room on its disk, and run the same command again."
    if "locked" in low:
        return f"another program keeps {place} locked", "Wait until it is done, and run it again."
    if "not a database" in low or "malformed" in low:
        return f"{place} is damaged", "Put a copy of it back; the same command then grades what it lacks."
    if any(words in low for words in OLD):
        return (
            f"{place} is from another version of nbgrader",
            "Make a copy of it, run nbgrader db upgrade, and then the same command again.",
        )
    return (
        f"{place} can't be used: {said[:200]}",
        "Start its server, or correct c.CourseDirectory.db_url in nbgrader_config.py, and run it again.",
    )
