"""What several test files share."""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WITHOUT = str(ROOT / "tests" / "without")  # what is imported from there isn't installed, as far as tests go
CHAPTERS = sorted(ROOT.glob("chapters/*.md"))
ASSIGNMENTS = sorted(path.stem for path in (ROOT / "solutions").glob("*/*.py"))
#: Runs commands of nbgrader, each in a child of a Python that has imported nbgrader, which takes longer
#: than most of them; stops at the first that doesn't end with the status that is expected of it.
NBGRADER = """
import json, os, sys
from nbgrader.apps.nbgraderapp import main

for status, command in json.loads(sys.argv[1]):
    sys.stdout.flush()
    child = os.fork()
    if not child:
        sys.argv = ["nbgrader", *command]
        sys.exit(main())
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended != status:
        sys.exit(f"{ended}, not {status}: nbgrader {' '.join(command)}")
"""
#: The files that take longest, those first that nothing should wait for. The first builds the site; the
#: next four keep other workers busy meanwhile; those that come last among them need it.
LONGEST = [
    *("test_pages", "test_grading", "test_attacks", "test_survivors", "test_faults"),
    *("test_guide", "test_student_kit", "test_same_marks", "test_resume", "test_runner"),
    *("test_page_catalogue_1", "test_page_catalogue_2", "test_page_catalogue_3", "test_page_chapters"),
    *("test_damaged", "test_commands", "test_bounds", "test_page_exercise", "test_page_keyboard"),
    *("test_live", "test_book_pdf", "test_find_the_bug", "test_site"),
]

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


def run_nbgrader(*commands, cwd=ROOT):
    """Run commands of nbgrader, each ``[status, *arguments]``, in one Python; return what they printed."""
    wanted = [(status, [*map(str, command)]) for status, *command in commands]
    return run("python", "-c", NBGRADER, json.dumps(wanted), cwd=cwd)


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


def cell_by_cell(root):
    """Return ``[(student, cell, points, whether a person has to mark it)]`` of a class."""
    query = """
        select student_id, base_cell.name, auto_score, needs_manual_grade
        from grade join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        order by 1, 2"""
    with closing(sqlite3.connect(root / "gradebook.db")) as records:
        return records.execute(query).fetchall()


def pytest_collection_modifyitems(items):
    """Run the files that take longest first, so that no worker begins one when the others are done."""
    place = {f"{name}.py": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture
def short_path():
    """Return a new folder whose name leaves room for those of sockets in it."""
    with tempfile.TemporaryDirectory(prefix="t-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory, worker_id):
    """Return a function that makes a folder of a name, once for all workers: the first to ask makes it.

    Whoever asks while it is being made waits. Nobody may write into it afterwards.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent

    def made(name, make):
        folder, done = shared / name, shared / f"{name}.made"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed or died
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def released(made_once):
    """Return a folder with a fresh release of every assignment."""

    def release(folder):
        options = ["--no-db", f"--CourseDirectory.release_directory={folder}"]
        run_nbgrader(*([0, "generate_assignment", assignment, *options] for assignment in ASSIGNMENTS))

    return made_once("released", release)


@pytest.fixture(scope="session")
def gradebook(made_once):
    """Return an empty gradebook, to be copied: nbgrader starts another command of its own to make one."""

    def make(folder):
        run_nbgrader([0, "db", "student", "list", f"--db=sqlite:///{folder / 'gradebook.db'}"])

    return made_once("gradebook", make) / "gradebook.db"


@pytest.fixture(scope="session")
def site(made_once):
    """Return the folder of the pages of a freshly built book."""

    def build(folder):
        run("jupyter-book", "build", "-W", "-n", "--keep-going", "--path-output", folder, ROOT)

    return made_once("book", build) / "_build" / "html"


@pytest.fixture(scope="session")
def pages(site):
    """Return every page that was built, parsed, by its path."""
    paths = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)
    return {path: BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in paths}


@pytest.fixture(scope="session")
def page(site, pages):
    """Return a function that finds the page of a chapter."""
    return lambda chapter: pages[site / "chapters" / f"{chapter.stem}.html"]
