"""Hostile notebooks are graded by nbgrader's command and by ours, and none of them gets what it wants.

Each file in attacks/ is one: what it tries, what it wants, and the cells that it changes in an otherwise
perfect notebook. They aren't Python files, so that nothing imports them by accident.
"""

import contextlib
import copy
import functools
import json
import os
import re
import secrets
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from conftest import BIN, ROOT
from nbgrader.api import Gradebook

from grader.course import nbgrader_options
from grader.notebook.cells import answers_of, grade_id_of
from grader.notebook.percent import read_solution
from grader.samples.made_up import answered

ASSIGNMENT = "05-softmax"
ATTACKS = sorted((ROOT / "tests" / "attacks").glob("*.md"))
BYSTANDERS = ("aa-bystander", "mm-bystander", "zz-bystander")
GUIDE = ROOT / "chapters" / "guide-instructors.md"
FENCE = re.compile(r"^```(\w+) (\S+)\n(.*?)\n```$", re.M | re.S)
SECONDS = 5  # of a cell; some attacks take all of them
STOCK_SECONDS = 30  # where none of those runs, and all classes run at once
SAFE = {
    "marks": "no marks",
    "secrets": "reads nothing",
    "write": "writes nothing",
    "gradebook": "writes nothing",
    "network": "can't connect",
    "process": "ends with the notebook",
}
STOCK_SETTINGS = """
import os, sys
from pathlib import Path
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
c = get_config()
c.CourseDirectory.source_directory = {solutions!r}
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py", "*.md"]
"""


@dataclass(frozen=True)
class Attack:
    """A hostile notebook."""

    name: str
    title: str
    wants: str
    stock: str
    changes: list

    @classmethod
    def read(cls, path):
        text = path.read_text("utf-8")
        (title,) = re.findall(r"\A# (.+)$", text, re.M)
        (wants,) = re.findall(r"^- wants: (.+)$", text, re.M)
        (stock,) = re.findall(r"^- stock: (.+)$", text, re.M)
        return cls(path.stem, title, wants, stock, FENCE.findall(text))


