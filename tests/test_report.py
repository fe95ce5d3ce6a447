"""The report of a class says what its marks say, to its instructor and to nobody's harm."""

import csv
import re
import time
from datetime import timedelta
from urllib.parse import urlparse

import pytest
from bs4 import BeautifulSoup
from classroom import ASSIGNMENT, EMPTY, POINTS, Pupil, class_of, make_class
from conftest import ROOT
from test_similarity import LONG, OTHER

from attnlib.catalogue import EXERCISES
from grader.__main__ import main
from grader.gradebook.reading import gradebook_url, read_records
from grader.results.marks import UNGRADED, read_marks
from grader.results.names import Numbers
from grader.results.report import write_report
from grader.text import FORMULA

HOSTILE = "<script>alert(1)</script>"
BOOK = "https://book.example.edu/spotlight"
SOFTMAX = {mistake.name: mistake for mistake in EXERCISES["softmax"].misconceptions}
MAX = sum(POINTS.values())
TABLES = ["marks", "questions", "misconceptions", "similar", "own"]


@pytest.fixture(autouse=True)
def in_project(monkeypatch):
    monkeypatch.chdir(ROOT)


def report(root, **options):
    """Return the page of a class, parsed."""
    write_report(class_of(root), root / "report.html", **({"book": BOOK} | options))
    return BeautifulSoup((root / "report.html").read_text("utf-8"), "html.parser")


def text_of(tag):
    return " ".join(tag.get_text(" ").split())


def tables(root, **options):
    """Return the tables of a class as ``{name: list of dicts}``."""
    paths = write_report(class_of(root), root / "report.html", book=BOOK, csv=root / "csv", **options)[1:]
    read = {}
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            read[path.stem] = list(csv.DictReader(stream))
    assert list(read) == TABLES
    return read


@pytest.fixture
def mixed(tmp_path):
    """Return a class in which everything occurs."""
    asked = ("softmax_by_hand", "softmax", "entropy", "softmax_jacobian")
    blank = dict.fromkeys(asked, "not answered yet")
    axis = {"softmax": "wrong axis", "entropy": "bits", "softmax_jacobian": "only the diagonal"}
    pupils = {
        "anna": Pupil(),
        "bert": Pupil(by_hand=None, answers={"softmax": LONG}),
        "cleo": Pupil(shows=axis, by_hand=0.0),
        "dora": Pupil(shows=axis, by_hand=None, answers={"softmax": LONG}),
        "emil": Pupil(shows={"softmax": "overflow"}),
        "finn": Pupil(shows=blank, by_hand=0.0),
        "gwen": Pupil(shows={"entropy": "NameError: name 'gwen_s_weights' is not defined"}, late=2.0),
        "hugo": Pupil(files=("hugo_05.ipynb",), graded=False),
    }
    return make_class(tmp_path, pupils, absent=["ivan"])


def test_marks_are_counted(mixed):
    page = report(mixed)
    tiles = {text_of(tile.dt): text_of(tile.dd) for tile in page.select("#marks .tiles div")}
    scores = sorted([MAX, MAX - 3, 1, 1, MAX - 4, 0, MAX - 2 - 2])
    assert tiles == {
        "mean": f"{sum(scores) / 7:.2f} of {MAX}",
        "median": str(scores[3]),
        "lowest": "0",
        "highest": str(MAX),
    }
    says = text_of(page.select_one("#marks svg desc"))
    assert says == "0 points: 1; 1 points: 2; 9 points: 2; 10 points: 1; 13 points: 1."


def test_each_question_has_its_rates(mixed):
    rows = {row["question"]: row for row in tables(mixed)["questions"]}
    assert float(rows["softmax"]["visible"]) == float(rows["softmax"]["hidden"]) == round(3 / 7, 4)
    assert float(rows["entropy"]["visible"]) == round(3 / 7, 4)
    assert rows["softmax_by_hand"]["hidden"] == ""
    assert (rows["saturation"]["waiting"], rows["saturation"]["visible"]) == ("2", "")
    assert float(rows["saturation"]["mean"]) == (3 + 0 + 3 + 0 + 3) / 5
    assert [row["not answered"] for row in rows.values()] == ["1", "1", "1", "1", "0"]
    assert float(rows["saturation"]["difficulty"]) == 9 / 15
    assert {row["discrimination"] for row in rows.values()} == {""}  # a class of seven is too small
    page = report(mixed)
    assert "softmax: visible 43%, hidden 43%" in text_of(page.select_one("#questions svg desc"))
    shown = [text_of(row) for row in page.select("#questions tbody tr")]
    assert shown[1] == f"2 · The softmax function softmax 43% 43% {12 / 7:.2f} 4 {3 / 7:.2f} – 1"
    assert re.fullmatch(
        r"\d+ · Why a saturated softmax stops learning saturation by hand, 2 to mark 1.8 3 0.60 –", shown[4]
    )


