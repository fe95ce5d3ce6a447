"""The released notebooks: generated, complete, and without a word of the solution."""

import ast
import os
import re
import shutil
import subprocess

import nbformat
import pytest
from conftest import ASSIGNMENTS, BIN, ROOT, run_nbgrader

from grader.notebook.cells import answers_of, exercises_of, grade_id_of
from grader.notebook.percent import (
    GENERATED,
    read_solution,
    read_source,
    refresh_notebooks,
    remove_notebooks,
)

PLAIN = os.environ | {"PYTHONPATH": str(ROOT)}
LEVELS = {"●○○", "●●○", "●●●"}


def release_of(assignment):
    return nbformat.read(ROOT / "exercises" / assignment / f"{assignment}.ipynb", as_version=4)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_exercises_are_up_to_date(assignment, released):
    committed = {p.name: p.read_bytes() for p in (ROOT / "exercises" / assignment).iterdir() if p.is_file()}
    fresh = {path.name: path.read_bytes() for path in (released / assignment).iterdir()}
    assert committed.keys() == fresh.keys()
    assert committed == fresh, "run `make exercises` and commit the result"


def test_every_committed_exercise_has_a_source():
    assert sorted(p.name for p in (ROOT / "exercises").iterdir() if p.is_dir()) == ASSIGNMENTS


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """Return the folder of a second release of every assignment, from a copy of its text."""
    folder = tmp_path_factory.mktemp("again")
    source, release = folder / "solutions", folder / "release"
    for assignment in ASSIGNMENTS:
        text = f"{assignment}/{assignment}.py"
        (source / assignment).mkdir(parents=True)  # not the course's own, which other tests read meanwhile
        shutil.copy(ROOT / "solutions" / text, source / text)
    refresh_notebooks(source)
    options = (
        "--no-db",
        f"--CourseDirectory.source_directory={source}",
        f"--CourseDirectory.release_directory={release}",
    )
    run_nbgrader(*([0, "generate_assignment", assignment, *options] for assignment in ASSIGNMENTS))
    return release


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_two_regenerations_are_byte_identical(assignment, released, again):
    name = f"{assignment}/{assignment}.ipynb"
    assert (again / name).read_bytes() == (released / name).read_bytes()


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_release_leaks_no_solution_and_no_hidden_test(assignment):
    assert GENERATED not in release_of(assignment).metadata
    text = "\n".join(cell.source for cell in release_of(assignment).cells)
    assert "BEGIN" not in text
    assert "hidden=True" not in text
    solution = read_solution(ROOT / "solutions" / assignment / f"{assignment}.py")
    for source in answers_of(solution).values():
        inside = re.search(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL)
        lines = (inside.group(1) if inside else source).splitlines()
        for line in filter(None, map(str.strip, lines)):
            assert line not in text


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_question_is_tested_and_says_how_hard_it_is(assignment):
    notebook = release_of(assignment)
    points = {grade_id_of(c): c.metadata.nbgrader.get("points") for c in notebook.cells if grade_id_of(c)}
    asked = exercises_of(notebook)
    assert sum(not exercise.by_value for exercise in asked) >= 3
    for exercise in asked:
        assert points[f"{exercise.name}_visible"] > 0
        assert exercise.by_value or points[f"{exercise.name}_hidden"] > 0
    questions = [c.source for c in notebook.cells if re.match(r"## \d", c.source)]
    assert len(questions) >= len(asked)
    told = 0
    for question in questions:
        level, minutes, stated = re.search(
            r"^(\S+) · about (\d+) minutes · (\d+) point", question, re.M
        ).groups()
        assert level in LEVELS
        assert int(minutes) > 0
        told += int(stated)
    assert told == sum(filter(None, points.values()))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_overview_table_agrees_with_the_questions(assignment):
    cells = [cell.source for cell in release_of(assignment).cells]
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (\S+) \| (\d+) \| (\d+) \|$", cells[0], re.M)
    questions = [
        re.search(r"## (\d+) · (.+)\n\n(\S+) · about (\d+) minutes · (\d+) point", source).groups()
        for source in cells
        if re.match(r"## \d", source)
    ]
    assert rows == questions


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_answer_needs_more_than_numpy_and_attnlib(assignment):
    for cell in release_of(assignment).cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.ImportFrom):
                    assert node.module.split(".")[0] == "attnlib"
                elif isinstance(node, ast.Import):
                    assert {alias.name for alias in node.names} <= {"numpy", "math", "itertools"}


def test_notebook_is_refreshed_only_when_its_source_is_newer(tmp_path):
    source = tmp_path / "05-softmax" / "05-softmax.py"
    source.parent.mkdir()
    source.write_text((ROOT / "solutions/05-softmax/05-softmax.py").read_text())
    (written,) = refresh_notebooks(tmp_path)
    assert written == source.with_suffix(".ipynb")
    assert refresh_notebooks(tmp_path) == []
    source.touch()
    assert refresh_notebooks(tmp_path) == [written]


@pytest.fixture
def source(tmp_path):
    """Return the path of a text with its notebook beside it."""
    source = tmp_path / "05-softmax" / "05-softmax.py"
    source.parent.mkdir()
    source.write_text((ROOT / "solutions/05-softmax/05-softmax.py").read_text())
    refresh_notebooks(tmp_path)
    return source


def test_notebook_that_was_changed_by_hand_is_kept(source):
    notebook = source.with_suffix(".ipynb")
    changed = nbformat.read(notebook, as_version=4)
    changed.cells[0].source += "A new question."
    nbformat.write(changed, notebook)
    before = notebook.read_bytes()
    source.touch()
    with pytest.warns(UserWarning, match=r"05-softmax\.ipynb was changed by hand and is kept"):
        assert refresh_notebooks(source.parent.parent) == []
    assert remove_notebooks(source.parent.parent) == [notebook]
    assert notebook.read_bytes() == before
    assert read_source(source).cells[0].source.endswith("A new question.")


def test_notebook_that_was_only_run_is_generated_still(source):
    notebook = source.with_suffix(".ipynb")
    ran = nbformat.read(notebook, as_version=4)
    for cell in ran.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = 1, [nbformat.v4.new_output("stream", text="ran")]
    nbformat.write(ran, notebook)
    source.write_text(source.read_text().replace("Exercise: the softmax", "Exercise: softmax"))
    assert refresh_notebooks(source.parent.parent) == [notebook]
    assert remove_notebooks(source.parent.parent) == []
    assert not notebook.exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": [{}], "metadata": {}}'])
def test_whatever_nobody_generated_is_kept(source, text):
    notebook = source.with_suffix(".ipynb")
    notebook.write_text(text)
    source.touch()
    with pytest.warns(UserWarning, match="is kept"):
        refresh_notebooks(source.parent.parent)
    assert remove_notebooks(source.parent.parent) == [notebook]


def test_clean_keeps_a_notebook_made_by_hand(tmp_path):
    for name in ("Makefile", "solutions/05-softmax/05-softmax.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text())
    refresh_notebooks(tmp_path / "solutions")
    generated = tmp_path / "solutions/05-softmax/05-softmax.ipynb"
    mine = tmp_path / "solutions/10-mine/10-mine.ipynb"
    mine.parent.mkdir()
    nbformat.write(nbformat.v4.new_notebook(), mine)
    assert generated.is_file()
    subprocess.run(["make", "clean", f"BIN={BIN}"], cwd=tmp_path, check=True, env=PLAIN)
    assert mine.is_file()
    assert not generated.exists()
