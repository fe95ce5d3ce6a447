"""The game shows all that can be shown, replies as the check does, and is played by keyboard."""

import numpy as np
import pytest
from browser import chromium
from playwright.sync_api import sync_playwright

from attnlib.catalogue import EXERCISES
from attnlib.checking import CheckFailed, alike, call, check, opened, quiet, right
from attnlib.checking.known import HIDDEN_SEED
from attnlib.exhibits import exhibits, of_exercise


@pytest.fixture(scope="module", params=EXERCISES)
def exercise(request):
    return EXERCISES[request.param]


@pytest.fixture(scope="module")
def shown(exercise):
    """Return an exercise's exhibits by the mistakes that they are of."""
    with quiet():
        return {one.names[one.right]: one for one in of_exercise(exercise)}


def outcomes(exercise, answer):
    cases = exercise.visible() + exercise.hidden(np.random.default_rng(HIDDEN_SEED))
    return [call(answer, case) for case in cases]


def is_finite(outcome):
    found = outcome.leaves if outcome.error is None and not outcome.overwrote else None
    return bool(found) and all(
        leaf.size and np.isfinite(leaf.astype(float)).all() for leaf in found.values()
    )


def test_every_mistake_that_gives_finite_numbers_is_shown(exercise, shown):
    with quiet():
        expected = outcomes(exercise, opened(exercise.reference))
        wanted = {
            mistake.name
            for mistake in exercise.misconceptions
            if any(
                is_finite(got) and not right(got, one, same_dtype=exercise.same_dtype)
                for got, one in zip(outcomes(exercise, mistake.answer), expected, strict=True)
            )
        }
    assert shown.keys() == wanted


def test_the_reply_is_what_the_check_says_of_the_same_mistake(exercise, shown, capsys):
    for mistake in exercise.misconceptions:
        if mistake.name not in shown:
            continue
        with pytest.raises(CheckFailed) as failed:
            check(mistake.answer() if exercise.by_value else mistake.answer, exercise.name, hidden=True)
        verdict, exhibit = failed.value.verdict, shown[mistake.name]
        said = str(failed.value).replace("\n    ", " ")
        assert verdict.misconception == mistake.name == exhibit.names[exhibit.right]
        assert exhibit.verdict == [f"{exercise.name}: {verdict.headline}", verdict.details[0]]
        assert exhibit.section == verdict.section
        assert said.startswith(exhibit.verdict[0])


def test_four_names_of_which_one_fits_what_is_shown(exercise, shown):
    answers = {mistake.name: mistake.answer for mistake in exercise.misconceptions}
    with quiet():
        came = {name: outcomes(exercise, answer) for name, answer in answers.items()}
    for name, exhibit in shown.items():
        assert len(set(exhibit.names)) == 4
        others = [other for other in exhibit.names if other != name]
        assert any(
            all(not alike(came[other][at], got, same_dtype=exercise.same_dtype) for other in others)
            for at, got in enumerate(came[name])
            if is_finite(got)
        )


def test_an_exhibit_has_something_to_look_at_and_its_own_numbers():
    softmax = next(
        one
        for one in exhibits()
        if one["exercise"] == "softmax" and one["names"][one["right"]] == "wrong axis"
    )
    (part,) = softmax["parts"]
    rows = np.array(part["slices"][0]["rows"])
    np.testing.assert_allclose(rows.sum(axis=0), 1, atol=1e-3)
    assert abs(rows.sum(axis=1) - 1).max() > 0.1


def test_exhibits_go_from_plain_to_hard():
    levels = [one["level"] for one in exhibits()]
    assert levels == sorted(levels)
    assert set(levels) == {0, 1, 2, 3}


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield chromium(playwright)


@pytest.fixture
def game(browser, site):
    """Return a function that opens the game from the disk on the same day each time."""
    contexts, asked, logged = [], [], []

    def opened(**options):
        contexts.append(browser.new_context(reduced_motion="reduce", **options))
        contexts[-1].grant_permissions(["clipboard-read", "clipboard-write"])
        page = contexts[-1].new_page()
        page.clock.set_fixed_time("2026-11-21T12:00:00")
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: logged.append(str(error)))
        page.goto((site / "chapters" / "find-the-bug.html").as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert logged == []


def to(page, text, most=40):
    """Press Tab until what has the focus says `text`."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == text:
            return
    pytest.fail(f"the Tab key doesn't reach {text!r}")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_round_is_played_by_keyboard(game, width):
    page = game(viewport={"width": width, "height": 844})
    page.locator(".bugs").evaluate("el => { el.tabIndex = -1; el.focus(); }")
    to(page, "Play today’s round")
    assert page.locator("script[src*=exhibits]").count() == 0, "they are read when somebody plays"
    page.keyboard.press("Enter")
    page.wait_for_selector(".bugs-choices")
    by_call = {tuple(one["names"]): one for one in exhibits()}
    marks = []
    for place in range(10):
        assert page.evaluate("document.activeElement.textContent").startswith(f"{place + 1} of 10")
        exhibit = by_call[tuple(page.locator(".bugs-choices button").all_inner_texts())]
        chosen = exhibit["right"]
        if place == 4:
            to(page, "Tell me the symptom, for half a mark")
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.textContent") == "".join(exhibit["symptom"])
        if place == 7:
            chosen = (chosen + 1) % 4
        to(page, exhibit["names"][chosen])
        page.keyboard.press("Space")
        marks.append("◐" if place == 4 else "○" if place == 7 else "●")
        reply = page.evaluate("document.activeElement.innerText")
        assert reply.startswith("Not this one." if place == 7 else "Right.")
        for sentence in exhibit["verdict"]:
            assert sentence in reply
        link = page.locator(".bugs-reply a").get_attribute("href")
        assert link == f"{exhibit['section'].removeprefix('chapters/').replace('#', '.html#')}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        to(page, "The end" if place == 9 else "Next")
        page.keyboard.press("Enter")
    card = page.locator(".bugs-card").input_value()
    assert card == f"Spotlight, Find the bug, 21 November 2026: 8.5 of 10\n{''.join(marks)}"
    to(page, "Copy the card")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.bugs').textContent.includes('Copied.')")
    assert page.evaluate("navigator.clipboard.readText()") == card
    page.reload()
    assert "Today: 8.5 of 10." in page.locator(".bugs").inner_text()


def test_the_first_score_of_a_day_counts_and_own_rounds_do_not(game):
    page = game()
    for name in ("Play another round", "Play today’s round", "Play today’s round"):
        page.get_by_role("button", name=name).click()
        page.wait_for_selector(".bugs-choices")
        for _ in range(10):
            page.locator(".bugs-choices button").first.click()
            page.locator(".bugs-reply button").click()
        page.get_by_role("button", name="Back to the start").click()
    assert "played in this browser: 1;" in page.locator(".bugs").inner_text()
