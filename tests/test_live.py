"""Live figures have the numbers of attnlib, and work by keyboard, from disk and without scripts."""

import contextlib
import json
import posixpath
import re
import time
import zipfile
from importlib import import_module

import numpy as np
import pytest
from browser import chromium
from bs4 import BeautifulSoup
from conftest import ROOT
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import sync_playwright

from attnlib.live import FIGURES
from attnlib.live.figure import kit_rules
from attnlib.live.scripts import SCRIPTS, module

THEMES_OWN = ("THEBE_JS_URL", "invalid theme mode")  # errors that the theme logs on every page
#: For each figure a module ``live_NAME`` with the CHAPTER where it stands and its `states`.
KNOWN = {figure.script: import_module(f"live_{figure.script}") for figure in FIGURES}
#: What the Tab key stops at: sliders, sets of radio buttons, buttons, handles and grids.
STOPS = (
    ":is(input:not([type=radio]), input[type=radio]:checked, button):not([tabindex='-1']), [tabindex='0']"
)
#: The boxes around a control that hide a part of what shows that it has the focus.
HIDING = """(el) => {
  const style = (one) => getComputedStyle(one);
  const drawn = (one) => one && style(one).opacity !== "0" && style(one).outlineStyle !== "none";
  const own = [el, el.nextElementSibling, el.parentElement].find(drawn);
  const reach = parseFloat(style(own).outlineWidth) + parseFloat(style(own).outlineOffset) - 0.5;
  const inner = own.getBoundingClientRect();
  const hiding = [];
  for (let one = own.parentElement; one.tagName !== "MAIN"; one = one.parentElement) {
    const outer = one.getBoundingClientRect();
    const across = Math.min(inner.left - outer.left, outer.right - inner.right);
    const along = Math.min(inner.top - outer.top, outer.bottom - inner.bottom);
    if (style(one).overflow !== "visible" && Math.min(across, along) < reach) hiding.push(one.className);
  }
  return hiding;
}"""
scripts = pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.script)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield chromium(playwright)


@pytest.fixture(scope="module")
def windows(browser):
    """Return a function that opens an empty page with some options: the same again for the same options.

    A new one costs more than what is tried in it. All note in two lists what they ask for and complain of.
    """
    opened, asked, logged = {}, [], []

    def window(**options):
        key = json.dumps(options, sort_keys=True)
        if key not in opened:
            page = opened[key] = browser.new_context(**options).new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: message.type == "error" and logged.append(message.text))
            page.on("pageerror", lambda error: logged.append(str(error)))
        return opened[key]

    return window, asked, logged


@pytest.fixture
def visit(windows, site):
    """Return a function that opens a figure's page from disk; at the end nothing else was asked for."""
    window, asked, logged = windows
    pages = []

    def visit(figure, **options):
        pages.append(window(**options))
        pages[-1].goto((site / "chapters" / f"{KNOWN[figure.script].CHAPTER}.html").as_uri())
        return pages[-1].locator(f'[data-live="{figure.script}"]').first

    yield visit
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    complaints = [text for text in logged if not any(known in text for known in THEMES_OWN)]
    for page in pages:  # as if nobody had been here
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.mouse.move(0, 0)
        page.goto("about:blank")
    asked.clear()
    logged.clear()
    assert outside == []
    assert complaints == []


@scripts
def test_numbers_are_those_of_attnlib(browser, figure):
    states = list(KNOWN[figure.script].states())
    assert len(states) >= 20
    page = browser.new_page()
    results = page.evaluate(
        """async ([text, states]) => {
            const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
            const { compute } = await import(address);
            return states.map(compute);
        }""",
        [module(figure.script), [shown.state() for shown, _ in states]],
    )
    page.close()
    for result, (_, expected) in zip(results, states, strict=True):
        for name, value in expected.items():
            np.testing.assert_allclose(result[name], value, rtol=0, atol=1e-6, err_msg=name)


@scripts
def test_keyboard_alone_reaches_and_changes_every_control(visit, figure):
    live = visit(figure)
    live.scroll_into_view_if_needed()
    if figure.beside:  # what is read then changes the text as well, and not by a key
        with contextlib.suppress(PlaywrightTimeoutError):  # some read it only when they are asked
            live.page.wait_for_function("[...document.scripts].some((one) => one.holds)", timeout=5000)
        live.page.wait_for_load_state("networkidle")
    wanted = live.locator(STOPS).count()
    assert wanted > 0
    live.evaluate("el => { el.tabIndex = -1; el.focus(); }")
    for _ in range(wanted):
        live.page.keyboard.press("Tab")
        focused = live.page.locator(":focus")
        assert live.evaluate("(el, other) => el.contains(other)", focused.element_handle())
        outline = focused.evaluate(
            "el => [el, el.nextElementSibling, el.parentElement]"
            ".map((el) => el && getComputedStyle(el)).filter((style) => style && style.opacity !== '0')"
            ".map((style) => style.outlineStyle)"
        )
        assert set(outline) - {"none"}, "the focus can't be seen"
        assert focused.evaluate(HIDING) == []
        if not any(_a_key_changes(live, patience) for patience in (0.0, 5.0, 30.0)):
            pytest.fail(f"no key changes {focused.evaluate('el => el.outerHTML')}")


