"""The book builds with warnings as errors, and its pages hold what a reader needs."""

import subprocess
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from bs4 import BeautifulSoup
from conftest import BIN, ROOT

CHAPTERS = sorted(ROOT.glob("chapters/*.md"))
RUN = [chapter for chapter in CHAPTERS if "{code-cell}" in chapter.read_text("utf-8")]
SOFTMAX_SECTIONS = ["normalise", "axis", "shift", "temperature", "entropy", "jacobian", "hard"]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Build the book into a new folder and return the folder of its pages."""
    target = tmp_path_factory.mktemp("book")
    command = [BIN / "jupyter-book", "build", "-W", "-n", "--keep-going"]
    done = subprocess.run(
        [*command, "--path-output", target, ROOT], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return target / "_build" / "html"


@pytest.fixture(scope="session")
def pages(site):
    """Return every page that was built, parsed, by its path."""
    paths = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)
    return {path: BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in paths}


@pytest.fixture
def page(site, pages):
    """Return a function that finds the page of a chapter."""
    return lambda chapter: pages[site / "chapters" / f"{chapter.stem}.html"]


def test_every_chapter_is_in_the_table_of_contents(site):
    assert CHAPTERS
    for chapter in CHAPTERS:
        assert (site / "chapters" / f"{chapter.stem}.html").is_file(), chapter


@pytest.mark.parametrize("chapter", RUN, ids=lambda path: path.stem)
def test_chapter_was_executed(chapter, page):
    assert page(chapter).select(".cell_output")
    assert not page(chapter).select(".cell_output .stderr")


@pytest.mark.parametrize("section", SOFTMAX_SECTIONS)
def test_section_that_messages_link_to_exists(section, site, pages):
    chapter = pages[site / "chapters" / "05-softmax.html"]
    assert chapter.find(id=f"softmax-{section}")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_page_has_a_title_and_a_description(chapter, page):
    assert page(chapter).title.text.strip()
    description = page(chapter).find("meta", attrs={"name": "description"})
    assert description is not None
    assert 30 < len(description["content"]) < 300


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_picture_has_alternative_text(chapter, page):
    missing = [image["src"] for image in page(chapter).select("img") if not image.get("alt", "").strip()]
    assert missing == []


@pytest.mark.parametrize("chapter", RUN, ids=lambda path: path.stem)
def test_every_figure_of_a_cell_has_a_caption(chapter, page):
    images = page(chapter).select(".cell_output img")
    source = chapter.read_text("utf-8")
    assert len(images) == source.count("  figure:\n")
    for image in images:
        assert image.find_parent("figure").figcaption.text.strip()


@pytest.mark.parametrize(
    "chapter", [path for path in CHAPTERS if path.stem[:2].isdigit()], ids=lambda path: path.stem
)
def test_chapter_has_a_quiz_and_links_to_an_exercise(chapter, page):
    assert page(chapter).select(".quiz details.quiz-answer")
    assert page(chapter).select('article a[href^="../exercises/"]')


def test_reference_to_an_equation_says_the_number_that_stands_beside_it(pages):
    references = [
        (page, reference)
        for page in pages.values()
        for reference in page.select('a.reference.internal[href^="#equation-"]')
    ]
    assert references
    for page, reference in references:
        beside = page.find(id=unquote(reference["href"][1:])).select_one(".eqno")
        assert reference.text == beside.find(string=True)


def test_internal_links_resolve(pages):
    broken = []
    for path, page in pages.items():
        for link in page.select("a[href]"):
            address, anchor = urldefrag(link["href"])
            if urlsplit(address).scheme:
                continue
            target = (path.parent / unquote(address)).resolve() if address else path
            there = pages.get(target)
            if not target.exists() or (anchor and there and not there.find(id=unquote(anchor))):
                broken.append((path.name, link["href"]))
    assert broken == []


def test_nothing_is_loaded_from_another_host(pages):
    outside = [
        (path.name, address)
        for path, page in pages.items()
        for element in page.select("script[src], img[src], link[rel=stylesheet], link[rel=preload]")
        if urlsplit(address := element.get("src") or element.get("href")).netloc
    ]
    assert outside == []
