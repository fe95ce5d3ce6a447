"""What Canvas and Moodle give out finds its student, the last attempt counts, and feedback goes back."""

import io
import os
import shutil
import stat
import tarfile
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import ROOT, run
from nbgrader.api import Gradebook

from grader.collecting.downloads import last_attempts, original_name, read_downloads, whose
from grader.collecting.extractor import Extractor
from grader.gradebook.reading import Person

ASSIGNMENT = "05-softmax"
FILE = f"{ASSIGNMENT}.ipynb"
RELEASED = {FILE}
BLANK = (ROOT / "exercises" / ASSIGNMENT / FILE).read_text("utf-8")
PEOPLE = {
    "asmith": Person("Anna", "Smith", "a@example.edu", "90031"),
    "bmüller": Person("Björn", "Müller-Lüdenscheidt", "b@example.edu", "90032"),
    "cdoe": Person("Chris", "Doe"),
    "jdoe": Person("Jo", "Doe"),
    "jdoe2": Person("Jo", "Doe"),
    "oneil": Person("Siobhán", "O'Neil van der Berg"),
}
MOODLE = "_assignsubmission_file_"


@pytest.fixture
def downloads(tmp_path):
    """Return a function that writes files as they were extracted, and reads them."""
    (tmp_path / "archive").mkdir()

    def read(*paths, archives=()):
        for place, name in enumerate(archives):
            archive = tmp_path / "archive" / name
            archive.touch()
            os.utime(archive, (place, place))
        for path in paths:
            file = tmp_path / "extracted" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(BLANK)
        return read_downloads(tmp_path / "archive", tmp_path / "extracted")

    return read


def counting(handed, people=PEOPLE):
    """Return ``{student: the path of the file that counts}``."""
    last = last_attempts(handed, whose(handed, people), RELEASED)
    return {student: one.path.name for (student, file), one in last.items() if file == FILE}


@pytest.mark.parametrize(
    ("name", "number", "late", "file"),
    [
        ("smithanna_90031_12345_05-softmax.ipynb", "90031", False, FILE),
        ("smithanna_LATE_90031_12345_05-softmax.ipynb", "90031", True, FILE),
        ("smithanna_90031_12345_05-softmax-1.ipynb", "90031", False, "05-softmax-1.ipynb"),
        ("müllerlüdenscheidtbjörn_90032_7_05-softmax.ipynb", "90032", False, FILE),
        ("van_der_berg_anna_LATE_90033_8_05-softmax.ipynb", "90033", True, FILE),
        ("smith2anna_90034_9_05-softmax.ipynb", "90034", False, FILE),
        ("smithanna_90031_12345_my_2_3_work.ipynb", "90031", False, "my_2_3_work.ipynb"),
        (
            "smithanna_90031_12345_bob_90032_7_05-softmax.ipynb",
            "90031",
            False,
            "bob_90032_7_05-softmax.ipynb",
        ),
        ("anon_aB3x9_12345_05-softmax.ipynb", "aB3x9", False, FILE),
        ("LATE_anon_aB3x9_12345_05-softmax.ipynb", "aB3x9", True, FILE),
    ],
)
def test_canvas_names_are_read(downloads, name, number, late, file):
    (one,) = downloads(f"submissions/{name}", archives=["submissions.zip"])
    assert (one.platform, one.number, one.late, one.file) == ("canvas", number, late, file)
    assert name.startswith(f"{one.begins}_")


@pytest.mark.parametrize(
    ("path", "name", "number"),
    [
        (f"Anna Smith_12345{MOODLE}/{FILE}", "Anna Smith", "12345"),
        (f"Anna Smith_12345{MOODLE.rstrip('_')}/{FILE}", "Anna Smith", "12345"),
        (f"Anna Smith_12345{MOODLE}{FILE}", "Anna Smith", "12345"),
        (f"Björn Müller-Lüdenscheidt_7{MOODLE}/{FILE}", "Björn Müller-Lüdenscheidt", "7"),
        (f"Siobhán O'Neil van der Berg_8{MOODLE}/{FILE}", "Siobhán O'Neil van der Berg", "8"),
        (f"Anna 2 Smith_9{MOODLE}/work/{FILE}", "Anna 2 Smith", "9"),
        (f"anna_smith_10{MOODLE}/{FILE}", "anna_smith", "10"),
    ],
)
def test_moodle_names_are_read(downloads, path, name, number):
    (one,) = downloads(f"CS101-Softmax-77/{path}", archives=["CS101-Softmax-77.zip"])
    assert (one.platform, one.name, one.number, one.file) == ("moodle", name, number, FILE)
    assert one.begins == f"{name}_{number}_assignsubmission_file"


