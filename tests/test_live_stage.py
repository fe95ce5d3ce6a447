"""The reader guesses before the light falls, and a press on a stage is for who stands there."""

import pytest
from browser import chromium
from playwright.sync_api import sync_playwright

from attnlib import byhand

SHARES = [str(weight) for weight in byhand.steps()["weights"][0]]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield chromium(playwright)


@pytest.fixture(params=[390, 1280])
def stage(browser, site, request):
    """Return a function that opens a page and finds its stage."""
    page = browser.new_page(viewport={"width": request.param, "height": 844}, reduced_motion="reduce")

    def opened(name):
        page.goto((site / "chapters" / f"{name}.html").as_uri())
        return page.locator('[data-live="spotlight"]').first

    yield opened
    page.close()


def lit(live):
    return live.locator(".spot-beam").count() > 0


def test_the_light_falls_when_a_figure_is_guessed(stage):
    live = stage("index")
    assert not lit(live)
    assert not live.locator(".spot-share").first.is_visible()
    live.locator(".spot-person").nth(2).click()
    assert lit(live)
    assert live.locator(".spot-share").all_inner_texts() == SHARES
    assert f"You said Banquo, who gets {SHARES[2]}." in live.locator(".live-text").inner_text()


def test_a_guess_by_keyboard_leaves_the_focus_on_who_asks(stage):
    live = stage("index")
    live.evaluate("el => { el.tabIndex = -1; el.focus(); }")
    for _ in range(4):
        live.page.keyboard.press("Tab")
    assert live.page.locator(":focus").inner_text() == "the Witches"
    live.page.keyboard.press("Enter")
    assert "You said the Witches, and so it is." in live.locator(".live-text").inner_text()
    assert live.page.locator(":focus").get_attribute("aria-label") == "Macbeth"
    live.page.keyboard.press("ArrowRight")
    assert live.locator(".live-text").inner_text().startswith("Asking: Lady Macbeth")


@pytest.mark.parametrize("name", ["index", "01-spotlight"])
@pytest.mark.parametrize("part", [".spot-person", ".spot-beam", ".spot-column"])
def test_figures_beams_and_the_floor_below_can_be_pressed(stage, name, part):
    live = stage(name)
    if not lit(live):
        live.get_by_role("button", name="Banquo").click()
    live.locator(part).nth(1).dispatch_event("click")
    assert live.locator(".live-text").inner_text().startswith("Asking: Lady Macbeth")


def test_what_lies_on_a_figure_leads_to_it(stage):
    """A real press, on the middle of each figure, whatever is drawn above it."""
    live = stage("01-spotlight")
    live.scroll_into_view_if_needed()
    for place, name in ((3, "the Witches"), (0, "Macbeth"), (2, "Banquo")):
        box = live.locator(".spot-person").nth(place).bounding_box()
        live.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 0.4 * box["height"])
        live.page.wait_for_timeout(50)
        assert live.locator(".live-text").inner_text().startswith(f"Asking: {name}")


def test_a_reader_on_a_phone_is_a_swipe_and_a_tap_away_from_chapter_1(browser, site):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((site / "chapters" / "index.html").as_uri())
    assert page.locator("figcaption a", has_text="Chapter 1").bounding_box()["y"] < 844
    door = page.locator(".doors a").first
    assert door.bounding_box()["y"] < 1.5 * 844
    door.click()
    assert page.url.endswith("01-spotlight.html")
    page.close()
