"""Build spotlight-students.zip: the exercises, attnlib as a wheel, what to install, how to start."""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "spotlight-students"
NEEDED = ("jupyterlab", "ipykernel", "nbgrader")
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
            _add(archive, Path(wheel.name), wheel.read_bytes())
            _add(archive, Path("requirements.txt"), requirements(wheel.name).encode())
            _add(archive, Path("README.md"), (ROOT / "tools/students/README.md").read_bytes())
    return target


def build_wheel(folder):
    """Build the wheel of this project with the setuptools that is installed, and no network.

    It is built from a copy, because setuptools leaves its own folders beside what it builds.
    """
    copy = folder / "source"
    for package in ("attnlib", "grader"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", build, folder], cwd=copy, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the wheel of attnlib could not be built:\n{done.stdout}{done.stderr}")
    return next(folder.glob("*.whl"))


def requirements(wheel):
    """Return the students' requirements: the wheel, and their share of requirements.txt."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    theirs = [line.partition("#")[0].strip() for line in lines if re.match(r"[\w-]*", line)[0] in NEEDED]
    if len(theirs) != len(NEEDED):
        raise ValueError(f"requirements.txt must have a line for each of {NEEDED}, found {theirs}")
    return "\n".join([f"./{wheel}", *theirs, ""])


def _add(archive, path, content):
    archive.writestr(zipfile.ZipInfo(f"{NAME}/{path.as_posix()}", EPOCH), content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