def test_each_mistake_is_counted_explained_and_linked(mixed):
    page = report(mixed)
    cases = {text_of(case.h3): case for case in page.select("#mistakes li")}
    axis = cases["wrong axis softmax"]
    assert "2 students · 29%" in text_of(axis)
    assert "it must run along the axis that the argument names" in text_of(axis)
    assert axis.a["href"] == f"{BOOK}/chapters/05-softmax.html#softmax-axis"
    assert [text_of(name) for name in axis.select(".names span")] == ["cleo", "dora"]
    assert list(cases)[:3] == ["bits entropy", "wrong axis softmax", "only the diagonal softmax_jacobian"]
    assert "NameError: name 'gwen_s_weights' is not defined entropy" in cases
    assert not any("not answered" in title for title in cases)


def test_help_is_grouped_by_what_to_say_first(mixed):
    groups = report(mixed).select("#help li")
    assert [text_of(group.h3) for group in groups] == ["wrong axis softmax", "Handed in blank"]
    assert [[text_of(n) for n in group.select(".names span")] for group in groups] == [
        ["cleo", "dora"],
        ["finn"],
    ]
    assert [text_of(group.select_one(".names")) for group in groups] == ["cleo (1), dora (1)", "finn (0)"]
    assert text_of(groups[0].p).startswith(f"Say first: {SOFTMAX['wrong axis'].says}")


def test_what_was_not_graded_is_explained(mixed):
    page = report(mixed)
    assert text_of(page.header.find_all("p")[1]).replace(" .", ".") == (
        "8 submissions, 7 graded, 1 not. 2 students wait for a mark by hand; until then those answers "
        "count 0. 1 of the gradebook's students handed nothing in."
    )
    assert [text_of(row) for row in page.select("#failed tbody tr")] == [
        "hugo no 05-softmax.ipynb; there is hugo_05.ipynb"
    ]
    assert "handed in: ivan" in text_of(page.select_one("#failed"))


def test_answers_that_wait_are_listed(mixed):
    assert text_of(report(mixed).select_one("#waiting li")).endswith("2 answers, 3 points each bert , dora")