@pytest.mark.parametrize("name", ["05-softmax.ipynb", "anna_05-softmax.ipynb", "smithanna_90031_05.ipynb"])
def test_other_names_are_left_to_a_pattern(downloads, name):
    assert downloads(name) == []


def test_name_of_a_download_is_nobodys(downloads):
    """Else all of a class would be one student, of whom one attempt counts."""
    handed = downloads(
        "hw_2026_11_21/smithanna_90031_1_05-softmax.ipynb",
        "hw_2026_11_21/doechris_90040_2_05-softmax.ipynb",
        archives=["hw_2026_11_21.zip"],
    )
    assert {one.number for one in handed} == {"90031", "90040"}


def test_student_can_hand_in_nothing_for_another(downloads):
    handed = downloads(
        "submissions/doechris_90040_5_work/smithanna_90031_99_05-softmax.ipynb",
        f"submissions/Chris Doe_4{MOODLE}/Anna Smith_1{MOODLE}/{FILE}",
        archives=["submissions.zip"],
    )
    assert set(whose(handed, PEOPLE).values()) == {"cdoe"}


def test_twins_that_macos_packs_are_not_submissions(downloads):
    handed = downloads(
        "submissions/smithanna_90031_1_05-softmax.ipynb",
        "submissions/__MACOSX/._smithanna_90031_1_05-softmax.ipynb",
        "submissions/._smithanna_90031_1_05-softmax.ipynb",
        archives=["submissions.zip"],
    )
    assert len(handed) == 1


def test_students_are_found_by_number_or_by_a_name_that_is_theirs_alone(downloads):
    handed = downloads(
        "smithannamarried_90031_1_05-softmax.ipynb",
        "müllerlüdenscheidtbjörn_90032_2_05-softmax.ipynb",
        "doechris_90040_3_05-softmax.ipynb",
        "doejo_90041_4_05-softmax.ipynb",
        "oneilvanderbergsiobhán_90042_5_05-softmax.ipynb",
        f"Smith Anna_1{MOODLE}/{FILE}",
        f"Björn Müller-Lüdenscheidt_2{MOODLE}/{FILE}",
        f"Jo Doe_3{MOODLE}/{FILE}",
        f"Siobhán O'Neil van der Berg_4{MOODLE}/{FILE}",
    )
    found = {(one.platform, one.number): student for one, student in whose(handed, PEOPLE).items()}
    assert found == {
        ("canvas", "90031"): "asmith",
        ("canvas", "90032"): "bmüller",
        ("canvas", "90040"): "cdoe",
        ("canvas", "90041"): "90041",
        ("canvas", "90042"): "oneil",
        ("moodle", "1"): "asmith",
        ("moodle", "2"): "bmüller",
        ("moodle", "3"): "Jo Doe_3",
        ("moodle", "4"): "oneil",
    }


def test_two_of_one_name_in_a_download_are_never_guessed(downloads):
    handed = downloads(f"Chris Doe_1{MOODLE}/{FILE}", f"Chris Doe_2{MOODLE}/{FILE}")
    assert set(whose(handed, PEOPLE).values()) == {"Chris Doe_1", "Chris Doe_2"}


def test_name_with_another_number_is_somebody_else(downloads):
    (one,) = downloads("smithanna_77777_1_05-softmax.ipynb")
    assert whose([one], PEOPLE) == {one: "77777"}


def test_last_upload_counts_whatever_its_name(downloads):
    handed = downloads(
        "a/smithanna_90031_30_05-softmax.ipynb",
        "a/smithanna_90031_200_05-softmax-1.ipynb",
        "b/smithanna_LATE_90031_100_05-softmax-2.ipynb",
        archives=["a.zip", "b.zip"],
    )
    assert counting(handed) == {"asmith": "smithanna_90031_200_05-softmax-1.ipynb"}


