"""Build spotlight-students.zip: exercises, chapters, attnlib as a wheel, what to install, how to start."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat
from sphinx_notebook import CODE_CELL, read_authors, to_notebook

ROOT = Path(__file__).resolve().parent.parent
NAME = "spotlight-students"
EXTRAS = "chapters,exercises"  # of attnlib's distribution, in pyproject.toml
EPOCH = (2026, 1, 1, 0, 0, 0)


def main():
    """Build the archive where the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "_build", help="a folder (default: _build)")
    print(build(parser.parse_args().output))


def build(output):
    """Write the archive into a folder and return its path; the same tree gives the same names and dates."""
    output.mkdir(parents=True, exist_ok=True)
    target = output / f"{NAME}.zip"
    with tempfile.TemporaryDirectory() as folder:
        wheel = build_wheel(Path(folder))
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for notebook in sorted(ROOT.glob("exercises/*/*.ipynb")):
                _add(archive, notebook.relative_to(ROOT), notebook.read_bytes())
            for name, notebook in chapters():
                _add(archive, Path("chapters", f"{name}.ipynb"), nbformat.writes(notebook).encode())
            _add(archive, Path(wheel.name), wheel.read_bytes())
            _add(archive, Path("requirements.txt"), f"./{wheel.name}[{EXTRAS}]\n".encode())
            _add(archive, Path("README.md"), (ROOT / "tools/students/README.md").read_bytes())
            for name in ("LICENSE", "LICENSE-TEXT"):  # of the code, and of the chapters and exercises
                _add(archive, Path(name), (ROOT / name).read_bytes())
    return target


def chapters():
    """Yield the name and the notebook of each chapter that has code, as the site offers it."""
    authors = read_authors([ROOT / "references.bib"])
    for path in (*sorted(ROOT.glob("chapters/[0-9]*.md")), ROOT / "chapters/interview.md"):
        text = path.read_text("utf-8")
        if CODE_CELL in text:
            yield path.stem, to_notebook(text, authors)


def build_wheel(folder):
    """Build attnlib's wheel with the setuptools that is installed, and no network.

    It is built from a copy: setuptools leaves its own folders beside what it builds, and puts what it finds
    in those that an earlier build has left into the wheel.
    """
    copy = folder / "source"
    shutil.copytree(ROOT / "attnlib", copy / "attnlib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", build, folder], cwd=copy, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the wheel of attnlib could not be built:\n{done.stdout}{done.stderr}")
    return next(folder.glob("*.whl"))


def _add(archive, path, content):
    archive.writestr(zipfile.ZipInfo(f"{NAME}/{path.as_posix()}", EPOCH), content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
