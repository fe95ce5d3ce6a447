"""The book builds with warnings as errors, and its pages hold what a reader needs."""

import ast
import importlib
import json
import re
from urllib.parse import unquote, urldefrag, urlsplit

import nbformat
import pytest
from conftest import CHAPTERS, ROOT

import attnlib
from attnlib import byhand, layers
from attnlib.catalogue import EXERCISES

RUN = [chapter for chapter in CHAPTERS if "{code-cell}" in chapter.read_text("utf-8")]
NUMBERED = [chapter for chapter in CHAPTERS if chapter.stem[:2].isdigit()]
INTERVIEW = ROOT / "chapters" / "interview.md"  # the last, however many there are
LEARNING = ["autodiff", "optimise", "byhand_learning"]
LEARNING += [
    f"{part}.{path.stem}"
    for part in ("data", "models")
    for path in (ROOT / "attnlib" / part).glob("[!_]*.py")
]
SECTIONS = sorted(
    {e.section for e in EXERCISES.values()}
    | {m.section for e in EXERCISES.values() for m in e.misconceptions}
)


def test_every_chapter_is_in_the_table_of_contents(site):
    assert CHAPTERS
    for chapter in CHAPTERS:
        assert (site / "chapters" / f"{chapter.stem}.html").is_file(), chapter


@pytest.mark.parametrize("chapter", RUN, ids=lambda path: path.stem)
def test_chapter_was_executed(chapter, page):
    assert page(chapter).select(".cell_output")
    assert not page(chapter).select(".cell_output .stderr")


@pytest.mark.parametrize("section", SECTIONS)
def test_section_that_messages_link_to_exists(section, site, pages):
    name, target = section.split("#")
    assert pages[site / f"{name}.html"].find(id=target)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_page_has_a_title_and_a_description(chapter, page):
    assert page(chapter).title.text.strip()
    description = page(chapter).find("meta", attrs={"name": "description"})
    assert description is not None
    assert 30 < len(description["content"]) < 300


def test_no_two_pages_have_the_same_title_or_description(page):
    titles = [page(chapter).title.text for chapter in CHAPTERS]
    descriptions = [
        page(chapter).find("meta", attrs={"name": "description"})["content"] for chapter in CHAPTERS
    ]
    assert len(set(titles)) == len(set(descriptions)) == len(CHAPTERS)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_picture_has_alternative_text(chapter, page):
    images = page(chapter).select("img, svg[role=img]:not([aria-labelledby])")
    missing = [image for image in images if not (image.get("alt") or image.get("aria-label", "")).strip()]
    assert missing == []


@pytest.mark.parametrize("chapter", RUN, ids=lambda path: path.stem)
def test_every_figure_of_a_cell_has_a_caption(chapter, page):
    images = page(chapter).select(".cell_output :is(img, svg.figure)")
    source = chapter.read_text("utf-8")
    assert len(images) == source.count("  figure:\n")
    for image in images:
        assert image.find_parent("figure").figcaption.text.strip()


@pytest.mark.parametrize("chapter", [*NUMBERED, INTERVIEW], ids=lambda path: path.stem)
def test_chapter_has_a_quiz(chapter, page):
    assert page(chapter).select(".quiz details.quiz-answer")


@pytest.mark.parametrize("chapter", NUMBERED, ids=lambda path: path.stem)
def test_chapter_links_to_an_exercise(chapter, page):
    assert page(chapter).select('article a[href^="../exercises/"]')


def test_interview_answers_link_to_the_chapters_that_earn_them(page):
    article = page(INTERVIEW).article
    answers = article.select("section section")
    questions = [answer for answer in answers if answer.h3]
    assert len(questions) >= 30
    for question in questions:
        assert question.select('a[href*=".html#"]'), question.h3.text


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
    places = {path: {element["id"] for element in page.select("[id]")} for path, page in pages.items()}
    for path, page in pages.items():
        for link in page.select("a[href]"):
            address, anchor = urldefrag(link["href"])
            if urlsplit(address).scheme:
                continue
            target = (path.parent / unquote(address)).resolve() if address else path
            there = places.get(target)
            if not target.exists() or (anchor and there is not None and unquote(anchor) not in there):
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


def test_glossary_has_its_terms_and_says_where_each_is_explained(page):
    glossary = page(ROOT / "chapters" / "glossary.md").select("dl.glossary > dt")
    assert len(glossary) >= 30
    for term in glossary:
        assert term["id"].startswith("term-")
        assert term.find_next_sibling("dd").select('a[href*=".html#"]'), term.text