def test_last_download_counts_in_moodle(downloads, tmp_path):
    handed = downloads(
        f"z/Anna Smith_1{MOODLE}/05-softmax (2).ipynb",
        f"a/Anna Smith_1{MOODLE}/{FILE}",
        f"a/Anna Smith_1{MOODLE}/05-softmax (1).ipynb",
        archives=["z.zip", "a.zip"],
    )
    last = last_attempts(handed, whose(handed, PEOPLE), RELEASED)
    assert [one.path.relative_to(tmp_path / "extracted").parts for one in last.values()] == [
        ("a", f"Anna Smith_1{MOODLE}", "05-softmax (1).ipynb")
    ]


@pytest.mark.parametrize(
    ("file", "original"),
    [
        (FILE, (FILE, 0)),
        ("05-softmax-1.ipynb", (FILE, 1)),
        ("05-softmax (3).ipynb", (FILE, 3)),
        ("05-softmax(3).ipynb", (FILE, 3)),
        ("05-softmax-1 (2).ipynb", (FILE, 2)),
        ("05.ipynb", ("05.ipynb", 0)),
        ("softmax-1.ipynb", ("softmax-1.ipynb", 0)),
    ],
)
def test_counted_names_are_as_they_were(file, original):
    assert original_name(file, RELEASED) == original


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course folder with a roster, a due date and one assignment, released."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    source = folder / "solutions" / ASSIGNMENT
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py", source)
    run("nbgrader", "generate_assignment", ASSIGNMENT, cwd=folder)
    rows = [f"{name},{p.first_name},{p.last_name},{p.lms_user_id}" for name, p in PEOPLE.items()]
    roster = folder / "roster.csv"
    roster.write_text("\n".join(["id,first_name,last_name,lms_user_id", *rows]), "utf-8")
    run("nbgrader", "db", "student", "import", "roster.csv", cwd=folder)
    run(
        *("nbgrader", "db", "assignment", "add", ASSIGNMENT),
        "--duedate=2026-11-20 23:59 Europe/Berlin",
        cwd=folder,
    )
    return folder


def collect(course, **archives):
    """Put archives of ``{path: text}`` there, collect them, and return what nbgrader said."""
    shutil.rmtree(course / "downloaded", ignore_errors=True)
    shutil.rmtree(course / "submitted", ignore_errors=True)
    folder = course / "downloaded" / ASSIGNMENT / "archive"
    folder.mkdir(parents=True)
    for name, files in archives.items():
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
    return run("nbgrader", "zip_collect", ASSIGNMENT, cwd=course)


def submitted(course):
    return {
        path.relative_to(course / "submitted").as_posix(): path.read_text()
        for path in sorted((course / "submitted").rglob("*.*"))
        if path.is_file()
    }


def test_zip_collect_sorts_what_canvas_gives_out(course):
    said = collect(
        course,
        submissions={
            "smithanna_90031_1_05-softmax.ipynb": "first",
            "smithanna_90031_2_05-softmax-1.ipynb": "second",
            "müllerlüdenscheidtbjörn_LATE_90032_3_05-softmax.ipynb": "late",
            "doechris_90040_4_my_softmax.ipynb": "misnamed",
            "doechris_90040_5_notes.pdf": "no notebook",
            "zornzelda_90099_6_05-softmax.ipynb": "stranger",
            "hello.ipynb": "nobody's",
        },
        older={"müllerlüdenscheidtbjörn_LATE_90032_3_05-softmax.ipynb": "late"},
    )
    assert submitted(course) == {
        f"90099/{ASSIGNMENT}/{FILE}": "stranger",
        f"asmith/{ASSIGNMENT}/{FILE}": "second",
        f"bmüller/{ASSIGNMENT}/{FILE}": "late",
        f"bmüller/{ASSIGNMENT}/timestamp.txt": "2026-11-20 22:59:01",
        f"cdoe/{ASSIGNMENT}/my_softmax.ipynb": "misnamed",
    }
    assert "An earlier attempt of asmith; what counts is smithanna_90031_2_05-softmax-1.ipynb" in said
    assert said.count("An earlier attempt") == 1
    assert "In more than one download: müllerlüdenscheidtbjörn_LATE_90032_3_05-softmax.ipynb" in said
    assert "bmüller was late, says Canvas, but not by how much" in said
    assert "The gradebook has nobody like 90099" in said
    assert "Neither Canvas nor Moodle names a file so: hello.ipynb" in said


