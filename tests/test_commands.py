"""What a person types: options in any order, and one line what is wrong with one what to do about it."""

import contextlib
import csv
import os
import shlex
import shutil
import signal
import subprocess

import pytest
from classroom import ASSIGNMENT, Pupil, make_class
from conftest import BIN, ROOT, run, started

from grader.__main__ import _parser, _sorted_out
from grader.course import nbgrader_options

PYTHON = str(BIN / "python")


def parsed(text):
    words, namespace = _sorted_out(["autograde", *shlex.split(text)])
    return _parser().parse_args(words, namespace)


@pytest.mark.parametrize(
    "text",
    [
        f"{ASSIGNMENT} --force -- --Sandbox.memory=2048",
        f"--force {ASSIGNMENT} -- --Sandbox.memory=2048",
        f"{ASSIGNMENT} --Sandbox.memory=2048 --force",
        f"--Sandbox.memory=2048 --force {ASSIGNMENT}",
    ],
)
def test_nbgraders_options_stand_where_one_writes_them(text):
    args = parsed(text)
    assert (args.assignment, args.force, args.options) == (ASSIGNMENT, True, ["--Sandbox.memory=2048"])


def test_other_options_of_nbgraders_follow_the_dashes():
    assert parsed(f"{ASSIGNMENT} -- --no-execute --student=anna").options == [
        "--no-execute",
        "--student=anna",
    ]