def test_terms_of_the_text_are_in_the_glossary(page):
    glossary = page(ROOT / "chapters" / "glossary.md")
    for chapter in CHAPTERS:
        for link in page(chapter).select('a[href*="glossary.html#"]'):
            assert glossary.find(id=urldefrag(link["href"]).fragment), (chapter.name, link["href"])
        assert "{term}`" not in page(chapter).article.text, chapter.name


def test_citations_and_the_list_of_references_agree(page):
    references = page(ROOT / "chapters" / "references.md")
    listed = {entry["id"] for entry in references.select("div.citation[id]")}
    cited = {
        urldefrag(link["href"]).fragment
        for chapter in CHAPTERS
        for link in page(chapter).select('a[href*="references.html#"]')
    }
    assert cited == listed
    in_file = re.findall(r"^@\w+\{", (ROOT / "references.bib").read_text("utf-8"), re.MULTILINE)
    assert len(in_file) == len(listed)


def test_every_page_has_an_icon_that_exists(pages):
    for path, page in pages.items():
        if path.name in ("404.html", "index.html") and path.parent.name == "html":
            continue  # the first must not depend on where it is, the second only leads on
        icon = page.select_one('link[rel~="icon"]')
        assert (path.parent / icon["href"].partition("?")[0]).resolve().is_file(), path


def test_page_not_found_stands_alone_and_leads_home(site, pages):
    page = pages[site / "404.html"]
    assert page.title.text.strip()
    assert page.find("meta", attrs={"name": "description"})["content"]
    assert page.select_one("a#home")["href"] == "/"
    assert page.select_one("a#logo svg")
    assert page.select_one("form#search input[type=search]")["aria-label"]
    assert not page.select("link, img, script[src]"), "it is shown at any depth: nothing relative works"
    assert "objects.inv" in page.select("script")[-1].text
    assert (site / "objects.inv").is_file()


@pytest.mark.parametrize("chapter", RUN, ids=lambda path: path.stem)
def test_chapter_can_be_downloaded_as_a_notebook(chapter, page, site):
    link = page(chapter).find("a", string="Download this notebook")
    path = (site / "chapters" / link["href"]).resolve()
    assert any(
        (site / "chapters" / button["href"]).resolve() == path
        for button in page(chapter).select(".dropdown-download-buttons a[href]")
    )
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) == chapter.read_text("utf-8").count("```{code-cell}")
    for source in code:
        ast.parse(source)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"\{[a-z:]+\}`|^:::|^\([\w-]+\)=$", prose, re.MULTILINE), (
        "only the book reads this"
    )


def test_exercises_can_be_downloaded_as_notebooks(site, pages):
    for path, page in pages.items():
        if "exercises" in path.relative_to(site).parts and not path.parent.name.startswith("_"):
            hrefs = [a["href"] for a in page.select(".dropdown-download-buttons a[href]")]
            assert any(h.endswith(".ipynb") and (path.parent / h).resolve().is_file() for h in hrefs), path


def test_map_of_the_course_names_every_chapter(page):
    picture = page(ROOT / "chapters" / "index.md").select_one(".course-map svg")
    assert picture.title.text
    assert picture.desc.text
    links = [link["href"] for link in picture.select("a")]
    assert set(links) >= {f"{chapter.stem}.html" for chapter in [*NUMBERED, INTERVIEW]}


@pytest.fixture
def numbers(page):
    """Return the number that each chapter has in the sidebar, by the name of its page."""
    links = page(ROOT / "chapters" / "index.md").select(".bd-links a.reference.internal")
    found = {link["href"]: re.match(r"(\d+) · ", link.text.strip()) for link in links}
    return {address: int(match[1]) for address, match in found.items() if match}


def test_chapters_are_numbered_from_1_and_nothing_else_is(numbers):
    assert list(numbers.values()) == list(range(1, len(numbers) + 1))
    assert numbers.keys() == {f"{chapter.stem}.html" for chapter in [*NUMBERED, INTERVIEW]}
    for chapter in NUMBERED:
        assert numbers[f"{chapter.stem}.html"] == int(chapter.stem[:2])


def test_a_chapter_says_its_number_in_its_title(numbers, page):
    for chapter in [*NUMBERED, INTERVIEW]:
        number = numbers[f"{chapter.stem}.html"]
        assert page(chapter).article.h1.text.startswith(f"{number} · ")
        assert page(chapter).title.text.startswith(f"{number} · ")


