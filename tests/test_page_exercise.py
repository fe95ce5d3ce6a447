"""An exercise is solved on its page: what is typed is kept, and what goes wrong is said."""

import json
import re

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import ROOT
from exercise_pages import OWN, address, browser, pages, reader  # noqa: F401 - fixtures

from grader.notebook.cells import answers_of, grade_id_of, is_answer
from grader.notebook.percent import read_solution

RIGHT = answers_of(read_solution(ROOT / "solutions" / "05-softmax" / "05-softmax.py"))
BLANK = {
    grade_id_of(cell): cell.source for cell in nbformat.reads(OWN, as_version=4).cells if grade_id_of(cell)
}
AA = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "preload": False}
ENDLESS = "while True:\n    pass"
#: Has the page note when a worker is told to start Python, and when one is ended.
NOTE_WORKERS = """() => {
  const { postMessage, terminate } = Worker.prototype;
  globalThis.noted = [];
  Worker.prototype.postMessage = function (message) {
    if (message.start) noted.push("started");
    postMessage.call(this, message);
  };
  Worker.prototype.terminate = function () {
    noted.push("ended");
    terminate.call(this);
  };
}"""


def test_a_right_answer_passes_and_a_wrong_one_is_named_with_a_link(reader):  # noqa: F811
    reader.write("softmax", RIGHT["softmax"])
    assert reader.check("softmax") == ("softmax: 13 checks passed", True)
    assert "More inputs are tried" in reader.place("softmax").inner_text()
    reader.write("softmax", "def softmax(x, axis=-1, *, temperature=1.0):\n    return x")
    said, right = reader.check("softmax")
    assert not right
    assert said.startswith("CheckFailed: softmax: ")
    link = reader.place("softmax").locator(".solve-said a")
    assert link.get_attribute("href").startswith(f"{reader.address}/chapters/05-softmax.html#")
    assert reader.errors == []


def test_a_check_uses_the_answers_above_that_it_names_and_no_others(reader):  # noqa: F811
    reader.write("softmax_by_hand", "this is no Python")
    reader.write("softmax", RIGHT["softmax"])
    assert reader.check("softmax")[1]
    reader.write(
        "entropy", "def entropy(weights, axis=-1):\n    return softmax(weights).sum(axis) * nothing"
    )
    assert "name 'nothing' is not defined" in reader.check("entropy")[0]
    reader.write("softmax", "softmax = undefined")
    said, _ = reader.check("entropy")
    assert said.startswith(
        "Your answer to softmax, which this one uses, stopped: NameError: name 'undefined'"
    )


def test_a_line_is_tried_after_the_answer(reader):  # noqa: F811
    reader.write("softmax", "def softmax(x):\n    return x * 2")
    assert reader.attempt("softmax", "softmax(np.array([1.0, 2.0]))") == "array([2., 4.])"
    assert reader.attempt("softmax", "x = 1") == "Nothing was printed."
    assert "ZeroDivisionError" in reader.attempt("softmax", "1 / 0")


def test_what_a_run_changes_in_modules_is_gone_in_the_next(reader):  # noqa: F811
    spoilt = "np.exp = None\nimport builtins\nbuiltins.len = None\nnp.random.seed = 3\nmine = 1\n"
    assert reader.attempt("softmax", spoilt.replace("\n", "; ").rstrip("; ")) == "Nothing was printed."
    said = reader.attempt("softmax", "np.exp(0.0), len([]), callable(np.random.seed), 'mine' in globals()")
    assert said == "(1.0, 0, True, False)"


BAD_LINES = {
    "print('x' * 10**6)": "characters more",
    "(lambda f: f(f))(lambda f: f(f))": "RecursionError",
    "np.ones((40_000, 40_000)).sum()": "ValueError: array is too big",
    "[np.zeros(2 * 10**8) for _ in range(9)]": "Unable to allocate",
    "exit()": "SystemExit",
    "input()": "EOFError",
    "1 +": "SyntaxError",
    "import os; os._exit(1)": "Your code has ended Python itself",
    "kept + 1": "2",
}