def test_answers_to_look_at_again_are_not_those_that_wait(tmp_path, capsys):
    person = {"first_name": "Bert", "last_name": "Dahl"}
    pupils = {
        "anna": Pupil(by_hand=None),
        "bert": Pupil(again=True, person=person, overdue=timedelta(minutes=90)),
    }
    page = report(make_class(tmp_path, pupils))
    assert text_of(page.select_one("#waiting li")).endswith("1 answer, 3 points each anna")
    assert text_of(page.select_one("#again li")).endswith("1 answer bert Bert Dahl")
    heads = [text_of(head) for head in page.select("#students tbody th")]
    assert heads == ["anna", "bert Bert Dahl late by 1 h 30 min"]
    rows = {row["student"]: row for row in tables(tmp_path)["marks"]}
    assert [(r["name"], r["waiting"], r["look again"], r["late"]) for r in rows.values()] == [
        ("", "3.0", "", ""),
        ("Bert Dahl", "0", "saturation", "1 h 30 min"),
    ]
    assert main(["marks", ASSIGNMENT, f"--root={tmp_path}"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"bert +│ Bert Dahl +│ 13 / 13 +│ 1 h 30 min", said)
    assert "saturation: marked before it was" in said
    page = report(tmp_path, anonymous=True)
    assert "Dahl" not in str(page)


def test_what_stopped_an_answer_comes_before_the_name_that_it_lacks(tmp_path, capsys):
    lacks = {"softmax": "NameError: name 'softmax' is not defined"}
    pupils = {
        "anna": Pupil(shows=lacks, stopped={"softmax": "SyntaxError: invalid syntax (4711.py, line 2)"}),
        "bert": Pupil(shows=lacks, stopped={"softmax": "CellTimeoutError: "}),
        "cleo": Pupil(shows=lacks),
        "dora": Pupil(shows={"softmax": "overflow"}, stopped={"softmax": "ValueError: no"}),
    }
    shows = {one.student: one.shows["softmax"] for one in class_of(make_class(tmp_path, pupils)).marks}
    assert shows == {
        "anna": "the answer's cell stopped with SyntaxError: invalid syntax (line 2)",
        "bert": "the answer's cell was still running when its time was over: a loop that doesn't end?",
        "cleo": "NameError: name 'softmax' is not defined",
        "dora": "overflow",
    }
    assert "stopped with SyntaxError: invalid syntax" in text_of(report(tmp_path).select_one("#mistakes"))


def test_alike_answers_are_places_to_look(mixed):
    section = report(mixed).select_one("#alike")
    assert "not verdicts" in text_of(section)
    assert [text_of(h) for h in section.select("h3")] == ["bert , dora"]
    assert "moved = np.moveaxis" in section.pre.get_text()
    assert tables(mixed)["similar"] == [
        {"question": "softmax", "likeness": "1.0", "same text": "yes", "who": "bert, dora"}
    ]


def test_every_student_has_a_row(mixed):
    rows = {row["student"]: row for row in tables(mixed)["marks"]}
    assert list(rows) == ["anna", "bert", "cleo", "dora", "emil", "finn", "gwen", "hugo"]
    assert (rows["anna"]["points"], rows["anna"]["of"]) == ("13.0", "13.0")
    assert (rows["dora"]["points"], rows["dora"]["waiting"], rows["dora"]["softmax"]) == (
        "1.0",
        "3.0",
        "0.0",
    )
    assert rows["hugo"]["not graded because"] == "no 05-softmax.ipynb; there is hugo_05.ipynb"
    assert rows["hugo"]["softmax"] == ""
    assert len(report(mixed).select("#students tbody tr")) == 8


def test_lateness_is_taken_off(mixed):
    marks = {one.student: one.score for one in class_of(mixed).marks}
    assert marks["gwen"] == MAX - POINTS["entropy_visible"] - POINTS["entropy_hidden"] - 2


def test_page_needs_nothing_else(mixed):
    page = report(mixed)
    assert page.find_all(["script", "iframe", "object", "embed", "base"]) == []
    assert "default-src 'none'" in page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    loaded = [tag["src"] for tag in page.find_all(src=True)] + [
        tag["href"] for tag in page.find_all("link")
    ]
    assert loaded == ["data:,"]
    assert not re.search(r"url\((?!#)|@import", page.style.get_text() + str(page.find_all("svg")))
    outside = {urlparse(a["href"]).netloc for a in page.find_all("a")}
    assert outside == {"", "book.example.edu"}
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.find_all("a", href=re.compile("^#"))} <= set(ids)


def test_figures_say_what_they_show(mixed):
    figures = report(mixed).find_all("svg")
    assert len(figures) == 2
    for figure in figures:
        assert figure["role"] == "img"
        assert figure.title.get_text()
        assert figure.desc.get_text()


def test_what_students_wrote_stays_text(tmp_path):
    hostile = Pupil(
        shows={"entropy": f"ValueError: {HOSTILE}", "softmax_jacobian": 'E"onload=x: {{ 7 * 7 }}'},
        answers={"softmax": LONG + HOSTILE + "\n</pre><img src=x onerror=alert(1)>"},
        person={"first_name": HOSTILE, "last_name": HOSTILE},
    )
    names = [
        "<script>alert(1)<",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}",
        "&amp;",
        "[2J",
    ]
    broken = Pupil(files=("<img src=x onerror=alert(2)>.ipynb",), graded=False)
    make_class(tmp_path, dict.fromkeys(names[:3], hostile) | {names[3]: hostile, names[4]: broken})
    page = report(tmp_path)
    assert page.find_all(["script", "img"]) == []
    assert not [tag for tag in page.find_all() for name in tag.attrs if name.startswith("on")]
    rows = [row.th.find(string=True) for row in page.select("#students tbody tr")]
    assert sorted(rows) == sorted(names)
    assert HOSTILE in text_of(page.select_one("#mistakes"))
    assert "<img src=x onerror=alert(2)>.ipynb" in text_of(page.select_one("#failed"))
    assert "49" not in text_of(page.select_one("#mistakes"))


