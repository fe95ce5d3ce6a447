"""The Python of the exercises' pages, in Chromium and without a page around it."""

import contextlib
import json
import sys

import pytest
from browser import chromium
from conftest import ROOT
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(ROOT / "tools"))
from bench_site import serving
from solve import assets

CACHE = ROOT / "_build" / "solve"
START = """async () => {
  const { worker: script, start } = await (await fetch("python.json")).json();
  const worker = new Worker(script);
  window.ask = (message) => new Promise((done, failed) => {
    worker.onmessage = ({ data }) => {
      if (data.reply) done(data.reply);
      else if (data.ended) failed(new Error(data.ended));
    };
    worker.onerror = (event) => failed(new Error(event.message));
    worker.postMessage(message);
  });
  await window.ask({ start });
}"""


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield chromium(playwright)


@contextlib.contextmanager
def started(folder, browser):
    """Start the packed Python; yield a function that runs requests in it, one after the other."""
    assets.write_python(folder, CACHE)
    (folder / "index.html").write_text("<!doctype html><title>Python</title>")
    with serving(folder) as address:
        page = browser.new_page()
        page.goto(f"{address}/index.html")
        page.evaluate(START)
        ask = "(request) => window.ask({ request })"
        yield lambda cells: page.evaluate(ask, json.dumps({"cells": cells}))
        page.close()
