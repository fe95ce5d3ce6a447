"""Who may import whom, downwards only: read from the imports, those inside functions included."""

import ast
from graphlib import TopologicalSorter

import pytest
from conftest import ROOT

FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("attnlib", "grader")
    for path in (ROOT / package).rglob("*.py")
}
FACE = "attnlib"  # what `import attnlib` gives; no arrow inside runs to it
MATHEMATICS = "mathematics"  # the modules of attnlib that stand in no part below

ATTNLIB = {  # part: the parts it may import beside itself
    MATHEMATICS: set(),
    "autodiff": {MATHEMATICS},
    "optimise": {MATHEMATICS, "autodiff"},
    "layers": {MATHEMATICS, "autodiff", "optimise"},
    "data": {MATHEMATICS},
    "models": {MATHEMATICS, "autodiff", "optimise", "layers", "data"},
    "trained": {MATHEMATICS, "autodiff", "optimise", "layers", "models", "data"},
    "exercise": set(),
    "catalogue": {MATHEMATICS, "autodiff", "optimise", "layers", "models", "data", "exercise"},
    "checking": {MATHEMATICS, "exercise", "catalogue"},
    "exhibits": {"exercise", "catalogue", "checking"},
    "plots": {MATHEMATICS},
    "worksheets": {MATHEMATICS, "plots"},
    "live": {
        MATHEMATICS,
        "autodiff",
        "optimise",
        "layers",
        "models",
        "data",
        "trained",
        "plots",
        "exhibits",
    },
    FACE: {MATHEMATICS, "exercise", "checking"},
}
GRADER = {
    "text": set(),
    "lean": set(),
    "course": set(),
    "advice": set(),
    "answers": set(),
    "bounded_json": set(),
    "sandbox": {"bounded_json", "text", ""},  # the last to know where the key lies, and cover it
    "notebook": {"bounded_json", "course", "text"},
    "gradebook": {"notebook", "text"},
    "feedback": {"course", "notebook", "text"},
    "samples": {"answers", "notebook", "course", "text"},
    "collecting": {"gradebook", "text"},
    "grading": {"gradebook", "sandbox", "notebook", "text", "course"},
    "results": {"gradebook", "notebook", "text", "course"},
    "key": {"answers", "notebook", "course"},
    "__main__": {
        "advice",
        "lean",
        "collecting",
        "key",
        "notebook",
        "grading",
        "results",
        "samples",
        "gradebook",
        "course",
        "text",
    },
    "": set(),
}
DATABASE = {"nbgrader.api", "sqlalchemy"}
PUBLIC = {"attnlib": ATTNLIB, "grader": GRADER}


def imports_of(module):
    """Return the names of the modules that a module imports, whole as they stand in the tree."""
    named = set()
    package = module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(FILES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                whole = f"{origin}.{alias.name}"
                named.add(whole if whole in FILES or whole in DATABASE else origin)
    return named - {module}


def part_of(module):
    """Return the part of the house that a module of ours is in."""
    top, _, rest = module.partition(".")
    part = rest.partition(".")[0]
    if top == "attnlib":
        return (part if part in ATTNLIB else MATHEMATICS) if part else FACE
    return part


def ours(module):
    return {name for name in imports_of(module) if name in FILES}


@pytest.mark.parametrize("package", ["attnlib", "grader"])
def test_imports_run_downwards(package):
    allowed = PUBLIC[package]
    against = []
    for module in FILES:
        if module.partition(".")[0] == package:
            mine = part_of(module)
            assert mine in allowed, f"{module} is in no part that the rule knows"
            for name in ours(module):
                if name.partition(".")[0] == package and part_of(name) not in allowed[mine] | {mine}:
                    against.append(f"{module} imports {name}")
    assert sorted(against) == []


def test_attnlib_knows_no_grader():
    assert [
        module
        for module in FILES
        if module.startswith("attnlib")
        and any(name.partition(".")[0] in ("grader", "nbgrader") for name in imports_of(module))
    ] == []


def test_right_answers_need_numpy_mathematics_and_layers_alone():
    for module in FILES:
        if module.startswith("grader.answers."):
            for name in imports_of(module):
                known = name.startswith("attnlib.") and part_of(name) in (MATHEMATICS, "layers")
                own = name.startswith("grader.answers")
                assert known or own or name in ("numpy", "math", "fractions", "itertools"), (
                    f"{module} imports {name}"
                )


def test_gradebook_alone_knows_the_database():
    against = [
        f"{module} imports {name}"
        for module in FILES
        for name in imports_of(module)
        if part_of(module) != "gradebook"
        and any(name == one or name.startswith(f"{one}.") for one in DATABASE)
    ]
    assert sorted(against) == []


def test_no_module_imports_itself_by_a_detour():
    TopologicalSorter({module: ours(module) for module in FILES}).prepare()  # raises with the circle
