"""Every question is complete, and what one lacks is named with its file."""

import ast
import contextlib
import importlib
import sys

import numpy as np
import pytest
from conftest import ROOT
from questions import LEAST_ANSWERS, LEAST_MISTAKES, lacks, unknown_questions

import grader.answers
from attnlib.catalogue import EXERCISES, ORDER, Catalogue
from attnlib.checking import opened

SOLUTIONS = sorted(ROOT.glob("solutions/*/*.py"))

DOUBLE = """
from attnlib.exercise import Case, Exercise, Misconception

EXERCISE = Exercise(
    name="double",
    section="chapters/05-softmax#softmax-axis",
    reference=lambda x: 2 * x,
    visible=lambda: [Case((1.0,))],
    misconceptions=(Misconception("halved", "The number is halved.", lambda x: x / 2),),
)
"""


@pytest.mark.parametrize("name", EXERCISES)
def test_question_is_complete(name):
    assert lacks(name) == []


@pytest.mark.parametrize("text", SOLUTIONS, ids=lambda path: path.stem)
def test_solution_asks_for_nothing_that_the_catalogue_lacks(text):
    assert unknown_questions(text) == []


@pytest.mark.parametrize("name", [name for name, e in EXERCISES.items() if e.by_value])
def test_right_numbers_stand_nowhere_in_what_students_get(name):
    file = EXERCISES.file_of(name)
    right = np.asarray(opened(EXERCISES[name].reference)()).astype(float)
    for place in (file, *file.parent.glob("_*.py")):
        for numbers in numbers_in(place.read_text()):
            same_shape = np.shape(numbers) == right.shape
            assert not (same_shape and np.allclose(numbers, right, rtol=1e-3)), (place, numbers)


def numbers_in(source):
    """Yield whatever numbers, or lists of them, a source spells out, sums like 12 // 3 worked out."""
    kinds = ast.List | ast.Tuple | ast.Constant | ast.BinOp | ast.UnaryOp | ast.operator | ast.unaryop
    nodes = [ast.parse(source)]
    while nodes:
        node = nodes.pop()
        spelt = isinstance(node, ast.expr) and all(isinstance(n, kinds | ast.Load) for n in ast.walk(node))
        if spelt:
            with contextlib.suppress(TypeError, ValueError):  # strings and ragged lists
                yield np.asarray(eval(ast.unparse(node)), dtype=float)  # noqa: S307 - numbers alone
        if not (spelt and isinstance(node, ast.BinOp)):  # part of a sum is no number of its own
            nodes += ast.iter_child_nodes(node)


def test_numbers_in_a_source_are_found():
    found = [
        n.tolist() for n in numbers_in("def f(x):\n    return np.array([12 // 3, -5.0]) + [x, 2 + 3 - 1]")
    ]
    assert [4.0, -5.0] in found
    assert 4.0 in found
    assert 2.0 not in found


def test_order_lists_what_there_is():
    listed = [name for names in ORDER.values() for name in names]
    assert listed == [name for name in EXERCISES if name in listed]


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """Return a function that writes files and returns the catalogue of them."""
    package = f"planted_{tmp_path.name}".replace("-", "_")
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    def plant(files):
        for path, text in files.items():
            file = tmp_path / package / path
            file.parent.mkdir(exist_ok=True)
            file.with_name("__init__.py").touch()
            file.write_text(text)
        importlib.invalidate_caches()
        return Catalogue(package, [tmp_path / package], {"zoo": ("second", "double")})

    return plant


def test_exercise_is_found_because_its_file_is_there(planted):
    catalogue = planted({"zoo/double.py": DOUBLE, "zoo/_shared.py": "", "farm/other.py": ""})
    assert list(catalogue) == ["double", "other"]  # the topics that are in order come first
    assert catalogue["double"].reference(2) == 4
    assert catalogue.topic_of("double") == "zoo"
    assert "triple" not in catalogue
    with pytest.raises(KeyError):
        catalogue["triple"]
    with pytest.raises(TypeError):
        catalogue["triple"] = catalogue["double"]


def test_exercises_come_in_the_order_of_the_course_and_then_by_the_alphabet(planted):
    catalogue = planted({f"zoo/{name}.py": "" for name in ("double", "first", "second", "zebra")})
    assert list(catalogue) == ["second", "double", "first", "zebra"]


