"""The archive for students works where nothing of this repository is."""

import subprocess
import sysconfig
import venv
import zipfile

import nbformat
import pytest
from conftest import ASSIGNMENTS, ROOT, run

from grader.notebook.cells import answers_of
from grader.notebook.percent import read_solution
from grader.samples.made_up import answered


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """Return the unpacked archive, with a new environment that has its wheel and our NumPy and Jupyter."""
    folder = tmp_path_factory.mktemp("student")
    run("python", "tools/student_kit.py", "--output", folder)
    with zipfile.ZipFile(folder / "spotlight-students.zip") as archive:
        archive.extractall(folder)
    kit = folder / "spotlight-students"
    venv.create(kit / ".venv", with_pip=True)
    (wheel,) = kit.glob("*.whl")
    python(kit, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel)
    purelib = next((kit / ".venv").glob("lib/python3*/site-packages"))
    # its other requirements come from a registry; here, from the environment that runs the tests
    (purelib / "ours.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return kit


def python(kit, *arguments, status=0):
    done = subprocess.run(
        [kit / ".venv/bin/python", *arguments], cwd=kit, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def test_kit_holds_every_exercise_and_how_to_start(kit):
    assert sorted(path.stem for path in kit.glob("exercises/*/*.ipynb")) == ASSIGNMENTS
    assert "jupyter lab" in (kit / "README.md").read_text()
    required = (kit / "requirements.txt").read_text()
    assert "./spotlight_attention-" in required
    assert "jupyterlab>=" in required
    assert not list(kit.glob("**/solutions"))


def test_kit_brings_its_own_attnlib(kit):
    where = python(kit, "-c", "import attnlib; print(attnlib.__file__)")
    assert where.startswith(str(kit))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_exercise_is_solved_in_the_kit(assignment, kit):
    path = kit / "exercises" / assignment / f"{assignment}.ipynb"
    solution = read_solution(ROOT / "solutions" / assignment / f"{assignment}.py")
    solved = answered(nbformat.read(path, as_version=4), answers_of(solution))
    code = [cell.source for cell in solved.cells if cell.cell_type == "code"]
    shown = python(kit, "-c", "\n\n".join(code))
    assert shown.count("passed") >= 4
    blank = nbformat.read(path, as_version=4)
    code = [cell.source for cell in blank.cells if cell.cell_type == "code"]
    python(kit, "-c", "\n\n".join(code), status=1)


def test_site_offers_the_kit_to_students(site, kit):
    page = (site / "chapters" / "guide-students.html").read_text()
    assert 'href="../students/spotlight-students.zip"' in page
    with zipfile.ZipFile(site / "students" / "spotlight-students.zip") as archive:
        names = {name.removeprefix("spotlight-students/") for name in archive.namelist()}
    assert names >= {str(path.relative_to(kit)) for path in kit.glob("exercises/*/*.ipynb")}