def _a_key_changes(live, patience):
    """Press one key after another; say whether the text changes within so many seconds of one."""
    before = _settled_text(live)  # or what an earlier key still changes would count as this one's
    for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "Enter", "Space"):
        live.page.keyboard.press(key)
        live.page.wait_for_timeout(50)  # the focus may follow what has changed
        end = time.monotonic() + patience
        while live.inner_text() == before and time.monotonic() < end:
            live.page.wait_for_timeout(20)
        if live.inner_text() != before:
            return True
    return False


def _settled_text(live):
    """Return a figure's text once it stays the same: what is announced comes a moment after the rest."""
    text = None
    while text != (text := live.inner_text()):
        live.page.wait_for_timeout(600)
    return text


@scripts
def test_every_control_has_a_name(visit, figure):
    live = visit(figure)
    tree = live.page.context.new_cdp_session(live.page).send("Accessibility.getFullAXTree")["nodes"]
    nameless = [
        node["role"]["value"]
        for node in tree
        if not node["ignored"]
        and node["role"]["value"] in ("slider", "radio", "button", "grid", "radiogroup")
        and not node.get("name", {}).get("value")
    ]
    assert nameless == []


@scripts
def test_input_is_answered_within_50_ms(visit, figure):
    slowest = visit(figure).evaluate(
        """async (el) => {
            const use = (control, turn) => {
                if (control.type === "range") {
                    control.value = turn % 2 ? control.max : control.min;
                    control.dispatchEvent(new Event("input", { bubbles: true }));
                } else if (control.matches("input, button")) control.click();
                else {
                    const key = turn % 2 ? "ArrowLeft" : "ArrowRight";
                    control.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
                }
            };
            const longest = [];
            for (const control of el.querySelectorAll("input, button, [tabindex='0']")) {
                const shortest = [Infinity, Infinity];  // there and back, undisturbed by what else runs
                for (let turn = 0; turn < 6; turn += 1) {
                    const start = performance.now();
                    use(control, turn);
                    await Promise.resolve();  // figures draw once the event is over
                    document.documentElement.getBoundingClientRect();
                    const time = performance.now() - start;
                    shortest[turn % 2] = Math.min(shortest[turn % 2], time);
                    await new Promise(requestAnimationFrame);
                }
                longest.push(...shortest);
            }
            return Math.max(...longest);
        }"""
    )
    assert 0 < slowest < 50


@scripts
def test_handles_follow_the_pointer(visit, figure):
    live = visit(figure)
    for handle in live.locator(".live-handle").all():
        handle.scroll_into_view_if_needed()
        before, box = live.inner_text(), handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        live.page.mouse.move(x, y)
        live.page.mouse.down()
        live.page.mouse.move(x - 40, y - 30, steps=4)
        live.page.mouse.up()
        after = handle.bounding_box()
        across = 0 if handle.get_attribute("aria-orientation") == "vertical" else -40
        assert (after["x"] - box["x"], after["y"] - box["y"]) == pytest.approx((across, -30), abs=4)
        assert live.inner_text() != before


@scripts
def test_nothing_glides_for_readers_who_want_less_motion(visit, figure):
    live = visit(figure, reduced_motion="reduce")
    live.scroll_into_view_if_needed()
    live.page.wait_for_timeout(200)
    live.locator(STOPS).first.press("ArrowLeft")
    live.page.wait_for_timeout(20)
    drawn = "el => [...el.querySelectorAll('svg')].map((drawing) => drawing.innerHTML).join()"
    at_once = live.evaluate(drawn)
    live.page.wait_for_timeout(500)
    assert live.evaluate(drawn) == at_once


@scripts
def test_colours_follow_the_page_and_can_be_read(visit, figure):
    seen = []
    for scheme in ("light", "dark"):
        live = visit(figure, color_scheme=scheme)
        seen.append(
            live.locator(".live-text").first.evaluate(
                "el => getComputedStyle(el).color.match(/\\d+/g).map(Number)"
            )
        )
    light, dark = seen
    assert max(light) < 90
    assert min(dark) > 165


