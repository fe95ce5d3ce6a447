"""Whatever goes wrong while a class is graded, no mark is lost or out of date without a word."""

import contextlib
import logging
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from conftest import BIN, ROOT, run, started
from nbgrader.api import Gradebook

from grader.course import nbgrader_options
from grader.gradebook.freshness import HANDED_IN_ANEW, NOT_ENTERED, OTHER_ASSIGNMENT, freshness
from grader.grading.keeping import handed_in_at
from grader.notebook.cells import answers_of, grade_id_of
from grader.notebook.graded import RECORD, record_of
from grader.notebook.percent import read_solution
from grader.samples.made_up import answered

ASSIGNMENT = "05-softmax"
FILE = f"{ASSIGNMENT}.ipynb"
BY_HAND = "saturation"  # a question that a person marks
STUDENTS = [f"student-{number}" for number in range(8)]
MARKED = STUDENTS[:6]  # by hand, with a comment
LATE = STUDENTS[1]
AGAIN = STUDENTS[::2]  # those who hand in something else
SLEEPER = "student-sleeper"  # after whom nobody is graded, when one is graded after another
PENALTY = ["--LateSubmissionPlugin.penalty_method=zero"]
SLOW = 120
MOMENTS = {  # ten of each way to grade: how many of the class have a new result
    signal.SIGINT: (0, 1, 2, 4, 6),
    signal.SIGKILL: (0, 1, 3, 5, 7),
}
GRADES = """
    from grade join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"""
TABLES = {
    "by nbgrader": f"select student_id, base_cell.name, auto_score {GRADES} order by 1, 2",
    "by hand": f"""
        select student_id, base_cell.name, manual_score, extra_credit {GRADES}
        where manual_score is not null or extra_credit is not null order by 1, 2""",
    "to mark": f"select student_id, base_cell.name, needs_manual_grade {GRADES} order by 1, 2",
    "comments": f"""
        select student_id, base_cell.name, manual_comment
        {GRADES.replace("grade", "comment")}
        where manual_comment is not null order by 1, 2""",
    "late": """
        select student_id, timestamp, late_submission_penalty from submitted_assignment
        join submitted_notebook on submitted_assignment.id = submitted_notebook.assignment_id order by 1""",
    "due": "select name, duedate from assignment order by 1",
}
KEPT = ("by hand", "comments", "due")  # of these nothing may ever change


def nbgrader(root, *options):
    return [BIN / "nbgrader", "autograde", ASSIGNMENT, *nbgrader_options(root), *PENALTY, *options]


def crowd(root, *options):
    ours = [one for one in options if one == "--force" or one.startswith(("--scheduler", "--student"))]
    theirs = [*PENALTY, *(one for one in options if one not in ours)]
    command = ["-m", "grader", "autograde", f"--root={root}", "--workers=2", *ours, ASSIGNMENT]
    return [sys.executable, *command, "--", *theirs]


WAYS = pytest.mark.parametrize("way", [nbgrader, crowd], ids=["nbgrader", "crowd"])
BOTH = pytest.mark.parametrize(  # they share what decides and what writes
    ("way", "force"),
    [(nbgrader, "--force"), (crowd, "--Execute.timeout=30")],
    ids=["nbgrader-force", "crowd"],
)


def grade(way, root, *options, status=0):
    done = subprocess.run(
        list(map(str, way(root, *options))),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "300"},
    )
    says = done.stdout + done.stderr
    assert done.returncode == status, says
    assert "Traceback" not in says
    return says


@contextlib.contextmanager
def running(way, root, *options):
    process = started(*way(root, *options), COLUMNS="300")
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def submit(root, student, notebook):
    place = root / "submitted" / student / ASSIGNMENT / FILE
    place.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, place)


def table(root, *names):
    with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as records:
        return {name: records.execute(TABLES[name]).fetchall() for name in names or TABLES}


def folder(root):
    graded = root / "autograded"
    return {
        str(path.relative_to(graded)): path.read_bytes() for path in graded.rglob("*") if path.is_file()
    }


def state(root):
    return folder(root), table(root)


def scores(root):
    found = {}
    for student, cell, score in table(root, "by nbgrader")["by nbgrader"]:
        found.setdefault(student, {})[cell] = score
    return {student: found[student] for student in STUDENTS}


