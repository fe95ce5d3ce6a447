"""The whole book as one PDF: numbers in its contents, links that lead somewhere, answers at the end."""

import functools
import re
import shutil
import sys

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from pypdf import PdfReader

sys.path.insert(0, str(ROOT / "tools"))
import book_pdf

ON_SCREEN = ("Show code cell", "Download this notebook", "Not quite.", "Link to this heading")
MOST_EMPTY = 0.5  # of a page's height, below its last line
FIRST, EVERY = 6, 15
FOOT = 0.07  # of a page's height, where its number stands


@pytest.fixture(scope="module")
def printed(site, tmp_path_factory):
    """Return a copy of the site with its PDF."""
    copy = tmp_path_factory.mktemp("printed") / "html"
    shutil.copytree(site, copy)
    book_pdf.make(copy)
    return copy


@pytest.fixture(scope="module")
def reader(printed):
    return PdfReader(printed / book_pdf.NAME)


@pytest.fixture(scope="module")
def read(reader):
    """Return a function that reads a page: its text, and how far up its lowest line stands, as a share."""

    @functools.cache
    def read(number):
        page, heights = reader.pages[number - 1], []

        def note(text, cm, tm, *_):
            height = float(tm[4] * cm[1] + tm[5] * cm[3] + cm[5]) / float(page.mediabox.height)
            if text.strip() and height > FOOT:
                heights.append(height)

        return " ".join(page.extract_text(visitor_text=note).split()), min(heights, default=1)

    return read


@pytest.fixture(scope="module")
def some(reader):
    """Return the numbers of the pages that are looked at: reading one takes a while."""
    return range(FIRST, len(reader.pages), EVERY)


def links(reader):
    """Yield the page, and the destination or address, of every link."""
    for page in reader.pages:
        for annotation in page.get("/Annots") or ():
            link = annotation.get_object()
            if link["/Subtype"] == "/Link":
                yield page, link.get("/Dest"), link.get("/A", {}).get("/URI")


def test_contents_say_on_which_page_each_chapter_is(read):
    names = book_pdf.order(ROOT)
    listed = " ".join(read(number)[0] for number in range(2, 5))
    for name in names:
        page = BeautifulSoup((ROOT / "chapters" / f"{name}.md").read_text("utf-8"), "html.parser").text
        title = re.search(r"^# (.*)$", page, re.MULTILINE)[1]
        title = re.sub(r"\W+", ".{0,3}", title.replace("`", ""))
        number = int(re.search(rf"{title} (\d+)", listed)[1])
        assert re.search(title, read(number)[0]), (name, number)


def test_links_lead_to_places_in_the_book_or_to_the_web(reader):
    places = {name.removeprefix("/") for name in reader.named_destinations}
    inside = 0
    for _, destination, address in links(reader):
        if address is not None:
            assert address.startswith(("http:", "https:", "mailto:")), address
        else:
            inside += 1
            assert f"{destination}".removeprefix("/") in places
    assert inside > 500


def test_nothing_is_printed_that_only_a_screen_needs(read, some):
    for number in some:
        assert [words for words in ON_SCREEN if words in read(number)[0]] == []


def test_answers_stand_at_the_end(read, site, reader):
    (place,) = (at for name, at in reader.named_destinations.items() if name.strip("/") == book_pdf.ANSWERS)
    start = reader.get_destination_page_number(place) + 1
    answers = "".join(read(number)[0] for number in range(start, len(reader.pages) + 1))
    quiz = BeautifulSoup((site / "chapters" / "05-softmax.html").read_text("utf-8"), "html.parser")
    right = [one.summary.text for one in quiz.select("details.quiz-right")]
    assert len(right) >= 4
    for one in filter(str.isascii, right):
        assert re.sub(r"\W", "", one) in re.sub(r"\W", "", answers)
    assert start > 0.9 * len(reader.pages)


def test_live_figures_are_pictures_in_it(printed):
    names = book_pdf.order(ROOT)
    live = 0
    for name in names:
        article, _ = book_pdf.taken(printed / "chapters", name, names)
        assert not article.select("script, button, input")
        live += len(article.select(".live > img[src^=data]"))
    assert live >= 15


def test_no_page_is_half_empty(read, some):
    assert [number for number in some if read(number)[1] > MOST_EMPTY] == []


def test_landing_page_names_it_once_however_often_it_is_made(printed, reader):
    landing = BeautifulSoup((printed / "chapters" / "index.html").read_text("utf-8"), "html.parser")
    (line,) = landing.select(".as-pdf")
    assert (printed / "chapters" / line.a["href"]).resolve().is_file()
    assert f"{len(reader.pages)} pages" in line.text
    again = book_pdf.AFTER.sub("", (printed / "chapters" / "index.html").read_text("utf-8"), count=1)
    assert "as-pdf" not in again


def test_the_site_has_no_page_left_over(printed, site):
    assert {path.name for path in (printed / "chapters").iterdir()} == {
        path.name for path in (site / "chapters").iterdir()
    }


def test_without_a_chromium_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(book_pdf, "CHROMIUM", str(tmp_path / "chromium"))
    monkeypatch.setattr(sys, "argv", ["book_pdf.py", "--site", str(tmp_path)])
    with pytest.raises(SystemExit, match="apt-get install chromium"):
        book_pdf.main()
