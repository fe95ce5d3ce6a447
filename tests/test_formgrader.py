"""The formgrader in JupyterLab grades in the sandbox, takes a mark and returns feedback."""

import json
import re
import shutil

import nbformat
import pytest
from browser import chromium, jupyter_lab
from bs4 import BeautifulSoup
from conftest import ROOT, points_of, run
from playwright.sync_api import expect, sync_playwright
from test_feedback import ASSIGNMENT, ATTACK, MOST, OUTPUTS

from grader.notebook.cells import answers_of
from grader.notebook.graded import RECORD
from grader.notebook.percent import read_solution
from grader.samples.made_up import answered

BY_HAND = points_of(ASSIGNMENT)["saturation"]
SLOW = 60_000  # milliseconds: a machine may have other things to do


@pytest.fixture
def course(tmp_path):
    """Return a course folder with one assignment, released, and one submission to it."""
    folder = tmp_path / "course"
    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    source = folder / "solutions" / ASSIGNMENT
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py", source)
    run("nbgrader", "generate_assignment", ASSIGNMENT, cwd=folder)
    released = folder / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    answers = answers_of(read_solution(source / f"{ASSIGNMENT}.py"))
    answers |= {"softmax": answers["softmax"] + OUTPUTS, "saturation": f"The gradient is 0.\n\n{ATTACK}"}
    submitted = folder / "submitted" / "anna" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    submitted.parent.mkdir(parents=True)
    nbformat.write(answered(nbformat.read(released, as_version=4), answers), submitted)
    return folder


@pytest.fixture
def lab(course, tmp_path):
    """Start JupyterLab in the course's folder and return its address."""
    with jupyter_lab(course, tmp_path) as address:
        yield address


def test_formgrader_grades_takes_a_mark_and_returns_feedback(lab, course):
    elsewhere = []
    expect.set_options(timeout=SLOW)
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        context = browser.new_context()
        context.set_default_timeout(SLOW)

        def only_here(route):
            if not route.request.url.startswith((lab, "data:", "blob:")):
                elsewhere.append(route.request.url)
                return route.abort()
            return route.continue_()

        context.route("**/*", only_here)
        page = context.new_page()
        page.goto(f"{lab}/lab")
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Formgrader", exact=True).click()
        form = page.frame_locator('iframe[src*="formgrader"]')

        def do(action):
            form.locator(f".{action} a").click()
            expect(form.locator(".modal-title")).to_have_text("Success")
            form.locator(".modal .close, .modal [data-dismiss]").first.click()
            expect(form.locator(".modal-title")).to_have_count(0)

        row = form.get_by_role("row").filter(has_text=ASSIGNMENT)
        row.locator(".num-submissions a").click()
        expect(form.locator(".status")).to_have_text("needs autograding")
        do("autograde")
        expect(form.locator(".status")).to_have_text("needs manual grading")
        expect(form.locator(".score")).to_have_text(f"{MOST - BY_HAND:g} / {MOST:g}")
        graded = course / "autograded" / "anna" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        assert len(bytes.fromhex(json.loads(graded.read_text())["metadata"][RECORD]["seed"])) == 16

        form.get_by_role("link", name="Manual Grading").click()
        form.get_by_role("link", name=ASSIGNMENT).click()
        form.get_by_role("link", name=ASSIGNMENT).last.click()
        form.get_by_role("link", name="Submission #1").click()
        answer = form.locator(".nbgrader_cell", has=form.locator("#saturation"))
        expect(answer).to_contain_text("The gradient is 0.")
        scheme = form.locator(".mark-scheme")
        expect(scheme).to_have_count(1)
        expect(scheme).to_contain_text("1 point: every entry of the Jacobian is about 0")
        expect(scheme).to_contain_text("it is 0, whatever the loss says")
        expect(scheme).not_to_contain_text("BEGIN MARK SCHEME")
        frame = next(frame for frame in page.frames if "/submissions/" in frame.url)
        assert frame.evaluate("window.broken") is None
        assert frame.locator("#evil, #notebook script, #notebook iframe, #notebook form").count() == 0
        assert frame.locator("#notebook math").count() >= 1

        def save(what, field, text):
            """Fill a field in and leave it; the sign that it was saved fades too soon to be waited for."""
            with page.expect_response(re.compile(f"/api/{what}/")) as answered_with:
                answer.locator(field).fill(text)
                answer.locator(field).press("Tab")
            assert answered_with.value.request.method == "PUT"
            assert answered_with.value.ok

        save("grade", "#saturation", "2")
        save("comment", "textarea", "And what follows from that?")

        frame.goto(f"{lab}/formgrader/manage_submissions/{ASSIGNMENT}")
        expect(form.locator(".status")).to_have_text("graded")
        expect(form.locator(".score")).to_have_text(f"{MOST - BY_HAND + 2:g} / {MOST:g}")
        do("generate-feedback")
        browser.close()
    feedback = course / "feedback" / "anna" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    shown = BeautifulSoup(feedback.read_text(), "html.parser")
    assert shown.select_one(".total").text == f"{MOST - BY_HAND + 2:g} of {MOST:g} points"
    assert "And what follows from that?" in shown.select_one(".comment").text
    assert not shown.select("script, .mark-scheme")
    assert "every entry of the Jacobian is about 0, with the reason" not in shown.text
    assert elsewhere == []