def test_looking_one_exercise_up_imports_no_other(planted):
    catalogue = planted({"zoo/double.py": DOUBLE, "zoo/broken.py": "raise RuntimeError"})
    assert len(catalogue) == 2
    assert catalogue["double"].name == "double"


@pytest.mark.parametrize("text", ["", "EXERCISE = 3", DOUBLE.replace("EXERCISE =", "QUESTION =")])
def test_file_without_an_exercise_is_named(planted, text):
    with pytest.raises(ValueError, match=r"/zoo/double\.py declares no exercise: it must have EXERCISE ="):
        planted({"zoo/double.py": text})["double"]


def test_file_called_otherwise_than_its_exercise_is_named(planted):
    catalogue = planted({"zoo/triple.py": DOUBLE})
    with pytest.raises(ValueError, match=r"/zoo/triple\.py declares the exercise 'double': .*'triple'"):
        catalogue["triple"]
    (said,) = lacks("triple", catalogue=catalogue)
    assert "/zoo/triple.py declares the exercise 'double'" in said


def test_two_files_of_the_same_name_are_both_named(planted):
    catalogue = planted({"zoo/double.py": DOUBLE, "farm/double.py": DOUBLE})
    with pytest.raises(ValueError, match=r"two .* 'double': .*/zoo/double\.py and .*/farm/double\.py"):
        list(catalogue)


def test_everything_that_a_question_lacks_is_named_at_once(planted, monkeypatch, tmp_path):
    text = DOUBLE.replace("x / 2)", 'x / 2, section="chapters/05-softmax#nowhere")')
    catalogue = planted({"zoo/double.py": text.replace("05-softmax#softmax-axis", "99-zoo#cages")})
    (catalogue.file_of("double").with_name("__init__.py")).unlink()
    monkeypatch.setattr(grader.answers, "EXERCISES", catalogue)
    said = lacks("double", catalogue=catalogue)
    for sentence, expected in zip(
        said,
        [
            "/zoo/__init__.py is missing",
            f"/zoo/double.py has fewer than {LEAST_MISTAKES} misconceptions",
            "/zoo/double.py draws no hidden cases",
            "no right answers to 'double': write them into ",
            "the section chapters/05-softmax#nowhere doesn't exist: there is no (nowhere)= in ",
            "/zoo/double.py: the section chapters/99-zoo#cages doesn't exist",
            "no notebook asks for double",
            "no cell 'double_visible'",
            "no cell 'double_hidden'",
        ],
        strict=True,
    ):
        assert expected in sentence
    assert "grader/answers/zoo/double.py" in said[3]


def test_file_without_right_answers_is_named(planted, monkeypatch, tmp_path):
    catalogue = planted({"zoo/double.py": DOUBLE})
    monkeypatch.setattr(grader.answers, "EXERCISES", catalogue)
    monkeypatch.setattr(grader.answers, "__path__", [str(tmp_path / "answers")])
    file = tmp_path / "answers" / "zoo" / "double.py"
    file.parent.mkdir(parents=True)
    file.write_text("def twice(x):\n    return x + x\n")
    with pytest.raises(
        ValueError, match=r"answers/zoo/double\.py lists no right answers: it must have ANS"
    ):
        grader.answers.answers_to("double")
    file.write_text(file.read_text() + "\nANSWERS = (twice,)\n")
    monkeypatch.delitem(sys.modules, "grader.answers.zoo.double")
    importlib.invalidate_caches()
    (twice,) = grader.answers.answers_to("double")
    assert twice(2) == 4
    least = LEAST_ANSWERS[False]
    assert f"double has too few right answers: 1 of at least {least}" in lacks(
        "double", catalogue=catalogue
    )


def test_solution_cell_whose_exercise_is_missing_is_named(tmp_path):
    text = tmp_path / "notebook.py"
    text.write_text(
        '# %% nbgrader={"grade_id": "triple", "solution": true}\n'
        '# %% nbgrader={"grade_id": "triple_visible", "points": 1}\n'
        '# %% nbgrader={"grade_id": "triple_hidden", "points": 1}\n'
        '# %% nbgrader={"grade_id": "softmax_visible", "points": 1}\n'
    )
    assert unknown_questions(text) == [f"{text}: no exercise 'triple' in attnlib/catalogue"]
