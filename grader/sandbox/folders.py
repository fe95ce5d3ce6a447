"""Temporary folders that are locked while their grader runs, and swept when it has been killed."""

import contextlib
import fcntl
import shutil
import tempfile
from pathlib import Path

from grader.sandbox.error import SandboxError

FOLDERS = "spotlight-"  # what their names begin with
LONGEST_FOLDER = 80  # characters; with what comes after them a socket's name has at most 107


def claimed_folder():
    """Return a new temporary folder and its claim."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=FOLDERS))
        if len(str(folder)) > LONGEST_FOLDER:
            folder.rmdir()
            raise SandboxError(
                f"{folder.parent} is too long a name for kernels' sockets: set TMPDIR to a shorter one"
            )
        with contextlib.suppress(FileNotFoundError):  # another grader swept it before it was claimed
            folder.chmod(0o711)
            held = claim(folder)
            if (folder / "lock").exists():
                return folder, held
            held.close()


def claim(folder):
    """Return an open file whose lock says that `folder` is in use, for as long as it is open."""
    held = (folder / "lock").open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


def sweep():
    """Remove the folders of graders that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDERS}*"):
        with contextlib.suppress(OSError):
            folder.rmdir()  # if it was never claimed, it is empty
        with contextlib.suppress(OSError), (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
