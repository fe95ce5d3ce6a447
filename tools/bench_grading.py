"""Measure how fast a class is graded: by stock nbgrader, by its command made safe, and many at a time.

Each way's processor time is that of its own control group, and shown by its parts; where no groups can be
made, that of the whole machine, and then nothing else should run. A class is made of copies of a few
submissions, and what is the same has to get the same marks, cell by cell.
"""

import argparse
import contextlib
import io
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from meter import Meter

from grader.course import nbgrader_options
from grader.samples.made_up import write_class

BIN = Path(sys.executable).parent
BASE = ("perfect-1", "mistakes-01", "blank", "perfect-2", "mistakes-02", "perfect-3", "mistakes-03")
STOCK = """\
c = get_config()
c.CourseDirectory.course_id = "spotlight"
c.CourseDirectory.source_directory = {source!r}
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.py", "*.md"]
c.OverwriteCells.add_missing_cells = True
"""


WAYS = {
    "stock": "stock nbgrader",
    "unsafe": "ours, no sandbox",
    "safe": "nbgrader autograde",
    "class": "python -m grader",
}
PARTS = ("command", "workers", "kernels")


def main():
    """Print a line for each way of grading and each size of class."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assignment", default="06-by-hand")
    parser.add_argument("--submissions", type=int, default=100, help="for the comparison")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 100, 1000], help="how cost grows")
    parser.add_argument("--cores", default="0,1", help="those that may be used, as for taskset")
    parser.add_argument("--rounds", type=int, default=1, help="of all ways, one after the other")
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=list(WAYS))
    options = parser.parse_args()
    bench = Bench(options.assignment, options.cores)
    exact = "by control groups" if bench.meter.is_exact else "of the whole machine"
    print(
        f"{options.submissions} submissions of {options.assignment} (right, wrong and blank), "
        f"cores {options.cores}, processor time {exact}"
    )
    print(f"{'':24} {HEADER}  times stock")
    found = {way: [] for way in options.ways}
    for _ in range(options.rounds):
        for way in options.ways:
            found[way].append(bench.cost(way, options.submissions))
            ratio = ""
            if found.get("stock"):
                faster, cheaper = compared(found["stock"], found[way])
                ratio = f"{faster:6.2f} (processor {cheaper:.2f})"
            print_line(WAYS[way], options.submissions, found[way][-1], ratio)
    own = cells_alone(options.assignment, options.submissions)
    print(f"the students' own cells, alone: {own:.1f} processor s")
    if options.sizes:
        print("how python -m grader grows:")
        costs = {}
        for size in options.sizes:
            costs[size] = bench.cost("class", size)
            print_line(f"{size} submissions", size, costs[size], f"gradebook {bench.gradebook:.1f} MiB")
        if len(costs) > 1:
            print_growth(costs)


HEADER = (
    f"{'seconds':>8} {'a second':>9} {'processor s':>12} {'= command':>9} {'+ workers':>9} "
    f"{'+ kernels':>9} {'peak MiB':>9}"
)


def print_line(name, count, cost, ratio=""):
    """Print a line of the table."""
    parts = " ".join(f"{cost.parts.get(part, 0):9.1f}" if cost.parts else 9 * " " for part in PARTS)
    print(
        f"{name:24} {cost.seconds:8.1f} {count / cost.seconds:9.2f} {cost.processor:12.1f} "
        f"{parts} {cost.memory:9.0f}  {ratio}",
        flush=True,
    )


def compared(stock, ours):
    """Return how many times faster and cheaper a way is than stock, as medians over the rounds."""
    pairs = list(zip(stock, ours, strict=False))
    return (
        statistics.median(one.seconds / other.seconds for one, other in pairs),
        statistics.median(one.processor / other.processor for one, other in pairs),
    )


def print_growth(costs):
    """Print what a class costs before its first submission, and what each submission costs."""
    for name, of in (
        ("wall time", lambda cost: cost.seconds),
        ("processor time", lambda cost: cost.processor),
        *((f"  {part}", lambda cost, part=part: cost.parts.get(part, 0)) for part in PARTS),
    ):
        each, start = statistics.linear_regression(list(costs), [of(cost) for cost in costs.values()])
        print(f"{name:24} {start:8.2f} s to start {each:9.4f} s for each submission")


class Bench:
    """Grades classes of made-up students in new folders.

    Parameters
    ----------
    assignment : str
        Such as ``06-by-hand``.
    cores : str
        Those that may be used, as for taskset.

    Attributes
    ----------
    gradebook : float
        The size of the last class's, in MiB.
    """

    def __init__(self, assignment, cores):
        self.assignment, self.cores, self.meter, self.gradebook = assignment, cores, Meter(), 0.0

    def cost(self, way, count):
        """Return the Cost of grading a class of some size in one way."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write(self.assignment, count, root)
            options = nbgrader_options(root)
            grade = {
                "stock": ["nbgrader", "autograde", self.assignment],
                "unsafe": ["nbgrader", "autograde", self.assignment, *options, "--Sandbox.enabled=False"],
                "safe": ["nbgrader", "autograde", self.assignment, *options],
                "class": ["python", "-m", "grader", "autograde", self.assignment, f"--root={root}"],
            }[way]
            where = Path()
            if way == "stock":
                where = root
                source = str(Path("solutions").resolve())
                (root / "nbgrader_config.py").write_text(STOCK.format(source=source))
            command("nbgrader", "generate_assignment", self.assignment, *options)
            if way == "class":  # as many as it takes by itself, where it sees these cores alone
                grade.append(f"--workers={len(cores_in(self.cores)) + 1}")
            cost, done = self.meter.run([BIN / grade[0], *grade[1:]], self.cores, **setting(where))
            if done.returncode:
                sys.exit(done.stdout + done.stderr)
            graded = len(list((root / "autograded").glob("*/*/*.ipynb")))
            if graded != count:
                sys.exit(f"{way}: {graded} of {count} were graded")
            if unlike := unequal(root / "gradebook.db"):
                sys.exit(f"{way}: copies got other marks: {unlike}")
            self.gradebook = (root / "gradebook.db").stat().st_size / 2**20
        return cost


