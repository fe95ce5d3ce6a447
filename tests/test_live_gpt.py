"""The GPT in the page is written with by keyboard, refuses what it can't read, and loses nothing."""

import numpy as np
import pytest
from browser import chromium
from playwright.sync_api import expect, sync_playwright
from traitlets import TraitError

from attnlib.live import GPT
from attnlib.live.params import pack, unpack
from attnlib.live.scripts import page_script
from attnlib.trained import load

WORDS_SHOWN = 8


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        yield chromium(playwright)


@pytest.fixture
def live(browser, tmp_path):
    """Return a function that opens a page with nothing but the figure, from disk."""
    contexts = []

    def live(figure, above=0, **options):
        (tmp_path / "gpt.html").write_text(
            f"<!doctype html><html lang='en'><meta charset='utf-8'><style>{GPT.style_sheet()}</style>"
            f"<div style='height: {above}px'></div>"
            f"{figure._repr_mimebundle_()[0]['text/html']}<script>{page_script('gpt')}</script>",
            "utf-8",
        )
        contexts.append(browser.new_context(reduced_motion="reduce", **options))
        page = contexts[-1].new_page()
        page.goto((tmp_path / "gpt.html").as_uri())
        return page.locator(".live")

    yield live
    for context in contexts:
        context.close()


def sentence(live):
    """Return the words that stand in the sentence."""
    return " ".join(live.locator(".gpt-word:visible, .gpt-stop:visible").all_inner_texts()[1:])


def expect_sentence(live, text):
    expect(live.locator(".gpt-word:visible, .gpt-stop:visible")).to_have_text(["start", *text.split()])


def test_a_sentence_is_typed_word_by_word(live):
    page = live(GPT(""))
    line = page.get_by_label("Go on with the sentence")
    line.press_sequentially("Tom likes  to ")
    expect_sentence(page, "tom likes to")
    line.press_sequentially("go")
    expect_sentence(page, "tom likes to")
    line.press("Enter")
    expect_sentence(page, "tom likes to go")
    line.press("Enter")  # the likeliest
    expect_sentence(page, "tom likes to go to")
    line.press("Backspace")
    expect_sentence(page, "tom likes to go")
    line.fill("to the park.")
    line.press("Enter")
    expect_sentence(page, "tom likes to go to the park .")
    expect(line).to_have_value("")


def test_words_that_it_has_never_seen_are_named_and_stay(live):
    page = live(GPT("i like"))
    line, says = page.get_by_label("Go on with the sentence"), page.get_by_role("alert")
    line.fill("to feed the dog <start> ")
    expect(says).to_contain_text("“feed”, “dog” and “<start>” are not among the 59 words")
    expect(says).to_contain_text("actors, after, and, anna")
    expect(line).to_have_value("to feed the dog <start> ")
    expect_sentence(page, "i like")
    line.fill("to go ")
    expect(says).to_be_empty()
    expect_sentence(page, "i like to go")


def test_nothing_follows_a_full_stop_and_no_sentence_is_too_long(live):
    page = live(GPT("i like"))
    line, says = page.get_by_label("Go on with the sentence"), page.get_by_role("alert")
    line.fill("to . go ")
    expect(says).to_contain_text("nothing may follow")
    line.fill(". ")
    line.fill("go ")
    expect(says).to_contain_text("has its full stop")
    page.get_by_role("button", name="start again").click()
    line.fill("go " * 24)
    expect(says).to_contain_text("up to 23 words")
    expect(line).to_have_value("go " * 24)
    line.fill("go " * 23)
    line.fill(".")
    line.press("Enter")
    expect_sentence(page, "go " * 23 + ".")


def test_words_are_pressed_undone_and_replaced(live):
    page = live(GPT("i like to go to the"))
    likely = page.get_by_role("group", name="after the comes").get_by_role("button")
    expect(likely).to_have_count(WORDS_SHOWN)
    likely.first.focus()
    page.page.keyboard.press("ArrowDown")
    place = likely.nth(1).locator(".gpt-next").inner_text()
    page.page.keyboard.press("Enter")
    expect_sentence(page, f"i like to go to the {place}")
    page.get_by_role("radio", name="like").check(force=True)
    expect(page.locator(".gpt-title").first).to_have_text("after like comes")
    page.locator(".gpt-candidate").nth(1).click()
    assert sentence(page).split()[2] != "to"
    assert sentence(page).endswith(f"go to the {place}")
    undo = page.get_by_role("button", name="undo")
    undo.click()
    expect_sentence(page, f"i like to go to the {place}")
    undo.click()
    expect_sentence(page, "i like to go to the")
    expect(undo).to_have_attribute("aria-disabled", "true")


def test_a_head_that_is_switched_off_leaves_the_whole_model_beside_it(live):
    page = live(GPT())
    bars = page.locator(".gpt-candidate")
    expect(bars.first).to_contain_text("actors")
    assert page.locator(".gpt-ghost:visible").count() == 0
    page.get_by_role("switch", name="head 0 of block 0").focus()
    page.page.keyboard.press("Space")
    expect(bars.first).to_contain_text("ducks")
    expect(bars.nth(1)).to_contain_text("actors")
    assert page.locator(".gpt-ghost:visible").count() == 1
    expect(page.locator(".live-text")).to_contain_text(
        "Off: head 0 of block 0. With all heads it would be “actors”"
    )
    page.page.keyboard.press("ArrowRight")
    expect(page.get_by_role("switch", name="head 1 of block 0")).to_be_focused()
    page.get_by_role("button", name="all heads on").click()
    expect(bars.first).to_contain_text("actors")
    assert page.get_by_role("switch", checked=False).count() == 0