@scripts
@pytest.mark.parametrize("width", [390, 1280])
def test_figure_fits_the_page(visit, figure, width):
    live = visit(figure, viewport={"width": width, "height": 800})
    live.scroll_into_view_if_needed()
    assert live.page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = live.evaluate(
        """(el) => [...el.querySelectorAll("*")].filter((part) => {
            const box = part.getBoundingClientRect();
            return box.width > 1 && (box.left < -1 || box.right > innerWidth + 1);
        }).map((part) => part.outerHTML.slice(0, 80))"""
    )
    assert beyond == []
    small = live.evaluate(
        """(el) => [
            ...el.querySelectorAll("button, label, input, [role=gridcell], [role=slider]")
        ].filter((part) => {
            if (part.matches("label")) return ["radio", "checkbox"].includes(part.control?.type);
            return part.closest("label") === null;
        }).filter((part) => {
            const { width, height } = part.getBoundingClientRect();
            return width > 0 && Math.min(width, height) < 24;
        }).map((part) => part.outerHTML.slice(0, 80))"""
    )
    assert small == [], "too small to be hit with a finger"


@scripts
def test_without_scripts_a_picture_stands_in(visit, figure):
    live = visit(figure, java_script_enabled=False)
    picture = live.locator("img")
    assert picture.get_attribute("alt") == figure().description()
    assert picture.bounding_box()["height"] > 100


def test_only_pages_with_figures_have_their_scripts_and_none_has_a_widget_manager(site, pages):
    standing = {}
    for path, page in pages.items():
        standing[path] = figures = {live["data-live"] for live in page.select("[data-live]")}
        text = str(page)
        assert [figure for figure in KNOWN if f'bringToLife("{figure}"' in text] == [
            figure for figure in KNOWN if figure in figures
        ]
        style = "".join(element.text for element in page.select("head style.live-rules"))
        own = {figure.script: figure.own_rules() for figure in FIGURES}
        assert {name for name, rules in own.items() if rules in style} == figures
        assert style.count(kit_rules()) == bool(figures)
        assert "jupyter.widget" not in str(page), path.name
    for script, known in KNOWN.items():
        assert script in standing[site / "chapters" / f"{known.CHAPTER}.html"]


def test_a_page_holds_each_script_of_its_figures_once_and_no_other(pages):
    for path, page in pages.items():
        text = "".join(script.text for script in page.select("script:not([src])"))
        needed = set()
        for live in page.select("[data-live]"):
            needed |= {"kit/page.js"} | imported(f"figures/{live['data-live']}.js")
        joined = re.findall(r'^modules\["(.*)"\] = ', text, re.MULTILINE)
        assert sorted(joined) == sorted(needed), path
        for name in needed:
            lines = (SCRIPTS / name).read_text("utf-8").splitlines()
            own = [line for line in lines if not re.match(" *//|import|export", line)]
            assert text.count(max(own, key=len)) == 1, (path, name)


def test_what_is_too_large_for_a_page_stands_beside_it(pages):
    found = set()
    for path, page in pages.items():
        for script in page.select("script[data-beside]"):
            found.add(script.find_parent(attrs={"data-live": True})["data-live"])
            assert script.text == ""
            beside = (path.parent / script["data-src"]).read_text("utf-8")
            assert re.fullmatch(r"document\.currentScript\.holds = .{1000,};\n", beside)
    assert found == {figure.script for figure in FIGURES if figure.beside}


def imported(name):
    """Return a script's name with those of all that it imports."""
    names = {name}
    for other in re.findall(r'from "(.*)";', (SCRIPTS / name).read_text("utf-8")):
        names |= imported(posixpath.normpath(f"{posixpath.dirname(name)}/{other}"))
    return names


@scripts
def test_state_survives_the_way_into_a_page(figure):
    data, _ = figure()._repr_mimebundle_()
    first, *large = BeautifulSoup(data["text/html"], "html.parser").select("script")
    found = json.loads(first.text) | {script["data-beside"]: json.loads(script.text) for script in large}
    assert found == json.loads(json.dumps(figure().state()))


def test_wheel_carries_the_scripts(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tools")
    from student_kit import build_wheel

    with zipfile.ZipFile(build_wheel(tmp_path)) as wheel:
        inside = set(wheel.namelist())
    files = [path for path in SCRIPTS.rglob("*") if path.is_file()]
    assert len(files) >= 2 * len(FIGURES)
    assert {path.relative_to(ROOT).as_posix() for path in files} <= inside