class Class:
    """A class of attackers and bystanders, and what its grading left behind."""

    def __init__(self, attacks, settings=None):
        self.attacks = attacks
        self.root = Path(tempfile.mkdtemp(prefix="atk-")) / "class"
        self.root.mkdir()
        self.temp = self.root / "t"
        self.temp.mkdir()
        self.token = secrets.token_hex(8)
        self.stranger = secrets.token_hex(8)  # in a bystander's notebook
        self.secret = secrets.token_hex(8)  # in a file and in the environment
        self.met = set()
        self.settings = settings

    def grade(self, together=False):
        """Write the submissions, grade them, note what can be seen afterwards."""
        (self.root / "secret.txt").write_text(self.secret)
        folder = ROOT
        if self.settings is not None:
            folder = self.root
            (folder / "nbgrader_config.py").write_text(self.settings)
        with self._listening() as port:
            self._submit(port)
            options = [*nbgrader_options(self.root), "--log-level=ERROR"]
            self._run(folder, "nbgrader", "generate_assignment", ASSIGNMENT, *options)
            timeout = f"--Execute.timeout={SECONDS if self.settings is None else STOCK_SECONDS}"
            grade = ["nbgrader", "autograde", ASSIGNMENT, *options]
            if together:
                grade = ["python", "-m", "grader", "autograde", ASSIGNMENT, f"--root={self.root}"]
            self.pid, self.said = self._run(folder, *grade, timeout)
        self.processes = [line for line in _command_lines() if self.token in line]
        for line in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(line.partition(" ")[0]), 9)
        self.left = sorted(path.name for path in self.temp.iterdir() if path.name.startswith("spotlight-"))
        self.groups = [
            str(path)
            for depth in ("*", "*/*", "*/*/*")
            for path in Path("/sys/fs/cgroup").glob(f"{depth}/spotlight-{self.pid}-*")
        ]
        found = [*self.root.rglob("owned-*"), *self.root.parent.glob("owned-*"), *ROOT.glob("owned-*")]
        self.written = {path.name for path in found}
        return self

    def _run(self, folder, *command):
        process = subprocess.Popen(
            [BIN / command[0], *map(str, command[1:])],
            cwd=folder,
            env=os.environ | {"TMPDIR": str(self.temp), "SPOTLIGHT_SECRET": self.secret},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        return process.pid, process.communicate()[0]

    @contextlib.contextmanager
    def _listening(self):
        with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
            port = tcp.getsockname()[1]
            unix.bind(f"\0spotlight-{port}")
            unix.listen()

            def accept(server):
                with contextlib.suppress(OSError):
                    while True:
                        link, _ = server.accept()
                        with link:
                            self.met.add(link.recv(100).decode())

            for server in (tcp, unix):
                threading.Thread(target=accept, args=[server], daemon=True).start()
            yield port
            for server in (tcp, unix):
                server.shutdown(socket.SHUT_RDWR)

    def _submit(self, port):
        blank = nbformat.read(ROOT / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
        right = answers_of(read_solution(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.py"))
        perfect = answered(blank, right | {"saturation": self.stranger})
        for name in BYSTANDERS:
            self._write(name, perfect, {})
        places = {
            "ROOT": self.root,
            "REPO": ROOT,
            "TEMP": self.root.parent,
            "PORT": port,
            "TOKEN": self.token,
        }
        honest = answered(blank, right)
        for attack in self.attacks:
            notebook, files = copy.deepcopy(honest), {}
            for language, target, text in attack.changes:
                for name, place in (places | {"NAME": attack.name}).items():
                    text = text.replace(f"@{name}@", str(place))
                change(notebook, files, language, target, text)
            self._write(attack.name, notebook, files)

    def _write(self, student, notebook, files):
        folder = self.root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(notebook))
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)

    def outcome(self, attack):
        """Return what came of an attack, in the words of the guide's table."""
        if self.points("aa-bystander") is None or any(
            self.points(name) != self.most for name in BYSTANDERS
        ):
            return "stops the class"
        got = self.points(attack.name)
        if attack.wants == "class":
            return "isn't graded" if got is None else "costs its own marks"
        succeeded = {
            "secrets": self._shown,
            "write": lambda a: any(a.name == name.removeprefix("owned-") for name in self.written),
            "gradebook": self._gradebook_written,
            "network": lambda a: a.name in self.met,
            "process": lambda a: any(f"{a.name}-{self.token}" in line for line in self.processes),
        }.get(attack.wants)
        if succeeded:
            words = {"secrets": "reads it", "network": "connects", "process": "lives on"}
            return words.get(attack.wants, "writes it") if succeeded(attack) else SAFE[attack.wants]
        if got is None:
            return "isn't graded"
        names = re.findall(r"softmax_\w+", attack.wants) or ["softmax_visible", "softmax_hidden"]
        marks = sum(got[name] for name in names)
        return f"{marks:g} of {sum(self.most[name] for name in names):g} marks" if marks else "no marks"

    def points(self, student):
        """Return the points of each test of a student, or None where nothing was graded."""
        return self._points.get(student)

    @functools.cached_property
    def _points(self):
        graded = {path.parent.parent.name for path in self.root.glob(f"autograded/*/*/{ASSIGNMENT}.ipynb")}
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as records:
            return {
                submission.student.id: {
                    grade.name: grade.auto_score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                    if grade.name != "saturation"
                }
                for submission in records.assignment_submissions(ASSIGNMENT)
                if submission.student.id in graded
            }

    @functools.cached_property
    def most(self):
        """The points there are for each test."""
        blank = nbformat.read(ROOT / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
        about = [cell.metadata.get("nbgrader", {}) for cell in blank.cells if cell.cell_type == "code"]
        return {one.grade_id: one.points for one in about if one.get("points")}

    def _shown(self, attack):
        graded = self.root / "autograded" / attack.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        if not graded.is_file():
            return False
        cells = nbformat.read(graded, as_version=4).cells
        shown = json.dumps([cell.outputs for cell in cells if grade_id_of(cell) == "softmax"])
        known = (self.secret, self.stranger, "BEGIN SOLUTION", "SQLite format 3", "root:x:0:0")
        signs = ("hidden=True", "memory of the parent: True", "other kernels:", "the instructor's: ")
        return any(sign in shown for sign in known + signs)

    def _gradebook_written(self, attack):
        with sqlite3.connect(self.root / "gradebook.db") as records:
            names = records.execute("select first_name from student").fetchall()
        return (f"owned-{attack.name}",) in names


def change(notebook, files, language, target, text):
    """Make one change of an attack to a notebook, or to the files beside it."""
    kind, _, name = target.rpartition(":")
    if kind == "file":
        files[name] = text
        return
    if target == "notebook":
        notebook.update(json.loads(text))
        return
    place, cell = next((i, c) for i, c in enumerate(notebook.cells) if grade_id_of(c) == name)
    if language == "python":
        cell.source = text
    elif kind == "copy":
        notebook.cells.insert(place, copy.deepcopy(cell))
    else:
        _merge(cell, json.loads(text))
        if cell.cell_type == "markdown":
            del cell["outputs"], cell["execution_count"]


def _merge(into, what):
    for key, value in what.items():
        if isinstance(value, dict):
            _merge(into.setdefault(key, {}), value)
        else:
            into[key] = value


def _command_lines():
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            text = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            yield f"{folder.name} {text}"


@pytest.fixture(scope="module")
def attacks():
    """Return every Attack."""
    return [Attack.read(path) for path in ATTACKS]


@pytest.fixture(scope="module", params=[False, True], ids=["nbgrader", "together"])
def here(attacks, request):
    """Grade all attackers and bystanders in one class, as this course does: one by one, and together."""
    graded = Class(attacks).grade(request.param)
    yield graded
    shutil.rmtree(graded.root.parent)


def graded_by_stock(attacks):
    """Return a Class that nbgrader has graded as it comes."""
    return Class(attacks, STOCK_SETTINGS.format(solutions=str(ROOT / "solutions"))).grade()


@pytest.fixture(scope="module")
def stock(attacks):
    """Return {attack's name: the Class in which it was graded by nbgrader as it comes}."""
    together = [attack for attack in attacks if attack.stock == "with the others"]
    alone = [[attack] for attack in attacks if attack.stock == "alone"]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        classes = list(pool.map(graded_by_stock, (together, *alone)))
    yield {attack.name: one for one in classes for attack in one.attacks}
    for one in classes:
        shutil.rmtree(one.root.parent)


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_attack_gets_nothing(path, here):
    attack = Attack.read(path)
    got = here.outcome(attack)
    if attack.wants == "class":
        assert got in ("costs its own marks", "isn't graded")
    elif attack.wants != "a copy":
        assert got == SAFE[attack.wants.partition(" ")[0]]


def test_nobody_else_is_harmed(here):
    for name in BYSTANDERS:
        assert here.points(name) == here.most


def test_nothing_is_left_behind(here):
    deadline = time.monotonic() + 10
    while any(str(here.temp) in line for line in _command_lines()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [line for line in _command_lines() if str(here.temp) in line] == []
    assert (here.processes, here.left, here.groups) == ([], [], [])
    assert str(here.temp) not in Path("/proc/mounts").read_text()


def test_graded_notebooks_are_small_and_count_in_numbers(here):
    """Whatever reads them afterwards, marks, reports and pages, takes them for what nbformat allows."""
    for path in here.root.glob(f"autograded/*/{ASSIGNMENT}/*.ipynb"):
        assert path.stat().st_size < 3_000_000, path
        nbformat.validate(nbformat.read(path, as_version=4))


def test_kernels_write_little_into_the_log(here):
    assert len(here.said) < 1000 * len(here.attacks)


def test_terminal_gets_no_control_characters(here):
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", here.said)


def test_guide_says_what_the_runs_showed(attacks, here, stock):
    text = GUIDE.read_text("utf-8")
    told = {tuple(row) for row in re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", text, re.M)}
    wrong = []
    for attack in attacks:
        by_stock = stock[attack.name].outcome(attack) if attack.name in stock else "not run"
        runs = [(attack.title, by_stock, here.outcome(attack))]
        # with nbgrader as it comes it may hang on who runs beside
        while runs[-1] not in told and attack.name in stock and len(runs) < 4:
            alone = graded_by_stock([attack])
            runs.append((attack.title, alone.outcome(attack), here.outcome(attack)))
            shutil.rmtree(alone.root.parent)
        if runs[-1] not in told:
            wrong += [f"| {' | '.join(run)} |" for run in runs]
    assert wrong == [], "\n".join(["the guide lacks:", *wrong])
    titles = {attack.title for attack in attacks}
    assert len([row for row in told if row[0] in titles]) == len(attacks)
