"""The archive for students works where nothing of this repository is, and has no right answer in it."""

import ast
import contextlib
import re
import subprocess
import sysconfig
import venv
import zipfile
from fractions import Fraction

import nbformat
import numpy as np
import pytest
from conftest import ASSIGNMENTS, CHAPTERS, ROOT, run

from attnlib.catalogue import EXERCISES
from attnlib.checking import opened
from grader.answers import answers_to
from grader.notebook.cells import answers_of
from grader.notebook.percent import read_solution
from grader.samples.made_up import answered

END = "\0"  # of a statement
FORMULA = 25  # characters: `return x @ w` is in every chapter, and nobody's key


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


@pytest.fixture(scope="module")
def wheel(kit, tmp_path_factory):
    """Return the folder of the unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(next(kit.glob("*.whl"))) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def texts(kit, wheel):
    """Return {path: text} of all that students get; of a notebook, its cells."""
    files = [path for path in kit.rglob("*") if path.is_file() and kit / ".venv" not in path.parents]
    files += [path for path in wheel.rglob("*") if path.is_file()]
    found = {}
    for path in files:
        if path.suffix == ".ipynb":
            cells = nbformat.read(path, as_version=4).cells
            found |= {f"{path}[{place}].{cell.cell_type}": cell.source for place, cell in enumerate(cells)}
        elif path.suffix != ".whl":
            found[str(path)] = path.read_bytes().decode(errors="replace")
    return found


@pytest.fixture(scope="module")
def code(texts):
    """Return {path: syntax tree, without docstrings} of all Python that students get."""
    return {
        path: without_docstrings(ast.parse(text))
        for path, text in texts.items()
        if path.endswith((".py", ".code"))
    }


@pytest.fixture(scope="module")
def written(code):
    """Return {path: blocks of statements} of all Python that students get."""
    return {path: blocks(tree) for path, tree in code.items()}


@pytest.fixture(scope="module")
def literals(code):
    """Return (path, numbers) of every list or tuple of numbers in the Python that students get."""
    found = []
    for path, tree in code.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.List | ast.Tuple) and (numbers := value_of(node)) is not None:
                found.append((path, numbers))
    return found


def value_of(node):
    """Return the array that a literal of decimals, divisions and Fractions comes to, or None."""
    known = {"Fraction": Fraction, "F": Fraction}
    allowed = (ast.List, ast.Tuple, ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
    for part in ast.walk(node):
        call = isinstance(part, ast.Call | ast.Load) or (isinstance(part, ast.Name) and part.id in known)
        if not call and not isinstance(part, allowed):
            return None
    with contextlib.suppress(ArithmeticError, TypeError, ValueError):
        return np.asarray(eval(ast.unparse(node), {"__builtins__": {}} | known), float)  # noqa: S307
    return None


def same_numbers(numbers, answer):
    """Return whether these are an answer's numbers, more than one, in rows or not, to three digits."""
    return 1 < numbers.size == answer.size and np.allclose(numbers.ravel(), answer.ravel(), atol=6e-4)


def right_answers(name):
    """Return {name: statements} of what each right answer to an exercise does, whatever it is called."""
    (path,) = ROOT.glob(f"grader/answers/*/{name}.py")
    module = without_docstrings(ast.parse(path.read_text("utf-8")))
    (listed,) = (node.value for node in module.body if ast.unparse(node).startswith("ANSWERS ="))
    named = {node.id for node in ast.walk(listed) if isinstance(node, ast.Name)}
    found = {node.name: node.body for node in module.body if getattr(node, "name", None) in named}
    found |= {ast.unparse(node): [node.body] for node in ast.walk(listed) if isinstance(node, ast.Lambda)}
    assert len(found) >= len(answers_to(name))
    return {name: [ast.unparse(statement) for statement in body] for name, body in found.items()}


def blocks(tree):
    """Return the text of a tree's blocks of statements, with `END` around each statement."""
    fields = [getattr(node, field, []) for node in ast.walk(tree) for field in ("body", "orelse")]
    return "".join(as_block(map(ast.unparse, field)) for field in fields if isinstance(field, list))


def as_block(statements):
    return END + END.join(statements) + END


def without_docstrings(tree):
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            node.body[:1] = []
    return tree


def squeezed(text):
    return re.sub(r"\s+", "", text)


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
    assert re.fullmatch(
        r"\./spotlight_attention-[\d.]+-py3-none-any\.whl\[chapters,exercises\]\n", required
    )
    assert not list(kit.glob("**/solutions"))


def test_wheel_holds_every_file_of_attnlib_and_no_other(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", "attnlib"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    there = {path for path in tracked.stdout.split() if (ROOT / path).is_file()}
    files = {str(path.relative_to(wheel)) for path in wheel.rglob("*") if path.is_file()}
    assert {path for path in files if ".dist-info/" not in path} == there


def test_nothing_in_the_kit_speaks_of_the_instructors_files(texts):
    secret = re.compile(r"\bgrader[./]\w|\b(?:import|from) grader\b|\bsolutions/|SOLUTION$", re.M)
    assert {path: secret.findall(text) for path, text in texts.items() if secret.search(text)} == {}


def test_no_file_of_the_kit_is_one_of_the_instructors(texts):
    kept = [*ROOT.glob("grader/**/*.py"), *ROOT.glob("solutions/*/*.py")]
    known = {squeezed(path.read_text()): path.name for path in kept if path.stat().st_size > 100}
    assert {path: known[squeezed(text)] for path, text in texts.items() if squeezed(text) in known} == {}


@pytest.mark.parametrize("name", EXERCISES)
def test_no_right_answer_is_in_the_kit(name, texts, written):
    for answer, statements in right_answers(name).items():
        if len(squeezed("".join(statements))) > FORMULA:
            places = [path for path, text in written.items() if as_block(statements) in text]
            spoken = squeezed("".join(statements))
            places += [
                path for path, text in texts.items() if path not in written and spoken in squeezed(text)
            ]
            assert places == [], answer


@pytest.mark.parametrize("name", [name for name in EXERCISES if EXERCISES[name].by_value])
def test_no_right_numbers_are_in_the_kit(name, literals):
    answer = np.asarray(opened(EXERCISES[name].reference)(), float)
    assert [path for path, numbers in literals if same_numbers(numbers, answer)] == []


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


@pytest.mark.parametrize(
    "path", [path for path in CHAPTERS if path.stem[0].isdigit()], ids=lambda p: p.stem
)
def test_chapter_runs_in_the_kit(path, kit):
    notebook = nbformat.read(kit / "chapters" / f"{path.stem}.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    python(kit, "-W", "error", "-c", "\n\n".join(["import matplotlib", "matplotlib.use('agg')", *code]))


def test_site_offers_the_kit_to_students(site, kit):
    page = (site / "chapters" / "guide-students.html").read_text()
    assert 'href="../students/spotlight-students.zip"' in page
    with zipfile.ZipFile(site / "students" / "spotlight-students.zip") as archive:
        names = {name.removeprefix("spotlight-students/") for name in archive.namelist()}
    assert names >= {str(path.relative_to(kit)) for path in kit.glob("exercises/*/*.ipynb")}
