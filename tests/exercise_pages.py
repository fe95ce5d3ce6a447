"""The pages of the exercises by themselves, quickly built; and what a reader does on one."""

import shutil
import tempfile
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, run
from in_browser import browser, serving  # noqa: F401 - a fixture

PAGE = "exercises/05-softmax/05-softmax.html"
SLOW = 60_000  # milliseconds that Python may take to start on a busy machine
NOT_NEEDED = ("sphinx_card", "sphinx_students", "sphinx_worksheet")
OWN = (ROOT / "exercises" / "05-softmax" / "05-softmax.ipynb").read_text("utf-8")


def build(folder):
    """Build the exercises' pages, the guide that they link to and chapters that lie in the folder.

    Returns
    -------
    pathlib.Path
        The folder of the site.
    """
    for name in ("attnlib", "tools", "references.bib"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "exercises", folder / "exercises")
    shutil.copytree(ROOT / "chapters" / "_static", folder / "chapters" / "_static")
    shutil.copytree(ROOT / "chapters" / "_extra", folder / "chapters" / "_extra")
    shutil.copy(ROOT / "chapters" / "guide-students.md", folder / "chapters")
    own = [path for path in folder.glob("chapters/*.md") if path.stem != "guide-students"]
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    for name in NOT_NEEDED:
        del settings["sphinx"]["local_extensions"][name]
    (folder / "_config.yml").write_text(yaml.safe_dump(settings))
    contents = {
        "format": "jb-book",
        "root": "chapters/guide-students",
        "chapters": [
            {"file": path.relative_to(folder).with_suffix("").as_posix()}
            for path in (*own, *sorted(folder.glob("exercises/*/*.ipynb")))
        ],
    }
    (folder / "_toc.yml").write_text(yaml.safe_dump(contents))
    run("jupyter-book", "build", folder)
    return folder / "_build" / "html"


@pytest.fixture(scope="module")
def pages():
    with tempfile.TemporaryDirectory() as folder:
        yield build(Path(folder))


@pytest.fixture(scope="module")
def address(pages):
    with serving(pages) as address:
        yield address


@pytest.fixture
def reader(browser, address):  # noqa: F811 - the fixture
    """Return a reader with a browser of their own, at the exercise's page."""
    context = browser.new_context(accept_downloads=True)
    yield Reader(context, address)
    context.close()


class Reader:
    """One who solves the exercise on its page."""

    def __init__(self, context, address, page=PAGE):
        self.context, self.address = context, address
        self.errors = []
        self.page = self.open(page)

    def open(self, name=PAGE):
        page = self.context.new_page()
        page.set_default_timeout(SLOW)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{self.address}/{name}")
        return page

    def place(self, name, page=None):
        return (page or self.page).locator(f'[data-question="{name}"], [data-essay="{name}"]')

    def field(self, name, page=None):
        """Return the field of a question, once it is the editor, or that of an essay."""
        place = self.place(name, page)
        place.scroll_into_view_if_needed()
        return place.locator(".cm-content, .solve-words").first

    def write(self, name, text, page=None):
        """Put a text in place of the answer, as pasting does."""
        self.field(name, page).click()
        keyboard = (page or self.page).keyboard
        keyboard.press("Control+a")
        keyboard.insert_text(text)

    def read(self, name, page=None):
        field = self.field(name, page)
        if "solve-words" in (field.get_attribute("class") or ""):
            return field.input_value()
        return "\n".join(field.locator(".cm-line").all_inner_texts()).replace("\u200b", "")

    def check(self, name, page=None):
        """Press the button, and return what is said then, and whether the answer is right."""
        place = self.place(name, page)
        place.locator(".solve-said").first.evaluate("said => said.replaceChildren()")
        place.get_by_role("button", name="Check", exact=True).click()
        verdict = place.locator(".solve-said > pre").first
        verdict.wait_for()
        return verdict.inner_text(), "solve-right" in verdict.get_attribute("class")

    def attempt(self, name, line):
        """Try a line after an answer, and return what it gives."""
        trying = self.place(name).locator(".solve-trying")
        if not trying.evaluate("details => details.open"):
            trying.locator("summary").click()
        trying.locator(".solve-line").fill(line)
        trying.locator(".solve-said").evaluate("said => said.replaceChildren()")
        trying.get_by_role("button", name="Run").click()
        trying.locator("pre").wait_for()
        return trying.locator("pre").inner_text()

    def part(self, name, page=None):
        return (page or self.page).locator(f'[data-solve="{name}"]')

    def news(self, page=None):
        news = self.part("news", page)
        news.filter(has_text=".").wait_for()
        return news.inner_text()

    def load(self, name, content):
        """Choose a file with a content, and return what is said of it."""
        self.part("news").evaluate("news => news.replaceChildren()")
        self.part("file").set_input_files(
            {"name": name, "mimeType": "application/json", "buffer": content.encode()}
        )
        return self.news()

    def download(self, page=None):
        """Return the notebook to hand in: its name and its text."""
        with (page or self.page).expect_download() as found:
            self.part("save", page).click()
        return found.value.suggested_filename, Path(found.value.path()).read_text("utf-8")
