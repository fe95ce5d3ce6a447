"""Scripts of live figures are joined, each once; what cannot be joined is named."""

import re

import pytest
from browser import chromium
from playwright.sync_api import sync_playwright

from attnlib.live import FIGURES, scripts


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a function that writes scripts into a folder from which they are joined."""
    monkeypatch.setattr(scripts, "SCRIPTS", tmp_path)
    scripts.read.cache_clear()

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.js").write_text(text, "utf-8")

    yield write
    scripts.read.cache_clear()


def run(text):
    """Run statements in a page and return what the last gives."""
    with sync_playwright() as playwright:
        return chromium(playwright).new_page().evaluate(f"() => {{\n{text}\n}}")


def test_a_script_that_two_others_import_runs_once_and_before_them(folder):
    folder(
        count="""
// who has called
let calls = 0; // from zero
export const next = () => (calls += 1);
export const runs = ["count"];
""",
        a="""
import { next, runs } from "./count.js";

runs.push("a");
export const first = next();
""",
        b="""
import {
  next,
  runs,
} from "./count.js";
import { first } from "./a.js";

const calls = "its own";
runs.push(calls, first);
export async function second() {
  return next();
}
""",
    )
    joined = scripts.joined("b.js", "a.js", "b.js")
    assert re.findall(r'^modules\["(\w+)\.js"\] =', joined, re.MULTILINE) == ["count", "a", "b"]
    assert "who has called" not in joined
    given = run(f'{joined}return modules["b.js"].second().then((n) => [n, ...modules["count.js"].runs]);')
    assert given == [2, "count", "a", "its own", 1]


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ({"a": 'import { x } from "./gone.js";\n'}, r"a\.js needs gone\.js, which isn't there"),
        (
            {"a": 'import { x, y } from "./b.js";\n', "b": "const y = 1;\nexport const x = y;\n"},
            r"a\.js imports y, which b\.js doesn't export",
        ),
        (
            {"a": 'import { b } from "./b.js";\n', "b": 'import { a } from "./a.js";\n'},
            r"circle: a\.js -> b\.js -> a\.js",
        ),
        ({"a": "export default 1;\n"}, r"a\.js: 'export default 1;' is not understood"),
        ({"a": 'import * as b from "./b.js";\n'}, r"a\.js: 'import \* as b"),
        ({"a": 'import { b } from "https://example.org/b.js";\n'}, r"a\.js: 'import \{ b \} from"),
    ],
)
def test_what_cannot_be_joined_is_named(folder, texts, says):
    folder(**texts)
    with pytest.raises(ValueError, match=says):
        scripts.joined("a.js")


def test_a_figure_without_a_script_is_named(folder):
    with pytest.raises(ValueError, match=r"a figure needs figures/gone\.js, which isn't there"):
        scripts.module("gone")


def test_the_kit_has_nothing_that_no_figure_uses():
    used = set()
    for figure in FIGURES:
        used |= set(re.findall(r'^modules\["(.*)"\] =', scripts.page_script(figure.script), re.MULTILINE))
    there = {path.relative_to(scripts.SCRIPTS).as_posix() for path in scripts.SCRIPTS.rglob("*.js")}
    assert there == used
