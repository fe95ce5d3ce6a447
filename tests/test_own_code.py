"""Answers that are the course's own code are recognised; what people write themselves is not."""

import functools
import inspect
import textwrap

import nbformat
import pytest
from bs4 import BeautifulSoup
from classroom import ASSIGNMENT, BLANK, SOLUTION, Pupil, class_of, make_class
from conftest import ASSIGNMENTS, ROOT
from test_attacks import Attack
from test_similarity import LONG, OTHER, SHORT, renamed

import attnlib
from attnlib.catalogue import EXERCISES
from grader import key as keys
from grader.__main__ import main
from grader.answers import answers_to
from grader.key import RIGHT_ANSWER, key_of
from grader.key import SOLUTION as THE_SOLUTION
from grader.notebook.cells import answers_of, grade_id_of
from grader.results import own_code
from grader.results.likeness import code_words
from grader.results.own_code import ATTNLIB, BOOK, LEAST_NAMED, find_own, gets_at
from grader.results.report import write_report
from grader.samples.made_up import answer_source

ATTACKS = ROOT / "tests" / "attacks"
RELEASED = answers_of(BLANK)
BY_CODE = [name for name, exercise in EXERCISES.items() if not exercise.by_value]


@pytest.fixture(autouse=True)
def in_project(monkeypatch):
    monkeypatch.chdir(ROOT)


def recognised(text, question="softmax", key=None, released=RELEASED):
    """Return what one answer is recognised as, as ``(what, where)``, or None."""
    found = find_own({"anna": {question: text}}, released, key)
    (own,) = found.get("anna", [None])
    return own and (own.says, own.where)


@functools.cache
def key_and_release(question):
    """Return the key and the released cells of the assignment that asks a question."""
    for assignment in ASSIGNMENTS:
        blank = nbformat.read(ROOT / "exercises" / assignment / f"{assignment}.ipynb", as_version=4)
        if question in map(grade_id_of, blank.cells):
            return key_of(assignment), answers_of(blank)
    raise LookupError(question)


@pytest.mark.parametrize("name", ["softmax", "entropy", "softmax_jacobian", "attention", "padding_mask"])
def test_the_text_of_attnlib_is_recognised(name):
    function = getattr(attnlib, name)
    where = f"{function.__module__}.{name}"
    key, released = key_and_release(name)
    assert recognised(inspect.getsource(function), name, key, released) == (ATTNLIB, where)


def test_a_copy_is_recognised_without_its_comments_and_beside_other_code():
    body = inspect.getsource(attnlib.softmax).rpartition('"""')[2]
    text = (
        f"print('mine')\ndef softmax(x, axis=-1, *, base=2, temperature=1.0):\n    # so{body}\nprint(1)\n"
    )
    assert recognised(text) == (ATTNLIB, "attnlib.probability.softmax")


def test_a_long_copy_is_recognised_under_other_names_while_few_have_it():
    text = inspect.getsource(attnlib.online_attention).rpartition('"""')[2]
    for name in own_code._chosen_names(textwrap.dedent(text)):
        text = text.replace(name, f"my_{name}")
    copy = f"def softmax(x, axis=-1, *, temperature=1.0):{text}"
    assert recognised(copy) == (ATTNLIB, "attnlib.variants.online_attention")
    many = {f"student {i}": {"softmax": f"{copy}\nprint({i})"} for i in range(4)}
    assert find_own(many, RELEASED) == {}


def test_a_misconceptions_neighbour_is_recognised():
    exercise = max(
        (EXERCISES[name] for name in BY_CODE),
        key=lambda e: max(len(inspect.getsource(m.answer)) for m in e.misconceptions),
    )
    mistake = max(exercise.misconceptions, key=lambda m: len(inspect.getsource(m.answer)))
    text = answer_source(exercise, mistake.answer) + "\n# put right\n"
    assert recognised(text, exercise.name)[0] == ATTNLIB


def test_the_books_code_is_recognised_as_the_books(tmp_path):
    (tmp_path / "09-page.md").write_text(f"# A page\n\n```{{code-cell}} ipython3\n:tags: [a]\n{LONG}```\n")
    found = find_own({"anna": {"softmax": LONG}}, RELEASED, chapters=tmp_path)
    assert [(own.says, own.where) for own in found["anna"]] == [(BOOK, f"{tmp_path.name}/09-page")]
    assert find_own({"anna": {"softmax": OTHER}}, RELEASED, chapters=tmp_path) == {}


def test_the_solutions_text_is_the_keys_and_says_so():
    key = key_of(ASSIGNMENT)
    found = find_own({"perfect-1": SOLUTION}, RELEASED, key)["perfect-1"]
    assert [own.question for own in found] == ["softmax", "softmax_jacobian", "saturation"]
    assert {own.says for own in found} == {THE_SOLUTION}
    assert recognised(SOLUTION["softmax"].replace("scaled", "logits"), key=key) is None


def test_a_right_answer_of_the_key_is_recognised(monkeypatch):
    monkeypatch.setattr(keys, "answers_to", lambda name: (a_right_answer_that_nobody_else_writes,))
    text = inspect.getsource(a_right_answer_that_nobody_else_writes).replace(
        "a_right_answer_that_nobody_else_writes", "softmax"
    )
    where = "a_right_answer_that_nobody_else_writes"
    assert recognised(text, key=key_of(ASSIGNMENT)) == (RIGHT_ANSWER, where)
    assert recognised(text) is None


def a_right_answer_that_nobody_else_writes(x, axis=-1, *, temperature=1.0):
    rows = attnlib.split_heads(x / temperature, 1)
    greatest = rows.max(axis=axis, keepdims=True) + 0 * rows
    exponentials = [2.718281828 ** (row - top) for row, top in zip(rows, greatest, strict=True)]
    return [row / row.sum(axis=axis, keepdims=True) for row in exponentials]


