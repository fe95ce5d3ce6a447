"""Time key presses in the live GPT: from the key until everything is computed and laid out.

The figure is opened from the disk in the Chromium of this machine, as wide as a phone, and the presses are
the browser's own. What is painted afterwards isn't counted.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from attnlib.live import GPT
from attnlib.live.scripts import page_script

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
LISTEN = """() => {
    globalThis.times = [];
    addEventListener("keydown", () => {
        const start = performance.now();
        setTimeout(() => {
            document.documentElement.getBoundingClientRect();
            times.push(performance.now() - start);
        });
    }, { capture: true });
}"""
#: What is pressed: where the focus goes first, and the keys, in turn.
PRESSES = {
    "the likeliest word, and back": (".gpt-input", ("Enter", "Backspace")),
    "a head off, and on": ("[role=switch]", ("Space", "Space", "ArrowRight")),
    "who asks": ("input[type=radio]:checked", ("ArrowLeft",)),
    "the temperature": ("input[type=range]", ("ArrowRight",) * 9 + ("ArrowLeft",) * 9),
}


def page_of(figure, folder):
    """Write a page with nothing but a figure, and return its address."""
    path = Path(folder, "figure.html")
    path.write_text(
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>figure</title>"
        f"<style>{figure.style_sheet()}</style>{figure._repr_mimebundle_()[0]['text/html']}"
        f"<script>{page_script(figure.script)}</script>",
        "utf-8",
    )
    return path.as_uri()


def main():
    """Print the median and the worst time of each kind of press."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=200, metavar="N")
    n_presses = parser.parse_args().presses
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not chromium:
        sys.exit(
            "bench_live: no Chromium found, so nothing is measured. On Debian: apt-get install chromium"
        )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 390, "height": 844})
        for what, (place, keys) in PRESSES.items():
            page.goto(page_of(GPT(), folder))
            page.locator(".gpt-candidate", has_text="actors").wait_for()
            page.evaluate(LISTEN)
            page.locator(place).first.focus()
            for turn in range(n_presses):
                page.keyboard.press(keys[turn % len(keys)])
                page.wait_for_function("n => times.length > n", arg=turn)
            times = page.evaluate("times")
            print(
                f"{what:30} median {statistics.median(times):5.1f} ms, "
                f"worst of {len(times)} {max(times):5.1f} ms",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main()