def test_what_goes_wrong_is_said_and_python_goes_on(reader):  # noqa: F811
    reader.write("softmax", "kept = 1")
    said = {line: reader.attempt("softmax", line) for line in BAD_LINES}
    assert {line: text for line, text in said.items() if BAD_LINES[line] not in text} == {}
    assert max(map(len, said.values())) < 30_000
    assert reader.read("softmax") == "kept = 1"
    assert reader.errors == []


def test_an_endless_loop_is_stopped_and_another_python_stands_ready(reader):  # noqa: F811
    reader.page.evaluate(NOTE_WORKERS)
    reader.write("softmax", ENDLESS)
    said, right = reader.check("softmax")
    assert "Stopped after 10 seconds" in said
    assert not right
    assert reader.page.evaluate("noted") == ["started", "started", "ended"]
    reader.write("softmax", RIGHT["softmax"])
    assert reader.check("softmax")[1]
    assert reader.page.evaluate("noted") == ["started", "started", "ended"]


def test_runs_wait_for_one_another(reader):  # noqa: F811
    reader.write("softmax", RIGHT["softmax"])
    reader.write("entropy", RIGHT["entropy"])
    for name in ("softmax", "entropy"):
        reader.place(name).get_by_role("button", name="Check", exact=True).click()
    for name in ("softmax", "entropy"):
        reader.place(name).locator(".solve-right").wait_for()


def test_typing_is_kept_at_each_key_and_what_passed_is_done_after_a_reload(reader):  # noqa: F811
    reader.field("softmax").click()
    reader.page.keyboard.press("Control+End")
    reader.page.keyboard.type("#")
    reader.page.reload()
    assert reader.read("softmax") == BLANK["softmax"] + "#"
    reader.write("softmax_by_hand", RIGHT["softmax_by_hand"])
    assert reader.check("softmax_by_hand")[1]
    reader.write("saturation", "In words.")
    assert reader.part("count").inner_text() == "2 of 5 done"
    reader.page.reload()
    assert reader.part("count").inner_text() == "2 of 5 done"
    reader.write("softmax_by_hand", "softmax_by_hand = 1")
    assert reader.part("count").inner_text() == "1 of 5 done"


def test_start_again_can_be_taken_back(reader):  # noqa: F811
    reader.write("softmax", "mine = 1")
    place = reader.place("softmax")
    place.get_by_role("button", name="Start again").click()
    assert reader.read("softmax") == BLANK["softmax"]
    place.get_by_role("button", name="Bring back").click()
    assert reader.read("softmax") == "mine = 1"
    reader.page.reload()
    assert reader.read("softmax") == "mine = 1"


def test_two_windows_on_one_exercise_show_the_same(reader):  # noqa: F811
    other = reader.open()
    reader.write("softmax", "from_one = 1")
    reader.place("softmax", other).get_by_text("changed in another window").wait_for()
    assert reader.read("softmax", other) == "from_one = 1"
    reader.write("softmax", "from_the_other = 2", other)
    reader.place("softmax").get_by_text("changed in another window").wait_for()
    assert reader.read("softmax") == "from_the_other = 2"


