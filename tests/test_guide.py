"""The guide for instructors, walked: every command that stands in it, in its order, on a small class."""

import csv
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, field

import nbformat
import pytest
from classroom import SOLUTION
from conftest import BIN, ROOT, WITHOUT, points_of
from nbgrader.api import Gradebook

from grader.notebook.graded import RECORD
from grader.samples.made_up import answered

GUIDE = (ROOT / "chapters" / "guide-instructors.md").read_text("utf-8")
ASSIGNMENT = "05-softmax"
FILE = f"{ASSIGNMENT}.ipynb"
MOST = sum(points_of(ASSIGNMENT).values())
BY_HAND = points_of(ASSIGNMENT)["saturation"]
LEFT_OUT = {  # commands of the guide that this walk doesn't take
    "make": "installs, builds the site and grades a class: tests of their own",
    'export PATH="$PWD/.venv/bin:$PATH"': "set for every command here",
    "make students": "test_student_kit",
    "jupyter lab": "waits for a person: test_formgrader",
    "dask scheduler": "another machine: test_runner",
    "dask worker tcp://10.0.0.5:8786 --nthreads 1": "another machine",
    f"python -m grader autograde {ASSIGNMENT} --scheduler tcp://10.0.0.5:8786": "another machine",
}
STATUS = {  # 1 says that somebody's work, which has the wrong name, isn't in it
    f"nbgrader autograde {ASSIGNMENT}": 1,
    f"python -m grader autograde {ASSIGNMENT}": 1,
    f"nbgrader autograde {ASSIGNMENT} --force": 1,
    f"python -m grader feedback {ASSIGNMENT} --to canvas": 1,
    f"python -m grader feedback {ASSIGNMENT} --to moodle": 1,
    f"python -m grader export {ASSIGNMENT} --to canvas --roster canvas-export.csv": 1,
}
ROSTER = """\
id,first_name,last_name,email,lms_user_id
asmith,Anna,Smith,anna@example.edu,90031
bmueller,Björn,Müller,bjoern@example.edu,90032
cdoe,Chris,Doe,chris@example.edu,90033
dgross,Dörte,Groß,doerte@example.edu,
eberg,Emil,Berg,emil@example.edu,
ffrey,Finn,Frey,finn@example.edu,90036
ggray,Gwen,Gray,gwen@example.edu,90037
"""
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section
    Points Possible,,,,
"Smith, Anna",90031,,asmith,A
"Müller, Björn",90032,,bmueller,A
"Doe, Chris",90033,,cdoe,A
"Frey, Finn",90036,,ffrey,A
"Gray, Gwen",90037,,ggray,A
"""
PERFECT = nbformat.writes(answered(nbformat.read(ROOT / "exercises" / ASSIGNMENT / FILE, 4), SOLUTION))
WRONG = PERFECT.replace("axis=axis", "axis=0").replace("axis=-1", "axis=0")
EMPTY = (ROOT / "exercises" / ASSIGNMENT / FILE).read_text("utf-8")
DOWNLOADS = {
    "submissions.zip": {
        f"smithanna_90031_1001_{FILE}": EMPTY,
        f"smithanna_90031_1009_{ASSIGNMENT}-1.ipynb": PERFECT,
        f"müllerbjörn_LATE_90032_1002_{FILE}": PERFECT,
        f"doechris_LATE_90033_1003_{FILE}": PERFECT,
        "freyfinn_90036_1006_final.ipynb": PERFECT,
    },
    "Attention-Softmax-77.zip": {
        f"Dörte Groß_501_assignsubmission_file_/{FILE}": PERFECT,
        f"Emil Berg_502_assignsubmission_file_/{FILE}": WRONG,
    },
}


def blocks(language):
    """Return the texts of the guide's fenced blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def commands():
    """Return the guide's commands, each on one line and without its comment."""
    joined = re.sub(r"\s*\\\n\s*", " ", "".join(blocks("sh")))
    return [re.sub(r"\s+#.*", "", line) for line in joined.splitlines() if line.strip()]


