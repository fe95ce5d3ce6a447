r"""The names in Canvas's and Moodle's downloads: whose a file is, and which of several attempts counts.

Canvas names a file ``smithanna_LATE_90031_12345_05-softmax-1.ipynb``: the sortable name without all that is
neither letter, digit nor underscore, the student's number, the number of this upload, which grows, and the
file's own name (`ContentZipper` in Canvas's ``lib/content_zipper.rb``). Moodle makes a folder,
``Anna Smith_12345_assignsubmission_file_``, or begins the file's name so (`mod_assign\downloader`); its
number is another one in each assignment.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

CANVAS = re.compile(
    r"(?P<begins>(?P<name>.*?)_(?P<late>LATE_)?(?P<number>\d+)_(?P<upload>\d+))_(?P<file>.+)", re.DOTALL
)
CANVAS_ANONYMOUS = re.compile(
    r"(?P<begins>(?P<late>LATE_)?(?P<name>anon)_(?P<number>[^_]+)_(?P<upload>\d+))_(?P<file>.+)", re.DOTALL
)
MOODLE = re.compile(
    r"(?P<begins>(?P<name>.*?)_(?P<number>\d+)_assignsubmission_file)_?(?P<file>.*)", re.DOTALL
)
COPY = re.compile(r"(?P<stem>.+?)(?:-(?P<canvas>\d+)| ?\((?P<browser>\d+)\))", re.DOTALL)
ARCHIVES = (".zip", ".tar.gz", ".gz")
HIDDEN = (".", "__MACOSX")  # macOS puts a twin of each file into what it packs


@dataclass(frozen=True)
class Handed:
    """One file as a platform names it.

    Parameters
    ----------
    path : pathlib.Path
        Where it is.
    platform : {"canvas", "moodle"}
        Whose way of naming this is.
    begins : str
        What the name begins with, by which the platform knows the submission again.
    name, number : str
        The student's.
    file : str
        What the student called it.
    late : bool
        Whether the platform says so; Moodle doesn't.
    upload : int
        The number of the upload, in Canvas; it grows.
    downloaded : float
        When the archive was, which it came in.
    """

    path: Path
    platform: str
    begins: str
    name: str
    number: str
    file: str
    late: bool = False
    upload: int = 0
    downloaded: float = 0.0


def read_downloads(archive, extracted):
    """Return the Handed of all files with a platform's name, in the order of their paths.

    Only the outermost name counts, and never that of a downloaded archive: a student chooses what is in an
    archive that they hand in, and an instructor what a download is called.

    Parameters
    ----------
    archive, extracted : path-like
        nbgrader's folders of these names.
    """
    archive, extracted = Path(archive), Path(extracted)
    times = {}
    for path in archive.glob("*"):
        if suffix := next((end for end in ARCHIVES if path.name.endswith(end)), None):
            times[path.name.removesuffix(suffix)] = path.stat().st_mtime
    found = []
    for path in sorted(extracted.rglob("*")):
        parts = path.relative_to(extracted).parts
        inside = parts[1:] if len(parts) > 1 and parts[0] in times else parts
        if any(part.startswith(HIDDEN) for part in inside) or not path.is_file():
            continue
        if read := _read(inside):
            platform, match = read
            groups = match.groupdict()
            found.append(
                Handed(
                    path=path,
                    platform=platform,
                    begins=groups["begins"],
                    name=groups["name"],
                    number=groups["number"],
                    file=groups["file"] if match.string == inside[-1] else inside[-1],
                    late=bool(groups.get("late")),
                    upload=int(groups.get("upload") or 0),
                    downloaded=times.get(parts[0], 0.0),
                )
            )
    return found


def _read(parts):
    """Return the platform and the match of the outermost part that has a platform's name, or None."""
    for part in parts:
        for platform, pattern in (("moodle", MOODLE), ("canvas", CANVAS_ANONYMOUS), ("canvas", CANVAS)):
            if match := pattern.fullmatch(part):
                return platform, match
    return None


def original_name(file, released):
    """Return the name that a file had before Canvas or a browser counted it, and the number.

    Parameters
    ----------
    file : str
        Its name.
    released : collection of str
        The names of the files that students got; none of these is changed.

    Examples
    --------
    >>> original_name("05-softmax-1.ipynb", {"05-softmax.ipynb"})
    ('05-softmax.ipynb', 1)
    >>> original_name("05-softmax (2).ipynb", {"05-softmax.ipynb"})
    ('05-softmax.ipynb', 2)
    >>> original_name("sheet-1.ipynb", {"sheet-1.ipynb"})
    ('sheet-1.ipynb', 0)
    """
    stem, suffix, count = Path(file).stem, Path(file).suffix, 0
    while f"{stem}{suffix}" not in released:
        match = COPY.fullmatch(stem)
        if not match:
            return file, 0
        stem, count = match["stem"], count or int(match["canvas"] or match["browser"])
    return f"{stem}{suffix}", count


def last_attempts(handed, whose, released):
    """Return ``{(student, file): Handed}`` of the attempts that count.

    Canvas's later upload has the greater number. Otherwise it is in the archive that was downloaded later,
    or has the greater number behind its name.

    Parameters
    ----------
    handed : iterable of Handed
        All files.
    whose : dict of Handed to str
        The students.
    released : collection of str
        The names of the files that students got.
    """

    def order(one):
        return one.upload, one.downloaded, original_name(one.file, released)[1]

    last = {}
    for one in sorted(handed, key=order):
        last[whose[one], original_name(one.file, released)[0]] = one
    return last


def whose(handed, people):
    """Return ``{Handed: student}``, by the names of the submissions' folders.

    A student is found by Canvas's number, or by a name that only one in the gradebook and one in the
    download has. Nobody is guessed: whoever isn't found is called by Canvas's number, which its gradebook
    has too, or by Moodle's name and number.

    Parameters
    ----------
    handed : iterable of Handed
        All files.
    people : dict of str to grader.gradebook.reading.Person
        Everybody in the gradebook.
    """
    numbers, names, claims = {}, defaultdict(set), defaultdict(set)
    for student, person in people.items():
        numbers[person.lms_user_id or student] = student
        for name in _names(person):
            names[name].add(student)
    handed = list(handed)
    for one in handed:
        claims[_plain(one.name, one.platform)].add(one.number)
    found = {}
    for one in handed:
        name = _plain(one.name, one.platform)
        called = names[name] if len(claims[name]) == 1 else ()
        if one.platform == "canvas" and one.number in numbers:
            found[one] = numbers[one.number]
        elif len(called) == 1 and not _has_another_number(people[min(called)], one):
            found[one] = min(called)
        else:
            found[one] = one.number if one.platform == "canvas" else f"{one.name}_{one.number}"
    return found


def _has_another_number(person, one):
    return one.platform == "canvas" and person.lms_user_id not in ("", one.number)


def _names(person):
    """Return the names by which Canvas and Moodle may call somebody, as `_plain` gives them."""
    if not (person.first_name or person.last_name):
        return set()
    return {
        _plain(f"{person.last_name} {person.first_name}", "canvas"),
        _plain(f"{person.first_name} {person.last_name}", "moodle"),
    }


def _plain(name, platform):
    """Return a name in the letters of Canvas, or its words in any order for Moodle."""
    name = unicodedata.normalize("NFC", name).casefold()
    words = re.split(r"[\W_]+" if platform == "moodle" else r"\W+", name)
    return "".join(words) if platform == "canvas" else tuple(sorted(filter(None, words)))
