"""Pages of feedback as an archive that Canvas or Moodle hands out, each to the one it is for.

Canvas knows a submission by the two numbers in a file's name, and shows the page as that file's
(`infer_comment_context_from_filename` in its ``app/models/abstract_assignment.rb``). Moodle knows it by the
name of the folder (`is_valid_filename_for_import` in ``mod/assign/feedback/file/importziplib.php``).
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

from grader.collecting.downloads import last_attempts, read_downloads, whose
from grader.gradebook.term import people_of

MOMENT = (2026, 1, 1, 0, 0, 0)  # the same pages give the same archive


@dataclass(frozen=True)
class Returned:
    """An archive, and who isn't in it.

    Parameters
    ----------
    path : pathlib.Path
        The archive.
    students : list of str
        Whose pages are in it.
    left_out : dict of str to str
        Whose aren't, and why.
    """

    path: Path
    students: list
    left_out: dict


def pack_feedback(assignment, root, gradebook, platform, output):
    """Write the archive and return the Returned.

    Parameters
    ----------
    assignment : str
        Such as ``05-softmax``.
    root : path-like
        The folder of the class, with nbgrader's ``downloaded`` and ``feedback``.
    gradebook : str
        Its URL.
    platform : {"canvas", "moodle"}
        For whom.
    output : path-like
        The archive; its folder is made.

    Raises
    ------
    ValueError
        If there are no pages, or no download has this platform's names.
    """
    root, output = Path(root), Path(output)
    file = f"{assignment}.html"
    pages = {path.parent.parent.name: path for path in root.glob(f"feedback/*/{assignment}/{file}")}
    if not pages:
        raise ValueError(
            f"no feedback in {root / 'feedback'}: run nbgrader generate_feedback {assignment} first"
        )
    downloaded = root / "downloaded" / assignment
    handed = [
        one
        for one in read_downloads(downloaded / "archive", downloaded / "extracted")
        if one.platform == platform and one.path.suffix == ".ipynb"
    ]
    if not handed:
        raise ValueError(
            f"nothing in {downloaded / 'extracted'} has a name of {platform.title()}'s, by which it knows "
            f"the submission again: put its archive into {downloaded / 'archive'} and run nbgrader "
            f"zip_collect {assignment}"
        )
    students = whose(handed, people_of(gradebook))
    last = {
        student: one
        for (student, name), one in last_attempts(handed, students, {f"{assignment}.ipynb"}).items()
        if name == f"{assignment}.ipynb"
    }
    left_out = dict.fromkeys(pages.keys() - last.keys(), f"not in what {platform.title()} gave out")
    left_out |= dict.fromkeys(set(students.values()) - pages.keys(), "no page of feedback")
    returned = sorted(pages.keys() & last.keys())
    output.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for student in returned:
            begins = last[student].begins
            name = f"{begins}_{file}" if platform == "canvas" else f"{begins}_/{file}"
            archive.writestr(
                zipfile.ZipInfo(name, MOMENT), pages[student].read_bytes(), zipfile.ZIP_DEFLATED
            )
    return Returned(output, returned, dict(sorted(left_out.items())))
