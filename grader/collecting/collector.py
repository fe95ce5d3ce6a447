"""`nbgrader zip_collect` for what Canvas and Moodle let an instructor download."""

from datetime import timedelta
from pathlib import Path

from nbgrader.plugins.zipcollect import FileNameCollectorPlugin
from nbgrader.utils import find_all_notebooks

from grader.collecting.downloads import last_attempts, original_name, read_downloads, whose
from grader.gradebook.term import due_date, people_of
from grader.text import PlainLog


class Collector(FileNameCollectorPlugin):
    """Knows Canvas's and Moodle's names; with ``named_regexp``, those that it describes and no others."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.log.addFilter(PlainLog())
        self._collected = None

    def collect(self, submitted_file):
        """Return what nbgrader asks of a file: the student and its name, and when it was late, a time."""
        if self.named_regexp:
            return super().collect(submitted_file)
        path = Path(submitted_file)
        if path.suffix not in self.valid_ext:
            return None
        if self._collected is None:
            self._read()
        if path not in self._whose:
            self.log.warning(
                "Neither Canvas nor Moodle names a file so: %s; a pattern of your own can, with "
                "--FileNameCollectorPlugin.named_regexp",
                path.name,
            )
            return None
        student, file = self._whose[path]
        one = self._collected[student, file]
        if one.path != path and one.upload and path.name == one.path.name:
            self.log.info("In more than one download: %s", path.name)
            return None
        if one.path != path:
            self.log.warning("An earlier attempt of %s; what counts is %s", student, one.path.name)
            return None
        late = {"timestamp": self._late_time(student)} if one.late and self._due else {}
        if one.late and not late:
            self.log.warning("%s was late, says Canvas, and the gradebook has no due date", student)
        return {"student_id": student, "file_id": file, **late}

    def _read(self):
        """Find out whose each file is, from all of them at once."""
        app, course = self.parent, self.parent.coursedir
        downloaded = Path(
            course.root,
            app.collect_directory_structure.format(
                downloaded=app.downloaded_directory, assignment_id=course.assignment_id, collect_step=""
            ),
        )
        release = course.format_path(course.release_directory, ".", course.assignment_id)
        released = set(find_all_notebooks(release)) if Path(release).is_dir() else set()
        handed = [
            one
            for one in read_downloads(
                downloaded / app.archive_directory, downloaded / app.extracted_directory
            )
            if one.path.suffix in self.valid_ext
        ]
        people = people_of(course.db_url)
        students = whose(handed, people)
        self._due = due_date(course.db_url, course.assignment_id)
        self._collected = last_attempts(handed, students, released)
        self._whose = {one.path: (students[one], original_name(one.file, released)[0]) for one in handed}
        for stranger in sorted(set(students.values()) - people.keys()):
            self.log.warning(
                "The gradebook has nobody like %s, who becomes a student of that name", stranger
            )

    def _late_time(self, student):
        """Return the least late time; Canvas says that work was late, and not when it came."""
        self.log.warning(
            "%s was late, says Canvas, but not by how much: taken as a second after the due date. You can "
            "write the time into timestamp.txt",
            student,
        )
        return (self._due + timedelta(seconds=1)).isoformat(sep=" ")