def test_anonymous_report_has_no_names(tmp_path):
    pupils = {
        f"{first}.{last}".lower(): Pupil(
            shows={
                "entropy": f"NameError: name '{first}_weights' is not defined",
                "softmax": f"it returns a {first}{last}; return a NumPy array",
                "softmax_jacobian": f"{last}Error: {first}",
                "softmax_by_hand": f"{first} {last} was here",
            },
            answers={"softmax": f"{LONG}# {first} {last}"} if last in ("Amsel", "Bell") else {},
            by_hand=None,
            person={"first_name": first, "last_name": last, "email": f"{first}@{last}.example"},
            graded=last != "Cole",
            files=(f"{first} {last}.ipynb",),
        )
        for first, last in [
            ("Zoe", "Amsel"),
            ("Ada", "Bell"),
            ("Kim", "Cole"),
            ("Uma", "Dunn"),
            ("Luz", "Ezra"),
        ]
    }
    make_class(tmp_path, pupils, absent=["max.frey"])
    report(tmp_path, anonymous=True, csv=tmp_path / "csv")
    files = [tmp_path / "report.html", *(tmp_path / "csv").iterdir()]
    assert len(files) == 1 + len(TABLES)
    for file in files:
        text = re.sub("<style>.*?</style>", "", file.read_text("utf-8-sig").casefold(), flags=re.DOTALL)
        for name in pupils:
            for part in (name, *name.split(".")):
                assert part not in text, (file.name, part)
    page = report(tmp_path, anonymous=True)
    assert [row.th.get_text() for row in page.select("#students tbody tr")] == sorted(
        {f"Student {i}" for i in range(1, 7)} - {text_of(page.select_one("#failed .names span"))}
    )
    assert "no 05-softmax.ipynb" in text_of(page.select_one("#failed"))
    assert "NameError" in text_of(page.select_one("#mistakes"))
    assert [h.get_text().count("Student") for h in page.select("#alike h3")] == [2]


def test_numbers_are_stable_and_tell_nothing_without_the_gradebook():
    students = [f"student-{i:02}" for i in range(40)]
    names, again, other = (
        Numbers(s, key, {}) for s, key in ((students, "a"), (students[::-1], "a"), (students, "b"))
    )
    order = [names(student) for student in students]
    assert sorted(order, key=lambda name: int(name[8:])) == [f"Student {i}" for i in range(1, 41)]
    assert order == [again(student) for student in students]
    assert order != [other(student) for student in students]
    assert order != [f"Student {i}" for i in range(1, 41)]


def test_spreadsheet_computes_no_name(tmp_path):
    names = ["=1+1", "+1", "-anna", "@sum", "\tx", " =1", '"quoted", and more', "über\nline", "anna"]
    make_class(tmp_path, {name: Pupil(shows={"softmax": f"{name}: no"}) for name in names})
    assert (tmp_path / "gradebook.db").is_file()
    read = tables(tmp_path)
    assert sorted(row["student"].removeprefix("'") for row in read["marks"]) == sorted(names)
    for rows in read.values():
        for row in rows:
            assert not [value for value in row.values() if value.lstrip().startswith(FORMULA)]
    assert (tmp_path / "csv" / "marks.csv").read_bytes().startswith(b"\xef\xbb\xbfstudent,")
    plain = {row["student"] for row in read["marks"] if not row["student"].startswith("'")}
    assert plain == {"anna", "über\nline", '"quoted", and more'}


def test_class_of_one_is_told_in_a_sentence(tmp_path):
    page = report(make_class(tmp_path, {"anna": Pupil(shows={"softmax": "overflow"})}))
    assert "One student is graded: 9 of 13 points." in text_of(page.select_one("#marks"))
    assert page.find_all("svg") == []
    assert "1 submission, 1 graded." in text_of(page.header)
    assert "1 student · 100%" in text_of(page.select_one("#mistakes"))


def test_class_of_a_thousand_is_reported_in_seconds(tmp_path):
    mistakes = list(SOFTMAX)
    pupils = {
        f"student{i:04}": Pupil(
            shows={"softmax": mistakes[i % len(mistakes)]} if i % 3 else {},
            answers={"softmax": OTHER.replace("1", f"{i % 400}")},
            by_hand=None if i % 7 == 0 else float(i % 4),
        )
        for i in range(1000)
    }
    make_class(tmp_path, pupils)
    start = time.monotonic()
    page = report(tmp_path)
    took = time.monotonic() - start
    assert len(page.select("#students tbody tr")) == 1000
    assert not page.select_one("#students details").has_attr("open")
    assert (tmp_path / "report.html").stat().st_size < 1_000_000
    assert took < 60


