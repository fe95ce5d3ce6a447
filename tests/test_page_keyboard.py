"""An exercise is solved from the first key to full marks: by keyboard alone, and graded in both ways.

In Firefox the same keys lead to the same notebook. It is driven by WebDriver BiDi: Playwright knows no
Firefox but its own.
"""

import json
import os
import re
import shutil
import sqlite3
from contextlib import closing

import pytest
from browser import chromium
from conftest import ROOT, points_of, run
from exercise_pages import address, pages  # noqa: F401 - fixtures
from playwright.sync_api import sync_playwright

from grader.course import nbgrader_options

ASSIGNMENT = "05-softmax"
# As typed: the editor indents by itself
TYPED = {
    "softmax_by_hand": "softmax_by_hand = [3 / 16, 1 / 16, 9 / 16, 3 / 16]",
    "softmax": """\
def softmax(x, axis=-1, *, temperature=1.0):
scaled = x / temperature
powers = np.exp(scaled - scaled.max(axis=axis, keepdims=True))
return powers / powers.sum(axis=axis, keepdims=True)""",
    "entropy": """\
def entropy(weights, axis=-1):
positive = np.where(weights > 0, weights, 1.0)
return -np.sum(weights * np.log(positive), axis=axis)""",
    "softmax_jacobian": """\
def softmax_jacobian(weights):
n = weights.shape[-1]
return weights[..., :, None] * (np.eye(n) - weights[..., None, :])""",
    "saturation": "The softmax gives the largest score all the weight, and its derivative is 0.",
}
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
FOCUSED = """() => {
  const { activeElement: at } = document;
  return at.getAttribute("aria-label") ?? at.textContent;
}"""
MOST_TABS = 300


class Keys:
    """A reader's keys, and where they have led."""

    def __init__(self, page):
        self.page, self.press = page, page.keyboard.press

    def go(self, words):
        """Press Tab until what has the focus is called so."""
        for _ in range(MOST_TABS):
            self.press("Tab")
            if re.search(words, self.page.evaluate(FOCUSED)):
                self.page.wait_for_timeout(300)  # a field that comes near may become the editor
                return
        pytest.fail(f"no key leads to {words!r}")

    def type(self, text):
        self.press("Control+a")
        self.page.keyboard.type(text)
        self.press("Escape")


def marks(root):
    query = """select base_cell.name, auto_score from grade
        join base_cell on base_cell.id = grade.cell_id where base_cell.name != 'saturation'"""
    with closing(sqlite3.connect(root / "gradebook.db")) as records:
        return dict(records.execute(query).fetchall())


def solve_by_keyboard(page):
    """Solve the exercise as it stands there and return the notebook that is handed in."""
    keys = Keys(page)
    for name, text in TYPED.items():
        place = page.locator(f'[data-question="{name}"], [data-essay="{name}"]')
        keys.go("^Your answer")
        assert place.evaluate("place => place.contains(document.activeElement)")
        keys.type(text)
        if name != "saturation":
            keys.go("^Check$")
            keys.press("Enter")
            place.locator(".solve-right").wait_for()
    assert page.locator('[data-solve="count"]').inner_text() == "5 of 5 done"
    keys.go("^top of this page$")
    keys.press("Enter")
    keys.go("^Check all$")
    keys.press("Enter")
    page.locator('[data-solve="news"]').get_by_text("4 of 4 answers pass.").wait_for()
    with page.expect_download() as found:
        keys.go("^Download to hand in$")
        keys.press("Enter")
    return found.value


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory, address):  # noqa: F811

    with sync_playwright() as playwright:
        page = chromium(playwright).new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{address}/exercises/{ASSIGNMENT}/{ASSIGNMENT}.html")
        file = tmp_path_factory.mktemp("handed-in") / f"{ASSIGNMENT}.ipynb"
        solve_by_keyboard(page).save_as(file)
    return file


@pytest.mark.parametrize("command", [["nbgrader", "autograde"], ["python", "-m", "grader", "autograde"]])
def test_what_was_solved_by_keyboard_gets_full_marks(handed_in, tmp_path, command):
    options = nbgrader_options(tmp_path)
    run("nbgrader", "generate_assignment", ASSIGNMENT, *options)
    folder = tmp_path / "submitted" / "reader" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / handed_in.name).write_bytes(handed_in.read_bytes())
    if command[0] == "nbgrader":
        run(*command, ASSIGNMENT, *options)
    else:
        run(*command, ASSIGNMENT, f"--root={tmp_path}")
    full = points_of(ASSIGNMENT)
    assert marks(tmp_path) == {name: points for name, points in full.items() if name != "saturation"}


def test_in_firefox_the_same_keys_lead_to_the_same_notebook(handed_in, address):  # noqa: F811
    if FIREFOX is None:
        says = "no Firefox: apt-get install firefox-esr"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(says)
    page = f"{address}/exercises/{ASSIGNMENT}/{ASSIGNMENT}.html"
    text = run(
        *(
            "deno",
            "run",
            "--allow-all",
            "--quiet",
            "--frozen",
            "solve.js",
            FIREFOX,
            page,
            json.dumps(TYPED),
        ),
        cwd=ROOT / "tests" / "firefox",
        DENO_DIR=str(ROOT / "_build" / ".deno"),
    )
    assert text[text.index("{") :].rstrip("\n") == handed_in.read_text("utf-8").rstrip("\n")
