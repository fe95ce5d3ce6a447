"""Submissions graded many at a time on this machine, by processes that are forked from this one.

A fork has imported everything already, and shares the memory that it takes. A worker that finds its pipe
closed ends, so that none outlives this process, however that ends.
"""

import contextlib
import gc
import os
import pickle
import signal
from multiprocessing import Pipe
from multiprocessing.connection import wait

from grader.grading.one import finish, grade, prepare
from grader.sandbox import cgroups

TRIES = 3  # of a submission whose worker is killed
CTRL_C = {signal.SIGINT}


@contextlib.contextmanager
def crew(settings, *, workers, sandboxed=True):
    """Yield a function that grades many submissions at a time.

    It takes an iterable of ``(key, submission, cells, seed)``, reads one for each worker and one more, and
    yields ``(key, text)`` in the order in which they are done: the graded notebook's text, or the exception
    that grading it ended with.

    Parameters
    ----------
    settings : dict
        As of `grader.grading.one.grade`.
    workers : int
        Submissions to grade at a time.
    sandboxed : bool, default True
        Whether there is a sandbox, which all workers then share.

    Raises
    ------
    grader.sandbox.error.SandboxError
        If there can't be one; the text says what to do.
    """
    members = []
    try:
        if sandboxed:
            prepare(settings)
        gc.freeze()  # what is there now stays shared
        for _ in range(workers):
            _join(members, settings)
        yield lambda work: _graded(members, work, settings)
    finally:
        with _uninterrupted():
            for worker in list(members):
                _leave(members, worker)
            finish()
            gc.unfreeze()
            cgroups.sweep()  # of those that were ended


class _Worker:
    """One of the crew: its process, the pipe to it, and what it is doing."""

    def __init__(self, process, pipe):
        self.process, self.pipe, self.task, self.tries = process, pipe, None, 0

    def give(self, task, tries=1):
        """Let it grade a task; one that has been killed is noticed when it is asked for the result."""
        self.task, self.tries = task, tries
        with contextlib.suppress(OSError):
            self.pipe.send(task[1:])


def _graded(members, work, settings):
    work = iter(work)
    for worker in members:
        if (task := next(work, None)) is not None:
            worker.give(task)
    ahead = next(work, None)
    while busy := {worker.pipe: worker for worker in members if worker.task is not None}:
        for pipe in wait(list(busy)):
            worker = busy[pipe]
            task, tries = worker.task, worker.tries
            try:
                outcome = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from a fork of this process
            except (EOFError, OSError):
                _leave(members, worker)
                worker = _join(members, settings)
                if tries < TRIES:
                    worker.give(task, tries + 1)
                    continue
                outcome = RuntimeError("the process that graded it was killed, more than once")
            worker.task = None
            if ahead is not None:
                worker.give(ahead)
                ahead = next(work, None)
            yield task[0], outcome


def _join(members, settings):
    """Fork a worker, which is told of no Ctrl-C: a terminal sends it to all processes."""
    ours, theirs = Pipe()
    with _uninterrupted():
        process = os.fork()
        if process == 0:
            try:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, CTRL_C)  # or its own sandbox has it blocked
                for pipe in (ours, *(worker.pipe for worker in members)):
                    pipe.close()  # or another would never find its own closed
                _serve(theirs, settings)
                finish()
            finally:
                os._exit(0)  # what this process has open is its parent's
        theirs.close()
        members.append(_Worker(process, ours))
    return members[-1]


def _leave(members, worker):
    """Let a worker go; what it is doing, nobody waits for any more."""
    members.remove(worker)
    worker.pipe.close()
    if worker.task is not None:
        os.kill(worker.process, signal.SIGKILL)  # nobody has waited for it: the number is still its own
    os.waitpid(worker.process, 0)


def _serve(pipe, settings):
    with contextlib.suppress(EOFError, OSError):
        while True:
            submission, cells, seed = pipe.recv()
            try:
                outcome = grade(submission, cells, seed, settings)
            except Exception as error:
                outcome = _portable(error)
            pipe.send_bytes(pickle.dumps(outcome))


def _portable(error):
    """Return an exception that another process can read, whatever has been raised."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - its own
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


@contextlib.contextmanager
def _uninterrupted():
    """Put Ctrl-C off to the end of the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, CTRL_C)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
