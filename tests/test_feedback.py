"""A page of feedback helps its student, gives nothing away, and is safe to open."""

import json
import re
from itertools import pairwise

import nbformat
import pytest
from browser import chromium
from bs4 import BeautifulSoup
from conftest import ROOT, points_of, run
from nbgrader.api import Gradebook
from playwright.sync_api import sync_playwright

from grader.course import nbgrader_options
from grader.feedback.cleaning import markdown, safe_html
from grader.feedback.page import FeedbackExporter, HideTests
from grader.feedback.telling import NameCauses
from grader.notebook.cells import answers_of, exercises_of
from grader.notebook.graded import RECORD
from grader.notebook.percent import read_solution
from grader.samples.made_up import answer_source, answered

ASSIGNMENT = "05-softmax"
MOST = sum(points_of(ASSIGNMENT).values())
BOOK = "https://example.org/attention"

ATTACK = """\
<script>window.broken = 1</script><img src="https://evil.invalid/a.png" onerror="window.broken = 2">
<svg onload="window.broken = 3"><image href="https://evil.invalid/b.png"/></svg>
<iframe src="https://evil.invalid/c"></iframe><object data="https://evil.invalid/d"></object>
<style>@import "https://evil.invalid/e.css"; body { background: url(https://evil.invalid/f.png) }</style>
<meta http-equiv="refresh" content="0; url=https://evil.invalid/g"><base href="https://evil.invalid/">
<form action="https://evil.invalid/h"><button autofocus onfocus="window.broken = 4">Go</button></form>
<link rel="stylesheet" href="https://evil.invalid/i.css">
<video src="https://evil.invalid/j" autoplay></video>
<a href="javascript:window.broken = 5" id="evil">a link</a>
<p class="total" style="position: fixed">14 of 14</p>
<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror=window.broken=6>">
"""
OUTPUTS = f"""
from IPython.display import HTML, SVG, Image, Javascript, Latex, Markdown, display

attack = {ATTACK!r}
display(HTML(attack), Javascript("window.broken = 7"), Latex(attack))
display(Markdown(attack + "![x](https://evil.invalid/k.png)"))
display({{"text/vnd.mermaid": attack, "text/plain": attack}}, raw=True)
display({{"image/png": '"><script>window.broken = 8</script>', "text/plain": "p"}}, raw=True)
svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="window.broken = 9"/>'
display({{"image/svg+xml": svg, "text/plain": "s"}}, raw=True)
display({{"image/png": "iVBORw0KGgo="}}, raw=True, metadata={{"image/png": {{"width": '"><b id="evil">'}}}})
print(attack)

"""
FORGERY = f"""
attack = {ATTACK!r}


def forge(kind, content):
    kernel = get_ipython().kernel
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())


forge("error", {{"ename": "CheckFailed", "evalue": attack, "traceback": [attack]}})
forge("display_data", {{"data": {{"image/png": ["a", attack]}}, "metadata": {{"image/png": attack}}}})
forge("display_data", {{"data": {{"image/svg+xml": ["<svg>", attack]}}, "metadata": {{}}}})
forge("display_data", {{"data": {{"text/html": 5}}, "metadata": {{}}}})
"""
CRASH = """
def softmax(x, axis=-1, temperature=1.0):
    raise ValueError("<script>window.broken = 10</script>")
"""


