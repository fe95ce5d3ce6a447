"""The book's own Sphinx extensions, on a page of their own."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

TOOLS = Path(__file__).parents[1] / "tools"

QUIZ = """\
:::{quiz} Which sum is $1$?
- [ ] That of a *column*.

  No: a column belongs to one key.
- [x] That of a row.

  Yes: a row belongs to one query.
:::
"""


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Return a function that builds one page and returns it, with the warnings of the build."""
    monkeypatch.syspath_prepend(TOOLS)
    from sphinx.testing.util import SphinxTestApp

    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text(
        "extensions = ['myst_parser', 'sphinx_mathml', 'sphinx_quiz']\n"
        "myst_enable_extensions = ['colon_fence', 'dollarmath', 'amsmath']\n"
        "html_math_renderer = 'mathml'\n"
    )
    apps = []

    def run(text):
        (source / "index.md").write_text("# Page\n\n" + text, "utf-8")
        app = SphinxTestApp(srcdir=source, builddir=tmp_path / "build")
        apps.append(app)
        app.build()
        page = Path(app.outdir, "index.html").read_text("utf-8")
        return BeautifulSoup(page, "html.parser"), app.warning.getvalue()

    yield run
    for app in apps:
        app.cleanup()


def test_each_answer_of_a_quiz_opens_on_its_own_reply(build):
    page, warnings = build(QUIZ)
    assert warnings == ""
    wrong, right = page.select("details.quiz-answer")
    assert wrong.summary.text == "That of a column."
    assert wrong.summary.em.text == "column"
    assert "Not quite." in wrong.text
    assert "belongs to one key" in wrong.text
    assert right.summary.text == "That of a row."
    assert right.select_one(".quiz-verdict").text == "Right."
    assert page.select_one(".quiz-question math").text == "1"


def test_only_one_answer_of_a_question_is_open_at_a_time(build):
    page, _ = build(QUIZ + "\n" + QUIZ)
    names = [answer["name"] for answer in page.select("details")]
    assert names[0] == names[1] != names[2] == names[3]


def test_nothing_says_which_answer_is_right_before_it_is_opened(build):
    page, _ = build(QUIZ)
    assert not any(
        re.search("right|wrong", str(summary), re.IGNORECASE) for summary in page.select("summary")
    )


@pytest.mark.parametrize(
    ("quiz", "message"),
    [
        (QUIZ.replace("[x]", "[ ]"), "one of them right"),
        (QUIZ.replace("[ ]", "[x]"), "one of them right"),
        (QUIZ.replace("[ ] ", ""), "an answer is [x] or [ ]"),
        (QUIZ.replace("  Yes: a row belongs to one query.\n", ""), "its reply"),
        (":::{quiz} Why?\nBecause.\n:::\n", "two answers"),
    ],
)
def test_a_quiz_with_a_mistake_is_a_warning_of_the_build(build, quiz, message):
    _, warnings = build(quiz)
    assert message in warnings


def test_formulas_are_mathml_and_load_no_script(build):
    page, warnings = build("Let $x$ be.\n\n$$\n\\frac{a}{\\sqrt{d_k}}\n$$ (eq-a)\n\nSee {eq}`eq-a`.\n")
    assert warnings == ""
    inline, block = page.select("math")
    assert "display" not in inline.attrs
    assert block["display"] == "block"
    assert block.mfrac.msqrt.msub
    assert page.select_one("div.math .eqno").text.startswith("(1)")
    assert not [script for script in page.select("script[src]") if "mathjax" in script["src"].lower()]


@pytest.mark.parametrize(
    "latex",
    [
        "$$\na \\\\ b\n$$",
        "$$\n\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}\n$$",
        "\\begin{align}\na &= b \\\\\n&= c\n\\end{align}",
        "$$\n\\begin{aligned} a &= b \\\\ &= c \\end{aligned}\n$$",
        "$Q K^\\top \\in \\mathbb{R}^{T_q \\times T_k}$",
    ],
)
def test_what_chapters_write_converts(build, latex):
    page, warnings = build(latex + "\n")
    assert warnings == ""
    assert page.math


def test_the_examples_in_the_docstrings_hold(monkeypatch):
    monkeypatch.syspath_prepend(TOOLS)
    import sphinx_mathml

    failed, attempted = doctest.testmod(sphinx_mathml)
    assert attempted == 2
    assert failed == 0


def test_a_downloaded_notebook_says_in_plain_markdown_what_the_page_says(monkeypatch):
    monkeypatch.syspath_prepend(TOOLS)
    import sphinx_notebook

    failed, attempted = doctest.testmod(sphinx_notebook)
    assert (failed, attempted) == (0, 1)
    authors = {"a": ("Ash and Birch", "1999"), "b": ("Cedar et al.", "2001")}
    plain = sphinx_notebook.plain_markdown(
        "(here)=\n## Head\n\nSee {cite:p}`a,b`, [there](05-softmax.md), {ref}`this <that>`, {eq}`eq-a`,"
        " [out](https://a.org) and `code`.\n\n" + QUIZ,
        authors,
    )
    assert plain == (
        "## Head\n\nSee (Ash and Birch 1999, Cedar et al. 2001), there, this, above,"
        " [out](https://a.org) and `code`.\n\n**Which sum is $1$?**\n\n"
        + QUIZ.partition("\n")[2].replace(":::\n", "")
    )


