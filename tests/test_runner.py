"""A class graded many submissions at a time gets what nbgrader's own command gives it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import pytest
from conftest import BIN, run, started
from nbgrader.api import Gradebook

from grader.course import nbgrader_options
from grader.notebook.graded import RECORD
from grader.samples.made_up import write_class

ASSIGNMENT = "05-softmax"
UNGRADABLE = {"renamed"}


@pytest.fixture(scope="module")
def submitted(released, tmp_path_factory):
    """Return the folder of a class that waits to be graded."""
    root = tmp_path_factory.mktemp("class")
    write_class(ASSIGNMENT, released / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", root)
    run("nbgrader", "generate_assignment", ASSIGNMENT, *nbgrader_options(root))
    return root


@pytest.fixture
def waiting(submitted, tmp_path):
    """Return a copy of that folder."""
    return Path(shutil.copytree(submitted, tmp_path / "class"))


@pytest.fixture(scope="module")
def expected(submitted, tmp_path_factory):
    """Return the gradebook's contents after `nbgrader autograde`."""
    root = Path(shutil.copytree(submitted, tmp_path_factory.mktemp("nbgrader") / "class"))
    run("nbgrader", "autograde", ASSIGNMENT, *nbgrader_options(root), status=1)
    return entries(root)


def entries(root, url=None):
    """Return what a gradebook says of every cell of every student."""
    found = {}
    with Gradebook(url or f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            student = submission.student.id
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    about = (grade.auto_score, grade.manual_score, grade.needs_manual_grade, grade.score)
                    found[student, grade.name] = about
                for comment in notebook.comments:
                    found[student, comment.name, "comment"] = comment.auto_comment
    return found


def command(root, *options):
    return ["-m", "grader", "autograde", ASSIGNMENT, f"--root={root}", "--workers=2", *options]


def grade(root, *options, status=1, **environment):
    return run("python", *command(root, *options), status=status, **environment)


def start(root, *options, **environment):
    return started(sys.executable, *command(root, *options), **environment)


def handed_in(root):
    return {path.parent.name for path in (root / "submitted").glob(f"*/{ASSIGNMENT}")}


def graded(root):
    return {path.parent.parent.name for path in (root / "autograded").glob("*/*/*.ipynb")}


def wait_for(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def test_every_cell_has_the_mark_that_nbgrader_gives(waiting, expected):
    says = grade(waiting)
    assert f"{len(handed_in(waiting)) - 1} graded, 1 not" in says
    assert "renamed: " in says
    assert entries(waiting) == expected


def test_one_seed_serves_the_whole_run_and_is_recorded(waiting):
    grade(waiting, "--student=mistakes-0[12]", status=0)
    seeds = {
        nbformat.read(path, as_version=4).metadata[RECORD]["seed"]
        for path in (waiting / "autograded").glob("*/*/*.ipynb")
    }
    assert graded(waiting) == {"mistakes-01", "mistakes-02"}
    assert len(seeds) == 1


def test_graded_work_is_kept_unless_forced(waiting):
    grade(waiting, "--student=perfect-1", status=0)
    assert "0 graded" in grade(waiting, "--student=perfect-1", status=0)
    assert "1 graded" in grade(waiting, "--student=perfect-1", "--force", status=0)


def test_killed_writer_goes_on_where_it_was(waiting, expected):
    first = start(waiting)
    wait_for(lambda: len(graded(waiting)) >= 3)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    kept = graded(waiting)
    assert 3 <= len(kept) < 19
    grade(waiting)
    assert entries(waiting) == expected


def test_graders_that_start_and_end_at_any_moment_let_one_another_grade(waiting, expected, short_path):
    """One grades while others, of the same user on the same machine, come, go and are killed."""
    moments, place, few = np.random.default_rng(20), {"TMPDIR": str(short_path)}, "--student=mistakes-0*"
    classes = [Path(shutil.copytree(waiting, waiting.parent / f"class-{n}")) for n in range(2)]
    sandboxes = partial(short_path.glob, "spotlight-*")
    steady, passed = start(waiting, **place), 0
    wait_for(lambda: any(sandboxes()))
    while steady.poll() is None or passed < 4:
        passing, others = start(classes[passed % 2], "--force", few, **place), set(sandboxes())
        if passed % 3 != 1:
            wait_for(lambda: passing.poll() is not None or not others.issuperset(sandboxes()))  # noqa: B023
        try:
            passing.communicate(timeout=moments.uniform(0, 3))
        except subprocess.TimeoutExpired:
            if moments.random() < 0.5:
                passing.send_signal(signal.SIGINT)
            else:
                os.killpg(passing.pid, signal.SIGKILL)
            passing.communicate(timeout=60)
        passed += 1
    says, _ = steady.communicate()
    assert f"{len(handed_in(waiting)) - 1} graded, 1 not" in says
    assert entries(waiting) == expected
    theirs = {key: mark for key, mark in expected.items() if key[0].startswith("mistakes-0")}
    for root in classes:  # nothing of those that were killed is in the way
        grade(root, "--force", few, status=0, **place)
        assert entries(root) == theirs
    assert not list(sandboxes())


def test_interrupt_keeps_what_is_graded_and_says_so(waiting, expected):
    first = start(waiting)
    wait_for(lambda: len(graded(waiting)) >= 2)
    first.send_signal(signal.SIGINT)
    says, _ = first.communicate(timeout=60)
    assert first.returncode == 130
    assert "the same command goes on from there" in says
    assert "Traceback" not in says
    grade(waiting)
    assert entries(waiting) == expected


def test_cluster_of_other_processes_survives_the_death_of_a_worker(waiting, expected, tmp_path):
    address = tmp_path / "scheduler.json"
    dask = [BIN / "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    running = [
        subprocess.Popen(
            [
                *dask,
                "scheduler",
                "--host=127.0.0.1",
                "--port=0",
                "--no-dashboard",
                f"--scheduler-file={address}",
            ],
            **quiet,
        )
    ]
    try:
        wait_for(address.exists)
        running += [
            subprocess.Popen(
                [
                    *dask,
                    "worker",
                    f"--scheduler-file={address}",
                    "--no-nanny",
                    "--no-dashboard",
                    "--nthreads=1",
                ],
                **quiet,
            )
            for _ in range(2)
        ]
        url = __import__("json").loads(address.read_text())["address"]
        class_run = start(waiting, f"--scheduler={url}")
        wait_for(lambda: len(graded(waiting)) >= 3)
        running[1].kill()
        says, _ = class_run.communicate(timeout=240)
    finally:
        for process in running:
            process.kill()
            process.wait()
    assert f"{len(handed_in(waiting)) - 1} graded, 1 not" in says
    assert entries(waiting) == expected


def test_scheduler_that_is_not_there_is_named(waiting):
    says = grade(waiting, "--scheduler=tcp://127.0.0.1:9", status=2)
    assert "no Dask scheduler at tcp://127.0.0.1:9" in says


def test_student_who_is_not_there_is_named(waiting):
    assert "nobody" in grade(waiting, "--student=nobody")


def test_number_of_workers_is_checked(waiting):
    assert "less than 1" in grade(waiting, "--workers=0", status=2)
