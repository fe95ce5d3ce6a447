"""The printed worksheets: empty boxes on one sheet, every number of what is worked on its key."""

import re
from collections import Counter

import matplotlib.pyplot as plt
import pytest
from conftest import ROOT, run
from pypdf import PdfReader

from attnlib.byhand import MACBETH, example, steps
from attnlib.byhand_learning import gradients
from attnlib.worksheets import find_sheet, names, write_worksheet
from attnlib.worksheets._sheet import A4, LEFT, PRINT, RIGHT

GIVEN = ["x", "w_q", "w_k", "w_v"]
ANSWERS = ["q", "k", "v", "scores", "scaled_scores", "powers", "totals", "weights", "context"]
COPIED = ["q", "k", "v"]  # once where they are computed, once where they are used


def numbers(path):
    """Count the numbers printed in a PDF."""
    words = " ".join(page.extract_text() for page in PdfReader(path).pages).split()
    return Counter(word for word in words if re.fullmatch(r"-?\d+([/.]\d+)?", word))


def entries(worked, names):
    named = steps(worked)
    return Counter(str(entry) for name in names for entry in named[name].flat)


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_key_has_every_answer_and_the_worksheet_none(seed, tmp_path):
    worksheet, key = write_worksheet(tmp_path, seed=seed)
    worked = MACBETH if seed is None else example(seed)
    blank, solved = numbers(worksheet), numbers(key)
    # the number of the sheet stands in the heading of both pages
    given = entries(worked, GIVEN) + (Counter() if seed is None else Counter({f"{seed}": 2}))
    answers = entries(worked, ANSWERS + COPIED)
    assert blank == given
    headings = Counter() if seed is None else Counter({f"{seed}": 2})  # "2:" is no number in the key
    assert solved == given - headings + answers


@pytest.mark.parametrize("seed", [None, 0, 3])
def test_sheet_of_the_gradient_leads_from_the_weights_to_a_step(seed, tmp_path):
    sheet = find_sheet("gradient")
    worked = sheet.example(seed)
    forward, back, answers = steps(worked), gradients(worked), sheet.answers(worked)
    blank, solved = map(numbers, write_worksheet(tmp_path, "gradient", seed=seed))
    rows = ["scores", "scaled_scores", "powers", "weights"]
    matrices = [worked.x, worked.w_q, worked.w_k, forward["k"], forward["k"], worked.x[:1], worked.x]
    matrices += [forward["q"][:1], forward["q"][:1], *(forward[name][:1] for name in rows)]
    given = Counter(str(entry) for matrix in matrices for entry in matrix.flat)
    given += Counter(["1", "3"])  # "half of step 1", "3 to the half"
    headings = Counter() if seed is None else Counter({f"{seed}": 2})
    assert blank == given + headings
    assert solved == given + Counter(str(entry) for matrix in answers.values() for entry in matrix.flat)
    for name in ("dq", "dscaled_scores"):
        assert (answers[name] == back[name][:1]).all()
    assert not (answers["dw_q"] != back["dw_q"]).any()
    assert float(answers["new_weight"][0, 0]) > forward["weights"][0, 3]


@pytest.mark.parametrize("seed", [None, 0, 1])
@pytest.mark.parametrize("name", names())
def test_answers_of_every_sheet_stand_on_its_key_alone(name, seed, tmp_path):
    sheet = find_sheet(name)
    answers = Counter(str(entry) for m in sheet.answers(sheet.example(seed)).values() for entry in m.flat)
    blank, solved = map(numbers, write_worksheet(tmp_path, name, seed=seed))
    assert all(
        solved[entry] - blank[entry] >= times for entry, times in answers.items() if entry != str(seed)
    )


@pytest.mark.parametrize("name", names())
def test_pages_are_a4(name, tmp_path):
    for path in write_worksheet(tmp_path, name):
        pages = PdfReader(path).pages
        assert len(pages) == len(find_sheet(name).pages)
        for page in pages:
            assert page.mediabox.width == pytest.approx(595, abs=1)
            assert page.mediabox.height == pytest.approx(842, abs=1)


@pytest.mark.parametrize("seed", [None, 0, 1])
@pytest.mark.parametrize("name", names())
def test_nothing_stands_in_the_margins(name, seed):
    sheet = find_sheet(name)
    worked = sheet.example(seed)
    ends = []
    with plt.rc_context(PRINT):
        for page in sheet.pages:
            figure = plt.figure(figsize=A4, layout=None)
            ax = figure.add_axes([0, 0, 1, 1], xlim=(0, A4[0]), ylim=(0, A4[1]))
            page(ax, worked, sheet.answers(worked))
            renderer = figure.canvas.get_renderer()
            boxes = [drawn.get_window_extent(renderer) for drawn in (*ax.texts, *ax.patches)]
            ends += [end / figure.dpi for box in boxes for end in (box.x0, box.x1)]
            plt.close(figure)
    assert LEFT - 0.05 < min(ends) < LEFT + 0.05
    assert RIGHT - 0.05 < max(ends) < RIGHT + 0.05


@pytest.mark.parametrize("seed", [None, 2])
def test_matrices_between_tokens_say_whom_each_column_is_for(seed, tmp_path):
    worked = MACBETH if seed is None else example(seed)
    for path in write_worksheet(tmp_path, seed=seed):
        first, second = (page.extract_text().split() for page in PdfReader(path).pages)
        for token in worked.tokens:
            short = token.removeprefix("the ").split()[0]
            assert first.count(short) >= 3  # rows of x and of q, columns of the keys
            assert second.count(short) >= 5  # rows of two matrices, columns of three


@pytest.mark.parametrize("name", names())
def test_same_seed_gives_the_same_bytes_and_another_seed_others(name, tmp_path):
    first, again = (write_worksheet(tmp_path / folder, name, seed=3) for folder in "ab")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    other = write_worksheet(tmp_path / "a", name, seed=4)
    assert numbers(first[1]) != numbers(other[1])


def test_command_writes_every_sheet_and_names_the_files_after_the_seed(tmp_path):
    printed = run("python", ROOT / "tools" / "worksheet.py", "--seed", "5", "--output", tmp_path / "new")
    stems = [find_sheet(name).stem or f"worksheet-{name}" for name in names()]
    expected = [f"{stem}-5{key}.pdf" for stem in stems for key in ("", "-key")]
    assert printed.split() == [str(tmp_path / "new" / name) for name in expected]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(expected)


def test_command_writes_one_sheet(tmp_path):
    printed = run("python", ROOT / "tools" / "worksheet.py", "attention", "--output", tmp_path)
    assert printed.split() == [str(tmp_path / name) for name in ("worksheet.pdf", "worksheet-key.pdf")]


def test_sheet_that_there_is_not_is_named(tmp_path):
    printed = run("python", ROOT / "tools" / "worksheet.py", "poetry", "--output", tmp_path, status=2)
    assert "there is no sheet 'poetry': choose from attention" in printed
    with pytest.raises(ValueError, match=r"name must be one of attention.*, got 'poetry'"):
        write_worksheet(tmp_path, "poetry")


def test_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    printed = run("python", ROOT / "tools" / "worksheet.py", "--output", tmp_path / "file", status=1)
    assert printed.startswith(f"worksheet: can't write to {tmp_path / 'file'}: ")
    assert len(printed.splitlines()) == 1


@pytest.mark.parametrize("seed", ["-1", "seven", "1.5"])
def test_seed_that_is_no_whole_number_is_refused(seed):
    printed = run("python", ROOT / "tools" / "worksheet.py", f"--seed={seed}", status=2)
    assert f"expected a whole number from 0, got '{seed}'" in printed
