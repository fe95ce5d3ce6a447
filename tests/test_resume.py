"""Grading that is killed, again and again, ends as if nothing had happened, and leaves nothing behind."""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import nbformat
from conftest import BIN, ROOT, run

from grader.course import nbgrader_options
from grader.notebook.cells import answers_of
from grader.notebook.percent import read_solution
from grader.samples.made_up import answered

ASSIGNMENT = "01-spotlight"
STUDENTS = 12  # more than the runs that are killed can finish
KILLS = 10
WHAT_COUNTS = {
    "grades": """
        select submitted_assignment.student_id, base_cell.name, auto_score, manual_score, extra_credit,
               needs_manual_grade
        from grade join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        order by 1, 2""",
    "comments": """
        select submitted_assignment.student_id, base_cell.name, auto_comment, manual_comment
        from comment join base_cell on base_cell.id = comment.cell_id
        join submitted_notebook on submitted_notebook.id = comment.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        order by 1, 2""",
    "penalties": """
        select student_id, late_submission_penalty
        from submitted_assignment join submitted_notebook
        on submitted_notebook.assignment_id = submitted_assignment.id order by 1""",
    "students": "select id from student order by 1",
}


def write_class(root):
    """Write a class of perfect, wrong and blank submissions, and the gradebook."""
    run("nbgrader", "generate_assignment", ASSIGNMENT, *nbgrader_options(root))
    blank = nbformat.read(root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    answers = answers_of(read_solution(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py"))
    some = dict(list(answers.items())[::2])
    for number in range(STUDENTS):
        place = root / "submitted" / f"student-{number}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        place.parent.mkdir(parents=True)
        nbformat.write([answered(blank, answers), answered(blank, some), blank][number % 3], place)


def start(root, log, temporary):
    command = [BIN / "nbgrader", "autograde", ASSIGNMENT, *nbgrader_options(root)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=log, stderr=log, env=os.environ | {"TMPDIR": str(temporary)}
    )


def gradebook(root):
    with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as records:
        return {what: records.execute(query).fetchall() for what, query in WHAT_COUNTS.items()}


def outputs(root):
    """Return what the graded cells say, of each student."""
    graded = {}
    for path in sorted((root / "autograded").rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        assert notebook.metadata.spotlight.seed
        graded[path.parent.parent.name] = [
            "".join(o.get("text", "") + o.get("evalue", "") for o in cell.get("outputs", []))
            for cell in notebook.cells
        ]
    return graded


def wait_for(log, process, times=1, seconds=float("inf")):
    """Wait until the grader has begun that many submissions, or the time is over."""
    until = time.monotonic() + seconds
    while process.poll() is None and log.read_text().count("Grading ") < times and time.monotonic() < until:
        time.sleep(0.005)


def sandboxed(temporary):
    """Return the processes that have the folders of a sandbox among their mounts."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/mountinfo"):
        with contextlib.suppress(OSError):
            if f"{temporary}/spotlight-" in entry.read_text():
                found.append((entry.parent / "cmdline").read_bytes())
    return found


def test_class_killed_at_ten_moments_ends_as_an_undisturbed_one(short_path):
    calm, disturbed, temporary = short_path / "calm", short_path / "disturbed", short_path / "t"
    calm.mkdir()
    temporary.mkdir()
    write_class(calm)
    shutil.copytree(calm, disturbed)

    log = short_path / "calm.log"
    with log.open("w") as stream:
        begun = time.monotonic()
        process = start(calm, stream, temporary)
        wait_for(log, process)
        grading = time.monotonic()
        assert process.wait() == 0, log.read_text()
    starting, each = grading - begun, (time.monotonic() - grading) / STUDENTS

    rng = random.Random(2017)  # noqa: S311 - moments, not secrets
    graders = []
    for number in range(KILLS):
        log = short_path / f"{number}.log"
        with log.open("w") as stream:
            process = start(disturbed, stream, temporary)
            graders.append(process.pid)
            if number % 5:
                wait_for(log, process)
                wait_for(log, process, 2, rng.uniform(0, 1.2 * each))
            else:
                wait_for(log, process, 1, rng.uniform(0, starting))
            process.kill()
            assert process.wait() == -signal.SIGKILL, "it ended before it was killed"

    log = short_path / "last.log"
    with log.open("w") as stream:
        process = start(disturbed, stream, temporary)
        assert process.wait() == 0, log.read_text()
    graders.append(process.pid)

    assert gradebook(disturbed) == gradebook(calm)
    assert len(gradebook(calm)["students"]) == STUDENTS
    assert outputs(disturbed) == outputs(calm)
    assert len(outputs(calm)) == STUDENTS

    deadline = time.monotonic() + 10
    while sandboxed(temporary) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert sandboxed(temporary) == []
    assert str(temporary) not in Path("/proc/mounts").read_text()
    assert list(temporary.glob("spotlight-*")) == []
    groups = [path.name for path in Path("/sys/fs/cgroup").glob("*/**/spotlight-*")]
    assert [name for name in groups if int(name.split("-")[1]) in graders] == []
