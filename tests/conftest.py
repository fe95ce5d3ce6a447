"""What several test files share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ASSIGNMENTS = sorted(path.stem for path in (ROOT / "solutions").glob("*/*.py"))


def run(*command, cwd=ROOT, status=0, **environment):
    """Run one of this environment's commands; return what it printed."""
    done = subprocess.run(
        [BIN / command[0], *map(str, command[1:])],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    assert status is None or done.returncode == status, done.stdout
    return done.stdout


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """Return a folder with a fresh release of every assignment."""
    folder = tmp_path_factory.mktemp("released")
    for assignment in ASSIGNMENTS:
        option = f"--CourseDirectory.release_directory={folder}"
        run("nbgrader", "generate_assignment", assignment, "--no-db", option)
    return folder
