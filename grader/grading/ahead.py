"""The sandbox of a class run, started while the rest of the command is still being imported.

It imports nothing of nbgrader's, which takes longer than all of this.
"""

import os

from grader.sandbox.sandbox import Sandbox

ELSEWHERE = ("-h", "--h", "--sc")  # how words begin that ask for help, or for a cluster


def begin(words):
    """Start the sandbox if a command grades here and there is a core for it.

    Parameters
    ----------
    words : list of str
        The command's.
    """
    here = words[:1] == ["autograde"] and not any(word.startswith(ELSEWHERE) for word in words)
    if here and len(os.sched_getaffinity(0)) > 1:
        Sandbox.begin()
