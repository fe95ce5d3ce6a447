"""The files for Canvas and Moodle have the columns that these document, and lose nobody."""

import csv
from datetime import timedelta

import pytest
from classroom import ASSIGNMENT, Pupil, class_of, make_class
from conftest import ROOT

from grader.__main__ import main

# the columns that Canvas documents for its gradebook, with a custom one and one of another assignment
CANVAS = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,05-softmax (4711),Essay (4712),Final Score
,,,,,,Manual Posting,,
    Points Possible,,,,,,13.00,5.00,(read only)
"Berg, Anna",101,U1,anna,"Attention, Monday",likes tea,,5.00,100.00
"Dahl, Bert",102,bert,b.dahl@example.edu,Attention,,2.00,,40.00
"Ek, Cleo",103,U3,cleo@example.edu,Attention,,,,
"=""=cmd""",104,U4,zelda,Attention,,EX,,
"Student, Test",105,,f00,Attention,,,,
'''
MOODLE = """\
"First name","Last name","ID number",Institution,"Email address","Assignment: Essay (Real)"
Anna,Berg,1001,"MIT, Boston",anna@example.edu,5.00
Bert,Dahl,1002,,b.dahl@example.edu,-
Zelda,Zorn,1004,,zelda@example.edu,-
"""


@pytest.fixture(autouse=True)
def in_project(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.fixture
def root(tmp_path):
    """Return a class of four, one of whom the platforms don't know and one of whom has no mark."""
    pupils = {
        "anna": Pupil(late=0.5, person={"email": "anna@example.edu", "lms_user_id": "1001"}),
        "bert": Pupil(
            shows={"softmax": "wrong axis", "entropy": "ValueError: <b>bert</b>"},
            person={"email": "b.dahl@example.edu"},
        ),
        "cleo@example.edu": Pupil(by_hand=None),
        "nemo": Pupil(shows={"softmax_jacobian": "not answered yet"}),
        "zelda": Pupil(graded=False, files=()),
    }
    return make_class(tmp_path, pupils)


def export(root, to, *options, status, roster=None, encoding="utf-8"):
    """Run the command; return the rows of the file."""
    if roster is not None:
        (root / "roster.csv").write_text(roster, encoding)
        options = (*options, f"--roster={root / 'roster.csv'}")
    assert main(["export", ASSIGNMENT, "--to", to, f"--root={root}", *options]) == status
    return read(root / "report" / f"{ASSIGNMENT}-{to}.csv")


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_canvas_gets_its_own_rows_with_the_marks(root):
    assert export(root, "canvas", roster=CANVAS, status=1) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "05-softmax (4711)"],
        ["", "", "", "", "", "Manual Posting"],
        ["    Points Possible", "", "", "", "", "13.00"],
        ["Berg, Anna", "101", "U1", "anna", "Attention, Monday", "12.5"],
        ["Dahl, Bert", "102", "bert", "b.dahl@example.edu", "Attention", "7"],
        ["Ek, Cleo", "103", "U3", "cleo@example.edu", "Attention", "10"],
        ['="=cmd"', "104", "U4", "zelda", "Attention", "EX"],
        ["Student, Test", "105", "", "f00", "Attention", ""],
    ]


def test_whoever_is_on_one_side_only_is_listed(root, capsys):
    export(root, "canvas", roster=CANVAS, status=1)
    said = capsys.readouterr().err.splitlines()
    assert "marks written: 3" in said
    assert "not in the file, because the list has nobody like them: nemo, 10" in said
    assert 'in the list, but without a mark here: ="=cmd"' in said
    assert "in the list, but without a mark here: Student, Test" in said
    assert "not graded: zelda: the folder is empty" in said
    assert "answers that wait for a mark by hand and count 0 so far: those of 1" in said
    assert 'don\'t open this file in a spreadsheet, which would compute: ="=cmd"' in said


def test_assignment_that_canvas_lacks_is_added_with_its_points(root, capsys):
    header, hidden, *rows = export(root, "canvas", "--column=Softmax", roster=CANVAS, status=1)
    assert header[-1] == "Softmax"
    assert hidden == ["    Points Possible", "", "", "", "", "13"]
    assert [row[-1] for row in rows] == ["12.5", "7", "10", "", ""]
    said = capsys.readouterr().err
    assert "Canvas has no Softmax yet: the import offers to make it, of 13 points" in said


def test_other_points_in_canvas_are_told_and_left(root, capsys):
    rows = export(root, "canvas", roster=CANVAS.replace("13.00", "100.00"), status=1)
    assert rows[2][-1] == "100.00"
    assert "in Canvas 05-softmax (4711) has 100.00 points, here 13" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_canvas_in_other_settings_is_read(root, encoding):
    settings = {
        "Student,": "LastName;FirstName;",
        '"Berg, Anna",': "Berg;Anna;",
        '"Dahl, Bert",': "Dahl;Bert;",
        '"Ek, Cleo",': "Ek;Cleo;",
        '"=""=cmd""",': "Zorn;Zelda;",
        '"Student, Test",': "Test;Student;",
        '"Attention, Monday"': "Attention",
        "13.00": "13&00",
        "    Points Possible,": "    Points Possible;;",
        "\n,": "\n;;",
    }
    roster = CANVAS
    for old, new in settings.items():
        roster = roster.replace(old, new)
    roster = roster.replace(",", ";").replace("&", ",")
    header, _, points, anna, *_ = export(root, "canvas", roster=roster, encoding=encoding, status=1)
    ids = ["ID", "SIS User ID", "SIS Login ID", "Section"]
    assert header == ["LastName", "FirstName", *ids, "05-softmax (4711)"]
    assert points[-1] == "13,00"
    assert anna == ["Berg", "Anna", "101", "U1", "anna", "Attention", "12.5"]


def test_nobody_is_guessed(root, capsys):
    doubled = CANVAS.replace('"Ek, Cleo",103,U3', '"Ek, Cleo",103,anna')
    rows = export(root, "canvas", roster=doubled, status=1)
    assert [row[-1] for row in rows[3:]] == ["", "7", "", "EX", ""]
    assert "nobody like them: anna, 12.5" in capsys.readouterr().err
    rows = export(root, "canvas", "--match=SIS Login ID", roster=doubled, status=1)
    assert [row[-1] for row in rows[3:]] == ["12.5", "7", "10", "EX", ""]


def test_two_students_who_claim_one_row_get_no_mark(tmp_path, capsys):
    root = make_class(tmp_path, {"anna": Pupil(), "ANNA": Pupil(by_hand=0.0)})
    rows = export(root, "canvas", roster=CANVAS, status=1)
    assert [row[-1] for row in rows[3:]] == ["", "2.00", "", "EX", ""]
    assert capsys.readouterr().err.count("nobody like them") == 2


@pytest.mark.parametrize(
    ("roster", "options", "says"),
    [
        (MOODLE, (), "is not Canvas's gradebook"),
        ("", (), "is not a table"),
        (CANVAS.replace("Essay", "05-softmax"), (), "--column: 05-softmax (4711), 05-softmax (4712)"),
        (CANVAS, ("--match=Name",), "no column Name in that list; say --match with one of: Student, ID"),
    ],
)
def test_wrong_list_for_canvas_is_refused(root, capsys, roster, options, says):
    (root / "roster.csv").write_text(roster)
    options = (*options, f"--root={root}", f"--roster={root / 'roster.csv'}")
    assert main(["export", ASSIGNMENT, "--to=canvas", *options]) == 2
    assert says in capsys.readouterr().err
    assert not (root / "report").exists()


def test_canvas_without_its_list_says_how_to_get_it(root, capsys):
    assert main(["export", ASSIGNMENT, "--to=canvas", f"--root={root}"]) == 2
    assert "export its gradebook and say --roster FILE" in capsys.readouterr().err


def test_same_named_columns_are_told_apart_by_their_number(root):
    roster = CANVAS.replace("Essay (4712)", "05-softmax (4712)")
    rows = export(root, "canvas", "--column=05-softmax (4712)", roster=roster, status=1)
    assert [row[-1] for row in rows[:3]] == ["05-softmax (4712)", "5.00", "12.5"]


def test_moodle_gets_a_row_for_each_mark_and_no_empty_one(root):
    assert export(root, "moodle", status=0) == [
        ["Username", ASSIGNMENT],
        ["anna", "12.5"],
        ["bert", "7"],
        ["cleo@example.edu", "10"],
        ["nemo", "10"],
    ]


@pytest.mark.parametrize(
    ("identifier", "header", "known"),
    [
        ("email", "Email address", ["anna@example.edu", "b.dahl@example.edu", "cleo@example.edu"]),
        ("idnumber", "ID number", ["1001", "bert", "cleo@example.edu", "nemo"]),
    ],
)
def test_moodle_knows_students_by_what_the_gradebook_has(root, identifier, header, known):
    rows = export(root, "moodle", f"--identifier={identifier}", status=int("nemo" not in known))
    assert [row[0] for row in rows] == [header, *known]


def test_moodle_list_gives_the_columns_that_it_imports(root, capsys):
    rows = export(root, "moodle", "--column=Assignment: Softmax (Real)", roster=MOODLE, status=1)
    assert rows == [
        ["First name", "Last name", "ID number", "Email address", "Assignment: Softmax (Real)"],
        ["Anna", "Berg", "1001", "anna@example.edu", "12.5"],
        ["Bert", "Dahl", "1002", "b.dahl@example.edu", "7"],
    ]
    said = capsys.readouterr().err
    assert "nobody like them: nemo, 10" in said
    assert "without a mark here: Zelda Zorn 1004 zelda@example.edu" in said


def test_moodle_list_in_another_language_is_matched_by_a_named_column(root):
    roster = "Vorname;Anmeldename\nAnna;anna\nNemo;nemo\n"
    rows = export(root, "moodle", "--match=Anmeldename", roster=roster, status=1)
    assert rows == [["Anmeldename", ASSIGNMENT], ["anna", "12.5"], ["nemo", "10"]]


def test_feedback_for_moodle_is_in_the_courses_words(root):
    header, *rows = export(root, "moodle", "--feedback", status=0)
    assert header == ["Username", ASSIGNMENT, f"Feedback: {ASSIGNMENT}"]
    assert [row[2] for row in rows] == [
        "All tests pass",
        "softmax: wrong axis; entropy: see the feedback page",
        "All tests pass",
        "softmax_jacobian: not answered yet",
    ]


def test_platforms_get_no_byte_order_mark_and_a_spreadsheet_does(root):
    export(root, "moodle", status=0)
    export(root, "canvas", roster=CANVAS, status=1)
    assert main(["export", ASSIGNMENT, "--to=csv", f"--root={root}"]) == 0
    starts = {path.name: path.read_bytes()[:3] for path in (root / "report").iterdir()}
    assert starts == {
        f"{ASSIGNMENT}-moodle.csv": b"Use",
        f"{ASSIGNMENT}-canvas.csv": b"Stu",
        f"{ASSIGNMENT}-csv.csv": b"\xef\xbb\xbf",
    }


def test_spreadsheet_gets_everybody_and_computes_nobody(tmp_path):
    person = {"first_name": "=1+1", "last_name": 'O"Brien, jr', "email": "@home"}
    broken = Pupil(graded=False, files=("=cmd.ipynb",))
    make_class(tmp_path, {"-anna": Pupil(person=person), "bert": broken})
    assert main(["export", ASSIGNMENT, "--to=csv", f"--root={tmp_path}"]) == 0
    with (tmp_path / "report" / f"{ASSIGNMENT}-csv.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream))[1:] == [
            ["'-anna", "'=1+1", 'O"Brien, jr', "'@home", "13.0", "13.0", "0", "", "", ""],
            ["bert", "", "", "", "0.0", "13.0", "0.0", "", "", "no 05-softmax.ipynb; there is =cmd.ipynb"],
        ]


def test_what_waits_what_is_marked_again_and_who_was_late_are_told_apart(tmp_path, capsys):
    pupils = {
        "anna": Pupil(by_hand=None),
        "bert": Pupil(again=True, by_hand=2.0, overdue=timedelta(hours=26)),
        "cleo": Pupil(),
    }
    make_class(tmp_path, pupils)
    assert main(["export", ASSIGNMENT, "--to=csv", f"--root={tmp_path}"]) == 0
    with (tmp_path / "report" / f"{ASSIGNMENT}-csv.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["student"]: row for row in csv.DictReader(stream)}
    shown = {name: (r["points"], r["waiting"], r["look again"], r["late"]) for name, r in rows.items()}
    assert shown == {
        "anna": ("10.0", "3.0", "", ""),
        "bert": ("12.0", "0", "saturation", "1 d 2 h"),
        "cleo": ("13.0", "0", "", ""),
    }
    export(tmp_path, "moodle", status=0)
    said = capsys.readouterr().err
    assert "answers that wait for a mark by hand and count 0 so far: those of 1" in said
    assert "marked by hand before they were graded again, and to be looked at again: those of 1" in said


def test_whole_class_agrees_with_the_marks(root):
    marks = {one.student: one.score for one in class_of(root).graded}
    assert {row[0]: float(row[1]) for row in export(root, "moodle", status=0)[1:]} == marks


MISSING = """\
Student,ID,SIS User ID,SIS Login ID,Section,05-softmax (4711)
    Points Possible,,,,,13.00
"Berg, Anna",101,,anna,A,
"Frey, Finn",106,,finn,A,
"Gray, Gwen",107,,gwen,A,EX
"Hart, Hugo",108,,hugo,A,
"Zorn, Zelda",104,,zelda,A,
"""


@pytest.fixture
def gaps(tmp_path):
    """Return a class in which two handed nothing in and one something that can't be read."""
    pupils = {"anna": Pupil(), "zelda": Pupil(graded=False, files=("zelda.ipynb",))}
    return make_class(tmp_path, pupils, absent=["finn", "gwen"])


def test_missing_work_is_zero_only_when_asked(gaps, capsys):
    rows = export(gaps, "canvas", roster=MISSING, status=0)
    assert [row[-1] for row in rows[2:]] == ["13", "", "EX", "", ""]
    rows = export(gaps, "canvas", "--missing-as-zero", roster=MISSING, status=0)
    assert [row[-1] for row in rows[2:]] == ["13", "0", "EX", "", ""]
    said = capsys.readouterr().err
    assert "nothing handed in, 0 unless the list has something already: finn, gwen" in said
    assert "marks written: 2" in said
    assert "not graded: zelda: no 05-softmax.ipynb; there is zelda.ipynb" in said
    assert "in the list, but without a mark here: Hart, Hugo" in said


def test_missing_work_is_zero_in_moodle_and_in_the_table(gaps):
    assert export(gaps, "moodle", "--missing-as-zero", status=0) == [
        ["Username", "05-softmax"],
        ["anna", "13"],
        ["finn", "0"],
        ["gwen", "0"],
    ]
    assert main(["export", ASSIGNMENT, "--to=csv", "--missing-as-zero", f"--root={gaps}"]) == 0
    with (gaps / "report" / f"{ASSIGNMENT}-csv.csv").open(encoding="utf-8-sig", newline="") as stream:
        points = {row["student"]: (row["points"], row["of"]) for row in csv.DictReader(stream)}
    assert points == {
        "anna": ("13.0", "13.0"),
        "finn": ("0.0", "13.0"),
        "gwen": ("0.0", "13.0"),
        "zelda": ("0.0", "13.0"),
    }
