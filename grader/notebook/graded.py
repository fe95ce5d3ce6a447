"""What a graded notebook says of how it was graded, and of what."""

import hashlib
import json
from pathlib import Path

RECORD = "spotlight"  # where its metadata say so; the last thing that is written
ENDED = "GradingStopped"  # the error of tests that couldn't be run any more
NOT_ANSWERED = "NotAnswered"  # the error of a test whose question the kernel gave no answer to
MOST_READ = 64 * 2**20  # bytes of the files beside a notebook; beyond it their names and sizes count alone


def record_of(path):
    """Return what a graded notebook says of its grading; None, if it wasn't graded to its end."""
    try:
        record = json.loads(Path(path).read_text("utf-8"))["metadata"][RECORD]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def hash_of_submission(path):
    """Return the hash of what was handed in: a notebook, and the ordinary files beside it.

    Parameters
    ----------
    path : path-like
        The notebook that was handed in, in the student's folder.

    Raises
    ------
    OSError
        If it can't be read.
    """
    path, digest, left = Path(path), hashlib.sha256(), MOST_READ
    with path.open("rb") as stream:
        digest.update(hashlib.file_digest(stream, "sha256").digest())
    for file in sorted(path.parent.rglob("*")):
        if file.is_symlink() or not file.is_file() or file.suffix == ".ipynb":
            continue
        size = file.stat().st_size
        digest.update(json.dumps([str(file.relative_to(path.parent)), size]).encode())
        left -= size
        if left >= 0:
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def hash_of_assignment(cells):
    """Return the hash of the cells that a notebook is graded against.

    Parameters
    ----------
    cells : iterable of grader.notebook.restoring.SourceCell
        The assignment's, in any order.
    """
    return hashlib.sha256(repr(sorted(map(repr, cells))).encode()).hexdigest()


def hash_of_files(files):
    """Return the hash of the assignment's own files, given as ``{name: path}``."""
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(json.dumps(name).encode() + hashlib.sha256(Path(path).read_bytes()).digest())
    return digest.hexdigest()