def test_zip_collect_sorts_what_moodle_gives_out(course):
    collect(
        course,
        moodle={
            f"Anna Smith_11{MOODLE}/{FILE}": "anna",
            f"Björn Müller-Lüdenscheidt_12{MOODLE}/{FILE}": "björn",
            f"Jo Doe_13{MOODLE}/{FILE}": "one jo",
            f"Jo Doe_14{MOODLE}/{FILE}": "other jo",
            "Anna Smith_11_assignsubmission_onlinetext/onlinetext.html": "<p>",
        },
    )
    assert submitted(course) == {
        f"Jo Doe_13/{ASSIGNMENT}/{FILE}": "one jo",
        f"Jo Doe_14/{ASSIGNMENT}/{FILE}": "other jo",
        f"asmith/{ASSIGNMENT}/{FILE}": "anna",
        f"bmüller/{ASSIGNMENT}/{FILE}": "björn",
    }


def test_pattern_of_ones_own_still_counts(course):
    collect(course)
    shutil.copy(
        ROOT / "exercises" / ASSIGNMENT / FILE,
        course / "downloaded" / ASSIGNMENT / "archive" / f"anna_{FILE}",
    )
    pattern = r".*/(?P<student_id>[^_/]+)_(?P<file_id>.+)"
    run(
        *("nbgrader", "zip_collect", ASSIGNMENT, "--force"),
        f"--FileNameCollectorPlugin.named_regexp={pattern}",
        cwd=course,
    )
    assert submitted(course) == {f"anna/{ASSIGNMENT}/{FILE}": BLANK}


def pages(course, *students):
    shutil.rmtree(course / "feedback", ignore_errors=True)
    for student in students:
        page = course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"<p>{student}")


def pack(course, platform, status):
    said = run(
        *("python", "-m", "grader", "feedback", ASSIGNMENT, f"--to={platform}", f"--root={course}"),
        status=status,
    )
    archive = course / "report" / f"{ASSIGNMENT}-feedback-{platform}.zip"
    if not archive.exists():
        return said, {}
    with zipfile.ZipFile(archive) as packed:
        return said, {name: packed.read(name).decode() for name in packed.namelist()}


def test_feedback_goes_back_under_canvas_names(course):
    collect(
        course,
        submissions={
            "smithanna_90031_1_05-softmax.ipynb": "first",
            "smithanna_90031_2_05-softmax-1.ipynb": "second",
            "müllerlüdenscheidtbjörn_LATE_90032_3_05-softmax.ipynb": "late",
            "doechris_90040_4_05-softmax.ipynb": "not graded",
        },
    )
    pages(course, "asmith", "bmüller", "oneil")
    said, packed = pack(course, "canvas", status=1)
    assert packed == {
        "smithanna_90031_2_05-softmax.html": "<p>asmith",
        "müllerlüdenscheidtbjörn_LATE_90032_3_05-softmax.html": "<p>bmüller",
    }
    assert "not in the archive: oneil: not in what Canvas gave out" in said
    assert "not in the archive: cdoe: no page of feedback" in said


def test_feedback_goes_back_into_moodle_folders(course):
    collect(
        course, moodle={f"Anna Smith_11{MOODLE}/{FILE}": "a", f"Jo Doe_13{MOODLE.rstrip('_')}/{FILE}": "j"}
    )
    pages(course, "asmith", "Jo Doe_13")
    assert pack(course, "moodle", status=0)[1] == {
        "Anna Smith_11_assignsubmission_file_/05-softmax.html": "<p>asmith",
        "Jo Doe_13_assignsubmission_file_/05-softmax.html": "<p>Jo Doe_13",
    }


def test_feedback_without_pages_or_names_says_what_to_do(course):
    shutil.rmtree(course / "report", ignore_errors=True)
    collect(course, moodle={f"Anna Smith_11{MOODLE}/{FILE}": "a"})
    pages(course)
    assert "run nbgrader generate_feedback 05-softmax first" in pack(course, "moodle", status=2)[0]
    pages(course, "asmith")
    said, packed = pack(course, "canvas", status=2)
    assert "has a name of Canvas's" in said
    assert packed == {}
    assert not Path(course, "report").exists()


def extend(course, student, *more, status=0, assignment=ASSIGNMENT):
    command = ("python", "-m", "grader", "extend", assignment, student, f"--root={course}")
    return run(*command, *more, status=status)


