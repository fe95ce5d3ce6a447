"""Submissions graded by the workers of a Dask cluster."""

import contextlib

from distributed import Client, KilledWorker, as_completed

from grader.grading.one import grade, prepare

AHEAD = 4  # submissions for each worker that are read before they are needed


@contextlib.contextmanager
def graders(settings, *, scheduler, sandboxed=True):
    """Yield a function that grades many submissions at a time.

    It takes an iterable of ``(key, submission, cells, seed)``, reads it only as far ahead as keeps the
    workers busy, and yields ``(key, text)`` in the order in which they are done: the graded notebook's
    text, or the exception that grading it ended with.

    Parameters
    ----------
    settings : dict
        As of `grader.grading.one.grade`.
    scheduler : str
        The address of a Dask scheduler.
    sandboxed : bool, default True
        Whether each worker starts its sandbox at once.

    Raises
    ------
    ValueError
        If there is no such scheduler.
    grader.sandbox.error.SandboxError
        If a worker has no sandbox; the text says what to do.
    """
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise ValueError(f"no Dask scheduler at {scheduler}: {error}") from None
    with client:
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
