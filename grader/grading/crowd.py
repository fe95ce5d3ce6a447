"""Grade a class many submissions at a time, on this machine's cores or on a Dask cluster.

Submissions are graded by `grader.grading.one.grade`, which runs anywhere. This process alone reads the
course's folders and writes the graded notebooks and the gradebook.
"""

import contextlib
import logging
import multiprocessing
import os
from pathlib import Path

import dask
import nbformat
import nbgrader.converters.autograde
from distributed import Client, KilledWorker, LocalCluster, as_completed
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp
from nbgrader.converters import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import rmtree
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.gradebook.entering import record
from grader.gradebook.source import source_cells
from grader.grading.command import SafeAutograde
from grader.grading.execute import shared_sandbox
from grader.grading.one import SECTIONS, Submission, finish, grade, prepare
from grader.notebook.submission import UnreadableError, files_beside, submitted_bytes
from grader.sandbox.error import SandboxError
from grader.text import plain

AHEAD = 4  # submissions for each worker that are read before they are needed


class ClassAutograde(SafeAutograde):
    """nbgrader's command, with the work spread over a cluster.

    Parameters
    ----------
    workers : int
        Submissions to grade at a time on this machine.
    scheduler : str or None
        The address of a Dask scheduler, whose workers then grade instead.
    console : rich.console.Console
        Where progress is shown.
    """

    def __init__(self, workers, scheduler, console, **kwargs):
        super().__init__(**kwargs)
        self.workers, self.scheduler = workers, scheduler
        self.console = console
        self.graded, self.failed = 0, {}

    @property
    def settings(self):
        """What graders are told of nbgrader's settings."""
        return {name: dict(self.config[name]) for name in SECTIONS if name in self.config}

    def require_sandbox(self):
        """Leave that to the workers, in whose sandboxes notebooks run."""

    def convert_notebooks(self):
        """Grade every submission that waits, and record each as soon as it is graded."""
        waiting = list(self._waiting())
        for student, reason in self.failed.items():
            self.console.print(f"{student}: {reason}", markup=False, highlight=False)
        if waiting:
            self._grade(waiting)
        if self.failed:
            raise NbGraderException(f"{self.graded} graded, {len(self.failed)} not")

    def _grade(self, waiting):
        with (
            _client(self.scheduler, min(self.workers, len(waiting))) as self.cluster,
            Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook,
            _opened_once(gradebook),
            _progress(self.console, sum(len(notebooks) for _, notebooks in waiting)) as done,
        ):
            self._gradebook = gradebook
            self._cells = {}
            if shared_sandbox(self).enabled:
                self.cluster.run(prepare, self.settings)
            self._run(iter(waiting), done)

    def _waiting(self):
        for folder in sorted(self.assignments):
            self.notebooks = sorted(self.assignments[folder])
            student = self._student_of(folder)
            if self.init_destination(self.coursedir.assignment_id, student):
                yield student, self.notebooks

    def _refuse(self, assignment_id, student_id, notebook_id, reason):
        super()._refuse(assignment_id, student_id, notebook_id, reason)
        self.failed[student_id] = str(reason)

    def _run(self, waiting, done):
        workers = max(1, len(self.cluster.scheduler_info(n_workers=-1)["workers"]))
        running = as_completed()
        of = {}

        def send():
            for student, notebooks in waiting:
                sent = dict(self._send(student, notebooks))
                for future, path in sent.items():
                    of[future] = student, path
                    running.add(future)
                if sent:
                    return
                done(student, self.failed[student], len(notebooks))

        for _ in range(workers * AHEAD):
            send()
        for future in running:
            student, path = of.pop(future)
            reason = self._record(student, path, future)
            done(student, reason)
            send()

    def _send(self, student, notebooks):
        """Yield (future, path) for each notebook of a submission that can be read."""
        assignment = self.coursedir.assignment_id
        self.notebooks = notebooks
        try:
            self.init_assignment(assignment, student)
            most = shared_sandbox(self).submitted_files * 2**20
            files = files_beside(self._format_dest(assignment, student), most)
            for path in map(Path, self.notebooks):
                submission = Submission(student, path.stem, submitted_bytes(path), files)
                cells = self._source(path.stem)
                yield (
                    self.cluster.submit(grade, submission, cells, self.seed, self.settings, pure=False),
                    path,
                )
        except (NbGraderException, UnreadableError, OSError) as error:
            self._fail(student, error)

    def _source(self, notebook):
        if notebook not in self._cells:
            cells = source_cells(self._gradebook, self.coursedir.assignment_id, notebook)
            self._cells[notebook] = self.cluster.scatter(cells, broadcast=True, hash=False)
        return self._cells[notebook]

    def _record(self, student, path, future):
        """Write a graded notebook and its marks; return why not, or None."""
        try:
            text = future.result()
        except KilledWorker:
            return self._fail(student, "the process that graded it was killed, more than once")
        except Exception as error:
            return self._fail(student, error)
        assignment = self.coursedir.assignment_id
        notebook = nbformat.reads(text, as_version=4)
        record(self._gradebook, assignment, student, path.stem, notebook)
        submission = self._gradebook.find_submission(assignment, student)
        if submission.total_seconds_late > 0:
            resources = self.init_single_notebook_resources(str(path))
            AssignLatePenalties(parent=self).preprocess(notebook, resources)
        target = Path(self._format_dest(assignment, student)) / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".part")
        partial.write_text(text, "utf-8")
        partial.replace(target)
        self.set_permissions(assignment, student)
        self.graded += 1
        return None

    def _fail(self, student, error):
        reason = plain(str(error)) or type(error).__name__
        self.failed[student] = reason
        folder = self._format_dest(self.coursedir.assignment_id, student)
        if Path(folder).exists():  # as nbgrader does, so that the next run begins anew
            rmtree(folder)
        return reason


