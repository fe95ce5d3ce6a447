"""What a change costs: its chapter is executed again, or all are, or they are drawn again, and no more."""

import os
import shutil
import subprocess

import pytest
import yaml
from conftest import ROOT, run

CHAPTER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
# {name}

```{{code-cell}} ipython3
from pathlib import Path

with Path({log!r}).open("a") as log:
    log.write("{name} ")
```
"""


def test_a_change_in_one_chapter_executes_that_chapter_only(tmp_path):
    log = tmp_path / "log.txt"
    book = tmp_path / "book"
    book.mkdir()
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    config = {"title": "Two pages", "execute": settings["execute"], "only_build_toc_files": True}
    (book / "_config.yml").write_text(yaml.safe_dump(config))
    (book / "_toc.yml").write_text("format: jb-book\nroot: one\nchapters:\n  - file: two\n")
    for name in ("one", "two"):
        (book / f"{name}.md").write_text(CHAPTER.format(name=name, log=str(log)))
    run("jupyter-book", "build", book)
    assert sorted(log.read_text().split()) == ["one", "two"]

    log.write_text("")
    changed = book / "two.md"
    changed.write_text(changed.read_text().replace("log.write", "1 + 1\n    log.write"))
    run("jupyter-book", "build", book)
    assert log.read_text().split() == ["two"]


BUILDER = """\
#!/bin/sh
mkdir -p _build/html _build/.doctrees _build/.jupyter_cache
ls -A _build/.doctrees _build/.jupyter_cache | grep kept >> log
touch _build/html/index.html _build/.doctrees/kept-pages _build/.jupyter_cache/kept-runs
echo built >> log
"""
FILES = (
    "_config.yml",
    "_toc.yml",
    "references.bib",
    "requirements.txt",
    "pyproject.toml",
    "grader/pyproject.toml",
    "nbgrader_config.py",
    "tools/setup.sh",
    "tools/student_kit.py",
    "tools/grade_sample.py",
    "tools/sphinx_assets.py",
    "tools/sphinx_figures.py",
    "tools/theme/layout.html",
    "chapters/01-spotlight.md",
    "chapters/_static/spotlight.css",
    "chapters/_extra/404.html",
    "attnlib/softmax.py",
    "attnlib/trained/park.npz",
    "attnlib/live/js/figure.js",
)
OLD, NEW = 1_000_000_000, 4_000_000_000  # before and after whatever make writes


@pytest.fixture
def tree(tmp_path):
    """Return a folder with the Makefile, our files with nothing in them, and a builder that keeps a log."""
    for name in (*FILES, ".venv/bin/jupyter-book", ".venv/.installed"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (OLD, OLD))
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".venv/bin/jupyter-book").write_text(BUILDER)
    (tmp_path / ".venv/bin/jupyter-book").chmod(0o755)
    (tmp_path / ".venv/.installed").touch()
    return tmp_path


def noted(tree):
    """Make the site; return what the builder found of the last build, and that it was called."""
    (tree / "log").write_text("")
    subprocess.run(["make", "site"], cwd=tree, check=True, capture_output=True)
    return (tree / "log").read_text().split()


@pytest.mark.parametrize(
    ("changed", "finds"),
    [
        ("chapters/01-spotlight.md", ["kept-pages", "kept-runs", "built"]),
        ("_toc.yml", ["kept-pages", "kept-runs", "built"]),
        ("chapters/_static/spotlight.css", ["kept-runs", "built"]),
        ("chapters/_extra/404.html", ["kept-runs", "built"]),
        ("tools/sphinx_assets.py", ["kept-runs", "built"]),
        ("tools/theme/layout.html", ["kept-runs", "built"]),
        ("attnlib/live/js/figure.js", ["kept-runs", "built"]),
        ("tools/sphinx_figures.py", ["built"]),
        ("attnlib/softmax.py", ["built"]),
        ("attnlib/trained/park.npz", ["built"]),
    ],
)
def test_site_is_made_again_from_what_a_change_leaves_valid(tree, changed, finds):
    assert noted(tree) == ["built"]
    assert noted(tree) == []
    os.utime(tree / changed, (NEW, NEW))
    assert noted(tree) == finds
