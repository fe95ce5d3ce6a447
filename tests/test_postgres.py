"""The gradebook of a class can be on a PostgreSQL server."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import run
from test_runner import ASSIGNMENT, entries, expected, grade, submitted, waiting  # noqa: F401 - fixtures

from grader.course import nbgrader_options

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture(scope="module")
def server():
    """Start a server of the test's own and return the address of a database in it."""
    assert PROGRAMS, "Debian's package postgresql is missing: sh tools/setup.sh test"
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield from running_server(PROGRAMS[-1].parent, Path(folder))


def running_server(programs, folder):
    as_user = []
    if os.geteuid() == 0:  # which the server refuses
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")

    def server_command(name, *arguments):
        done = subprocess.run(
            [*as_user, programs / name, *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    data = folder / "data"
    server_command("initdb", "-D", data, "-U", "grader", "--auth=trust", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    server_command("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        server_command("createdb", "-h", folder, "-U", "grader", "spotlight")
        yield f"postgresql+psycopg://grader@/spotlight?host={folder}"
    finally:
        server_command("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def test_marks_in_postgresql_are_those_in_sqlite(waiting, expected, server):  # noqa: F811
    run("nbgrader", "generate_assignment", ASSIGNMENT, *nbgrader_options(waiting, server))
    (waiting / "gradebook.db").unlink()
    grade(waiting, f"--db={server}")
    assert entries(waiting, server) == expected
    assert not (waiting / "gradebook.db").exists()
    table = run("python", "-m", "grader", "marks", ASSIGNMENT, f"--root={waiting}", f"--db={server}")
    assert "perfect-1" in table
