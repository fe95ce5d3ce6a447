"""The catalogue on the page: right and wrong answers get the verdicts there that they get natively."""

import inspect
import json
import sys

import pytest
from conftest import ROOT
from in_browser import browser, started  # noqa: F401 - a fixture
from questions import right_answers

from attnlib.catalogue import EXERCISES
from grader.samples.made_up import answer_source

sys.path.insert(0, str(ROOT / "tools" / "solve"))
from onpage import running

SETUP = {"kind": "setup", "source": "import numpy as np\n\nfrom attnlib import check"}
HIDDEN = (False, True)


def share(part, parts):
    """Return every so many of the exercises: files of tests are run beside each other."""
    return list(EXERCISES)[part::parts]


@pytest.fixture(scope="module")
def run(tmp_path_factory, browser):  # noqa: F811 - the fixture
    with started(tmp_path_factory.mktemp("python"), browser) as run:
        yield run


def requests(name):
    """Return the cells of every check of an exercise, with a label and whether the answer is right."""
    exercise = EXERCISES[name]
    answers = [(str(place), answer, True) for place, answer in enumerate(right_answers(name))]
    answers += [(mistake.name, mistake.answer, False) for mistake in exercise.misconceptions]
    for label, answer, is_right in answers:
        own = getattr(answer, "__name__", "<lambda>")
        if own != "<lambda>" and inspect.getsource(answer).count(own) == 1:
            source = answer_source(exercise, answer)
        else:  # a lambda, an object, what calls itself: it makes no cell without its module
            source = f"{inspect.getsource(inspect.getmodule(answer))}\n{name} = ANSWERS[{label}]\n"
        for hidden in HIDDEN:
            test = f"check({name}, {name!r}, hidden={hidden})"
            cells = [
                SETUP,
                {"kind": "answer", "name": name, "source": source},
                {"kind": "test", "name": f"{name}_test", "source": test},
            ]
            yield f"{label}, {'hidden' if hidden else 'visible'}", is_right or None, cells


def check_exercise(name, run):
    """Assert that the page says of every answer what is said natively, and passes what is right."""
    differences = []
    for label, is_right, cells in requests(name):
        there, here = run(cells), json.loads(running.run(json.dumps({"cells": cells})))
        if "partition" in cells[1]["source"]:  # what order it leaves is each processor's own
            there["text"], here["text"] = (said["text"].splitlines()[0] for said in (there, here))
        if there != here or (is_right and not there["passed"]):
            differences.append((label, there, here))
    assert differences == []