def newer(root):
    folders = (root / "submitted", root / "autograded")
    return freshness(ASSIGNMENT, *folders, f"sqlite:///{root / 'gradebook.db'}")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a class that was graded and marked by hand, and the marks it has after half hand in again."""
    before = tmp_path_factory.mktemp("faults") / "before"
    before.mkdir()
    run("nbgrader", "generate_assignment", ASSIGNMENT, *nbgrader_options(before))
    blank = nbformat.read(before / "release" / ASSIGNMENT / FILE, as_version=4)
    answers = answers_of(read_solution(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py"))
    for student in STUDENTS:
        submit(before, student, answered(blank, dict(list(answers.items())[:2]) | {BY_HAND: student}))
    (before / "submitted" / LATE / ASSIGNMENT / "timestamp.txt").write_text("2026-03-02 12:00:00 UTC")
    with Gradebook(f"sqlite:///{before / 'gradebook.db'}", "spotlight") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-03-01 12:00:00 UTC")
    grade(crowd, before)
    with Gradebook(f"sqlite:///{before / 'gradebook.db'}", "spotlight") as gradebook:
        for number, student in enumerate(MARKED):
            mark = gradebook.find_grade(BY_HAND, ASSIGNMENT, ASSIGNMENT, student)
            mark.manual_score, mark.extra_credit, mark.needs_manual_grade = 1 + number / 8, 0.5, False
            said = gradebook.find_comment(BY_HAND, ASSIGNMENT, ASSIGNMENT, student)
            said.manual_comment = f"well said, {student}"
        gradebook.db.commit()
    again = Path(shutil.copytree(before, before.parent / "again"))
    for student in AGAIN:
        submit(again, student, answered(blank, answers | {BY_HAND: "another text"}))
    after = Path(shutil.copytree(again, before.parent / "after"))
    grade(nbgrader, after)
    old, new = scores(before), scores(after)
    assert [student for student in STUDENTS if old[student] != new[student]] == AGAIN
    return SimpleNamespace(before=before, again=again, after=after, blank=blank, old=old, new=new)


@pytest.fixture
def waiting(course, tmp_path):
    """Return a copy of the class in which half wait to be graded again."""
    return Path(shutil.copytree(course.again, tmp_path / "class"))


@pytest.fixture
def ready(course, tmp_path):
    """Return a copy of the class in which everything is graded."""
    return Path(shutil.copytree(course.before, tmp_path / "class"))


def assert_nothing_lost(root, course):
    """Every student has the old result or the new one, whole, and where it is the old one it is said."""
    kept = table(course.again, *KEPT)
    assert table(root, *KEPT) == kept
    stale, now = newer(root), scores(root)
    for student in STUDENTS:
        graded = root / "autograded" / student / ASSIGNMENT / FILE
        assert record_of(graded) is not None, f"{student} has no result"
        assert now[student] in (course.old[student], course.new[student])
        if student not in stale:
            assert now[student] == record_of(graded)["scores"] == course.new[student]
    late = {student: penalty for student, _, penalty in table(root, "late")["late"] if penalty}
    assert late.keys() == {LATE}
    return stale


def test_both_ways_grade_what_has_changed_and_nothing_else(course, waiting):
    assert newer(waiting) == dict.fromkeys(AGAIN, HANDED_IN_ANEW)
    untouched = {name: data for name, data in folder(waiting).items() if name.split("/")[0] not in AGAIN}
    says = grade(crowd, waiting)
    assert "4 graded" in says
    assert "4 up to date, as handed in; --force grades them again" in says
    assert table(waiting) == table(course.after)
    for root in (waiting, course.after):
        assert newer(root) == {}
        assert untouched.items() <= folder(root).items()
        assert table(root, *KEPT) == table(course.before, *KEPT)
    look_again = {(student, cell) for student, cell, flag in table(waiting, "to mark")["to mark"] if flag}
    before = {(student, cell) for student, cell, flag in table(course.before, "to mark")["to mark"] if flag}
    assert {(student, BY_HAND) for student in AGAIN if student in MARKED} <= look_again - before


def test_file_beside_the_notebook_counts_as_handed_in(ready):
    place = ready / "submitted" / STUDENTS[3] / ASSIGNMENT
    (place / "values.txt").write_text("1 2 3")
    (place / "timestamp.txt").write_text("2026-03-09 12:00:00 UTC")
    assert newer(ready) == {STUDENTS[3]: HANDED_IN_ANEW}
    grade(nbgrader, ready)
    assert newer(ready) == {}
    graded = ready / "autograded" / STUDENTS[3] / ASSIGNMENT
    assert (graded / "values.txt").read_text() == "1 2 3"
    assert {student for student, _, penalty in table(ready, "late")["late"] if penalty} == {
        LATE,
        STUDENTS[3],
    }
    (place / "values.txt").unlink()
    grade(nbgrader, ready)
    assert not (graded / "values.txt").exists()


@BOTH
def test_without_bubblewrap_nothing_is_touched(course, waiting, way, force):
    before = state(waiting)
    says = grade(way, waiting, "--Sandbox.bubblewrap=not-there", force, status=1)
    assert "bubblewrap" in says
    assert state(waiting) == before
    assert assert_nothing_lost(waiting, course) == dict.fromkeys(AGAIN, HANDED_IN_ANEW)


def test_with_a_wrong_scheduler_nothing_is_touched(waiting):
    before = state(waiting)
    says = grade(crowd, waiting, "--scheduler=tcp://127.0.0.1:9", "--force", status=2)
    assert "no Dask scheduler at tcp://127.0.0.1:9" in says
    assert state(waiting) == before


def replaced(root, before):
    """Return how many students have another result than before, while it is still being graded."""
    changed = 0
    for student in STUDENTS:
        name = f"{student}/{ASSIGNMENT}/{FILE}"
        with contextlib.suppress(FileNotFoundError):  # it is being exchanged
            changed += (root / "autograded" / name).read_bytes() != before.get(name)
    return changed


@contextlib.contextmanager
def one_more_who_takes_long(root, course, seconds):
    """Let somebody else hand in work that takes so long that the rest is graded meanwhile."""
    first = next(iter(answers_of(course.blank)))
    submit(root, SLEEPER, answered(course.blank, {first: f"import time\ntime.sleep({seconds})\n"}))
    try:
        yield
    finally:
        shutil.rmtree(root / "submitted" / SLEEPER)


@WAYS
@pytest.mark.parametrize("how", MOMENTS)
def test_stopped_at_any_moment_it_goes_on_from_there(course, waiting, way, how):
    for done in MOMENTS[how]:
        before = folder(waiting)
        with (
            one_more_who_takes_long(waiting, course, 10 * SLOW),
            running(way, waiting, "--force", f"--Execute.timeout={10 * SLOW}") as process,
        ):
            deadline = time.monotonic() + SLOW
            while process.poll() is None and replaced(waiting, before) < done:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            if not done:
                time.sleep(1)  # it may still be starting
            if how == signal.SIGKILL:
                os.killpg(process.pid, how)
            else:
                process.send_signal(how)
            try:
                says, _ = process.communicate(timeout=SLOW / 2)
            except subprocess.TimeoutExpired:  # as a person who waits for so long would
                process.send_signal(how)
                says, _ = process.communicate(timeout=SLOW)
        assert process.returncode != 0
        if how == signal.SIGINT and done:
            assert process.returncode == 130
            assert "Stopped. What was graded is kept; the same command goes on from there." in says
            assert "Traceback" not in says
        assert_nothing_lost(waiting, course)
    grade(way, waiting)
    assert assert_nothing_lost(waiting, course) == {}
    assert scores(waiting) == course.new
    assert list((waiting / "autograded").glob("*/*/*.part")) == []


@pytest.mark.parametrize("options", [(), ("--force",)], ids=["changed", "force"])
def test_two_who_grade_one_class_at_once_lose_nothing(course, waiting, options):
    with running(nbgrader, waiting, *options) as one, running(crowd, waiting, *options) as other:
        said = [process.communicate(timeout=SLOW)[0] for process in (one, other)]
    assert not any("Traceback" in says for says in said), said
    assert_nothing_lost(waiting, course)
    grade(nbgrader, waiting)
    assert assert_nothing_lost(waiting, course) == {}
    assert table(waiting, "by nbgrader") == table(course.after, "by nbgrader")


@contextlib.contextmanager
def mounted(place, *options):
    """Mount something at a folder; skip where that isn't allowed."""
    place.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, place], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting isn't allowed here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(place, leave):
    with (place / "filler").open("wb", buffering=0) as filler:
        while (room := shutil.disk_usage(place).free - leave) > 0:
            try:
                filler.write(b"\0" * room)
            except OSError:  # another has taken some of it meanwhile
                continue


