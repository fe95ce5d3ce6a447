"""A list of students enters the gradebook, whoever wrote it."""

import shutil

import pytest
from conftest import ROOT

from grader.__main__ import main
from grader.gradebook.reading import Person
from grader.gradebook.term import people_of
from grader.results.roster import people_in, read_roster

ANNA = Person("Anna", "Smith", "", "90031")
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Essay (4712)
    Points Possible,,,,,5.00
"Smith, Anna",90031,U1,asmith,A,
"Müller, Björn",90032,,bjoern@example.edu,A,3
"Doe, Chris",90033,,,A,
"Student, Test",90099,,f00,A,
"""
MOODLE = """\
"First name","Last name","ID number","Email address",Username
Anna,Smith,90031,,asmith
Björn,Müller,,bjoern@example.edu,
"""


@pytest.fixture(autouse=True)
def in_project(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.fixture
def read(tmp_path):
    def read(text, encoding="utf-8"):
        (tmp_path / "roster.csv").write_text(text, encoding)
        return people_in(read_roster(tmp_path / "roster.csv"))

    return read


def test_canvas_list_is_read(read):
    assert read(CANVAS) == {
        "asmith": ANNA,
        "bjoern@example.edu": Person("Björn", "Müller", "bjoern@example.edu", "90032"),
        "90033": Person("Chris", "Doe", "", "90033"),
    }


def test_canvas_list_with_names_apart_is_read(read):
    apart = "LastName;FirstName;ID;SIS User ID;SIS Login ID;Section\nSmith;Anna;90031;;asmith;A\n"
    assert read(apart) == {"asmith": ANNA}


def test_moodle_list_is_read(read):
    assert read(MOODLE) == {
        "asmith": ANNA,
        "bjoern@example.edu": Person("Björn", "Müller", "bjoern@example.edu"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_table_of_ones_own_is_read_as_excel_writes_it(read, encoding):
    table = "id;first_name;last_name;lms_user_id\nasmith;Anna;Smith;90031\n"
    assert read(table, encoding) == {"asmith": ANNA}
    assert read("name,id\n,asmith\n") == {"asmith": Person()}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,number\nAnna,1\n", "nobody is in that list"),
        ("id,first_name\n", "nobody is in that list"),
        ("id,first_name\nanna,A\nanna,B\n", "two students are called 'anna'"),
        ("id,first_name\n../anna,A\n", "no folder can be called '../anna'"),
    ],
)
def test_list_of_nobody_is_refused(read, text, says):
    with pytest.raises(ValueError, match=says):
        read(text)


def test_command_enters_and_corrects_and_removes_nobody(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    roster = tmp_path / "roster.csv"
    roster.write_text(CANVAS, "utf-8")
    assert main(["roster", "roster.csv"]) == 0
    roster.write_text("id,first_name\nasmith,Anne\ndora,Dora\n")
    assert main(["roster", "roster.csv"]) == 0
    assert capsys.readouterr().out == "students entered: 3\nstudents entered: 2\n"
    people = people_of(f"sqlite:///{tmp_path / 'gradebook.db'}")
    assert people.keys() == {"asmith", "bjoern@example.edu", "90033", "dora"}
    assert people["asmith"] == Person("Anne", "Smith", "", "90031")


def test_unreadable_list_is_said(tmp_path, capsys):
    assert main(["roster", str(tmp_path / "none.csv"), f"--root={tmp_path}"]) == 2
    assert "none.csv" in capsys.readouterr().err