def test_an_unknown_command_is_a_warning_that_names_the_formula(build):
    page, warnings = build("$\\sofmtax{x}$\n")
    assert "sofmtax" in warnings
    assert page.code.text == "\\sofmtax{x}"


def test_the_font_holds_the_glyphs_of_the_page_and_stays_small(build, tmp_path):
    build("$d_k + \\tau \\sum_i \\sqrt{x}$\n")
    path = tmp_path / "build" / "html" / "_static" / "fonts" / "stix-two-math.woff2"
    characters = TTFont(path).getBestCmap()
    assert {ord(character) for character in "𝑑𝑘𝜏∑√+"} <= set(characters)
    assert path.stat().st_size < 60_000


def test_roots_of_all_sizes_are_equally_wide(build, tmp_path):
    build("$\\sqrt{x}$\n")
    font = TTFont(tmp_path / "build" / "html" / "_static" / "fonts" / "stix-two-math.woff2")
    variants = font["MATH"].table.MathVariants
    place = variants.VertGlyphCoverage.glyphs.index(font.getBestCmap()[ord("√")])
    sizes = variants.VertGlyphConstruction[place].MathGlyphVariantRecord
    assert len(sizes) > 1
    assert len({font["hmtx"][size.VariantGlyph][0] for size in sizes}) == 1


EXECUTED = """\
---
file_format: mystnb
kernelspec: {{name: python3, display_name: Python 3, language: python}}
---
# Page {name}

```{{code-cell}}
import os
from pathlib import Path
with Path("{name}.ran-by").open("a") as file:
    print(os.getppid(), file=file)
6 * 7
```
"""


def test_pages_are_executed_by_processes_of_their_own(tmp_path):
    source, built = tmp_path / "source", tmp_path / "build"
    source.mkdir()
    (source / "conf.py").write_text(
        "import os, pathlib\n"
        "pathlib.Path(__file__).with_name('sphinx.pid').write_text(str(os.getpid()))\n"
        "extensions = ['myst_nb', 'sphinx_execution']\n"
        "nb_execution_mode = 'cache'\n"
    )
    (source / "index.md").write_text("# Book\n\n```{toctree}\na\nb\nc\n```\n")
    for name in "abc":
        (source / f"{name}.md").write_text(EXECUTED.format(name=name))
    sphinx = [sys.executable, "-m", "sphinx", "-W", "-q", str(source), str(built)]
    subprocess.run(sphinx, check=True, env={**os.environ, "PYTHONPATH": str(TOOLS)})
    builder = (source / "sphinx.pid").read_text()
    for name in "abc":
        executed_by, *_ = (source / f"{name}.ran-by").read_text().split()
        assert executed_by != builder
        assert "42" in BeautifulSoup((built / f"{name}.html").read_text("utf-8"), "html.parser").text


def test_a_page_that_fails_says_so_where_pages_always_do(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text(
        "extensions = ['myst_nb', 'sphinx_execution']\nnb_execution_mode = 'cache'\n"
    )
    (source / "index.md").write_text("# Book\n\n```{toctree}\na\nb\n```\n")
    for name, last in (("a", "6 * 7"), ("b", "6 / 0")):
        (source / f"{name}.md").write_text(EXECUTED.format(name=name).replace("6 * 7", last))
    sphinx = [sys.executable, "-m", "sphinx", "-q", str(source), str(tmp_path / "build")]
    done = subprocess.run(
        sphinx, env={**os.environ, "PYTHONPATH": str(TOOLS)}, capture_output=True, text=True, check=True
    )
    assert "b.md: WARNING: Executing notebook failed: CellExecutionError" in done.stderr
    assert "a.md: WARNING" not in done.stderr


def test_a_line_does_not_begin_with_the_mark_after_a_formula(build):
    page, _ = build("See $a$: it is $b$ or ($c$).")
    assert page.find("p").text == "See a: it is b or (c)."
    assert [together.text for together in page.select("p .closed")] == ["a:", "c)."]
    assert not [together for together in page.select("p .closed") if not together.math]


def test_a_printed_page_has_its_right_answers_at_the_end(build):
    page, _ = build(QUIZ + "\nMore text.\n")
    (key,) = page.select(".quiz-key")
    assert key.li.p.text == "(b) That of a row."
    assert "Yes: a row belongs to one query." in key.text
    assert "No: a column" not in key.text
    assert key.find_previous(string=re.compile("More text"))