@dataclass
class Walk:
    """A class on its way: what each command has said."""

    folder: object
    said: dict = field(default_factory=dict)

    def take(self, command, cwd=None):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=cwd or self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={
                "PATH": f"{BIN}:/usr/bin:/bin",
                "HOME": str(self.folder),
                "LANG": "C.UTF-8",
                "PYTHONPATH": WITHOUT,
            },
        )
        assert done.returncode == STATUS.get(command, 0), f"$ {command}\n{done.stdout}"
        self.said.setdefault(command, done.stdout)

    def settle(self):
        """Write the settings that the guide proposes, and the tables that it asks for."""
        with (self.folder / "nbgrader_config.py").open("a") as config:
            for block in blocks("python"):
                if "course_id" in block or "TenthADay" in block:
                    config.write(f"\n{block}")
        (self.folder / "roster.csv").write_text(ROSTER, "utf-8")
        (self.folder / "canvas-export.csv").write_text(CANVAS, "utf-8")

    def download(self):
        """Put the platforms' archives where the guide says."""
        archive = self.folder / "downloaded" / ASSIGNMENT / "archive"
        archive.mkdir(parents=True)
        for name, files in DOWNLOADS.items():
            with zipfile.ZipFile(archive / name, "w") as packed:
                for path, text in files.items():
                    packed.writestr(path, text)

    def collect_by_pattern(self, command):
        """Sort files with names of another kind, in a class of their own."""
        other = self.folder.parent / "other"
        shutil.copytree(self.folder, other, ignore=shutil.ignore_patterns("downloaded", "submitted"))
        archive = other / "downloaded" / ASSIGNMENT / "archive"
        archive.mkdir(parents=True)
        (archive / f"anna_{FILE}").write_text(PERFECT)
        self.take(command, cwd=other)
        assert (other / "submitted" / "anna" / ASSIGNMENT / FILE).is_file()

    def mark_by_hand(self):
        """Give Anna her points and a comment, as the formgrader enters them."""
        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as gradebook:
            grade = gradebook.find_grade("saturation", ASSIGNMENT, ASSIGNMENT, "asmith")
            grade.manual_score, grade.needs_manual_grade = BY_HAND - 1, False
            comment = gradebook.find_comment("saturation", ASSIGNMENT, ASSIGNMENT, "asmith")
            comment.manual_comment = "And what follows from that?"
            gradebook.db.commit()

    def seed(self):
        graded = json.loads((self.folder / "autograded" / "asmith" / ASSIGNMENT / FILE).read_text())
        return graded["metadata"][RECORD]["seed"]


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """Walk through the guide."""
    walk = Walk(tmp_path_factory.mktemp("walk") / "course")
    source = walk.folder / "solutions" / ASSIGNMENT
    source.mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py", source)
    shutil.copy(ROOT / "nbgrader_config.py", walk.folder)
    walk.settle()
    for command in commands():
        if command in LEFT_OUT:
            continue
        if "named_regexp" in command:
            walk.collect_by_pattern(command)
        elif command == f"nbgrader zip_collect {ASSIGNMENT}":
            walk.download()
            walk.take(command)
        elif "PUT-IT-HERE" in command:
            walk.take(command.replace("PUT-IT-HERE", walk.seed()))
        elif command == f"nbgrader generate_feedback {ASSIGNMENT}":
            walk.mark_by_hand()
            walk.take(command)
        else:
            walk.take(command)
    return walk


def rows(path, encoding="utf-8-sig"):
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.reader(stream))


def test_every_command_is_taken_or_left_out_for_a_reason(walk):
    asked = set(commands())
    assert LEFT_OUT.keys() <= asked
    assert STATUS.keys() <= asked
    assert len(asked) > 25


def test_submissions_found_their_students(walk):
    assert sorted(path.name for path in (walk.folder / "submitted").iterdir()) == [
        *("asmith", "bmueller", "cdoe", "dgross", "eberg", "ffrey")
    ]


def test_marks_know_resubmission_lateness_and_extension(walk):
    points = {row[0]: row for row in rows(walk.folder / "report" / f"{ASSIGNMENT}-csv.csv")}
    header = points["student"]
    score = {name: float(row[header.index("points")]) for name, row in points.items() if name != "student"}
    auto = MOST - BY_HAND
    assert score["asmith"] == MOST - 1
    assert score["bmueller"] == score["dgross"] == auto
    assert score["cdoe"] == pytest.approx(0.9 * auto)
    assert 0 < score["eberg"] < auto
    assert "there is final.ipynb" in points["ffrey"][-1]


def test_seed_is_where_the_guide_looks_for_it(walk):
    (said,) = [said for command, said in walk.said.items() if command.startswith("grep")]
    assert len(re.search(r'"seed": "([0-9a-f]+)"', said)[1]) == 32


def test_feedback_is_packed_for_both(walk):
    def packed(platform):
        with zipfile.ZipFile(walk.folder / "report" / f"{ASSIGNMENT}-feedback-{platform}.zip") as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}

    canvas, moodle = packed("canvas"), packed("moodle")
    assert set(canvas) == {
        f"smithanna_90031_1009_{ASSIGNMENT}.html",
        f"müllerbjörn_LATE_90032_1002_{ASSIGNMENT}.html",
        f"doechris_LATE_90033_1003_{ASSIGNMENT}.html",
    }
    assert set(moodle) == {
        f"Dörte Groß_501_assignsubmission_file_/{ASSIGNMENT}.html",
        f"Emil Berg_502_assignsubmission_file_/{ASSIGNMENT}.html",
    }
    assert "And what follows from that?" in canvas[f"smithanna_90031_1009_{ASSIGNMENT}.html"]


def test_exports_have_their_marks(walk):
    canvas = {row[1]: row[-1] for row in rows(walk.folder / "report" / f"{ASSIGNMENT}-canvas.csv")}
    assert canvas["90031"] == f"{MOST - 1:g}"
    assert canvas["90037"] == canvas["90036"] == ""
    moodle = dict(rows(walk.folder / "report" / f"{ASSIGNMENT}-moodle.csv"))
    assert moodle["dgross"] == f"{MOST - BY_HAND:g}"
    grades = {row[3]: row for row in rows(walk.folder / "grades.csv")}
    assert float(grades["ggray"][-2]) == 0


def test_backup_is_a_gradebook(walk):
    (backup,) = walk.folder.glob("gradebook-20*.db")
    with Gradebook(f"sqlite:///{backup}") as gradebook:
        assert {student.id for student in gradebook.students} >= {"asmith", "ggray"}
