"""`make` on a machine that lacks something says what, and how to get it."""

import os
import shutil
import subprocess

import pytest
from conftest import ROOT, run


@pytest.fixture
def checkout(tmp_path):
    """Return a folder with what tools/setup.sh needs."""
    for name in ("tools/setup.sh", "requirements.txt", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def stopped_setup(folder, **environment):
    done = subprocess.run(
        ["sh", "tools/setup.sh"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    assert done.returncode == 1
    assert not (folder / ".venv/.installed").exists()
    return done.stderr


def fake(folder, name, text):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_python_that_is_too_old_is_named(checkout):
    old = fake(checkout, "python-old", 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    says = stopped_setup(checkout, PYTHON=old)
    assert "Python 3.11, 3.12 or 3.13 is needed" in says
    assert "Python 3.9.2" in says
    assert "make PYTHON=" in says


def test_python_that_is_not_there_is_named(checkout):
    assert "'/nowhere/python3' is" in stopped_setup(checkout, PYTHON="/nowhere/python3")


def test_missing_network_is_explained(checkout):
    (checkout / "requirements.txt").write_text("a-package-that-needs-a-network\n")
    says = stopped_setup(
        checkout,
        PIP_CONFIG_FILE="/dev/null",
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_RETRIES="0",
        PIP_FIND_LINKS="",
    )
    assert "does not reach" in says
    assert "a package index" in says


def test_help_of_every_command_helps():
    assert (
        "make test"
        in subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    )
    assert "sample" in run("python", "-m", "grader", "--help")
    assert "--root" in run("python", "-m", "grader", "marks", "--help")
    assert "ASSIGNMENT" in run("python", "tools/grade_sample.py", "--help")