def test_it_goes_on_as_the_seed_says_and_ends_otherwise_the_next_time(live):
    ends = []
    for _ in range(2):
        page = live(GPT("we like to go to the", seed=5))
        page.get_by_role("button", name="let it go on").click()
        again = page.get_by_role("button", name="another ending")
        expect(again).to_be_visible()
        first = sentence(page)
        assert first.startswith("we like to go to the ")
        assert first.endswith(" .")
        again.click()
        expect(again).to_be_visible()
        ends.append((first, sentence(page)))
    assert ends[0] == ends[1]
    assert ends[0][0] != ends[0][1]
    assert ends[0][1].startswith("we like to go to the ")


def test_it_is_stopped_by_the_same_button(live):
    page = live(GPT("we like"))
    page.page.emulate_media(reduced_motion="no-preference")
    page.get_by_role("button", name="let it go on").click()
    page.get_by_role("button", name="stop").click()
    expect(page.get_by_role("button", name="let it go on")).to_be_visible()
    before = sentence(page)
    page.page.wait_for_timeout(1000)
    assert sentence(page) == before


def test_what_is_heard_says_the_next_words_and_where_the_heads_look(live):
    page = live(GPT())
    spoken = page.locator("[aria-live]")
    expect(spoken).to_be_empty()
    page.get_by_label("Go on with the sentence").press("Enter")
    expect(spoken).to_contain_text("After “actors” the likeliest words are “full stop”")
    expect(spoken).to_contain_text("The heads of block 1 look most at")


def test_weights_are_read_when_somebody_looks(live):
    page = live(GPT(), above=5000)
    bar = page.locator(".gpt-candidate").first
    page.page.wait_for_timeout(300)
    expect(bar).to_have_text("")
    page.scroll_into_view_if_needed()
    expect(bar).to_contain_text("actors")


def test_it_says_that_its_weights_are_missing_and_takes_them_from_beside_the_page(live, tmp_path):
    numbers = GPT().numbers
    apart = '<script type="application/json" data-beside="numbers" data-src="beside.js"></script>'

    class Apart(GPT):
        def _repr_mimebundle_(self, **kwargs):
            data, metadata = super()._repr_mimebundle_(**kwargs)
            inside = f'<script type="application/json" data-beside="numbers">"{numbers}"</script>'
            assert inside in data["text/html"]
            return {"text/html": data["text/html"].replace(inside, apart)}, metadata

    page = live(Apart())
    expect(page.locator(".live-text")).to_contain_text("weights are not there")
    page.get_by_role("button", name="let it go on").click()
    page.get_by_label("Go on with the sentence").press("Enter")
    assert sentence(page) == GPT().text
    (tmp_path / "beside.js").write_text(f'document.currentScript.holds = "{numbers}";')
    page.page.reload()
    expect(page.locator(".gpt-candidate").first).to_contain_text("actors")


def test_parameters_survive_the_way_into_a_page_in_two_bytes_a_number():
    params = load("park").params
    shapes, numbers = pack(params)
    assert len(numbers) == 4 * -(-2 * sum(array.size for array in params.values()) // 3)
    for name, array in unpack(shapes, numbers).items():
        np.testing.assert_array_equal(array, params[name])
    assert list(unpack(shapes, numbers)) == list(params)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e6])
def test_numbers_that_have_no_place_in_two_bytes_are_refused(value):
    with pytest.raises(ValueError, match="one in 'w' isn't"):
        pack({"v": np.ones(2), "w": np.array([1.0, value])})


def test_weights_of_another_model_are_refused():
    with pytest.raises(ValueError, match="params must be those of this model"):
        GPT(params=load("macbeth").params)


@pytest.mark.parametrize(
    ("traits", "says"),
    [
        ({"text": "i like to feed ducks"}, "doesn't know: 'feed'"),
        ({"text": "<start> i"}, "doesn't know: '<start>'"),
        ({"text": "i like . to go"}, "goes on after a full stop"),
        ({"text": "go " * 24}, "at most 23 words, got 24"),
        ({"query": 20}, "query must be 0 to 19, got 20"),
        ({"temperature": 0}, "above 0"),
        ({"temperature": float("nan")}, "above 0"),
        ({"off": [(0, 4)]}, "blocks and heads that are there"),
        ({"off": [3]}, "blocks and heads that are there"),
        ({"beginnings": ["to be"]}, "doesn't know: 'be'"),
    ],
)
def test_states_that_cannot_be_are_refused(traits, says):
    with pytest.raises(TraitError, match=says):
        GPT(**traits)


def test_description_and_picture_say_what_is_off():
    figure = GPT(off=[(0, 0), (1, 2)])
    assert (
        "Off: head 0 of block 0, 2 of block 1; with every head it would be “actors”."
        in figure.description()
    )
    assert "Off" not in GPT().description()
    ghosts = [sum(not bar.get_fill() for bar in shown.picture().patches) for shown in (figure, GPT())]
    assert ghosts == [WORDS_SHOWN, 0]
