"""Measure how fast a class is graded: by stock nbgrader, by its command made safe, and many at a time.

Processor time and memory are those of the whole machine while a command runs, so nothing else should.
"""

import argparse
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat

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


def main():
    """Print a line for each way of grading and each size of class."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assignment", default="06-by-hand")
    parser.add_argument("--submissions", type=int, default=100, help="for the comparison")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 100, 1000], help="how cost grows")
    parser.add_argument("--without-stock", action="store_true", help="leave the slowest one out")
    options = parser.parse_args()
    cores = os.cpu_count()
    print(
        f"{options.submissions} submissions of {options.assignment} (right, wrong and blank), {cores} cores"
    )
    print(f"{'':24} {'seconds':>8} {'a second':>9} {'processor s':>12} {'peak MiB':>9}  times stock")
    stock = None
    for way in ("stock", "safe, without sandbox", "safe", "class"):
        if way == "stock" and options.without_stock:
            continue
        seconds, processor, memory = measured(way, options.assignment, options.submissions)
        stock = stock or (seconds if way == "stock" else None)
        ratio = f"{stock / seconds:8.2f}" if stock else ""
        print_line(NAMES[way], seconds, options.submissions, processor, memory, ratio)
    own = cells_alone(options.assignment, options.submissions)
    limit = own / cores
    print(f"the students' own cells, alone: {own:.1f} processor s; python -m grader took", end=" ")
    print(f"{seconds / limit:.1f} times what {cores} cores need for them")
    print("how it grows:")
    for size in options.sizes:
        print_line(f"{size} submissions", *measured_line(options.assignment, size))


NAMES = {
    "stock": "stock nbgrader",
    "safe, without sandbox": "ours, no sandbox",
    "safe": "nbgrader autograde",
    "class": "python -m grader",
}


def measured_line(assignment, size):
    """Return what `print_line` prints of a class run."""
    seconds, processor, memory = measured("class", assignment, size)
    return seconds, size, processor, memory, ""


def print_line(name, seconds, count, processor, memory, ratio):
    """Print a line of the table."""
    rate = count / seconds
    print(f"{name:24} {seconds:8.1f} {rate:9.2f} {processor:12.1f} {memory:9.0f}  {ratio}", flush=True)


def measured(way, assignment, count):
    """Return the seconds, processor seconds and peak memory, in MiB, of grading a class in one way."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(assignment, count, root)
        options = nbgrader_options(root)
        grade = {
            "stock": ["nbgrader", "autograde", assignment],
            "safe, without sandbox": [
                "nbgrader",
                "autograde",
                assignment,
                *options,
                "--Sandbox.enabled=False",
            ],
            "safe": ["nbgrader", "autograde", assignment, *options],
            "class": ["python", "-m", "grader", "autograde", assignment, f"--root={root}"],
        }[way]
        where = Path()
        if way == "stock":
            where = root
            (root / "nbgrader_config.py").write_text(STOCK.format(source=str(Path("solutions").resolve())))
        command("nbgrader", "generate_assignment", assignment, *options)
        with watched() as watch:
            command(*grade, where=where)
        graded = len(list((root / "autograded").glob("*/*/*.ipynb")))
        if graded != count:
            sys.exit(f"{way}: {graded} of {count} were graded")
    return watch.seconds, watch.processor, watch.memory


def write(assignment, count, root):
    """Write a class of `count` students who answer in the ways of `BASE`."""
    released = Path("exercises") / assignment / f"{assignment}.ipynb"
    write_class(assignment, released, root / "kinds")
    for number in range(count):
        source = root / "kinds" / "submitted" / BASE[number % len(BASE)]
        shutil.copytree(source, root / "submitted" / f"student-{number:04}")
    shutil.rmtree(root / "kinds")


def command(name, *arguments, where=Path()):
    """Run a command of this environment and stop if it fails."""
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    done = subprocess.run(
        [BIN / name, *arguments],
        cwd=where,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


class Watch:
    """What the machine did: seconds, processor seconds, and the most memory, in MiB, above the start."""

    def __init__(self):
        self._stop = threading.Event()
        self._start, self._busy, self._free = time.monotonic(), busy(), available()
        self.memory = 0.0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self):
        while not self._stop.wait(0.05):
            self.memory = max(self.memory, (self._free - available()) / 1024)

    def end(self):
        """Stop watching."""
        self.seconds, self.processor = time.monotonic() - self._start, busy() - self._busy
        self._stop.set()
        self._thread.join()


@contextlib.contextmanager
def watched():
    """Yield a Watch that ends with the block."""
    watch = Watch()
    yield watch
    watch.end()


def busy():
    """Return the seconds that this machine's processors have worked."""
    user, nice, system, _, _, *interrupts = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    )
    return (user + nice + system + sum(interrupts[:2])) / os.sysconf("SC_CLK_TCK")


def available():
    """Return the memory that is free for use, in KiB."""
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return int(lines["MemAvailable"].split()[0])


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
