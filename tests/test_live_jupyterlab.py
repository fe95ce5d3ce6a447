"""In JupyterLab a live figure and its Python object have one state."""

import contextlib
import json
import re

import nbformat
from browser import chromium, jupyter_lab
from playwright.sync_api import expect, sync_playwright

from attnlib.live import FIGURES, Bugs

ONE = (
    "from attnlib.live import Spotlight\nfigure = Spotlight()\nfigure",
    "figure.query = 2",
    'print("Python has", figure.query, figure.mode)',
)
EVERY = (
    """
import json

from IPython.display import display

from attnlib.live import FIGURES

shown = [figure() for figure in FIGURES]
first = [figure.state() for figure in shown]
display(*shown)
""",
    """
def changed():
    return [
        {name: value for name, value in was.items() if getattr(figure, name) != value}
        for figure, was in zip(shown, first, strict=True)
    ]


print(json.dumps({figure.script: sorted(was) for figure, was in zip(FIGURES, changed(), strict=True)}))
""",
    """
for figure, was in zip(shown, changed(), strict=True):
    for name, value in was.items():
        setattr(figure, name, value)
shown[-1].day = 20261121
""",
)
STOPS = "input[type=radio]:checked, input[type=range], button"
#: What a reader sees of the state: what is said, what is chosen, and what is pressed.
LOOK = """(el) => JSON.stringify([
  ...[...el.querySelectorAll(".live-text, .bugs-head")].map((text) => text.innerText),
  ...[...el.querySelectorAll("input")].map(({ checked, value }) => [checked, value]),
  ...[...el.querySelectorAll("[aria-pressed]")].map((button) => button.ariaPressed),
])"""


@contextlib.contextmanager
def notebook(folder, sources):
    """Open a notebook in JupyterLab and yield its cells and a function that runs one.

    At the end no other host was asked for anything, and the browser has complained of nothing.
    """
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "live.ipynb")
    asked, failed = [], []
    with jupyter_lab(folder, folder) as address, sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(f"{address}/lab/tree/live.ipynb")
        cells = page.locator(".jp-Notebook .jp-CodeCell")
        expect(cells).to_have_count(len(sources), timeout=60_000)
        indicator = page.locator(".jp-Notebook-ExecutionIndicator")
        expect(indicator).to_have_attribute("data-status", "idle", timeout=60_000)

        def run(place, seconds=60):
            """Run a cell; JupyterLab drops the key where it isn't ready yet."""
            prompt = cells.nth(place).locator(".jp-InputPrompt")
            for _ in range(12):
                cells.nth(place).locator(".cm-content").press("Control+Enter")
                with contextlib.suppress(AssertionError):
                    expect(prompt).to_have_text(re.compile(r"\[(\d+|\*)\]:"), timeout=5_000)
                    break
            expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=1000 * seconds)

        yield cells, run
        browser.close()
    allowed = (address, "ws" + address[4:], "data:", "blob:")
    assert [url for url in asked if not url.startswith(allowed)] == []
    assert failed == []


def test_state_goes_both_ways(tmp_path):
    with notebook(tmp_path, ONE) as (cells, run):
        run(0)
        live = cells.nth(0).locator(".live-body")
        expect(live.locator(".live-text")).to_contain_text("Asking: Macbeth", timeout=60_000)
        run(1)
        expect(live.locator(".live-text")).to_contain_text("Asking: Banquo", timeout=60_000)
        live.get_by_label("the Witches").check(force=True)
        live.get_by_label("powers of e").check(force=True)
        run(2)
        expect(cells.nth(2).locator(".jp-OutputArea")).to_contain_text(
            "Python has 3 standard", timeout=60_000
        )


def test_every_figure_draws_answers_keys_and_follows_python(tmp_path):
    with notebook(tmp_path, EVERY) as (cells, run):
        run(0, seconds=300)  # the exhibits are made anew
        output = cells.nth(0).locator(".jp-OutputArea").first
        expect(output.locator(".live-body")).to_have_count(len(FIGURES), timeout=60_000)
        looks = []
        for i, figure in enumerate(FIGURES):
            live = output.locator(".live-body").nth(i)
            live.scroll_into_view_if_needed()
            expect(live.locator(".live-text").first, figure.script).not_to_be_empty(timeout=30_000)
            looks.append(live.evaluate(LOOK))
            assert _a_key_changes(live, looks[-1]), f"no key changes {figure.script}"
        run(1)
        told = cells.nth(1).locator(".jp-OutputArea-output")
        expect(told).to_contain_text("}")
        changed = json.loads(told.inner_text())
        assert [name for name, traits in changed.items() if not traits] == [Bugs.script]  # a game has none
        run(2)
        for i, (figure, look) in enumerate(zip(FIGURES, looks, strict=True)):
            live = output.locator(".live-body").nth(i)
            if figure is Bugs:
                expect(live.locator(".bugs-head")).to_have_text("21 November 2026")
            else:
                live.page.wait_for_function(
                    f"([el, look]) => ({LOOK})(el) === look", arg=[live.element_handle(), look]
                )


def _a_key_changes(live, look):
    for stop in live.locator(STOPS).all()[:3]:
        for key in ("ArrowRight", "ArrowLeft", "Enter"):
            stop.press(key)
            live.page.wait_for_timeout(200)
            if live.evaluate(LOOK) != look:
                return True
    return False