@BOTH
def test_on_a_full_disk_nothing_is_touched(course, tmp_path, way, force):
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=16m", "tmpfs") as place:
        root = Path(shutil.copytree(course.again, place / "class"))
        fill(place, 2**20)
        before = state(root)
        says = grade(way, root, force, status=1)
        assert re.search(r"the disk of \S+ has 1.0 MiB left, and grading needs \d", says)
        assert "Make room" in says
        assert state(root) == before


@WAYS
def test_a_disk_that_fills_in_the_middle_loses_nothing(course, tmp_path, way):
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=16m", "tmpfs") as place:
        root = Path(shutil.copytree(course.again, place / "class"))
        before = folder(root)
        with one_more_who_takes_long(root, course, 20), running(way, root, "--force") as process:
            while process.poll() is None and not replaced(root, before):
                time.sleep(0.01)
            fill(place, 0)
            says, _ = process.communicate(timeout=SLOW)
        assert process.returncode == 1, says
        assert "Traceback" not in says
        assert "Make room" in says
        (place / "filler").unlink()
        assert_nothing_lost(root, course)
        grade(way, root)
        assert assert_nothing_lost(root, course) == {}


@BOTH
def test_in_a_read_only_folder_nothing_is_touched(waiting, way, force):
    place = waiting / "autograded" if force == "--force" else waiting
    with mounted(place, "--bind", place):
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
        before = state(waiting)
        says = grade(way, waiting, force, status=1)
        assert "can't be written" in says
        assert "writable" in says
        assert state(waiting) == before