@pytest.fixture(scope="module")
def class_root(released, tmp_path_factory):
    """Return the folder of a class that has been graded and has its feedback."""
    root = tmp_path_factory.mktemp("feedback")
    blank = nbformat.read(released / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    answers = answers_of(read_solution(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py"))
    answers["saturation"] = "With $d_k$ large, $$p_i = 1$$"
    wrong = {e.name: answer_source(e, e.misconceptions[0].answer) for e in exercises_of(blank)}
    picture = "![a drawing](attachment:drawing.png) ![lost](attachment:lost.png)"
    students = {
        "right": answers,
        "wrong": answers | wrong,
        "hostile": answers | {"softmax": answers["softmax"] + OUTPUTS, "saturation": ATTACK},
        "forging": answers | {"softmax": answers["softmax"] + FORGERY},
        "crashing": answers | {"softmax": CRASH, "saturation": picture},
        "syntax": answers | {"softmax": "def softmax(x)\n    return x"},
    }
    for student, given in students.items():
        notebook = answered(blank, given)
        for cell in notebook.cells:
            if "attachment:" in cell.source:
                cell.attachments = {"drawing.png": {"image/png": "iVBORw0KGgo="}}
        path = root / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    refused = root / "submitted" / "refused" / ASSIGNMENT / "<b>my softmax.ipynb"
    refused.parent.mkdir(parents=True)
    refused.write_text(nbformat.writes(notebook))
    options = nbgrader_options(root)
    run("nbgrader", "generate_assignment", ASSIGNMENT, *options)
    run("nbgrader", "autograde", ASSIGNMENT, *options, status=1)  # for one can't be graded
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        comment = gradebook.find_comment("saturation", ASSIGNMENT, ASSIGNMENT, "right")
        comment.manual_comment = "Well said: $d_k$ <script>window.broken = 11</script>"
        grade = gradebook.find_grade("saturation", ASSIGNMENT, ASSIGNMENT, "right")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        gradebook.db.commit()
    run("nbgrader", "generate_feedback", ASSIGNMENT, *options, f"--FeedbackExporter.book={BOOK}/")
    return root


@pytest.fixture
def page(class_root):
    """Return a function that gives a student's page, parsed."""

    def parse(student):
        path = class_root / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
        return BeautifulSoup(path.read_text(), "html.parser")

    return parse


def test_mistake_is_named_and_linked_to_its_section(page):
    mistakes = page("wrong").select(".mistake")
    told = [" ".join(mistake.get_text(" ").split()) for mistake in mistakes]
    assert any(
        "softmax: this looks like “wrong axis”. The softmax always runs down axis 0" in t for t in told
    )
    links = {a["href"] for mistake in mistakes for a in mistake.select("a")}
    assert f"{BOOK}/chapters/05-softmax.html#softmax-axis" in links
    sections = (ROOT / "chapters" / "05-softmax.md").read_text()
    for link in links:
        assert f"({link.partition('#')[2]})=" in sections


def test_what_stopped_an_answer_stands_where_its_tests_lack_a_name(page):
    syntax = page("syntax")
    for kind in ("visible", "hidden"):
        told = syntax.select_one(f"#softmax_{kind}").parent.select_one(".mistake").text
        assert "nothing to test: the answer's cell stopped with SyntaxError: expected ':' (line 1)" in told
        assert "NameError" not in syntax.select_one(f"#softmax_{kind}").parent.text
    assert "SyntaxError" in syntax.select_one("#softmax").parent.select_one(".error").text


def test_cell_that_took_too_long_is_explained():
    about = {"grade": False, "solution": True, "grade_id": "softmax", "schema_version": 3}
    answer = nbformat.v4.new_code_cell("while True: pass", metadata={"nbgrader": about})
    answer.outputs = [
        nbformat.v4.new_output("error", ename=name, evalue="", traceback=["raw"])
        for name in ("KeyboardInterrupt", "CellTimeoutError")
    ]
    about = {"grade": True, "solution": False, "grade_id": "softmax_visible", "schema_version": 3}
    test = nbformat.v4.new_code_cell("check(softmax)", metadata={"nbgrader": about})
    test.outputs = [
        nbformat.v4.new_output(
            "error", ename="NameError", evalue="name 'softmax' is not defined", traceback=["raw"]
        )
    ]
    notebook, _ = NameCauses().preprocess(nbformat.v4.new_notebook(cells=[answer, test]), {})
    (stopped,), (untested,) = (cell.outputs for cell in notebook.cells)
    assert stopped.evalue.startswith("This cell was still running when its time was over, and was stopped.")
    assert untested.evalue.startswith("There is nothing to test: the answer's cell was still running")
    assert "raw" not in json.dumps(notebook)
    explained = FeedbackExporter()._explained(stopped)
    assert str(explained).startswith('<div class="mistake"><p><strong>This cell was still running')


def test_whose_work_could_not_be_graded_gets_a_page_that_says_why(page):
    refused = page("refused")
    assert refused.select_one(".total").text == "Not graded: no points so far"
    why = refused.select_one(".mistake").text
    assert why == f"no {ASSIGNMENT}.ipynb; there is <b>my softmax.ipynb"
    assert "Hand in that one file again" in refused.main.text
    assert not refused.select("script, b")


def test_page_of_one_who_was_graded_after_all_is_the_usual(class_root, page, tmp_path):
    refused = class_root / "feedback" / "refused" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    late = tmp_path / "feedback" / "right" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    late.parent.mkdir(parents=True)
    late.write_bytes(refused.read_bytes())
    options = [
        o.replace(f"={class_root}/feedback", f"={tmp_path}/feedback") for o in nbgrader_options(class_root)
    ]
    run("nbgrader", "generate_feedback", ASSIGNMENT, "--student=right", *options)
    assert "points" in BeautifulSoup(late.read_text(), "html.parser").select_one(".total").text
    assert "Not graded" not in late.read_text()


def test_link_of_the_notebook_leads_to_the_book(page):
    assert page("right").find("a", string="Softmax")["href"] == f"{BOOK}/chapters/05-softmax.html"


def test_without_an_address_sections_are_text(class_root, tmp_path):
    options = [o.replace(f"={class_root}/feedback", f"={tmp_path}") for o in nbgrader_options(class_root)]
    run("nbgrader", "generate_feedback", ASSIGNMENT, "--student=wrong", *options)
    text = (tmp_path / "wrong" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    assert "Read in the book: chapters/05-softmax.html#softmax-axis" in text
    assert "The chapter is Softmax." in text
    assert {a["href"][0] for a in BeautifulSoup(text, "html.parser").select("a[href]")} == {"#"}


def test_points_and_comments_are_those_of_the_gradebook(page):
    right, wrong = page("right"), page("wrong")
    assert right.select_one(".total").text == f"{MOST - 0.5:g} of {MOST:g} points"
    assert right.select_one("#saturation .points").text == "2.5 of 3"
    assert "Well said" in right.select_one(".comment").text
    assert wrong.select_one("#softmax_hidden .points").text == "0 of 2"
    assert wrong.select_one("#saturation .points").text == "not marked yet, of 3"


def test_headings_make_an_outline(page):
    levels = [int(heading.name[1]) for heading in page("right").select("h1, h2, h3, h4, h5, h6")]
    assert levels[:2] == [1, 2]
    assert levels.count(1) == 1
    assert all(later <= earlier + 2 for earlier, later in pairwise(levels))


def test_hidden_tests_and_secrets_stay_hidden(class_root, page):
    for student in ("right", "wrong", "hostile", "forging", "crashing"):
        graded = class_root / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        notebook = json.loads(graded.read_text())
        assert any("hidden=True" in "".join(cell["source"]) for cell in notebook["cells"])
        html = str(page(student))
        for secret in (
            "hidden=True",
            "HIDDEN TESTS",
            notebook["metadata"][RECORD]["seed"],
            "attnlib/checking",
        ):
            assert secret not in html
    for mistake in page("wrong").select(".mistake"):
        if mistake.find_previous("h4")["id"].endswith("_hidden"):
            assert not re.search(r"array\(|\d\.\d", mistake.text)


def test_tests_of_ones_own_that_are_hidden_keep_their_numbers():
    hidden = "### BEGIN HIDDEN TESTS\nnp.testing.assert_equal(f(3), 4711)\n### END HIDDEN TESTS"
    outputs = [
        nbformat.v4.new_output("stream", text="f(3) is 4711\n"),
        nbformat.v4.new_output("stream", name="stderr", text="RuntimeWarning: 4711\n"),
        nbformat.v4.new_output("execute_result", data={"text/plain": "4711"}),
        nbformat.v4.new_output(
            "error", ename="AssertionError", evalue="DESIRED: 4711", traceback=["----> 3 ... 4711"]
        ),
    ]
    about = {"grade": True, "solution": False, "grade_id": "f_hidden", "schema_version": 3}
    cell = nbformat.v4.new_code_cell(
        f"assert f(1) == 2\n{hidden}", metadata={"nbgrader": about}, outputs=outputs
    )
    notebook, _ = HideTests().preprocess(nbformat.v4.new_notebook(cells=[cell]), {})
    assert "4711" not in json.dumps(notebook)
    assert "AssertionError" in json.dumps(notebook)
    assert notebook.cells[0].source.strip() == "assert f(1) == 2"


def test_answers_may_speak_of_hidden_tests():
    about = {"grade": False, "solution": True, "grade_id": "f", "schema_version": 3}
    cell = nbformat.v4.new_code_cell("# BEGIN HIDDEN TESTS", metadata={"nbgrader": about})
    notebook, _ = HideTests().preprocess(nbformat.v4.new_notebook(cells=[cell]), {})
    assert notebook.cells[0].source == "# BEGIN HIDDEN TESTS"


def test_picture_pasted_into_an_answer_is_shown(page):
    answer = page("crashing").select_one("#saturation").parent
    assert answer.img["src"] == "data:image/png;base64,iVBORw0KGgo="
    assert "[picture lost.png is missing]" in answer.text


def test_formulas_are_drawn_without_a_script(page):
    right = page("right")
    assert right.select_one('#saturation ~ .prose math[display="block"]')
    assert right.select_one(".comment math msub")
    assert not right.select("script")
    assert markdown("`$x$`") == "<p><code>$x$</code></p>"
    assert "<script" not in markdown(r"$\text{</math><script>alert()</script>}$ $\nonsense<script>$")


def test_nothing_a_student_wrote_runs_or_asks_another_host(class_root):
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        for path in sorted(class_root.glob("feedback/*/*/*.html")):
            for width in (390, 1280):
                tab, asked = browser.new_page(viewport={"width": width, "height": 900}), []
                tab.on("request", lambda request, asked=asked: asked.append(request.url))
                tab.goto(path.as_uri())
                assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
                assert tab.evaluate("window.broken") is None
                assert tab.evaluate("document.documentElement.scrollWidth") <= width
                assert tab.locator("#evil, script, iframe, form, object, svg, video, base").count() == 0
                assert tab.locator(".total").count() == 1
                tab.close()
        browser.close()


def test_cleaning_is_not_left_to_the_browser(page):
    html = str(page("hostile"))
    shown = BeautifulSoup(html, "html.parser")
    for tag in shown.find_all():
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert not str(tag.get("href", "")).startswith("javascript:")
        assert "evil.invalid" not in str(tag.get("src", ""))
    assert not shown.select(
        "main style, script, iframe, svg, form, object, video, base, main meta, main link"
    )


def test_links_to_files_beside_the_page_are_dropped():
    for place in ("evil.html", "/files/evil.html", "//evil.invalid", "data:text/html,x", "JAVASCRIPT:x"):
        assert "href" not in safe_html(f'<a href="{place}">x</a>')
    assert 'href="https://numpy.org/"' in safe_html('<a href="https://numpy.org/">x</a>')
