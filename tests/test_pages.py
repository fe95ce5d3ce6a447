"""Each page in a browser: at two widths, light and dark, with nothing broken, cut off or hard to reach.

A page is loaded once and then looked at in each of its four appearances.
"""

import doctest
import os
import re
import shutil
import sys
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ROOT
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(ROOT / "tools"))
from bench_site import BROWSERS, serving

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
APPEARANCES = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "dark"), (NARROW, "light")]
AA = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": False,
}
# Formulas are in the colour of the text, and the colours of figures are compared in test_plots.py.
WHERE = {"include": [["html"]], "exclude": [["math > *"], ["svg.figure > *"]]}
NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
NO_FADING = "*, *::before, *::after { transition: none !important; animation: none !important; }"
BYTES = 500_000
BYTES_WITH_LIVE_FIGURES = 1_000_000
LIVE = "[data-live]"

# What sticks out of the page's text, of a box that hides it, or of its own drawing. What lies in a box that
# scrolls is looked at no further out than that box.
CUT_OFF = """() => {
  const found = [];
  const inside = (inner, outer) => inner.left >= outer.left - 1.5 && inner.right <= outer.right + 1.5;
  const article = document.querySelector("main").getBoundingClientRect();
  for (const element of document.querySelectorAll("main :is(math, svg, img, table, pre, iframe)")) {
    const box = element.getBoundingClientRect();
    if (!box.width || element.closest(".visually-hidden")) continue;
    let scrolls = false, hidden = false;
    for (let around = element.parentElement; around && !scrolls; around = around.parentElement) {
      const overflow = getComputedStyle(around).overflowX;
      scrolls = overflow === "auto" || overflow === "scroll";
      hidden ||= !scrolls && overflow !== "visible" && !inside(box, around.getBoundingClientRect());
    }
    if (hidden || (!scrolls && !inside(box, article))) found.push(element.outerHTML.slice(0, 120));
  }
  for (const drawing of document.querySelectorAll("svg.figure")) {
    const frame = drawing.getBoundingClientRect();
    for (const text of drawing.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (!inside(box, frame) || box.top < frame.top - 1.5 || box.bottom > frame.bottom + 1.5)
        found.push(`${drawing.getAttribute("aria-label")}: ${text.textContent}`);
    }
  }
  return found;
}"""
# What scrolls sideways where no key reaches it, no name is given to it, or no shadow at an edge says so.
UNANNOUNCED = """() => {
  const found = [];
  for (const box of document.querySelectorAll("main *")) {
    const { overflowX, backgroundImage, backgroundAttachment } = getComputedStyle(box);
    const scrolls = overflowX === "auto" || overflowX === "scroll";
    if (!scrolls || !box.clientWidth || box.scrollWidth <= box.clientWidth + 1) continue;
    const focused = box.querySelector("[contenteditable]") ?? box;
    const shaded = backgroundImage.includes("gradient") && backgroundAttachment.includes("local");
    if (focused.tabIndex < 0 || !focused.getAttribute("aria-label") || !shaded)
      found.push(box.outerHTML.slice(0, 120));
  }
  return found;
}"""
# What has the focus without a ring that is seen whole. The editor's ring is that of the box around it.
WITHOUT_RING = """() => {
  const found = [];
  const kinds = "main :is(a[href], button, input, summary, textarea, [tabindex='0'])";
  for (const at of document.querySelectorAll(kinds)) {
    if (!at.checkVisibility()) continue;
    at.focus({ preventScroll: true });
    if (document.activeElement !== at) continue;
    const { outlineStyle, outlineWidth, outlineOffset, boxShadow, position } = getComputedStyle(at);
    const drawn = outlineStyle === "none" ? 0 : parseFloat(outlineWidth);
    const room = drawn + parseFloat(outlineOffset) - 0.6, box = at.getBoundingClientRect();
    let cut = !drawn && boxShadow === "none";
    for (let around = at.parentElement; around && position !== "absolute"; around = around.parentElement) {
      const { overflowX } = getComputedStyle(around), edge = around.getBoundingClientRect();
      if (around.closest("main") && overflowX !== "visible")
        cut ||= box.left - room < edge.left || box.right + room > edge.right;
    }
    if (cut) found.push(at.outerHTML.slice(0, 120));
  }
  return found;
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = """() => document.querySelectorAll("main details").forEach(
  (details) => { details.removeAttribute("name"); details.open = true; })"""


@dataclass
class Visit:
    """What was seen on one page."""

    bytes: int = 0
    live: bool = False
    outside: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    wide: dict = field(default_factory=dict)
    cut_off: dict = field(default_factory=dict)
    unannounced: dict = field(default_factory=dict)
    barriers: dict = field(default_factory=dict)
    themes: list = field(default_factory=list)


@pytest.fixture(scope="module")
def browser():
    path = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        says = "no Chromium: apt-get install chromium, or set CHROME_PATH"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(says)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(site):
    with serving(site) as address:
        yield address


@pytest.fixture
def open_page(browser, address):
    """Return a function that opens a page in a window of its own, which reaches no other host."""
    contexts = []

    def opened(name, viewport=WIDE, scheme="light", visit=None):
        context = browser.new_context(viewport=viewport, color_scheme=scheme)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        return load(context, address, name, visit)

    yield opened
    for context in contexts:
        context.close()


def load(context, address, name, visit=None):
    """Open a page in a context; note in `visit` what it asks for and what it complains of."""
    visit = visit or Visit()

    def answer(route):
        if route.request.url.startswith(address):
            route.continue_()
        else:
            visit.outside.append(route.request.url)
            route.abort()

    context.route(re.compile("^(?!data:|blob:)"), answer)
    page = context.new_page()
    page.on("console", lambda m: visit.errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: add_bytes(visit, event))
    page.goto(f"{address}/{name}", wait_until="load")
    return page


def add_bytes(visit, event):
    visit.bytes += event["encodedDataLength"]


def look_at(browser, address, name):
    """Open a page once and look at it in each of its appearances; return what was seen."""
    visit = Visit()
    context = browser.new_context(viewport=WIDE, color_scheme="light")
    page = load(context, address, name, visit)
    visit.live = page.locator(LIVE).count() > 0
    page.evaluate(OPEN_ALL)
    page.add_style_tag(content=NO_FADING)
    page.evaluate("document.fonts.ready.then(() => true)")
    before = WIDE
    for viewport, scheme in APPEARANCES:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        page.evaluate(NEXT_FRAME)
        if viewport != before:
            page.wait_for_timeout(400)  # the theme waits for the end of a change of width
        before = viewport
        look = f"{viewport['width']} {scheme}"
        visit.themes.append(page.evaluate("document.documentElement.dataset.theme"))
        visit.wide[look] = page.evaluate(TOO_WIDE)
        visit.cut_off[look] = page.evaluate(CUT_OFF)
        visit.unannounced[look] = page.evaluate(UNANNOUNCED)
        if (viewport, scheme) == (NARROW, "light"):
            continue  # nothing is left that axe would see otherwise
        rules = {"color-contrast": {"enabled": viewport is WIDE}}  # the same colours at both widths
        found = Axe().run(page, WHERE, AA | {"rules": rules}).response["violations"]
        visit.barriers[look] = [(b["id"], [node["html"] for node in b["nodes"]][:3]) for b in found]
    context.close()
    return visit


@pytest.fixture(scope="module")
def visits(browser, address, site):
    """Look at every page; return what was seen, by page."""
    names = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    names = [
        name for name in names if not name.startswith("_") and name != "index.html"
    ]  # it only leads on
    assert len(names) > 20
    return {name: look_at(browser, address, name) for name in names}


def bad(visits, attribute):
    """Return the pages, and their appearances, where something was seen that should not be."""
    found = {}
    for name, visit in visits.items():
        seen = getattr(visit, attribute)
        if isinstance(seen, dict):
            seen = {look: what for look, what in seen.items() if what}
        if seen:
            found[name] = seen
    return found


def test_no_request_leaves_the_host(visits):
    assert bad(visits, "outside") == {}


def test_no_page_complains_on_the_console(visits):
    assert bad(visits, "errors") == {}


def test_no_page_scrolls_sideways(visits):
    assert bad(visits, "wide") == {}


def test_no_formula_figure_table_or_code_is_cut_off(visits):
    assert bad(visits, "cut_off") == {}


def test_what_scrolls_sideways_says_so_and_is_reached_by_keyboard(visits):
    assert bad(visits, "unannounced") == {}


def test_no_page_has_a_barrier_that_axe_finds(visits):
    assert bad(visits, "barriers") == {}


def test_pages_follow_the_system_from_light_to_dark_and_back(visits):
    expected = [scheme for _, scheme in APPEARANCES]
    themes = {name: visit.themes for name, visit in visits.items()}
    assert {name: seen for name, seen in themes.items() if seen != expected} == {}


def test_pages_are_small(visits):
    heavy = {
        name: visit.bytes
        for name, visit in visits.items()
        if not 0 < visit.bytes < (BYTES_WITH_LIVE_FIGURES if visit.live else BYTES)
    }
    assert heavy == {}


@pytest.mark.parametrize("name", ["notation", "index"])  # without figures, and with one
def test_a_page_loads_one_style_sheet_and_no_icon_script(site, name):
    text = (site / "chapters" / f"{name}.html").read_text("utf-8")
    assert re.findall(r'<link[^>]*stylesheet[^>]*href="([^"]*)"', text) == ["../_static/site.css"]
    assert "fontawesome" not in text
    assert "thebe" not in text.lower()


def test_every_icon_is_drawn(open_page):
    page = open_page("chapters/05-softmax.html")
    loaded = (
        "[...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family).join()"
    )
    assert "Font Awesome 6 Free" in page.evaluate(loaded)
    blank = page.evaluate(
        """() => [...document.querySelectorAll("i[class*=fa-], span[class*=fa-]")]
          .filter((icon) => !/["'][\\ue000-\\uf8ff]/.test(getComputedStyle(icon, "::before").content))
          .map((icon) => icon.className)"""
    )
    assert blank == []


def test_theme_button_changes_the_colours_and_the_next_page_remembers(open_page, address):
    page = open_page("chapters/05-softmax.html")
    ink = "getComputedStyle(document.querySelector('svg.figure text')).fill"
    light = page.evaluate(ink)
    for _ in range(3):
        page.locator(".theme-switch-button").first.click()
        if page.evaluate("document.documentElement.dataset.theme") == "dark":
            break
    assert page.evaluate(ink) != light
    page.goto(f"{address}/chapters/06-by-hand.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_paper_is_light_whatever_the_screen(open_page):
    page = open_page("chapters/05-softmax.html", scheme="dark")
    page.evaluate(
        "addEventListener('beforeprint', () => { window.printed = document.documentElement.dataset.theme })"
    )
    page.pdf()
    assert page.evaluate("window.printed") == "light"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_search_finds_and_its_shortcut_opens_it(open_page):
    page = open_page("chapters/index.html")
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog input").fill("temperature")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=temperature")
    page.locator("#search-results li a").first.wait_for()
    assert page.locator('#search-results a[href*="05-softmax.html"]').count() >= 1


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("softmax", "chapters/05-softmax.html"),
        ("mask", "chapters/07-masks.html"),
        ("masks", "chapters/07-masks.html"),
        ("many heads", "chapters/08-many-heads.html"),
        ("temperature", "chapters/05-softmax.html#temperature"),
        ("worksheet", "chapters/06-by-hand.html"),
        ("causal_mask", "chapters/api.html#attnlib.causal_mask"),
    ],
)
def test_search_puts_first_what_teaches_it(open_page, words, first):
    page = open_page(f"search.html?q={words}")
    found = page.locator("#search-results li > a")
    found.first.wait_for()
    assert found.first.get_attribute("href") == first


@pytest.mark.parametrize("word", ["softmax", "mask"])
def test_what_search_says_of_a_page_reads_as_sentences(open_page, word):
    page = open_page(f"search.html?q={word}")
    excerpts = page.locator("#search-results p.context")
    excerpts.nth(7).wait_for()
    for text in excerpts.all_inner_texts():
        assert 40 <= len(text) <= 320, text
        assert re.fullmatch(r"[A-Z−].*([.?!]| …)", text), text
        assert "Contents" not in text


def test_results_of_a_search_have_no_barrier_that_axe_finds(browser, address):
    seen = look_at(browser, address, "search.html?q=softmax")
    assert [looks for looks in seen.barriers.items() if looks[1]] == []
    assert seen.errors == []


@pytest.mark.parametrize("name", ["search.html", "chapters/index.html"])
def test_the_magnifier_stands_beside_the_first_letter(open_page, name):
    page = open_page(name)
    page.keyboard.press("Control+k")  # on other pages than that of search a dialog opens
    form = page.locator("form.bd-search").filter(visible=True)
    glass = form.locator(".fa-magnifying-glass").bounding_box()
    field = form.locator("input[type=search]")
    padding = field.evaluate("field => parseFloat(getComputedStyle(field).paddingInlineStart)")
    assert glass["x"] + glass["width"] <= field.bounding_box()["x"] + padding


def test_words_are_marked_where_a_result_leads_and_on_no_other_page(open_page, address):
    page = open_page("search.html?q=softmax")
    marked = page.locator("article .highlighted")
    result = page.locator("#search-results li > a").first
    result.wait_for()
    page.goto(f"{address}/chapters/04-scaling.html")  # not a result that was chosen
    page.wait_for_timeout(100)
    assert marked.count() == 0
    page.go_back()
    result.click()
    page.wait_for_url("**/05-softmax.html")
    marked.first.wait_for()
    page.locator("a.right-next").click()
    page.wait_for_url("**/06-by-hand.html")
    page.wait_for_timeout(100)
    assert marked.count() == 0


@pytest.mark.parametrize("name", ["chapters/05-softmax.html", "exercises/05-softmax/05-softmax.html"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_what_has_the_focus_has_a_ring_that_is_seen_whole(open_page, name, viewport):
    page = open_page(name, viewport=viewport)
    page.keyboard.press("Tab")  # the ring is shown to those who use keys
    assert page.evaluate(WITHOUT_RING) == []


def test_the_page_not_found_searches_the_course_from_any_depth(open_page, address, site):
    for folder in ("chapters", "chapters/_sources"):
        page = open_page("404.html")
        page.route(f"{address}/{folder}/gone.html", lambda route: route.fulfill(path=site / "404.html"))
        page.goto(f"{address}/{folder}/gone.html", wait_until="networkidle")
        for link in ("#home", "#logo"):
            assert page.locator(link).get_attribute("href") == "/chapters/index.html"
        page.get_by_role("searchbox").fill("softmax")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/search.html?q=softmax")


def test_the_page_not_found_has_the_colours_that_the_reader_chose(open_page):
    page = open_page("404.html", scheme="light")
    ink = page.evaluate("getComputedStyle(document.body).color")
    page.evaluate("localStorage.setItem('mode', 'dark')")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).color") != ink


def test_menus_of_a_phone_open_and_close(open_page):
    page = open_page("chapters/05-softmax.html", viewport=NARROW)
    for button, menu in ((".primary-toggle", "primary"), (".secondary-toggle", "secondary")):
        inside = page.locator(f"#pst-{menu}-sidebar-modal a").first
        assert not inside.is_visible()
        page.locator(button).click()
        inside.wait_for(state="visible")
        page.keyboard.press("Escape")
        inside.wait_for(state="hidden")


def test_download_menu_opens(open_page):
    page = open_page("chapters/05-softmax.html")
    link = page.locator(".dropdown-download-buttons a").first
    assert not link.is_visible()
    page.locator(".dropdown-download-buttons button").first.click()
    assert link.is_visible()


def test_code_can_be_copied(open_page):
    page = open_page("chapters/05-softmax.html")
    cell = page.locator("div.cell_input div.highlight").first
    cell.hover()
    cell.locator("button.copybtn").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == cell.locator("pre").inner_text().strip()


def test_a_page_opens_from_the_disk(browser, site):
    page = browser.new_page()
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto((site / "chapters" / "05-softmax.html").as_uri(), wait_until="load")
    assert page.locator("svg.figure").first.is_visible()
    assert "STIX Two Math" in page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert complaints == []
    page.close()


def test_the_card_is_a_picture_and_every_page_names_it(site, pages):
    assert (site / "_static" / "card.png").read_bytes()[:4] == b"\x89PNG"
    for path, page in pages.items():
        if path.parent != site:
            card = page.find("meta", property="og:image")["content"]
            assert (path.parent / card).resolve() == (site / "_static" / "card.png").resolve()
            assert page.find("meta", property="og:title")["content"]


@pytest.mark.parametrize("module", ["sphinx_assets", "sphinx_figures"])
def test_the_examples_in_the_docstrings_hold(module):
    failed, attempted = doctest.testmod(__import__(module))
    assert attempted
    assert not failed


def test_a_rule_is_kept_if_a_page_can_match_it():
    from sphinx_assets import keep

    css = """
    .a:not(.gone) > p, #gone, .a.gone { color: red }
    [data-x=".gone"] { color: blue }
    @media (min-width: 1px) { .gone { top: 0 } .a { top: 1px } }
    @font-face { font-family: "Font Awesome 6 Free"; src: url(x) }
    @font-face { font-family: Kept; src: url(x) }
    """
    assert keep(css, {"a"}) == (
        '.a:not(.gone) > p{color: red}[data-x=".gone"]{color: blue}'
        "@media (min-width: 1px){.a{top: 1px}}@font-face {font-family: Kept; src: url(x)}"
    )


def test_two_figures_of_a_page_share_no_id(pages, site):
    for path, page in pages.items():
        ids = [element["id"] for element in page.select("svg.figure [id]")]
        assert len(ids) == len(set(ids)), path
    assert len(pages[site / "chapters" / "05-softmax.html"].select("svg.figure")) > 3