def test_a_question_that_has_changed_says_so_and_keeps_the_answer(reader):  # noqa: F811
    reader.write("softmax", "mine = 1")
    reader.page.evaluate(
        """() => {
          for (const key of Object.keys(localStorage).filter((key) => key.endsWith(" softmax")))
            localStorage[key] = localStorage[key].replace(/"asked":"[^"]*"/, '"asked":"earlier"');
        }"""
    )
    reader.page.reload()
    place = reader.place("softmax")
    place.get_by_text("The question has changed since you wrote this").wait_for()
    assert reader.read("softmax") == "mine = 1"
    place.get_by_role("button", name="It still fits").click()
    reader.page.reload()
    assert reader.read("softmax") == "mine = 1"
    assert "has changed" not in reader.place("softmax").inner_text()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (
            "Object.defineProperty(window, 'localStorage', "
            "{ get() { throw new DOMException('', 'SecurityError') } })",
            "is forbidden",
        ),
        (
            "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }",
            "is full",
        ),
    ],
)
def test_a_browser_that_keeps_nothing_is_told_of_and_loses_nothing_while_it_is_open(reader, spoil, says):  # noqa: F811
    reader.context.add_init_script(spoil)
    reader.page.reload()
    reader.write("softmax", RIGHT["softmax"])
    assert says in reader.news()
    assert reader.check("softmax")[1]
    _, text = reader.download()
    assert RIGHT["softmax"] in {cell.source for cell in nbformat.reads(text, as_version=4).cells}


def test_what_is_handed_in_is_the_released_notebook_with_the_answers(reader):  # noqa: F811
    name, text = reader.download()
    assert (name, text) == ("05-softmax.ipynb", OWN)
    reader.write("softmax", RIGHT["softmax"])
    reader.write("saturation", "Zwölf <b>\n$x$")
    _, text = reader.download()
    expected = nbformat.reads(OWN, as_version=4)
    for cell in expected.cells:
        if grade_id_of(cell) == "softmax":
            cell.source = RIGHT["softmax"]
        if grade_id_of(cell) == "saturation":
            cell.source = "Zwölf <b>\n$x$"
    assert nbformat.reads(text, as_version=4) == expected
    assert text == nbformat.writes(expected) + "\n"


def test_a_notebook_is_taken_back_in(reader):  # noqa: F811
    reader.write("entropy", "before = 1")
    given = nbformat.reads(OWN, as_version=4)
    for cell in given.cells:
        if grade_id_of(cell) in ("softmax", "entropy"):
            cell.source = RIGHT[grade_id_of(cell)]
    given.cells.insert(3, nbformat.v4.new_code_cell("a cell of my own"))
    assert (
        reader.load("mine.ipynb", nbformat.writes(given)) == "mine.ipynb has answers to 2 of 5 questions."
    )
    assert reader.check("softmax")[1]
    assert reader.read("entropy") == RIGHT["entropy"]
    reader.place("entropy").get_by_role("button", name="Bring back").click()
    assert reader.read("entropy") == "before = 1"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no JSON", "is no notebook"),
        ("[1, 2]", "is no notebook"),
        ('{"cells": 3}', "is no notebook"),
        ('{"cells": [null, 3, {"source": null}]}', "not of this exercise"),
        (
            json.dumps({"cells": [{"source": "x", "metadata": {"nbgrader": {"grade_id": "other"}}}]}),
            "not of this",
        ),
        ("x" * 5_000_001, "too large"),
    ],
)
def test_a_file_that_is_no_notebook_of_this_exercise_changes_nothing(reader, content, says):  # noqa: F811
    reader.write("softmax", "mine = 1")
    assert says in reader.load("odd.ipynb", content)
    assert reader.read("softmax") == "mine = 1"
    assert reader.errors == []


def test_check_all_counts_and_leads_to_the_first_that_fails(reader):  # noqa: F811
    reader.part("all").click()
    assert reader.news() == "No question is answered yet."
    reader.write("softmax", RIGHT["softmax"])
    reader.write("entropy", "def entropy(weights, axis=-1):\n    return 0")
    reader.part("all").click()
    reader.part("news").get_by_text("1 of 2 answers pass.").wait_for()
    reader.part("news").get_by_role("button").click()
    label = reader.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label == "Your answer: 3 · How sharp is the attention?"


def test_without_the_editor_the_plain_field_indents_and_can_be_left(reader):  # noqa: F811
    reader.context.route("**/editor.*.js", lambda route: route.abort())
    reader.page.reload()
    area = reader.place("softmax").locator("textarea")
    area.click()
    keyboard = reader.page.keyboard
    keyboard.press("Control+a")
    keyboard.type("def f(x):\nreturn x\n")
    keyboard.press("Tab")
    assert area.input_value() == "def f(x):\n    return x\n        "
    keyboard.press("Escape")
    keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.textContent") == "Check"
    reader.page.reload()
    assert area.input_value() == "def f(x):\n    return x\n        "


