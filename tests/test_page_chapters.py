"""Fields in chapters: each runs in the page's Python, and nothing is loaded before a reader opens one."""

import io
import json
import re
import sys

import jupytext
import pytest
from conftest import CHAPTERS, ROOT
from exercise_pages import SLOW, build
from in_browser import browser, serving, started  # noqa: F401 - a fixture

from attnlib.trained.catalogue import EXPERIMENTS

sys.path.insert(0, str(ROOT / "tools" / "solve"))
from onpage import running
from solve.chapters import TAG, units

NUMBERED = [chapter for chapter in CHAPTERS if chapter.stem[:2].isdigit()]
TRAINED = re.compile(r"^```\{train-here\} (\S+)\n:steps: (\d+)\n```$", re.MULTILINE)
SMALL = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
# Small

```{code-cell} ipython3
import matplotlib.pyplot as plt
import numpy as np

factor = 3
```

```{code-cell} ipython3
plt.close()
unneeded = plt
```

```{code-cell} ipython3
:tags: [try-it]

np.arange(3) * factor
```

```{train-here} witches
:steps: 20
```
"""


def tried(chapter):
    """Return, for each field of a chapter, the cells that run when it is opened."""
    cells = [cell for cell in jupytext.read(chapter).cells if cell.cell_type == "code"]
    for place, cell in enumerate(cells):
        if TAG in cell.metadata.get("tags", ()):
            above = [
                {"kind": "above", "source": one} for each in cells[:place] for one in units(each.source)
            ]
            yield [*above, {"kind": "try", "source": cell.source}]


@pytest.fixture(scope="module")
def run(tmp_path_factory, browser):  # noqa: F811 - the fixture
    with started(tmp_path_factory.mktemp("python"), browser) as run:
        yield run


@pytest.mark.parametrize("chapter", NUMBERED, ids=lambda path: path.stem)
def test_every_chapter_has_a_cell_to_try_and_each_shows_something(chapter, run):
    fields = list(tried(chapter))
    assert fields, f"no cell of {chapter.name} has the tag {TAG}"
    for cells in fields:
        said = run(cells)
        assert said["passed"], said["text"]
        assert said["text"]


@pytest.mark.parametrize(
    ("name", "steps"),
    [(name, int(n)) for path in NUMBERED for name, n in TRAINED.findall(path.read_text())],
)
def test_what_is_trained_on_a_page_takes_the_steps_that_are_taken_here(name, steps, run):
    source = (
        "import time\nfrom attnlib.trained.catalogue import EXPERIMENTS\n"
        f"experiment = EXPERIMENTS[{name!r}]\nexperiment.train(steps=1)\n"
        "print(*experiment.train(steps=3).losses)"
    )
    losses = [float(loss) for loss in run([{"kind": "try", "source": source}])["text"].split()]
    assert losses == pytest.approx(EXPERIMENTS[name].train(steps=3).losses, rel=1e-4)
    assert 0 < steps <= EXPERIMENTS[name].steps


def test_each_loss_is_told_while_a_model_is_trained(monkeypatch):
    source = (
        "from attnlib.trained import witches\nlosses = witches.EXPERIMENT.train(steps=4).losses\nlosses"
    )
    request = {"cells": [{"kind": "try", "source": source}], "train": True}
    told = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", told)
    said = json.loads(running.run(json.dumps(request)))
    assert f"[{', '.join(told.getvalue().split())}]" == said["text"]


@pytest.fixture(scope="module")
def page(tmp_path_factory, browser):  # noqa: F811 - the fixture
    """Return a small chapter's page, with what it has asked for."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "chapters").mkdir()
    (folder / "chapters" / "small.md").write_text(SMALL)
    with serving(build(folder)) as address:
        page = browser.new_page()
        page.set_default_timeout(SLOW)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/chapters/small.html")
        yield page, asked, address


def test_a_reader_tries_a_cell_and_trains_a_model_and_nothing_is_loaded_before(page):
    page, asked, address = page
    assert [url for url in asked if re.search(r"solve/(?!chapter\.)", url)] == []

    field = page.locator("[data-try]")
    field.locator("summary").click()
    field.get_by_role("button", name="Run").click()
    field.locator("pre").wait_for()
    assert field.locator("pre").inner_text() == "array([0, 3, 6])"

    field = page.locator("[data-train]")
    field.locator("summary").click()
    field.get_by_role("button", name="Train").click()
    field.locator("pre").wait_for()
    assert re.fullmatch(
        r"The loss went from \d\.\d\d to \d\.\d\d in 20 steps\.", field.locator("pre").inner_text()
    )
    drawn = field.locator("svg")
    assert drawn.get_attribute("aria-label") == field.locator("pre").inner_text()
    assert len(drawn.locator("polyline").get_attribute("points").split()) == 20
    assert [url for url in asked if not url.startswith((address, "blob:", "data:"))] == []


def test_a_training_can_be_stopped_also_while_python_is_loaded(page):
    page, _, _ = page
    field = page.locator("[data-train]")
    if not field.evaluate("details => details.open"):
        field.locator("summary").click()
    content = field.locator(".cm-content")
    content.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        "from attnlib.trained import witches\nwhile True: witches.EXPERIMENT.train(steps=9)"
    )
    field.get_by_role("button", name="Train").click()
    field.locator("svg").wait_for()
    field.get_by_role("button", name="Stop").click()
    field.locator("pre").get_by_text("Stopped.").wait_for()
    assert field.get_by_role("button", name="Train").is_enabled()
    field.get_by_role("button", name="Train").click()
    field.get_by_role("button", name="Stop").click()
    field.locator("pre").get_by_text("Stopped.").wait_for()
    assert field.get_by_role("button", name="Train").is_enabled()