@pytest.mark.parametrize("name", BY_CODE)
def test_nobody_who_writes_it_themselves_is_accused(name, monkeypatch):
    exercise = EXERCISES[name]
    key, released = key_and_release(name)
    for answer in filter(inspect.isfunction, answers_to(name)):
        # as if the course didn't have it, nor the mistakes that were made out of it
        without = {answer.__name__} | {mistake.answer.__name__ for mistake in exercise.misconceptions}
        everything = own_code._public("chapters")
        pieces = [
            p for p in everything if "catalogue" not in p.where or p.where.rpartition(".")[2] not in without
        ]
        others = {name: [one for one in key[name] if one[1] != answer.__name__]}
        with monkeypatch.context() as patch:
            patch.setattr(own_code, "_public", lambda chapters, left=pieces: left)
            assert recognised(answer_source(exercise, answer), name, others, released) is None


@pytest.mark.parametrize("text", [LONG, OTHER, SHORT, renamed(LONG)])
def test_answers_of_ones_own_are_not_accused(text):
    assert recognised(text, key=key_of(ASSIGNMENT)) is None


def test_a_short_answer_is_no_suspicion():
    body = SOLUTION["entropy"]
    assert len(code_words(own_code.own_text(body, RELEASED["entropy"]))) < LEAST_NAMED
    assert recognised(body, "entropy", key_of(ASSIGNMENT)) is None


def test_what_was_released_does_not_count():
    text = SOLUTION["softmax"]
    assert recognised(text, key=key_of(ASSIGNMENT), released={"softmax": text}) is None


def test_right_numbers_are_the_same_for_everybody():
    assert recognised(SOLUTION["softmax_by_hand"], "softmax_by_hand", key_of(ASSIGNMENT)) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("import attnlib\nsoftmax = attnlib.softmax", "attnlib.softmax"),
        ("from attnlib import (entropy, softmax as s)\nsoftmax = s", "attnlib.softmax"),
        ("from attnlib.probability import softmax", "attnlib.softmax"),
        ("from attnlib import catalogue as c", "attnlib.catalogue"),
        (
            "from attnlib.catalogue import EXERCISES as E\nsoftmax = E['softmax'].reference",
            "attnlib.catalogue",
        ),
        ("softmax = EXERCISES['softmax'].correct[0]", "EXERCISES"),
        ("import attnlib.checking.sealing as s\ns.sealed = print", "attnlib.checking"),
        ("exec(inspect.getsource(p))", "getsource"),
        ("text = open(attnlib.probability.__file__).read()", "__file__"),
        ("softmax = __import__('importlib').import_module('attnlib.catalogue')", "attnlib.catalogue"),
        ("from attnlib import check, entropy", None),
        ("# attnlib.softmax, EXERCISES and getsource are closed", None),
        ('def softmax(x):\n    """As attnlib.softmax; see EXERCISES."""\n    return x', None),
        ("weights = scipy.special.softmax(x)", None),
    ],
)
def test_a_way_round_the_seal_is_recognised_by_its_words(text, word):
    assert gets_at("softmax", text) == word


@pytest.mark.parametrize("name", ["copies-code", "copies-text", "unseals", "references"])
def test_the_attacks_that_copy_are_recognised(name):
    ((_, question, text),) = Attack.read(ATTACKS / f"{name}.md").changes
    says, where = recognised(text, question)
    assert (says, where.partition(" of ")[0]) == (ATTNLIB, "by way")


@pytest.mark.parametrize("text", ["'x = '\n" * 100, "((((" * 100, "\0é\ud800" * 100, "%%bash\n" * 50, ""])
def test_text_that_no_python_reads_is_no_error(text):
    assert recognised(text, key=key_of(ASSIGNMENT)) is None


@pytest.fixture
def copied(tmp_path):
    """Return a class in which two have copied attnlib's function and one has worked."""
    theirs = {"softmax": inspect.getsource(attnlib.softmax), "saturation": "Of my own."}
    honest = {"softmax": SHORT, "entropy": "", "softmax_jacobian": OTHER, "saturation": "Of my own."}
    pupils = {"anna": Pupil(answers=honest | theirs), "bert": Pupil(answers=honest)}
    return make_class(tmp_path, pupils | {"cleo": Pupil(answers=honest | theirs)})


def test_marks_say_it_and_stay_the_same(copied, capsys):
    assert main(["marks", ASSIGNMENT, f"--root={copied}"]) == 0
    rows = [[cell.strip() for cell in line.split("│")] for line in capsys.readouterr().out.splitlines()]
    says = {row[1]: row[2:5] for row in rows if len(row) > 4 and row[1]}
    assert says["anna"][2] == "softmax: attnlib's own code (attnlib.probability.softmax)"
    assert says["bert"][2] == "all right"
    assert says["anna"][:2] == says["bert"][:2]


@pytest.mark.parametrize("anonymous", [False, True])
def test_report_and_tables_say_it(copied, anonymous):
    page, *tables = write_report(
        class_of(copied),
        copied / "report.html",
        book="https://example.org",
        csv=copied / "csv",
        anonymous=anonymous,
    )
    own = BeautifulSoup(page.read_text("utf-8"), "html.parser").select_one("#own")
    (item,) = own.select("li")
    assert " ".join(item.text.split()).startswith(
        "softmax: attnlib's own code, attnlib.probability.softmax"
    )
    assert "not verdicts" in own.text
    assert ("anna" in own.text) != anonymous
    (table,) = (path for path in tables if path.stem == "own")
    header, row = table.read_text("utf-8-sig").splitlines()
    assert header == "question,recognised as,where,who"
    assert row.startswith("softmax,attnlib's own code,attnlib.probability.softmax,")
