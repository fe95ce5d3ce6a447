"""What several test files share."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WITHOUT = str(ROOT / "tests" / "without")  # what is imported from there isn't installed, as far as tests go
CHAPTERS = sorted(ROOT.glob("chapters/*.md"))
ASSIGNMENTS = sorted(path.stem for path in (ROOT / "solutions").glob("*/*.py"))

collect_ignore = ["without"]
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [WITHOUT, os.environ.get("PYTHONPATH")]))
sys.path.insert(0, WITHOUT)


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


def started(*command, **environment):
    """Start a command that hears Ctrl-C, which what a shell runs in the background doesn't; return it.

    It is a group of its own, as in a terminal, and what it prints can be read.
    """
    return subprocess.Popen(
        ["env", "--default-signal=INT", *map(str, command)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env=os.environ | environment,
    )


def points_of(assignment):
    """Return the points of each marked cell of an assignment, by its name."""
    blank = json.loads((ROOT / "exercises" / assignment / f"{assignment}.ipynb").read_text("utf-8"))
    about = [cell["metadata"].get("nbgrader", {}) for cell in blank["cells"]]
    return {one["grade_id"]: one["points"] for one in about if one.get("points")}


@pytest.fixture
def short_path():
    """Return a new folder whose name leaves room for those of sockets in it."""
    with tempfile.TemporaryDirectory(prefix="t-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """Return a folder with a fresh release of every assignment."""
    folder = tmp_path_factory.mktemp("released")
    for assignment in ASSIGNMENTS:
        option = f"--CourseDirectory.release_directory={folder}"
        run("nbgrader", "generate_assignment", assignment, "--no-db", option)
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Build the book into a new folder and return the folder of its pages."""
    target = tmp_path_factory.mktemp("book")
    run("jupyter-book", "build", "-W", "-n", "--keep-going", "--path-output", target, ROOT)
    return target / "_build" / "html"


@pytest.fixture(scope="session")
def pages(site):
    """Return every page that was built, parsed, by its path."""
    paths = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)
    return {path: BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in paths}


@pytest.fixture(scope="session")
def page(site, pages):
    """Return a function that finds the page of a chapter."""
    return lambda chapter: pages[site / "chapters" / f"{chapter.stem}.html"]
