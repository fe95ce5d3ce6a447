"""Where submissions are graded: this machine's cores, or the workers of a Dask cluster."""

import contextlib
import logging
import multiprocessing
import signal
import threading
from multiprocessing import forkserver

import dask
from distributed import Client, KilledWorker, LocalCluster, as_completed

from grader.grading.one import finish, grade, prepare

AHEAD = 4  # submissions for each worker that are read before they are needed


@contextlib.contextmanager
def graders(settings, *, workers, scheduler=None, sandboxed=True):
    """Yield a function that grades many submissions at a time.

    It takes an iterable of ``(key, submission, cells, seed)``, reads it only as far ahead as keeps the
    workers busy, and yields ``(key, text)`` in the order in which they are done: the graded notebook's
    text, or the exception that grading it ended with.

    Parameters
    ----------
    settings : dict
        As of `grader.grading.one.grade`.
    workers : int
        Submissions to grade at a time on this machine.
    scheduler : str, optional
        The address of a Dask scheduler, whose workers then grade instead.
    sandboxed : bool, default True
        Whether each worker starts its sandbox at once.

    Raises
    ------
    ValueError
        If there is no such scheduler.
    grader.sandbox.error.SandboxError
        If a worker has no sandbox; the text says what to do.
    """
    with _client(scheduler, workers) as client:
        if sandboxed:
            client.run(prepare, settings)
        yield lambda work: _graded(client, work, settings)


def _graded(client, work, settings):
    work, scattered, keys = iter(work), {}, {}
    running = as_completed()

    def send():
        for key, submission, cells, seed in work:
            if submission.name not in scattered:
                scattered[submission.name] = client.scatter(cells, broadcast=True, hash=False)
            future = client.submit(
                grade, submission, scattered[submission.name], seed, settings, pure=False
            )
            keys[future] = key
            running.add(future)
            return

    for _ in range(AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))):
        send()
    for future in running:
        yield keys.pop(future), _outcome(future)
        send()


def _outcome(future):
    try:
        return future.result()
    except KilledWorker:
        return RuntimeError("the process that graded it was killed, more than once")
    except Exception as error:
        return error


@contextlib.contextmanager
def _client(scheduler, workers):
    if scheduler:
        try:
            client = Client(scheduler, timeout=10)
        except (OSError, ValueError) as error:
            raise ValueError(f"no Dask scheduler at {scheduler}: {error}") from None
        with client:
            yield client
        return
    multiprocessing.set_forkserver_preload(["grader.grading.one"])  # imported once, for all workers
    with contextlib.ExitStack() as stack:
        with _not_interrupted():
            stack.enter_context(
                dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
            )
            cluster = stack.enter_context(_local(workers))
            client = stack.enter_context(Client(cluster))
        yield client
        client.run(finish)


def _local(workers):
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        memory_limit=None,  # its kernels have limits of their own
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # or another class's run is warned of
        silence_logs=logging.CRITICAL,  # what goes wrong is raised; taking it down in mid-work is no error
    )


@contextlib.contextmanager
def _not_interrupted():
    """Put Ctrl-C off while workers are started: a cluster that half stands can't be taken down in order.

    A terminal sends it to all processes. The one that workers come from, started here, never hears it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # nothing else can change what a signal does
        return
    put_off = []
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    forkserver.ensure_running()
    signal.signal(signal.SIGINT, lambda number, frame: put_off.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if put_off:
        raise KeyboardInterrupt
