"""In JupyterLab a live figure and its Python object have one state."""

import contextlib
import re

import nbformat
import pytest
from browser import chromium, jupyter_lab
from playwright.sync_api import expect, sync_playwright

CELLS = (
    "from attnlib.live import Spotlight\nfigure = Spotlight()\nfigure",
    "figure.query = 2",
    'print("Python has", figure.query, figure.mode)',
)


@pytest.fixture
def lab(tmp_path):
    """Start JupyterLab on a folder with one notebook and return the notebook's address."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), tmp_path / "live.ipynb")
    with jupyter_lab(tmp_path, tmp_path) as address:
        yield f"{address}/lab/tree/live.ipynb"


def test_state_goes_both_ways(lab):
    host = lab.partition("/lab/")[0]
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(lab)
        cells = page.locator(".jp-Notebook .jp-CodeCell")
        expect(cells).to_have_count(len(CELLS), timeout=60_000)

        indicator = page.locator(".jp-Notebook-ExecutionIndicator")
        expect(indicator).to_have_attribute("data-status", "idle", timeout=60_000)

        def run(place):
            """Run a cell; JupyterLab drops the key where it isn't ready yet."""
            prompt = cells.nth(place).locator(".jp-InputPrompt")
            for _ in range(12):
                cells.nth(place).locator(".cm-content").press("Control+Enter")
                with contextlib.suppress(AssertionError):
                    expect(prompt).to_have_text(re.compile(r"\[(\d+|\*)\]:"), timeout=5_000)
                    break
            expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)

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
        browser.close()
    assert [url for url in asked if not url.startswith((host, "ws" + host[4:], "data:", "blob:"))] == []