def unequal(gradebook):
    """Return the numbers of the kinds in `BASE` of which two copies have different marks."""
    marks = {}
    query = """
        select student_id, cell_id, auto_score, needs_manual_grade
        from grade join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"""
    with contextlib.closing(sqlite3.connect(gradebook)) as records:
        for student, cell, *given in records.execute(query):
            number = int(student.rpartition("-")[2])
            marks.setdefault((number % len(BASE), cell), set()).add(tuple(given))
    return sorted({kind for (kind, _), found in marks.items() if len(found) > 1})


def cores_in(cores):
    """Return the numbers in a list of cores, such as ``0,2-3``."""
    ends = [list(map(int, part.split("-"))) for part in cores.split(",")]
    return [core for first, *last in ends for core in range(first, (last or [first])[0] + 1)]


def write(assignment, count, root):
    """Write a class of `count` students who answer in the ways of `BASE`."""
    released = Path("exercises") / assignment / f"{assignment}.ipynb"
    write_class(assignment, released, root / "kinds")
    for number in range(count):
        source = root / "kinds" / "submitted" / BASE[number % len(BASE)]
        shutil.copytree(source, root / "submitted" / f"student-{number:04}")
    shutil.rmtree(root / "kinds")


def command(name, *arguments):
    """Run a command of this environment and stop if it fails."""
    done = subprocess.run([BIN / name, *arguments], check=False, **setting(Path()))
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def setting(where):
    """Return how commands are run in a folder."""
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    env = os.environ | {"PATH": path}
    return {"cwd": where, "env": env, "capture_output": True, "text": True}


def cells_alone(assignment, count):
    """Return the processor seconds of the students' own cells and tests in one plain Python process."""
    with tempfile.TemporaryDirectory() as folder:
        write(assignment, count, Path(folder))
        paths = sorted(Path(folder).glob("submitted/*/*/*.ipynb"))
        notebooks = [nbformat.read(path, as_version=4) for path in paths]
        start = time.process_time()
        for notebook in notebooks:
            run_cells(notebook)
        return time.process_time() - start


def run_cells(notebook):
    """Execute a notebook's cells one after another."""
    names = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
                exec(cell.source, names)  # noqa: S102 - the project's own sample answers


if __name__ == "__main__":
    main()
