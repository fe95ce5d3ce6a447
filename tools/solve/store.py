"""Files that carry their content's hash in their names, and so may be kept by a browser for good."""

import hashlib
import shutil
import tempfile
from pathlib import Path

DIGITS = 12


def digest(*contents):
    """Return a name for contents: the first digits of their SHA-256."""
    whole = hashlib.sha256()
    for content in contents:
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()[:DIGITS]


def put(folder, stem, suffix, content):
    """Write bytes into a folder as ``STEM.HASH.SUFFIX`` and return that name."""
    name = f"{stem}.{digest(content)}.{suffix}"
    path = Path(folder, name)
    if not path.exists():
        path.write_bytes(content)
    return name


def once(target, make):
    """Return a folder that `make` fills, and fill it only where it isn't there.

    It is filled under another name first: of builds that run at the same time each finds it whole or not at
    all, and one that is broken off leaves nothing that the next would take for it.
    """
    target = Path(target)
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        own = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
        try:
            make(own)
            own.chmod(0o755)
            own.rename(target)
        except OSError:
            if not target.is_dir():  # another build was faster
                raise
        finally:
            shutil.rmtree(own, ignore_errors=True)
    return target
