"""In JupyterLab a live figure and its Python object have one state."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time
import urllib.request

import nbformat
import pytest
from conftest import BIN
from playwright.sync_api import expect, sync_playwright
from test_live import FLAGS

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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "IdentityProvider.token": "",
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.root_dir": tmp_path,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    private = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    private |= {"JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"), "HOME": str(tmp_path)}
    private |= {"JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces")}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [BIN / "jupyter-lab", *(f"--{name}={value}" for name, value in options.items())],
            env=os.environ | private,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api", server, tmp_path / "log")
        yield f"{address}/lab/tree/live.ipynb"
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(address, server, log):
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own server
                return json.load(answer)
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
    pytest.fail(log.read_text())


def test_state_goes_both_ways(lab):
    host = lab.partition("/lab/")[0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
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
