"""What is wrong with a folder or a disk, in one line, and what to do about it, in another."""

import errno

FULL = {errno.ENOSPC, errno.EDQUOT}
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def told(error):
    """Return two lines about an error that the system reports.

    Parameters
    ----------
    error : OSError
        The error.

    Examples
    --------
    >>> print(told(PermissionError(errno.EACCES, "Permission denied", "report")))
    report: Permission denied
    Give yourself the right to it, or name another place with --output.
    """
    what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    if error.errno in FULL:
        return f"{what}\nMake room on that disk, and run the same command again; nothing was replaced."
    if error.errno in CLOSED:
        return f"{what}\nGive yourself the right to it, or name another place with --output."
    return what
