"""The instructor's distribution: all of grader, nothing of attnlib, and the same version."""

import configparser
import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT

import attnlib


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the grader's wheel from a copy; return {path: text} of what is in it."""
    folder = tmp_path_factory.mktemp("grader")
    for name in ("attnlib", "grader"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "build"))
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    for _ in range(2):  # the second build finds what the first one left behind
        subprocess.run(
            [sys.executable, "-c", build, folder], cwd=folder / "grader", capture_output=True, check=True
        )
    with zipfile.ZipFile(next(folder.glob(f"spotlight_grader-{attnlib.__version__}-*.whl"))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_wheel_holds_every_file_of_the_grader_and_no_other(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", "grader"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    there = {path for path in tracked.stdout.split() if (ROOT / path).is_file()}
    about = {"grader/pyproject.toml", "grader/LICENSE"}
    assert {path for path in wheel if ".dist-info/" not in path} == there - about


def test_wheel_brings_the_licence_and_the_provisioner(wheel):
    (licence,) = (text for path, text in wheel.items() if path.endswith("licenses/LICENSE"))
    assert licence == (ROOT / "LICENSE").read_text()
    points = configparser.ConfigParser()
    points.read_string(next(text for path, text in wheel.items() if path.endswith("entry_points.txt")))
    (point,) = points["jupyter_client.kernel_provisioners"].items()
    assert point == ("spotlight-sandbox", "grader.sandbox.provisioner:SandboxProvisioner")
