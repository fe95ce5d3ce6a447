"""Live figures of chapters 6, 8 and 9 show the numbers where they belong."""

import re
from fractions import Fraction

import numpy as np
import pytest
from browser import chromium
from playwright.sync_api import sync_playwright

import attnlib
from attnlib import byhand
from attnlib.live import ByHand, Descent, Heads, Split
from attnlib.live.scripts import page_script
from attnlib.live.split import VIEWS


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield chromium(playwright)


@pytest.fixture
def alive(browser):
    """Return a function that puts a figure into a page of its own and brings it to life."""
    contexts = []

    def alive(figure, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        markup = figure._repr_mimebundle_()[0]["text/html"]
        page.set_content(f"<!doctype html><style>{figure.style_sheet()}</style>{markup}")
        page.add_script_tag(content=page_script(figure.script))
        page.wait_for_timeout(100)
        return page.locator(".live")

    yield alive
    for context in contexts:
        context.close()


@pytest.mark.parametrize("shown", ByHand.shown.values)
def test_every_entry_is_written_as_its_fraction(alive, shown):
    live = alive(ByHand(shown=shown))
    written = live.locator('[role="gridcell"]').all_text_contents()
    assert written == [str(Fraction(entry)) for entry in byhand.steps()[shown].flat]


@pytest.mark.parametrize("shown", ["q", "k", "v", "scores", "weights", "context"])
def test_the_arithmetic_of_an_entry_comes_out(alive, shown):
    worked = alive(ByHand(shown=shown)).evaluate(
        """async (live) => {
            const worked = [];
            for (const cell of live.querySelectorAll("[role=gridcell]")) {
                cell.click();
                await Promise.resolve();
                worked.push([live.querySelector(".hand-line").textContent, cell.textContent]);
            }
            return worked;
        }"""
    )
    assert len({line for line, _ in worked}) > 1
    for line, entry in worked:
        left, right = line.split(" = ")
        exact = eval(left.replace("·", "*").replace("/", "*over*"), {"over": Over()})  # noqa: S307
        assert exact == Fraction(entry)
        assert right == entry


class Over:
    """An exact division, written ``a *over* b`` so that it binds as ``/`` does."""

    def __init__(self, above=1):
        self.above = Fraction(above)

    def __rmul__(self, above):
        return Over(above)

    def __mul__(self, below):
        return self.above / below


def test_an_entry_leads_back_to_the_features(alive):
    live = alive(ByHand())
    spoken = live.locator("[aria-live]")
    for part, entry in (("9", "9"), ("2", "2"), ("4", "4"), ("2", "2")):
        live.locator("table:not([role]) td.hand-from", has_text=part).last.click()
        picked = live.locator('[aria-selected="true"]')
        assert picked.text_content() == entry
        assert picked.evaluate("cell => cell === document.activeElement")
    assert live.locator("input:checked").get_attribute("value") == "q"
    live.page.wait_for_timeout(500)
    assert spoken.text_content() == (
        "What Macbeth looks for, place 2: 1 · 1 + 1 · 1 + 1 · 0 + 0 · 0 + 1 · 0 + 0 · 0 = 2."
    )


def test_a_key_that_lies_on_its_side_leads_back_to_its_token(alive):
    figure = ByHand(shown="scores", row=0, column=3)
    live = alive(figure)
    live.locator("td.hand-other").nth(1).click()
    assert live.locator("input:checked").get_attribute("value") == "k"
    rows = live.locator('[role="grid"] tbody tr')
    picked = rows.nth(3).locator('[role="gridcell"]').nth(1)
    assert picked.get_attribute("aria-selected") == "true"
    assert picked.text_content() == str(byhand.steps()["k"][3, 1])


def standing(live):
    """Return the numbers of the blocks as they stand on the page, row by row."""
    blocks = live.evaluate(
        """(live) => [...live.querySelectorAll(".split-block")].map((block) => {
            const { x, y } = block.getBoundingClientRect();
            return [Math.round(y), x, Number(block.textContent)];
        })"""
    )
    rows = {}
    for y, _, value in sorted(blocks):
        rows.setdefault(y, []).append(value)
    return list(rows.values())


@pytest.mark.parametrize("n_heads", [2, 4])
@pytest.mark.parametrize("width", [360, 900])
def test_blocks_stand_as_the_array_holds_them(alive, n_heads, width):
    figure = Split(n_heads=n_heads)
    x = np.array(figure.x)
    heads = attnlib.split_heads(x, n_heads)
    arrays = [x, x.reshape(4, n_heads, -1), heads, x.reshape(heads.shape), heads.reshape(x.shape)]
    live = alive(figure, reduced_motion="reduce", viewport={"width": width, "height": 600})
    for view, array in zip(VIEWS, arrays, strict=True):
        live.locator(f'input[value="{view}"]').check(force=True)
        side_by_side = array if array.ndim == 2 else np.concatenate(list(array), axis=-1)
        assert standing(live) == side_by_side.tolist(), view


def test_blocks_move_unless_the_reader_wants_stillness(alive):
    for motion, moves in (("no-preference", True), ("reduce", False)):
        live = alive(Split(), reduced_motion=motion)
        n_moving = live.evaluate(
            """async (live) => {
                live.querySelector("input[value=heads]").click();
                await Promise.resolve();
                return live.getAnimations({ subtree: true }).length;
            }"""
        )
        assert (n_moving > 0) == moves


def test_arcs_are_as_wide_as_the_weights(alive):
    figure = Heads(query=1)
    live = alive(figure, reduced_motion="reduce")
    weights = figure.weights()[:, 1]
    for h in range(2):
        widths = [
            float(arc.get_attribute("stroke-width"))
            for arc in live.locator(f".heads-drawing.heads-{h} .heads-arc").all()
        ]
        strong = weights[h][weights[h] > 0.1]
        np.testing.assert_allclose(sorted(widths)[-len(strong) :], np.sort(13 * strong))


def test_each_press_takes_a_step_down_and_a_rate_that_is_too_large_is_said_to_be(alive):
    live = alive(Descent(start=[0, 0]))
    said = live.locator(".live-text")
    losses = []
    for _ in range(4):
        losses.append(float(re.search(r"loss is ([\d.]+):", said.inner_text())[1]))
        live.get_by_text("One step", exact=True).click()
    assert losses == sorted(losses, reverse=True)
    assert live.locator(".descent-stop").count() == 4
    live.locator("input[type=range]").fill("5")
    live.get_by_text("One step", exact=True).click()
    assert "After 5 steps of plain descent" in said.inner_text()
    assert "it was too long" in said.inner_text()
    live.locator("input[value=Adam]").check()
    assert "Before the first step of Adam" in said.inner_text()


def test_path_of_steps_that_overshoot_does_not_settle():
    last = [value for rate in (1.0, 16.0) for value in Descent(start=[0, 0], taken=[rate] * 40).path()[-2:]]
    assert np.abs(last[1] - last[0]).max() < 0.05
    assert np.abs(last[3] - last[2]).max() > 1
