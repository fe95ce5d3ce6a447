"""What learns needs NumPy alone, and `import attnlib` brings none of it."""

import subprocess
import sys

from test_house import FILES, imports_of, part_of

LEARNING = {"autodiff", "layers", "optimise", "data", "models", "trained"}
OPTIONAL = {"attnlib.models.matching": {"scipy"}}  # imported by the one function that calls it


def test_what_learns_needs_numpy_alone():
    modules = [name for name in FILES if name.startswith("attnlib.") and part_of(name) in LEARNING]
    assert {part_of(name) for name in modules} == LEARNING
    for module in modules:
        others = {name.partition(".")[0] for name in imports_of(module)} - {"attnlib"}
        assert others - sys.stdlib_module_names <= {"numpy"} | OPTIONAL.get(module, set()), module


def test_models_are_there_without_what_is_optional():
    modules = ", ".join(["attnlib.models.detection", *OPTIONAL])
    program = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & set().union(*OPTIONAL.values())


def test_import_attnlib_brings_nothing_that_learns():
    program = "import sys, attnlib; print(*(name for name in sys.modules if name.startswith('attnlib.')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {name.split(".")[1] for name in done.stdout.split()} & LEARNING
