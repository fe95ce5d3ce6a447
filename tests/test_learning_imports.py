"""What learns stands on the mathematics, floor by floor, and `import attnlib` brings none of it."""

import ast
import subprocess
import sys
from pathlib import Path

import attnlib

PACKAGE = Path(attnlib.__file__).parent
MATHEMATICS = {
    "_arrays",
    "byhand",
    "dot_product",
    "heads",
    "masks",
    "probability",
    "similarity",
    "variants",
}
#: Each floor with those that it may stand on.
FLOORS = {
    "autodiff": MATHEMATICS,
    "layers": {"autodiff", "layers"} | MATHEMATICS,
    "optimise": {"autodiff"} | MATHEMATICS,
    "data": {"data"} | MATHEMATICS,
    "models": {"autodiff", "layers", "models"} | MATHEMATICS,
    "trained": {"autodiff", "layers", "models", "optimise", "data", "trained"} | MATHEMATICS,
}


def imported(path):
    """Return the top parts of attnlib that a module imports, and the other packages."""
    own, others = set(), set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]:
                top, *rest = name.split(".")
                (own if top == "attnlib" else others).add(rest[0] if top == "attnlib" else top)
    return own, others


def test_every_floor_stands_on_those_below_alone():
    for floor, allowed in FLOORS.items():
        paths = (
            [PACKAGE / f"{floor}.py"]
            if floor in ("autodiff", "optimise")
            else [*(PACKAGE / floor).glob("*.py")]
        )
        assert paths
        for path in paths:
            own, others = imported(path)
            assert own <= allowed, path
            assert {name for name in others if name not in sys.stdlib_module_names} <= {"numpy"}, path


def test_the_mathematics_knows_nothing_of_learning():
    for name in MATHEMATICS:
        assert imported(PACKAGE / f"{name}.py")[0] <= MATHEMATICS


def test_import_attnlib_brings_nothing_that_learns():
    program = "import sys, attnlib; print(*(name for name in sys.modules if name.startswith('attnlib.')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {name.split(".")[1] for name in done.stdout.split()} & set(FLOORS)
