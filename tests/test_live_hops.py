"""The story in the page can be changed word by word, and the hops answer what is told."""

import pytest
from browser import chromium
from playwright.sync_api import expect, sync_playwright

from attnlib.live import Hops
from attnlib.live.scripts import page_script


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield chromium(playwright)


@pytest.fixture
def live(browser):
    """Return a function that opens a page with nothing but the figure."""
    contexts = []

    def live(figure, **options):
        contexts.append(browser.new_context(reduced_motion="reduce", **options))
        page = contexts[-1].new_page()
        markup = figure._repr_mimebundle_()[0]["text/html"]
        page.set_content(f"<!doctype html><style>{figure.style_sheet()}</style>{markup}")
        page.add_script_tag(content=page_script("hops"))
        return page.locator(".live")

    yield live
    for context in contexts:
        context.close()


def report(figure):
    return figure.locator(".live-text")


def test_report_is_that_of_python(live):
    figure = Hops(question="who has the key", left_out=[0, 6])
    page, weights, likely = live(figure), figure.weights(), figure.likely()
    place = weights[0].argmax()
    expect(report(page)).to_contain_text(f"“{figure.facts[place]}” ({weights[0][place]:.2f})")
    expect(report(page)).to_contain_text(f"{figure.words[likely.argmax()]}, {likely.max():.2f}")
    expect(report(page)).to_contain_text(f"The story says {figure.answers()[0]}.")


def test_another_place_is_another_answer(live):
    page = live(Hops())
    expect(report(page)).to_contain_text("It answers garden")
    page.get_by_role("button", name="garden").press("Enter")
    moved = Hops(facts=["duncan is in the hall", *Hops().facts[1:]])
    expect(report(page)).to_contain_text(f"It answers {moved.words[moved.likely().argmax()]}")
    expect(report(page)).to_contain_text("The story says hall.")


def test_a_fact_that_is_not_told_has_no_weight(live):
    page = live(Hops())
    page.get_by_label("tell that duncan is in the garden").uncheck()
    expect(page.locator(".hops-number").nth(1)).to_have_text("–")
    expect(report(page)).to_contain_text("The story doesn't say.")


def test_the_last_fact_stays(live):
    page = live(Hops(facts=["duncan is in the hall"], question="where is duncan"))
    box = page.get_by_role("checkbox")
    box.press("Space")
    expect(box).to_be_checked()
    expect(report(page)).to_contain_text("A story needs a fact")


def test_question_and_hops_are_chosen_by_touch(live):
    page = live(Hops(), has_touch=True, viewport={"width": 390, "height": 800})
    page.get_by_role("radio", name="where is …", exact=True).tap()
    page.get_by_role("radio", name="malcolm").tap()
    expect(report(page)).to_contain_text("The story says cellar.")
    page.get_by_role("radio", name="once").tap()
    expect(report(page)).to_contain_text("It looks most at “malcolm is in the cellar”")
    expect(page.locator(".hops-head.hops-2")).to_be_hidden()
