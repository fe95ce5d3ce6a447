"""A number that a chapter quotes is one that a cell of the same page shows."""

import re

import pytest
from conftest import CHAPTERS

QUOTED = re.compile(r"(?<![\w.,/])\d+\.\d{2,}(?![\w/]|[.,]\d)")
PRINTED = re.compile(r"(?<![\w.])\d+(?:\.\d*)?(?:e[-+]?\d+)?")
NOT_PROSE = (
    re.compile(r"\A---\n.*?^---$", re.MULTILINE | re.DOTALL),  # the header
    re.compile(r"^(`{3,})(?!\{(?:note|tip|warning|admonition)).*?^\1$", re.MULTILINE | re.DOTALL),
    re.compile(r"^:(?!::)[\w-]+:.*$", re.MULTILINE),  # a directive's options
    re.compile(r"\$\$.*?\$\$|\\begin\{(\w+)\}.*?\\end\{\1\}", re.DOTALL),
    re.compile(r"(`+)[^`]+\1"),  # code, and roles such as {cite:p}`key`
    re.compile(r"\$[^$]+\$"),
    re.compile(r"\]\([^)]*\)|<https?:[^>]*>"),  # addresses
)
CODE_CELL = re.compile(
    r"^(`{3,})\{code-cell\}[^\n]*\n(?:---\n.*?^---\n)?(.*?)^\1$", re.MULTILINE | re.DOTALL
)


def prose_of(text):
    """Return a chapter with everything but its prose blanked out, line by line in its place."""
    for pattern in NOT_PROSE:
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    return text


def quoted_numbers(text):
    """Return ``(line, number)`` for each decimal number of the prose."""
    lines = prose_of(text).splitlines()
    return [(place, number) for place, line in enumerate(lines, 1) for number in QUOTED.findall(line)]


def shown_numbers(text, page):
    """Return what the cells print, and the numbers that they start from."""
    shown = [output.text for output in page.select(".cell_output :is(pre, table, p)")]
    code = [match.group(2) for match in CODE_CELL.finditer(text)]
    return {float(number.replace("_", "")) for part in shown + code for number in PRINTED.findall(part)}


def is_shown(number, shown):
    """Return whether a quoted number is one of `shown`, rounded to as many digits."""
    half = 0.5 * 10 ** -len(number.partition(".")[2])
    return any(abs(float(number) - other) <= half * (1 + 1e-9) for other in shown)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_numbers_in_the_prose_come_from_a_cell(chapter, page):
    text = chapter.read_text("utf-8")
    shown = shown_numbers(text, page(chapter))
    invented = [
        f"{chapter.name}:{line}: {number}"
        for line, number in quoted_numbers(text)
        if not is_shown(number, shown)
    ]
    assert not invented, (
        f"no cell of the page shows {', '.join(invented)}. Print it, or write a number that is "
        "given and not found as a formula ($0.25$)."
    )


@pytest.mark.parametrize(
    ("prose", "numbers"),
    [
        ("It is 0.862, not 1.5.", [(1, "0.862")]),
        ("Two lines\nand 12.34.", [(2, "12.34")]),
        ("Code `0.123`, maths $0.123$, version 1.2.34.", []),
        ("---\nname: 0.123\n---\n```{code-cell} ipython3\n0.123\n```\n", []),
        ("$$\n0.123\n$$\n", []),
        (":::{quiz} Is it 0.9999?\n- [ ] No: 0.25.\n:::\n", [(1, "0.9999"), (2, "0.25")]),
        ("[a link](page-0.123.html) and {cite:t}`a0.123`", []),
    ],
)
def test_only_prose_is_searched(prose, numbers):
    assert quoted_numbers(prose) == numbers


@pytest.mark.parametrize(
    ("number", "shown", "found"),
    [
        ("0.862", {0.8617}, True),
        ("0.862", {0.8626}, False),
        ("0.862", {0.86}, False),
        ("1.10", {1.1}, True),
    ],
)
def test_a_number_may_be_rounded_but_not_changed(number, shown, found):
    assert is_shown(number, shown) == found