@WAYS
def test_a_gradebook_that_goes_away_in_the_middle_loses_nothing(course, waiting, way):
    before, away = folder(waiting), waiting / "away.db"
    with one_more_who_takes_long(waiting, course, 20), running(way, waiting, "--force") as process:
        while process.poll() is None and not replaced(waiting, before):
            time.sleep(0.01)
        (waiting / "gradebook.db").rename(away)
        says, _ = process.communicate(timeout=SLOW)
    assert process.returncode == 1, says
    assert "Traceback" not in says
    assert "gradebook.db is not there any more" in says
    assert not (waiting / "gradebook.db").exists()
    away.rename(waiting / "gradebook.db")
    assert_nothing_lost(waiting, course)
    grade(way, waiting)
    assert assert_nothing_lost(waiting, course) == {}


def test_what_the_gradebook_lacks_is_graded_again(course, ready):
    with Gradebook(f"sqlite:///{ready / 'gradebook.db'}", "spotlight") as gradebook:
        gradebook.remove_student(STUDENTS[7])
        for grade_ in gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, STUDENTS[6]).grades:
            grade_.auto_score = None  # as in a copy that was made before
        gradebook.db.commit()
    stale = newer(ready)
    assert stale.keys() == {STUDENTS[6], STUDENTS[7]}
    assert stale[STUDENTS[7]] == NOT_ENTERED
    grade(nbgrader, ready)
    assert newer(ready) == {}
    assert scores(ready) == course.old
    assert table(ready, *KEPT) == table(course.before, *KEPT)


def test_new_gradebook_gets_the_whole_class_again(course, ready):
    (ready / "gradebook.db").unlink()
    says = grade(crowd, ready, status=1)
    assert "there is no gradebook" in says
    assert "generate_assignment" in says
    run("nbgrader", "generate_assignment", ASSIGNMENT, *nbgrader_options(ready))
    grade(crowd, ready)
    assert scores(ready) == course.old


def test_when_nothing_is_graded_it_is_said_why(ready):
    before = state(ready)
    says = grade(nbgrader, ready)
    assert "0 graded" in says
    assert "8 up to date, as handed in; --force grades them again" in says
    assert state(ready) == before


