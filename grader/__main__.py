"""The instructor's commands beside nbgrader's own: ``python -m grader --help``."""

import argparse
import logging
import re
import shlex
import signal
import sys
from pathlib import Path

if __name__ == "__main__":  # Ctrl-C while the rest is loaded has nothing to tidy up, and nothing to tell
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    from grader.grading.ahead import begin
    from grader.lean import lean

    begin(sys.argv[1:])
    with lean():
        import nbformat  # noqa: F401
        import nbgrader.apps  # noqa: F401

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.advice import told
from grader.collecting.returning import pack_feedback
from grader.course import nbgrader_options, require_assignment
from grader.gradebook.reading import NotInGradebookError, gradebook_url
from grader.gradebook.troubles import GradebookError
from grader.key import key_of
from grader.notebook.cells import grade_id_of, is_test, is_verified
from grader.notebook.percent import read_source
from grader.results.marks import UNVERIFIED, read_class
from grader.results.names import Names
from grader.results.tables import spell
from grader.samples.made_up import SAMPLE_ROOT, write_class
from grader.text import plain

BOOK = "_build/html"
NBGRADERS = re.compile(r"--[A-Z]\w*\.\w+=")


def main(argv=None):
    """Run one command; return the exit status."""
    parser = _parser()
    args = parser.parse_args(*_sorted_out(sys.argv[1:] if argv is None else argv))
    name = f"{parser.prog} {args.command}"
    try:
        if "assignment" in args:
            require_assignment(args.assignment)
        return args.run(args)
    except BrokenPipeError:  # whoever read the output has enough of it
        sys.stdout = None
        return 0
    except OSError as error:
        print(f"{name}: {plain(told(error) if error.errno else str(error))}", file=sys.stderr)
    except (ValueError, GradebookError) as error:
        print(f"{name}: {plain(str(error))}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"{name}: stopped", file=sys.stderr)
        return 130
    return 2


def _sorted_out(words):
    """Return the words of a command without nbgrader's options, and a namespace with these.

    nbgrader's are those after ``--``, and those like ``--Sandbox.memory=2048`` wherever they stand.
    """
    words = list(words)
    end = words.index("--") if "--" in words else len(words)
    ours = [word for word in words[:end] if not NBGRADERS.match(word)]
    theirs = [word for word in words[:end] if NBGRADERS.match(word)] + words[end + 1 :]
    if theirs and ours[:1] != ["autograde"]:
        return words, None  # argparse says what is wrong
    return ours, argparse.Namespace(options=theirs)


def _parser():
    parser = argparse.ArgumentParser(prog="python -m grader", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    sample = commands.add_parser(
        "sample",
        help="write a class of made-up submissions",
        description="Write a class of made-up submissions: perfect, blank, each misconception, damaged. "
        "Prints the options with which nbgrader's own commands work on it.",
    )
    sample.add_argument("assignment", help="such as 05-softmax")
    sample.add_argument("--root", type=Path, default=SAMPLE_ROOT, help="its folder (default: %(default)s)")
    sample.set_defaults(run=_sample)

    autograde = commands.add_parser(
        "autograde",
        help="grade a class, many submissions at a time",
        description="Grade what has been submitted, as nbgrader autograde does, but many at a time. "
        "Finished work is kept when it is stopped, and the same command goes on from there. Options of "
        "nbgrader's such as --Sandbox.memory=2048 may stand anywhere, and all others of its after --.",
    )
    _add_class(autograde)
    autograde.add_argument("--student", metavar="NAME", help="grade one student's work alone")
    autograde.add_argument("--force", action="store_true", help="grade again what has been graded")
    autograde.add_argument(
        "--workers", type=_positive, metavar="N", help="at a time (default: one more than there are cores)"
    )
    autograde.add_argument(
        "--timeout",
        type=_positive,
        metavar="SECONDS",
        help="for a notebook (default: nbgrader_config.py's)",
    )
    autograde.add_argument(
        "--scheduler", metavar="ADDRESS", help="of a Dask cluster that grades, such as tcp://10.0.0.5:8786"
    )
    autograde.set_defaults(run=_autograde)

    marks = commands.add_parser(
        "marks",
        help="print a graded class",
        description="Print each student's marks, the misconception that each answer shows, and which "
        "answers are the course's own code.",
    )
    _add_class(marks)
    marks.set_defaults(run=_marks)

    report = commands.add_parser(
        "report",
        help="write a page about a graded class",
        description="Write one page that needs nothing else: the marks, how each question went, the "
        "mistakes of the class, who needs help, what couldn't be graded, answers that are alike, and "
        "answers that are the course's own code.",
    )
    _add_class(report)
    report.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="the page (default: report/ASSIGNMENT.html in the class)",
    )
    report.add_argument("--csv", type=Path, metavar="FOLDER", help="write the same as tables there")
    report.add_argument(
        "--anonymous", action="store_true", help="number the students, and leave out what they wrote"
    )
    report.add_argument(
        "--book",
        default=BOOK,
        help="where links to the book go, a URL or a folder (default: %(default)s)",
    )
    report.set_defaults(run=_report)

    export = commands.add_parser(
        "export",
        help="write the marks for Canvas, Moodle or a spreadsheet",
        description="Write the marks of a graded class for Canvas, Moodle or a spreadsheet. Says who has a "
        "mark and is not in the file, and then ends with status 1.",
    )
    _add_class(export)
    export.add_argument("--to", choices=["canvas", "moodle", "csv"], required=True, help="for whom")
    export.add_argument(
        "--output", type=Path, metavar="FILE", help="(default: report/ASSIGNMENT-TO.csv in ROOT)"
    )
    export.add_argument(
        "--roster", type=Path, metavar="FILE", help="the platform's own list: Canvas's exported gradebook"
    )
    export.add_argument("--match", metavar="COLUMN", help="its column with the names of your folders")
    export.add_argument("--column", metavar="NAME", help="the assignment's name there, if it is another")
    export.add_argument(
        "--identifier",
        choices=["username", "idnumber", "email"],
        default="username",
        help="what your folders are called by, in Moodle without --roster (default: %(default)s)",
    )
    export.add_argument("--feedback", action="store_true", help="in Moodle: the mistakes, in a column")
    export.add_argument(
        "--missing-as-zero", action="store_true", help="0 for those in the gradebook who handed nothing in"
    )
    export.set_defaults(run=_export)

    feedback = commands.add_parser(
        "feedback",
        help="pack the pages of feedback for Canvas or Moodle",
        description="Pack the pages that nbgrader generate_feedback has written into an archive that "
        "Canvas or Moodle hands out. Says whose page is not in it, and then ends with status 1.",
    )
    _add_class(feedback)
    feedback.add_argument("--to", choices=["canvas", "moodle"], required=True, help="for whom")
    feedback.add_argument(
        "--output", type=Path, metavar="FILE", help="(default: report/ASSIGNMENT-feedback-TO.zip in ROOT)"
    )
    feedback.set_defaults(run=_feedback)

    roster = commands.add_parser(
        "roster",
        help="enter the students of a list into the gradebook",
        description="Enter the students of a list into the gradebook, or correct what it knows of them: "
        "Canvas's exported gradebook, Moodle's participants, or a table with the columns id, first_name, "
        "last_name, email and lms_user_id. Nobody is removed.",
    )
    roster.add_argument("list", type=Path, metavar="FILE", help="a CSV file")
    _add_class(roster, assignment=False)
    roster.set_defaults(run=_roster)

    extend = commands.add_parser(
        "extend",
        help="give one student more time",
        description="Give one student more time for an assignment, in place of what they may have had. "
        "Grade work again that has been graded already.",
    )
    _add_class(extend)
    extend.add_argument("student", help="the name of the submission's folder")
    extend.add_argument("--days", type=float, default=0.0, metavar="N", help="more than the due date")
    extend.add_argument("--hours", type=float, default=0.0, metavar="N", help="and so many hours")
    extend.set_defaults(run=_extend)
    return parser


def _add_class(parser, *, assignment=True):
    if assignment:
        parser.add_argument("assignment", help="such as 05-softmax")
    parser.add_argument(
        "--root", type=Path, default=Path(), help="the folder of the class (default: this one)"
    )
    parser.add_argument(
        "--db",
        metavar="URL",
        help="the gradebook, a URL or an SQLite file (default: what nbgrader_config.py in the class says, "
        "or its gradebook.db)",
    )


def _positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _autograde(args):
    from grader.grading.together import autograde

    options = list(args.options)
    db = gradebook_url(args.root, args.db) if args.db else None
    if args.root != Path():
        options = [*nbgrader_options(args.root, db), *options]
    elif db:
        options.append(f"--CourseDirectory.db_url={db}")
    if args.student:
        options.append(f"--student={args.student}")
    if args.force:
        options.append("--force")
    if args.timeout:
        options.append(f"--VerifyingExecute.notebook_timeout={args.timeout}")
    status = autograde(args.assignment, options, workers=args.workers, scheduler=args.scheduler)
    _say_unverified(_unverified_in(args.assignment))
    return status


def _read_class(args):
    gradebook = gradebook_url(args.root, args.db)
    try:
        return read_class(args.assignment, args.root / "submitted", args.root / "autograded", gradebook)
    except NotInGradebookError:
        here = args.root == Path() and not args.db
        options = [] if here else nbgrader_options(args.root, gradebook)
        given = [] if here else [f"--root={args.root}", *([f"--db={args.db}"] if args.db else [])]
        release = shlex.join(["nbgrader", "generate_assignment", args.assignment, *options])
        grade = shlex.join(["python", "-m", "grader", "autograde", args.assignment, *given])
        raise ValueError(f"{args.assignment} is not in the gradebook; run\n{release}\n{grade}") from None


def _sample(args):
    released = Path("exercises") / args.assignment / f"{args.assignment}.ipynb"
    students = write_class(args.assignment, released, args.root)
    print(f"{len(students)} submissions in {args.root / 'submitted'}", file=sys.stderr)
    print(" ".join(nbgrader_options(args.root)))
    return 0


def _marks(args):
    from grader.results.own_code import find_own

    read = _read_class(args)
    marks, own = read.marks, find_own(read.answers, read.records.released, key_of(args.assignment))
    names = Names(read.records.people)
    named, late = any(names.person(m.student) for m in marks), any(m.late for m in marks)
    table = Table(title=f"{args.assignment}: {len(marks)} submissions", title_justify="left")
    table.add_column("student", no_wrap=True)
    if named:
        table.add_column("name")
    table.add_column("points", justify="right", no_wrap=True)
    if late:
        table.add_column("late", justify="right", no_wrap=True)
    table.add_column("to mark", justify="right", no_wrap=True)
    table.add_column("what the answers show")
    for one in marks:
        shows = [f"{question}: {what}" for question, what in one.shows.items()]
        again = [f"{cell}: marked before it was graded again, look again" for cell in one.again]
        newer = [f"newer than its mark: {one.newer}"] if one.newer else []
        says = "\n".join(map(_line, (*newer, *shows, *again, *map(str, own.get(one.student, ())))))
        table.add_row(
            Text(_line(one.student)),
            *([Text(_line(names.person(one.student)))] if named else []),
            f"{one.score:g} / {one.max_score:g}",
            *([spell(one.late)] if late else []),
            f"{one.to_mark:g}" if one.to_mark else "",
            Text(_line(one.reason or "") or says or _no_test_fails(one)),
        )
    console = Console()
    console.width = max(console.width, 100)
    console.print(table)
    _say_unverified(read.unverified)
    return 0


def _stop(signum, frame):
    """Interrupt, without the log that the parts of a cluster write while they are taken down."""
    logging.disable(logging.CRITICAL)
    signal.default_int_handler(signum, frame)


def _unverified_in(assignment):
    cells = filter(is_test, read_source(require_assignment(assignment)).cells)
    return sorted(cell for cell in map(grade_id_of, cells) if not is_verified(cell))


def _say_unverified(tests):
    if tests:
        print(f"{UNVERIFIED}: {', '.join(tests)}", file=sys.stderr)


def _no_test_fails(one):
    full = all(grade.waiting or grade.score >= grade.max_score for grade in one.grades.values())
    return "all right" if full else "no test fails"


def _line(text):
    return plain(text, lines=False)


def _report(args):
    from grader.results.report import write_report

    output = args.output or args.root / "report" / f"{args.assignment}.html"
    for path in write_report(
        _read_class(args),
        output,
        book=args.book,
        key=key_of(args.assignment),
        csv=args.csv,
        anonymous=args.anonymous,
    ):
        print(path)
    return 0


def _export(args):
    from grader.results import export as to
    from grader.results.missing import with_zeros

    output = args.output or args.root / "report" / f"{args.assignment}-{args.to}.csv"
    if args.to == "canvas" and args.roster is None:
        raise ValueError(
            "Canvas finds students by its own columns: export its gradebook and say --roster FILE"
        )
    marks = _read_class(args)
    if args.missing_as_zero:
        marks = with_zeros(marks)
    if args.to == "csv":
        print(to.write_plain(marks, output))
        return 0
    if args.to == "canvas":
        export = to.canvas(marks, args.roster, match=args.match, column=args.column)
    else:
        export = to.moodle(
            marks,
            identifier=args.identifier,
            roster=args.roster,
            match=args.match,
            column=args.column,
            feedback=args.feedback,
        )
    print(to.write_platform(export, output))
    for line in to.remarks(export, marks):
        print(line, file=sys.stderr)
    return 1 if export.left_out else 0


def _feedback(args):
    output = args.output or args.root / "report" / f"{args.assignment}-feedback-{args.to}.zip"
    done = pack_feedback(args.assignment, args.root, gradebook_url(args.root, args.db), args.to, output)
    print(done.path)
    print(f"pages: {len(done.students)}", file=sys.stderr)
    for student, why in done.left_out.items():
        print(_line(f"not in the archive: {student}: {why}"), file=sys.stderr)
    return 1 if done.left_out else 0


def _roster(args):
    from grader.gradebook.term import enter_people
    from grader.results.roster import people_in, read_roster

    people = people_in(read_roster(args.list))
    enter_people(gradebook_url(args.root, args.db), people)
    print(f"students entered: {len(people)}")
    return 0


def _extend(args):
    from grader.gradebook.term import extend

    url = gradebook_url(args.root, args.db)
    due = extend(url, args.assignment, args.student, days=args.days, hours=args.hours)
    print(_line(f"{args.assignment} of {args.student} is due on {due:%Y-%m-%d at %H:%M} UTC"))
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, _stop)
    sys.exit(main())
