"""Grade a class of made-up submissions with nbgrader's own commands; its marks go to marks.txt."""

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

from grader.course import nbgrader_options
from grader.samples.made_up import SAMPLE_ROOT

PYTHON = sys.executable
NBGRADER = str(Path(PYTHON).with_name("nbgrader"))


def main():
    """Run each command in turn; stop at the first that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assignments", nargs="+", metavar="ASSIGNMENT", help="such as 05-softmax")
    parser.add_argument("--root", type=Path, default=SAMPLE_ROOT, help="default: %(default)s")
    args = parser.parse_args()
    args.root.mkdir(parents=True, exist_ok=True)
    log = args.root / "nbgrader.log"
    log.write_text("")
    gradebook = args.root / "gradebook.db"
    gradebook.unlink(missing_ok=True)
    options = nbgrader_options(args.root)

    with log.open("a") as stream:
        for assignment in args.assignments:
            run(stream, [PYTHON, "-m", "grader", "sample", assignment, f"--root={args.root}"])
            run(stream, [NBGRADER, "generate_assignment", assignment, *options])
            # 1 is the status when some submission can't be graded, and one of this class can't
            begun = log.stat().st_size
            run(stream, [NBGRADER, "autograde", assignment, "--force", *options], accept=(0, 1))
            if not list((args.root / "autograded").glob(f"*/{assignment}/*.ipynb")):
                sys.exit(log.read_bytes()[begun:].decode())  # why nothing was graded
            run(stream, [NBGRADER, "generate_feedback", assignment, "--force", *options])
        run(stream, [NBGRADER, "export", f"--to={args.root / 'grades.csv'}", *options])
    with (args.root / "marks.txt").open("w") as table:
        for assignment in args.assignments:
            run(table, [PYTHON, "-m", "grader", "marks", assignment, f"--root={args.root}"])


def run(log, command, accept=(0,)):
    """Run `command`, show it without its paths, and keep what it prints in `log`."""
    shown = [Path(command[0]).name, *(word for word in command[1:] if not word.startswith("--CourseDir"))]
    print("$", shlex.join(shown), flush=True)
    status = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
    if status not in accept:
        sys.exit(f"{shlex.join(shown)} failed with status {status}; see {log.name}")


if __name__ == "__main__":
    main()