def test_nothing_submitted_is_said_and_writes_no_page(tmp_path, capsys):
    assert main(["report", ASSIGNMENT, f"--root={tmp_path}"]) == 2
    assert f"nobody has submitted {ASSIGNMENT}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_graded_is_said_on_the_page(tmp_path):
    page = report(
        make_class(tmp_path, {"anna": Pupil(graded=False), "bert": Pupil(files=(), graded=False)})
    )
    assert "Nothing is graded yet" in text_of(page.main)
    assert [text_of(row) for row in page.select("#failed tbody tr")] == [
        f"anna {UNGRADED.format(ASSIGNMENT)}",
        "bert the folder is empty",
    ]


def test_command_writes_the_page_and_the_tables(mixed, capsys):
    assert main(["report", ASSIGNMENT, f"--root={mixed}", f"--csv={mixed / 'tables'}"]) == 0
    tables = [f"tables/{name}.csv" for name in TABLES]
    written = [mixed / path for path in (f"report/{ASSIGNMENT}.html", *tables)]
    assert capsys.readouterr().out.split() == [str(path) for path in written]
    assert all(path.is_file() for path in written)


def test_marks_are_printed_whatever_the_names(tmp_path, capsys):
    renamed = Pupil(files=("[red].ipynb",), graded=False)
    make_class(tmp_path, {"[red]": Pupil(), "a\x1b[2Jb": Pupil(graded=False), "bert": renamed})
    assert main(["marks", ASSIGNMENT, f"--root={tmp_path}"]) == 0
    said = capsys.readouterr().out
    assert "[red] " in said
    assert "\x1b[2J" not in said
    assert "there is [red].ipynb" in said
    assert "characters that can't be written" in said


def test_links_lead_into_the_book_where_there_is_one(mixed, tmp_path):
    page = report(mixed, book=str(mixed / "book"))
    assert not page.select("#mistakes a")
    assert "chapters/05-softmax#softmax-axis" in text_of(page.select_one("#mistakes"))
    (mixed / "my book" / "chapters").mkdir(parents=True)
    (mixed / "my book" / "chapters" / "05-softmax.html").touch()
    page = report(mixed, book=str(mixed / "my book"))
    assert "my%20book/chapters/05-softmax.html#softmax-axis" in {
        a["href"] for a in page.select("#mistakes a")
    }


def test_gradebook_is_read_by_path_or_url_and_stays_as_it_is(mixed):
    file = mixed / "gradebook.db"
    before = file.read_bytes()
    assert read_records(ASSIGNMENT, file) == read_records(ASSIGNMENT, f"sqlite:///{file}")
    read_marks(ASSIGNMENT, mixed / "submitted", mixed / "autograded", f"sqlite:///{file}")
    assert file.read_bytes() == before
    with pytest.raises(ValueError, match="run nbgrader generate_assignment 04-scaling"):
        read_records("04-scaling", file)
    with pytest.raises(ValueError, match="is not in the gradebook"):
        read_records(ASSIGNMENT, mixed / "nowhere.db")
    assert not (mixed / "nowhere.db").exists()


def test_gradebook_is_the_one_that_the_settings_name(tmp_path):
    assert gradebook_url(tmp_path) == f"sqlite:///{tmp_path / 'gradebook.db'}"
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'x'\n")
    assert gradebook_url(tmp_path) == f"sqlite:///{tmp_path / 'gradebook.db'}"
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.db_url = 'postgresql:///marks'\n"
    )
    assert gradebook_url(tmp_path) == "postgresql:///marks"
    assert gradebook_url(tmp_path, "sqlite:////tmp/other.db") == "sqlite:////tmp/other.db"


def test_graded_submission_that_the_gradebook_lacks_is_not_graded(tmp_path):
    make_class(tmp_path, {"anna": Pupil()})
    for folder in ("submitted", "autograded"):
        path = tmp_path / folder / "bert" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(EMPTY)
    reasons = {one.student: one.reason for one in class_of(tmp_path).marks}
    assert reasons == {"anna": None, "bert": UNGRADED.format(ASSIGNMENT)}