def with_questions(root, change):
    """Return the option for a source whose questions were changed."""
    source = root / "source" / ASSIGNMENT
    source.mkdir(parents=True, exist_ok=True)
    notebook = read_solution(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py")
    change(notebook)
    nbformat.write(notebook, source / FILE)
    return f"--CourseDirectory.source_directory={root / 'source'}"


def add_question(notebook):
    more = nbformat.from_dict(next(c for c in notebook.cells if grade_id_of(c) == "entropy_visible"))
    more = nbformat.v4.new_code_cell("assert entropy", metadata={"nbgrader": dict(more.metadata.nbgrader)})
    more.metadata.nbgrader.grade_id, more.id = "entropy_more", "entropy-more"
    notebook.cells.append(more)


def drop_question(notebook):
    notebook.cells = [cell for cell in notebook.cells if grade_id_of(cell) != "entropy_visible"]


def test_a_new_question_is_missed_before_grading_and_added_without_a_loss(course, ready):
    source = with_questions(ready, add_question)
    before = state(ready)
    says = grade(crowd, ready, source, "--force", status=1)
    assert "the gradebook lacks entropy_more" in says
    assert f"Run nbgrader generate_assignment {ASSIGNMENT} " in says
    assert state(ready) == before

    run("nbgrader", "generate_assignment", ASSIGNMENT, *nbgrader_options(ready), source)
    released = nbformat.read(ready / "release" / ASSIGNMENT / FILE, as_version=4)
    assert "entropy_more" in map(grade_id_of, released.cells)
    assert table(ready, *KEPT, "late") == table(course.before, *KEPT, "late")
    assert newer(ready) == dict.fromkeys(STUDENTS, OTHER_ASSIGNMENT)
    grade(crowd, ready, source)
    assert newer(ready) == {}
    assert table(ready, *KEPT) == table(course.before, *KEPT)
    now = scores(ready)
    assert {student: {**course.old[student], "entropy_more": 0} for student in STUDENTS} == {
        student: {**now[student], "entropy_more": 0} for student in STUDENTS
    }
    assert all("entropy_more" in now[student] for student in STUDENTS)


def test_question_that_has_marks_is_not_dropped_and_the_release_stays(ready):
    source = with_questions(ready, drop_question)
    before = state(ready), (ready / "release" / ASSIGNMENT / FILE).read_bytes()
    options = [*nbgrader_options(ready), source]
    says = run("nbgrader", "generate_assignment", ASSIGNMENT, *options, status=1)
    assert "students have marks for entropy_visible" in says
    assert "with 0 points" in says
    assert "Traceback" not in says
    assert (state(ready), (ready / "release" / ASSIGNMENT / FILE).read_bytes()) == before
    assert "the gradebook asks for entropy_visible" in grade(nbgrader, ready, source, status=1)


def test_release_stays_when_the_next_one_cannot_be_made(ready):
    source = with_questions(ready, lambda notebook: None)
    broken = ready / "source" / ASSIGNMENT / FILE
    broken.write_text(broken.read_text()[:-200])
    before = (ready / "release" / ASSIGNMENT / FILE).read_bytes()
    says = run("nbgrader", "generate_assignment", ASSIGNMENT, *nbgrader_options(ready), source, status=1)
    assert f"{broken} can't be read" in says
    assert "Traceback" not in says
    assert (ready / "release" / ASSIGNMENT / FILE).read_bytes() == before
    assert [path.name for path in (ready / "release").iterdir()] == [ASSIGNMENT]


def test_released_notebook_with_other_questions_is_said(ready):
    path = ready / "release" / ASSIGNMENT / FILE
    released = nbformat.read(path, as_version=4)
    drop_question(released)
    nbformat.write(released, path)
    before = state(ready)
    says = grade(crowd, ready, "--force", status=1)
    assert "isn't what the gradebook has: the gradebook alone has entropy_visible" in says
    assert state(ready) == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"2026-03-02 12:00:00 UTC", datetime(2026, 3, 2, 12)),
        (b"2026-03-02T12:00:00+01:00\n", datetime(2026, 3, 2, 11)),
        (b"", None),
        (b"\xff\x00\x80", None),
        (b"9" * 10_000_000, None),
        (b"10000-01-01 00:00:00", None),
        (b"0001-01-01T00:00:00+14:00", None),
        (b"tomorrow", None),
        (None, None),
    ],
)
def test_whatever_stands_in_a_timestamp_the_work_is_graded(tmp_path, content, says):
    intake = SimpleNamespace(handed_in_folder=lambda _: tmp_path, log=logging.getLogger("test"))
    if content is None:
        (tmp_path / "timestamp.txt").mkdir()
    else:
        (tmp_path / "timestamp.txt").write_bytes(content)
    assert handed_in_at(intake, "anna") == says


def test_record_is_no_proof_where_a_student_wrote_it(course, waiting):
    path = waiting / "autograded" / STUDENTS[0] / ASSIGNMENT / FILE
    forged = nbformat.read(path, as_version=4)
    forged.metadata[RECORD] = {"seed": "00", "scores": {}}
    path.unlink()
    nbformat.write(forged, path)
    assert newer(waiting)[STUDENTS[0]] == HANDED_IN_ANEW
