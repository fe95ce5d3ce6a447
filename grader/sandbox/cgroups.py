"""Limits on a kernel as a whole, where this machine's control groups may be written.

A limit on address space holds for each process by itself; a control group counts what all processes of
a kernel use together. Both of Linux's interfaces are served: version 2, one tree, and version 1, a tree for
each controller.
"""

import contextlib
import os
import time
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
NAMES = "spotlight-"  # what the names of groups begin with, before the grader's process number
FILES = {  # controller: its file of the limit in version 2, in version 1
    "memory": ("memory.max", "memory.limit_in_bytes"),
    "pids": ("pids.max", "pids.max"),
}


class Group:
    """The control groups of one kernel."""

    def __init__(self, folders):
        self._folders = folders

    def close(self, patience=10.0):
        """Remove the groups, as soon as the kernel's processes have gone."""
        deadline = time.monotonic() + patience
        for folder in self._folders:
            while not _removed(folder) and time.monotonic() < deadline:
                time.sleep(0.002)


def enclose(process, memory, processes, name):
    """Put a process into new groups and return the Group, or None where groups can't be written.

    Parameters
    ----------
    process : int
        Its number; what it starts from now on is in the groups as well.
    memory : int
        Most memory, in MiB.
    processes : int
        Most processes and threads.
    name : str
        A name that no other kernel of this grader has.
    """
    limits = {"memory": memory * 2**20, "pids": processes}
    folders = []
    for controller, parent, version in _writable():
        folder = parent / f"{NAMES}{os.getpid()}-{name}"
        try:
            folder.mkdir(exist_ok=True)
            if folder not in folders:
                folders.append(folder)
            (folder / FILES[controller][2 - version]).write_text(str(limits[controller]))
            (folder / "cgroup.procs").write_text(str(process))
        except OSError:
            continue
    return Group(folders) if folders else None


def sweep():
    """Remove the groups of graders that no longer run."""
    for parent in {parent for _, parent, _ in _writable()}:
        for folder in parent.glob(f"{NAMES}*"):
            if not Path(f"/proc/{folder.name.removeprefix(NAMES).partition('-')[0]}").exists():
                _removed(folder)


def _writable():
    """Yield (controller, the grader's own group, version) of those below which groups can be made."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, names, path = line.split(":", 2)
        if number == "0":
            own = ROOT / path.lstrip("/")
            with contextlib.suppress(OSError):
                given = (own / "cgroup.subtree_control").read_text().split()
                yield from ((name, own, 2) for name in FILES if name in given and os.access(own, os.W_OK))
        for name in set(names.split(",")) & set(FILES):
            own = ROOT / names / path.lstrip("/")
            if os.access(own, os.W_OK):
                yield name, own, 1


def _removed(folder):
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