def test_extension_counts_from_the_due_date_and_replaces_another(course):
    assert "of asmith is due on 2026-11-22 at 22:59 UTC" in extend(course, "asmith", "--days=2")
    assert "of asmith is due on 2026-11-21 at 10:59 UTC" in extend(course, "asmith", "--hours=12")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, "asmith")
        assert submission.extension == timedelta(hours=12)
        assert [len(notebook.grades) > 0 for notebook in submission.notebooks] == [True]
    assert "of asmith is due on 2026-11-20 at 22:59 UTC" in extend(course, "asmith")


def test_extension_of_nothing_is_refused(course):
    assert "No student with ID 'nemo'" in extend(course, "nemo", "--days=2", status=2)
    other = extend(course, "asmith", "--days=2", assignment="07-masks", status=2)
    assert "07-masks has no due date" in other
    run("nbgrader", "db", "assignment", "add", "07-masks", "--duedate=2026-12-20", cwd=course)
    other = extend(course, "asmith", "--days=2", assignment="07-masks", status=2)
    assert "07-masks is not released: nbgrader generate_assignment 07-masks" in other


def extracted(tmp_path, caplog, **limits):
    """Unpack what lies in ``archive``; return the files by their paths, and what was said."""
    Extractor(**limits).extract(str(tmp_path / "archive"), str(tmp_path / "extracted"))
    files = {
        str(path.relative_to(tmp_path / "extracted")): path.stat().st_size
        for path in (tmp_path / "extracted").rglob("*")
        if path.is_file()
    }
    return files, caplog.text


def packed(*members):
    """Return a zip archive of ``(name or ZipInfo, bytes)``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


def test_archives_in_archives_are_unpacked_once_and_no_deeper(tmp_path, caplog):
    inner = packed(("05-softmax.ipynb", b"{}"), ("again.zip", packed(("again.zip", b"more"))))
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "download.zip").write_bytes(packed(("smithanna_1_2_mine.zip", inner)))
    files, _ = extracted(tmp_path, caplog)
    assert set(files) == {
        "download/smithanna_1_2_mine.zip",
        "download/smithanna_1_2_mine/05-softmax.ipynb",
        "download/smithanna_1_2_mine/again.zip",
    }


def test_archive_that_is_broken_or_too_large_stops_nobody_elses(tmp_path, caplog):
    bombs = {
        "a_1_1_no.zip": b"PK\3\4 and no more",
        "b_2_2_no.tar.gz": b"\x1f\x8b and no more",
        "c_3_3_bomb.zip": packed(("zeros", bytes(3 * 2**20))),
        "d_4_4_files.zip": packed(*((str(i), b"") for i in range(50))),
        "e_5_5_05-softmax.ipynb": b"{}",
    }
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "download.zip").write_bytes(packed(*bombs.items()))
    files, said = extracted(tmp_path, caplog, most_handed_in=1, most_files=20)
    assert "download/e_5_5_05-softmax.ipynb" in files
    for name in list(bombs)[:4]:
        assert f"{name} can't be unpacked whole: " in said
    assert len([name for name in files if "files/" in name]) == 20
    assert files["download/c_3_3_bomb/zeros"] <= 2**20


def test_links_and_ways_out_of_an_archive_are_left_out(tmp_path, caplog):
    secret = tmp_path / "secret"
    secret.write_text("the instructor's")
    link = zipfile.ZipInfo("a_1_1_link.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            one = tarfile.TarInfo(f"{kind!r}")
            one.type, one.linkname = kind, str(secret)
            archive.addfile(one)
        archive.addfile(tarfile.TarInfo("plain"))
    archive = tmp_path / "archive"
    archive.mkdir()
    ways = [(name, b"x") for name in ("../out", str(tmp_path / "out"), "a/../../out", "..\\out")]
    (archive / "download.zip").write_bytes(
        packed((link, str(secret)), ("b_2_2_t.tar.gz", tar.getvalue()), *ways, ("c_3_3_<b>.ipynb", b"{}"))
    )
    (archive / "d_4_4_link.ipynb").symlink_to(secret)
    files, said = extracted(tmp_path, caplog)
    assert set(files) == {"download/b_2_2_t.tar.gz", "download/b_2_2_t/plain", "download/c_3_3_<b>.ipynb"}
    assert "d_4_4_link.ipynb is a symbolic link, and is left out" in said
    assert not (tmp_path / "out").exists()