def test_a_page_from_the_disk_says_that_it_cannot_run_python_and_keeps_the_rest(browser, pages):  # noqa: F811
    page = browser.new_page()
    page.goto((pages / "exercises/05-softmax/05-softmax.html").as_uri())
    news = page.locator('[data-solve="news"]')
    assert "opened from the disk can’t run Python" in news.inner_text()
    assert news.locator("a").get_attribute("href").endswith("students/spotlight-students.zip")
    place = page.locator('[data-question="softmax"]')
    place.get_by_role("button", name="Check", exact=True).click()
    place.locator(".solve-wrong").wait_for()
    page.close()


def test_a_browser_without_webassembly_is_told_so(reader):  # noqa: F811
    reader.context.add_init_script("delete globalThis.WebAssembly")
    reader.page.reload()
    assert "it has no WebAssembly" in reader.news()


def test_a_page_without_scripts_shows_the_questions_and_another_way(browser, address):  # noqa: F811
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/exercises/05-softmax/05-softmax.html")
    assert page.locator("article noscript p").is_visible()
    assert not page.locator("[data-solve-bar]").is_visible()
    assert page.get_by_text("YOUR CODE HERE").first.is_visible()
    context.close()


def test_python_that_cannot_be_fetched_is_said_and_asked_for_again(reader):  # noqa: F811
    reader.context.route("**/python.json", lambda route: route.abort())
    said, _ = reader.check("softmax")
    assert "Python could not be started" in said
    reader.context.unroute("**/python.json")
    assert reader.check("softmax")[0] == "CheckFailed: softmax: not answered yet."


def test_nothing_is_asked_of_another_host_and_axe_finds_no_barrier_after_a_verdict(reader):  # noqa: F811
    asked = []
    reader.context.on("request", lambda request: asked.append(request.url))
    reader.write("softmax", RIGHT["softmax"])
    reader.check("softmax")
    reader.check("entropy")
    reader.attempt("softmax", "softmax(np.ones(2))")
    assert [url for url in asked if not url.startswith((reader.address, "blob:", "data:"))] == []
    for theme in ("light", "dark"):
        reader.page.evaluate("(theme) => document.documentElement.dataset.theme = theme", theme)
        reader.page.wait_for_timeout(500)
        found = Axe().run(reader.page, options=AA).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


def test_every_exercise_has_a_field_for_each_answer_and_says_how_it_works_there(pages):  # noqa: F811
    for notebook in sorted(ROOT.glob("exercises/*/*.ipynb")):
        page = (pages / notebook.relative_to(ROOT).with_suffix(".html")).read_text("utf-8")
        soup = BeautifulSoup(page, "html.parser")
        fields = [
            place.get("data-question") or place.get("data-essay")
            for place in soup.select("[data-question], [data-essay]")
        ]
        cells = nbformat.read(notebook, as_version=4).cells
        assert fields == [grade_id_of(cell) for cell in cells if is_answer(cell)]
        assert len(soup.select("[data-solve-bar]")) == 1
        text = soup.article.get_text(" ")
        assert "press Check" in " ".join(text.split())
        assert "Restart the kernel" not in text
        assert soup.find("meta", attrs={"name": "description"})["content"]


def test_a_cell_with_numbers_to_work_with_can_be_run(reader):  # noqa: F811
    page = reader.open("exercises/06-by-hand/06-by-hand.html")
    place = page.locator("[data-setup]").filter(has=page.get_by_role("button", name="Run"))
    place.first.get_by_role("button", name="Run").click()
    place.first.locator(".solve-said pre").wait_for()
    assert re.search(r"\d", place.first.locator(".solve-said pre").inner_text())
