"""The interview's answers are folded, come one at a time as cards, and are all on paper."""

import pytest
from browser import chromium
from playwright.sync_api import sync_playwright

CARDS = "Go through the questions as cards"


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield chromium(playwright)


@pytest.fixture
def visit(browser, site):
    """Return a function that opens the interview from the disk."""
    contexts = []

    def visit(**options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.goto((site / "chapters" / "interview.html").as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()


def shown(page):
    return page.locator("dialog.cards .card-question").inner_text()


def test_every_question_has_its_answer_folded(visit):
    page = visit()
    assert page.locator("details.card-answer").count() == page.locator("section section h3").count() >= 40
    assert page.locator("details.card-answer[open]").count() == 0
    page.get_by_text("Show all answers").click()
    assert page.locator("details.card-answer:not([open])").count() == 0


def test_without_scripts_it_is_a_page(visit):
    page = visit(java_script_enabled=False)
    answer = page.locator("details.card-answer").first
    assert not answer.locator("p").first.is_visible()
    answer.locator("summary").click()
    assert answer.locator("p").first.is_visible()
    assert page.get_by_text(CARDS).count() == 0


def test_cards_go_by_the_keyboard_alone(visit):
    page = visit()
    questions = page.locator("details.card-answer").evaluate_all(
        "all => all.map((one) => one.closest('section').querySelector('h3').firstChild.textContent)"
    )
    page.get_by_text(CARDS).focus()
    page.keyboard.press("Enter")
    assert shown(page) == questions[0]
    answer = page.locator("dialog.cards .card-text")
    assert not answer.is_visible()
    page.keyboard.press(" ")
    assert answer.is_visible()
    page.keyboard.press("ArrowRight")
    assert shown(page) == questions[1]
    assert not answer.is_visible()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    assert (
        page.locator("dialog.cards .card-part").inner_text()
        == f"Question {len(questions)} of {len(questions)}"
    )
    page.keyboard.press("Escape")
    assert not page.locator("dialog.cards").is_visible()


def test_shuffled_cards_are_the_same_in_another_order(visit):
    page = visit()
    page.get_by_text(CARDS).click()

    def deck():
        found = []
        for _ in range(page.locator("details.card-answer").count()):
            found.append(shown(page))
            page.get_by_role("button", name="Next").click()
        return found

    in_order = deck()
    page.get_by_role("button", name="Shuffle").click()
    mixed = deck()
    assert mixed != in_order
    assert sorted(mixed) == sorted(in_order)
    page.get_by_role("button", name="In order").click()
    assert deck() == in_order


def test_a_finger_turns_the_card(visit):
    page = visit(has_touch=True, viewport={"width": 390, "height": 844})
    page.get_by_text(CARDS).tap()
    first = shown(page)
    page.locator("dialog.cards").evaluate(
        """(card) => {
          const at = (x) => new Touch({ identifier: 1, target: card, clientX: x, clientY: 300 });
          const event = (type, x, touches) =>
            new TouchEvent(type, { touches, changedTouches: [at(x)], bubbles: true });
          card.dispatchEvent(event("touchstart", 300, [at(300)]));
          card.dispatchEvent(event("touchend", 100, []));
        }"""
    )
    assert shown(page) != first


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_all_answers_can_be_read(visit, scripts):
    page = visit(java_script_enabled=scripts)
    page.emulate_media(media="print")
    if scripts:
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
    heights = page.locator("details.card-answer").evaluate_all("all => all.map((one) => one.clientHeight)")
    assert min(heights) > 20
    if scripts:
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details.card-answer[open]").count() == 0
