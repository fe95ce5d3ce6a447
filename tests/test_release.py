"""A release says the same of itself everywhere, and brings both licences."""

import re
import subprocess
import tomllib
import zipfile
from itertools import chain

import pytest
import yaml
from conftest import ROOT

import attnlib


def test_changelog_and_citation_speak_of_this_version():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    version, date = re.search(r"^## (\S+) \((\S+)\)$", changelog, re.MULTILINE).groups()
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert attnlib.__version__ == version == citation["version"]
    assert citation["date-released"] == date


def test_licences_are_those_that_the_citation_names():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    code = {
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))["project"]["license"]
        for folder in (".", "grader")
    }
    assert code == {citation["license"][0]}
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("BSD 3-Clause")
    assert citation["license"][1] == "CC-BY-4.0"
    assert (ROOT / "LICENSE-TEXT").read_text("utf-8").startswith("Attribution 4.0 International")


def test_students_get_both_licences(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tools")
    import student_kit

    with zipfile.ZipFile(student_kit.build(tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.namelist()}
    assert {"LICENSE", "LICENSE-TEXT"} <= names


def test_the_container_copies_what_it_installs_from_and_nothing_that_is_made():
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    copied = [line.split()[2:-1] for line in lines if line.startswith("COPY ")]
    assert copied[-1] == ["."]
    for name in chain(*copied):
        assert (ROOT / name).exists(), name
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".venv", "_build", "gradebook.db", ".git"} <= set(ignored)


@pytest.mark.parametrize("what", ["book", "lab"])
def test_what_the_container_starts(tmp_path, what):
    """Its two commands, with programs of the same names that say how they were called."""
    for name in ("python", "jupyter"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} "$@" in "$(basename "$PWD")"\n')
        (tmp_path / name).chmod(0o755)
    course = tmp_path / "course"
    for name in ("tools/serve.sh", "nbgrader_config.py"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_bytes((ROOT / name).read_bytes())
    (course / "solutions").mkdir()
    done = subprocess.run(
        ["sh", course / "tools/serve.sh", what],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    if what == "book":
        assert done.stdout == "python -m http.server --directory _build/html 8000 in course\n"
    else:
        assert done.stdout == "jupyter lab --ip=0.0.0.0 --port=8888 --no-browser in term\n"
        assert (course / "term" / "nbgrader_config.py").is_file()
        assert (course / "term" / "solutions").is_dir()