def test_the_map_and_the_table_number_chapters_as_the_sidebar_does(numbers, page):
    index = page(ROOT / "chapters" / "index.md")
    boxes = {link["href"]: int(link.select_one(".n").text) for link in index.select(".course-map a")}
    assert boxes == numbers
    rows = index.select("article table tbody tr")
    table = {row.a["href"]: int(row.td.text.partition("\u00a0·\u00a0")[0]) for row in rows}
    assert table == numbers


def test_a_link_that_names_a_chapter_by_number_leads_there(numbers, pages):
    wrong, seen = [], 0
    for path, one in pages.items():
        for link in one.select("article a[href]"):
            named = re.fullmatch(r"(?:chapter|ch\.)\s(\d+)", link.text.strip(), re.IGNORECASE)
            if named:
                seen += 1
                there = (path.parent / urldefrag(link["href"]).url).name or path.name
                if numbers.get(there) != int(named[1]):
                    wrong.append((path.name, link.text, link["href"]))
    assert seen
    assert wrong == []


def test_no_title_picture_or_table_shows_a_name_of_the_code_in_place_of_a_symbol(pages):
    raw = [
        (path.name, text)
        for path, one in pages.items()
        for place in one.select("h1, h2, h3, h4, svg text, td, th, figcaption, .bd-links a")
        for text in place.find_all(string=re.compile(r"[a-zA-Z]_\w"))
        # what students are told is quoted as it stands in their terminal
        if not text.find_parent(["code", "dl", "math"]) and not text.find_parent(class_="tag_kill-matrix")
        if path.stem[:3] != "api" and path.stem != "genindex"  # lists of what the code has
    ]
    assert raw == []


@pytest.mark.parametrize(
    ("chapter", "figure"),
    [
        ("01-spotlight", "fig-spotlight-stage"),
        ("05-softmax", "fig-softmax-spotlight"),
        ("06-by-hand", "fig-byhand-weights"),
    ],
)
def test_macbeth_divides_his_attention_alike_on_every_page(page, chapter, figure):
    texts = page(ROOT / "chapters" / f"{chapter}.md").select(f"#{figure} svg text")
    shares = [text.text for text in texts if "/" in text.text]
    assert shares[:4] == [str(weight) for weight in byhand.steps()["weights"][0]]


def test_the_stage_of_the_landing_page_is_that_of_chapter_1(page):
    landing, first = (
        page(ROOT / "chapters" / f"{name}.md").select_one('[data-live="spotlight"]')
        for name in ("index", "01-spotlight")
    )
    assert json.loads(landing.script.text) | {"dark": False} == json.loads(first.script.text)
    assert landing.img["alt"] == first.img["alt"]
    assert landing.img["src"] == first.img["src"]


def test_the_live_softmax_starts_from_the_scores_of_the_stage(page):
    state = page(ROOT / "chapters" / "05-softmax.md").select_one("#fig-softmax-live [data-live] script")
    assert json.loads(state.text)["scores"] == byhand.steps()["scaled_scores"][0].tolist()


def test_kill_matrix_lists_every_misconception(page):
    guide = page(ROOT / "chapters" / "guide-instructors.md")
    rows = guide.select(".tag_kill-matrix .cell_output tbody tr")
    assert len(rows) == sum(len(e.misconceptions) for e in EXERCISES.values())
    for row in rows:
        assert "passes" not in [cell.text for cell in row.select("td")[2:]]


def described(page):
    """Return the names of what an API page describes."""
    return {entry["id"].removeprefix("attnlib.") for entry in page.select("dl.py > dt[id]")}


def test_the_api_describes_what_attnlib_exports(page):
    modules = {"byhand"}
    assert set(attnlib.__all__) - modules <= described(page(ROOT / "chapters" / "api.md"))
    names = {f"layers.{name}" for name in layers.__all__}
    assert names <= described(page(ROOT / "chapters" / "api-learning.md"))


@pytest.mark.parametrize("name", LEARNING)
def test_the_api_describes_every_public_function_of_what_learns(name, page):
    module = importlib.import_module(f"attnlib.{name}")
    own = {
        f"{name}.{one}"
        for one, what in vars(module).items()
        if callable(what) and what.__module__ == module.__name__ and not one.startswith(("_", "require_"))
    }
    pages = (page(ROOT / "chapters" / f"api-{which}.md") for which in ("learning", "models"))
    assert own - {"models.transformer.n_tokens"} <= set.union(*map(described, pages))
