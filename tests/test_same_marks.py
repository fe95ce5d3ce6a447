"""Honest submissions get the same marks here and from nbgrader as it comes; and a run can be repeated."""

import shutil
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, cell_by_cell, run

from grader.course import nbgrader_options
from grader.samples.made_up import write_class

ASSIGNMENT = "05-softmax"
SEED = "00112233445566778899aabbccddeeff"
OURS = "install()\n"  # the line of nbgrader_config.py without which nbgrader is as it comes


def marks(root):
    """Return the marks of undamaged submissions, cell by cell."""
    return [row for row in cell_by_cell(root) if row[0] not in ("renamed", "test-deleted")]


def seeds(root):
    return {
        nbformat.read(path, as_version=4).metadata.get("spotlight", {}).get("seed")
        for path in (root / "autograded").rglob("*.ipynb")
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder of a class that waits to be graded, to be copied."""
    root = tmp_path_factory.mktemp("made")
    run("nbgrader", "generate_assignment", ASSIGNMENT, *nbgrader_options(root))
    write_class(ASSIGNMENT, root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", root)
    return root


@pytest.fixture
def waiting(made, tmp_path):
    """Return such a copy."""
    return Path(shutil.copytree(made, tmp_path / "class"))


def test_stock_nbgrader_gives_the_same_marks_cell_by_cell(made, tmp_path):
    ours, stock, course = tmp_path / "ours", tmp_path / "stock", tmp_path / "course"
    for root in (ours, stock):
        shutil.copytree(made, root)
    course.mkdir()
    (course / "solutions").symlink_to(ROOT / "solutions")
    settings = (ROOT / "nbgrader_config.py").read_text()
    assert settings.count(OURS) == 1
    (course / "nbgrader_config.py").write_text(settings.replace(OURS, ""))

    log = run("nbgrader", "autograde", ASSIGNMENT, *nbgrader_options(ours), status=1)
    run("nbgrader", "autograde", ASSIGNMENT, *nbgrader_options(stock), cwd=course, status=1)
    assert marks(ours) == marks(stock)
    assert len({points for _, _, points, _ in marks(ours)}) >= 3
    assert seeds(stock) == {None}
    (seed,) = seeds(ours)
    assert f"drawn from the seed {seed}" in log


def test_seed_differs_between_runs_and_can_be_given(waiting):
    command = ["nbgrader", "autograde", ASSIGNMENT, *nbgrader_options(waiting), "--student=perfect-*"]
    found = []
    for more in ([], [], [f"--VerifyingExecute.seed={SEED}"]):
        log = run(*command, "--force", *more)
        (seed,) = seeds(waiting)
        assert f"drawn from the seed {seed}" in log
        found.append(seed)
    assert len(set(found)) == 3
    assert found[2] == SEED
    assert all(len(bytes.fromhex(seed)) == 16 for seed in found)


def test_seed_that_is_none_is_refused_before_anything_is_graded(waiting):
    options = [*nbgrader_options(waiting), "--VerifyingExecute.seed=guess"]
    told = run("nbgrader", "autograde", ASSIGNMENT, *options, status=1)
    assert "hexadecimal digits" in told
    assert not (waiting / "autograded").exists()
