"""Keep a kernel from filling the memory, or taking all the time, of the process that listens to it.

A message may have any number of parts, and all of them are held until the last one has come. The limit on
the size of a part doesn't help, and the kernel's own limit on memory doesn't count what it has sent.
Messages that keep coming keep an event loop from ever looking at its clock. So a thread looks at both.
"""

import contextlib
import os
import threading
import time
from pathlib import Path

INTERVAL = 0.05  # seconds
PAGE = os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def guarded(end, most, until):
    """Call `end`, once, with the reason, as soon as a kernel has too much of this process.

    Parameters
    ----------
    end : callable
        Takes the reason.
    most : int
        Bytes that this process may hold more than at the start of the block.
    until : callable
        Returns the time, as `time.monotonic`'s, when it is to be over.
    """
    limit = _held() + most
    over = threading.Event()

    def watch():
        while not over.wait(INTERVAL):
            if _held() > limit:
                end("its messages took too much memory")
                return
            if time.monotonic() > until():
                end("it kept the grader busy for too long")
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