@contextlib.contextmanager
def _opened_once(gradebook):
    """Let nbgrader, which opens its gradebook for every question that it has, use the open one."""
    module = nbgrader.converters.autograde
    original = module.Gradebook
    module.Gradebook = lambda *_: contextlib.nullcontext(gradebook)
    try:
        yield
    finally:
        module.Gradebook = original


@contextlib.contextmanager
def _progress(console, total):
    """Yield a function to call with each student who is done, and the reason where it failed."""
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=total, rate="")

        def done(student, reason, notebooks=1):
            if reason is not None:
                progress.console.print(f"{student}: {reason}", markup=False, highlight=False)
            progress.advance(task, notebooks)
            speed = progress.tasks[0].speed
            progress.update(task, rate=f"{speed:.1f} a second" if speed else "")

        yield done


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
    with (
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=None,  # its kernels have limits of their own
            dashboard_address=None,
            silence_logs=logging.ERROR,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client
        client.run(finish)


def autograde(assignment, options=(), *, workers=None, scheduler=None, console=None):
    """Grade what has been submitted of an assignment; return the exit status.

    Parameters
    ----------
    assignment : str
        Such as ``05-softmax``.
    options : sequence of str
        Options of ``nbgrader autograde``, such as ``--force``.
    workers : int, optional
        Submissions to grade at a time on this machine; by default one more than it has cores.
    scheduler : str, optional
        The address of a Dask scheduler whose workers grade, such as ``tcp://10.0.0.5:8786``. They have this
        package and bubblewrap, and need no folder and no database of the course.
    """
    console = console or Console(stderr=True)
    app = AutogradeApp()
    app.initialize([assignment, "--log-level=ERROR", *options])
    app.coursedir.assignment_id = assignment
    workers = workers or (os.cpu_count() or 1) + 1
    converter = ClassAutograde(workers, scheduler, console, coursedir=app.coursedir, parent=app)
    try:
        converter.start()
    except KeyboardInterrupt:
        console.print("Stopped. What was graded is kept; the same command goes on from there.")
        return 130
    except (NbGraderException, SandboxError) as error:
        console.print(str(error), markup=False, highlight=False)
        return 1
    console.print(f"{converter.graded} graded")
    return 0
