"""Submissions graded by processes forked from the command: what becomes of them, however these end."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from conftest import ROOT

from grader.grading import crew

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def graded(monkeypatch, grade, count, workers=2):
    """Return {key: text or exception} of submissions that `grade`, called with their numbers, grades."""
    monkeypatch.setattr(crew, "grade", lambda number, cells, seed, settings: grade(number))
    with crew.crew({}, workers=workers, sandboxed=False) as run:
        return dict(run((number, number, [], "") for number in range(count)))


def test_every_submission_is_graded_by_one_of_the_workers(monkeypatch):
    found = graded(monkeypatch, lambda number: f"{number} by {os.getpid()}", 20, workers=3)
    assert sorted(found) == list(range(20))
    assert all(text.startswith(f"{number} by ") for number, text in found.items())
    assert str(os.getpid()) not in {text.split()[-1] for text in found.values()}


def test_submission_whose_worker_is_killed_is_graded_by_another(monkeypatch, tmp_path):
    def grade(number):
        if number == 3 and len(list(tmp_path.iterdir())) < 2:
            (tmp_path / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return "done"

    assert graded(monkeypatch, grade, 8) == dict.fromkeys(range(8), "done")
    assert len(list(tmp_path.iterdir())) == 2


def test_submission_that_ends_every_worker_is_given_up_and_all_others_are_graded(monkeypatch):
    found = graded(monkeypatch, lambda number: os._exit(1) if number == 2 else "done", 8)
    assert "killed, more than once" in str(found.pop(2))
    assert set(found.values()) == {"done"}
    assert len(found) == 7


def test_error_is_told_also_where_it_cannot_be_sent(monkeypatch):
    class LocalError(Exception):
        pass

    def grade(number):
        raise LocalError("who knows") if number else ValueError("no notebook")

    found = graded(monkeypatch, grade, 2)
    assert isinstance(found[0], ValueError)
    assert str(found[0]) == "no notebook"
    assert str(found[1]) == "LocalError: who knows"


def test_nothing_is_left_of_the_crew_when_it_is_stopped(monkeypatch, tmp_path):
    def grade(number):
        (tmp_path / str(os.getpid())).touch()
        time.sleep(600 if number else 0)

    monkeypatch.setattr(crew, "grade", lambda number, cells, seed, settings: grade(number))
    with crew.crew({}, workers=2, sandboxed=False) as run:
        next(run((number, number, [], "") for number in range(9)))
        deadline = time.monotonic() + 60
        while len(list(tmp_path.iterdir())) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert not [worker for worker in tmp_path.iterdir() if Path("/proc", worker.name).exists()]


def test_workers_end_when_the_command_is_killed(tmp_path):
    program = f"""
        import os, pathlib, time
        from grader.grading import crew
        def grade(*task):
            pathlib.Path({str(tmp_path)!r}, str(os.getpid())).touch()
            time.sleep(1)
        crew.grade = grade
        with crew.crew({{}}, workers=3, sandboxed=False) as run:
            list(run((number, number, [], "") for number in range(1000)))
        """
    command = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT)
    deadline = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    command.kill()
    command.wait()
    while living := [worker for worker in tmp_path.iterdir() if Path("/proc", worker.name).exists()]:
        assert time.monotonic() < deadline, living
        time.sleep(0.05)
