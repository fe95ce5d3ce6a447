"""Keep a kernel from filling the memory of the process that listens to it.

A message may have any number of parts, and all of them are held until the last one has come. The limit on
the size of a part doesn't help, and the kernel's own limit on memory doesn't count what it has sent.
"""

import contextlib
import os
import threading
from pathlib import Path

INTERVAL = 0.05  # seconds
PAGE = os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def guarded(end, most):
    """Call `end`, once, as soon as this process holds `most` bytes more than at the start of the block."""
    limit = _held() + most
    over = threading.Event()

    def watch():
        while not over.wait(INTERVAL):
            if _held() > limit:
                end()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