def test_natural_order_grades(tmp_path):
    source = tmp_path / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py"
    source.parent.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copy(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py", source)
    run("nbgrader", "generate_assignment", ASSIGNMENT, cwd=tmp_path)
    handed_in = tmp_path / "submitted" / "anna" / ASSIGNMENT
    shutil.copytree(tmp_path / "exercises" / ASSIGNMENT, handed_in)
    order = ("autograde", ASSIGNMENT, "--force", "--workers=1", "--", "--Sandbox.memory=2048")
    said = run("python", "-m", "grader", *order, cwd=tmp_path)
    assert "1 graded" in said
    assert "Traceback" not in said
    assert "SAWarning" not in said


def test_options_of_nbgraders_are_for_grading_alone(tmp_path):
    said = run("python", "-m", "grader", "marks", ASSIGNMENT, "--Sandbox.memory=1", status=2)
    assert "unrecognized arguments: --Sandbox.memory=1" in said


@pytest.fixture
def classroom(tmp_path):
    """Return a class of one."""
    return make_class(tmp_path / "class", {"anna": Pupil()})


def two_lines(done):
    """Return the two lines that a command ended with."""
    assert done.returncode == 2, done.stderr
    what, do = done.stderr.splitlines()
    return what, do


def grader(*words, within=()):
    return subprocess.run(
        [*within, PYTHON, "-m", "grader", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [["report"], ["export", "--to=csv"], ["export", "--to=moodle"]])
def test_folder_that_cannot_be_written_is_said_in_two_lines(classroom, command):
    readonly = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", str(classroom), str(classroom)]
    what, do = two_lines(grader(*command, ASSIGNMENT, f"--root={classroom}", within=readonly))
    assert "Read-only file system" in what
    assert "--output" in do


@pytest.mark.parametrize("command", [["report"], ["export", "--to=csv"]])
def test_full_disk_is_said_and_what_was_there_stays(classroom, command):
    small = classroom / "report"
    small.mkdir()
    filling = f"head -c 20000 /dev/zero > {small}/filling; echo before > {small}/{ASSIGNMENT}.html; "
    keep = f'"$@"; status=$?; cat {small}/{ASSIGNMENT}.html; ls {small}; exit $status'
    within = ["bwrap", "--dev-bind", "/", "/", "--size", "24576", "--tmpfs", str(small)]
    shell = [
        *within,
        "sh",
        "-c",
        filling + f"head -c 9000 /dev/zero > {small}/more 2>/dev/null; " + keep,
        "sh",
    ]
    done = grader(*command, ASSIGNMENT, f"--root={classroom}", within=shell)
    what, do = two_lines(done)
    assert "No space left on device" in what
    assert "Make room on that disk" in do
    assert done.stdout.split() == ["before", f"{ASSIGNMENT}.html", "filling", "more"]


@pytest.mark.parametrize(
    ("url", "what", "do"),
    [
        ("postgresql:///nowhere?host=/nonexistent", "can't be used", "Start its server"),
        ("{}/broken.db", "is damaged", "Put a copy of it back"),
        ("{}/old.db", "is from another version of nbgrader", "run nbgrader db upgrade"),
    ],
)
@pytest.mark.parametrize("command", ["marks", "report"])
def test_gradebook_that_cannot_be_read_is_said_in_two_lines(classroom, command, url, what, do):
    (classroom / "broken.db").write_text("no database" * 1000)
    shutil.copy(classroom / "gradebook.db", classroom / "old.db")
    subprocess.run(
        [PYTHON, "-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])",
         classroom / "old.db", "ALTER TABLE student DROP COLUMN lms_user_id"],
        check=True,
    )  # fmt: skip
    said = two_lines(grader(command, ASSIGNMENT, f"--root={classroom}", f"--db={url.format(classroom)}"))
    assert what in said[0]
    assert do in said[1]


def test_advice_can_be_copied(tmp_path):
    root = tmp_path / "my class"
    shutil.copytree(ROOT / "exercises" / ASSIGNMENT, root / "submitted" / "anna" / ASSIGNMENT)
    done = grader("marks", ASSIGNMENT, f"--root={root}")
    assert done.returncode == 2
    _, release, grade = done.stderr.splitlines()
    for line in (release, grade):
        run(*shlex.split(line))
    assert "0 / 13" in run("python", "-m", "grader", "marks", ASSIGNMENT, f"--root={root}")


@pytest.mark.parametrize("seconds", [2, 5, 9])
def test_interrupted_grading_leaves_one_line(tmp_path, seconds):
    for student in map(str, range(40)):
        shutil.copytree(ROOT / "exercises" / ASSIGNMENT, tmp_path / "submitted" / student / ASSIGNMENT)
    run("nbgrader", "generate_assignment", ASSIGNMENT, *nbgrader_options(tmp_path))
    words = ["autograde", ASSIGNMENT, f"--root={tmp_path}", "--workers=1"]
    running = started(PYTHON, "-m", "grader", *words)
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.wait(seconds)
    with contextlib.suppress(ProcessLookupError):  # a fast machine may be done
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
    said = running.communicate()[0]
    assert "Traceback" not in said
    assert "Error" not in said


def test_output_that_nobody_reads_to_its_end_is_no_error(classroom):
    words = f"{PYTHON} -m grader marks {ASSIGNMENT} --root={shlex.quote(str(classroom))} | true"
    done = subprocess.run(words, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S602
    assert "Traceback" not in done.stderr


def test_grades_of_nbgrader_are_quoted_and_compute_nothing(tmp_path):
    comma = {"first_name": "Anna, Maria", "last_name": 'O"Brien', "email": "=1+1"}
    make_class(tmp_path, {"anna": Pupil(person=comma, late=0.5), "-bert": Pupil()}, absent=["cleo"])
    grades = tmp_path / "grades.csv"
    run("nbgrader", "export", f"--to={grades}", f"--db=sqlite:///{tmp_path}/gradebook.db")
    with grades.open(newline="") as stream:
        rows = {row["student_id"]: row for row in csv.DictReader(stream)}
    assert list(rows["anna"].values())[:7] == [
        *(ASSIGNMENT, "2026-10-01 00:00:00", "", "anna", 'O"Brien', "Anna, Maria", "'=1+1")
    ]
    marks = ("raw_score", "late_submission_penalty", "score", "max_score")
    assert [rows["anna"][name] for name in marks] == ["13.0", "0.5", "12.5", "13.0"]
    assert [rows["cleo"][name] for name in marks] == ["0.0", "0.0", "0.0", "13.0"]
    assert "'-bert" in rows
